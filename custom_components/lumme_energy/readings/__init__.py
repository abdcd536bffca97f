"""The rules of sending meter readings in: when, what, whether, and once. No Home Assistant."""
