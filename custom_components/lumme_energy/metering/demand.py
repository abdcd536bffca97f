"""Quarter-hours and the peaks among them, which network tariffs are charged by."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from .registers import RegisterGuard, most_per_hour
from .telegram import MonthPeak, Quantity, Stamped, Unit, Value

# What we work out where the meter does not send it.
DEMAND: Final = frozenset({Quantity.QUARTER_HOUR_POWER, Quantity.MONTH_PEAK})

QUARTER: Final = timedelta(minutes=15)

# Flanders' capacity tariff: the mean of twelve months' peaks, none of which counts for less.
BILLED_MONTHS: Final = 12
LOWEST_PEAK: Final = Decimal("2.5")

_PER_HOUR: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# A register read farther from a quarter's start than this does not tell what it showed then. Some
# meters move theirs once a minute only, and Modbus registers are read as seldom.
_NEAR: Final = timedelta(seconds=90)
# A register that lacks more than this, in kWh, of what has flowed by now is no measure of quarters:
# it moves once an hour, in large steps, or not at all.
_LAG: Final = Decimal("0.05")
_HOUR: Final = timedelta(hours=1)
_TARIFFS: Final = (
    Quantity.ENERGY_IMPORT_1,
    Quantity.ENERGY_IMPORT_2,
    Quantity.ENERGY_IMPORT_3,
    Quantity.ENERGY_IMPORT_4,
)


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


class Reading(NamedTuple):
    """What a register in kWh showed at a moment."""

    at: datetime
    energy: Decimal


class QuarterHour:
    """Works out the running quarter-hour from a register that only grows.

    What is missed in the middle of a quarter does no harm, for the register has counted it; a
    quarter whose beginning or end is missed is not known.

    Attributes:
        average: What flowed since the quarter began, spread over all of it, in kW; None as long as
            we have not heard it begin.
        finished: The newest quarter that we have heard begin and end.

    """

    def __init__(self) -> None:
        """Start without a past."""
        self.average: Decimal | None = None
        self.finished: Quarter | None = None
        self._start: datetime | None = None
        self._opening: Reading | None = None
        self._last: Reading | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings that tell where it is: read again, they lead back here."""
        return tuple(reading for reading in (self._opening, self._last) if reading)

    def read(self, at: datetime, energy: Decimal) -> None:
        """Take the register in kWh at a moment, by the meter's clock."""
        start = quarter_start(at)
        if start != self._start:
            opening = self._shown_at(start, at, energy)
            if self._start == start - QUARTER and opening and self._opening:
                power = _PER_HOUR * (opening.energy - self._opening.energy)
                self.finished = Quarter(start, power)
            self._start, self._opening = start, opening
        self._last = Reading(at, energy)
        self.average = self._opening and _PER_HOUR * (energy - self._opening.energy)

    def _shown_at(self, start: datetime, at: datetime, energy: Decimal) -> Reading | None:
        """Return what the register showed when a quarter began, between two readings near it."""
        if at == start:
            return Reading(at, energy)
        if self._last is None or at - start > _NEAR:
            return None
        before, shown = self._last
        if not timedelta(0) <= start - before <= _NEAR:
            return None
        share = Decimal((start - before) / (at - before))
        return Reading(start, shown + (energy - shown) * share)


class Demand:
    """Works out what a meter does not send: the running quarter-hour, and the month's highest.

    Both come from the register of what was imported, which knows what flowed between telegrams.
    They are unknown as long as they are not known, and so is a quarter in which the register was
    not to be believed, or stood still while power flowed.
    """

    def __init__(self, zone: tzinfo, state: Mapping[str, Any] | None = None) -> None:
        """Go on from what as_dict returned; zone is whose months count."""
        self._zone = zone
        self._guard = RegisterGuard()
        self._quarters = QuarterHour()
        self._peak: Quarter | None = None
        self._settled: datetime | None = None
        self._moved: Reading | None = None
        self._is_late = False
        if state:
            if peak := state["peak"]:
                self._peak = Quarter(datetime.fromisoformat(peak[0]), Decimal(peak[1]))
            for moment, shown in state["readings"]:
                at, energy = datetime.fromisoformat(moment), Decimal(shown)
                self._guard.accept(energy, at.timestamp())
                self._quarters.read(at, energy)

    def as_dict(self) -> dict[str, Any]:
        """Return what must be known after a restart, in the types of JSON."""
        return {
            "peak": self._peak and [self._peak.end.isoformat(), str(self._peak.power)],
            "readings": [
                [reading.at.isoformat(), str(reading.energy)] for reading in self._quarters.readings
            ],
        }

    def read(self, at: datetime, values: Mapping[Quantity, Value]) -> dict[Quantity, Value]:
        """Return what follows from a telegram; nothing if it has no register to be believed.

        Args:
            at: The moment it speaks of, by the clock that cuts the quarters.
            values: What it says.

        """
        energy = imported(values)
        if energy is None:
            return {}
        if self._guard.accept(energy, at.timestamp(), most_per_hour(values)) != energy:
            return {}
        late = self._lags(at, energy, values.get(Quantity.POWER_IMPORT))
        if late or self._guard.event:
            self._quarters = QuarterHour()
        if not late:
            self._quarters.read(at, energy)
        self._settle(quarter_start(at))
        average, peak = self._quarters.average, self._peak
        return {
            Quantity.QUARTER_HOUR_POWER: None if average is None else round(average, 3),
            Quantity.MONTH_PEAK: Stamped(
                peak and round(peak.power, 3), Unit.KILO_WATT, peak and peak.end
            ),
        }

    def _lags(self, at: datetime, energy: Decimal, power: Value) -> bool:
        """Tell whether the register stands still though power flows, or has done so until now."""
        if self._moved is None or energy != self._moved.energy:
            was_late, self._is_late = self._is_late, False
            self._moved = Reading(at, energy)
            return was_late
        still = at - self._moved.at
        if still > _NEAR and isinstance(power, Decimal):
            self._is_late |= power * Decimal(still / _HOUR) > _LAG
        return self._is_late

    def _settle(self, start: datetime) -> None:
        """Find the highest quarter of the month when another quarter begins."""
        if start == self._settled:
            return
        self._settled = start
        month = self._month(start)
        quarters = [
            quarter
            for quarter in (self._peak, self._quarters.finished)
            if quarter and self._month(quarter.end - QUARTER) == month
        ]
        self._peak = max(quarters, key=lambda quarter: quarter.power, default=None)

    def _month(self, at: datetime) -> tuple[int, int]:
        local = at.astimezone(self._zone)
        return local.year, local.month


def imported(values: Mapping[Quantity, Value]) -> Decimal | None:
    """Return what was imported in all, in kWh; None if a telegram does not say."""
    total = values.get(Quantity.ENERGY_IMPORT)
    if isinstance(total, Decimal):
        return total
    tariffs = [shown for key in _TARIFFS if isinstance(shown := values.get(key), Decimal)]
    return sum(tariffs, Decimal(0)) if tariffs else None


def billed_power(peaks: Iterable[Decimal]) -> Decimal | None:
    """Return the power in kW that the capacity tariff charges; None without any month.

    Args:
        peaks: The highest quarter-hour in kW of each month that counts.

    """
    billed = [max(peak, LOWEST_PEAK) for peak in peaks]
    return sum(billed, Decimal(0)) / len(billed) if billed else None


def month_share(peak: Decimal) -> Decimal:
    """Return what one month adds to the power that is charged, in kW, when all twelve are known."""
    return max(peak, LOWEST_PEAK) / BILLED_MONTHS


def month_peaks(values: Mapping[Quantity, Value]) -> list[Decimal]:
    """Return the peaks in kW of the months that count, as far as a Belgian meter knows them.

    The running month is the last. There are fewer than twelve where the customer or the meter is
    new.

    Raises:
        KeyError: It does not say them.

    """
    months = cast(tuple[MonthPeak, ...], values[Quantity.MONTH_PEAKS])
    running = cast(Stamped, values[Quantity.MONTH_PEAK])
    peaks = [month.power for month in sorted(months)]
    if running.number is not None:
        peaks.append(running.number)
    return peaks[-BILLED_MONTHS:]
