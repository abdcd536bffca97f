"""Tests of what is read of the past, and when it is all there."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.lumme_energy.account.history.reach import (
    EMPTY_MONTHS,
    PAUSE,
    Reach,
    extended,
)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
FIRST = date(2026, 10, 25)


def test_newest_days() -> None:
    """The first answer is the beginning; the next ones follow on."""
    reach = extended(None, FIRST, TODAY)
    assert (reach.first, reach.last, reach.known_since) == (FIRST, TODAY, FIRST)
    later = extended(reach, date(2026, 11, 1), date(2026, 12, 1))
    assert (later.first, later.last) == (FIRST, date(2026, 12, 1))


def test_a_pause_that_was_too_long() -> None:
    """What came between would be missed: it is all read anew."""
    reach = Reach(first=date(2024, 1, 1), last=TODAY, empty=EMPTY_MONTHS)
    assert extended(reach, TODAY + timedelta(days=1), date(2027, 1, 1)).is_complete
    anew = extended(reach, TODAY + timedelta(days=2), date(2027, 1, 1))
    assert anew == Reach(first=TODAY + timedelta(days=2), last=date(2027, 1, 1))


@given(day=st.dates(date(2020, 1, 1), date(2030, 1, 1)), months=st.integers(1, 40))
def test_months(day: date, months: int) -> None:
    """Months follow each other without a gap, from wherever the newest days begin."""
    reach = Reach(first=day, last=day)
    for _ in range(months):
        first, last = reach.next_month
        assert first.day == 1
        assert last == reach.first - timedelta(days=1)
        assert (first.year, first.month) == (last.year, last.month)
        reach = reach.earlier(found=True)
        assert reach.first == first


def test_the_beginning() -> None:
    """Half a year without anything is the beginning, and not counted as known."""
    reach = Reach(first=date(2024, 3, 1), last=TODAY)
    for _ in range(EMPTY_MONTHS - 1):
        reach = reach.earlier(found=False)
    assert not reach.is_complete
    assert reach.known_since == date(2024, 3, 1)
    assert reach.earlier(found=False).is_complete
    again = reach.earlier(found=True)
    assert again.empty == 0
    assert again.known_since == date(2023, 9, 1)


def test_due() -> None:
    """A month is asked for once between two polls, however often anything is started."""
    reach = Reach(first=FIRST, last=TODAY)
    assert reach.is_due(NOW)
    asked = Reach(first=FIRST, last=TODAY, asked=NOW)
    assert not asked.is_due(NOW + timedelta(minutes=1))
    assert asked.is_due(NOW + PAUSE)
    assert asked.is_due(NOW - timedelta(minutes=1))
    assert not Reach(first=FIRST, last=TODAY, empty=EMPTY_MONTHS).is_due(NOW)
