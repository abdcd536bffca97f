"""What a noisy line leaves of a meter in a running Home Assistant: ours and core's `dsmr`.

The power of each telegram tells its number, so that each state tells which telegram it is of. It
leaps from each telegram to the next, so that none of them is too small a change to be shown.

`python -m benchmarks.noise`
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
import random
from tempfile import TemporaryDirectory
from typing import Final

from demo.p1_meter import KINDS, telegram

from . import show
from .feed import Feed
from .home_assistant import PACE
from .instance import DSMR, OURS, running

TELEGRAMS: Final = 120
EVERY: Final = 20
POWER: Final = "1-0:1.7.0("
LEAP: Final = 3000  # W, more than telegrams are sent
LEAPS: Final = 5
NOT_ASCII: Final = 0xF3


def numbered(turn: int) -> bytes:
    """Return a telegram whose power is its number in W, and a leap that the last one had not."""
    lines = KINDS["BE"].render(datetime.now(UTC))
    power = f"{POWER}{(turn + turn % LEAPS * LEAP) / 1000:06.3f}*kW)"
    return telegram([power if line.startswith(POWER) else line for line in lines])


@dataclass(slots=True)
class Line:
    """A line on which one telegram in twenty gets a bad byte, and more if it is rough.

    Attributes:
        rough: Pieces are split and merged, telegrams cut short, garbage comes in between.
        whole: The telegrams that were sent whole.

    """

    rough: bool
    whole: set[int] = field(default_factory=set)
    _held: bytes = b""
    _rand: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311

    def pieces(self, turn: int) -> list[bytes]:
        """Return what is sent at a turn."""
        data = bytearray(numbered(turn))
        match turn % EVERY:
            case 7:
                data[self._rand.randrange(len(data) - 6)] = NOT_ASCII
                return [bytes(data)]
            case 11 if self.rough and turn % (3 * EVERY) == 11:
                return [bytes(data[: len(data) // 2])]
            case 13 if self.rough and turn % (3 * EVERY) == 13:
                self.whole.add(turn)
                return [self._rand.randbytes(1024), b"\r\n" + bytes(data)]
        self.whole.add(turn)
        if not self.rough:
            return [bytes(data)]
        cut = self._rand.randrange(1, len(data) - 1)
        if turn % EVERY == 3:  # its end comes together with the whole next one
            self._held = bytes(data[cut:])
            return [bytes(data[:cut])]
        if self._held:
            data, self._held = bytearray(self._held) + data, b""
            return [b"", bytes(data)]
        return [bytes(data[:cut]), bytes(data[cut:])]


async def _endure(platform: str, line: Line, folder: Path, ready: asyncio.Barrier) -> list[str]:
    options = {"time_between_update": 0} if platform == DSMR else None
    is_noisy = False

    def pieces(turn: int) -> list[bytes]:
        if not is_noisy:
            return [numbered(turn)]
        return line.pieces(turn)

    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(Feed(pieces, PACE, 0))
        instance = await stack.enter_async_context(running(folder))
        await instance.set_up(platform, feed.port, options)
        await ready.wait()
        await asyncio.sleep(5)
        first, is_noisy = feed.turn, True
        while feed.turn < first + TELEGRAMS:
            await asyncio.sleep(PACE / 2)
            await instance.cpu()  # it hangs up on those from whom it hears nothing for long
        is_noisy = False
        last = feed.turn
        await asyncio.sleep(0.5)
        seen = [state for _, state in await instance.user.command("benchmark_probe/seen")]
    numbers = [round(float(state) * 1000) % LEAP if _is_number(state) else None for state in seen]
    shown = {number for number in numbers if number is not None and first <= number < last}
    since = next((i for i, number in enumerate(numbers) if number and number >= first), 0)
    spells = sum(number is None for number, _ in groupby(numbers[since:]))
    sent = last - first
    return [
        f"{len(shown) / sent:.1%}",
        f"{len(shown & line.whole) / len(line.whole):.1%}",
        str(spells),
    ]


def _is_number(state: str) -> bool:
    return state not in {"unknown", "unavailable", "removed"}


async def measure() -> list[list[str]]:
    """Return how each fared on each line."""
    cases = {
        f"{name}, {noise}": (platform, Line(rough=rough))
        for rough, noise in ((False, "one bad byte in 20"), (True, "all kinds of noise"))
        for platform, name in ((DSMR, "core dsmr"), (OURS, "ours"))
    }
    ready = asyncio.Barrier(len(cases))
    with TemporaryDirectory() as folder:
        results = await asyncio.gather(
            *(
                _endure(platform, line, Path(folder) / str(number), ready)
                for number, (platform, line) in enumerate(cases.values())
            )
        )
    return [[name, *result] for name, result in zip(cases, results, strict=True)]


def main() -> None:
    """Print the table."""
    show(
        f"{TELEGRAMS} telegrams over a noisy line",
        ("", "shown of all sent", "shown of those sent whole", "spells without a value"),
        asyncio.run(measure()),
    )


if __name__ == "__main__":
    main()
