"""What a house answers with yes or no: is it left warm, can an arrival be met, is something wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..heating.model import Alarm, SitePlan
from .coordinator import SiteConfigEntry, SiteCoordinator
from .entity import SiteEntity, ZoneEntity


@dataclass(frozen=True, kw_only=True)
class SiteBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of the house."""

    value_fn: Callable[[SitePlan], bool | None]
    attributes_fn: Callable[[SiteCoordinator], Mapping[str, Any]] | None = None


@dataclass(frozen=True, kw_only=True)
class ZoneBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a zone, whose id the functions take."""

    value_fn: Callable[[SitePlan, str], bool | None]
    attributes_fn: Callable[[SitePlan, str], Mapping[str, Any]] | None = None


def _alarms(alarms: frozenset[Alarm]) -> dict[str, list[str]]:
    return {"alarms": sorted(alarms)}


def _left_high(plan: SitePlan, zone_id: str) -> bool | None:
    """Tell whether a zone is left too warm; what is not known of the house is not of a zone."""
    return None if plan.is_left_high is None else zone_id in plan.left_high


SITE_BINARY_SENSORS: Final = (
    SiteBinarySensorDescription(
        key="left_high",
        translation_key="left_high",
        value_fn=lambda plan: plan.is_left_high,
        attributes_fn=lambda coordinator: {
            "zones": [coordinator.zones[zone_id].name for zone_id in coordinator.data.left_high]
        },
    ),
    SiteBinarySensorDescription(
        key="arrival_reachable",
        translation_key="arrival_reachable",
        value_fn=lambda plan: None if plan.arrival is None else plan.arrival.is_reachable,
    ),
    SiteBinarySensorDescription(
        key="problem",
        translation_key="site_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda plan: bool(plan.alarms) or any(zone.alarms for zone in plan.zones.values()),
        attributes_fn=lambda coordinator: _alarms(
            coordinator.data.alarms.union(
                *(zone.alarms for zone in coordinator.data.zones.values())
            )
        ),
    ),
)
ZONE_BINARY_SENSORS: Final = (
    ZoneBinarySensorDescription(
        key="left_high", translation_key="zone_left_high", value_fn=_left_high
    ),
    ZoneBinarySensorDescription(
        key="problem",
        translation_key="zone_problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda plan, zone: bool(plan.zones[zone].alarms),
        attributes_fn=lambda plan, zone: _alarms(plan.zones[zone].alarms),
    ),
)


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of a house and of its zones."""
    coordinator = entry.runtime_data
    async_add_entities(
        SiteBinarySensor(coordinator, description) for description in SITE_BINARY_SENSORS
    )
    for zone_id in coordinator.zones:
        async_add_entities(
            (
                ZoneBinarySensor(coordinator, description, zone_id)
                for description in ZONE_BINARY_SENSORS
            ),
            config_subentry_id=zone_id,
        )


class SiteBinarySensor(SiteEntity, BinarySensorEntity):
    """Answers something of the house."""

    entity_description: SiteBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (attributes_fn := self.entity_description.attributes_fn) is None:
            return None
        return attributes_fn(self.coordinator)


class ZoneBinarySensor(ZoneEntity, BinarySensorEntity):
    """Answers something of a zone, also while the zone does not answer."""

    entity_description: ZoneBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        return self.entity_description.value_fn(self.coordinator.data, self._zone_id)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (attributes_fn := self.entity_description.attributes_fn) is None:
            return None
        return attributes_fn(self.coordinator.data, self._zone_id)
