"""Local days as bills count them: the calendar's months, and days of 23, 24 or 25 hours."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

HOUR: Final = timedelta(hours=1)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which a local day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the instants, in UTC, at which the first day begins and the last one has ended."""
    return midnight(first, zone), midnight(last + timedelta(days=1), zone)


def hours(day: date, zone: tzinfo) -> int:
    """Return how many hours a local day has."""
    start, end = bounds(day, day, zone)
    return (end - start) // HOUR
