"""What the actions of a supplier account have in common."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util.json import JsonValueType
import probatio

from ...action import invalid
from ...const import CONF_KIND, DOMAIN, KIND_ACCOUNT
from ...portal.model import Capability, SupplyPoint
from ..coordinator import AccountCoordinator
from ..errors import not_offered

ATTR_SUPPLY_POINT: Final = "supply_point"

# The fields with which every action begins, and every action about a supply point.
ACCOUNT_FIELDS: Final = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
POINT_FIELDS: Final = {**ACCOUNT_FIELDS, probatio.Optional(ATTR_SUPPLY_POINT): cv.string}


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
    if capability not in coordinator.offered:
        raise not_offered(coordinator)


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
