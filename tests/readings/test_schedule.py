"""Tests of when readings are due, over clocks that are changed and months of every length."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.days import add_months
from custom_components.lumme_energy.portal.model import ReadingWindow
from custom_components.lumme_energy.readings.schedule import (
    MONTHS,
    WORTH_SENDING,
    Due,
    Rhythm,
    Schedule,
    instant,
    next_due,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
HELSINKI = ZoneInfo("Europe/Helsinki")
GSRN = "541448820000000008"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

zones = st.sampled_from([BRUSSELS, HELSINKI])
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
regular = st.builds(
    Schedule,
    rhythm=st.sampled_from(list(MONTHS)),
    at=st.times(),
    day=st.integers(1, 31),
    month=st.integers(1, 12),
)


def window(start: date, end: date) -> ReadingWindow:
    """Return when the supplier asks for a reading."""
    return ReadingWindow(gsrn=GSRN, start=start, end=end)


def chain(
    schedule: Schedule, zone: ZoneInfo, after: datetime, *windows: ReadingWindow, most: int = 30
) -> list[Due]:
    """Return the readings that an engine would plan one after the other."""
    found: list[Due] = []
    last: date | None = None
    while len(found) < most:
        due = next_due(schedule, after, zone, windows=windows, last=last)
        if due is None:
            break
        found.append(due)
        after, last = due.at, due.day
    return found


@pytest.mark.parametrize(
    ("rhythm", "day", "month", "expected"),
    [
        (Rhythm.MONTHLY, 31, 1, [date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]),
        (Rhythm.MONTHLY, 30, 1, [date(2026, 11, 30), date(2026, 12, 30), date(2027, 1, 30)]),
        (Rhythm.QUARTERLY, 1, 2, [date(2027, 2, 1), date(2027, 5, 1), date(2027, 8, 1)]),
        (Rhythm.QUARTERLY, 24, 8, [date(2027, 2, 24), date(2027, 5, 24), date(2027, 8, 24)]),
        (Rhythm.YEARLY, 29, 2, [date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28)]),
    ],
)
def test_regular(rhythm: Rhythm, day: int, month: int, expected: list[date]) -> None:
    """Short months have their last day; what was due this very minute is over."""
    schedule = Schedule(rhythm=rhythm, day=day, month=month, at=time(13))
    found = chain(schedule, BRUSSELS, NOW, most=3)
    assert [due.day for due in found] == expected
    assert {due.until - due.at for due in found} == {WORTH_SENDING}


@given(schedule=regular, zone=zones, after=instants)
def test_regular_once_a_period(schedule: Schedule, zone: ZoneInfo, after: datetime) -> None:
    """Every period has one reading, on its day, at its time where the clock shows that."""
    step = MONTHS[schedule.rhythm]
    found = chain(schedule, zone, after)
    assert after < found[0].at <= after + timedelta(days=31 * step + 1)
    for due in found:
        local = due.at.astimezone(zone)
        assert local.date() == due.day
        is_last = (due.day + timedelta(days=1)).day == 1
        assert due.day.day == schedule.day or (is_last and due.day.day < schedule.day)
        assert (due.day.month - schedule.month) % step == 0
        # A time that the clock skips is the one an hour later.
        assert local.replace(tzinfo=None) - datetime.combine(due.day, schedule.at) in {
            timedelta(),
            timedelta(hours=1),
        }
    for one, other in pairwise(found):
        first, second = one.day.replace(day=1), other.day.replace(day=1)
        assert add_months(first, step) == second


@given(schedule=regular, other=regular, zone=zones, after=instants)
def test_never_two_a_day(
    schedule: Schedule, other: Schedule, zone: ZoneInfo, after: datetime
) -> None:
    """A schedule that is changed does not lead to a second reading on a day."""
    due = next_due(schedule, after, zone)
    assert due is not None
    following = next_due(other, due.at, zone, last=due.day)
    assert following is not None
    assert following.day > due.day


def test_clock_changes() -> None:
    """An hour that is skipped is the next one, an hour that comes twice is the first."""
    night = time(2, 30)
    assert instant(date(2026, 3, 29), night, BRUSSELS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert instant(date(2026, 10, 25), night, BRUSSELS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_asked() -> None:
    """A reading is due on the first day of a window, or as soon as there is still time."""
    schedule = Schedule(rhythm=Rhythm.WHEN_ASKED, at=time(9))
    ahead = window(date(2026, 12, 1), date(2026, 12, 10))
    due = Due(
        at=datetime(2026, 12, 1, 8, tzinfo=UTC),
        day=date(2026, 12, 1),
        until=datetime(2026, 12, 10, 23, tzinfo=UTC),
    )
    assert chain(schedule, BRUSSELS, NOW, ahead) == [due]
    open_now = window(date(2026, 11, 20), date(2026, 11, 27))
    assert [each.day for each in chain(schedule, BRUSSELS, NOW, ahead, open_now)] == [
        date(2026, 11, 25),
        date(2026, 12, 1),
    ]
    last_day = window(date(2026, 11, 20), date(2026, 11, 24))
    assert chain(schedule, BRUSSELS, NOW, last_day) == []
    past = window(date(2026, 10, 20), date(2026, 10, 24))
    assert chain(schedule, BRUSSELS, NOW, past) == []


@given(
    starts=st.lists(st.tuples(days, st.integers(0, 20)), max_size=8),
    at=st.times(),
    zone=zones,
    after=instants,
)
def test_asked_once(
    starts: list[tuple[date, int]], at: time, zone: ZoneInfo, after: datetime
) -> None:
    """No window is answered twice, and none is missed whose first day is still to come."""
    windows = [window(start, start + timedelta(days=length)) for start, length in starts]
    found = chain(Schedule(rhythm=Rhythm.WHEN_ASKED, at=at), zone, after, *windows)
    assert len(found) <= len(windows)
    for each in windows:
        answers = [due for due in found if each.start <= due.day <= each.end]
        if instant(each.start, at, zone) > after:
            assert answers
        is_alone = all(
            other == each or other.end < each.start or each.end < other.start for other in windows
        )
        if is_alone:
            assert len(answers) <= 1
    for due in found:
        assert after < due.at < due.until
        after = due.at


def test_on_demand() -> None:
    """Nothing comes by itself; nor while nobody asks."""
    assert next_due(Schedule(rhythm=Rhythm.ON_DEMAND), NOW, BRUSSELS) is None
    assert next_due(Schedule(rhythm=Rhythm.WHEN_ASKED), NOW, BRUSSELS) is None
