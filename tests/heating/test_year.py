"""Some weeks at the simulated cottage; `scripts/simulate_cottage` lives a whole year, in minutes."""

from datetime import UTC, datetime
from itertools import groupby, pairwise

import pytest

from custom_components.lumme_energy.heating.model import Alarm

from .year.plan import Kind, faults, visits
from .year.report import Year, fair, groundless, lines, live, missed

# The coldest weeks of the winter.
START = datetime(2026, 1, 12, tzinfo=UTC)
DAYS = 21
BUDGET = 24  # writes a day to a thermostat
RELAY_BUDGET = 192  # a relay's cycle is a quarter of an hour


@pytest.fixture(scope="module")
def year() -> Year:
    """Return what came of the weeks."""
    return live(5, START, DAYS, ahead=())


def test_a_seed_is_a_year() -> None:
    zones = ("a", "b")
    assert faults(1, START, 365, zones) == faults(1, START, 365, zones)
    assert list(visits(1, START, 365)) == list(visits(1, START, 365))
    assert {fault.kind for fault in faults(1, START, 365, zones)} == set(Kind)
    for visit, following in pairwise(visits(1, START, 365)):
        assert visit.depart < following.arrive


def test_nothing_freezes_but_what_has_no_power(year: Year) -> None:
    assert set(year.world.counts.cold) <= {Kind.CUT, Kind.BLOWN, "weather, at full power"}
    assert not year.ours.below


def test_registers_are_spared(year: Year) -> None:
    for (zone, _, is_safety), number in year.ours.writes.items():
        assert number <= (RELAY_BUDGET if zone == "bathroom" else BUDGET), (zone, is_safety)
    assert year.ours.needless.total() <= 2


def test_rooms_are_warm_when_somebody_comes(year: Year) -> None:
    arrivals = fair(year, year.world.counts.arrivals)
    assert arrivals
    assert all(each.short <= 1.5 for each in arrivals)


def test_what_goes_wrong_is_told_and_nothing_else(year: Year) -> None:
    assert not list(missed(year))
    assert {alarm for _, _, alarm, _ in year.ours.alarms} >= {Alarm.SILENT}
    assert not list(groundless(year))


def test_an_empty_house_costs_less(year: Year) -> None:
    assert year.world.counts.energy < 0.9 * year.always_on.energy


def test_all_of_that_can_be_read(year: Year) -> None:
    text = list(lines(year))
    tables = [
        list(rows) for is_row, rows in groupby(text, lambda line: line.startswith("|")) if is_row
    ]
    for rows in tables:
        assert len({row.count("|") for row in rows}) == 1
    assert "| rules | 0.0 |" in text
