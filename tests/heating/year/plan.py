"""What happens in a year: who comes and goes, and what breaks when. All of it follows from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import math
import random
from typing import Final

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)


class Kind(StrEnum):
    """What goes wrong."""

    LINK = "link lost"  # neither the bridge nor anything behind it answers
    BUS = "bus cut"  # the bridge is heard, the radiators are not
    ZONE = "radiator silent"
    SENSOR = "sensor stuck"
    KILL = "Home Assistant killed"
    REBOOT = "bridge rebooted"
    CUT = "power cut"
    REFUSED = "writes refused"
    LOST = "answers lost"  # what is written arrives, and its answer does not
    CLOCK = "clock jumped"
    BLOWN = "heater blown"
    RESET = "radiator reset itself"


# How often in a year, and between which lengths; short ones are as likely as long ones.
RATES: Final = {
    Kind.LINK: (25, 10 * MINUTE, 12 * HOUR),
    Kind.BUS: (10, 10 * MINUTE, 12 * HOUR),
    Kind.ZONE: (15, 10 * MINUTE, 24 * HOUR),
    Kind.SENSOR: (12, HOUR, 72 * HOUR),
    Kind.KILL: (40, MINUTE, 8 * HOUR),
    Kind.REBOOT: (100, MINUTE, 3 * MINUTE),
    Kind.CUT: (12, MINUTE, 10 * HOUR),
    Kind.REFUSED: (15, 10 * MINUTE, 6 * HOUR),
    Kind.LOST: (15, 10 * MINUTE, 3 * HOUR),
    Kind.CLOCK: (6, 10 * MINUTE, 6 * HOUR),
    Kind.BLOWN: (4, 6 * HOUR, 48 * HOUR),
    Kind.RESET: (12, MINUTE, MINUTE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong for a while.

    Attributes:
        zone: Of which radiator; those of the whole house name one all the same.
        jump: By how much the clock is wrong, of those that are about the clock.

    """

    kind: Kind
    zone: str
    start: datetime
    end: datetime
    jump: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A weekend at the cottage, or one that was only planned.

    Attributes:
        planned: When Home Assistant is told of it; None if never.
        comes: Whether anybody comes.
        forgets: Whether they leave without turning anything down.
        by_hand: What somebody turns the living room's thermostat to, at the wall.

    """

    planned: datetime | None
    arrive: datetime
    depart: datetime
    comes: bool
    forgets: bool
    by_hand: float | None


def faults(seed: int, start: datetime, days: int, zones: tuple[str, ...]) -> list[Fault]:
    """Return what goes wrong, in order."""
    chance = random.Random(f"{seed} faults")  # noqa: S311
    made = []
    for kind, (rate, shortest, longest) in RATES.items():
        for _ in range(_whole(chance, rate * days / 365)):
            begin = start + days * DAY * chance.random()
            length = shortest * math.exp(chance.uniform(0, math.log(longest / shortest)))
            made.append(
                Fault(
                    kind=kind,
                    # A sensor on its own radio is the relay's; the others are the device's own.
                    zone=zones[-1] if kind is Kind.SENSOR else chance.choice(zones),
                    start=begin,
                    end=begin + length,
                    jump=chance.choice((-1, 1)) * chance.uniform(0.2, 26) * HOUR,
                )
            )
    return sorted(made, key=lambda fault: fault.start)


def visits(seed: int, start: datetime, days: int) -> Iterator[Visit]:
    """Yield every other weekend, from the second one on."""
    chance = random.Random(f"{seed} visits")  # noqa: S311
    friday = start.replace(hour=16, minute=0) + (4 - start.weekday()) % 7 * DAY
    for week in range(1, days // 7 - 1, 2):
        arrive = friday + week * 7 * DAY + chance.uniform(-3, 5) * HOUR
        ahead = chance.uniform(8, 72) * HOUR
        yield Visit(
            planned=None if chance.random() < 0.1 else arrive - ahead,
            arrive=arrive,
            depart=arrive + chance.uniform(40, 52) * HOUR,
            comes=chance.random() > 0.1,
            forgets=chance.random() < 0.3,
            by_hand=24.0 if chance.random() < 0.2 else None,
        )


def _whole(chance: random.Random, number: float) -> int:
    """Return a whole number that is as large on average."""
    return int(number + chance.random())
