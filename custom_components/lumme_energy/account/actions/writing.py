"""What the actions that change something have in common: without a yes, they only tell."""

from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import probatio

from ...portal.outbox import WriteRecord
from ..errors import async_words

ATTR_CONFIRM: Final = "confirm"
CONFIRM_FIELDS: Final = {probatio.Optional(ATTR_CONFIRM, default=False): cv.boolean}


async def async_verdict(
    hass: HomeAssistant, objection: ServiceValidationError | None
) -> JsonObjectType:
    """Return whether a change is possible, and if not, why, in Home Assistant's language."""
    if objection is None:
        return {"possible": True, "refusal": None, "message": None}
    return {
        "possible": False,
        "refusal": objection.translation_key,
        "message": await async_words(hass, objection),
    }


async def async_written(
    call: ServiceCall,
    objection: ServiceValidationError | None,
    write: Callable[[], Awaitable[WriteRecord | None]],
) -> JsonObjectType:
    """Change something if the call confirms that; else only return whether it is possible.

    To ask for what is so already changes nothing, and is no error: an automation may do that.

    Raises:
        HomeAssistantError: it was to be changed, and was not.
    """
    verdict = await async_verdict(call.hass, objection)
    is_changed = call.data[ATTR_CONFIRM] and await write() is not None
    return {**verdict, "changed": is_changed}
