"""The Lumme Energy integration.

Each config entry is one of a few kinds that live without each other: a supplier account, a
meter, a heated house, or a bridge. A portal that changes its log-in must never stop a radiator.
"""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.typing import ConfigType

from . import account, bridge, frontend, meter, site
from .account.document_view import DocumentView
from .const import CONF_KIND, DOMAIN, KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING, KIND_METER
from .frontend.sidebar import async_show
from .services import async_setup_services
from .voice.sentences import async_listen

type LummeConfigEntry = ConfigEntry[Any]

KINDS = {KIND_ACCOUNT: account, KIND_METER: meter, KIND_HEATING: site, KIND_BRIDGE: bridge}

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Register actions, documents and dashboard, which are there whatever becomes of the entries."""
    async_setup_services(hass)
    hass.http.register_view(DocumentView)
    await frontend.async_serve(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: LummeConfigEntry) -> bool:
    """Set up an entry of any kind."""
    kind = KINDS[entry.data[CONF_KIND]]
    entry.runtime_data = await kind.async_setup(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, kind.PLATFORMS)
    async_show(hass, entry)
    await async_listen(hass, entry)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: LummeConfigEntry) -> bool:
    """Unload an entry."""
    return await hass.config_entries.async_unload_platforms(
        entry, KINDS[entry.data[CONF_KIND]].PLATFORMS
    )


async def async_remove_entry(hass: HomeAssistant, entry: LummeConfigEntry) -> None:
    """Forget what an entry kept on disk and the repairs it raised."""
    await KINDS[entry.data[CONF_KIND]].async_remove(hass, entry)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: LummeConfigEntry, device: DeviceEntry
) -> bool:
    """Let the user remove a meter that is gone; the other kinds see to theirs themselves."""
    return entry.data[CONF_KIND] == KIND_METER and meter.async_remove_device(entry, device)
