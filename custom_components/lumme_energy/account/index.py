"""What linked registers showed on a day: the indexes themselves, not what went through."""

from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation

from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import EnergyConverter, VolumeConverter

from ..billing.days import bounds
from ..portal.model import Energy
from .meter_link import MeterLink
from .usage import UNITS, async_describe


async def async_indexes(
    hass: HomeAssistant, link: MeterLink, energy: Energy, day: date, zone: tzinfo
) -> dict[str, Decimal]:
    """Return what the registers of a linked meter show now, or showed when a day ended.

    Args:
        hass: Home Assistant, with a recorder.
        link: The meter.
        energy: What it counts: electricity in kWh, gas in m³.
        day: Today or an earlier local day; about a later one nothing is known.
        zone: Where the supplier's days begin.
    """
    kind = "volume" if energy is Energy.GAS else "energy"
    described = await async_describe(hass, set(link.registers.values()))
    registers = {
        register: entity_id
        for register, entity_id in link.registers.items()
        if described.get(entity_id, {}).get("unit_class") == kind
    }
    today = dt_util.utcnow().astimezone(zone).date()
    if day < today:
        return await _async_earlier(hass, registers, day, zone)
    found = {
        register: _now(hass, entity_id, kind)
        for register, entity_id in registers.items()
        if day == today
    }
    return {register: value for register, value in found.items() if value is not None}


def _now(hass: HomeAssistant, entity_id: str, kind: str) -> Decimal | None:
    """Return what an entity shows."""
    if (state := hass.states.get(entity_id)) is None:
        return None
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    try:
        value = Decimal(state.state)
    except InvalidOperation:
        return None
    if unit == UNITS[kind]:
        return value
    convert = VolumeConverter.convert if kind == "volume" else EnergyConverter.convert
    return Decimal(str(convert(float(value), unit, UNITS[kind])))


async def _async_earlier(
    hass: HomeAssistant, registers: dict[str, str], day: date, zone: tzinfo
) -> dict[str, Decimal]:
    """Return the last index that each entity is known to have shown on a day."""
    start, end = bounds(day, day, zone)

    def read() -> dict[str, Decimal]:
        rows = statistics_during_period(
            hass, start, end, set(registers.values()), "hour", UNITS, {"state"}
        )
        found = {}
        for register, entity_id in registers.items():
            states = [
                row["state"] for row in rows.get(entity_id, ()) if row.get("state") is not None
            ]
            if states:
                found[register] = Decimal(str(states[-1]))
        return found

    return await get_instance(hass).async_add_executor_job(read)
