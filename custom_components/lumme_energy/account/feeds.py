"""What is read from a portal, how often, and what is kept of it. Pure rules.

A portal changes a few times a day at most, so each kind of data (a *feed*) has an interval of its
own. At these intervals a log-in with four supply points costs about seventeen requests a day of the
24 that `politeness` allows; the others are for retries. Offers need no log-in and do not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from math import ceil
from typing import Final
from zoneinfo import ZoneInfo

from ..billing.imported import Imported, merged, points_of
from ..portal.base import Portal
from ..portal.model import (
    Account,
    Benefit,
    Capability,
    ConsumptionSlot,
    Contract,
    DepositPlan,
    MeterReading,
    PriceOffer,
    ReadingWindow,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)
from .history.hours import believed, daily, hourly

POLL_INTERVAL: Final = timedelta(hours=8)
# Where a log-in has several customers, who share what may be asked in a day.
SHARED_POLL_INTERVAL: Final = timedelta(hours=12)
POLL_JITTER: Final = timedelta(minutes=30)
# A poll that comes early by its jitter still counts as the one the data were waiting for.
EARLY: Final = 2 * POLL_JITTER
DAY: Final = timedelta(days=1)
LOST_RETRY: Final = timedelta(days=7)
# A page of an hour's maintenance looks like a missing call: what has worked gets this long.
LOST_GRACE: Final = timedelta(days=1)
STALE_AT_LEAST: Final = timedelta(hours=48)
# Consumption arrives days late, and a month begins before its first day is known.
LATE: Final = timedelta(days=14)
# What was told is corrected for so long.
CORRECTED: Final = timedelta(days=30)


class Feed(StrEnum):
    """A kind of data, in the order in which it is read."""

    SUPPLY = "supply"
    STATEMENT = "statement"
    DEPOSITS = "deposits"
    CONSUMPTION = "consumption"
    SETTINGS = "settings"
    BENEFITS = "benefits"
    READINGS = "readings"
    READING_WINDOWS = "reading_windows"
    OFFERS = "offers"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """How often a feed is read, and the capability it needs (None: every portal has it)."""

    interval: timedelta
    capability: Capability | None = None


FEEDS: Final = {
    Feed.SUPPLY: FeedInfo(interval=timedelta(hours=24)),
    Feed.STATEMENT: FeedInfo(interval=timedelta(hours=8), capability=Capability.STATEMENT),
    Feed.DEPOSITS: FeedInfo(interval=timedelta(hours=24), capability=Capability.DEPOSIT),
    # Twice a day at polls that are eight hours apart: every second one.
    Feed.CONSUMPTION: FeedInfo(interval=timedelta(hours=12), capability=Capability.CONSUMPTION),
    # Chosen once and then left alone; what is chosen here is read at once.
    Feed.SETTINGS: FeedInfo(interval=timedelta(days=3), capability=Capability.SETTINGS),
    Feed.BENEFITS: FeedInfo(interval=timedelta(hours=24), capability=Capability.BENEFITS),
    # They change once a month at most. Before a reading is sent, and after, they are read at once.
    Feed.READINGS: FeedInfo(interval=timedelta(days=3), capability=Capability.READINGS),
    Feed.READING_WINDOWS: FeedInfo(
        interval=timedelta(days=3), capability=Capability.READING_SUBMISSION
    ),
    Feed.OFFERS: FeedInfo(interval=timedelta(hours=24), capability=Capability.OFFERS),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountData:
    """The last good data of each feed, as it is kept on disk.

    Attributes:
        supply_points: None until the portal has told them once.
        statement: What the portal tells of bills and payments, and what came as files.
        told: What the portal alone tells of them.
        imported: What came as files.
        consumption: Days by GSRN, oldest first.
        hours: What they were made of, by GSRN, if it came since the start; it is not kept on disk.
        settings: None where the portal lets nothing be chosen.
        benefits: None where there are none for any customer.
        offers: None where no price can be fixed.
        readings: What the supplier has of all meters, newest first; None until it has told.
        reading_windows: When it asks for readings, soonest first; None until it has told.
        fetched: When the portal last answered, by `Task.key`.
        lost: When the portal last said that it has no such thing, by `Task.key`.
    """

    supply_points: tuple[SupplyPoint, ...] | None = None
    contracts: tuple[Contract, ...] = ()
    statement: Statement | None = None
    told: Statement | None = None
    imported: Imported = field(default_factory=Imported)
    deposits: tuple[DepositPlan, ...] | None = None
    consumption: dict[str, tuple[ConsumptionSlot, ...]] = field(default_factory=dict)
    hours: dict[str, tuple[ConsumptionSlot, ...]] = field(
        default_factory=dict, compare=False, metadata={"serialize": "omit"}
    )
    settings: Settings | None = None
    benefits: tuple[Benefit, ...] | None = None
    offers: tuple[PriceOffer, ...] | None = None
    readings: tuple[MeterReading, ...] | None = None
    reading_windows: tuple[ReadingWindow, ...] | None = None
    fetched: dict[str, datetime] = field(default_factory=dict)
    lost: dict[str, datetime] = field(default_factory=dict)

    @property
    def lost_capabilities(self) -> frozenset[Capability]:
        """What the portal turned out not to offer."""
        infos = (FEEDS[feed_of(key)] for key in self.lost)
        return frozenset(info.capability for info in infos if info.capability is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request's worth of a feed. Where a feed is read per supply point, `point` is set."""

    feed: Feed
    point: SupplyPoint | None = None

    @property
    def key(self) -> str:
        """A name for the bookkeeping. It may hold a GSRN: never log it."""
        return self.feed if self.point is None else f"{self.feed}/{self.point.gsrn}"


def feed_of(key: str) -> Feed:
    """Return the feed of a task's key."""
    return Feed(key.partition("/")[0])


def tasks(feed: Feed, data: AccountData) -> Iterator[Task]:
    """Split a feed into what can be asked for, and fail, separately."""
    if feed is Feed.CONSUMPTION:
        yield from (Task(feed=feed, point=point) for point in data.supply_points or ())
    else:
        yield Task(feed=feed)


def is_due(task: Task, data: AccountData, now: datetime) -> bool:
    """Whether the portal should be asked now."""
    if (lost := data.lost.get(task.key)) is not None:
        return now - lost >= LOST_RETRY - EARLY
    fetched = data.fetched.get(task.key)
    # A time in the future comes from a clock that was set back since.
    return fetched is None or not timedelta() <= now - fetched < FEEDS[task.feed].interval - EARLY


def stale_feeds(data: AccountData, now: datetime) -> tuple[Feed, ...]:
    """Return the feeds whose data is much older than it should be."""
    return tuple(
        feed
        for feed, info in FEEDS.items()
        if any(
            now - fetched > max(3 * info.interval, STALE_AT_LEAST)
            for key, fetched in data.fetched.items()
            if feed_of(key) is feed
        )
    )


def daily_requests(data: AccountData, offered: frozenset[Capability]) -> int:
    """Return how many requests a day the feeds cost, if none has to be repeated.

    Args:
        data: What has been read: each supply point is asked for by itself.
        offered: What the portal offers.
    """
    return sum(
        ceil(DAY / info.interval) * len(list(tasks(feed, data)))
        for feed, info in FEEDS.items()
        if feed is not Feed.OFFERS
        and (info.capability is None or info.capability in offered - data.lost_capabilities)
    )


def missing(task: Task, data: AccountData, now: datetime) -> AccountData:
    """Take note that the portal says it has no such thing.

    Data that came before stay for a day of grace; then they are taken for gone.
    """
    fetched = data.fetched.get(task.key)
    if fetched is not None and now - fetched < FEEDS[task.feed].interval + LOST_GRACE:
        return data
    lost = {**data.lost, task.key: now}
    known = {key: when for key, when in data.fetched.items() if key != task.key}
    data = replace(data, fetched=known, lost=lost)
    match task.feed:
        case Feed.STATEMENT:
            return replace(data, told=None, statement=None)
        case Feed.DEPOSITS:
            return replace(data, deposits=None)
        case Feed.SETTINGS:
            return replace(data, settings=None)
        case Feed.BENEFITS:
            return replace(data, benefits=None)
        case Feed.OFFERS:
            return replace(data, offers=None)
        case Feed.READINGS:
            return replace(data, readings=None)
        case Feed.READING_WINDOWS:
            return replace(data, reading_windows=None)
    kept = {
        gsrn: days
        for gsrn, days in data.consumption.items()
        if task.point is None or gsrn != task.point.gsrn
    }
    return replace(data, consumption=kept)


def hopeful(data: AccountData, now: datetime) -> AccountData:
    """Return the data with everything that is lost due at once."""
    return replace(data, lost=dict.fromkeys(data.lost, now - LOST_RETRY))


def trailing(today: date) -> date:
    """Return the first day of what is read of consumption at each poll."""
    return min(today - CORRECTED, (today - LATE).replace(day=1))


def with_files(data: AccountData, today: date, *, has_portal: bool) -> AccountData:
    """Lay what came as files beside what the portal tells. Without one, it is all there is."""
    points = data.supply_points if has_portal else points_of(data.imported)
    statement = merged(data.told, data.imported, today)
    return replace(data, statement=statement, supply_points=points)


async def fetch(
    portal: Portal, account: Account, task: Task, data: AccountData, *, now: datetime, today: date
) -> AccountData:
    """Ask the portal and return the data with its answer.

    Args:
        portal: Whom to ask.
        account: On whose behalf.
        task: What for.
        data: What is known so far.
        now: When, for the bookkeeping.
        today: The supplier's local date.

    Raises:
        PortalError: any but `PortalRefusedError`.
    """
    match task.feed:
        case Feed.SUPPLY:
            points, contracts = await portal.async_supply(account)
            data = _with_supply(data, points, contracts)
        case Feed.STATEMENT:
            told = await portal.async_statement(account)
            data = replace(data, told=told, statement=told)
        case Feed.DEPOSITS:
            data = replace(data, deposits=await portal.async_deposits(account))
        case Feed.CONSUMPTION:
            assert task.point is not None  # noqa: S101
            slots = await portal.async_consumption(
                account, task.point, trailing(today), today, Resolution.HOUR
            )
            data = _with_consumption(
                data, task.point.gsrn, believed(slots, now), ZoneInfo(portal.time_zone)
            )
        case Feed.SETTINGS:
            data = replace(data, settings=await portal.async_settings(account))
        case Feed.BENEFITS:
            data = replace(data, benefits=await portal.async_benefits(account))
        case Feed.OFFERS:
            data = replace(data, offers=await portal.async_offers())
        case Feed.READINGS:
            readings = await portal.async_readings(account, data.supply_points or ())
            data = replace(data, readings=readings)
        case Feed.READING_WINDOWS:
            windows = await portal.async_reading_windows(account, data.supply_points or ())
            data = replace(data, reading_windows=windows)
    return replace(
        data,
        fetched={**data.fetched, task.key: now},
        lost={key: when for key, when in data.lost.items() if key != task.key},
    )


def _with_consumption(
    data: AccountData, gsrn: str, slots: tuple[ConsumptionSlot, ...], zone: tzinfo
) -> AccountData:
    """Take over what a supply point used of late."""
    return replace(
        data,
        consumption={**data.consumption, gsrn: daily(slots, zone)},
        hours={**data.hours, gsrn: hourly(slots)},
    )


def _with_supply(
    data: AccountData, points: tuple[SupplyPoint, ...], contracts: tuple[Contract, ...]
) -> AccountData:
    """Take over a complete answer, forgetting supply points that it no longer has.

    An empty answer is what a portal says on a bad day: it does not make a household disappear.
    """
    if not points and data.supply_points:
        return data
    gone = {point.gsrn for point in data.supply_points or ()} - {point.gsrn for point in points}
    keys = {Task(feed=Feed.CONSUMPTION, point=SupplyPoint(gsrn=gsrn)).key for gsrn in gone}
    return replace(
        data,
        supply_points=points,
        contracts=contracts,
        consumption={gsrn: days for gsrn, days in data.consumption.items() if gsrn not in gone},
        fetched={key: when for key, when in data.fetched.items() if key not in keys},
        lost={key: when for key, when in data.lost.items() if key not in keys},
    )
