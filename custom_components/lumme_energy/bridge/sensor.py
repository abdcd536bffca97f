"""What a bridge tells of its frost guard, its lines and itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfInformation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..bridge_api.model import Bus, Capability, GuardState, Status, Telegrams
from .coordinator import BridgeConfigEntry, BridgeCoordinator
from .entity import BridgeEntity


@dataclass(frozen=True, kw_only=True)
class BridgeSensorDescription(SensorEntityDescription):
    """Describes a sensor of a bridge; one that is about a line is there where that line is."""

    value_fn: Callable[[BridgeCoordinator], StateType | datetime]
    line: Capability | None = None


def _counter[Part](
    key: str,
    line: Capability,
    part_fn: Callable[[Status], Part | None],
    value_fn: Callable[[Part], int],
) -> BridgeSensorDescription:
    """Describe what a part counts since the bridge has started, for whoever looks for a fault."""

    def value(coordinator: BridgeCoordinator) -> int | None:
        # In safe mode the part does not run.
        part = part_fn(coordinator.data)
        return None if part is None else value_fn(part)

    return BridgeSensorDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=value,
        line=line,
    )


def _p1(status: Status) -> Telegrams | None:
    return status.parts.p1


def _bus(status: Status) -> Bus | None:
    return status.parts.bus


SENSORS: Final = (
    BridgeSensorDescription(
        key="frost_guard",
        translation_key="frost_guard",
        device_class=SensorDeviceClass.ENUM,
        options=[*GuardState],
        value_fn=lambda coordinator: coordinator.data.state,
    ),
    BridgeSensorDescription(
        key="started",
        translation_key="bridge_started",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda coordinator: coordinator.started,
    ),
    BridgeSensorDescription(
        key="lease_renewed",
        translation_key="lease_renewed",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda coordinator: coordinator.leased,
    ),
    BridgeSensorDescription(
        key="free_memory",
        translation_key="free_memory",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.KILOBYTES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda coordinator: coordinator.data.heap.free,
    ),
    _counter("bridge_telegrams", Capability.P1, _p1, lambda p1: p1.telegrams),
    _counter("bridge_damaged", Capability.P1, _p1, lambda p1: p1.crc_bad),
    _counter("bus_answered", Capability.MODBUS, _bus, lambda bus: bus.answered),
    _counter("bus_silent", Capability.MODBUS, _bus, lambda bus: bus.silent),
    _counter("bus_refused", Capability.MODBUS, _bus, lambda bus: bus.refused),
)


async def async_setup(
    hass: HomeAssistant,
    entry: BridgeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of a bridge."""
    coordinator = entry.runtime_data
    async_add_entities(
        BridgeSensor(coordinator, description)
        for description in SENSORS
        if description.line in {None, *coordinator.info.capabilities}
    )


class BridgeSensor(BridgeEntity, SensorEntity):
    """Tells something of a bridge."""

    entity_description: BridgeSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        return self.entity_description.value_fn(self.coordinator)
