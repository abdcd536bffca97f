"""How far back a supply point's history has been read, and what is to be read next. Pure rules.

The newest days come with every poll. From there a month at a time is read, backwards, until the
portal knows no more: what people look at most is there first.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from ...billing.days import add_months

# A house may be closed for the winter; half a year without anything is the beginning.
EMPTY_MONTHS: Final = 6
# Shorter than the time between two polls; starting anew in between asks for nothing.
PAUSE: Final = timedelta(hours=6)
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What has been read of one supply point, without a gap.

    Attributes:
        first: First local day.
        last: Last local day.
        empty: How many months in a row, before `first`, held nothing.
        asked: When a month was asked for last.
    """

    first: date
    last: date
    empty: int = 0
    asked: datetime | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the portal knows no more."""
        return self.empty >= EMPTY_MONTHS

    @property
    def known_since(self) -> date:
        """The first local day of the first month that held anything."""
        return add_months(self.first, self.empty)

    @property
    def next_month(self) -> tuple[date, date]:
        """First and last day of what to ask for next."""
        last = self.first - ONE_DAY
        return last.replace(day=1), last

    def is_due(self, now: datetime) -> bool:
        """Whether more may be asked for now: not within a poll's interval of the last time."""
        # A time in the future comes from a clock that was set back since.
        just = self.asked is not None and timedelta() <= now - self.asked < PAUSE
        return not self.is_complete and not just

    def earlier(self, *, found: bool) -> Reach:
        """Return the reach after the next month was read."""
        return replace(self, first=self.next_month[0], empty=0 if found else self.empty + 1)


def extended(reach: Reach | None, first: date, last: date) -> Reach:
    """Return the reach after the newest days were read.

    After a pause that is longer than they reach back everything is read once more, which costs
    requests and changes nothing: so the days between are not missed.
    """
    if reach is None or first > reach.last + ONE_DAY:
        return Reach(first=first, last=last)
    return replace(reach, last=last)
