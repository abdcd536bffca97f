"""The devices that a house's entities belong to, and what those entities have in common."""

from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import DOMAIN
from ..heating.model import ZonePlan
from .coordinator import SiteConfigEntry, SiteCoordinator


def site_device(hass: HomeAssistant, entry: SiteConfigEntry) -> dr.DeviceEntry:
    """Return the device of the house."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        entry_type=dr.DeviceEntryType.SERVICE,
    )


class SiteEntity(CoordinatorEntity[SiteCoordinator]):
    """An entity of the house itself: always available, for the engine always knows something."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: SiteCoordinator, description: EntityDescription) -> None:
        """Attach the entity to the house's device."""
        super().__init__(coordinator)
        entry = coordinator.config_entry
        self.entity_description = description
        self._attr_unique_id = f"{entry.entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})


class ZoneEntity(CoordinatorEntity[SiteCoordinator]):
    """An entity of a zone."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: SiteCoordinator, description: EntityDescription, zone_id: str
    ) -> None:
        """Attach the entity to the zone's device."""
        super().__init__(coordinator)
        self._zone_id = zone_id
        zone = coordinator.zones[zone_id]
        self.entity_description = description
        self._attr_unique_id = f"{zone_id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, zone_id)},
            name=zone.name,
            manufacturer=zone.driver.manufacturer,
            model=zone.driver.model,
            via_device_id=coordinator.device_id,
        )

    @property
    def plan(self) -> ZonePlan:
        """What follows for the zone."""
        return self.coordinator.data.zones[self._zone_id]


class HeardZoneEntity(ZoneEntity):
    """An entity that is unavailable as long as the zone does not answer."""

    @property
    @override
    def available(self) -> bool:
        return super().available and self.coordinator.is_heard(self._zone_id)
