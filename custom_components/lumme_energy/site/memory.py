"""What a house's entry remembers over restarts: the engine's state, and what was told already."""

from collections.abc import Callable
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import UnsupportedStorageVersionError

from ..const import LOGGER
from ..memory import EntryMemory


class SiteMemory(EntryMemory):
    """What the rules of heating go on from.

    Attributes:
        engine: What the engine kept; None before the first time.
        told: What was told and is still so, lest a restart tell it again.

    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare to remember."""
        super().__init__(hass, f"heating.{entry_id}")
        self.engine: dict[str, Any] | None = None
        self.told: frozenset[str] = frozenset()
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

    @override
    def as_dict(self) -> dict[str, Any]:
        return {"engine": self._engine_fn(), "told": sorted(self.told)}
