"""Reads and writes statistics of our own, in portions that keep nobody waiting.

What is stored is read, and compared with what is told, in the recorder's threads for that. Writing is
done by the one thread that also writes every state: it gets a portion only when it has finished the
one before, so that whatever came in between goes first.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Final

from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    StatisticsRow,
    async_add_external_statistics,
    get_last_statistics,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util.unit_conversion import EnergyConverter, VolumeConverter

from ...billing.days import HOUR
from ...const import DOMAIN
from ...portal.model import Unit
from .ledger import Revision, Row, Stored, revise

# See benchmarks/history.py: larger ones are not faster, but what is live has to wait for them.
PORTION: Final = 100
# Where what follows is looked for first: the gap of a house that is closed for a while.
NEARBY: Final = timedelta(days=62)
UNIT_CLASSES: Final = {Unit.KWH: EnergyConverter.UNIT_CLASS, Unit.M3: VolumeConverter.UNIT_CLASS}


def energy_metadata(statistic_id: str, name: str, unit: Unit) -> StatisticMetaData:
    """Describe a statistic of consumption."""
    return _metadata(statistic_id, name, unit.value, UNIT_CLASSES[unit])


def cost_metadata(statistic_id: str, name: str, currency: str) -> StatisticMetaData:
    """Describe a statistic of what consumption has cost."""
    return _metadata(statistic_id, name, currency, None)


async def async_exists(hass: HomeAssistant, statistic_id: str) -> bool:
    """Whether anything is stored."""
    return bool(
        await get_instance(hass).async_add_executor_job(
            get_last_statistics, hass, 1, statistic_id, False, {"sum"}
        )
    )


async def async_tell(
    hass: HomeAssistant, metadata: StatisticMetaData, told: Mapping[datetime, Decimal]
) -> int:
    """Make a statistic say what is told; on return it does.

    Args:
        hass: Home Assistant, with a recorder.
        metadata: Which statistic.
        told: Values by hour, at least one.

    Returns:
        How many hours were written.
    """
    recorder = get_instance(hass)
    statistic_id = metadata["statistic_id"]

    def compare() -> Revision:
        return revise(_stored(hass, statistic_id, min(told), max(told) + HOUR), told)

    revision = await recorder.async_add_executor_job(compare)
    for rows in batched(revision.rows, PORTION, strict=False):
        async_add_external_statistics(hass, metadata, _data(rows))
        await _async_written(hass)
    if revision.shift:
        recorder.async_adjust_statistics(
            statistic_id,
            max(told) + HOUR,
            revision.shift,
            metadata["unit_of_measurement"] or "",
        )
        await _async_written(hass)
    return len(revision.rows)


async def _async_written(hass: HomeAssistant) -> None:
    """Wait until the recorder has done all that it was given.

    Its own `async_block_till_done` does not wait for what it has just taken from its queue.
    """
    written: asyncio.Future[None] = hass.loop.create_future()
    get_instance(hass).queue_task(SynchronizeTask(written))
    await written


def _metadata(statistic_id: str, name: str, unit: str, unit_class: str | None) -> StatisticMetaData:
    return StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=name,
        source=DOMAIN,
        statistic_id=statistic_id,
        unit_class=unit_class,
        unit_of_measurement=unit,
    )


def _data(rows: Iterable[Row]) -> list[StatisticData]:
    return [StatisticData(start=row.start, state=row.state, sum=row.total) for row in rows]


def _stored(hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime) -> Stored:
    """Return what a statistic says of the hours from `start` to `end`."""
    found = _rows(hass, statistic_id, start, end + NEARBY)
    if not found or _start(found[-1]) < end:
        found = _rows(hass, statistic_id, start, None)
    rows = [
        Row(_start(row), row.get("state") or 0.0, total)
        for row in found
        if (total := row.get("sum")) is not None
    ]
    if rows:
        before = rows[0].total - (found[0].get("change") or 0.0)
    else:
        last = get_last_statistics(hass, 1, statistic_id, False, {"sum"}).get(statistic_id)
        before = (last[0].get("sum") or 0.0) if last else 0.0
    return Stored(
        before=before,
        rows=[row for row in rows if row.start < end],
        after=next((row for row in rows if row.start >= end), None),
    )


def _rows(
    hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime | None
) -> list[StatisticsRow]:
    found = statistics_during_period(
        hass, start, end, {statistic_id}, "hour", None, {"state", "sum", "change"}
    )
    return found.get(statistic_id, [])


def _start(row: StatisticsRow) -> datetime:
    return datetime.fromtimestamp(row["start"], UTC)
