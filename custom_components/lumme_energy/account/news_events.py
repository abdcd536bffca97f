"""The events of what is new, each told once."""

from abc import abstractmethod
from typing import Any, override

from homeassistant.components.event import EventEntity
from homeassistant.core import callback

from ..const import DOMAIN
from .entity import AccountEntity


class NewsEvents(AccountEntity, EventEntity):
    """Tells what the portal shows anew, each thing once.

    What was there at the very first start is no news. What was told is written down before it is
    told, so that a restart, even a crash, cannot repeat it.
    """

    @abstractmethod
    def _notice(self) -> tuple[bool, list[tuple[str, dict[str, Any]]]]:
        """Note what is there; return whether anything was new, and what to tell of it."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look()
        super()._handle_coordinator_update()

    @callback
    def _look(self) -> None:
        """Compare with what was noticed before."""
        is_new, found = self._notice()
        if is_new:
            self.coordinator.config_entry.async_create_task(
                self.hass, self._tell(found), f"{DOMAIN} {self.entity_description.key} events"
            )

    async def _tell(self, found: list[tuple[str, dict[str, Any]]]) -> None:
        await self.coordinator.store.async_save()
        for event, attributes in found:
            self._trigger_event(event, attributes)
            self.async_write_ha_state()
