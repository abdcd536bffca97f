"""From what an entity says to an index as a supplier wants it: whole, in the meter's own unit."""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from ..portal.model import Unit

# What suppliers take before the decimal mark, whatever the meter has.
MOST_DIGITS: Final = 8
# How much of a meter's unit one of an entity's unit is.
UNITS: Final[Mapping[str, tuple[Unit, Decimal]]] = {
    "Wh": (Unit.KWH, Decimal("0.001")),
    "kWh": (Unit.KWH, Decimal(1)),
    "MWh": (Unit.KWH, Decimal(1000)),
    "GWh": (Unit.KWH, Decimal(1_000_000)),
    "L": (Unit.M3, Decimal("0.001")),
    "m³": (Unit.M3, Decimal(1)),
}
# OBIS codes of the registers. Only the Netherlands number night before day.
_TOTALS: Final = {"single": "1.8.0", "export_single": "2.8.0"}
_DAY_FIRST: Final = {
    "day": "1.8.1",
    "night": "1.8.2",
    "export_day": "2.8.1",
    "export_night": "2.8.2",
}
_NIGHT_FIRST: Final = {
    "day": "1.8.2",
    "night": "1.8.1",
    "export_day": "2.8.2",
    "export_night": "2.8.1",
}


def in_meter_unit(value: Decimal, unit: str) -> tuple[Decimal, Unit] | None:
    """Return an index in the unit in which meters count; None where nobody can tell.

    Args:
        value: What an entity says.
        unit: Its unit of measurement.
    """
    if not value.is_finite() or (known := UNITS.get(unit)) is None:
        return None
    meter_unit, factor = known
    return value * factor, meter_unit


def whole(index: Decimal) -> Decimal:
    """Return the index as a person reads it off: without what is behind the decimal mark."""
    return index.to_integral_value(ROUND_FLOOR)


def capacity(digits: int | None) -> Decimal:
    """Return the first index that is one digit too long for a meter, and for any supplier."""
    return Decimal(10) ** min(digits or MOST_DIGITS, MOST_DIGITS)


def obis_codes(country: str | None) -> Mapping[str, str]:
    """Return the OBIS code by register, so that a user can compare them with the meter's display.

    Day and night are not told where the country is not known: their order differs.

    Args:
        country: ISO 3166 code of where the meter is.
    """
    match country:
        case "NL":
            return {**_TOTALS, **_NIGHT_FIRST}
        case None:
            return _TOTALS
        case _:
            return {**_TOTALS, **_DAY_FIRST}
