"""Quarter-hours and the peaks among them, which network tariffs are charged by."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final, NamedTuple

from .telegram import MonthPeak

QUARTER: Final = timedelta(minutes=15)

# Flanders' capacity tariff: the mean of twelve months' peaks, none of which counts for less.
BILLED_MONTHS: Final = 12
LOWEST_PEAK: Final = Decimal("2.5")

_PER_HOUR: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A register read farther from a quarter's start than this does not tell what it showed then.
_NEAR: Final = timedelta(minutes=1)


def quarter_start(at: datetime) -> datetime:
    """Return when the quarter-hour began that a moment is in."""
    return at - (at - _EPOCH) % QUARTER


def projection(at: datetime, average: Decimal, power: Decimal) -> Decimal:
    """Return the average power of a quarter-hour if everything stays as it is now, in kW.

    Args:
        at: Now, by the clock that cuts the quarters: the meter's.
        average: What flowed since the quarter began, spread over all of it (1-0:1.4.0).
        power: What flows now.

    """
    left = quarter_start(at) + QUARTER - at
    return average + power * Decimal(left / QUARTER)


class Quarter(NamedTuple):
    """A quarter-hour that is over: when it ended, and its average power in kW."""

    end: datetime
    power: Decimal


class QuarterHour:
    """Works out what a meter does not send: the running quarter-hour, from its register.

    Attributes:
        average: What flowed since the quarter began, spread over all of it, in kW; None as long as
            we have not heard it begin.
        finished: The newest quarter that we have heard all of.

    """

    def __init__(self) -> None:
        """Start without a past."""
        self.average: Decimal | None = None
        self.finished: Quarter | None = None
        self._start: datetime | None = None
        self._opening: Decimal | None = None
        self._last: tuple[datetime, Decimal] | None = None

    def read(self, at: datetime, energy: Decimal) -> None:
        """Take the register in kWh at a moment, by the meter's clock."""
        start = quarter_start(at)
        if start != self._start:
            opening = self._shown_at(start, at, energy)
            if self._start == start - QUARTER and opening is not None and self._opening is not None:
                self.finished = Quarter(start, _PER_HOUR * (opening - self._opening))
            self._start, self._opening = start, opening
        self._last = at, energy
        self.average = None if self._opening is None else _PER_HOUR * (energy - self._opening)

    def _shown_at(self, start: datetime, at: datetime, energy: Decimal) -> Decimal | None:
        """Return what the register showed when a quarter began, between two readings near it."""
        if at == start:
            return energy
        if self._last is None or at - start > _NEAR or start - self._last[0] > _NEAR:
            return None
        before, shown = self._last
        return shown + (energy - shown) * Decimal((start - before) / (at - before))


class PeakTracker:
    """Keeps the month's highest quarter-hour, where the meter does not.

    Attributes:
        peak: The highest of the newest month so far.

    """

    def __init__(self, zone: tzinfo, peak: Quarter | None = None) -> None:
        """Go on from a peak; zone is whose months count."""
        self.peak = peak
        self._zone = zone

    def take(self, quarter: Quarter) -> bool:
        """Take a quarter that is over; return whether it is the month's highest."""
        is_highest = self.peak is None or self._rank(quarter) > self._rank(self.peak)
        if is_highest:
            self.peak = quarter
        return is_highest

    def _rank(self, quarter: Quarter) -> tuple[int, int, Decimal]:
        began = (quarter.end - QUARTER).astimezone(self._zone)
        return began.year, began.month, quarter.power


def billed_power(peaks: Iterable[Decimal]) -> Decimal | None:
    """Return the power in kW that the capacity tariff charges; None without any month.

    Args:
        peaks: Each month's highest quarter-hour in kW, the oldest first.

    """
    billed = [max(peak, LOWEST_PEAK) for peak in peaks][-BILLED_MONTHS:]
    return sum(billed, Decimal(0)) / len(billed) if billed else None


def billed_power_of(months: Iterable[MonthPeak], running: Decimal | None) -> Decimal | None:
    """Return the same from what a Belgian meter sends: its months before, and the running one."""
    peaks = [month.power for month in sorted(months)]
    return billed_power(peaks if running is None else [*peaks, running])
