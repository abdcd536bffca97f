"""Diagnostics of a bridge: how it is and what it has logged, without where it is or who uses it."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_HOST, CONF_TOKEN
from homeassistant.core import HomeAssistant

from ..bridge_api.errors import BridgeError
from .coordinator import BridgeConfigEntry
from .settings import CONF_FINGERPRINT

TO_REDACT: Final = {
    *(CONF_HOST, CONF_TOKEN, CONF_FINGERPRINT),
    *("id", "ssid", "clients", "writers"),
}


async def async_get(hass: HomeAssistant, entry: BridgeConfigEntry) -> dict[str, Any]:
    """Return what the bridge tells; of what it does not tell just now, why."""
    coordinator = entry.runtime_data
    client = coordinator.client
    told: dict[str, Any] = {}
    for name, ask in (
        ("config", client.async_config),
        ("frost_guard", client.async_guard),
        ("log", client.async_log),
    ):
        try:
            told[name] = await ask()
        except BridgeError as err:
            told[name] = type(err).__name__
    return async_redact_data(
        {
            "available": coordinator.last_update_success,
            "info": asdict(coordinator.info),
            "status": asdict(coordinator.data),
            **told,
        },
        TO_REDACT,
    )
