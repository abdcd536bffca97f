"""A bridge in Home Assistant: the box at the meter or in the cottage. Needs no supplier."""

from contextlib import suppress

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..bridge_api.errors import BridgeError
from .coordinator import BridgeConfigEntry, BridgeCoordinator
from .issues import async_clear
from .settings import client_of

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.UPDATE,
]


async def async_setup(hass: HomeAssistant, entry: BridgeConfigEntry) -> BridgeCoordinator:
    """Get to know a bridge."""
    coordinator = BridgeCoordinator(hass, entry, client_of(hass, entry.data))

    @callback
    def clear() -> None:
        async_clear(hass, entry)

    entry.async_on_unload(clear)
    await coordinator.async_config_entry_first_refresh()
    return coordinator


async def async_remove(hass: HomeAssistant, entry: BridgeConfigEntry) -> None:
    """Have the bridge forget us and what it guarded for us, if it is there.

    Its owner can do that later, too, with its button.
    """
    client = client_of(hass, entry.data)
    with suppress(BridgeError):
        await client.async_set_guard({**await client.async_guard(), "zones": {}})
        await client.async_unpair()
    async_clear(hass, entry)
