"""The weather at a cottage in central Finland, invented: a plain function of time and a seed.

Shaped after Jyväskylä: 4 °C on average, 25 K between January and July, some days below −25 °C each
winter, days that are warmer than nights, most of all in summer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count, takewhile
import math
import random
from typing import Final

MEAN: Final = 4.8  # °C, which the cold spells make 4
SWING: Final = 12.5
MIDWINTER: Final = datetime(2025, 1, 25, tzinfo=UTC)
DAY: Final = 86_400.0
YEAR: Final = 365.2425 * DAY
HOUR: Final = timedelta(hours=1)

_DEPTHS: Final = (-24.0, -29.0, -26.0)  # °C, of a winter's cold spells
_SPELLS: Final = (-36.0, -4.0, 30.0)  # days from the middle of the winter


@dataclass(frozen=True, slots=True)
class _Wave:
    size: float
    period: float
    phase: float

    def at(self, seconds: float) -> float:
        return self.size * math.sin(2 * math.pi * seconds / self.period + self.phase)


def _waves(chance: random.Random, sizes: list[tuple[float, float]]) -> tuple[_Wave, ...]:
    """Return waves of sizes and periods in days, none in step with another."""
    return tuple(
        _Wave(size, days * DAY * chance.uniform(0.9, 1.1), chance.uniform(0, 2 * math.pi))
        for size, days in sizes
    )


@dataclass(frozen=True)
class Weather:
    """The temperature outdoors, and what is foretold of it."""

    seed: int = 1

    @cached_property
    def _fronts(self) -> tuple[_Wave, ...]:
        sizes = [(2.6, 17.0), (2.2, 9.0), (1.8, 5.3), (1.2, 3.1), (0.7, 1.7)]
        return _waves(random.Random(self.seed), sizes)

    @cached_property
    def _spells(self) -> tuple[tuple[float, float, float], ...]:
        """Return when in the year each cold spell is, how long it is, and how cold."""
        chance = random.Random(f"{self.seed} spells")
        return tuple(
            (DAY * (day + chance.uniform(-8, 8)), DAY * chance.uniform(5, 9), depth)
            for day, depth in zip(_SPELLS, _DEPTHS, strict=True)
        )

    def at(self, when: datetime) -> float:
        """Return the temperature in °C."""
        seconds = _seconds(when)
        winter = math.cos(2 * math.pi * seconds / YEAR)  # 1 in January, -1 in July
        day = -math.cos(2 * math.pi * (seconds / DAY - 1 / 12))  # warmest at two in the afternoon
        usual = (
            MEAN
            - SWING * winter
            + (1.0 + 0.45 * winter) * sum(wave.at(seconds) for wave in self._fronts)
        )
        for middle, length, depth in self._spells:
            away = (seconds - middle + YEAR / 2) % YEAR - YEAR / 2
            if abs(away) < length / 2:
                share = math.cos(math.pi * away / length) ** 2
                usual += share**0.5 * (depth - usual)
        return usual + (3.0 - 2.0 * winter) * day

    def forecast(
        self, now: datetime, hours: int = 48, *, step: timedelta = HOUR
    ) -> tuple[tuple[datetime, float], ...]:
        """Return what is foretold from the next whole hour on; the further ahead, the less true.

        A forecast is made every six hours. It errs by 0.3 K at once, and by some 2.5 K in two days.
        """
        issue = _seconds(now) // (6 * 3600)
        errors = _waves(random.Random(f"{self.seed} {issue}"), [(1.0, 2.3), (1.0, 1.1)])
        first = now.replace(minute=0, second=0, microsecond=0) + HOUR
        ends = now + hours * HOUR
        whens = takewhile(lambda when: when <= ends, (first + n * step for n in count()))
        return tuple(
            (
                when,
                self.at(when)
                + _growth(_seconds(when) / 3600 - 6 * issue)
                * sum(e.at(_seconds(when)) for e in errors),
            )
            for when in whens
        )


def _seconds(when: datetime) -> float:
    return (when - MIDWINTER).total_seconds()


def _growth(hours: float) -> float:
    return 0.3 + 0.045 * hours
