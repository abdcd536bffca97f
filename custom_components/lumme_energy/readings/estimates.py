"""Estimated readings that the meter itself contradicts: who pays for them can have them corrected."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ..portal.model import MeterReading, ReadingSource
from .indexes import whole

# A reading may be of the morning or of the evening of its day, and nobody quarrels about so little:
# the larger of kWh (or m³) and a share of what was used since the reading before.
TOLERATED: Final = Decimal(25)
TOLERATED_SHARE: Final = Decimal("0.05")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An estimate, and what the meter says about it.

    Attributes:
        estimate: What the supplier has.
        metered: Whole index that the meter showed.
        day: On which day it did so: that of the estimate, or a later one.
    """

    estimate: MeterReading
    metered: Decimal
    day: date

    @property
    def excess(self) -> Decimal:
        """How much too high the estimate is at least; negative if it is too low."""
        return self.estimate.value - self.metered


def newest_estimates(history: Iterable[MeterReading], gsrn: str) -> tuple[MeterReading, ...]:
    """Return the estimates of a supply point that no newer reading has put right yet."""
    newest: dict[str, MeterReading] = {}
    for each in history:
        held = newest.get(each.register)
        if each.gsrn == gsrn and (held is None or each.day > held.day):
            newest[each.register] = each
    return tuple(each for each in newest.values() if each.source is ReadingSource.ESTIMATED)


def doubt(
    estimate: MeterReading,
    history: Iterable[MeterReading],
    *,
    then: Mapping[str, Decimal],
    now: Mapping[str, Decimal],
    today: date,
) -> Doubt | None:
    """Return what contradicts an estimate; None where nothing does.

    Args:
        estimate: One of `newest_estimates`.
        history: What the supplier has.
        then: What the meter showed on the estimate's day, by register, as far as that is known.
        now: What it shows now.
        today: The supplier's local date.
    """
    register = estimate.register
    if register in then:
        metered, day = whole(then[register]), estimate.day
        earlier = [
            each.value
            for each in history
            if (each.gsrn, each.register) == (estimate.gsrn, register) and each.day < estimate.day
        ]
        rise = metered - max(earlier, default=metered)
        tolerated = max(TOLERATED, rise * TOLERATED_SHARE)
        is_wrong = abs(estimate.value - metered) > tolerated
    elif register in now:
        # Only what is too high even today is certain to be wrong.
        metered, day = whole(now[register]), today
        is_wrong = estimate.value - metered > TOLERATED
    else:
        return None
    return Doubt(estimate=estimate, metered=metered, day=day) if is_wrong else None
