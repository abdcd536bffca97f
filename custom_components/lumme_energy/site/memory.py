"""What a house's entry remembers over restarts: the engine's state, and what was told already."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER

VERSION: Final = 1
# Seconds. What is learnt of the rooms in between is learnt again.
SAVE_AFTER: Final = 900.0


class SiteMemory:
    """Kept on disk by itself, and at once when something has happened that must not be forgotten.

    Attributes:
        engine: What the engine kept; None before the first time.
        told: What was told and is still so, lest a restart tell it again.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare to remember."""
        self.engine: dict[str, Any] | None = None
        self.told: frozenset[str] = frozenset()
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.heating.{entry_id}", private=True, atomic_writes=True
        )
        self._is_due = False
        self._engine_fn: Callable[[], dict[str, Any]]

    async def async_load(self) -> None:
        """Remember; what a newer version wrote is no reason to leave a house alone."""
        try:
            data = await self._store.async_load()
        except UnsupportedStorageVersionError:
            LOGGER.warning("What is remembered of a house comes from a newer version: ignored")
            return
        if data:
            self.engine = data["engine"]
            self.told = frozenset(data["told"])

    @callback
    def follow(self, engine_fn: Callable[[], dict[str, Any]]) -> None:
        """Take what returns the engine's state from now on."""
        self._engine_fn = engine_fn

    @callback
    def save_later(self) -> None:
        """Save within a quarter of an hour, and in any case before Home Assistant stops."""
        if not self._is_due:
            self._is_due = True
            self._store.async_delay_save(self._as_dict, SAVE_AFTER)

    @callback
    def save_soon(self) -> None:
        """Save what must not be forgotten."""
        self._is_due = True
        self._store.async_delay_save(self._as_dict, 0)

    async def async_save(self) -> None:
        """Save now."""
        await self._store.async_save(self._as_dict())

    async def async_remove(self) -> None:
        """Forget everything."""
        await self._store.async_remove()

    def _as_dict(self) -> dict[str, Any]:
        self._is_due = False
        return {"engine": self._engine_fn(), "told": sorted(self.told)}
