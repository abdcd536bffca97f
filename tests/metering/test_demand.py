"""Quarter-hours, peaks and what the capacity tariff makes of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.demand import (
    PeakTracker,
    Quarter,
    QuarterHour,
    billed_power,
    billed_power_of,
    projection,
    quarter_start,
)
from custom_components.lumme_energy.metering.telegram import MonthPeak

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SERIES = [
    Decimal(peak)
    for peak in [
        "0.632",
        "4.6",
        "0",
        "1.028",
        "3.444",
        "4.164",
        "4.564",
        "6",
        "9.2",
        "5",
        "4.12",
        "4.88",
    ]
]


def after(**passed: float) -> datetime:
    """Return a moment in the quarter-hour."""
    return START + timedelta(**passed)


@pytest.mark.parametrize(
    ("minutes", "average", "power", "expected"),
    [(0, "0", "4", "4"), (5, "1", "4.5", "4"), (10, "2", "0", "2"), (14.99, "3", "9", "3.006")],
)
def test_projection(minutes: float, average: str, power: str, expected: str) -> None:
    result = projection(after(minutes=minutes), Decimal(average), Decimal(power))
    assert round(result, 3) == Decimal(expected)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_quarters_are_those_of_every_clock(at: datetime) -> None:
    start = quarter_start(at)
    assert start <= at < start + timedelta(minutes=15)
    for zone in ("Europe/Helsinki", "Europe/Brussels"):
        local = start.astimezone(ZoneInfo(zone))
        assert (local.minute % 15, local.second, local.microsecond) == (0, 0, 0)


def test_a_quarter_from_the_register() -> None:
    quarter = QuarterHour()
    quarter.read(after(minutes=-5), Decimal(100))
    assert quarter.average is None  # its beginning was not heard
    quarter.read(after(seconds=-5), Decimal("100.100"))
    quarter.read(after(seconds=5), Decimal("100.102"))
    assert quarter.average == Decimal("0.004")  # of what the register showed in between
    assert quarter.finished is None
    quarter.read(after(minutes=14, seconds=50), Decimal("101.100"))
    assert quarter.average == Decimal("3.996")
    quarter.read(after(minutes=15), Decimal("101.101"))
    assert quarter.finished == Quarter(after(minutes=15), Decimal(4))
    assert quarter.average == 0


def test_a_quarter_with_a_hole_is_not_known() -> None:
    quarter = QuarterHour()
    quarter.read(after(seconds=0), Decimal(100))
    quarter.read(after(minutes=13), Decimal(101))
    quarter.read(after(minutes=15, seconds=10), Decimal(102))
    assert (quarter.average, quarter.finished) == (None, None)
    quarter.read(after(minutes=29, seconds=50), Decimal(103))
    quarter.read(after(minutes=32), Decimal(104))
    assert (quarter.average, quarter.finished) == (None, None)
    quarter.read(after(minutes=45), Decimal(105))
    assert quarter.finished is None
    quarter.read(after(minutes=75), Decimal(106))
    assert quarter.finished is None  # a whole quarter is missing


@given(st.lists(st.integers(0, 50), min_size=90, max_size=90))
def test_the_projection_meets_the_quarter_in_the_end(steps: list[int]) -> None:
    quarter = QuarterHour()
    energy = Decimal(100)
    quarter.read(START, energy)
    for number, step in enumerate(steps, 1):
        energy += Decimal(step) / 1000
        quarter.read(after(seconds=10 * number), energy)
    assert quarter.finished == Quarter(after(minutes=15), Decimal(sum(steps)) * 4 / 1000)


def test_the_months_highest_quarter() -> None:
    tracker = PeakTracker(ZoneInfo("Europe/Brussels"))
    assert tracker.take(Quarter(START, Decimal(4)))
    assert not tracker.take(Quarter(after(minutes=15), Decimal(3)))
    assert tracker.take(Quarter(after(minutes=30), Decimal(5)))
    # The quarter that ends with the month is still the month's.
    end = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert not tracker.take(Quarter(end, Decimal(1)))
    assert tracker.take(Quarter(end + timedelta(minutes=15), Decimal(1)))
    assert not tracker.take(Quarter(end, Decimal(9)))
    assert tracker.peak == Quarter(end + timedelta(minutes=15), Decimal(1))


def test_the_capacity_tariffs_mean() -> None:
    assert billed_power(SERIES) == Decimal("4.456")
    assert billed_power([Decimal(99), *SERIES]) == Decimal("4.456")
    assert billed_power([Decimal(0)]) == Decimal("2.5")
    assert billed_power([]) is None


def test_the_capacity_tariffs_mean_of_what_a_meter_sends() -> None:
    months = [
        MonthPeak(datetime(2025 + month // 12, month % 12 + 1, 1, tzinfo=UTC), START, peak)
        for month, peak in enumerate([Decimal(99), Decimal(50), *SERIES[:-1]])
    ]
    assert billed_power_of(reversed(months), SERIES[-1]) == Decimal("4.456")
    assert billed_power_of(months[2:], None) == sum(
        max(peak, Decimal("2.5")) for peak in SERIES[:-1]
    ) / Decimal(11)
