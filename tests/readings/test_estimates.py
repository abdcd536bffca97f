"""Tests of estimates that the meter contradicts."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal.model import MeterReading, ReadingSource
from custom_components.lumme_energy.readings.estimates import (
    TOLERATED,
    TOLERATED_SHARE,
    doubt,
    newest_estimates,
)

GSRN = "541448820010076543"
DAY = date(2026, 11, 1)
TODAY = date(2026, 11, 24)
ESTIMATE = MeterReading(
    gsrn=GSRN,
    day=DAY,
    register="day",
    value=Decimal(9000),
    source=ReadingSource.ESTIMATED,
)
BEFORE = replace(
    ESTIMATE, day=DAY - timedelta(days=365), value=Decimal(6000), source=ReadingSource.CUSTOMER
)


def test_newest_estimates() -> None:
    """An estimate counts until a newer reading of its register is there."""
    night = replace(ESTIMATE, register="night")
    read = replace(night, day=DAY + timedelta(days=1), source=ReadingSource.GRID_OPERATOR)
    other = replace(ESTIMATE, gsrn="541448820010076550", day=TODAY)
    history = (BEFORE, ESTIMATE, other, read, night)
    assert newest_estimates(history, GSRN) == (ESTIMATE,)
    assert newest_estimates((), GSRN) == ()


@pytest.mark.parametrize(
    ("metered", "is_wrong"),
    [("9000.9", False), ("8860", False), ("8700", True), ("9150", False), ("9200", True)],
)
def test_on_its_day(metered: str, is_wrong: bool) -> None:
    """What the meter showed on that day decides, within what nobody quarrels about."""
    found = doubt(
        ESTIMATE,
        (ESTIMATE, BEFORE),
        then={"day": Decimal(metered)},
        now={"day": Decimal(9999)},
        today=TODAY,
    )
    assert (found is not None) is is_wrong
    if found is not None:
        assert found.day == DAY
        assert found.excess == 9000 - int(float(metered))


def test_today() -> None:
    """Without that day's index, only an estimate that is too high even today is wrong."""
    for shown, is_wrong in ((8000, True), (8990, False), (12000, False)):
        found = doubt(ESTIMATE, (BEFORE,), then={}, now={"day": Decimal(shown)}, today=TODAY)
        assert (found is not None) is is_wrong
        assert found is None or (found.day, found.metered) == (TODAY, shown)
    assert doubt(ESTIMATE, (BEFORE,), then={}, now={"night": Decimal(1)}, today=TODAY) is None


@given(st.decimals(0, 99999, places=3), st.integers(0, 99999))
def test_what_is_close_is_right(metered: Decimal, estimated: int) -> None:
    """Nobody is sent to the telephone about less than what is tolerated."""
    estimate = replace(ESTIMATE, value=Decimal(estimated))
    found = doubt(estimate, (BEFORE,), then={"day": metered}, now={}, today=TODAY)
    if found is not None:
        rise = found.metered - BEFORE.value
        assert abs(found.excess) > max(TOLERATED, rise * TOLERATED_SHARE)
