"""Sensors of a house: why each zone heats, whether it is turned down, what an arrival will be like."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..heating.model import Arrival, Proof
from ..heating.reasons import Because
from .coordinator import SiteConfigEntry, SiteCoordinator
from .entity import SiteEntity, ZoneEntity


@dataclass(frozen=True, kw_only=True)
class ZoneSensorDescription(SensorEntityDescription):
    """Describes a sensor of a zone, whose id the functions take."""

    value_fn: Callable[[SiteCoordinator, str], StateType]
    attributes_fn: Callable[[SiteCoordinator, str], Mapping[str, str]] | None = None


@dataclass(frozen=True, kw_only=True)
class SiteSensorDescription(SensorEntityDescription):
    """Describes a sensor of the house."""

    value_fn: Callable[[SiteCoordinator], StateType | datetime | Decimal]
    has_fn: Callable[[SiteCoordinator], bool] = lambda _: True


def _of_arrival[T](
    value_fn: Callable[[Arrival], T | None],
) -> Callable[[SiteCoordinator], T | None]:
    """Return what tells something of the next arrival; nothing without one."""

    def value(coordinator: SiteCoordinator) -> T | None:
        arrival = coordinator.data.arrival
        return None if arrival is None else value_fn(arrival)

    return value


ZONE_SENSORS: Final = (
    ZoneSensorDescription(
        key="why",
        translation_key="why",
        device_class=SensorDeviceClass.ENUM,
        options=[*Because],
        value_fn=lambda coordinator, zone: coordinator.data.zones[zone].reason.key,
        attributes_fn=lambda coordinator, zone: coordinator.data.zones[zone].reason.placeholders,
    ),
    ZoneSensorDescription(
        key="turned_down",
        translation_key="turned_down",
        device_class=SensorDeviceClass.ENUM,
        options=[*Proof],
        value_fn=lambda coordinator, zone: coordinator.data.turned_down.get(zone),
    ),
    ZoneSensorDescription(
        key="writes",
        translation_key="writes",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda coordinator, zone: coordinator.engine.writes(zone, dt_util.utcnow()),
    ),
    ZoneSensorDescription(
        key="time_constant",
        translation_key="time_constant",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        value_fn=lambda coordinator, zone: coordinator.engine.model(zone).tau_hours,
    ),
    ZoneSensorDescription(
        key="rise",
        translation_key="rise",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.TEMPERATURE_DELTA,
        native_unit_of_measurement=UnitOfTemperature.KELVIN,
        suggested_display_precision=1,
        value_fn=lambda coordinator, zone: coordinator.engine.model(zone).rise,
    ),
)
SITE_SENSORS: Final = (
    SiteSensorDescription(
        key="preheat_start",
        translation_key="preheat_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_of_arrival(lambda arrival: arrival.start),
    ),
    SiteSensorDescription(
        key="warm_at",
        translation_key="warm_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=_of_arrival(lambda arrival: arrival.ready_at),
    ),
    SiteSensorDescription(
        key="expected_temperature",
        translation_key="expected_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        value_fn=_of_arrival(lambda arrival: arrival.expected),
    ),
    SiteSensorDescription(
        key="arrival_energy",
        translation_key="arrival_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=_of_arrival(lambda arrival: arrival.energy),
    ),
    SiteSensorDescription(
        key="arrival_cost",
        translation_key="arrival_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=_of_arrival(lambda arrival: arrival.cost),
        has_fn=lambda coordinator: coordinator.settings.use_prices,
    ),
    SiteSensorDescription(
        key="outdoor",
        translation_key="outdoor",
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        value_fn=lambda coordinator: coordinator.seen.outdoor,
        has_fn=lambda coordinator: coordinator.surroundings.tells_outdoor,
    ),
)


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a house and of its zones."""
    coordinator = entry.runtime_data
    async_add_entities(
        SiteSensor(coordinator, description)
        for description in SITE_SENSORS
        if description.has_fn(coordinator)
    )
    for zone_id in coordinator.zones:
        async_add_entities(
            (ZoneSensor(coordinator, description, zone_id) for description in ZONE_SENSORS),
            config_subentry_id=zone_id,
        )


class SiteSensor(SiteEntity, SensorEntity):
    """Tells something of the house."""

    entity_description: SiteSensorDescription

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if self.device_class is SensorDeviceClass.MONETARY:
            return self.coordinator.hass.config.currency
        return super().native_unit_of_measurement

    @property
    @override
    def native_value(self) -> StateType | datetime | Decimal:
        return self.entity_description.value_fn(self.coordinator)


class ZoneSensor(ZoneEntity, SensorEntity):
    """Tells something of a zone, also while the zone does not answer."""

    entity_description: ZoneSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        return self.entity_description.value_fn(self.coordinator, self._zone_id)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        if (attributes_fn := self.entity_description.attributes_fn) is None:
            return None
        return attributes_fn(self.coordinator, self._zone_id)
