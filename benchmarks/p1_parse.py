"""From the bytes of a P1 port to typed values: CPU time per telegram, ours and dsmr_parser's.

Both get the same stream, one telegram per piece, as a meter sends it: they cut it, check it and
read it. Every field that both know is compared first, in every telegram.

`python -m benchmarks.p1_parse`
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import logging
from typing import Any, Final

from dsmr_parser.clients.telegram_buffer import TelegramBuffer
from dsmr_parser.parsers import TelegramParser

from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country, Profile
from custom_components.lumme_energy.metering.telegram import Telegram
from demo.p1_meter import KINDS, telegram
from tests.metering.oracle import COUNTS, METERS, NUMBERS

from . import cpu_times, ratio, show, summary

TELEGRAMS: Final = 400
START: Final = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
MICROSECOND: Final = 1e-6

STREAMS: Final = {
    "DSMR 5 (NL)": ("NL", "5"),
    "eMUCS (BE)": ("BE", "5B"),
    "SESKO SK 13-1 (FI)": ("FI", "5S"),
}


def stream(country: str) -> list[bytes]:
    """Return the telegrams of a meter behind which people live."""
    kind = KINDS[country]
    return [
        telegram(kind.render(START + timedelta(seconds=number * kind.pace)))
        for number in range(TELEGRAMS)
    ]


def read_ours(frames: list[bytes], profile: Profile) -> list[Telegram]:
    """Read all with one reader, as the integration does."""
    reader = P1Reader(profile)
    return [telegram for frame in frames for telegram in reader.feed(frame)]


def read_each_anew(frames: list[bytes], profile: Profile) -> None:
    """Read each with a reader that remembers nothing."""
    for frame in frames:
        P1Reader(profile).feed(frame)


def read_theirs(frames: list[bytes], parser: Any) -> list[Any]:
    """Read all as dsmr_parser's protocol does (data_received and handle_telegram)."""
    buffer = TelegramBuffer()
    telegrams = []
    for frame in frames:
        buffer.append(frame.decode("latin1"))
        telegrams += [
            parser.parse(text.encode("latin1").decode("ascii")) for text in buffer.get_all()
        ]
    return telegrams


def compare(ours: list[Telegram], theirs: list[Any]) -> int:
    """Return how many fields are equal.

    Raises:
        ValueError: One is not.

    """
    names = {name: quantity for name, (*_, quantity) in (NUMBERS | COUNTS).items()}
    equal = 0
    for mine, other in zip(ours, theirs, strict=True):
        for name, quantity in names.items():
            if (field := getattr(other, name, None)) is None:
                continue
            if mine.values.get(quantity) != Decimal(field.value):
                raise ValueError(f"{name} differs")
            equal += 1
    return equal


def changed_lines(frames: list[bytes]) -> float:
    """Return how many lines differ on average from one telegram to the next."""
    lines = [set(frame.split(b"\n")[:-2]) for frame in frames]
    changes = [len(after - before) for before, after in pairwise(lines)]
    return sum(changes) / len(changes)


def measure(country: str, meter: str) -> list[str]:
    """Return the numbers of one kind of meter."""
    frames = stream(country)
    profile = PROFILES[Country(country)]
    parser = TelegramParser(METERS[meter][0])
    equal = compare(read_ours(frames, profile), read_theirs(frames, parser))
    runs: tuple[Callable[[], object], ...] = (
        lambda: read_ours(frames, profile),
        lambda: read_each_anew(frames, profile),
        lambda: read_theirs(frames, parser),
    )
    ours, anew, theirs = cpu_times(*runs)
    unit = MICROSECOND * TELEGRAMS
    return [
        f"{len(frames[0])} B",
        f"{changed_lines(frames):.1f}",
        f"{equal:,}",
        summary(theirs, unit),
        summary(ours, unit),
        ratio(theirs, ours),
        summary(anew, unit),
        ratio(theirs, anew),
    ]


def main() -> None:
    """Print the table."""
    logging.disable()
    show(
        "A telegram, from bytes to typed values",
        (
            "meter",
            "telegram",
            "lines that change",
            "fields proved equal",
            "dsmr_parser, µs",
            "ours, µs",
            "ratio",
            "ours without memory, µs",
            "ratio",
        ),
        ([name, *measure(*which)] for name, which in STREAMS.items()),
    )


if __name__ == "__main__":
    main()
