"""What a meter costs a running Home Assistant: ours and core's `dsmr`, side by side.

Each runs in a Home Assistant of its own, all at the same time and with the same kind of meter (the
demo's Belgian one, a telegram a second), so that they share whatever else the machine does. What a
Home Assistant without a meter uses meanwhile is subtracted.

`python -m benchmarks.home_assistant`
"""

import asyncio
from bisect import bisect
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import time
from typing import Final

from demo.p1_meter import KINDS, telegram

from . import REPETITIONS, ratio, show, summary
from .feed import Feed
from .instance import DSMR, OURS, running

# A little more than a second: one that comes a millisecond early would be none of a pace of 1 s.
PACE: Final = 1.02
WINDOW: Final = 12.0
LAG_WINDOW: Final = 15.0
SETTLE: Final = 20.0  # what comes after a start is over then
MICROSECOND: Final = 1e-6
MILLISECOND: Final = 1e-3
DAY: Final = 86400.0

# What both publish at their defaults and change with every telegram: no register, for which ours
# has a pace of its own that goes no lower than 10 s.
LIVE: Final = {
    DSMR: {
        "current_electricity_usage",
        "current_electricity_delivery",
        "belgium_current_average_demand",
        "belgium_maximum_demand_current_month",
    },
    OURS: {"power_import", "power_export", "quarter_hour_power", "month_peak"},
}
REGISTERS: Final = {
    DSMR: {f"electricity_{way}_tariff_{n}" for way in ("used", "delivered") for n in (1, 2)},
    OURS: {f"energy_{way}_{n}" for way in ("import", "export") for n in (1, 2)},
}
TARIFF: Final = {DSMR: {"electricity_active_tariff"}, OURS: {"tariff"}}


@dataclass(slots=True)
class Case:
    """One way to run one of the integrations; none for a Home Assistant without a meter.

    Attributes:
        cpu: CPU seconds of each window.
        rows: Rows of each entity, by what the integration calls it, in all windows.
        sent: When telegrams came.
        seen: When the power changed.
        lag: By how much the event loop was late.

    """

    platform: str | None = None
    options: Mapping[str, int] | None = None
    only_live: bool = False
    cpu: list[float] = field(default_factory=list)
    rows: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    sent: list[float] = field(default_factory=list)
    seen: list[tuple[float, str]] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)

    def count(self, keys: Iterable[str] | None = None) -> int:
        """Return the rows of some entities, or of all."""
        return sum(len(rows) for key, rows in self.rows.items() if keys is None or key in keys)

    @property
    def ages(self) -> list[float]:
        """How old the power was each time when the next took its place."""
        return [after - before for (before, _), (after, _) in pairwise(self.seen)]

    @property
    def age(self) -> float:
        """How old the published power was on average over all moments."""
        return sum(gap * gap / 2 for gap in self.ages) / sum(self.ages)

    @property
    def latencies(self) -> list[float]:
        """Seconds from the last byte of a telegram to the state that it changes."""
        return [at - self.sent[bisect(self.sent, at) - 1] for at, _ in self.seen]


def belgian(_turn: int) -> list[bytes]:
    """Return what the demo's Belgian meter says now."""
    return [telegram(KINDS["BE"].render(datetime.now(UTC)))]


async def _measure(case: Case, folder: Path, delay: float, gates: list[asyncio.Barrier]) -> None:
    """Run one case; all cases pass each gate together."""
    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(Feed(belgian, PACE, delay))
        instance = await stack.enter_async_context(running(folder))
        if case.platform:
            await instance.set_up(case.platform, feed.port, case.options)
            if case.only_live:
                await instance.keep_only(case.platform, LIVE[case.platform])
        names = await instance.entities(case.platform) if case.platform else {}
        await gates[0].wait()
        await asyncio.sleep(SETTLE)
        began = time()
        last = await instance.cpu()
        for gate in gates[1:]:
            await asyncio.sleep(WINDOW)
            now = await instance.cpu()
            case.cpu.append(now - last)
            await gate.wait()
            last = await instance.cpu()
        ended = time()
        case.lag = await instance.user.command("benchmark_probe/lag", seconds=LAG_WINDOW)
        case.seen = await instance.user.command("benchmark_probe/seen")
        case.sent = feed.sent
        await instance.stop()
        rows = instance.rows(began, ended)
        case.rows = {key: rows.get(entity_id, []) for key, entity_id in names.items()}


async def measure(cases: Iterable[Case]) -> None:
    """Run all cases at the same time, their telegrams one after another."""
    every = list(cases)
    gates = [asyncio.Barrier(len(every)) for _ in range(REPETITIONS + 1)]
    with TemporaryDirectory() as folder:
        async with asyncio.TaskGroup() as group:
            for number, case in enumerate(every):
                delay = PACE * number / len(every)
                group.create_task(_measure(case, Path(folder) / str(number), delay, gates))


def _cpu(case: Case, idle: Case) -> list[float]:
    """Return the CPU seconds per telegram of each window."""
    return [(used - rest) * PACE / WINDOW for used, rest in zip(case.cpu, idle.cpu, strict=True)]


def _pair(title: str, cores: Case, ours: Case, idle: Case) -> None:
    their_cpu, our_cpu = _cpu(cores, idle), _cpu(ours, idle)
    telegrams = REPETITIONS * WINDOW / PACE
    show(
        title,
        ("", "core dsmr", "ours", "ratio"),
        [
            (
                "CPU per telegram, µs",
                summary(their_cpu, MICROSECOND),
                summary(our_cpu, MICROSECOND),
                ratio(their_cpu, our_cpu),
            ),
            ("entities", str(len(cores.rows)), str(len(ours.rows)), ""),
            (
                "rows per telegram",
                f"{cores.count() / telegrams:.2f}",
                f"{ours.count() / telegrams:.2f}",
                "",
            ),
            (
                "mean age of the shown power, s",
                f"{cores.age:.2f}",
                f"{ours.age:.2f}",
                f"{cores.age / ours.age:.1f}×",
            ),
            (
                "greatest age, s",
                f"{max(cores.ages):.1f}",
                f"{max(ours.ages):.1f}",
                f"{max(cores.ages) / max(ours.ages):.1f}×",
            ),
        ],
    )


def _rows_of_a_day(cores: Case, ours: Case) -> None:
    def a_day(case: Case, keys: Iterable[str] | None = None) -> float:
        return case.count(keys) * DAY / (REPETITIONS * WINDOW)

    def row(name: str, their_keys: set[str] | None, our_keys: set[str] | None) -> list[str]:
        theirs, mine = a_day(cores, their_keys), a_day(ours, our_keys)
        return [name, f"{theirs:,.0f}", f"{mine:,.0f}", f"1/{theirs / mine:.1f}" if mine else "—"]

    def share(part: str) -> list[str]:
        groups = {"live": LIVE, "registers": REGISTERS}[part]
        return row(part, groups[DSMR], groups[OURS])

    both = {key: LIVE[key] | REGISTERS[key] | TARIFF[key] for key in (DSMR, OURS)}
    show(
        "Rows per meter and day, power at most 2 s old "
        f"(from {REPETITIONS * WINDOW:.0f} s; greatest age of ours {max(ours.ages):.1f} s)",
        ("entities", "core dsmr, every telegram", "ours, option of 2 s", "ratio"),
        [
            share("live"),
            share("registers"),
            row("those that both have", both[DSMR], both[OURS]),
            row("all that are enabled by default", None, None),
        ],
    )


def _guards(cores: Case, ours: Case, idle: Case) -> None:
    def late(values: list[float]) -> list[str]:
        percentiles = quantiles(values, n=100)
        return [f"{percentiles[which] / MILLISECOND:.2f}" for which in (49, 94, 98)]

    show(
        "Guards, every telegram shown",
        ("ms", "median", "p95", "p99"),
        [
            ["latency, core dsmr", *late(cores.latencies)],
            ["latency, ours", *late(ours.latencies)],
            ["loop lag, no meter", *late(idle.lag)],
            ["loop lag, core dsmr", *late(cores.lag)],
            ["loop lag, ours", *late(ours.lag)],
        ],
    )


def main() -> None:
    """Print the tables."""
    case = partial(Case, DSMR, {"time_between_update": 0})
    option = {"live_interval": 2, "register_interval": 60}
    idle = Case()
    core_equal = case(only_live=True)
    our_equal = Case(OURS, {"live_interval": 1, "register_interval": 10}, only_live=True)
    core_default, our_default = Case(DSMR), Case(OURS)
    core_full, our_full = case(), Case(OURS, option)
    asyncio.run(
        measure(
            (idle, core_equal, our_equal, core_default, our_default, core_full, our_full),
        )
    )
    _pair("A telegram in Home Assistant, the same states", core_equal, our_equal, idle)
    _pair("A telegram in Home Assistant, each at its defaults", core_default, our_default, idle)
    _pair("The same, ours with the option of 2 s", core_default, our_full, idle)
    _rows_of_a_day(core_full, our_full)
    _guards(core_equal, our_equal, idle)


if __name__ == "__main__":
    main()
