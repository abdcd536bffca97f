"""What a portal told about consumption, as hours and as days. Pure rules.

A portal is days late, and some fill the hours that they do not know yet with zeros. So zeros at the
end of what was told are not believed before they are old enough to be true.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import Final

from ...billing.days import HOUR, bounds
from ...portal.model import ConsumptionSlot

# A portal is up to three days late; a zero that is still told after this long is one.
DOUBT: Final = timedelta(days=7)


def believed(slots: Sequence[ConsumptionSlot], now: datetime) -> tuple[ConsumptionSlot, ...]:
    """Return the slots without the future and without what only stands for "not known yet".

    Args:
        slots: Oldest first.
        now: The present.
    """
    known = [slot for slot in slots if slot.end <= now]
    while known and not known[-1].energy and not known[-1].cost and known[-1].end > now - DOUBT:
        known.pop()
    # A time of nothing but zeros is what a portal says of the time before it knew a customer. If it
    # is true nothing is lost: it adds nothing to any sum.
    return tuple(known) if any(slot.energy or slot.cost for slot in known) else ()


def hourly(slots: Iterable[ConsumptionSlot]) -> tuple[ConsumptionSlot, ...]:
    """Return slots of an hour or more; quarters are added up where all of an hour are there.

    Statistics know whole hours only. A slot of a day stays one, as the hour at which it begins.
    """
    hours: list[ConsumptionSlot] = []
    for start, group in groupby(slots, key=lambda slot: _hour(slot.start)):
        hour = _sum(list(group))
        if hour.start == start and hour.end - hour.start >= HOUR:
            hours.append(hour)
    return tuple(hours)


def daily(slots: Iterable[ConsumptionSlot], zone: tzinfo) -> tuple[ConsumptionSlot, ...]:
    """Return local days, the last one of which is known as a whole.

    A day of 23 or 25 hours is one, too. A day before the last may lack what the portal lacks.
    """
    grouped = groupby(slots, key=lambda slot: slot.start.astimezone(zone).date())
    days = [(day, _sum(list(group))) for day, group in grouped]
    while days:
        day, told = days[-1]
        start, end = bounds(day, day, zone)
        if told.end - told.start >= end - start:
            break
        days.pop()
    return tuple(told for _, told in days)


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _sum(slots: list[ConsumptionSlot]) -> ConsumptionSlot:
    """Add slots up; the sum is as long as they are together, from where the first begins."""
    first, costs = slots[0], [slot.cost for slot in slots]
    known = [cost for cost in costs if cost is not None]
    return ConsumptionSlot(
        start=first.start,
        end=first.start + sum((slot.end - slot.start for slot in slots), timedelta()),
        energy=sum((slot.energy for slot in slots), Decimal()),
        cost=sum(known, Decimal()) if len(known) == len(costs) else None,
        unit=first.unit,
    )
