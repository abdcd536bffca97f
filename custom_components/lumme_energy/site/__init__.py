"""A heated house in Home Assistant: radiators to be trusted from far away. Needs no supplier."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from .coordinator import SiteConfigEntry, SiteCoordinator
from .entity import site_device
from .frost_guard import async_forget
from .issues import async_clear
from .memory import SiteMemory
from .zones import async_zones

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.DATETIME,
    Platform.EVENT,
    Platform.SELECT,
    Platform.SENSOR,
]


async def async_setup(hass: HomeAssistant, entry: SiteConfigEntry) -> SiteCoordinator:
    """Take up a house where it was left; heaters that do not answer yet are no reason to wait."""
    memory = SiteMemory(hass, entry.entry_id)
    await memory.async_load()
    coordinator = SiteCoordinator(hass, entry, await async_zones(hass, entry), memory)
    coordinator.device_id = site_device(hass, entry).id

    @callback
    def clear() -> None:
        async_clear(hass, entry)

    entry.async_on_unload(clear)
    await coordinator.async_config_entry_first_refresh()
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return coordinator


async def _async_reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Follow changes of the house and of its zones."""
    await hass.config_entries.async_reload(entry.entry_id)


async def async_remove(hass: HomeAssistant, entry: SiteConfigEntry) -> None:
    """Forget what the entry kept on disk, on its bridge too, and the repairs it raised."""
    await SiteMemory(hass, entry.entry_id).async_remove()
    await async_forget(hass, entry.data)
    async_clear(hass, entry)
