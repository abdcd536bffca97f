"""What the actions of a supplier account have in common."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.json import JsonValueType
import probatio

from ...const import CONF_KIND, DOMAIN, KIND_ACCOUNT
from ...portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnavailableError,
)
from ...portal.model import Capability, SupplyPoint
from ..coordinator import AccountCoordinator

ATTR_SUPPLY_POINT: Final = "supply_point"

# The fields with which every action begins, and every action about a supply point.
ACCOUNT_FIELDS: Final = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
POINT_FIELDS: Final = {**ACCOUNT_FIELDS, probatio.Optional(ATTR_SUPPLY_POINT): cv.string}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of the integration: its name, the fields it takes, and what it does."""

    name: str
    fields: Mapping[Any, Any]
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    supports_response: SupportsResponse = SupportsResponse.ONLY


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that tells a user, in words, what cannot be done as asked."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def account_of(call: ServiceCall) -> AccountCoordinator:
    """Return the account that a call is about; where there is only one, it need not say which.

    Raises:
        ServiceValidationError: there is no such account, or it is not loaded.
    """
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is None:
        accounts = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
            if entry.data[CONF_KIND] == KIND_ACCOUNT and entry.state is ConfigEntryState.LOADED
        ]
        if len(accounts) != 1:
            raise invalid("which_account")
        entry_id = accounts[0].entry_id
    entry = async_get_config_entry(call.hass, DOMAIN, entry_id)
    if entry.data[CONF_KIND] != KIND_ACCOUNT:
        raise invalid("not_an_account", title=entry.title)
    coordinator: AccountCoordinator = entry.runtime_data
    return coordinator


def point_of(call: ServiceCall, coordinator: AccountCoordinator) -> SupplyPoint:
    """Return the supply point that a call names by device or by GSRN (EAN).

    Where the account has only one, the call need not say which.

    Raises:
        ServiceValidationError: the account has no such supply point.
    """
    points = coordinator.data.supply_points or ()
    if (asked := call.data.get(ATTR_SUPPLY_POINT)) is None:
        if len(points) != 1:
            raise invalid("which_supply_point")
        return points[0]
    device = dr.async_get(call.hass).async_get(asked)
    names = {number for domain, number in device.identifiers if domain == DOMAIN} if device else ()
    for point in points:
        if point.gsrn in names or point.gsrn == "".join(asked.split()):
            return point
    raise invalid("no_such_supply_point", title=coordinator.config_entry.title)


def require(coordinator: AccountCoordinator, capability: Capability) -> None:
    """Turn a call away that is about something that this portal does not have.

    Raises:
        ServiceValidationError: it does not.
    """
    offered = coordinator.portal.capabilities - coordinator.data.lost_capabilities
    if capability not in offered:
        raise invalid("not_offered", portal=coordinator.supplier.portal_name)


@contextmanager
def portal_errors(coordinator: AccountCoordinator) -> Iterator[None]:
    """Tell in the user's words what is the matter with the portal.

    Raises:
        HomeAssistantError: instead of any `PortalError`.
    """
    try:
        yield
    except PortalError as err:
        match err:
            case PortalAuthenticationError():
                coordinator.config_entry.async_start_reauth(coordinator.hass)
                key = "authentication_failed"
            case PortalUnavailableError():
                key = "portal_unavailable"
            case PortalCapabilityError():
                key = "not_offered"
            case _:
                key = "portal_changed"
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={"portal": coordinator.supplier.portal_name},
        ) from err


async def async_words(hass: HomeAssistant, error: ServiceValidationError) -> str:
    """Return in Home Assistant's language what an error would tell, for use in an answer."""
    category = "exceptions"
    texts = await async_get_translations(hass, hass.config.language, category, {DOMAIN})
    text = texts[f"component.{DOMAIN}.{category}.{error.translation_key}.message"]
    return text.format(**(error.translation_placeholders or {}))


def plain(value: Any) -> JsonValueType:
    """Return a value in what JSON has: amounts as numbers, dates as texts (ISO 8601)."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case tuple() | list():
            return [plain(each) for each in value]
    json: JsonValueType = value
    return json
