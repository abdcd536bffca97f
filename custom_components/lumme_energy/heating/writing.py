"""When a device may be written to, and whether it has what it was given.

Registers that keep a setpoint wear out, some after 100 000 writes, and a device that does not take
what it is told must not be told without end. So writes are spaced, counted, and tried again ever
more rarely. Time is counted by steps, not by the clock on the wall, which may jump.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from .model import Outcome
from .targets import is_same

# Writes a day to a register of a thermostat that are not for safety.
BUDGET: Final = 24
# Of those, what may go to saving money: what has to be warm in the end needs the others.
SAVING_SHARE: Final = 3
# What lies between two writes that the user asks for, or that keep a fuse.
SHORT_PAUSE: Final = timedelta(minutes=1)
# What lies between a write that did not last and the next one.
BACK_OFF: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 2, 5, 15))
# A device that has kept its setpoint that long is not the one that did not any more.
HELD: Final = timedelta(hours=1)
# Devices that know whole degrees only keep what they are told as nearly as they can.
ROUNDING: Final = 1.0

_HOUR: Final = 3600
_HOURS: Final = 24


class Urgency(IntEnum):
    """How pressing a write is."""

    SAVING = 0
    ROUTINE = 1
    WISH = 2
    SAFETY = 3


@dataclass(kw_only=True, slots=True)
class Pace:
    """How often a device was written to.

    Attributes:
        since: The time since the last write; None before the first.
        tries: How many writes in a row did not last.
        held: For how long the device has kept what it was given.
        outcome: What became of the last write.
        total: All writes ever.
        hours: Writes by the hour (since 1970) of the last day.

    """

    since: timedelta | None = None
    tries: int = 0
    held: timedelta = timedelta()
    outcome: Outcome | None = None
    total: int = 0
    hours: list[tuple[int, int]] = field(default_factory=list)

    def pass_time(self, dt: timedelta, *, is_kept: bool) -> None:
        """Let time pass, in which the device kept what it was given, or did not."""
        if self.since is not None:
            self.since += dt
        self.held = self.held + dt if is_kept else timedelta()
        if self.held >= HELD:
            self.tries = 0

    def may_write(
        self, urgency: Urgency, now: datetime, pause: timedelta, budget: int = BUDGET
    ) -> bool:
        """Whether a write may be made now; the pause is that of routine ones."""
        back_off = BACK_OFF[min(self.tries, len(BACK_OFF) - 1)]
        if urgency is Urgency.SAFETY:
            pause = timedelta()
        elif self.writes(now) >= (budget // SAVING_SHARE if urgency is Urgency.SAVING else budget):
            return False
        elif urgency is Urgency.WISH:
            pause = SHORT_PAUSE
        return self.since is None or self.since >= max(back_off, pause)

    def wrote(self, now: datetime) -> None:
        """Count a write. Until it is known to have been kept, it counts as one in vain."""
        hour = int(now.timestamp()) // _HOUR
        counts = dict(self._recent(now))
        counts[hour] = counts.get(hour, 0) + 1
        self.hours = sorted(counts.items())
        self.since, self.outcome = timedelta(), None
        self.tries += 1
        self.total += 1

    def told(self, outcome: Outcome, *, is_reassertion: bool) -> None:
        """Take what became of the last write; one that only reasserts is yet to prove that it lasts."""
        self.outcome = outcome
        if outcome is Outcome.KEPT and not is_reassertion:
            self.tries = 0

    def writes(self, now: datetime) -> int:
        """Return the writes of the last 24 hours, or a little more: hours are counted whole."""
        return sum(count for _, count in self._recent(now))

    def _recent(self, now: datetime) -> list[tuple[int, int]]:
        # A clock that was set back has written some hours ahead; those count as well.
        hour = int(now.timestamp()) // _HOUR
        return [(each, count) for each, count in self.hours if abs(hour - each) <= _HOURS]


@dataclass(kw_only=True, slots=True)
class Keeper:
    """What a device was given, and how it shows that; a relay's value is 1 or 0.

    Attributes:
        given: What it was given and has taken, or had when we came; None before that.
        shown: What its register says then, which may be rounded.
        asked: What it was last told and has not shown yet.
        is_rounded: Whether it has answered with another value than it was told.
        is_foreign: Whether it shows what nobody here gave it.

    """

    given: float | None = None
    shown: float | None = None
    asked: float | None = None
    is_rounded: bool = False
    is_foreign: bool = False

    def adopt(self, value: float) -> None:
        """Take what a device shows for what it was given."""
        self.given = self.shown = value
        self.asked, self.is_foreign = None, False

    def read(self, value: float, least: float) -> None:
        """Take what a device shows; nothing below the least is taken for what it was given."""
        self.is_foreign = False
        if self.asked is not None and (
            is_same(value, self.asked)
            or (self.is_rounded and value >= least and abs(value - self.asked) <= ROUNDING)
        ):
            asked = self.asked
            self.adopt(value)
            self.given = asked
        elif self.shown is None or not is_same(value, self.shown):
            self.is_foreign = True

    def told(self, value: float, outcome: Outcome) -> None:
        """Take what became of a value that the device was told."""
        if outcome is Outcome.KEPT:
            self.adopt(value)
        self.is_rounded = outcome is Outcome.DIFFERENT

    def keeps(self, wanted: float) -> bool:
        """Whether the device shows what it is to have, by what was read last."""
        return not self.is_foreign and self.given is not None and is_same(self.given, wanted)
