"""A house of real Modbus heaters in Home Assistant."""

import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.site.settings import CONF_PROFILE
from demo.cottage import DemoCottage

from .common import (
    ENTRY_ID,
    coordinator_of,
    entity_id,
    modbus_zone,
    pass_time,
    set_up,
    site_entry,
    state,
    thermostat,
)

ROOMS = ("living_room", "bedroom", "kitchen")


async def preset(hass: HomeAssistant, zone: str, chosen: str) -> None:
    """Choose a zone's preset, as a user does."""
    await hass.services.async_call(
        "climate",
        "set_preset_mode",
        {"entity_id": entity_id(hass, "climate", "thermostat", zone), "preset_mode": chosen},
        blocking=True,
    )


async def test_new_house_is_taken_as_it_is(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """Nothing is written because somebody has set something up."""
    await set_up(hass, site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS)))
    for _ in range(3):
        await pass_time(hass, clock)
    for room in ROOMS:
        found = thermostat(hass, room)
        assert found.state == "heat"
        assert found.attributes["temperature"] == 21
        assert found.attributes["current_temperature"] == 21
        assert found.attributes["min_temp"] == 8
    assert state(hass, "select", "mode").state == "home"
    assert cottage.writes == []


async def test_devices(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """Each room is a device of its own, behind that of the house."""
    await set_up(hass, site_entry(hass, modbus_zone(cottage, "living_room")))
    devices = dr.async_get(hass)
    house = devices.async_get_device_by_identifier((DOMAIN, ENTRY_ID), ENTRY_ID)
    room = devices.async_get_device_by_identifier((DOMAIN, "living_room"), ENTRY_ID)
    assert house is not None
    assert room is not None
    assert (house.name, room.name, room.via_device_id) == ("Cottage", "Living room", house.id)
    assert room.manufacturer == "Hysen / Beok / Floureon"
    assert thermostat(hass, "living_room").name == "Living room"


async def test_wish_is_carried_out_at_once(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """A preset is in the heater when the action is over; a zone's own wish is its own."""
    await set_up(hass, site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS)))
    await preset(hass, "kitchen", "eco")
    assert cottage.writes == [("kitchen", 64, 180)]
    found = thermostat(hass, "kitchen")
    assert (found.attributes["preset_mode"], found.attributes["temperature"]) == ("eco", 18)
    assert thermostat(hass, "bedroom").attributes["temperature"] == 21


async def test_off_is_the_floor(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """Off leaves the heater on, at the frost floor; on follows the house again."""
    await set_up(hass, site_entry(hass, modbus_zone(cottage, "kitchen")))
    target = {"entity_id": entity_id(hass, "climate", "thermostat", "kitchen")}
    await hass.services.async_call("climate", "turn_off", target, blocking=True)
    assert thermostat(hass, "kitchen").state == "off"
    assert cottage.house.radiators["kitchen"].setpoint == 8
    assert cottage.house.radiators["kitchen"].is_on
    await hass.services.async_call("climate", "turn_on", target, blocking=True)
    assert thermostat(hass, "kitchen").state == "heat"
    # Who changes their mind twice in a minute wears no register out.
    assert state(hass, "sensor", "why", "kitchen").state == "waiting_to_write"
    await pass_time(hass, clock, 60)
    assert cottage.house.radiators["kitchen"].setpoint == 21
    await pass_time(hass, clock, 60)
    await hass.services.async_call(
        "climate", "set_temperature", {**target, "temperature": 19.5}, blocking=True
    )
    assert thermostat(hass, "kitchen").attributes["preset_mode"] is None
    assert cottage.house.radiators["kitchen"].setpoint == 19.5


async def test_zone_is_warmed_in_a_house_that_only_guards_against_frost(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """Who turns a thermostat on wants it warm, whatever the house does."""
    await set_up(hass, site_entry(hass, modbus_zone(cottage, "kitchen")))
    await hass.services.async_call(
        "select",
        "select_option",
        {"entity_id": entity_id(hass, "select", "mode"), "option": "frost_guard"},
        blocking=True,
    )
    assert thermostat(hass, "kitchen").state == "off"
    await hass.services.async_call(
        "climate",
        "turn_on",
        {"entity_id": entity_id(hass, "climate", "thermostat", "kitchen")},
        blocking=True,
    )
    assert thermostat(hass, "kitchen").attributes["preset_mode"] == "home"
    await pass_time(hass, clock, 60)
    assert cottage.house.radiators["kitchen"].setpoint == 21


@pytest.mark.parametrize("how", ["reload", "unload"])
async def test_restart_writes_nothing(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory, how: str
) -> None:
    """What was wished goes on after a restart, and the heaters never notice it."""
    entry = site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS))
    await set_up(hass, entry)
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id(hass, "button", "turn_down")}, blocking=True
    )
    assert {room for room, _, _ in cottage.writes} == {*ROOMS}
    cottage.writes.clear()
    if how == "reload":
        await hass.config_entries.async_reload(entry.entry_id)
    else:
        await hass.config_entries.async_unload(entry.entry_id)
        clock.tick(3600)
        await hass.config_entries.async_setup(entry.entry_id)
    for _ in range(3):
        await pass_time(hass, clock)
    assert cottage.writes == []
    assert state(hass, "select", "mode").state == "away"
    assert thermostat(hass, "bedroom").attributes["temperature"] == 10


async def test_pulled_cable_takes_nothing_else_with_it(
    hass: HomeAssistant,
    cottage: DemoCottage,
    impatient: None,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A heater without power is told as that, and the others go on."""
    caplog.set_level(logging.INFO)
    await set_up(hass, site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS)))
    cottage.faults.silent.add("bedroom")
    await pass_time(hass, clock)
    assert thermostat(hass, "bedroom").state != STATE_UNAVAILABLE
    assert state(hass, "sensor", "why", "bedroom").state == "unreachable"
    for _ in range(4):
        await pass_time(hass, clock)
    assert thermostat(hass, "bedroom").state == STATE_UNAVAILABLE
    assert thermostat(hass, "kitchen").state == "heat"
    assert caplog.text.count("Bedroom does not answer") == 1
    await preset(hass, "kitchen", "eco")
    assert cottage.house.radiators["kitchen"].setpoint == 18

    issues = ir.async_get(hass)
    issue = (DOMAIN, f"heating_{ENTRY_ID}_silent_bedroom")
    assert issue not in issues.issues
    for _ in range(15):
        await pass_time(hass, clock, 60)
    assert issues.issues[issue].translation_placeholders == {
        "title": "Cottage",
        "zone": "Bedroom",
    }
    assert state(hass, "binary_sensor", "problem", "bedroom").state == STATE_ON
    assert state(hass, "binary_sensor", "problem", "kitchen").state == STATE_OFF
    assert state(hass, "binary_sensor", "problem").attributes["alarms"] == ["silent"]
    told = state(hass, "event", "heating").attributes
    assert (told["event_type"], told["zone"]) == ("silent", "Bedroom")

    cottage.faults.silent.clear()
    for _ in range(12):
        await pass_time(hass, clock, 60)
    assert thermostat(hass, "bedroom").state == "heat"
    assert "Bedroom answers again" in caplog.text
    assert issue not in issues.issues


async def test_house_without_a_gateway_comes_up(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """A house of which nothing can be seen is set up all the same, and is there when it answers."""
    await cottage.pull_gateway()
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"))
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert thermostat(hass, "kitchen").state == STATE_UNAVAILABLE
    await cottage.plug_gateway()
    await pass_time(hass, clock)
    assert thermostat(hass, "kitchen").state == "heat"


async def test_left_high_is_told_and_turned_down(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """Nobody is there and it is warm: it is told, once, and the button ends it, with a proof."""
    hass.states.async_set("zone.cottage", "0")
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"), presence=["zone.cottage"])
    await set_up(hass, entry)
    # Who fetches the newspaper has not left.
    assert state(hass, "binary_sensor", "left_high").state == STATE_OFF
    for _ in range(6):
        await pass_time(hass, clock, 60)
    assert state(hass, "binary_sensor", "left_high").state == STATE_ON
    assert state(hass, "binary_sensor", "left_high").attributes["zones"] == ["Kitchen"]
    assert state(hass, "binary_sensor", "left_high", "kitchen").state == STATE_ON
    told = state(hass, "event", "heating")
    assert told.attributes["event_type"] == "left_high"
    # A restart does not tell it once more.
    await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, clock)
    assert state(hass, "event", "heating").state == told.state

    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id(hass, "button", "turn_down")}, blocking=True
    )
    await pass_time(hass, clock)
    assert state(hass, "binary_sensor", "left_high").state == STATE_OFF
    assert state(hass, "sensor", "turned_down", "kitchen").state in {"proven", "read_back"}
    assert cottage.house.radiators["kitchen"].setpoint == 10


async def test_turned_down_by_itself(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """After the time that the user chose, it is turned down without anybody."""
    hass.states.async_set("zone.cottage", "0")
    await set_up(
        hass,
        site_entry(
            hass,
            modbus_zone(cottage, "kitchen"),
            presence=["zone.cottage"],
            turn_down_after=0.5,
        ),
    )
    for _ in range(40):
        await pass_time(hass, clock, 60)
    assert cottage.house.radiators["kitchen"].setpoint == 10
    assert state(hass, "event", "heating").attributes["event_type"] == "turned_down"
    assert state(hass, "select", "mode").state == "away"


@pytest.mark.parametrize(
    ("data", "key", "placeholders"),
    [
        ({CONF_PROFILE: "file:gone.yaml"}, "heater_file_invalid", {"file": "gone.yaml"}),
        (
            {"type": "serial", "device": "/dev/ttyUSB9", "line": "19200 8E1"},
            "heater_link_in_use",
            {"address": "/dev/ttyUSB9"},
        ),
    ],
)
async def test_zone_that_cannot_be_used_stands_still(
    hass: HomeAssistant,
    cottage: DemoCottage,
    clock: FrozenDateTimeFactory,
    data: dict[str, str],
    key: str,
    placeholders: dict[str, str],
) -> None:
    """A heater whose file or port is wrong is told as that, and the others go on."""
    other = modbus_zone(cottage, "bedroom", type="serial", device="/dev/ttyUSB9", line="9600 8N1")
    broken = modbus_zone(cottage, "living_room", **data)
    if "device" in data:
        for zone in (other, broken):
            zone["data"] = {k: v for k, v in zone["data"].items() if k != "host"}
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"), other, broken)
    await set_up(hass, entry)
    issues = [issue for (_, name), issue in ir.async_get(hass).issues.items() if key in name]
    assert len(issues) == 1
    assert issues[0].translation_key == key
    assert issues[0].translation_placeholders is not None
    assert placeholders.items() <= issues[0].translation_placeholders.items()
    assert thermostat(hass, "living_room").state == STATE_UNAVAILABLE
    await preset(hass, "kitchen", "eco")
    assert cottage.house.radiators["kitchen"].setpoint == 18
    coordinator = coordinator_of(entry)
    engine = coordinator.engine
    await coordinator.async_wish(lambda now: engine.set_mode(engine.mode, now))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not [name for _, name in ir.async_get(hass).issues if key in name]


async def test_removed_house_leaves_nothing(
    hass: HomeAssistant, cottage: DemoCottage, hass_storage: dict[str, object]
) -> None:
    """Its file goes with it; the heaters keep what they have."""
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"))
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    assert f"{DOMAIN}.heating.{ENTRY_ID}" in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    assert f"{DOMAIN}.heating.{ENTRY_ID}" not in hass_storage
    assert cottage.writes == []


async def test_what_a_newer_version_wrote(
    hass: HomeAssistant,
    cottage: DemoCottage,
    hass_storage: dict[str, object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is not understood; the heaters are taken as they are then."""
    key = f"{DOMAIN}.heating.{ENTRY_ID}"
    hass_storage[key] = {"version": 99, "minor_version": 1, "key": key, "data": {}}
    await set_up(hass, site_entry(hass, modbus_zone(cottage, "kitchen")))
    assert thermostat(hass, "kitchen").attributes["temperature"] == 21
    assert "newer version" in caplog.text
    assert cottage.writes == []


async def test_removed_zone_is_forgotten(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """The others go on with what they were told."""
    entry = site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS))
    await set_up(hass, entry)
    await preset(hass, "kitchen", "eco")
    hass.config_entries.async_remove_subentry(entry, "bedroom")
    await hass.async_block_till_done()
    assert coordinator_of(entry).zones.keys() == {"living_room", "kitchen"}
    assert thermostat(hass, "kitchen").attributes["preset_mode"] == "eco"
    assert cottage.writes == [("kitchen", 64, 180)]


async def test_power_cut(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory, impatient: None
) -> None:
    """It is told as one; what comes back with its maker's setpoint is turned down again."""
    meter = {"unit_of_measurement": "W"}
    hass.states.async_set("sensor.house", "900", meter)
    entry = site_entry(
        hass, *(modbus_zone(cottage, room) for room in ROOMS[1:]), power="sensor.house"
    )
    await set_up(hass, entry)
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id(hass, "button", "turn_down")}, blocking=True
    )
    assert cottage.house.radiators["kitchen"].setpoint == 10
    await pass_time(hass, clock, 60)

    await cottage.cut_power()
    hass.states.async_set("sensor.house", "unavailable")
    for _ in range(20):
        await pass_time(hass, clock, 60)
    issue = (DOMAIN, f"heating_{ENTRY_ID}_power_cut")
    found = ir.async_get(hass).issues[issue]
    assert found.severity is ir.IssueSeverity.ERROR
    assert found.translation_placeholders == {"title": "Cottage", "zone": "Cottage"}
    assert state(hass, "binary_sensor", "problem").state == STATE_ON
    assert thermostat(hass, "kitchen").state == STATE_UNAVAILABLE

    await cottage.restore_power()
    assert cottage.house.radiators["kitchen"].setpoint == 20
    hass.states.async_set("sensor.house", "900", meter)
    for _ in range(12):
        await pass_time(hass, clock, 60)
    assert issue not in ir.async_get(hass).issues
    for room in ROOMS[1:]:
        assert cottage.house.radiators[room].setpoint == 10
        assert thermostat(hass, room).attributes["temperature"] == 10
