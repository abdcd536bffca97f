"""Benchmarks against peers: equal outputs first, then five repetitions in one run."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
import os
from pathlib import Path
import platform
from statistics import median
from time import process_time
from typing import Final

REPETITIONS: Final = 5
PEERS: Final = ("homeassistant", "dsmr-parser", "modbus-connection", "tmodbus", "pymodbus")


def cpu_times(*runs: Callable[[], object]) -> list[list[float]]:
    """Return the CPU seconds that each run took, five times, in turns so that all share the noise."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(REPETITIONS):
        for run, taken in zip(runs, times, strict=True):
            began = process_time()
            run()
            taken.append(process_time() - began)
    return times


def summary(times: list[float], unit: float, decimals: int = 1) -> str:
    """Return median and spread in a unit of so many seconds."""
    least, middle, most = (f"{figure(times) / unit:.{decimals}f}" for figure in (min, median, max))
    return f"{middle} ({least}–{most})"


def ratio(theirs: list[float], ours: list[float], decimals: int = 1) -> str:
    """Return how many times as long theirs took: of the medians, and the least and the most."""
    pairs = [their / our for their, our in zip(theirs, ours, strict=True)]
    middle, least, most = (
        f"{number:.{decimals}f}"
        for number in (median(theirs) / median(ours), min(pairs), max(pairs))
    )
    return f"{middle}× ({least}–{most})"


def machine() -> str:
    """Return what this runs on, and when."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    peers = ", ".join(f"{peer} {version(peer)}" for peer in PEERS)
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores; "
        f"Python {platform.python_version()}; {peers}; {datetime.now(UTC):%Y-%m-%d}"
    )


def show(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table in Markdown; above the first one, what all of this ran on."""
    cells = list(head)
    table = [_row(cells), _row("---" for _ in cells), *map(_row, rows)]
    _show_machine()
    print("\n".join([f"## {title}", "", *table, ""]), flush=True)  # noqa: T201


@cache
def _show_machine() -> None:
    print(f"# Benchmarks\n\n{machine()}\n")  # noqa: T201


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
