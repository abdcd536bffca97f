"""Tests of the blueprints for the cottage."""

from datetime import UTC, datetime, timedelta
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import CalendarEntity, CalendarEvent
from homeassistant.components.calendar.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    async_fire_time_changed,
    async_mock_service,
)

from tests.meter.common import until

from .conftest import Automate, Told

EVENT = "event.cottage_heating"
MODE = "select.cottage_mode"
# What the app fires when somebody presses a button of a notification.
PRESSED = "mobile_app_notification_action"


def happens(hass: HomeAssistant, at: int, event: str, **attributes: str | None) -> None:
    """Let something happen at the cottage."""
    hass.states.async_set(
        EVENT,
        f"2026-11-24T09:30:{at:02}.000+00:00",
        {"event_type": event, "friendly_name": "Cottage Heating", "zone": None, **attributes},
    )


async def test_alarm(hass: HomeAssistant, automate: Automate, told: Told) -> None:
    """What is wrong is told with the room; what nobody wants to hear is not."""
    happens(hass, 0, "arrived")
    await automate("cottage_alarm", {"events": EVENT})
    happens(hass, 1, "cold", zone="Kitchen")
    happens(hass, 2, "drift", zone="Kitchen")
    happens(hass, 3, "power_cut")
    await hass.async_block_till_done()
    assert [message for _, message in told()] == ["Kitchen: cold", "power_cut"]


async def test_leave(hass: HomeAssistant, automate: Automate) -> None:
    """The last one to leave turns the house down, if it is not down yet."""
    hass.states.async_set("zone.cottage", "1")
    hass.states.async_set(MODE, "home")
    calls = async_mock_service(hass, "select", "select_option")
    await automate(
        "cottage_leave", {"house": MODE, "zone": "zone.cottage", "delay": {"seconds": 0}}
    )
    hass.states.async_set("zone.cottage", "0")
    await hass.async_block_till_done()
    assert [call.data["option"] for call in calls] == ["away"]
    hass.states.async_set(MODE, "away")
    hass.states.async_set("zone.cottage", "1")
    hass.states.async_set("zone.cottage", "0")
    await hass.async_block_till_done()
    assert len(calls) == 1


async def test_left_on(
    hass: HomeAssistant, automate: Automate, phone: str, pushed: list[ServiceCall]
) -> None:
    """The question is asked on the phone, and only its own button turns the house down."""
    pressed = async_mock_service(hass, "button", "press")
    happens(hass, 0, "arrived")
    button = "button.cottage_turn_down_now"
    await automate("cottage_left_on", {"events": EVENT, "button": button, "phones": [phone]})
    happens(hass, 1, "left_high", zones="Kitchen, Bedroom")
    await until(lambda: PRESSED in hass.bus.async_listeners())
    (question,) = pushed
    assert question.data["title"] == "Cottage Heating"
    assert question.data["message"] == "left_high: Kitchen, Bedroom"
    (choice,) = question.data["data"]["actions"]
    assert choice["title"] == "Turn down now"
    hass.bus.async_fire(PRESSED, {"action": "another"})
    assert PRESSED in hass.bus.async_listeners()
    hass.bus.async_fire(PRESSED, {"action": choice["action"]})
    await hass.async_block_till_done()
    assert [call.data["entity_id"] for call in pressed] == [[button]]


class Stays(CalendarEntity):
    """A calendar with one stay."""

    entity_id = "calendar.stays"
    stay = CalendarEvent(
        start=datetime(2026, 11, 27, 18, tzinfo=UTC),
        end=datetime(2026, 11, 29, 12, tzinfo=UTC),
        summary="Weekend",
    )

    @property
    @override
    def event(self) -> CalendarEvent:
        return self.stay

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        is_within = start_date < self.stay.end and end_date > self.stay.start
        return [self.stay] if is_within else []


async def test_arrive(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, automate: Automate
) -> None:
    """Three days before a stay the house is told of it."""
    freezer.move_to("2026-11-24T17:40:00+00:00")
    assert await async_setup_component(hass, "calendar", {})
    await hass.data[DATA_COMPONENT].async_add_entities([Stays()])
    calls = async_mock_service(hass, "datetime", "set_value")
    await automate(
        "cottage_arrive", {"house": "datetime.cottage_next_arrival", "calendar": "calendar.stays"}
    )
    for minutes in (10, 11):
        assert calls == []
        freezer.tick(timedelta(minutes=minutes))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
    # The trigger starts the automation when it has looked for the events that follow.
    await hass.async_block_till_done()
    (call,) = calls
    assert dt_util.parse_datetime(call.data["datetime"]) == Stays.stay.start
    await hass.data[DATA_COMPONENT].async_remove_entity(Stays.entity_id)


@pytest.mark.parametrize(
    ("name", "watched", "inputs"),
    [
        ("cottage_cheap_hours", "price", {}),
        ("cottage_peak", "power", {"pause": {"seconds": 0}}),
    ],
)
async def test_rooms_wait(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    automate: Automate,
    name: str,
    watched: str,
    inputs: dict[str, Any],
) -> None:
    """Rooms wait while it is dear, or much; then it is as before. An empty house is left alone."""
    hass.states.async_set("sensor.watched", "20")
    hass.states.async_set(MODE, "home")
    calls = async_mock_service(hass, "climate", "set_preset_mode")
    rooms = {"rooms": ["climate.kitchen"], "house": MODE, "limit": 10}
    await automate(name, {**rooms, watched: "sensor.watched", **inputs})

    async def shows(value: str) -> None:
        hass.states.async_set("sensor.watched", value)
        await hass.async_block_till_done()
        freezer.tick(timedelta(minutes=2))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()

    await shows("5")
    await shows("20")
    assert [call.data["preset_mode"] for call in calls] == ["home", "eco"]
    hass.states.async_set(MODE, "away")
    await shows("5")
    await shows("20")
    assert len(calls) == 2
