"""A meter's config entry: says what the meter says, and needs no supplier to do so."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceEntry

from ..const import DOMAIN
from .base import BaseMeterCoordinator, MeterConfigEntry
from .connection import is_modbus
from .entity import sub_meter_id
from .issues import async_clear
from .memory import MeterMemory
from .modbus_coordinator import async_setup_modbus
from .p1_coordinator import P1MeterCoordinator

PLATFORMS = [Platform.SENSOR]


async def async_setup(hass: HomeAssistant, entry: MeterConfigEntry) -> BaseMeterCoordinator:
    """Connect to the meter.

    A host that cannot be reached is tried again by Home Assistant. A host that is reached and says
    nothing is no failure: the port may be closed, or the cable out, and both end without us. The
    entities of earlier telegrams then stay unavailable until the next one.

    Raises:
        ConfigEntryNotReady: The host cannot be reached.

    """
    if is_modbus(entry.data):
        return await async_setup_modbus(hass, entry)
    coordinator = P1MeterCoordinator(hass, entry)
    await coordinator.async_start()
    return coordinator


async def async_remove(hass: HomeAssistant, entry: MeterConfigEntry) -> None:
    """Forget what the entry kept on disk and the repairs it raised."""
    await MeterMemory(hass, entry.entry_id).async_remove()
    async_clear(hass, entry)


@callback
def async_remove_device(entry: MeterConfigEntry, device: DeviceEntry) -> bool:
    """Forget a meter behind the meter that is not heard any more; return whether that is so."""
    coordinator = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    # Before the first telegram nobody knows which are gone.
    if coordinator is None or coordinator.data is None:
        return False
    places = coordinator.memory.sub_meters.places
    heard = {sub_meter_id(entry, key) for key, place in places.items() if place.meter}
    ids = {identifier for domain, identifier in device.identifiers if domain == DOMAIN}
    if ids & {entry.entry_id, *heard}:
        return False
    for key in [key for key in places if sub_meter_id(entry, key) in ids]:
        coordinator.async_remove_place(key)
    return True
