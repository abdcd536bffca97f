"""Images of supplier accounts, the only kind of entry that has them."""

from .account.image import async_setup as async_setup_entry

PARALLEL_UPDATES = 0

__all__ = ["PARALLEL_UPDATES", "async_setup_entry"]
