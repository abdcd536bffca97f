"""Tests of what a user sees of meter readings, and of what one can ask for."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.logbook.const import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import EVENT_RECORDER_HOURLY_STATISTICS_GENERATED
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.feeds import Feed
from custom_components.lumme_energy.account.readings.event import EVENT_READING
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.logbook import async_describe_events
from custom_components.lumme_energy.portal.model import MeterReading, ReadingSource
from custom_components.lumme_energy.readings.schedule import Rhythm
from demo.households import Customer
from demo.households.belgium import OVEN_ELECTRICITY

from ..actions.common import call
from ..common import Demo, pass_time, restart, settled, start
from .linked import indexes, link_meter, show_meter

PLACE = "krakelingstraat_12"
BUTTON = f"button.{PLACE}_submit_meter_reading"
EVENT = f"event.{PLACE}_meter_reading"
STATE = f"sensor.{PLACE}_reading_submission"
PROBLEM = f"binary_sensor.{PLACE}_problem_with_the_reading"
SUBMITTED = f"sensor.{PLACE}_submitted_reading_day"
SUPPLIER = f"sensor.{PLACE}_supplier_s_reading_day"
OF_LINK = (BUTTON, EVENT, STATE, PROBLEM, SUBMITTED)
LIST = "/myluminus/api/meter-readings"


@pytest.fixture(autouse=True)
def _this_integration(
    recorder_mock: Any, no_history: None, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture
async def entry(hass: HomeAssistant, my_luminus: Demo) -> AsyncIterator[MockConfigEntry]:
    """Return the account of the bakery, whose meter is linked."""
    show_meter(hass, indexes(my_luminus))
    entry = await start(hass, my_luminus.entry(hass))
    link_meter(hass, entry, rhythm=Rhythm.ON_DEMAND)
    await settled(hass)
    yield entry
    await settled(hass)


async def press(hass: HomeAssistant) -> None:
    """Press the button."""
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    await settled(hass)


async def test_button(hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry) -> None:
    """The button sends what the meter shows; everything tells of it, once."""
    told: list[dict[str, Any]] = []
    hass.bus.async_listen(EVENT_READING, lambda event: told.append(dict(event.data)))
    before = hass.states.get(SUPPLIER)
    assert before.attributes["source"] == ReadingSource.GRID_OPERATOR
    assert hass.states.get(STATE).state == "unknown"
    assert hass.states.get(SUBMITTED).state == "unknown"
    await press(hass)
    shown = indexes(my_luminus)
    assert hass.states.get(STATE).state == "accepted"
    assert hass.states.get(PROBLEM).state == "off"
    assert Decimal(hass.states.get(SUBMITTED).state) == shown["day"]
    assert hass.states.get(SUBMITTED).attributes["day"] == "2026-11-24"
    assert hass.states.get(f"sensor.{PLACE}_day_of_the_submitted_reading").state == "2026-11-24"
    after = hass.states.get(SUPPLIER)
    assert Decimal(after.state) == shown["day"]
    assert after.attributes["source"] == ReadingSource.CUSTOMER
    event = hass.states.get(EVENT)
    assert event.attributes["event_type"] == "accepted"
    assert event.attributes["values"] == {name: int(value) for name, value in shown.items()}
    assert [each["event_type"] for each in told] == ["accepted"]
    await restart(hass, entry)
    assert len(told) == 1

    describers: dict[str, Callable[[Any], dict[str, Any]]] = {}
    async_describe_events(
        hass, lambda domain, event, describe: describers.update({f"{domain} {event}": describe})
    )
    row = describers[f"{DOMAIN} {EVENT_READING}"](Event(EVENT_READING, told[0]))
    assert row[LOGBOOK_ENTRY_NAME] == "Krakelingstraat 12 Meter reading"
    assert row[LOGBOOK_ENTRY_MESSAGE] == (
        "meter reading of 2026-11-24 accepted: "
        f"Taken from the grid, day {shown['day']}, Taken from the grid, night {shown['night']}"
    )


async def test_odd(hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry) -> None:
    """What is odd is not sent, and everything says why."""
    show_meter(hass, {name: value * 10 for name, value in indexes(my_luminus).items()})
    with pytest.raises(ServiceValidationError) as held:
        await press(hass)
    assert held.value.translation_key == "reading_held"
    assert "10 times too large" in held.value.translation_placeholders["reason"]
    assert my_luminus.portal.changes.writes == []
    await settled(hass)
    assert hass.states.get(PROBLEM).state == "on"
    assert hass.states.get(PROBLEM).attributes["reason"] == "findings"
    event = hass.states.get(EVENT)
    assert (event.attributes["event_type"], event.attributes["reason"]) == ("held", "findings")
    judged = await call(hass, "submit_reading", supply_point=OVEN_ELECTRICITY)
    assert judged["possible"] is False
    assert judged["sent"] is False
    assert {each["rule"] for each in judged["findings"]} == {"times_factor"}
    listed = await call(hass, "list_readings", supply_point=OVEN_ELECTRICITY)
    assert [(each["state"], each["reason"]) for each in listed["submissions"]] == [
        ("held", "findings")
    ]


async def test_actions(hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry) -> None:
    """A reading is named, judged, sent, listed and deleted."""
    shown = indexes(my_luminus)
    values = {"values": {name: float(value) for name, value in shown.items()}}
    point = {"supply_point": OVEN_ELECTRICITY}
    judged = await call(hass, "submit_reading", **point, **values)
    assert (judged["possible"], judged["sent"], judged["findings"]) == (True, False, [])
    assert my_luminus.portal.changes.writes == []
    sent = await call(hass, "submit_reading", **point, **values, confirm=True)
    assert sent["sent"] is True
    listed = await call(hass, "list_readings", **point, **{"from": "2026-11-24"})
    assert {(each["register"], each["source"]) for each in listed["readings"]} == {
        ("day", "customer"),
        ("night", "customer"),
    }
    assert [each["state"] for each in listed["submissions"]] == ["accepted"]
    assert listed["doubtful"] == []
    everywhere = await call(hass, "list_readings")
    assert len({each["supply_point"] for each in everywhere["readings"]}) > 1

    would = await call(hass, "delete_reading", **point)
    assert would == {
        "supply_point": OVEN_ELECTRICITY,
        "day": "2026-11-24",
        "values": {name: float(value) for name, value in shown.items()},
        "deleted": False,
    }
    assert (await call(hass, "delete_reading", **point, confirm=True))["deleted"] is True
    assert hass.states.get(SUPPLIER).attributes["source"] == ReadingSource.GRID_OPERATOR
    for value in (-1, "many", "nan"):
        with pytest.raises(probatio.Invalid):
            await call(hass, "submit_reading", **point, values={"day": value})


async def test_nothing_to_delete(
    hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """Where the customer has sent nothing, there is nothing to delete."""
    my_luminus.revise(lambda customer: replace(customer, readings=()))
    await entry.runtime_data.async_reread("readings")
    with pytest.raises(ServiceValidationError) as nothing:
        await call(hass, "delete_reading", supply_point=OVEN_ELECTRICITY)
    assert nothing.value.translation_key == "nothing_to_delete"
    assert hass.states.get(SUPPLIER).state == "unavailable"


async def test_not_in_finland(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where a portal takes no readings, the actions say so and nothing is shown."""
    await start(hass, oma_lumme.entry(hass))
    for action in ("submit_reading", "delete_reading", "list_readings"):
        with pytest.raises(ServiceValidationError) as refused:
            await call(hass, action)
        assert refused.value.translation_key == "not_offered"
    assert hass.states.async_entity_ids("button") == []


async def test_on_its_way(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """What could not be sent yet says so, and is sent later by itself."""
    await my_luminus.stop()
    with pytest.raises(HomeAssistantError) as waits:
        await press(hass)
    assert waits.value.translation_key in {"reading_waits", "change_unknown"}
    await my_luminus.start_again()
    for _ in range(4):
        await pass_time(hass, freezer, hours=1)
    assert hass.states.get(STATE).state == "accepted"


async def test_link_goes(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The entities go with the link; what the supplier has stays."""
    assert all(hass.states.get(each) for each in OF_LINK)
    (subentry_id,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    entry.runtime_data.async_update_listeners()
    await settled(hass)
    assert not any(hass.states.get(each) for each in OF_LINK)
    assert hass.states.get(SUPPLIER) is not None


async def test_link_stays_while_the_portal_takes_none(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """What a user has made of the entities outlasts a portal that takes no readings for a while."""
    coordinator = entry.runtime_data
    known = coordinator.data
    coordinator.data = replace(known, lost={Feed.READING_WINDOWS: known.fetched[Feed.READINGS]})
    assert not coordinator.readings.is_offered
    coordinator.async_update_listeners()
    await settled(hass)
    with pytest.raises(ServiceValidationError) as taken:
        await press(hass)
    assert taken.value.translation_key == "not_offered"
    assert all(hass.states.get(each) for each in OF_LINK)
    coordinator.data = known
    await press(hass)
    assert hass.states.get(STATE).state == "accepted"


async def test_doubtful_estimate(
    hass: HomeAssistant, my_luminus: Demo, entry: MockConfigEntry
) -> None:
    """An estimate that the meter contradicts names whom to call, and the numbers."""
    too_high = indexes(my_luminus)["day"] + 500

    def estimated(customer: Customer) -> Customer:
        estimate = MeterReading(
            gsrn=OVEN_ELECTRICITY,
            day=my_luminus.portal.today,
            register="day",
            value=too_high,
            source=ReadingSource.ESTIMATED,
        )
        return replace(customer, readings=(estimate, *customer.readings))

    my_luminus.revise(estimated)
    await entry.runtime_data.async_reread("readings")
    await settled(hass)
    (issue,) = (
        each
        for each in ir.async_get(hass).issues.values()
        if each.translation_key == "estimate_doubtful"
    )
    assert OVEN_ELECTRICITY not in issue.issue_id
    assert issue.translation_placeholders["contact"] == entry.runtime_data.contact.label
    assert f"**{too_high} kWh**" in issue.translation_placeholders["lines"]
    (doubt,) = (await call(hass, "list_readings"))["doubtful"]
    assert doubt["estimated"] - doubt["metered"] == 500
    assert doubt["contact"] == entry.runtime_data.contact.label
    # The meter has come that far.
    show_meter(hass, indexes(my_luminus, 500))
    hass.bus.async_fire(EVENT_RECORDER_HOURLY_STATISTICS_GENERATED)
    await settled(hass)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue.issue_id) is None
