"""Tests of counting in local days and months."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.days import (
    HOUR,
    add_months,
    bounds,
    days_between,
    hours,
    midnight,
)

ZONES = st.sampled_from([ZoneInfo("Europe/Helsinki"), ZoneInfo("Europe/Brussels")])
DAYS = st.dates(date(2000, 1, 1), date(2037, 1, 1))


@given(DAYS, st.integers(-48, 48))
def test_add_months(day: date, months: int) -> None:
    """A month later is in the next month, on the same day or the last."""
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "count"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 24), 24)],
)
@pytest.mark.parametrize("zone", ["Europe/Helsinki", "Europe/Brussels"])
def test_hours(day: date, count: int, zone: str) -> None:
    """The days on which the clock changes are shorter and longer."""
    assert hours(day, ZoneInfo(zone)) == count


def test_midnight() -> None:
    """A day begins where the supplier is."""
    helsinki = midnight(date(2026, 7, 1), ZoneInfo("Europe/Helsinki"))
    assert helsinki == datetime(2026, 6, 30, 21, tzinfo=UTC)


@given(DAYS, st.integers(0, 400), ZONES)
def test_days_fill_their_bounds(first: date, count: int, zone: ZoneInfo) -> None:
    """The hours of all days are those between the bounds, whatever the clocks do."""
    last = first + timedelta(days=count)
    start, end = bounds(first, last, zone)
    days = list(days_between(first, last))
    assert len(days) == count + 1
    assert sum(hours(day, zone) for day in days) == (end - start) / HOUR
