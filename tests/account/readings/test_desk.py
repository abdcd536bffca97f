"""Tests that a due reading reaches a real stand-in of the portal once, or waits for the user."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.lumme_energy.account.meter_link import meter_links
from custom_components.lumme_energy.account.readings.desk import ReadingDesk
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.portal.model import ReadingSource
from custom_components.lumme_energy.readings.plan import Hold, Plan, PlanState, Step
from custom_components.lumme_energy.readings.plausibility import Rule, blocking
from custom_components.lumme_energy.readings.schedule import Rhythm
from demo.changes import Write
from demo.faults import FaultKind
from demo.households.belgium import OVEN_ELECTRICITY

from ..common import Demo, pass_time, restart, settled, start
from .linked import ENTITIES, indexes, link_meter, show_meter

INSERT = "/myluminus/api/insert-meter-reading"
LIST = "/myluminus/api/meter-readings"


@pytest.fixture(autouse=True)
def _this_integration(
    recorder_mock: Any, no_history: None, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture
async def entry(hass: HomeAssistant, my_luminus: Demo) -> AsyncIterator[MockConfigEntry]:
    """Return the account of the bakery, whose meter says what it should."""
    show_meter(hass, indexes(my_luminus))
    entry = await start(hass, my_luminus.entry(hass))
    yield entry
    await settled(hass)


def desk(entry: MockConfigEntry) -> ReadingDesk:
    """Return the desk of an account."""
    found: ReadingDesk = entry.runtime_data.readings
    return found


def only(entry: MockConfigEntry) -> Plan:
    """Return the newest reading that is not just planned."""
    return [plan for plan in desk(entry).plans if plan.state is not PlanState.PLANNED][-1]


def arrived(demo: Demo, name: str = "reading") -> list[Write]:
    """Return what has arrived at the portal and was taken."""
    return [
        write for write in demo.portal.changes.writes if write.name == name and not write.reason
    ]


def raised(hass: HomeAssistant) -> dict[str | None, str]:
    """Return the repairs about readings: ids by translation key."""
    return {
        issue.translation_key: issue.issue_id
        for issue in ir.async_get(hass).issues.values()
        if str(issue.translation_key).startswith("reading_")
    }


async def answer(hass: HomeAssistant, step: str) -> dict[str, Any]:
    """Open the only repair that waits for an answer, choose one, and return the menu."""
    assert await async_setup_component(hass, REPAIRS, {})
    flows = hass.data[REPAIRS]["flow_manager"]
    (issue_id,) = (
        each for key, each in raised(hass).items() if str(key).startswith("reading_held")
    )
    menu: dict[str, Any] = await flows.async_init(DOMAIN, data={"issue_id": issue_id})
    done = await flows.async_configure(menu["flow_id"], {"next_step_id": step})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    await settled(hass)
    return menu


async def test_asked(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """A reading that is asked for is taken at its time, sent once, and shown."""
    subentry_id = link_meter(hass, entry)
    await settled(hass)
    due = desk(entry).next_due(OVEN_ELECTRICITY)
    assert due is not None
    assert (due.day.isoformat(), due.at.isoformat()) == ("2026-11-24", "2026-11-24T11:00:00+00:00")
    assert arrived(my_luminus) == []

    told: list[None] = []
    stop = desk(entry).async_add_listener(lambda: told.append(None))
    await pass_time(hass, freezer, hours=1.5)
    stop()
    assert told
    plan = only(entry)
    assert (plan.plan_id, plan.state) == (f"{subentry_id}-2026-11-24", PlanState.ACCEPTED)
    assert plan.values == indexes(my_luminus)
    assert [write.asked["Date"] for write in arrived(my_luminus)] == ["2026-11-24"]
    shown = [each for each in entry.runtime_data.data.readings if each.day == plan.day]
    assert {each.source for each in shown} == {ReadingSource.CUSTOMER}
    assert desk(entry).latest(OVEN_ELECTRICITY) == plan
    assert desk(entry).problem(OVEN_ELECTRICITY) is None
    following = desk(entry).next_due(OVEN_ELECTRICITY)
    assert following is not None
    assert following.day.isoformat() == "2026-12-20"
    await restart(hass, entry)
    await pass_time(hass, freezer, hours=30)
    assert len(arrived(my_luminus)) == 1
    assert raised(hass) == {}


async def test_taken_from_history(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """What the meter showed at the planned minute is sent, however late Home Assistant looks."""
    link_meter(hass, entry)
    await settled(hass)
    assert await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(80 * 60)
    show_meter(hass, indexes(my_luminus, 1))
    await async_wait_recording_done(hass)
    freezer.tick(3600)
    show_meter(hass, indexes(my_luminus, 2))
    show_meter(hass, {"night": indexes(my_luminus, 3)["night"]})
    hass.states.async_set(ENTITIES["day"], "unavailable")
    await async_wait_recording_done(hass)
    await start(hass, entry)
    plan = only(entry)
    assert (plan.state, plan.values) == (PlanState.ACCEPTED, indexes(my_luminus, 1))
    assert plan.taken is not None
    assert plan.taken.isoformat() == "2026-11-24T10:50:00+00:00"


async def test_first_one_waits(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
) -> None:
    """The first reading of a link is shown before it is sent; a yes is good for the next ones."""
    link_meter(hass, entry, is_confirmed=False)
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    assert only(entry).hold is Hold.FIRST_SUBMISSION
    assert desk(entry).problem(OVEN_ELECTRICITY) == only(entry)
    assert arrived(my_luminus) == []
    menu = await answer(hass, "send")
    assert menu["menu_options"] == ["send", "skip"]
    day = indexes(my_luminus)["day"]
    assert f"**{day:f} kWh**" in menu["description_placeholders"]["values"]
    assert OVEN_ELECTRICITY not in str(menu)
    assert only(entry).state is PlanState.ACCEPTED
    assert len(arrived(my_luminus)) == 1
    assert raised(hass) == {}
    submission = meter_links(hass, entry)[OVEN_ELECTRICITY].submission
    assert submission is not None
    assert submission.is_confirmed


async def test_odd_one_waits(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
) -> None:
    """What looks wrong is stopped, and sent only if the user says so; over a restart, too."""
    link_meter(hass, entry)
    show_meter(hass, indexes(my_luminus, 60_000))
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    assert only(entry).hold is Hold.FINDINGS
    await restart(hass, entry)
    found = desk(entry).findings(only(entry).plan_id)
    assert {each.rule for each in blocking(found)} == {Rule.UNLIKELY_USE}
    menu = await answer(hass, "send")
    assert menu["menu_options"] == ["send", "skip", "meter_changed"]
    assert only(entry).state is PlanState.ACCEPTED
    assert len(arrived(my_luminus)) == 1


async def test_skipped(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
) -> None:
    """What could never be taken can only be skipped, or be of a new meter."""
    link_meter(hass, entry)
    show_meter(hass, {"day": Decimal(3), "night": Decimal(2)})
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    menu = await answer(hass, "skip")
    assert menu["menu_options"] == ["skip", "meter_changed"]
    assert only(entry).state is PlanState.SKIPPED
    await pass_time(hass, freezer, hours=48)
    assert arrived(my_luminus) == []
    assert raised(hass) == {}


async def test_meter_changed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
) -> None:
    """A new meter begins where it likes; the supplier has the last word on that."""
    link_meter(hass, entry)
    show_meter(hass, {"day": Decimal(3), "night": Decimal(2)})
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    await answer(hass, "meter_changed")
    # Nothing is known yet of the new meter at this supplier, which does not take it.
    plan = only(entry)
    assert (plan.state, plan.answer) == (PlanState.REFUSED, "before_previous")
    assert list(raised(hass)) == ["reading_not_sent"]


async def test_no_value(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Where nothing tells what the meter showed, nothing is invented."""
    link_meter(hass, entry)
    hass.states.async_remove(ENTITIES["day"])
    show_meter(hass, {"night": indexes(my_luminus)["night"]}, "m³")
    await settled(hass)
    with pytest.raises(ServiceValidationError) as error:
        await desk(entry).async_submit(OVEN_ELECTRICITY, dry_run=True, user_id=None)
    assert error.value.translation_key == "no_meter_value"
    hass.states.async_set(ENTITIES["day"], "1", {"unit_of_measurement": "kWh"})
    await pass_time(hass, freezer, hours=1.5)
    assert only(entry).hold is Hold.NO_VALUE
    assert desk(entry).findings(only(entry).plan_id) == ()
    menu = await answer(hass, "skip")
    assert menu["menu_options"] == ["skip"]
    with pytest.raises(ServiceValidationError) as gone:
        await desk(entry).async_release(only(entry).plan_id)
    assert gone.value.translation_key == "reading_not_held"
    assert arrived(my_luminus) == []


@pytest.mark.parametrize("kind", [FaultKind.ANSWER_LOST, FaultKind.ERROR_AFTERWARDS])
async def test_answer_lost(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
    kind: FaultKind,
) -> None:
    """When only the answer is lost, the supplier's list shows the reading: it is not sent again."""
    my_luminus.portal.faults.add(kind, path=INSERT, method="POST")
    link_meter(hass, entry)
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    assert only(entry).state is PlanState.ACCEPTED
    await pass_time(hass, freezer, hours=24)
    assert len(arrived(my_luminus)) == 1


async def test_portal_is_down(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """A portal that is down is asked again, and gets what the meter showed when it was due."""
    link_meter(hass, entry)
    await settled(hass)
    await my_luminus.stop()
    await pass_time(hass, freezer, hours=1.5)
    plan = only(entry)
    assert (plan.state, plan.values) == (PlanState.DUE, indexes(my_luminus))
    show_meter(hass, indexes(my_luminus, 5))
    with pytest.raises(ServiceValidationError) as pending:
        await desk(entry).async_submit(OVEN_ELECTRICITY, dry_run=False, user_id=None)
    assert pending.value.translation_key == "change_pending"
    await my_luminus.start_again()
    for _ in range(14):
        await pass_time(hass, freezer, minutes=31)
    assert only(entry).state is PlanState.ACCEPTED
    assert [write.asked["Date"] for write in arrived(my_luminus)] == ["2026-11-24"]


async def test_too_late(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Before the window closes the user is told; when it has closed nothing is sent any more."""
    link_meter(hass, entry)
    await settled(hass)
    await my_luminus.stop()
    await pass_time(hass, freezer, hours=1.5)
    await pass_time(hass, freezer, days=3, hours=20)
    assert list(raised(hass)) == ["reading_window_closes"]
    await pass_time(hass, freezer, days=1)
    assert only(entry).state is PlanState.EXPIRED
    assert list(raised(hass)) == ["reading_not_sent"]
    await my_luminus.start_again()
    await pass_time(hass, freezer, days=1)
    assert arrived(my_luminus) == []


async def test_on_demand(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """A reading can be tried out, sent, replaced and deleted."""
    link_meter(hass, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(hass)
    here = desk(entry)
    assert here.next_due(OVEN_ELECTRICITY) is None
    tried = await here.async_submit(OVEN_ELECTRICITY, dry_run=True, user_id=None)
    assert (tried.plan.values, tried.findings) == (indexes(my_luminus), ())
    assert here.plans == ()
    sent = await here.async_submit(OVEN_ELECTRICITY, dry_run=False, user_id="me")
    assert (sent.plan.state, sent.plan.user_id) == (PlanState.ACCEPTED, "me")
    other = indexes(my_luminus, 1)
    changed = await here.async_submit(OVEN_ELECTRICITY, values=other, dry_run=False, user_id=None)
    assert changed.plan.state is PlanState.ACCEPTED
    assert len(arrived(my_luminus)) == 2
    assert len(arrived(my_luminus, "reading_deletion")) == 1
    day = changed.plan.day
    assert await here.async_delete(OVEN_ELECTRICITY, day, dry_run=True, user_id=None) is None
    assert await here.async_delete(OVEN_ELECTRICITY, day, dry_run=False, user_id=None) is not None
    assert here.latest(OVEN_ELECTRICITY) is None
    assert all(each.day != day for each in entry.runtime_data.data.readings)
    with pytest.raises(ServiceValidationError) as error:
        await here.async_delete(OVEN_ELECTRICITY, day, dry_run=False, user_id=None)
    assert str(error.value.translation_key).startswith("refused_")
    await my_luminus.stop()
    for call in (
        here.async_submit(OVEN_ELECTRICITY, dry_run=True, user_id=None),
        here.async_delete(OVEN_ELECTRICITY, day, dry_run=True, user_id=None),
    ):
        with pytest.raises(HomeAssistantError) as down:
            await call
        assert down.value.translation_key == "change_not_sent"
    await my_luminus.start_again()


async def test_link_is_removed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Without its link nothing is due any more."""
    subentry_id = link_meter(hass, entry)
    await settled(hass)
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    assert desk(entry).next_due(OVEN_ELECTRICITY) is None
    assert arrived(my_luminus) == []


async def test_crash_before_the_record(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    """A reading on disk as being sent, without a record of that, has not left: it does now."""
    link_meter(hass, entry)
    await settled(hass)
    await my_luminus.stop()
    await pass_time(hass, freezer, hours=1.5)
    await hass.config_entries.async_unload(entry.entry_id)
    await my_luminus.start_again()
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}.readings"]["data"]["plans"]
    stored[0] |= {"state": PlanState.SENDING, "tries": 1}
    freezer.tick(3600)
    await start(hass, entry)
    for _ in range(10):
        await pass_time(hass, freezer, hours=1)
    assert (only(entry).state, only(entry).tries) == (PlanState.ACCEPTED, 2)
    assert len(arrived(my_luminus)) == 1


async def test_file_cannot_be_read(
    hass: HomeAssistant,
    my_luminus: Demo,
    entry: MockConfigEntry,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A damaged file, or one of a newer version, is as if it had never been there."""
    link_meter(hass, entry)
    await settled(hass)
    key = f"{DOMAIN}.{entry.entry_id}.readings"
    for damage, told in (
        ({"data": {"plans": [{"state": "?"}]}}, "cannot be read"),
        ({"version": 9}, "newer version"),
    ):
        await hass.config_entries.async_unload(entry.entry_id)
        hass_storage[key] |= damage
        await start(hass, entry)
        assert told in caplog.text
        assert desk(entry).next_due(OVEN_ELECTRICITY) is not None
        hass_storage[key]["version"] = 1
    await hass.config_entries.async_remove(entry.entry_id)
    assert key not in hass_storage


async def test_another_meter(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Another meter's reading waits; what the user then sends takes its place."""
    link_meter(hass, entry, device_serials=["1SAG01"])
    await settled(hass)
    await pass_time(hass, freezer, hours=1.5)
    held = only(entry)
    assert held.hold is Hold.METER_REPLACED
    assert list(raised(hass)) == ["reading_held_meter_replaced"]
    sent = await desk(entry).async_submit(
        OVEN_ELECTRICITY,
        values=indexes(my_luminus, 1),
        override=(Rule.METER_REPLACED,),
        dry_run=False,
        user_id=None,
    )
    assert sent.plan.state is PlanState.ACCEPTED
    assert {plan.plan_id: plan.state for plan in desk(entry).plans}[held.plan_id] == "skipped"
    assert raised(hass) == {}


async def test_not_offered(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where meters are read remotely, nothing can be sent."""
    entry = await start(hass, oma_lumme.entry(hass))
    assert not desk(entry).is_offered
    with pytest.raises(ServiceValidationError) as error:
        await desk(entry).async_submit(OVEN_ELECTRICITY, dry_run=True, user_id=None)
    assert error.value.translation_key == "not_offered"
    await settled(hass)


async def test_replacement_that_nobody_takes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Nothing is deleted for what can never be right; a reading that got lost is told of."""
    link_meter(hass, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(hass)
    here = desk(entry)
    await here.async_submit(OVEN_ELECTRICITY, dry_run=False, user_id=None)
    sent = await here.async_submit(
        OVEN_ELECTRICITY,
        values={register: Decimal(1) for register in ENTITIES},
        override=tuple(Rule),
        dry_run=False,
        user_id=None,
    )
    # It can never be right: nothing is deleted for it.
    assert (sent.plan.state, sent.plan.hold) == (PlanState.HELD, Hold.FINDINGS)
    assert arrived(my_luminus, "reading_deletion") == []
    await here.async_skip(sent.plan.plan_id)
    await here.async_skip("unknown")
    lost = replace(
        only(entry), plan_id="lost", state=PlanState.REFUSED, step=Step.RESTORE, replaces={}
    )
    await here._async_keep(replace(lost, replaces=indexes(my_luminus), answer="before_previous"))
    await here.async_wake()
    assert list(raised(hass)) == ["reading_lost"]


async def test_the_newest_reading_tells_of_a_problem(
    hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """A reading that was planned first may come after one that was asked for in between."""
    link_meter(hass, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(hass)
    here = desk(entry)
    await here.async_submit(OVEN_ELECTRICITY, dry_run=False, user_id=None)
    accepted = replace(only(entry), state=PlanState.ACCEPTED)
    held = replace(accepted, plan_id="first", state=PlanState.HELD, hold=Hold.NO_VALUE)
    later, earlier = (replace(held, at=held.at + timedelta(days=days)) for days in (1, -1))
    await here._store.async_keep((later, accepted))
    assert here.newest(OVEN_ELECTRICITY) == here.problem(OVEN_ELECTRICITY) == later
    await here._store.async_keep((earlier, accepted))
    assert here.newest(OVEN_ELECTRICITY) == accepted
    assert here.problem(OVEN_ELECTRICITY) is None
