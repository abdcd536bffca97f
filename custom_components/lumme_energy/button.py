"""Buttons of supplier accounts, the only kind of entry that has them."""

from .account.readings.button import async_setup as async_setup_entry

# Each sends something to the portal.
PARALLEL_UPDATES = 1

__all__ = ["PARALLEL_UPDATES", "async_setup_entry"]
