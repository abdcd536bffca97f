"""The actions of the integration, registered once, whether or not an entry is loaded."""

from homeassistant.core import HomeAssistant, callback
import probatio

from .account.actions import ACTIONS
from .const import DOMAIN


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions."""
    for action in ACTIONS:
        hass.services.async_register(
            DOMAIN,
            action.name,
            action.handler,
            schema=probatio.Schema(action.fields),
            supports_response=action.supports_response,
        )
