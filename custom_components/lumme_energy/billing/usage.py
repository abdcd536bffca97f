"""What went through a meter's registers, hour by hour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from ..portal.model import ConsumptionSlot, Unit
from .days import HOUR, bounds, days_between, hours

# A meter's registers, as a reading names them; `export_…` count what the customer feeds in.
IMPORT_REGISTERS: Final = ("single", "day", "night")
EXPORT_REGISTERS: Final = ("export_single", "export_day", "export_night")

# kWh by the hour (UTC) in which they were used.
type Hours = Mapping[datetime, Decimal]

# kWh by register of each local day that is known as a whole.
type Days = Mapping[date, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a register counted over some days.

    Attributes:
        energy: kWh.
        missing_hours: How many hours have no value of their own.
    """

    energy: Decimal
    missing_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The registers of one supply point.

    Attributes:
        days: kWh by register, local day and hour. A day is there if any of its hours is.
        zone: Where the supplier's days begin.
        is_meter: Whether a meter counted, which goes on while nobody looks: the energy of missing
            hours is in the next hour that has a value. Elsewhere what is missing is missing.
    """

    days: Mapping[str, Mapping[date, Hours]]
    zone: tzinfo
    is_meter: bool = True

    @classmethod
    def of(
        cls,
        registers: Mapping[str, Iterable[tuple[datetime, Decimal]]],
        zone: tzinfo,
        *,
        is_meter: bool = True,
    ) -> Usage:
        """Sort the hours of registers into local days; a register without any is not there."""
        days: dict[str, dict[date, dict[datetime, Decimal]]] = {}
        for register, rows in registers.items():
            for start, energy in rows:
                by_day = days.setdefault(register, defaultdict(dict))
                by_day[start.astimezone(zone).date()][start] = energy
        return cls(days=days, zone=zone, is_meter=is_meter)

    def missing_hours(self, first: date, last: date, *, until: datetime | None = None) -> int:
        """Return how many hours of some days lack a value of any register.

        Args:
            first: First local day.
            last: Last local day.
            until: Hours that end later are not expected yet.
        """
        return max(
            (self._missing(register, first, last, until) for register in self.days), default=0
        )

    def measured(self, register: str, first: date, last: date) -> Measured | None:
        """Return what a register counted from the first to the last day.

        None where it did not count at both ends: a meter that was not there yet, or whose gap
        reaches over midnight, tells nothing about just these days.
        """
        days = self.days.get(register, {})
        start, end = bounds(first, last, self.zone)
        if start not in days.get(first, {}) or end - HOUR not in days.get(last, {}):
            return None
        missing = self._missing(register, first, last, None)
        if missing and not self.is_meter:
            return None
        energy = sum((self.energy(register, day) for day in days_between(first, last)), Decimal())
        return Measured(energy=energy, missing_hours=missing)

    def energy(self, register: str, day: date) -> Decimal:
        """Return what is known to have gone through a register in a day."""
        return sum(self.days.get(register, {}).get(day, {}).values(), Decimal())

    def known_days(self) -> Days:
        """Return the energy of every register by day, for the days that are known as a whole."""
        if not all(self.days.values()) or not self.days:
            return {}
        ends = {register: (min(days), max(days)) for register, days in self.days.items()}
        first = min(begin for begin, _ in ends.values())
        last = max(end for _, end in ends.values())
        return {
            day: {register: self.energy(register, day) for register in self.days}
            for day in days_between(first, last)
            if all(self._is_known(register, day, *ends[register]) for register in self.days)
        }

    def _is_known(self, register: str, day: date, first: date, last: date) -> bool:
        """Whether a register's day is known as a whole, between its first and its last one."""
        days = self.days[register]
        if not self.is_meter:
            return len(days.get(day, {})) == hours(day, self.zone)
        # A gap within is counted by the meter; only where it begins and ends is a part of a day.
        start, end = bounds(day, day, self.zone)
        return (first < day or start in days.get(day, {})) and (
            day < last or end - HOUR in days.get(day, {})
        )

    def _missing(self, register: str, first: date, last: date, until: datetime | None) -> int:
        days = self.days[register]
        missing = 0
        for day in days_between(first, last):
            start, end = bounds(day, day, self.zone)
            expected = (min(end, until or end) - start) // HOUR
            present = days.get(day, {})
            missing += max(0, expected - sum(hour + HOUR <= (until or end) for hour in present))
        return missing


def portal_days(slots: Iterable[ConsumptionSlot], zone: tzinfo, kwh_per_m3: Decimal | None) -> Days:
    """Return the days that a portal has told as a whole, be it in one slot or in many.

    Args:
        slots: What it told.
        zone: Where the supplier's days begin.
        kwh_per_m3: What a cubic metre of gas holds; slots in m³ are not counted without it.
    """
    energy: dict[date, Decimal] = defaultdict(Decimal)
    lengths: dict[date, timedelta] = defaultdict(timedelta)
    for slot in slots:
        factor = Decimal(1) if slot.unit is Unit.KWH else kwh_per_m3
        if factor is not None:
            day = slot.start.astimezone(zone).date()
            energy[day] += slot.energy * factor
            lengths[day] += slot.end - slot.start
    return {
        day: {"single": energy[day]}
        for day, length in lengths.items()
        if length == hours(day, zone) * HOUR
    }
