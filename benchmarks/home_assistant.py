"""What a meter costs a running Home Assistant: ours and core's `dsmr`, side by side.

Each runs in a Home Assistant of its own, all at the same time and with the same kind of meter (the
demo's Belgian one, a telegram a second), so that they share whatever else the machine does. What a
Home Assistant without a meter uses meanwhile is subtracted.

A shown power is as old as the newest telegram that it was true of: to the digit, or within the step
that ours shows at once. Both are printed, of both.

`python -m benchmarks.home_assistant`
"""

import asyncio
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from math import isclose, isnan, nan
from operator import itemgetter
from pathlib import Path
import re
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic, time
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass

from custom_components.lumme_energy.meter.descriptions import Pace
from custom_components.lumme_energy.meter.steps import DEMAND_STEP, STEPS
from demo.p1_meter import KINDS, telegram

from . import REPETITIONS, ratio, show, summary
from .feed import Feed
from .instance import DSMR, OURS, running

# A little more than a second, so that telegrams do not keep step with anything else.
PACE: Final = 1.02
WINDOW: Final = 18.0
LAG_WINDOW: Final = 15.0
SETTLE: Final = 20.0  # what comes after a start is over then
MICROSECOND: Final = 1e-6
MILLISECOND: Final = 1e-3
DAY: Final = 86400.0
REGISTER_PACE: Final = float(Pace.REGISTER.value)

POWER: Final = "1-0:1.7.0("
AVERAGE: Final = "1-0:1.4.0("

# What both publish at their defaults: no register, for which ours has a pace of its own.
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
# The register that counts by day, and the one by night.
IMPORT: Final = {
    DSMR: ("electricity_used_tariff_1", "electricity_used_tariff_2"),
    OURS: ("energy_import_1", "energy_import_2"),
}
IMPORT_CODES: Final = ("1-0:1.8.1(", "1-0:1.8.2(")
TARIFF: Final = {DSMR: {"electricity_active_tariff"}, OURS: {"tariff"}}


@dataclass(slots=True)
class Case:
    """One way to run one of the integrations; none for a Home Assistant without a meter.

    Attributes:
        speak: What its meter says at a turn.
        cpu: CPU seconds of each window.
        rows: Rows of each entity, by what the integration calls it, in all windows.
        registers: Rows of the import registers from the beginning on.
        sums: What the statistics say that those have counted.
        sent: When telegrams came.
        told: Those telegrams.
        seen: When the power changed, and to what.
        began: When the first window began.
        lag: By how much the event loop was late.

    """

    platform: str | None = None
    options: Mapping[str, int] | None = None
    only_live: bool = False
    speak: Callable[[int], list[bytes]] = field(default_factory=lambda: belgian)
    cpu: list[float] = field(default_factory=list)
    rows: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    registers: list[list[str]] = field(default_factory=list)
    sums: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    began: float = 0.0
    seen: list[tuple[float, str]] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)

    def count(self, keys: Iterable[str] | None = None) -> int:
        """Return the rows of some entities, or of all."""
        return sum(len(rows) for key, rows in self.rows.items() if keys is None or key in keys)

    def said(self, code: str) -> list[Decimal]:
        """Return what each telegram told of an object."""
        pattern = re.compile(re.escape(code.encode()) + rb"([\d.]+)\*")
        return [Decimal(match[1].decode()) for told in self.told if (match := pattern.search(told))]

    def ages(self, is_true: Callable[[Decimal, Decimal], bool]) -> tuple[float, float]:
        """Return how long ago the shown power was true: on average over all moments, and at most.

        Args:
            is_true: Whether what is shown is true of a power that was sent.

        """
        sent = list(zip(self.sent, self.said(POWER), strict=True))
        moments = [(at, power, False) for at, power in sent]
        moments += [(at, Decimal(state), True) for at, state in self.seen if state != "unknown"]
        area = greatest = 0.0
        shown: Decimal | None = None
        last = true_at = self.began
        for at, power, is_state in sorted(moments, key=itemgetter(0)):
            if at > self.began:
                area += ((at - true_at) ** 2 - (last - true_at) ** 2) / 2
                greatest = max(greatest, at - true_at)
                last = at
            if is_state:
                shown = power
                true_at = next(
                    (
                        when
                        for when, value in reversed(sent)
                        if when <= at and is_true(shown, value)
                    ),
                    true_at,
                )
            elif shown is not None and is_true(shown, power):
                true_at = at
        return area / (last - self.began), greatest

    @property
    def latencies(self) -> list[float]:
        """Seconds from the last byte of a telegram to the state that it changes."""
        return [at - self.sent[bisect(self.sent, at) - 1] for at, _ in self.seen]


def belgian(_turn: int) -> list[bytes]:
    """Return what the demo's Belgian meter says now."""
    return [telegram(KINDS["BE"].render(datetime.now(UTC)))]


def leaping(turn: int) -> list[bytes]:
    """Return the same with powers that leap every time: no change is too small to be shown."""
    leaps = {POWER: f"{2 + turn % 2:06.3f}*kW)", AVERAGE: f"{3 + turn % 2:06.3f}*kW)"}
    return [
        telegram(
            [
                next((code + leap for code, leap in leaps.items() if line.startswith(code)), line)
                for line in KINDS["BE"].render(datetime.now(UTC))
            ]
        )
    ]


async def _measure(case: Case, folder: Path, delay: float, gates: list[asyncio.Barrier]) -> None:
    """Run one case; all cases pass each gate together."""
    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(Feed(case.speak, PACE, delay))
        instance = await stack.enter_async_context(running(folder))
        if case.platform:
            await instance.set_up(case.platform, feed.port, case.options)
            if case.only_live:
                await instance.keep_only(case.platform, LIVE[case.platform])
        ready = asyncio.create_task(gates[0].wait())
        while not ready.done():
            await asyncio.wait({ready}, timeout=10)
            await instance.cpu()  # it hangs up on those from whom it hears nothing for long
        await asyncio.sleep(SETTLE)
        # Not before: some entities are added after the one that the set-up waits for.
        names = await instance.entities(case.platform) if case.platform else {}
        began, case.began = time(), monotonic()
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
        feed.hush()  # rows and statistics would not end with the same telegram
        case.sent, case.told = feed.sent, feed.told
        wanted = () if case.only_live else IMPORT.get(case.platform or "", ())
        registers = [names[key] for key in wanted]
        sums = await instance.user.command(
            "benchmark_probe/statistics", entity_ids=registers, since=began - SETTLE
        )
        case.sums = [sums.get(entity_id, nan) for entity_id in registers]
        await instance.stop()
        rows = instance.rows(began, ended)
        case.rows = {key: rows.get(entity_id, []) for key, entity_id in names.items()}
        ever = instance.rows(0, time())
        case.registers = [[state for _, state in ever[entity_id]] for entity_id in registers]


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
            *_ages("within a step", _is_near, cores, ours),
            *_ages("to the digit", Decimal.__eq__, cores, ours),
        ],
    )


def _is_near(shown: Decimal, sent: Decimal) -> bool:
    return not STEPS[SensorDeviceClass.POWER].separates(shown, sent)


def _ages(
    name: str, is_true: Callable[[Decimal, Decimal], bool], cores: Case, ours: Case
) -> list[tuple[str, str, str, str]]:
    return [
        (
            f"{which} age of the shown power, true {name}, s",
            f"{theirs:.2f}",
            f"{mine:.2f}",
            f"{theirs / mine:.1f}×",
        )
        for which, theirs, mine in zip(
            ("mean", "greatest"), cores.ages(is_true), ours.ages(is_true), strict=True
        )
    ]


def _a_day_of_telegrams() -> None:
    """Count what the two rules make of a day of the demo's meter, a telegram a second.

    Core writes what has changed. No Home Assistant takes part here: minutes of one, above, tell
    little of a day in which the load comes and goes.
    """
    steps = {
        "power": (POWER, STEPS[SensorDeviceClass.POWER]),
        "quarter-hour average": (AVERAGE, DEMAND_STEP),
        **{f"register {code}": (code, None) for code in IMPORT_CODES},
    }
    theirs, mine = Counter[str](), Counter[str]()
    last: dict[str, Decimal] = {}
    shown: dict[str, tuple[Decimal, float]] = {}
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for second in range(round(DAY)):
        lines = KINDS["BE"].render(midnight + timedelta(seconds=second))
        said = {
            line[: line.index("(") + 1]: line.partition("(")[2].partition("*")[0]
            for line in lines
            if line.startswith("1-0:1.")
        }
        for name, (code, step) in steps.items():
            value = Decimal(said[code])
            theirs[name] += value != last.get(name)
            last[name] = value
            before, at = shown.get(name, (value, -REGISTER_PACE))
            if value != before or name not in shown:
                is_step = step is not None and step.separates(before, value)
                if is_step or second - at >= REGISTER_PACE:
                    shown[name] = value, second
                    mine[name] += 1
    counts = [(name, theirs[name], mine[name]) for name in steps]
    counts.append(("all of these", theirs.total(), mine.total()))
    show(
        "Rows of a whole day, by rule",
        ("entity", "each change", "each step, and drift once a minute", "ratio"),
        [
            (name, f"{cores:,}", f"{ours:,}", f"1/{cores / ours:.1f}" if ours else "—")
            for name, cores, ours in counts
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
        f"Rows per meter and day, from {REPETITIONS * WINDOW:.0f} s "
        f"(power true within a step {ours.ages(_is_near)[1]:.1f} s ago at most)",
        ("entities", "core dsmr, every telegram", "ours, defaults", "ratio"),
        [
            share("live"),
            share("registers"),
            row("those that both have", both[DSMR], both[OURS]),
            row("all that are enabled by default", None, None),
        ],
    )


def _registers(cases: Mapping[str, Case]) -> None:
    """Show whether the registers lost anything on their way into the database."""

    def row(name: str, case: Case, index: int) -> list[str]:
        sent = case.said(IMPORT_CODES[index])
        states = [Decimal(state) for state in case.registers[index] if _is_number(state)]
        rise = states[-1] - states[0]
        counted = case.sums[index]  # none as long as the recorder has compiled none of it
        return [
            name,
            str(len(states)),
            str(rise),
            "—" if isnan(counted) else f"{counted:.3f}",
            str(sent[-1] - states[-1]),
            "yes" if set(states) <= set(sent) else "no",
            "—" if isnan(counted) else "yes" if isclose(counted, rise, abs_tol=1e-6) else "no",
        ]

    show(
        "Registers, kWh",
        (
            "register",
            "rows",
            "rise of the rows",
            "sum of the statistics",
            "still to come",
            "each row was sent",
            "sum equals rows",
        ),
        [
            row(f"{name}, {register}", case, index)
            for name, case in cases.items()
            for index, register in enumerate(("day", "night"))
        ],
    )


def _is_number(state: str) -> bool:
    return state not in {"unknown", "unavailable"}


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
    idle = Case()
    core_equal = case(only_live=True, speak=leaping)
    our_equal = Case(OURS, only_live=True, speak=leaping)
    core_default, our_default = Case(DSMR), Case(OURS)
    core_full = case()
    asyncio.run(measure((idle, core_equal, our_equal, core_default, our_default, core_full)))
    _pair("A telegram in Home Assistant, the same states", core_equal, our_equal, idle)
    _pair("A telegram in Home Assistant, each at its defaults", core_default, our_default, idle)
    _rows_of_a_day(core_full, our_default)
    _a_day_of_telegrams()
    _registers({"core dsmr, every telegram": core_full, "ours, defaults": our_default})
    _guards(core_equal, our_equal, idle)


if __name__ == "__main__":
    main()
