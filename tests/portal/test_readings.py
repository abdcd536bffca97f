"""Readings sent to My Luminus over real HTTP: taken once, refused with a reason, and deleted."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import aiohttp
import pytest

from custom_components.lumme_energy.portal.errors import (
    PortalOutcomeUnknownError,
    PortalRefusedError,
)
from custom_components.lumme_energy.portal.model import (
    Account,
    Capability,
    MeterReading,
    ReadingRefusal,
    ReadingSource,
    ReadingSubmission,
    ReadingWindow,
    Unit,
)
from custom_components.lumme_energy.portal.my_luminus import MyLuminusPortal
from custom_components.lumme_energy.portal.oma_lumme import OmaLummePortal
from custom_components.lumme_energy.portal.politeness import Politeness
from custom_components.lumme_energy.portal.session import Credentials
from demo.faults import FaultKind
from demo.households.belgium import BAKERY, HOME, HOME_ELECTRICITY, OVEN_ELECTRICITY, OVEN_GAS
from demo.my_luminus import DemoMyLuminus

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
TODAY = NOW.date()
ACCOUNT = Account(account_id=BAKERY)
INSERT = "/myluminus/api/insert-meter-reading"
DELETE = "/myluminus/api/delete-meter-reading"
WINDOWS = "/myluminus/api/meter-reading-windows"


@pytest.fixture
async def demo() -> AsyncIterator[DemoMyLuminus]:
    demo = DemoMyLuminus(clock=lambda: NOW)
    yield demo
    await demo.stop()


@pytest.fixture
async def portal(http: aiohttp.ClientSession, demo: DemoMyLuminus) -> MyLuminusPortal:
    known = demo.household
    return MyLuminusPortal(
        http,
        Credentials(username=known.username, password=known.password),
        Politeness(NOW.timestamp),
        address=await demo.start(),
    )


def newest(demo: DemoMyLuminus, gsrn: str = OVEN_ELECTRICITY) -> dict[str, MeterReading]:
    """Return by register what the portal has of the last day."""
    readings = [
        reading
        for customer in demo.household.customers
        for reading in customer.readings
        if reading.gsrn == gsrn
    ]
    return {reading.register: reading for reading in readings if reading.day == readings[0].day}


def reading(demo: DemoMyLuminus, day: date = TODAY, more: int = 100) -> ReadingSubmission:
    """Return a reading that goes on from the last one."""
    return ReadingSubmission(
        gsrn=OVEN_ELECTRICITY,
        day=day,
        values={register: last.value + more for register, last in newest(demo).items()},
    )


async def shown(portal: MyLuminusPortal, demo: DemoMyLuminus) -> dict[date, Mapping[str, Decimal]]:
    """Return what the portal tells of the customer's own readings since the digital meter came."""
    days: dict[date, dict[str, Decimal]] = {}
    points = demo.household.customers[0].supply_points
    for one in await portal.async_readings(ACCOUNT, points):
        if one.source is ReadingSource.CUSTOMER and one.day.year == TODAY.year:
            days.setdefault(one.day, {})[one.register] = one.value
    return dict(days)


async def test_a_reading_is_taken_and_deleted(portal: MyLuminusPortal, demo: DemoMyLuminus) -> None:
    sent = reading(demo)
    assert set(sent.values) == {"day", "night"}
    await portal.async_submit_reading(ACCOUNT, sent)
    assert await shown(portal, demo) == {TODAY: sent.values}
    await portal.async_delete_reading(ACCOUNT, OVEN_ELECTRICITY, TODAY)
    assert await shown(portal, demo) == {}
    await portal.async_submit_reading(ACCOUNT, replace(sent, meter_serial="1SAG1100004711"))
    assert await shown(portal, demo) == {TODAY: sent.values}
    assert [write.reason for write in demo.changes.writes] == [None] * 3
    assert demo.changes.writes[0].asked == {
        "Ean": OVEN_ELECTRICITY,
        "Date": "2026-11-24",
        "MeterNumber": None,
        "Readings": [
            {"Register": "Day", "Value": int(sent.values["day"]), "Unit": "kWh"},
            {"Register": "Night", "Value": int(sent.values["night"]), "Unit": "kWh"},
        ],
    }
    assert portal.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_gas_is_sent_in_what_its_meter_counts(
    portal: MyLuminusPortal, demo: DemoMyLuminus
) -> None:
    value = newest(demo, OVEN_GAS)["single"].value + 7
    sent = ReadingSubmission(gsrn=OVEN_GAS, day=TODAY, values={"single": value}, unit=Unit.M3)
    with pytest.raises(PortalRefusedError):
        await portal.async_submit_reading(ACCOUNT, replace(sent, unit=Unit.KWH))
    await portal.async_submit_reading(ACCOUNT, sent)
    assert newest(demo, OVEN_GAS)["single"] == MeterReading(
        gsrn=OVEN_GAS,
        day=TODAY,
        register="single",
        value=value,
        unit=Unit.M3,
        source=ReadingSource.CUSTOMER,
    )


@pytest.mark.parametrize(
    ("day", "more", "refusal"),
    [
        (TODAY + timedelta(days=1), 100, ReadingRefusal.FUTURE),
        (date(2026, 11, 1), 100, ReadingRefusal.WINDOW_CLOSED),
        (TODAY, -1, ReadingRefusal.BEFORE_PREVIOUS),
        (TODAY, 10**8, ReadingRefusal.WRONG_DIGITS),
    ],
)
async def test_a_refusal_has_its_reason(
    *,
    portal: MyLuminusPortal,
    demo: DemoMyLuminus,
    day: date,
    more: int,
    refusal: ReadingRefusal,
) -> None:
    with pytest.raises(PortalRefusedError) as caught:
        await portal.async_submit_reading(ACCOUNT, reading(demo, day, more))
    assert caught.value.reason is refusal
    assert await shown(portal, demo) == {}


async def test_one_reading_a_day_and_only_the_newest_goes(
    portal: MyLuminusPortal, demo: DemoMyLuminus
) -> None:
    yesterday = TODAY - timedelta(days=1)
    earlier, later = reading(demo, yesterday), reading(demo, TODAY, 150)
    await portal.async_submit_reading(ACCOUNT, earlier)
    await portal.async_submit_reading(ACCOUNT, later)
    for attempt, refusal in (
        (portal.async_submit_reading(ACCOUNT, later), ReadingRefusal.ALREADY_SUBMITTED_TODAY),
        (
            portal.async_submit_reading(ACCOUNT, replace(earlier, day=TODAY - timedelta(days=2))),
            ReadingRefusal.NOT_NEWEST,
        ),
        (
            portal.async_delete_reading(ACCOUNT, OVEN_ELECTRICITY, yesterday),
            ReadingRefusal.NOT_NEWEST,
        ),
        (portal.async_delete_reading(ACCOUNT, OVEN_GAS, TODAY), ReadingRefusal.UNKNOWN),
        (portal.async_delete_reading(ACCOUNT, HOME_ELECTRICITY, TODAY), ReadingRefusal.UNKNOWN),
    ):
        with pytest.raises(PortalRefusedError) as caught:
            await attempt
        assert caught.value.reason is refusal
    assert await shown(portal, demo) == {yesterday: earlier.values, TODAY: later.values}


async def test_a_register_that_nobody_knows_goes_out_by_its_own_name(
    portal: MyLuminusPortal, demo: DemoMyLuminus
) -> None:
    sent = reading(demo)
    with pytest.raises(PortalRefusedError) as caught:
        await portal.async_submit_reading(
            ACCOUNT, replace(sent, values={**sent.values, "Peak": Decimal(1)})
        )
    assert caught.value.reason is ReadingRefusal.UNKNOWN
    assert demo.changes.writes[0].asked["Readings"][-1]["Register"] == "Peak"


@pytest.mark.parametrize(
    ("kind", "is_there"),
    [
        (FaultKind.ANSWER_LOST, True),
        (FaultKind.ERROR_AFTERWARDS, True),
        (FaultKind.SERVER_ERROR, False),
        (FaultKind.DISCONNECT, False),
    ],
)
async def test_the_list_tells_what_a_lost_answer_did_not(
    portal: MyLuminusPortal, demo: DemoMyLuminus, kind: FaultKind, *, is_there: bool
) -> None:
    sent = reading(demo)
    for path in (INSERT, DELETE):
        demo.faults.add(kind, path=path, times=1)
    with pytest.raises(PortalOutcomeUnknownError):
        await portal.async_submit_reading(ACCOUNT, sent)
    assert await shown(portal, demo) == ({TODAY: sent.values} if is_there else {})
    demo.changes.insert_reading(demo.household.customers[0], asked(sent), TODAY)
    with pytest.raises(PortalOutcomeUnknownError):
        await portal.async_delete_reading(ACCOUNT, OVEN_ELECTRICITY, TODAY)
    assert await shown(portal, demo) == ({} if is_there else {TODAY: sent.values})


def asked(sent: ReadingSubmission) -> dict[str, object]:
    """Return a reading as it arrives."""
    return {
        "Ean": sent.gsrn,
        "Date": sent.day.isoformat(),
        "Readings": [
            {"Register": register.title(), "Value": int(value), "Unit": "kWh"}
            for register, value in sent.values.items()
        ],
    }


async def test_a_reading_that_a_gateway_doubles_is_there_once_although_refused(
    portal: MyLuminusPortal, demo: DemoMyLuminus
) -> None:
    sent = reading(demo)
    demo.faults.add(FaultKind.DELIVERED_TWICE, path=INSERT)
    with pytest.raises(PortalRefusedError) as caught:
        await portal.async_submit_reading(ACCOUNT, sent)
    assert caught.value.reason is ReadingRefusal.ALREADY_SUBMITTED_TODAY
    assert await shown(portal, demo) == {TODAY: sent.values}


async def test_an_unknown_reason_is_noted(portal: MyLuminusPortal, demo: DemoMyLuminus) -> None:
    demo.faults.add(FaultKind.UNKNOWN_WORD, path=INSERT)
    with pytest.raises(PortalRefusedError) as caught:
        await portal.async_submit_reading(ACCOUNT, reading(demo, more=-1))
    assert caught.value.reason is ReadingRefusal.UNKNOWN
    assert portal.drift.report()["unknown_words"] == {"insert-meter-reading": ["Reason=Brandnew"]}


async def test_windows(portal: MyLuminusPortal, demo: DemoMyLuminus) -> None:
    bakery, home = demo.household.customers
    assert await portal.async_reading_windows(ACCOUNT, bakery.supply_points) == (
        ReadingWindow(gsrn=OVEN_ELECTRICITY, start=date(2026, 11, 20), end=date(2026, 11, 28)),
        ReadingWindow(gsrn=OVEN_ELECTRICITY, start=date(2026, 12, 20), end=date(2026, 12, 28)),
    )
    assert await portal.async_reading_windows(ACCOUNT, bakery.supply_points[1:]) == ()
    windows = await portal.async_reading_windows(Account(account_id=HOME), home.supply_points)
    assert [window.start for window in windows] == [date(2027, 6, 1), date(2028, 6, 1)]


@pytest.mark.parametrize("kind", [FaultKind.MISSING, FaultKind.HTML])
async def test_a_portal_that_tells_of_no_windows_still_takes_readings(
    portal: MyLuminusPortal, demo: DemoMyLuminus, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=WINDOWS)
    points = demo.household.customers[0].supply_points
    assert await portal.async_reading_windows(ACCOUNT, points) == ()
    await portal.async_submit_reading(ACCOUNT, reading(demo))
    assert TODAY in await shown(portal, demo)


def test_who_takes_readings() -> None:
    assert Capability.READING_SUBMISSION in MyLuminusPortal.unconfirmed
    # Every Finnish meter is read from afar.
    assert Capability.READING_SUBMISSION not in OmaLummePortal.capabilities
