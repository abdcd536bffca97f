"""The invented weather is a Finnish one, and the same at every look."""

from datetime import UTC, datetime, timedelta
from statistics import fmean

import pytest

from demo.weather import HOUR, Weather

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = [START + n * HOUR for n in range(8766)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year(seed: int) -> None:
    degrees = [Weather(seed).at(when) for when in YEAR]
    assert 3 < fmean(degrees) < 5
    assert -32 < min(degrees) < -27
    assert 20 < max(degrees) < 28
    january, july = degrees[: 31 * 24], degrees[181 * 24 : 212 * 24]
    assert -15 < fmean(january) < -6
    assert 14 < fmean(july) < 18
    assert sum(one < -20 for one in degrees) > 100


def test_a_seed_is_a_weather() -> None:
    assert Weather(1).at(START) == Weather(1).at(START) != Weather(2).at(START)


def test_a_forecast_errs_the_more_the_further_it_looks() -> None:
    weather = Weather()
    near, far = [], []
    for now in YEAR[::37]:
        foretold = weather.forecast(now)
        assert len(foretold) == 48
        assert foretold[0][0] - now <= HOUR
        errors = [abs(degrees - weather.at(when)) for when, degrees in foretold]
        near.append(fmean(errors[:6]))
        far.append(fmean(errors[-6:]))
    assert fmean(near) < 1
    assert 1 < fmean(far) < 4
    assert weather.forecast(START) == weather.forecast(START + timedelta(minutes=20))
