"""What happens at a house, told once."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..heating.model import Alarm
from ..heating.reasons import News
from .coordinator import ARRIVAL_UNREACHABLE, FROST_GUARD_LOST, LEFT_HIGH, SiteConfigEntry
from .entity import SiteEntity

HEATING: Final = EventEntityDescription(
    key="heating",
    translation_key="heating",
    event_types=[LEFT_HIGH, ARRIVAL_UNREACHABLE, FROST_GUARD_LOST, *News, *Alarm],
)


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event."""
    async_add_entities([HeatingEvents(entry.runtime_data, HEATING)])


class HeatingEvents(SiteEntity, EventEntity):
    """What begins, and what the engine decides by itself."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        happenings = self.coordinator.happenings
        while happenings:
            each = happenings.popleft()
            self._trigger_event(each.kind, {"zone": each.zone, **each.details})
            self.async_write_ha_state()
