"""When a reading is due: when the supplier asks for it, or on a day of the user's choice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import count
from typing import Final

from ..billing.days import add_months, midnight
from ..portal.model import ReadingWindow

# For how long a reading of a freely chosen day is still worth sending.
WORTH_SENDING: Final = timedelta(days=7)


class Rhythm(StrEnum):
    """How often a reading is sent by itself."""

    ON_DEMAND = "on_demand"
    WHEN_ASKED = "when_asked"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


MONTHS: Final = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.YEARLY: 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What the user has chosen.

    Attributes:
        rhythm: How often.
        at: Local time at which the meter is read.
        day: Day of the month; in shorter months their last one.
        month: One of the months of a quarterly or yearly rhythm.
    """

    rhythm: Rhythm
    at: time = time(12)
    day: int = 1
    month: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reading that is to be sent.

    Attributes:
        at: UTC instant at which the meter is read.
        day: The supplier's local day of that.
        until: UTC instant from which it is not worth sending any more.
    """

    at: datetime
    day: date
    until: datetime


def next_due(
    schedule: Schedule,
    after: datetime,
    zone: tzinfo,
    *,
    windows: Sequence[ReadingWindow] = (),
    last: date | None = None,
) -> Due | None:
    """Return the first reading that is due after an instant; None where none can be foreseen.

    The clock's changes neither skip nor double one: an hour that does not exist is the one after
    it, and of one that comes twice it is the first.

    Args:
        schedule: What the user has chosen.
        after: The instant.
        zone: Where the supplier's days begin.
        windows: When the supplier asks for readings of this supply point.
        last: Day of the reading that was planned last. None is due on it or before, nor in the
            window that it lies in, however the schedule has been changed since.
    """
    today = after.astimezone(zone).date()
    earliest = today if last is None else max(today, last + timedelta(days=1))
    if schedule.rhythm is Rhythm.WHEN_ASKED:
        candidates = _asked(schedule, earliest, zone, windows, last)
    elif schedule.rhythm in MONTHS:
        candidates = _regular(schedule, earliest, zone)
    else:
        return None
    return next((due for due in candidates if due.at > after), None)


def instant(day: date, at: time, zone: tzinfo) -> datetime:
    """Return the UTC instant of a local time."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def _asked(
    schedule: Schedule,
    earliest: date,
    zone: tzinfo,
    windows: Sequence[ReadingWindow],
    last: date | None,
) -> Iterator[Due]:
    """Yield what would be the first day of each window that is left; two at most may be too late."""
    for window in sorted(windows, key=lambda window: window.start):
        if last is not None and window.start <= last <= window.end:
            continue
        first = max(window.start, earliest)
        for day in (first, first + timedelta(days=1)):
            if day <= window.end:
                yield Due(
                    at=instant(day, schedule.at, zone),
                    day=day,
                    until=midnight(window.end + timedelta(days=1), zone),
                )


def _regular(schedule: Schedule, earliest: date, zone: tzinfo) -> Iterator[Due]:
    step = MONTHS[schedule.rhythm]
    first = date(earliest.year - 1, schedule.month, 1)
    for number in count():
        month = add_months(first, number * step)
        # The last day of the month where it has fewer.
        day = min(
            month + timedelta(days=schedule.day - 1), add_months(month, 1) - timedelta(days=1)
        )
        if day >= earliest:
            at = instant(day, schedule.at, zone)
            yield Due(at=at, day=day, until=at + WORTH_SENDING)
