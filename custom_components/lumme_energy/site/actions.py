"""What a user or an automation can ask of a heated house."""

from datetime import datetime
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_MODE
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType
import probatio

from ..action import Action, invalid
from ..const import CONF_KIND, DOMAIN, KIND_HEATING
from ..heating.model import Arrival, Mode, Preset
from .coordinator import SiteCoordinator

ATTR_ARRIVAL: Final = "arrival"
ATTR_ZONES: Final = "zones"

SITE_FIELDS: Final = {probatio.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}
ZONE_FIELDS: Final = {
    **SITE_FIELDS,
    probatio.Optional(ATTR_ZONES): probatio.All(cv.ensure_list, [cv.string]),
}


def _site_of(call: ServiceCall) -> SiteCoordinator:
    """Return the house that a call is about; where there is only one, it need not say which.

    Raises:
        ServiceValidationError: There is no such house, or it is not loaded.

    """
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is None:
        sites = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
            if entry.data[CONF_KIND] == KIND_HEATING and entry.state is ConfigEntryState.LOADED
        ]
        if len(sites) != 1:
            raise invalid("which_site")
        entry_id = sites[0].entry_id
    entry = async_get_config_entry(call.hass, DOMAIN, entry_id)
    if entry.data[CONF_KIND] != KIND_HEATING:
        raise invalid("not_a_site", title=entry.title)
    coordinator: SiteCoordinator = entry.runtime_data
    return coordinator


def _zones_of(call: ServiceCall, coordinator: SiteCoordinator) -> list[str] | None:
    """Return the ids of the zones that a call names by their devices; None if it names none.

    Raises:
        ServiceValidationError: The house has no such zone.

    """
    if (asked := call.data.get(ATTR_ZONES)) is None:
        return None
    devices, found = dr.async_get(call.hass), []
    for device_id in asked:
        device = devices.async_get(device_id)
        names = {name for domain, name in device.identifiers if domain == DOMAIN} if device else ()
        zone = next((zone_id for zone_id in coordinator.zones if zone_id in names), None)
        if zone is None:
            raise invalid("no_such_zone", title=coordinator.config_entry.title)
        found.append(zone)
    return found


def _instant(value: Any) -> datetime:
    """Validate a date and time; without a zone it is local."""
    at: datetime = cv.datetime(value)
    return dt_util.as_utc(at)


async def turn_down(call: ServiceCall) -> ServiceResponse:
    """Turn the whole house down, or only some of its zones."""
    coordinator = _site_of(call)
    engine, zones = coordinator.engine, _zones_of(call, coordinator)

    def wish(now: datetime) -> None:
        if zones is None:
            engine.turn_down(now)
        for zone in zones or ():
            engine.set_preset(zone, coordinator.zones[zone].settings.away_preset, now)

    await coordinator.async_wish(wish)
    return None


async def boost(call: ServiceCall) -> ServiceResponse:
    """Make the whole house, or some of its zones, warmer for a while."""
    coordinator = _site_of(call)
    zones = _zones_of(call, coordinator)

    def wish(now: datetime) -> None:
        for zone in coordinator.zones if zones is None else zones:
            coordinator.engine.set_preset(zone, Preset.BOOST, now)

    await coordinator.async_wish(wish)
    return None


async def set_mode(call: ServiceCall) -> ServiceResponse:
    """Say what the house is to do."""
    coordinator = _site_of(call)
    await coordinator.async_wish(lambda now: coordinator.engine.set_mode(call.data[ATTR_MODE], now))
    return None


async def set_arrival(call: ServiceCall) -> ServiceResponse:
    """Say when somebody comes, or that nobody does; return what can be promised."""
    coordinator = _site_of(call)
    at = call.data.get(ATTR_ARRIVAL)
    await coordinator.async_wish(lambda now: coordinator.engine.set_arrival(at, now))
    return _told(coordinator.data.arrival)


async def plan_arrival(call: ServiceCall) -> ServiceResponse:
    """Return what could be promised for an arrival, before anybody decides to travel."""
    coordinator = _site_of(call)
    return _told(coordinator.preview(call.data[ATTR_ARRIVAL]))


def _told(arrival: Arrival | None) -> JsonObjectType:
    """Return a promise in what JSON has."""
    if arrival is None:
        return {"planned": False}
    return {
        "planned": True,
        "arrival": arrival.at.isoformat(),
        "reachable": arrival.is_reachable,
        "preheat_start": _iso(arrival.start),
        "warm_at": _iso(arrival.ready_at),
        "expected_temperature": arrival.expected,
        "energy": arrival.energy,
        "cost": None if arrival.cost is None else float(arrival.cost),
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


ACTIONS: Final = (
    Action(
        name="turn_down",
        fields=ZONE_FIELDS,
        handler=turn_down,
        supports_response=SupportsResponse.NONE,
    ),
    Action(
        name="boost",
        fields=ZONE_FIELDS,
        handler=boost,
        supports_response=SupportsResponse.NONE,
    ),
    Action(
        name="set_heating_mode",
        fields={**SITE_FIELDS, probatio.Required(ATTR_MODE): probatio.Coerce(Mode)},
        handler=set_mode,
        supports_response=SupportsResponse.NONE,
    ),
    Action(
        name="set_arrival",
        fields={**SITE_FIELDS, probatio.Optional(ATTR_ARRIVAL): _instant},
        handler=set_arrival,
        supports_response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="plan_arrival",
        fields={**SITE_FIELDS, probatio.Required(ATTR_ARRIVAL): _instant},
        handler=plan_arrival,
    ),
)
