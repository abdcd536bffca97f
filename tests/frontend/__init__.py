"""The dashboard: how it is served, and what it says."""
