"""Tests of reading and writing statistics, in a real recorder."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from unittest.mock import patch

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.statistics import (
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.lumme_energy.account.history import statistics
from custom_components.lumme_energy.account.history.statistics import (
    PORTION,
    async_exists,
    async_tell,
    cost_metadata,
    energy_metadata,
)
from custom_components.lumme_energy.billing.days import HOUR
from custom_components.lumme_energy.portal.model import Unit

ENERGY = energy_metadata("lumme_energy:abc_consumption", "Home: consumption", Unit.KWH)
COST = cost_metadata("lumme_energy:abc_cost", "Home: cost", "EUR")
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _this_integration(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture
def recorder(recorder_mock: Recorder) -> Recorder:
    """Return the recorder."""
    return recorder_mock


def hours(count: int, start: datetime = START) -> dict[datetime, Decimal]:
    """Return hours of which no two neighbours are the same."""
    return {start + n * HOUR: Decimal(n % 7) / 10 for n in range(count)}


async def stored(hass: HomeAssistant, recorder: Recorder) -> list[tuple[datetime, float, float]]:
    """Return what is stored of consumption: hour, value and change of the total."""
    await async_wait_recording_done(hass)
    found = await recorder.async_add_executor_job(
        statistics_during_period,
        hass,
        datetime.fromtimestamp(0, UTC),
        None,
        {ENERGY["statistic_id"]},
        "hour",
        None,
        {"state", "change"},
    )
    return [
        (datetime.fromtimestamp(row["start"], UTC), row["state"] or 0, row["change"] or 0)
        for row in found.get(ENERGY["statistic_id"], [])
    ]


async def check(hass: HomeAssistant, recorder: Recorder, told: Mapping[datetime, Decimal]) -> None:
    """See that every hour is there, and that the totals grow by just that."""
    rows = await stored(hass, recorder)
    assert [start for start, _, _ in rows] == sorted(told)
    for start, state, change in rows:
        assert state == pytest.approx(float(told[start]), abs=1e-5)
        assert change == pytest.approx(state, abs=1e-5)


async def test_metadata(hass: HomeAssistant, recorder: Recorder) -> None:
    """Home Assistant knows what the statistics are."""
    assert await async_exists(hass, ENERGY["statistic_id"]) is False
    gas = energy_metadata("lumme_energy:abc_gas", "Home gas: consumption", Unit.M3)
    for metadata in (ENERGY, COST, gas):
        assert await async_tell(hass, metadata, hours(2)) == 2
    assert await async_exists(hass, ENERGY["statistic_id"]) is True
    found = {
        each["statistic_id"]: (each["name"], each["unit_class"], each["has_sum"])
        for each in await async_list_statistic_ids(hass)
    }
    assert found == {
        "lumme_energy:abc_consumption": ("Home: consumption", "energy", True),
        "lumme_energy:abc_cost": ("Home: cost", None, True),
        "lumme_energy:abc_gas": ("Home gas: consumption", "volume", True),
    }


async def test_forward_and_again(hass: HomeAssistant, recorder: Recorder) -> None:
    """New hours follow on; what is told again is not written again."""
    told = hours(48)
    assert await async_tell(hass, ENERGY, told) == 48
    assert await async_tell(hass, ENERGY, told) == 0
    # A gap may be as long as it wants to.
    later = hours(30, START + 200 * DAY)
    assert await async_tell(hass, ENERGY, later) == 30
    assert await async_tell(hass, ENERGY, told | later) == 0
    await check(hass, recorder, told | later)


async def test_backward(hass: HomeAssistant, recorder: Recorder) -> None:
    """What is older moves what is newer, near or far, without writing it hour by hour."""
    newest = hours(24, START + 200 * DAY)
    await async_tell(hass, ENERGY, newest)
    with patch.object(
        statistics, "async_add_external_statistics", wraps=statistics.async_add_external_statistics
    ) as write:
        near = hours(24, START + 199 * DAY)
        assert await async_tell(hass, ENERGY, near) == 24
        far = hours(24, START)
        assert await async_tell(hass, ENERGY, far) == 24
        between = hours(24, START + 100 * DAY)
        assert await async_tell(hass, ENERGY, between) == 24
    assert [len(call.args[2]) for call in write.call_args_list] == [24, 24, 24]
    await check(hass, recorder, far | between | near | newest)


async def test_correction(hass: HomeAssistant, recorder: Recorder) -> None:
    """A correction is written from there on; what is before is left alone, what follows moves."""
    told = hours(100)
    await async_tell(hass, ENERGY, told)
    corrected = START + 40 * HOUR
    told[corrected] += 5
    window = {start: told[start] for start in told if corrected - DAY <= start < corrected + DAY}
    assert await async_tell(hass, ENERGY, window) == 24
    await check(hass, recorder, told)
    assert await async_tell(hass, ENERGY, told) == 0


async def test_portions(hass: HomeAssistant, recorder: Recorder) -> None:
    """A long answer is written in portions, each after the recorder is done with the last."""
    told = hours(2 * PORTION + 1)
    waiting: list[int] = []
    real = statistics.async_add_external_statistics

    def write(*args: object) -> None:
        waiting.append(recorder.backlog)
        real(*args)  # type: ignore[arg-type]

    with patch.object(statistics, "async_add_external_statistics", write):
        assert await async_tell(hass, ENERGY, told) == len(told)
    assert waiting == [0, 0, 0]
    assert list(accumulate(told.values()))[-1] == pytest.approx(
        sum(Decimal(str(round(change, 6))) for _, _, change in await stored(hass, recorder))
    )


async def test_adjusted_by_hand(hass: HomeAssistant, recorder: Recorder) -> None:
    """What a user has adjusted in the developer tools outside of what is told stays as it is."""
    told = hours(48)
    await async_tell(hass, ENERGY, told)
    recorder.async_adjust_statistics(ENERGY["statistic_id"], START + 10 * HOUR, 3.0, "kWh")
    window = {start: told[start] for start in told if start >= START + 20 * HOUR}
    assert await async_tell(hass, ENERGY, window) == 0
    rows = await stored(hass, recorder)
    assert rows[10][2] == pytest.approx(rows[10][1] + 3)
