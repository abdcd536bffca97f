"""Keeps cumulative registers from running backwards or leaping, and tells why one starts anew."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from .telegram import Quantity, Value

CONFIRM_AFTER: Final = timedelta(minutes=10)

# Units an hour, kWh as well as m³: more than anything behind a meter with a P1 port can take.
MOST_PER_HOUR: Final = Decimal(1000)

# What a Belgian meter sends where no limit is set.
NO_LIMIT: Final = 999

_KW_PER_AMPERE: Final = 3 * Decimal("0.253")  # three phases; EN 50160: 230 V + 10 %
# What a limit that the meter tells is in kW.
_LIMITS: Final = {
    Quantity.FUSE_L1: _KW_PER_AMPERE,
    Quantity.FUSE_L2: _KW_PER_AMPERE,
    Quantity.FUSE_L3: _KW_PER_AMPERE,
    Quantity.CURRENT_LIMIT: _KW_PER_AMPERE,
    Quantity.POWER_LIMIT: Decimal(1),
    Quantity.APPARENT_POWER_LIMIT: Decimal(1),
}
_USUAL: Final = 80 * _KW_PER_AMPERE  # the largest connection that needs no current transformers
_POWERS: Final = (Quantity.POWER_IMPORT, Quantity.POWER_EXPORT)
_FEWEST_DIGITS: Final = 5
_HOUR: Final = 3600


class Event(StrEnum):
    """Why a register does not go on where it was."""

    ROLLOVER = "rollover"  # it has no more digits, and began at zero
    REPLACEMENT = "replacement"  # it is another one


def most_per_hour(values: Mapping[Quantity, Value]) -> Decimal:
    """Return what can flow through a meter's connection in an hour, in kWh.

    That is what its fuse or its limiter lets through, where the meter tells them, else what any
    house could draw. A power above that is believed: a meter with current transformers measures
    more, and a limiter says nothing of what is fed in.
    """
    limits = [
        limit * kilowatts
        for quantity, kilowatts in _LIMITS.items()
        if isinstance(limit := values.get(quantity), Decimal) and 0 < limit < NO_LIMIT
    ]
    powers = [power for quantity in _POWERS if isinstance(power := values.get(quantity), Decimal)]
    return max(min(limits, default=_USUAL), 2 * max(powers, default=Decimal(0)))


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

    def __init__(self, value: Decimal | None = None) -> None:
        """Start from what was published last; None if nothing was."""
        self.event: Event | None = None
        self._value = value
        self._moved_at: float | None = None  # not known of a value from before a restart
        self._most = MOST_PER_HOUR
        self._doubt: tuple[Decimal, float, float] | None = None  # its value, its rise, its start

    def accept(self, value: Decimal, now: float, most: Decimal = MOST_PER_HOUR) -> Decimal:
        """Return what to publish when the register says value.

        Args:
            value: What the meter sent.
            now: Seconds on a clock that never runs backwards.
            most: What can flow in an hour.

        """
        self.event = None
        self._most = most
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
