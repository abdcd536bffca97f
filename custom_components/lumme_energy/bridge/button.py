"""The button that starts a bridge again."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..bridge_api.errors import BridgeError
from .coordinator import BridgeConfigEntry
from .entity import BridgeEntity
from .errors import undone

RESTART: Final = ButtonEntityDescription(
    key="restart", device_class=ButtonDeviceClass.RESTART, entity_category=EntityCategory.CONFIG
)


async def async_setup(
    hass: HomeAssistant,
    entry: BridgeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the button."""
    async_add_entities([Restart(entry.runtime_data, RESTART)])


class Restart(BridgeEntity, ButtonEntity):
    """Starts the bridge again; the frost guard goes on where it was."""

    @override
    async def async_press(self) -> None:
        try:
            await self.coordinator.client.async_restart()
        except BridgeError as err:
            raise undone(err) from err
