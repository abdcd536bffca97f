"""The device of a bridge, and what its entities have in common."""

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from yarl import URL

from ..const import BRIDGE_MODEL, DOMAIN
from .coordinator import BridgeCoordinator


class BridgeEntity(CoordinatorEntity[BridgeCoordinator]):
    """An entity of a bridge."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: BridgeCoordinator, description: EntityDescription) -> None:
        """Attach the entity to the bridge's device."""
        super().__init__(coordinator)
        entry, info = coordinator.config_entry, coordinator.info
        self.entity_description = description
        self._attr_unique_id = f"{info.id}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, info.id)},
            name=entry.title,
            manufacturer="Lumme Energy",
            model=BRIDGE_MODEL,
            model_id=info.model,
            serial_number=info.id,
            sw_version=coordinator.data.version,
            configuration_url=URL.build(
                scheme="https", host=entry.data[CONF_HOST], port=entry.data[CONF_PORT]
            ),
        )
