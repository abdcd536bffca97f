"""Tests that a change reaches the portal once, whatever happens on the way.

The portal does not know a request that it has seen before: it shows every one it got.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.writes import Change, async_change
from custom_components.lumme_energy.portal.model import DepositPermissions, DepositRefusal
from custom_components.lumme_energy.portal.outbox import WriteRecord, WriteState
from demo.changes import Write
from demo.faults import FaultKind

from .actions.common import call
from .common import Demo, pass_time, settled, start

DEPOSITS = "/myluminus/api/budget-bill-lines"
API = "/myluminus/api"


@pytest.fixture
async def home(hass: HomeAssistant, my_luminus: Demo) -> MockConfigEntry:
    """Return the account of the home, whose deposit can be changed."""
    return await start(hass, my_luminus.entry(hass, 1))


@pytest.fixture
def arrived(my_luminus: Demo) -> Callable[[], list[Write]]:
    """Return how to tell what has arrived at the portal."""
    return lambda: my_luminus.portal.changes.writes


@pytest.fixture
def on_disk(
    home: MockConfigEntry, hass_storage: dict[str, Any]
) -> Callable[[], list[tuple[str, int]]]:
    """Return how to tell what the outbox's file says: states and attempts."""
    key = f"lumme_energy.{home.entry_id}.outbox"

    def states() -> list[tuple[str, int]]:
        stored = hass_storage.get(key, {"data": {"records": []}})
        return [(each["state"], each["attempts"]) for each in stored["data"]["records"]]

    return states


def set_deposit(hass: HomeAssistant, amount: float) -> asyncio.Task[dict[str, Any]]:
    """Ask for a deposit, and let it take its time."""
    return hass.async_create_task(call(hass, "set_deposit", amount=amount, confirm=True))


async def killed(task: asyncio.Task[Any], hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Kill a task and return what was on disk at that very moment."""
    disk = deepcopy(hass_storage)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return disk


async def start_from(
    disk: dict[str, Any], hass: HomeAssistant, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """Start again, knowing nothing but what is on disk."""
    await hass.config_entries.async_unload(entry.entry_id)
    hass_storage.clear()
    hass_storage.update(disk)
    await start(hass, entry)


@asynccontextmanager
async def nobody_gets_through(entry: MockConfigEntry) -> AsyncIterator[None]:
    """Keep everybody waiting for their turn at the portal."""
    async with entry.runtime_data.portal._turn:
        yield


async def until(happened: Callable[[], Any]) -> None:
    """Wait until something has happened on a real socket. The clock stands: no sleep would end."""
    for _ in range(100_000):
        if happened():
            return
        await asyncio.sleep(0)
    pytest.fail("it did not happen")


@pytest.mark.parametrize("kind", [FaultKind.ANSWER_LOST, FaultKind.ERROR_AFTERWARDS])
async def test_answer_lost(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    kind: FaultKind,
) -> None:
    """When only the answer is lost, the portal shows the change: that is answer enough."""
    my_luminus.portal.faults.add(kind, path=DEPOSITS, method="POST")
    answer = await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert answer["changed"] is True
    assert len(arrived()) == 1
    assert hass.states.get("number.wolkenlaan_8_2_advance_payment").state == "104.5"
    changes = (await call(hass, "list_changes"))["changes"]
    assert [(each["state"], each["attempts"]) for each in changes] == [("accepted", 1)]


async def test_nobody_knows(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """As long as the portal cannot be looked at, nothing is sent again; then one sees."""
    faults = my_luminus.portal.faults
    faults.add(FaultKind.ANSWER_LOST, path=DEPOSITS, method="POST")
    faults.add(FaultKind.SERVER_ERROR, path=DEPOSITS, method="GET")
    with pytest.raises(HomeAssistantError) as unknown:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert unknown.value.translation_key == "change_unknown"
    assert on_disk() == [("unknown", 1)]
    for amount in (104.5, 90):
        with pytest.raises(ServiceValidationError) as pending:
            await call(hass, "set_deposit", amount=amount, confirm=True)
        assert pending.value.translation_key == "change_pending"
    assert len(arrived()) == 1

    faults.clear()
    for _ in range(12):
        await pass_time(hass, freezer, hours=1)
    assert on_disk() == [("accepted", 1)]
    assert len(arrived()) == 1
    assert hass.states.get("number.wolkenlaan_8_2_advance_payment").state == "104.5"


async def test_a_portal_that_does_not_tell_is_not_asked_on_and_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """Whatever is shown anew meanwhile: an open change is looked after every quarter of an hour."""
    faults, asked = my_luminus.portal.faults, my_luminus.portal.requests.paths
    faults.add(FaultKind.ANSWER_LOST, path=DEPOSITS, method="POST")
    faults.add(FaultKind.MISSING, path=DEPOSITS, method="GET")
    with pytest.raises(HomeAssistantError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    coordinator = home.runtime_data
    for minutes in (0, 20):
        freezer.tick(timedelta(minutes=minutes))
        before = asked[DEPOSITS]
        for _ in range(10):
            coordinator.async_update_listeners()
            await settled(hass)
        assert asked[DEPOSITS] - before <= 1
    assert len(arrived()) == 1


async def test_asked_again(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """Asking again for what has arrived unnoticed is answered without asking the portal again."""
    faults = my_luminus.portal.faults
    faults.add(FaultKind.ANSWER_LOST, path=DEPOSITS, method="POST")
    faults.add(FaultKind.TRUNCATED, path=DEPOSITS, method="GET", times=3)
    with pytest.raises(HomeAssistantError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    faults.clear()
    assert (await call(hass, "set_deposit", amount=104.5, confirm=True))["changed"] is True
    assert len(arrived()) == 1
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "set_deposit", amount=90, confirm=True)
    assert refused.value.translation_key == "refused_already_changed"
    assert len(arrived()) == 1


@pytest.mark.parametrize("amount", [104.5, 90])
async def test_did_not_arrive(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
    amount: float,
) -> None:
    """What did not arrive makes way: for itself, sent anew, or for what is wanted instead."""
    faults = my_luminus.portal.faults
    faults.add(FaultKind.DISCONNECT, path=DEPOSITS, method="POST")
    with pytest.raises(HomeAssistantError) as unknown:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert unknown.value.translation_key == "change_unknown"
    faults.clear()
    # The portal may only be slow: it gets some time to show the change.
    with pytest.raises(ServiceValidationError) as pending:
        await call(hass, "set_deposit", amount=amount, confirm=True)
    assert pending.value.translation_key == "change_pending"
    assert arrived() == []

    await settled(hass)
    freezer.tick(20 * 60)
    assert (await call(hass, "set_deposit", amount=amount, confirm=True))["changed"] is True
    assert [each.asked["Amount"] for each in arrived()] == [amount]
    expected = [("accepted", 2)] if amount == 104.5 else [("refused", 1), ("accepted", 1)]
    assert on_disk() == expected


async def test_sent_again_by_itself(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """What did not arrive is sent again within the hour, without anybody asking."""
    my_luminus.portal.faults.add(FaultKind.DISCONNECT, path=DEPOSITS, method="POST")
    with pytest.raises(HomeAssistantError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    my_luminus.portal.faults.clear()
    for _ in range(3):
        await pass_time(hass, freezer, hours=1)
    assert on_disk() == [("accepted", 2)]
    assert len(arrived()) == 1


async def test_given_up(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """What does not get through is given up; then it can be asked for anew."""
    my_luminus.portal.faults.add(FaultKind.DISCONNECT, path=DEPOSITS, method="POST")
    with pytest.raises(HomeAssistantError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    for _ in range(30):
        await pass_time(hass, freezer, hours=1)
    assert on_disk()[0][0] == "refused"
    assert on_disk()[0][1] <= 3
    changes = (await call(hass, "list_changes"))["changes"]
    assert changes[0]["refusal"] == "not_received"
    my_luminus.portal.faults.clear()
    assert arrived() == []
    assert (await call(hass, "set_deposit", amount=104.5, confirm=True))["changed"] is True
    assert len(arrived()) == 1


async def test_crash_before_it_leaves(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """A crash between the disk and the portal: the change is made after all, once."""
    async with nobody_gets_through(home):
        asked = set_deposit(hass, 104.5)
        await until(lambda: home.runtime_data.outbox.records)
        await until(lambda: on_disk() == [("sending", 1)])
        assert arrived() == []
        disk = await killed(asked, hass_storage)
    await start_from(disk, hass, home, hass_storage)
    assert on_disk() == [("sending", 1)]
    assert home.runtime_data.outbox.records[0].state is WriteState.UNKNOWN
    assert arrived() == []
    for _ in range(3):
        await pass_time(hass, freezer, hours=1)
    assert on_disk() == [("accepted", 2)]
    assert len(arrived()) == 1
    assert hass.states.get("number.wolkenlaan_8_2_advance_payment").state == "104.5"


async def test_crash_before_the_answer(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """A crash between the portal and its answer: the portal shows that it was made."""
    my_luminus.portal.faults.add(FaultKind.LATENCY, path=DEPOSITS, method="POST", seconds=60)
    asked = set_deposit(hass, 104.5)
    await until(arrived)
    assert on_disk() == [("sending", 1)]
    my_luminus.portal.faults.clear()
    await start_from(await killed(asked, hass_storage), hass, home, hass_storage)
    await pass_time(hass, freezer, hours=1)
    assert on_disk() == [("accepted", 1)]
    assert len(arrived()) == 1
    assert hass.states.get("number.wolkenlaan_8_2_advance_payment").state == "104.5"


async def test_crash_when_planned(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """What has certainly not left is sent as soon as the portal can be read."""
    async with nobody_gets_through(home):
        asked = set_deposit(hass, 104.5)
        await until(on_disk)
        disk = await killed(asked, hass_storage)
    outbox = disk[f"lumme_energy.{home.entry_id}.outbox"]
    outbox["data"]["records"][0] |= {"state": "planned", "attempts": 0}
    await start_from(disk, hass, home, hass_storage)
    await settled(hass)
    assert on_disk() == [("accepted", 1)]
    assert len(arrived()) == 1


async def test_reload(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """A reload waits until what is on its way has been answered, and shows what came of it."""
    freezer.tick(60)
    async with nobody_gets_through(home):
        asked = set_deposit(hass, 104.5)
        await until(lambda: on_disk() == [("sending", 1)])
        reload = hass.async_create_task(hass.config_entries.async_reload(home.entry_id))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not reload.done()
    assert await reload
    await settled(hass)
    await asyncio.gather(asked, return_exceptions=True)
    assert on_disk() == [("accepted", 1)]
    assert len(arrived()) == 1
    assert hass.states.get("number.wolkenlaan_8_2_advance_payment").state == "104.5"


async def test_cancelled(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    on_disk: Callable[[], list[tuple[str, int]]],
) -> None:
    """An automation that is stopped midway leaves nothing in doubt for long."""
    my_luminus.portal.faults.add(FaultKind.LATENCY, path=DEPOSITS, method="POST", seconds=60)
    asked = set_deposit(hass, 104.5)
    await until(arrived)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    my_luminus.portal.faults.clear()
    assert home.runtime_data.outbox.records[0].state is WriteState.UNKNOWN
    await pass_time(hass, freezer, hours=1)
    assert on_disk() == [("accepted", 1)]
    assert len(arrived()) == 1


async def test_at_the_same_time(
    hass: HomeAssistant,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """Of two who ask at the same time, one is sent and the other turned away."""
    async with nobody_gets_through(home):
        first = set_deposit(hass, 104.5)
        await until(lambda: home.runtime_data.outbox.records)
        with pytest.raises(ServiceValidationError) as pending:
            await call(hass, "set_deposit", amount=104.5, confirm=True)
        assert pending.value.translation_key == "change_pending"
    assert (await first)["changed"] is True
    assert len(arrived()) == 1


async def test_both_look_first(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """Of two who find that something was changed on the website, one changes it back."""
    customer = my_luminus.household.customers[1]
    my_luminus.portal.changes.set_settings(customer, {"InvoiceDelivery": "Post"})
    answers = await asyncio.gather(
        *(call(hass, "set_delivery", delivery="email", confirm=True) for _ in range(2)),
        return_exceptions=True,
    )
    changed = [each for each in answers if isinstance(each, dict) and each["changed"]]
    assert len(changed) == 1
    assert len(arrived()) == 2


async def test_somebody_was_faster(
    home: MockConfigEntry, arrived: Callable[[], list[Write]]
) -> None:
    """Whoever comes a moment later is turned away, however late in the game."""
    outbox = home.runtime_data.outbox
    now = dt_util.utcnow()
    faster = WriteRecord(
        record_id="1", kind="delivery", subject="delivery/", key="1", created=now, changed=now
    )

    def check() -> None:
        outbox.records = (faster,)

    with pytest.raises(ServiceValidationError) as pending:
        await async_change(
            home.runtime_data,
            Change.DELIVERY,
            {"delivery": "post"},
            check=check,
            user_id=None,
        )
    assert pending.value.translation_key == "change_pending"
    assert outbox.records == (faster,)
    assert arrived() == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (FaultKind.MISSING, "not_offered"),
        (FaultKind.RATE_LIMITED, "change_not_sent"),
        (FaultKind.FORBIDDEN, "not_offered"),
    ],
)
async def test_not_done(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
    kind: FaultKind,
    key: str,
) -> None:
    """What certainly was not done is told as such, and nothing waits."""
    my_luminus.portal.faults.add(kind, path=DEPOSITS, method="POST")
    with pytest.raises(HomeAssistantError) as err:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert err.value.translation_key == key
    assert arrived() == []
    assert home.runtime_data.outbox.waiting == ()


async def test_wrong_password(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """A log-in that is refused asks for the password, and nothing waits for it."""
    my_luminus.portal.faults.add(FaultKind.EXPIRED_SESSION)
    my_luminus.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    with pytest.raises(HomeAssistantError) as err:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert err.value.translation_key == "authentication_failed"
    assert list(home.async_get_active_flows(hass, {SOURCE_REAUTH}))
    assert arrived() == []
    assert home.runtime_data.outbox.waiting == ()


async def test_refused_by_the_portal(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """Where the portal knows better than we do, its reason is told, and what it shows is read."""
    my_luminus.allow(DepositPermissions(refusal=DepositRefusal.SETTLEMENT_NEXT), 1)
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert refused.value.translation_key == "refused_settlement_next"
    assert [each.reason for each in arrived()] == ["NextInvoiceIsSettlement"]
    state = hass.states.get("sensor.wolkenlaan_8_2_change_of_advance_payment")
    assert state.state == "settlement_next"
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert len(arrived()) == 1


async def test_words_we_do_not_know(
    hass: HomeAssistant,
    my_luminus: Demo,
    home: MockConfigEntry,
    arrived: Callable[[], list[Write]],
) -> None:
    """A no whose reason we do not know is a no, and says who can help."""
    my_luminus.allow(DepositPermissions(), 1)
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert refused.value.translation_key == "refused_other"
    assert refused.value.translation_placeholders == {
        "portal": "My Luminus",
        "contact": "+32 78 150 210",
    }
    assert len(arrived()) == 1
