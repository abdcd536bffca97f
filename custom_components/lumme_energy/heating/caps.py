"""Who waits while power is short: the fuse, and in Belgium the month's highest quarter-hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from .model import SiteSeen, SiteSettings
from .reasons import Because

# Flanders charges no peak for less than that (W): there is nothing to gain below it.
LOWEST_PEAK: Final = 2500.0
QUARTER: Final = timedelta(minutes=15)
# A kettle is not worth two writes; a fuse bears so much for longer than that.
SHED_AFTER: Final = timedelta(minutes=1)
# From one zone that waits to the next: the power of the first is to have fallen by then.
NEXT_AFTER: Final = timedelta(minutes=2)
RELEASED_AFTER: Final = timedelta(minutes=15)
# What must be free besides a zone's own power before it heats again, as a share of the limit.
SPARE: Final = 0.05

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def projection(now: datetime, average: float, power: float) -> float:
    """Return the average power of a quarter-hour if everything stays as it is now.

    Args:
        now: The time.
        average: What flowed since the quarter began, spread over all of it.
        power: What flows now.

    """
    left = QUARTER - (now - _EPOCH) % QUARTER
    return average + power * (left / QUARTER)


@dataclass(kw_only=True, slots=True)
class Shedding:
    """Which zones wait.

    Attributes:
        zones: Those that wait, in the order in which they came to it.
        why: What they wait for.
        short: For how long power has been short.
        ample: For how long there has been enough for the next one to heat again.

    """

    zones: list[str] = field(default_factory=list)
    why: Because = Because.SHED_FUSE
    short: timedelta = timedelta()
    ample: timedelta = timedelta()

    def see(
        self,
        now: datetime,
        dt: timedelta,
        seen: SiteSeen,
        settings: SiteSettings,
        rated: Mapping[str, float | None],
        heating: Sequence[str],
    ) -> None:
        """Take what flows now.

        Args:
            now: The time.
            dt: How much time has passed.
            seen: What is seen of the house.
            settings: Of the house.
            rated: What each zone takes when it heats.
            heating: The zones that heat and may wait, the most important first.

        """
        self.zones = [zone for zone in self.zones if zone in rated]
        if (over := _over(now, seen, settings)) is None:
            # Without a meter nobody can tell that power is short.
            self.short = self.ample = timedelta()
            self.zones = []
            return
        why, excess, limit = over
        if excess > 0:
            self.short, self.ample = self.short + dt, timedelta()
            waits = [zone for zone in heating if zone not in self.zones]
            if self.short >= SHED_AFTER and waits:
                self.zones.append(waits[-1])
                self.why, self.short = why, SHED_AFTER - NEXT_AFTER
            return
        self.short = timedelta()
        # Who came to wait last heats again first.
        needs = (rated[self.zones[-1]] or 0.0) if self.zones else 0.0
        self.ample = self.ample + dt if excess + needs + SPARE * limit <= 0 else timedelta()
        if self.zones and self.ample >= RELEASED_AFTER:
            self.zones.pop()
            self.ample = timedelta()


def _over(
    now: datetime, seen: SiteSeen, settings: SiteSettings
) -> tuple[Because, float, float] | None:
    """Return by how much a limit is passed, or how far off it is, and the limit."""
    if seen.power is None:
        return None
    found = []
    if settings.fuse is not None:
        found.append((Because.SHED_FUSE, seen.power - settings.fuse, settings.fuse))
    if seen.quarter_average is not None and seen.month_peak is not None:
        peak = max(seen.month_peak, LOWEST_PEAK)
        average = projection(now, seen.quarter_average, seen.power)
        found.append((Because.SHED_PEAK, average - peak, peak))
    return max(found, key=lambda each: each[1], default=None)
