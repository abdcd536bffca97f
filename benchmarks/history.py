"""A year of two supply points into a running recorder: ours and core's opower, which is like it.

Both write to a SQLite file of their own while a state changes ten times a second. Measured are the
time from each change to its row in the database, and by how much the event loop is late. Then the
last 30 days are told once more, unchanged. opower's own code writes; what it would read from a
utility is given to it. The control imports nothing: for as long it lets states be recorded instead.

What makes a loop late may be none of its doing. While Python looks through all objects for garbage
nothing else runs, whoever has made the garbage; and on a busy machine a thread waits for a core.

`python -m benchmarks.history`
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
import gc
import logging
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from threading import get_native_id
from time import monotonic, process_time
from types import ModuleType, SimpleNamespace
from typing import Any, Final

from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import async_initialize_recorder, get_instance
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant
from sqlalchemy import event

from custom_components.lumme_energy.account.history.statistics import (
    async_tell,
    cost_metadata,
    energy_metadata,
)
from custom_components.lumme_energy.portal.model import Unit

from . import show

HOUR: Final = timedelta(hours=1)
NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
YEAR: Final = 365 * 24
AGAIN: Final = 30 * 24
MONTH: Final = 31 * 24
POINTS: Final = ("a", "b")
LIVE: Final = 0.1
TICK: Final = 0.005
BURST: Final = 20
PRICE: Final = Decimal("0.21")
MILLISECOND: Final = 1e-3
OLDEST: Final = 2


@dataclass(frozen=True, slots=True)
class Read:
    """An hour, with the names that opower's library uses."""

    start_time: datetime
    end_time: datetime
    consumption: float
    provided_cost: float
    imported: None = None
    exported: None = None


HOURS: Final = [NOW - n * HOUR for n in range(YEAR, 0, -1)]
ENERGY: Final = {start: Decimal(100 + n % 977) / 1000 for n, start in enumerate(HOURS)}
READS: Final = [
    Read(start, start + HOUR, float(energy), float(energy * PRICE))
    for start, energy in ENERGY.items()
]


@dataclass(slots=True)
class Measured:
    """What was seen while something was written.

    Attributes:
        rows: Rows of statistics that were inserted or updated one by one.
        seconds: How long it took.
        waits: Seconds that each change of a state took to its row.
        late: Seconds by which the event loop was late.
        own: The same without full collections, without waiting for a core, and without more than
            this process has computed meanwhile.
        collections: Seconds that each full collection of garbage took.
    """

    rows: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    collections: list[float] = field(default_factory=list)


async def ours(hass: HomeAssistant, hours: int) -> None:
    """Write as our integration does: the newest days, then month by month into the past."""
    newest = HOURS[-hours:]
    portions = [newest[max(end - MONTH, 0) : end] for end in range(len(newest), 0, -MONTH)]
    for portion in portions:
        energy = {start: ENERGY[start] for start in portion}
        cost = {start: value * PRICE for start, value in energy.items()}
        for point in POINTS:
            energy_id, cost_id = (f"lumme_energy:{point}_{each}" for each in ("energy", "cost"))
            await async_tell(hass, energy_metadata(energy_id, point, Unit.KWH), energy)
            await async_tell(hass, cost_metadata(cost_id, point, "EUR"), cost)


async def theirs(hass: HomeAssistant, hours: int) -> None:
    """Let opower's coordinator write what a utility would have told."""
    coordinator_class, meter = _opower()
    coordinator = coordinator_class.__new__(coordinator_class)
    coordinator.hass = hass
    coordinator.api = SimpleNamespace(
        utility=SimpleNamespace(subdomain=lambda: "utility", timezone=lambda: "UTC")
    )

    async def reads(*_: Any) -> list[Read]:
        return READS[-hours:]

    coordinator._async_get_cost_reads = reads  # noqa: SLF001
    await coordinator._insert_statistics(  # noqa: SLF001
        [SimpleNamespace(meter_type=meter, utility_account_id=point) for point in POINTS]
    )
    await get_instance(hass).async_block_till_done()


async def states(hass: HomeAssistant, seconds: int) -> None:
    """Import nothing, but keep the recorder as busy with states."""
    began, number = monotonic(), 0
    while monotonic() - began < seconds:
        number += 1
        for entity in range(BURST):
            hass.states.async_set(f"sensor.other_{entity}", str(number))
        await get_instance(hass).async_block_till_done()


def _opower() -> tuple[Any, Any]:
    """Return core's coordinator; its library, which is not needed, is replaced by names."""

    class MeterType(Enum):
        ELEC = auto()

    library, exceptions = ModuleType("opower"), ModuleType("opower.exceptions")
    names = ("Account", "AggregateType", "CostRead", "Forecast", "Opower", "ReadResolution")
    for name in (*names, "create_cookie_jar", "select_utility"):
        setattr(library, name, object)
    library.MeterType = MeterType  # type: ignore[attr-defined]
    for name in ("ApiException", "CannotConnect", "InvalidAuth", "MfaChallenge"):
        setattr(exceptions, name, type(name, (Exception,), {}))
    sys.modules.setdefault("opower", library)
    sys.modules.setdefault("opower.exceptions", exceptions)
    from homeassistant.components.opower.coordinator import (  # noqa: PLC0415
        MeterType as Known,
        OpowerCoordinator,
    )

    return OpowerCoordinator, Known.ELEC


@asynccontextmanager
async def running(folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Run a Home Assistant with a recorder that writes every change at once."""
    async with async_test_home_assistant(config_dir=str(folder)) as hass:
        async_initialize_recorder(hass)
        config = {"db_url": f"sqlite:///{folder / 'recorder.db'}", "commit_interval": 0}
        await async_setup_component(hass, "recorder", {"recorder": config})
        await hass.async_block_till_done()
        await get_instance(hass).async_block_till_done()
        yield hass
        await hass.async_stop(force=True)


async def measure(
    hass: HomeAssistant, write: Callable[[HomeAssistant, int], Awaitable[None]], hours: int
) -> Measured:
    """Write, and watch those who wait."""
    found = Measured()
    recorder = get_instance(hass)
    is_done = asyncio.Event()
    collecting, started = 0.0, 0

    def count(_connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT INTO statistics (", "UPDATE statistics SET")):
            # What moves all that follows is one statement, and said so.
            is_shift = "sum=(statistics.sum" in statement
            found.rows += 0 if is_shift else max(cursor.rowcount, 1)

    async def live() -> None:
        number = 0
        while not is_done.is_set():
            number += 1
            began = monotonic()
            hass.states.async_set("sensor.live", str(number))
            await recorder.async_block_till_done()
            found.waits.append(monotonic() - began)
            await asyncio.sleep(LIVE)

    def collected(phase: str, info: dict[str, int]) -> None:
        nonlocal collecting, started
        if info["generation"] == OLDEST and phase == "start":
            started += 1
            collecting = monotonic()
        elif info["generation"] == OLDEST:
            found.collections.append(monotonic() - collecting)

    async def loop() -> None:
        while not is_done.is_set():
            began, computed, waited = monotonic(), process_time(), _waited()
            ended = len(found.collections)
            await asyncio.sleep(TICK)
            late = monotonic() - began - TICK
            found.late.append(late)
            # One may end before it is told, or begin after.
            if started == ended:
                own = min(late - (_waited() - waited), process_time() - computed)
                found.own.append(own)

    # What has gathered before is not part of it.
    gc.collect()
    gc.callbacks.append(collected)
    event.listen(recorder.engine, "after_cursor_execute", count)
    watchers = [asyncio.create_task(live()), asyncio.create_task(loop())]
    await asyncio.sleep(2 * LIVE)
    began = monotonic()
    await write(hass, hours)
    found.seconds = monotonic() - began
    is_done.set()
    await asyncio.gather(*watchers)
    event.remove(recorder.engine, "after_cursor_execute", count)
    gc.callbacks.remove(collected)
    return found


def _waited() -> float:
    """Return for how many seconds this thread has been ready to run, and had no core to run on."""
    told = Path(f"/proc/self/task/{get_native_id()}/schedstat").read_text(encoding="ascii")
    return int(told.split()[1]) / 1e9


async def total(hass: HomeAssistant, statistic_id: str) -> tuple[int, float]:
    """Return of how many hours a statistic consists, and by how much it grew over all of them."""

    def read() -> tuple[int, float]:
        rows = statistics_during_period(
            hass, HOURS[0], None, {statistic_id}, "hour", None, {"change"}
        )[statistic_id]
        return len(rows), round(sum(row["change"] or 0.0 for row in rows), 3)

    return await get_instance(hass).async_add_executor_job(read)


async def run(
    write: Callable[[HomeAssistant, int], Awaitable[None]], statistic_id: str
) -> tuple[Measured, Measured, tuple[int, float]]:
    """Import a year, then tell 30 days of them again."""
    with TemporaryDirectory() as folder:
        async with running(Path(folder)) as hass:
            first = await measure(hass, write, YEAR)
            outcome = await total(hass, statistic_id)
            again = await measure(hass, write, AGAIN)
            if await total(hass, statistic_id) != outcome:
                raise RuntimeError("what was told again changed something")
            return first, again, outcome


async def control(seconds: int) -> Measured:
    """Import nothing for as long."""
    with TemporaryDirectory() as folder:
        async with running(Path(folder)) as hass:
            return await measure(hass, states, seconds)


def main() -> None:
    """Print the table."""
    logging.disable(logging.CRITICAL)
    theirs_, again, expected = asyncio.run(run(theirs, "opower:utility_elec_a_energy_consumption"))
    ours_, ours_again, outcome = asyncio.run(run(ours, "lumme_energy:a_energy"))
    if outcome != expected:
        raise RuntimeError(f"not the same was written: {outcome} and {expected}")
    states_ = asyncio.run(control(round(ours_.seconds)))
    show(
        "A year of two supply points, while states are recorded",
        (
            "",
            "rows",
            "seconds",
            "longest wait of a live row, ms",
            "event loop late by at most, ms",
            "of its own doing",
            "full collections of garbage",
            "longest of them, ms",
            "rows when 30 days come again",
            "ms for that",
        ),
        [
            ["opower (core)", *_cells(theirs_), *_again(again)],
            ["ours", *_cells(ours_), *_again(ours_again)],
            ["states alone, for as long", *_cells(states_), "", ""],
        ],
    )


def _cells(found: Measured) -> list[str]:
    return [
        f"{found.rows:,}",
        f"{found.seconds:.1f}",
        _milliseconds(found.waits),
        _milliseconds(found.late),
        _milliseconds(found.own),
        str(len(found.collections)),
        _milliseconds(found.collections),
    ]


def _again(found: Measured) -> list[str]:
    return [f"{found.rows:,}", f"{found.seconds / MILLISECOND:,.0f}"]


def _milliseconds(seconds: list[float]) -> str:
    return f"{max(seconds, default=0.0) / MILLISECOND:,.0f}"


if __name__ == "__main__":
    main()
