"""Diagnostics of every kind of entry."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from . import LummeConfigEntry
from .account import diagnostics as account_diagnostics
from .account.diagnostics import TO_REDACT
from .bridge import diagnostics as bridge_diagnostics
from .const import CONF_KIND, KIND_ACCOUNT, KIND_BRIDGE, KIND_HEATING, KIND_METER
from .meter import diagnostics as meter_diagnostics
from .site import diagnostics as site_diagnostics

type Get = Callable[[HomeAssistant, LummeConfigEntry], Awaitable[dict[str, Any]]]

GET: Final[dict[str, Get]] = {
    KIND_ACCOUNT: account_diagnostics.async_get,
    KIND_METER: meter_diagnostics.async_get,
    KIND_HEATING: site_diagnostics.async_get,
    KIND_BRIDGE: bridge_diagnostics.async_get,
}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: LummeConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an entry."""
    kind = entry.data[CONF_KIND]
    return {"kind": kind, **async_redact_data(await GET[kind](hass, entry), TO_REDACT)}
