"""What an entry remembers over restarts, kept on disk by itself."""

from abc import ABC, abstractmethod
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from .const import DOMAIN

VERSION: Final = 1
# Seconds. What is lost when the power fails in between is known or learnt again.
SAVE_AFTER: Final = 900.0


class EntryMemory(ABC):
    """Kept on disk by itself, and at once when something has happened that must not be forgotten."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        """Prepare to remember under a name that no other entry has."""
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.{name}", private=True, atomic_writes=True
        )
        self._is_due = False

    @abstractmethod
    def as_dict(self) -> dict[str, Any]:
        """Return what is to be remembered, in the types of JSON."""

    @callback
    def save_later(self) -> None:
        """Save within a quarter of an hour, and in any case before Home Assistant stops."""
        if not self._is_due:
            self._is_due = True
            self._store.async_delay_save(self._taken, SAVE_AFTER)

    @callback
    def save_soon(self) -> None:
        """Save what must not be forgotten."""
        self._is_due = True
        self._store.async_delay_save(self._taken, 0)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._taken())

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()

    def _taken(self) -> dict[str, Any]:
        self._is_due = False
        return self.as_dict()
