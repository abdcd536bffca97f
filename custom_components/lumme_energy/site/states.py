"""What entities of Home Assistant say, in the units of the rules."""

from datetime import datetime
from math import isfinite
from typing import Final

from homeassistant.components.zone.const import DOMAIN as ZONE
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_HOME,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util.unit_conversion import PowerConverter, TemperatureConverter

from ..entity_ids import entity_id_of

PEOPLE: Final = {"person", "device_tracker"}


def known(hass: HomeAssistant, lasting: str | None) -> State | None:
    """Return an entity's state; None without an entity or as long as nothing is known of it."""
    entity_id = None if lasting is None else entity_id_of(hass, lasting)
    state = None if entity_id is None else hass.states.get(entity_id)
    if state is None or state.state in {STATE_UNKNOWN, STATE_UNAVAILABLE}:
        return None
    return state


def number(value: object) -> float | None:
    """Return a number that is one."""
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if isfinite(found) else None


def celsius(value: object, unit: str | None) -> float | None:
    """Return a temperature in °C."""
    found = number(value)
    if found is None or unit not in TemperatureConverter.VALID_UNITS:
        return None
    return TemperatureConverter.convert(found, unit, UnitOfTemperature.CELSIUS)


def temperature(hass: HomeAssistant, lasting: str | None) -> float | None:
    """Return what a thermometer says, in °C."""
    state = known(hass, lasting)
    if state is None:
        return None
    return celsius(state.state, state.attributes.get(ATTR_UNIT_OF_MEASUREMENT))


def told_at(hass: HomeAssistant, lasting: str | None) -> datetime | None:
    """Return when an entity last said anything, even if it was the same again."""
    state = known(hass, lasting)
    return None if state is None else state.last_reported


def percent(hass: HomeAssistant, lasting: str | None) -> float | None:
    """Return what a hygrometer says, in %."""
    state = known(hass, lasting)
    return None if state is None else number(state.state)


def watts(hass: HomeAssistant, lasting: str | None) -> float | None:
    """Return what a power meter says, in W."""
    state = known(hass, lasting)
    if state is None:
        return None
    found, unit = number(state.state), state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if found is None or unit not in PowerConverter.VALID_UNITS:
        return None
    return PowerConverter.convert(found, unit, UnitOfPower.WATT)


def is_anyone_there(hass: HomeAssistant, chosen: list[str]) -> bool | None:
    """Tell whether anybody is there; None if nothing was chosen to tell that, or it does not know.

    A zone tells how many people are in it, a person or a phone whether it is at home, and everything
    else whether it is on.
    """
    told = [_is_there(known(hass, each)) for each in chosen]
    if True in told:
        return True
    return False if told and None not in told else None


def _is_there(state: State | None) -> bool | None:
    if state is None:
        return None
    if state.domain == ZONE:
        people = number(state.state)
        return None if people is None else people > 0
    return state.state == (STATE_HOME if state.domain in PEOPLE else STATE_ON)
