"""Documents of supplier accounts, the only kind of entry that has them."""

from .account.media import async_get_media_source

__all__ = ["async_get_media_source"]
