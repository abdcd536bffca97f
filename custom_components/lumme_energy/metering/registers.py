"""Keeps cumulative registers from running backwards."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

CONFIRM_AFTER: Final = timedelta(minutes=10)


class RegisterGuard:
    """Watches one register and decides what of it may be published.

    Meters and their gateways send a zero or an old value now and then. To whoever adds up the
    differences that is a consumption of the whole life of the meter, booked a moment later. So a
    register that fell is held at its last value until the lower one has lasted.
    """

    def __init__(self, value: Decimal | None = None) -> None:
        """Start from what was published last; None if nothing was."""
        self._value = value
        self._fell_at: float | None = None
        self._fell_to = Decimal(0)

    def accept(self, value: Decimal, now: float) -> Decimal:
        """Return what to publish when the register says value.

        Args:
            value: What the meter sent.
            now: Seconds on a clock that never runs backwards.

        """
        if self._value is None or value >= self._value:
            self._value, self._fell_at = value, None
        elif self._fell_at is None or value < self._fell_to:
            self._fell_at, self._fell_to = now, value
        elif now - self._fell_at >= CONFIRM_AFTER.total_seconds():
            self._value, self._fell_at = value, None
        else:
            self._fell_to = value
        return self._value
