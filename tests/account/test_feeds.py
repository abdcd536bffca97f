"""Tests of what is read when, and of what is kept."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.lumme_energy.account.feeds import (
    FEEDS,
    LOST_RETRY,
    AccountData,
    Feed,
    Task,
    is_due,
    missing,
    stale_feeds,
    tasks,
)
from custom_components.lumme_energy.portal.model import Settings, Statement, SupplyPoint

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
POINTS = (SupplyPoint(gsrn="1"), SupplyPoint(gsrn="2"))
HOUR = timedelta(hours=1)


def test_tasks() -> None:
    """Consumption is asked for per supply point, everything else at once."""
    assert list(tasks(Feed.STATEMENT, AccountData())) == [Task(feed=Feed.STATEMENT)]
    assert list(tasks(Feed.CONSUMPTION, AccountData())) == []
    found = tasks(Feed.CONSUMPTION, AccountData(supply_points=POINTS))
    assert [task.key for task in found] == ["consumption/1", "consumption/2"]


@pytest.mark.parametrize("feed", Feed)
def test_due(feed: Feed) -> None:
    """A feed is due at its interval, give or take a poll's jitter, or when the clock was wrong."""
    task = Task(feed=feed)
    assert is_due(task, AccountData(), NOW)
    interval = FEEDS[feed].interval
    for age, due in ((HOUR, False), (interval - 2 * HOUR, False), (interval, True), (-HOUR, True)):
        assert is_due(task, AccountData(fetched={task.key: NOW - age}), NOW) is due


def test_lost_is_due_weekly() -> None:
    """What was lost is asked for again after a week."""
    task = Task(feed=Feed.STATEMENT)
    data = AccountData(lost={"statement": NOW})
    assert not is_due(task, data, NOW + LOST_RETRY - 2 * HOUR)
    assert is_due(task, data, NOW + LOST_RETRY)


@pytest.mark.parametrize("feed", [feed for feed in Feed if feed is not Feed.SUPPLY])
def test_missing(feed: Feed) -> None:
    """What has worked gets a day of grace; then its data go, and nothing else does."""
    task = Task(feed=feed, point=POINTS[0] if feed is Feed.CONSUMPTION else None)
    data = AccountData(
        supply_points=POINTS,
        statement=Statement(),
        deposits=(),
        consumption={"1": (), "2": ()},
        settings=Settings(),
        benefits=(),
        readings=(),
        reading_windows=(),
        offers=(),
        fetched={task.key: NOW, "supply": NOW},
    )
    later = NOW + FEEDS[feed].interval
    assert missing(task, data, later) == data
    later += timedelta(days=1)
    found = missing(task, data, later)
    assert found.lost == {task.key: later}
    assert found.fetched == {"supply": NOW}
    assert found.lost_capabilities == {FEEDS[feed].capability}
    for each in set(Feed) - {Feed.SUPPLY, Feed.CONSUMPTION}:
        assert (getattr(found, each) is None) == (feed is each)
    assert ("1" in found.consumption) != (feed is Feed.CONSUMPTION)
    assert "2" in found.consumption


def test_never_there() -> None:
    """What has never worked is lost at once."""
    task = Task(feed=Feed.DEPOSITS)
    assert missing(task, AccountData(), NOW).lost == {"deposits": NOW}


def test_stale() -> None:
    """Data are stale at three times their interval, but not before two days."""
    data = AccountData(fetched={"statement": NOW, "consumption/1": NOW, "supply": NOW})
    assert stale_feeds(data, NOW + timedelta(hours=48)) == ()
    assert stale_feeds(data, NOW + timedelta(hours=49)) == (Feed.STATEMENT, Feed.CONSUMPTION)
    assert Feed.SUPPLY in stale_feeds(data, NOW + timedelta(hours=73))
