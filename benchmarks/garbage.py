"""What is no telegram: CPU time and memory held, ours and dsmr_parser's, and what a noisy line costs.

`python -m benchmarks.garbage`
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import logging
import random
from typing import Any, Final

from dsmr_parser import telegram_specifications
from dsmr_parser.clients.telegram_buffer import TelegramBuffer
from dsmr_parser.exceptions import InvalidChecksumError, ParseError
from dsmr_parser.parsers import TelegramParser

from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from demo.p1_meter import KINDS, telegram

from . import cpu_times, ratio, show, summary

SIZE: Final = 400_000
PIECE: Final = 1000
MILLISECOND: Final = 1e-3
START: Final = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
TELEGRAMS: Final = 400

type Feed = Callable[[bytes], int]


def pieces(data: bytes) -> list[bytes]:
    """Cut data as a network does."""
    return [data[start : start + PIECE] for start in range(0, len(data), PIECE)]


def ours() -> tuple[P1Reader, Feed]:
    """Return a reader, and what feeds it and counts telegrams."""
    reader = P1Reader(PROFILES[Country.BELGIUM])
    return reader, lambda data: len(reader.feed(data))


def theirs() -> tuple[TelegramBuffer, Feed]:
    """Return the same of dsmr_parser: its protocol's data_received and handle_telegram.

    An error that escapes those closes the connection; here it costs the piece only.
    """
    buffer = TelegramBuffer()
    parser: Any = TelegramParser(telegram_specifications.BELGIUM_FLUVIUS)

    def feed(data: bytes) -> int:
        heard = 0
        buffer.append(data.decode("latin1"))
        for text in buffer.get_all():
            try:
                parser.parse(text.encode("latin1").decode("ascii"))
            except InvalidChecksumError, ParseError, UnicodeDecodeError:
                continue
            heard += 1
        return heard

    return buffer, feed


def drain(make: Callable[[], tuple[Any, Feed]], data: list[bytes]) -> int:
    """Feed all of it to a new reader and return what that holds in the end."""
    reader, feed = make()
    for piece in data:
        feed(piece)
    held: bytes | str = (
        reader._framer._buffer + reader._unwrapper._held  # noqa: SLF001
        if isinstance(reader, P1Reader)
        else reader._buffer  # noqa: SLF001
    )
    return len(held)


def noisy(*, harsh: bool) -> tuple[list[bytes], int]:
    """Return a stream of telegrams in pieces of any size, and how many came whole.

    Every twentieth has a bad byte. If it is harsh, every twenty-fifth breaks off besides, and
    behind every fortieth there is a kilobyte of garbage.
    """
    rand = random.Random(1)  # noqa: S311
    stream = bytearray()
    whole = 0
    for number in range(TELEGRAMS):
        part = bytearray(telegram(KINDS["BE"].render(START + timedelta(seconds=number))))
        if number % 20 == 7:
            part[rand.randrange(len(part))] = 0xF3
        elif harsh and number % 25 == 11:
            del part[rand.randrange(len(part) - 10) :]
        else:
            whole += 1
        stream += part
        if harsh and number % 40 == 3:
            stream += rand.randbytes(1024)
    parts = []
    while stream:
        size = rand.randrange(1, 3000)
        parts.append(bytes(stream[:size]))
        del stream[:size]
    return parts, whole


def main() -> None:
    """Print both tables."""
    logging.disable()
    belgian = telegram(KINDS["BE"].render(START))
    rand = random.Random(1)  # noqa: S311
    garbage = {
        "printable bytes": bytes(rand.choices(range(0x20, 0x7F), k=SIZE)),
        "any bytes": rand.randbytes(SIZE),
        "good telegrams without CR, which we read": belgian.replace(b"\r\n", b"\n")
        * (SIZE // len(belgian)),
        "“/” and no end": b"/" * SIZE,
    }
    rows = []
    for name, data in garbage.items():
        cut = pieces(data)
        our_times, their_times = cpu_times(
            lambda cut=cut: drain(ours, cut),  # type: ignore[misc]
            lambda cut=cut: drain(theirs, cut),  # type: ignore[misc]
        )
        rows.append(
            [
                name,
                summary(their_times, MILLISECOND),
                f"{drain(theirs, cut):,}",
                summary(our_times, MILLISECOND),
                f"{drain(ours, cut):,}",
                ratio(their_times, our_times),
            ]
        )
    show(
        f"{SIZE // 1000} kB of what is no telegram",
        ("what", "dsmr_parser, ms", "held after, B", "ours, ms", "held after, B", "ratio"),
        rows,
    )
    rows = []
    for name, harsh in (("a bad byte in every twentieth", False), ("broken and mixed", True)):
        parts, whole = noisy(harsh=harsh)
        heard = [sum(map(feed, parts)) for _, feed in (theirs(), ours())]
        rows.append([name, str(whole), *map(str, heard)])
    show(
        f"Telegrams heard of {TELEGRAMS} on a noisy line",
        ("what", "came whole", "dsmr_parser, its errors caught", "ours"),
        rows,
    )


if __name__ == "__main__":
    main()
