"""A meter's clock is believed within reason."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.lumme_energy.metering.clock import moment, offset

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("minutes", [-10, -1, 0, 10])
def test_a_clock_that_may_be_right(minutes: int) -> None:
    told = NOW + timedelta(minutes=minutes)
    assert moment(told, NOW) == told
    assert offset(told, NOW) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "told",
    [None, NOW + timedelta(minutes=11), NOW - timedelta(hours=1), datetime(1970, 1, 1, tzinfo=UTC)],
)
def test_a_clock_that_cannot(told: datetime | None) -> None:
    assert moment(told, NOW) == NOW
