"""Benchmarks against peers: equal outputs first, then five repetitions in one run."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib.metadata import version
import os
from pathlib import Path
import platform
from statistics import median
from time import process_time
from typing import Final

REPETITIONS: Final = 5


def cpu_times(*runs: Callable[[], object]) -> list[list[float]]:
    """Return the CPU seconds that each run took, five times, in turns so that all share the noise."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(REPETITIONS):
        for run, taken in zip(runs, times, strict=True):
            began = process_time()
            run()
            taken.append(process_time() - began)
    return times


def summary(times: list[float], unit: float) -> str:
    """Return median and spread in a unit of so many seconds."""
    return f"{median(times) / unit:.1f} ({min(times) / unit:.1f}–{max(times) / unit:.1f})"


def ratio(theirs: list[float], ours: list[float]) -> str:
    """Return how many times as long theirs took: of the medians, and the least and the most."""
    pairs = [their / our for their, our in zip(theirs, ours, strict=True)]
    return f"{median(theirs) / median(ours):.1f}× ({min(pairs):.1f}–{max(pairs):.1f})"


def machine() -> str:
    """Return what this runs on, and when."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    peers = ", ".join(f"{peer} {version(peer)}" for peer in ("dsmr-parser", "homeassistant"))
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores; "
        f"Python {platform.python_version()}; {peers}; {datetime.now(UTC):%Y-%m-%d}"
    )


def show(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table in Markdown."""
    cells = list(head)
    lines = [f"## {title}", "", machine(), "", _row(cells), _row("---" for _ in cells)]
    print("\n".join([*lines, *map(_row, rows)]), flush=True)  # noqa: T201


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
