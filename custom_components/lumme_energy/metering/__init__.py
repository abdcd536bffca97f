"""Smart meters: what they send, turned into typed values. Knows nothing of Home Assistant."""
