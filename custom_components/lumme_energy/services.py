"""The actions of the integration, registered once, whether or not an entry is loaded."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
import probatio

from .account import actions as account_actions
from .const import DOMAIN
from .site import actions as site_actions

ACTIONS: Final = (*account_actions.ACTIONS, *site_actions.ACTIONS)


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
