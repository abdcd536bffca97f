"""Memory over a simulated day: a Dutch meter with a full log of outages, ours and dsmr_parser's.

Each runs in a process of its own. The telegrams of an hour are made beforehand and read 24 times,
each hour with another log of outages, so that whatever is kept of them adds up.

`python -m benchmarks.memory`
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import gc
import logging
from multiprocessing import get_context
from pathlib import Path
from resource import getpagesize
import sys
from typing import Any, Final

from dsmr_parser import telegram_specifications  # type: ignore[import-untyped]
from dsmr_parser.clients.telegram_buffer import TelegramBuffer  # type: ignore[import-untyped]
from dsmr_parser.parsers import TelegramParser  # type: ignore[import-untyped]

from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from demo.p1_meter import KINDS, telegram

from . import show

HOURS: Final = 24
HOUR: Final = 3600
START: Final = datetime(2026, 11, 24, tzinfo=UTC)
OUTAGES: Final = "1-0:99.97.0("
KIBI: Final = 1024


def hour_of_telegrams() -> list[list[str]]:
    """Return the lines of each second's telegram."""
    return [KINDS["NL"].render(START + timedelta(seconds=second)) for second in range(HOUR)]


def outages(hour: int) -> str:
    """Return a log of ten outages that is different in every hour."""
    log = "".join(f"(2511{day:02}{hour:02}2416W)({240 + hour:010}*s)" for day in range(1, 11))
    return f"{OUTAGES}10)(0-0:96.7.19){log}"


def ours() -> Callable[[bytes], object]:
    """Return what reads a piece."""
    return P1Reader(PROFILES[Country.NETHERLANDS]).feed


def theirs() -> Callable[[bytes], object]:
    """Return the same of dsmr_parser."""
    buffer = TelegramBuffer()
    parser: Any = TelegramParser(telegram_specifications.V5)

    def feed(data: bytes) -> object:
        buffer.append(data.decode("ascii"))
        return [parser.parse(text) for text in buffer.get_all()]

    return feed


def resident() -> int:
    """Return the memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * getpagesize()


def live_through(make: Callable[[], Callable[[bytes], object]]) -> list[tuple[int, int]]:
    """Return memory in bytes and the number of living objects' blocks after each hour."""
    logging.disable()
    hour_lines = hour_of_telegrams()
    feed = make()
    held = []
    for hour in range(HOURS):
        log = outages(hour)
        for lines in hour_lines:
            feed(telegram([log if line.startswith(OUTAGES) else line for line in lines]))
        gc.collect()
        held.append((resident(), sys.getallocatedblocks()))
    return held


def main() -> None:
    """Print the table."""
    rows = []
    with get_context("spawn").Pool(2) as pool:
        for name, held in zip(
            ("dsmr_parser", "ours"), pool.map(live_through, (theirs, ours)), strict=True
        ):
            (first, blocks), (last, last_blocks) = held[0], held[-1]
            rows.append(
                [
                    name,
                    f"{first / KIBI:,.0f}",
                    f"{(last - first) / KIBI:+,.0f}",
                    f"{last_blocks - blocks:+,}",
                ]
            )
    show(
        f"Memory over {HOURS * HOUR:,} telegrams with ten outages in each",
        ("", "after the first hour, KiB", "more after the day, KiB", "more memory blocks in use"),
        rows,
    )


if __name__ == "__main__":
    main()
