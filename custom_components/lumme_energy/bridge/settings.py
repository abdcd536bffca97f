"""What an entry keeps of a bridge, and who speaks with it."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..bridge_api.client import BridgeClient

# SHA-256 of its certificate, in hex.
CONF_FINGERPRINT: Final = "fingerprint"


def client_of(hass: HomeAssistant, data: Mapping[str, Any]) -> BridgeClient:
    """Return a client of a bridge, by what an entry keeps; one that is not paired has no token."""
    return BridgeClient(
        async_get_clientsession(hass),
        data[CONF_HOST],
        data[CONF_PORT],
        data[CONF_FINGERPRINT],
        data.get(CONF_TOKEN),
    )
