"""Makes the zones of a house of its subentries."""

from typing import Any

from homeassistant.components.modbus import async_get_unit
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..address import place
from ..heating.registers.profile import Function
from ..modbus_link import CONF_UNIT_ID, link
from ..modbus_registers.profile_file import ProfileError
from .drivers import ClimateDriver, Driver, NoDriver, SwitchDriver
from .heaters import PROFILES, RegisterDriver
from .issues import async_report_unusable
from .settings import CONF_CHANNEL, CONF_FUNCTION, CONF_PROFILE, CONF_TARGET, CONF_WAY, ZONE, Way
from .zone import Zone


async def async_zones(hass: HomeAssistant, entry: ConfigEntry[Any]) -> dict[str, Zone]:
    """Return the zones by their id; one that cannot be used as things are stands still, and is told."""
    return {
        subentry.subentry_id: Zone(
            hass=hass,
            name=subentry.title,
            data=subentry.data,
            driver=await _async_driver(hass, entry, subentry),
        )
        for subentry in entry.get_subentries_of_type(ZONE)
    }


async def _async_driver(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry
) -> Driver:
    data = subentry.data
    match Way(data[CONF_WAY]):
        case Way.SWITCH:
            return SwitchDriver(hass, data[CONF_TARGET])
        case Way.CLIMATE:
            return ClimateDriver(hass, data[CONF_TARGET])
    try:
        profile = await PROFILES.async_get(hass, data[CONF_PROFILE])
        unit = async_get_unit(hass, entry, link(data), data[CONF_UNIT_ID])
    except ProfileError as err:
        key, placeholders = "heater_file_invalid", err.placeholders
    except HomeAssistantError:
        key, placeholders = "heater_link_in_use", {"address": place(data)}
    else:
        function = data.get(CONF_FUNCTION)
        return RegisterDriver(
            unit, profile.at(data[CONF_CHANNEL] - 1), Function(function) if function else None
        )
    async_report_unusable(hass, entry, subentry.title, key, placeholders)
    return NoDriver()
