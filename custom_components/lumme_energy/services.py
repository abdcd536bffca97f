"""The actions of the integration, registered once, whether or not an entry is loaded."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service
import probatio

from . import blueprints
from .account import actions as account_actions
from .const import DOMAIN
from .site import actions as site_actions

ACTIONS: Final = (*account_actions.ACTIONS, *site_actions.ACTIONS, *blueprints.ACTIONS)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions."""
    for action in ACTIONS:
        schema = probatio.Schema(action.fields)
        if action.admin_only:
            async_register_admin_service(
                hass, DOMAIN, action.name, action.handler, schema, action.supports_response
            )
        else:
            hass.services.async_register(
                DOMAIN, action.name, action.handler, schema, action.supports_response
            )
