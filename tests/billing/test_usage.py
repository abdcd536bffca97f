"""Tests of what is known of a meter's registers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.days import HOUR, bounds, days_between, midnight
from custom_components.lumme_energy.billing.usage import Measured, Usage, portal_days
from custom_components.lumme_energy.portal.model import ConsumptionSlot, Unit

from .meters import rows, steady

HELSINKI = ZoneInfo("Europe/Helsinki")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def without(usage: Usage, *hours: datetime) -> Usage:
    """Return a usage with a gap in each register."""
    return Usage.of(
        {
            register: [
                (start, energy)
                for day in days.values()
                for start, energy in day.items()
                if start not in hours
            ]
            for register, days in usage.days.items()
        },
        usage.zone,
        is_meter=usage.is_meter,
    )


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 24), 24)])
def test_day(day: date, hours: int) -> None:
    """A local day has all its hours, be they 23 or 25."""
    around = steady(day - timedelta(days=1), day + timedelta(days=1), HELSINKI, single="1")
    assert around.energy("single", day) == hours
    assert around.measured("single", day, day) == Measured(energy=Decimal(hours))
    assert around.missing_hours(day, day) == 0
    assert around.known_days()[day] == {"single": Decimal(hours)}


def test_nothing() -> None:
    """A meter of which nothing is known has no registers."""
    nothing = Usage.of({"single": []}, HELSINKI)
    assert nothing.days == {}
    assert nothing.known_days() == {}
    assert nothing.missing_hours(SPRING, AUTUMN) == 0
    assert nothing.measured("single", SPRING, AUTUMN) is None
    assert nothing.energy("single", SPRING) == 0


def test_gap_of_a_meter() -> None:
    """A meter goes on counting in a gap: only one that reaches over midnight spoils a day."""
    whole = steady(date(2026, 11, 1), date(2026, 11, 9), HELSINKI, single="1", export_single="0")
    noon = datetime(2026, 11, 4, 10, tzinfo=UTC)
    gap = without(whole, noon, noon + HOUR)
    day = noon.date()
    assert gap.measured("single", date(2026, 11, 3), date(2026, 11, 5)) == Measured(
        energy=Decimal(70), missing_hours=2
    )
    assert gap.missing_hours(day, day) == 2
    assert gap.missing_hours(day, day, until=noon + HOUR) == 1
    assert gap.missing_hours(day, day, until=noon) == 0
    assert day in gap.known_days()

    start = midnight(day, HELSINKI)
    spoilt = without(whole, start)
    assert spoilt.measured("single", day, day) is None
    assert spoilt.measured("single", day - timedelta(days=1), day) is not None
    assert spoilt.measured("single", date(2026, 11, 2), date(2026, 11, 10)) is None


def test_gap_of_a_portal() -> None:
    """What a portal does not tell is not known."""
    whole = steady(date(2026, 11, 1), date(2026, 11, 9), HELSINKI, is_meter=False, single="1")
    noon = datetime(2026, 11, 4, 10, tzinfo=UTC)
    gap = without(whole, noon)
    assert gap.measured("single", date(2026, 11, 3), date(2026, 11, 5)) is None
    assert gap.measured("single", date(2026, 11, 5), date(2026, 11, 6)) is not None
    assert gap.known_days().keys() == whole.known_days().keys() - {noon.date()}


def test_days_at_the_ends_are_known_in_part() -> None:
    """The days on which a meter came and on which it is now are not whole."""
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    usage = Usage.of({"single": ((start + n * HOUR, Decimal(1)) for n in range(72))}, HELSINKI)
    assert usage.known_days().keys() == {date(2026, 11, 2), date(2026, 11, 3)}


def test_days_of_a_portal() -> None:
    """A day counts when all of it was told, in one slot or in many; gas in m³ needs its rate."""
    start, end = bounds(AUTUMN, AUTUMN, HELSINKI)
    whole = ConsumptionSlot(start=start, end=end, energy=Decimal(25))
    following = [
        ConsumptionSlot(start=end + n * HOUR, end=end + (n + 1) * HOUR, energy=Decimal(2))
        for n in range(24)
    ]
    after = AUTUMN + timedelta(days=1)
    told = portal_days([whole, *following], HELSINKI, None)
    assert told == {AUTUMN: {"single": 25}, after: {"single": 48}}
    assert portal_days([whole, *following[1:]], HELSINKI, None).keys() == {AUTUMN}
    gas = [replace(slot, unit=Unit.M3) for slot in following]
    assert portal_days(gas, HELSINKI, None) == {}
    assert portal_days(gas, HELSINKI, Decimal("11.4")) == {after: {"single": Decimal("547.2")}}


@given(
    st.sampled_from([ZoneInfo("Europe/Helsinki"), ZoneInfo("Europe/Brussels")]),
    st.dates(date(2024, 1, 1), date(2027, 12, 1)),
    st.integers(0, 40),
    st.data(),
)
def test_days_lose_and_add_nothing(
    zone: ZoneInfo, first: date, count: int, data: st.DataObject
) -> None:
    """Sorted into days, hours add up to what they were; what is gone is counted."""
    last = first + timedelta(days=count)
    everything = list(rows(first, last, zone, "0.125"))
    kept = [row for row in everything if data.draw(st.booleans())] if count < 3 else everything
    usage = Usage.of({"single": kept}, zone)
    total = sum((usage.energy("single", day) for day in days_between(first, last)), Decimal())
    assert total == sum((energy for _, energy in kept), Decimal())
    if kept:
        assert usage.missing_hours(first, last) == len(everything) - len(kept)
    start, end = bounds(first, last, zone)
    present = {start for start, _ in kept}
    measured = usage.measured("single", first, last)
    assert (measured is not None) == (start in present and end - HOUR in present)
    if measured is not None:
        assert measured.energy == total
