"""Dates and times of heated houses, the only kind of entry that has them."""

from .site.datetime import async_setup as async_setup_entry

# Each sends a change to heaters.
PARALLEL_UPDATES = 1

__all__ = ["PARALLEL_UPDATES", "async_setup_entry"]
