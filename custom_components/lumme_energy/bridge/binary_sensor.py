"""What a bridge answers with yes or no: is it heard, and is its frost guard in charge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..bridge_api.model import GuardState, Status
from .coordinator import BridgeConfigEntry
from .entity import BridgeEntity


@dataclass(frozen=True, kw_only=True)
class BridgeBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a bridge."""

    value_fn: Callable[[Status], bool]


CONNECTION: Final = BinarySensorEntityDescription(
    key="connection",
    translation_key="bridge_connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
BINARY_SENSORS: Final = (
    BridgeBinarySensorDescription(
        key="frost_guard_active",
        translation_key="frost_guard_active",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda status: status.state in {GuardState.FALLBACK, GuardState.FAULT},
    ),
    BridgeBinarySensorDescription(
        key="contested",
        translation_key="lease_contested",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.parts.failsafe.contested,
    ),
    BridgeBinarySensorDescription(
        key="safe_mode",
        translation_key="bridge_safe_mode",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda status: status.safe_mode,
    ),
)


async def async_setup(
    hass: HomeAssistant,
    entry: BridgeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of a bridge."""
    coordinator = entry.runtime_data
    async_add_entities([Connection(coordinator, CONNECTION)])
    async_add_entities(
        BridgeBinarySensor(coordinator, description) for description in BINARY_SENSORS
    )


class Connection(BridgeEntity, BinarySensorEntity):
    """Whether the bridge answers; that is known at all times."""

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.last_update_success


class BridgeBinarySensor(BridgeEntity, BinarySensorEntity):
    """Answers something of a bridge."""

    entity_description: BridgeBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.value_fn(self.coordinator.data)
