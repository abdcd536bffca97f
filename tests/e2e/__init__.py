"""The whole demo, driven through a real browser."""
