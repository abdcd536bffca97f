"""Quarter-hours, peaks and what the capacity tariff makes of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.demand import (
    DEMAND,
    Demand,
    Quarter,
    QuarterHour,
    billed_power,
    imported,
    month_peaks,
    month_share,
    projection,
    quarter_start,
)
from custom_components.lumme_energy.metering.registers import CONFIRM_AFTER
from custom_components.lumme_energy.metering.telegram import (
    MonthPeak,
    Quantity,
    Stamped,
    Unit,
    Value,
)

BRUSSELS = ZoneInfo("Europe/Brussels")

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


@given(st.lists(st.floats(0, 3600), min_size=2, max_size=200, unique=True))
def test_whatever_is_missed_a_quarter_that_is_known_is_right(moments: list[float]) -> None:
    quarter = QuarterHour()
    for seconds in sorted(moments):
        quarter.read(after(seconds=seconds), Decimal(round(seconds, 6)) / 900)  # 4 kW all the time
        for power in (quarter.finished and quarter.finished.power, quarter.average):
            assert power is None or power <= Decimal("4.001")
        if quarter.finished:
            assert round(quarter.finished.power, 3) == 4


def test_a_clock_that_goes_back_tells_nothing() -> None:
    quarter = QuarterHour()
    quarter.read(after(minutes=-1), Decimal(100))
    quarter.read(after(minutes=1), Decimal(101))
    quarter.read(after(minutes=-14), Decimal(101))
    assert (quarter.average, quarter.finished) == (None, None)


type Told = dict[Quantity, Value]


def said(energy: float, power: float = 0, **more: Value) -> Told:
    """Return what a meter says."""
    return {
        Quantity.ENERGY_IMPORT: Decimal(str(energy)),
        Quantity.POWER_IMPORT: Decimal(str(power)),
        **{Quantity(key): value for key, value in more.items()},
    }


def quarters(
    demand: Demand, start: datetime, *powers: float, energy: float = 100
) -> Iterator[Told]:
    """Let a meter live through quarters of these powers in kW, a telegram every 30 seconds."""
    for power in powers:
        for step in range(30):
            at = start + timedelta(seconds=30 * step)
            yield demand.read(at, said(round(energy + power * step / 120, 6), power))
        start += timedelta(minutes=15)
        energy += power / 4
    yield demand.read(start, said(round(energy, 6)))


def peak(power: str, end: datetime) -> Stamped:
    """Return a month's peak as a Belgian meter would send it."""
    return Stamped(Decimal(power), Unit.KILO_WATT, end)


NO_PEAK = Stamped(None, Unit.KILO_WATT, None)


def test_nothing_is_known_until_a_quarter_was_heard_as_a_whole() -> None:
    demand = Demand(BRUSSELS)
    told = list(quarters(demand, after(minutes=5), 6, 4, 2))
    assert told[0].keys() == DEMAND
    # It began in the middle: what the first twenty readings tell belongs to no whole quarter.
    assert [each[Quantity.QUARTER_HOUR_POWER] for each in told[:20]] == [None] * 20
    assert {each[Quantity.MONTH_PEAK] for each in told[:50]} == {NO_PEAK}
    assert told[21][Quantity.QUARTER_HOUR_POWER] == Decimal("0.2")
    # Five minutes at 6 kW and ten at 4, and then less.
    assert told[50][Quantity.MONTH_PEAK] == peak("4.667", after(minutes=30))
    assert told[-1][Quantity.MONTH_PEAK] == peak("4.667", after(minutes=30))


def test_the_peak_is_of_the_month_on_the_clock() -> None:
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    demand = Demand(BRUSSELS)
    told = list(quarters(demand, midnight - timedelta(minutes=30), 5, 9, 2, 1))
    assert told[30][Quantity.MONTH_PEAK] == peak("5", midnight - timedelta(minutes=15))
    # The quarter that ends with November is November's, and December has no peak yet.
    assert told[60][Quantity.MONTH_PEAK] == NO_PEAK
    assert told[90][Quantity.MONTH_PEAK] == peak("2", midnight + timedelta(minutes=15))
    assert told[-1][Quantity.MONTH_PEAK] == peak("2", midnight + timedelta(minutes=15))


def restarted(demand: Demand) -> Demand:
    """Return what is left of it on disk."""
    return Demand(BRUSSELS, json.loads(json.dumps(demand.as_dict())))


def test_a_restart_loses_nothing() -> None:
    demand = Demand(BRUSSELS)
    list(quarters(demand, START, 4))
    demand.read(after(minutes=16), said(101.5, 3))
    told = restarted(demand).read(after(minutes=20), said(101.6, 3))
    assert told == {
        Quantity.QUARTER_HOUR_POWER: Decimal("2.4"),
        Quantity.MONTH_PEAK: peak("4", after(minutes=15)),
    }
    told = restarted(demand).read(after(minutes=32), said(101.6, 3))
    assert told == {
        Quantity.QUARTER_HOUR_POWER: None,
        Quantity.MONTH_PEAK: peak("4", after(minutes=15)),
    }
    told = restarted(demand).read(after(days=30, minutes=5), said(500, 3))
    assert told == {Quantity.QUARTER_HOUR_POWER: None, Quantity.MONTH_PEAK: NO_PEAK}
    empty = restarted(Demand(BRUSSELS))
    assert empty.as_dict() == {"peak": None, "readings": []}


def test_another_meter_after_a_restart_is_no_peak() -> None:
    demand = Demand(BRUSSELS)
    list(quarters(demand, START, 4))
    demand = restarted(demand)
    assert demand.read(after(minutes=16), said(9000, 1)) == {}
    told = demand.read(after(minutes=16) + CONFIRM_AFTER, said(9000.1, 1))
    assert told[Quantity.QUARTER_HOUR_POWER] is None
    told = list(quarters(demand, after(minutes=30), 3, energy=9000.2))[-1]
    assert told[Quantity.MONTH_PEAK] == peak("4", after(minutes=15))


@pytest.mark.parametrize("wrong", [0, 9000])
def test_a_reading_that_is_not_believed_spoils_no_quarter(wrong: float) -> None:
    demand = Demand(BRUSSELS)
    demand.read(START, said(100, 4))
    assert demand.read(after(minutes=5), said(wrong, 4)) == {}
    told = demand.read(after(minutes=6), said(100.4, 4))
    assert told[Quantity.QUARTER_HOUR_POWER] == Decimal("1.6")
    demand.read(after(minutes=14, seconds=30), said(100.9, 4))
    told = demand.read(after(minutes=15), said(101, 4))
    assert told[Quantity.MONTH_PEAK] == peak("4", after(minutes=15))


@pytest.mark.parametrize("power", [0.4, 2, 11])
def test_a_register_that_moves_once_an_hour_tells_no_quarters(power: float) -> None:
    demand = Demand(BRUSSELS)
    begin = START + timedelta(minutes=30)
    unknown = 0
    for step in range(3 * 360):
        told = demand.read(
            begin + timedelta(seconds=10 * step), said(100 + power * (step // 360), power)
        )
        assert told[Quantity.MONTH_PEAK] == NO_PEAK
        assert told[Quantity.QUARTER_HOUR_POWER] in (None, 0)
        unknown += told[Quantity.QUARTER_HOUR_POWER] is None
    assert unknown > 3 * 360 - 90  # it takes some minutes to notice in the beginning


def test_a_register_that_moves_once_a_minute_tells_them() -> None:
    demand = Demand(BRUSSELS)
    for step in range(181):
        energy = round(100 + 10 * (step // 6) / 60, 6)
        told = demand.read(after(seconds=10 * step), said(energy, 10))
    assert told[Quantity.MONTH_PEAK] == peak("10", after(minutes=15))


def test_a_register_that_stands_still_while_nothing_flows_is_right() -> None:
    demand = Demand(BRUSSELS)
    told = list(quarters(demand, START, 0, 0))
    assert {each[Quantity.QUARTER_HOUR_POWER] for each in told} == {Decimal(0)}
    assert told[-1][Quantity.MONTH_PEAK] == peak("0", after(minutes=15))


def test_a_meter_that_tells_no_power_is_believed() -> None:
    demand = Demand(BRUSSELS)
    for minute in range(6):
        told = demand.read(after(minutes=minute), {Quantity.ENERGY_IMPORT: Decimal(100)})
    assert told[Quantity.QUARTER_HOUR_POWER] == 0


def test_what_was_imported() -> None:
    tariffs: Told = {
        Quantity.ENERGY_IMPORT_1: Decimal(3),
        Quantity.ENERGY_IMPORT_2: Decimal(4),
        Quantity.ENERGY_IMPORT_3: None,
    }
    assert imported(tariffs) == 7
    assert imported(tariffs | {Quantity.ENERGY_IMPORT: Decimal(9)}) == 9
    assert imported({Quantity.ENERGY_IMPORT: None}) is None
    assert Demand(BRUSSELS).read(START, {}) == {}


def test_the_capacity_tariffs_mean() -> None:
    assert billed_power(SERIES) == Decimal("4.456")
    assert billed_power([Decimal(0)]) == Decimal("2.5")
    assert billed_power([]) is None


@given(st.lists(st.decimals(0, 50, places=3), min_size=12, max_size=12))
def test_the_months_add_up_to_the_year(peaks: list[Decimal]) -> None:
    assert round(sum(map(month_share, peaks)), 9) == round(billed_power(peaks) or 0, 9)


def test_the_months_that_count_of_those_a_meter_sends() -> None:
    months = [
        MonthPeak(datetime(2025 + month // 12, month % 12 + 1, 1, tzinfo=UTC), START, power)
        for month, power in enumerate([Decimal(99), Decimal(50), *SERIES[:-1]])
    ]
    sent: Told = {
        Quantity.MONTH_PEAKS: tuple(reversed(months)),
        Quantity.MONTH_PEAK: peak("4.88", START),
    }
    assert month_peaks(sent) == SERIES
    young = sent | {Quantity.MONTH_PEAKS: tuple(months[:2]), Quantity.MONTH_PEAK: NO_PEAK}
    assert month_peaks(young) == [99, 50]
    with pytest.raises(KeyError):
        month_peaks({Quantity.MONTH_PEAK: NO_PEAK})
