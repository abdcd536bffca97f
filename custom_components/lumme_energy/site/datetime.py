"""When somebody comes next."""

from datetime import datetime
from typing import Final, override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import SiteConfigEntry
from .entity import SiteEntity

ARRIVAL: Final = DateTimeEntityDescription(key="arrival", translation_key="arrival")


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the date and time."""
    async_add_entities([ArrivalDateTime(entry.runtime_data, ARRIVAL)])


class ArrivalDateTime(SiteEntity, DateTimeEntity):
    """The next arrival; nothing as long as none is planned."""

    @property
    @override
    def native_value(self) -> datetime | None:
        return self.coordinator.engine.arrival_at

    @override
    async def async_set_value(self, value: datetime) -> None:
        await self.coordinator.async_wish(
            lambda now: self.coordinator.engine.set_arrival(value, now)
        )
