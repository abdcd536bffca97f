"""Tests of the coordinator: what a portal's faults do, and what they leave alone."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.feeds import Feed
from custom_components.lumme_energy.const import DOMAIN
from demo.faults import FaultKind

from .common import COTTAGE, FLAT, Demo, pass_time, restart, start
from .test_init import values

API = "/FA-OmaLumme-Prod/v1"
STATEMENT = f"{API}/accountStatement"
SUPPLY = f"{API}/contractBasicData"
CONNECTION = "binary_sensor.supplier_demo_portal_connection"
UPDATED = "sensor.supplier_demo_last_updated"
LATEST = "sensor.supplier_demo_latest_invoice"


@pytest.fixture
async def entry(hass: HomeAssistant, oma_lumme: Demo) -> MockConfigEntry:
    """Return an account that has been read once."""
    return await start(hass, oma_lumme.entry(hass))


@pytest.fixture
def raised(issue_registry: ir.IssueRegistry, entry: MockConfigEntry) -> Callable[[], set[str]]:
    """Return how to tell which repairs are raised."""
    return lambda: {
        issue.removesuffix(f"_{entry.entry_id}")
        for domain, issue in issue_registry.issues
        if domain == DOMAIN
    }


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (FaultKind.SERVER_ERROR, {}),
        (FaultKind.FORBIDDEN, {}),
        (FaultKind.RATE_LIMITED, {"retry_after": 3600}),
        (FaultKind.TRUNCATED, {}),
        (FaultKind.DISCONNECT, {}),
        (FaultKind.REFUSED_SESSION, {}),
    ],
)
async def test_trouble(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
    kind: FaultKind,
    details: dict[str, float],
) -> None:
    """A portal in trouble is left alone for a while; what it said stays; nobody asks for a password."""
    before = values(hass)
    oma_lumme.portal.faults.add(kind, path=API, **details)
    await pass_time(hass, freezer, hours=9)
    assert values(hass) == before
    assert hass.states.get(CONNECTION).state == "off"
    assert not list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    assert raised() == set()

    oma_lumme.portal.faults.clear()
    asked = oma_lumme.portal.requests.total
    await pass_time(hass, freezer, minutes=10)
    assert oma_lumme.portal.requests.total == asked
    for _ in range(8):
        await pass_time(hass, freezer, hours=1)
    assert hass.states.get(CONNECTION).state == "on"


async def test_retry_after(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A portal gets the rest that it asks for."""
    oma_lumme.portal.faults.add(FaultKind.RATE_LIMITED, path=API, retry_after=5 * 3600)
    await pass_time(hass, freezer, hours=9)
    asked = oma_lumme.portal.requests.total
    for _ in range(19):
        await pass_time(hass, freezer, minutes=15)
    assert oma_lumme.portal.requests.total == asked
    for _ in range(4):
        await pass_time(hass, freezer, minutes=15)
    assert oma_lumme.portal.requests.total > asked


async def test_expired_session(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A session that is gone is begun anew, unnoticed."""
    oma_lumme.portal.faults.add(FaultKind.EXPIRED_SESSION)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(CONNECTION).state == "on"
    assert oma_lumme.portal.requests.logins == 2


async def test_slow_portal(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A slow answer is an answer."""
    oma_lumme.portal.faults.add(FaultKind.LATENCY, path=API, seconds=0)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(CONNECTION).state == "on"


async def test_unknown_words(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A word that nobody knows makes its own value unknown and is reported, nothing else."""
    oma_lumme.portal.faults.add(FaultKind.UNKNOWN_WORD, path=API)
    await pass_time(hass, freezer, hours=25)
    assert hass.states.get("sensor.supplier_demo_latest_invoice_status").state == "unknown"
    assert hass.states.get(f"{COTTAGE}_price_type").state == "unknown"
    assert hass.states.get(LATEST).state != "unknown"
    assert entry.runtime_data.portal.drift.report()["unknown_words"]


@pytest.mark.parametrize("kind", [FaultKind.MISSING, FaultKind.HTML])
async def test_lost_capability(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
    kind: FaultKind,
) -> None:
    """An unconfirmed call that is gone takes its entities along after a day of grace, only those."""
    before = values(hass)
    oma_lumme.portal.faults.add(kind, path=STATEMENT)
    await pass_time(hass, freezer, hours=9)
    assert values(hass) == before
    assert raised() == set()
    for _ in range(3):
        await pass_time(hass, freezer, hours=9)
    assert raised() == {"capability_lost_statement"}
    assert hass.states.get(LATEST).state == STATE_UNAVAILABLE
    assert hass.states.get("binary_sensor.supplier_demo_invoice_overdue").state == STATE_UNAVAILABLE
    assert hass.states.get("event.supplier_demo_invoice").state == STATE_UNAVAILABLE
    assert hass.states.get(f"{FLAT}_contract").state == "Lumme Spot"
    assert hass.states.get(CONNECTION).state == "on"

    # Remembered over a restart, asked for again after a week, back with everything.
    await restart(hass, entry)
    assert raised() == {"capability_lost_statement"}
    asked = oma_lumme.portal.requests.paths[f"{STATEMENT}/{{customer}}"]
    for _ in range(13):
        await pass_time(hass, freezer, hours=12)
    assert oma_lumme.portal.requests.paths[f"{STATEMENT}/{{customer}}"] == asked
    oma_lumme.portal.faults.clear()
    for _ in range(4):
        await pass_time(hass, freezer, hours=9)
    assert raised() == set()
    assert hass.states.get(LATEST).state != STATE_UNAVAILABLE


async def test_never_offered(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """What the portal does not have at the first look has no entity at all."""
    oma_lumme.portal.faults.add(FaultKind.MISSING, path=STATEMENT)
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get(LATEST) is None
    assert hass.states.get(f"{FLAT}_contract").state == "Lumme Spot"


async def test_appears_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """What the portal comes to offer appears without a reload."""
    oma_lumme.portal.faults.add(FaultKind.MISSING, path=STATEMENT)
    await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.clear()
    for _ in range(8):
        await pass_time(hass, freezer, hours=24)
    assert hass.states.get(LATEST) is not None


async def test_changed_portal(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A confirmed call with a strange answer raises a repair, keeps its data, stops nothing else."""
    before = values(hass)
    oma_lumme.portal.faults.add(FaultKind.MISSING, path=SUPPLY)
    for _ in range(3):
        await pass_time(hass, freezer, hours=9)
    assert raised() == {"portal_changed"}
    issue = issue_registry.async_get_issue(DOMAIN, f"portal_changed_{entry.entry_id}")
    assert issue.translation_placeholders["calls"] == "contractBasicData"
    assert caplog.text.count("OmaLumme has changed") == 1
    after = values(hass)
    assert after[f"{FLAT}_contract"] == "Lumme Spot"
    assert after[LATEST] == before[LATEST]
    assert hass.states.get(CONNECTION).state == "on"

    oma_lumme.portal.faults.clear()
    await pass_time(hass, freezer, hours=9)
    assert raised() == set()


async def test_stale_data(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
) -> None:
    """Old data raise a repair, also when nobody restarts, until there are new ones."""
    oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR)
    for _ in range(40):
        await pass_time(hass, freezer, hours=1)
    assert raised() == set()
    for _ in range(20):
        await pass_time(hass, freezer, hours=1)
    assert raised() == {"stale_data"}
    assert hass.states.get(UPDATED).state == "2026-11-24T09:30:00+00:00"
    oma_lumme.portal.faults.clear()
    for _ in range(24):
        await pass_time(hass, freezer, hours=1)
    assert raised() == set()


async def test_calls_in_trouble(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """Calls that are in trouble for good do not keep the others waiting."""
    flat, cottage = oma_lumme.customer.supply_points
    account = oma_lumme.customer.account.account_id
    for path in (STATEMENT, f"{API}/consumption/{account}/{account}/{flat.gsrn}"):
        oma_lumme.portal.faults.add(FaultKind.SERVER_ERROR, path=path)
    oma_lumme.portal.requests.clear()
    for _ in range(24):
        await pass_time(hass, freezer, hours=1)
    assert oma_lumme.calls() <= 24
    for _ in range(12):
        await pass_time(hass, freezer, hours=1)
    now = oma_lumme.portal.clock()
    fetched = entry.runtime_data.data.fetched
    assert now - fetched["statement"] >= timedelta(hours=36)
    assert now - fetched["supply"] < timedelta(hours=36)
    assert hass.states.get(CONNECTION).state == "off"
    assert now - fetched[f"consumption/{cottage.gsrn}"] < timedelta(hours=36)
    assert now - fetched[f"consumption/{flat.gsrn}"] >= timedelta(hours=36)


async def test_unknown_supply_point(entry: MockConfigEntry) -> None:
    """Nothing is known of a supply point that is not the customer's."""
    assert entry.runtime_data.supply_point("643000000000000030") is None


async def test_refusal_that_nobody_answers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
) -> None:
    """Where nobody logs in again, the data are said to be old."""
    oma_lumme.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    for _ in range(60):
        await pass_time(hass, freezer, hours=1)
    assert raised() == {"stale_data"}
    assert oma_lumme.portal.requests.logins == 2


async def test_one_supply_point_fails(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
    raised: Callable[[], set[str]],
) -> None:
    """A supply point without an answer does not keep the other from getting its own."""
    account = oma_lumme.customer
    flat, cottage = account.supply_points
    path = f"{API}/consumption/{account.account.account_id}/{account.account.account_id}"
    oma_lumme.portal.faults.add(FaultKind.HTML, path=f"{path}/{flat.gsrn}")
    for _ in range(3):
        await pass_time(hass, freezer, hours=9)
    fetched = entry.runtime_data.data.fetched
    assert fetched[f"consumption/{cottage.gsrn}"] - fetched[f"consumption/{flat.gsrn}"] > timedelta(
        hours=12
    )
    assert raised() == {"portal_changed"}


async def test_reread(
    hass: HomeAssistant,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A feed is read at once when somebody waits for it, only that one; if not, they are told."""
    coordinator = entry.runtime_data
    asked = oma_lumme.portal.requests.total
    assert await coordinator.async_reread(Feed.STATEMENT) is True
    assert oma_lumme.portal.requests.total == asked + 1
    for kind in (FaultKind.TRUNCATED, FaultKind.MISSING):
        oma_lumme.portal.faults.clear()
        oma_lumme.portal.faults.add(kind, path=STATEMENT)
        assert await coordinator.async_reread(Feed.STATEMENT) is False
    oma_lumme.portal.faults.clear()


async def test_one_poll_at_a_time(
    hass: HomeAssistant,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """Two who want something read do not undo each other's answers."""
    coordinator = entry.runtime_data
    asked = oma_lumme.portal.requests.total
    both = await asyncio.gather(
        coordinator.async_reread(Feed.STATEMENT), coordinator.async_reread(Feed.DEPOSITS)
    )
    assert both == [True, True]
    assert oma_lumme.portal.requests.total == asked + 2
