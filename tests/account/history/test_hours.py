"""Tests of hours and days made of what a portal told."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.account.history.hours import DOUBT, believed, daily, hourly
from custom_components.lumme_energy.billing.days import HOUR, bounds, hours, midnight
from custom_components.lumme_energy.portal.model import ConsumptionSlot

HELSINKI = ZoneInfo("Europe/Helsinki")
QUARTER = timedelta(minutes=15)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
# The clock goes forward, stays, and goes back.
DAYS = {date(2026, 3, 29): 23, date(2026, 6, 1): 24, date(2026, 10, 25): 25}


def slots(
    start: datetime, values: Sequence[object], length: timedelta = HOUR, cost: object = None
) -> tuple[ConsumptionSlot, ...]:
    """Return slots one after the other."""
    return tuple(
        ConsumptionSlot(
            start=start + n * length,
            end=start + (n + 1) * length,
            energy=Decimal(str(value)),
            cost=None if cost is None else Decimal(str(cost)),
        )
        for n, value in enumerate(values)
    )


def energies(found: Sequence[ConsumptionSlot]) -> list[Decimal]:
    """Return the energies of slots."""
    return [slot.energy for slot in found]


def test_zeros_at_the_end() -> None:
    """The zeros of hours that a portal does not know yet are no values."""
    start = NOW.replace(minute=0) - 6 * HOUR
    assert energies(believed(slots(start, [1, 0, 2, 0, 0, 0]), NOW)) == [1, 0, 2]


def test_future() -> None:
    """What has not been yet is not believed, whatever it is."""
    start = NOW.replace(minute=0) - HOUR
    assert energies(believed(slots(start, [1, 2, 3]), NOW)) == [1]


def test_old_zeros() -> None:
    """A house that is switched off uses nothing: after a week the portal must have meant it."""
    long_ago = NOW.replace(minute=0) - DOUBT - 3 * HOUR
    assert energies(believed(slots(long_ago, [1, 0, 0, 0, 0]), NOW)) == [1, 0, 0]


def test_cost_without_energy() -> None:
    """An hour that has a cost is known."""
    start = NOW.replace(minute=0) - 2 * HOUR
    assert len(believed(slots(start, [0, 0], cost="0.01"), NOW)) == 2


def test_nothing_but_zeros() -> None:
    """What a portal tells of the time before it knew a customer is nothing."""
    assert believed(slots(NOW - timedelta(days=60), [0] * 48), NOW) == ()
    assert believed((), NOW) == ()


@given(
    values=st.lists(st.integers(0, 2), max_size=200),
    age=st.integers(0, 400),
)
def test_belief_keeps_what_is_something(values: list[int], age: int) -> None:
    """Doubt touches nothing but zeros at the end, and never makes anything up."""
    told = slots(NOW.replace(minute=0) - age * HOUR, values)
    found = believed(told, NOW)
    assert found == told[: len(found)]
    assert not any(slot.energy for slot in told[len(found) :] if slot.end <= NOW)


@pytest.mark.parametrize(("day", "expected"), DAYS.items())
def test_quarters_of_a_day(day: date, expected: int) -> None:
    """A day of 92, 96 or 100 quarters has 23, 24 or 25 hours, each with its own."""
    start = midnight(day, HELSINKI)
    told = slots(start, range(4 * expected), QUARTER, cost="0.25")
    found = hourly(told)
    assert hours(day, HELSINKI) == expected
    assert [hour.start for hour in found] == [start + n * HOUR for n in range(expected)]
    assert all(hour.end - hour.start == HOUR for hour in found)
    assert all(hour.cost == 1 for hour in found)
    assert sum(energies(found)) == sum(energies(told))
    assert hourly(found) == found


def test_hours_that_lack_something() -> None:
    """An hour that lacks a quarter is not there; a cost that lacks one is not known."""
    start = midnight(date(2026, 11, 1), HELSINKI)
    told = slots(start, [1] * 12, QUARTER, cost="0.1")
    assert energies(hourly(told[:3] + told[4:])) == [4, 4]
    assert energies(hourly(told[1:])) == [4, 4]
    (first, *others) = told
    priceless = slots(start, [1], QUARTER)
    assert first.start == priceless[0].start
    assert [hour.cost for hour in hourly((*priceless, *others))] == [
        None,
        Decimal("0.4"),
        Decimal("0.4"),
    ]


def test_day_long_slots() -> None:
    """Where a portal knows days only they are told as the hour at which each begins."""
    start = midnight(date(2026, 11, 1), HELSINKI)
    told = slots(start, [5, 6], timedelta(days=1))
    assert hourly(told) == told
    assert daily(told, HELSINKI) == told


def test_half_an_hour_off() -> None:
    """What does not begin on the hour has no place."""
    start = midnight(date(2026, 11, 1), HELSINKI) + timedelta(minutes=30)
    assert hourly(slots(start, [1, 1])) == ()


@pytest.mark.parametrize(("day", "expected"), DAYS.items())
def test_days(day: date, expected: int) -> None:
    """The last day is told when all its hours are."""
    start, end = bounds(day - timedelta(days=1), day, HELSINKI)
    told = slots(start, [1] * ((end - start) // HOUR))
    assert energies(daily(told, HELSINKI)) == [(end - start) // HOUR - expected, expected]
    assert energies(daily(told[:-1], HELSINKI)) == [(end - start) // HOUR - expected]
    assert daily((), HELSINKI) == ()
    # A day within may lack something: there is no more to come.
    assert energies(daily(told[1:], HELSINKI))[-1] == expected
