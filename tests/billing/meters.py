"""Meters for the tests of what energy costs."""

from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal

from custom_components.lumme_energy.billing.days import HOUR, bounds
from custom_components.lumme_energy.billing.usage import Usage


def rows(
    first: date, last: date, zone: tzinfo, energy: str = "1"
) -> Iterator[tuple[datetime, Decimal]]:
    """Yield the same energy for each hour of some local days."""
    start, end = bounds(first, last, zone)
    while start < end:
        yield start, Decimal(energy)
        start += HOUR


def steady(
    first: date, last: date, zone: tzinfo, *, is_meter: bool = True, **registers: str
) -> Usage:
    """Return a usage that is the same in each hour, by register."""
    return Usage.of(
        {name: rows(first, last, zone, energy) for name, energy in registers.items()},
        zone,
        is_meter=is_meter,
    )
