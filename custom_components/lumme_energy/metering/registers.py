"""Keeps cumulative registers from running backwards or leaping, and tells why one starts anew."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

CONFIRM_AFTER: Final = timedelta(minutes=10)

# Units an hour, kWh as well as m³: more than anything behind a meter with a P1 port can take.
MOST_PER_HOUR: Final = Decimal(1000)

_NO_FUSE: Final = 999  # what a Belgian meter sends where no limit is set
_HIGHEST_VOLTAGE: Final = Decimal("0.253")  # EN 50160: 230 V + 10 %, in kV
_FEWEST_DIGITS: Final = 5
_HOUR: Final = 3600


class Event(StrEnum):
    """Why a register does not go on where it was."""

    ROLLOVER = "rollover"  # it has no more digits, and began at zero
    REPLACEMENT = "replacement"  # it is another one


def most_per_hour(fuse: Decimal | None, phases: int = 3) -> Decimal:
    """Return what can flow through a fuse of so many ampere in an hour, in kWh."""
    if fuse is None or not 0 < fuse < _NO_FUSE:
        return MOST_PER_HOUR
    return fuse * phases * _HIGHEST_VOLTAGE


def capacity(value: Decimal) -> Decimal:
    """Return where a register that shows value would begin at zero again: a power of ten."""
    return Decimal(10) ** max(_FEWEST_DIGITS, value.adjusted() + 1)


class RegisterGuard:
    """Watches one register and decides what of it may be published.

    Meters and their gateways send a zero, an old or a senseless value now and then. To whoever
    adds up the differences that is the consumption of a whole life, booked a moment later. So a
    register that fell, or rose by more than can have flowed since it last moved, is held at its
    last value until the other one has lasted.

    Attributes:
        event: What the value published last is, if it is not just more of the same.

    """

    def __init__(
        self, value: Decimal | None = None, *, most_per_hour: Decimal = MOST_PER_HOUR
    ) -> None:
        """Start from what was published last; None if nothing was."""
        self.event: Event | None = None
        self._value = value
        self._moved_at: float | None = None  # not known of a value from before a restart
        self._most = most_per_hour
        self._doubt: tuple[Decimal, float, float] | None = None  # its value, its rise, its start

    def accept(self, value: Decimal, now: float) -> Decimal:
        """Return what to publish when the register says value.

        Args:
            value: What the meter sent.
            now: Seconds on a clock that never runs backwards.

        """
        self.event = None
        last = self._value
        if last is None:
            return self._publish(value, now)
        if value == last:
            self._doubt = None
            return last
        if self._can_rise(value - last, self._moved_at, now):
            return self._publish(value, now)
        # A register that begins anew shows more than zero by then; a meter that failed shows zero.
        since = now if self._moved_at is None else self._moved_at
        if 0 < value < last and self._can_rise(capacity(last) - last + value, since, now):
            return self._publish(value, now, Event.ROLLOVER)
        if self._doubt is None or not self._can_rise(value - self._doubt[0], self._doubt[1], now):
            self._doubt = value, now, now
            return last
        if now - self._doubt[2] >= CONFIRM_AFTER.total_seconds():
            return self._publish(value, now, Event.REPLACEMENT)
        if value != self._doubt[0]:
            self._doubt = value, now, self._doubt[2]
        return last

    def _can_rise(self, rise: Decimal, since: float | None, now: float) -> bool:
        """Tell whether that much can have flowed; a minute more, for registers go in steps."""
        if since is None:
            return rise >= 0
        return 0 <= rise <= self._most * Decimal(now - since + 60) / _HOUR

    def _publish(self, value: Decimal, now: float, event: Event | None = None) -> Decimal:
        self.event = event
        self._value, self._moved_at, self._doubt = value, now, None
        return value
