"""Setting up a house and its rooms, through the flows."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from pymodbus.constants import ExcCodes
import pytest

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.site.settings import TEMPERATURES, Way
from demo.cottage import HOST, UNITS, DemoCottage
from tests.heating.registers.heater import SILENCE, Heater

from .common import coordinator_of, entity_zone, modbus_zone, set_up, site_entry

MORE = {"highest": 30, "away_preset": "away", "dry_margin": 4, "boost_hours": 2}
ROOM = {"name": "Kitchen", "floor": 8, **TEMPERATURES, "more": MORE}
ELECTRICITY = {"base_load": 150, "phases": "3", "interval": 30}


@pytest.fixture
def thermometer(hass: HomeAssistant) -> er.RegistryEntry:
    """Return an entity that may be renamed."""
    return er.async_get(hass).async_get_or_create("sensor", "test", "attic")


async def start(hass: HomeAssistant, entry: Any, *steps: str) -> Any:
    """Start to add a room, and choose from menus."""
    flow = await hass.config_entries.subentries.async_init(
        (entry.entry_id, "zone"), context={"source": SOURCE_USER}
    )
    for step in steps:
        flow = await go_on(hass, flow, next_step_id=step)
    return flow


async def change(hass: HomeAssistant, entry: Any, zone: str, *steps: str) -> Any:
    """Start to change a room, and choose from menus."""
    flow = await entry.start_subentry_reconfigure_flow(hass, zone)
    for step in steps:
        flow = await go_on(hass, flow, next_step_id=step)
    return flow


async def go_on(hass: HomeAssistant, flow: Any, **data: Any) -> Any:
    """Fill in a form of a room."""
    return await hass.config_entries.subentries.async_configure(flow["flow_id"], data)


async def to_link(hass: HomeAssistant, entry: Any, profile: str = "mc6") -> Any:
    """Go to the form that asks where a heater is."""
    flow = await start(hass, entry, "modbus_tcp")
    return await go_on(hass, flow, profile=profile)


def where(cottage: DemoCottage, room: str = "kitchen", **data: Any) -> dict[str, Any]:
    """Return what a user says of where a heater is."""
    told = {"host": HOST, "port": cottage.port, "type": "tcp", "unit_id": UNITS[room]}
    return {**told, **data}


async def test_house(hass: HomeAssistant, thermometer: er.RegistryEntry) -> None:
    """A house is told about once; its entities may be renamed afterwards."""
    flow: Any = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    configure = hass.config_entries.flow.async_configure
    flow = await configure(flow["flow_id"], {"next_step_id": "heating"})
    assert flow["step_id"] == "heating"
    told = {
        "name": "Cottage",
        "presence": ["zone.cottage"],
        "outdoor": thermometer.entity_id,
        "electricity": {**ELECTRICITY, "fuse": 25},
    }
    flow = await configure(flow["flow_id"], told)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    entry = flow["result"]
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["outdoor"] == thermometer.id
    assert coordinator_of(entry).settings.fuse == 25 * 3 * 230

    again: Any = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    again = await configure(again["flow_id"], {"next_step_id": "heating"})
    again = await configure(again["flow_id"], told)
    assert again["reason"] == "already_configured"


async def test_house_changes(hass: HomeAssistant, thermometer: er.RegistryEntry) -> None:
    """All of it can be changed; what is gone is not suggested any more."""
    entry = site_entry(
        hass, presence=[thermometer.id, "0" * 32], outdoor=thermometer.id, weather="0" * 32
    )
    await set_up(hass, entry)
    flow = await entry.start_reconfigure_flow(hass)
    suggested = {
        str(key): key.description["suggested_value"]
        for key in flow["data_schema"].schema
        if key.description
    }
    assert suggested["outdoor"] == thermometer.entity_id
    assert suggested["presence"] == [thermometer.entity_id]
    assert "weather" not in suggested
    done = await hass.config_entries.flow.async_configure(
        flow["flow_id"],
        {"name": "Sea hut", "turn_down_after": 2, "electricity": {**ELECTRICITY, "interval": 15}},
    )
    assert done["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.title == "Sea hut"
    assert entry.data["presence"] == []
    assert "outdoor" not in entry.data
    interval = coordinator_of(entry).update_interval
    assert interval is not None
    assert interval.total_seconds() == 15


async def test_modbus_room(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """A heater is read, shown, told what it was told already, and then a room."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await to_link(hass, entry)
    assert flow["step_id"] == "link_tcp"
    flow = await go_on(hass, flow, **where(cottage, host=f" {HOST} "))
    assert flow["step_id"] == "found"
    assert flow["description_placeholders"]["found"] == (
        "- Wished temperature: **21 °C**\n- Room temperature: **21 °C**\n- Switched on: **yes**"
    )
    flow = await go_on(hass, flow, check=True)
    assert flow["step_id"] == "zone"
    assert cottage.writes == [("kitchen", 64, 210)]
    flow = await go_on(hass, flow, **ROOM, rated_power=1250)
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (zone,) = entry.subentries.values()
    assert zone.title == "Kitchen"
    assert zone.data["function"] == "multiple"
    assert zone.data["host"] == HOST
    assert {"check", "name", "more"}.isdisjoint(zone.data)
    # The entry was loaded anew, with the room.
    assert [each.name for each in coordinator_of(entry).zones.values()] == ["Kitchen"]
    assert len(cottage.writes) == 1

    flow = await to_link(hass, entry)
    flow = await go_on(hass, flow, **where(cottage))
    assert flow["errors"] == {"base": "already_configured"}


async def test_relay_room(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """A board has channels, and a heater without a thermostat needs one in the room."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await to_link(hass, entry, "waveshare_relay")
    flow = await go_on(hass, flow, **where(cottage, "bathroom", channel=1))
    assert flow["description_placeholders"]["found"] == "- Switched on: **yes**"
    flow = await go_on(hass, flow, check=False)
    room = next(key for key in flow["data_schema"].schema if str(key) == "room")
    assert type(room).__name__ == "Required"
    flow = await go_on(hass, flow, **ROOM, room="sensor.bathroom")
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    assert cottage.writes == []


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"port": 1}, "modbus_unreachable"),
        ({"unit_id": 99}, "modbus_silent"),
        ({"unit_id": UNITS["living_room"]}, "modbus_no_values"),
    ],
)
async def test_no_heater_there(
    hass: HomeAssistant, cottage: DemoCottage, impatient: None, data: dict[str, Any], error: str
) -> None:
    """What is the matter is told, and the form can be filled in anew."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await to_link(hass, entry, "nilan_cts602" if error == "modbus_no_values" else "mc6")
    flow = await go_on(hass, flow, **where(cottage, **data))
    assert flow["errors"] == {"base": error}
    if error != "modbus_no_values":
        flow = await go_on(hass, flow, **where(cottage))
        assert flow["step_id"] == "found"


@pytest.mark.parametrize(
    ("answers", "obeys", "error"),
    [
        ({6: ExcCodes.ILLEGAL_VALUE, 16: ExcCodes.ILLEGAL_VALUE}, True, "write_refused"),
        ({3: SILENCE}, True, "modbus_silent"),
    ],
)
async def test_heater_that_cannot_be_told(
    hass: HomeAssistant,
    impatient: None,
    answers: dict[int, ExcCodes | None],
    obeys: bool,
    error: str,
) -> None:
    """A refused trial is told; who knows better goes on without it."""
    heater = Heater({("holding", 0): 190, ("holding", 61): 1, ("holding", 64): 210})
    host, port = await heater.start()
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await to_link(hass, entry)
    flow = await go_on(hass, flow, host=host, port=port, type="tcp", unit_id=1)
    heater.answers, heater.obeys = answers, obeys
    flow = await go_on(hass, flow, check=True)
    assert flow["step_id"] == "found"
    assert flow["errors"] == {"base": error}
    flow = await go_on(hass, flow, check=False)
    assert flow["step_id"] == "zone"
    await heater.stop()


async def test_heater_without_a_setpoint(hass: HomeAssistant) -> None:
    """What makes no sense is shown as that, and is not written again."""
    heater = Heater({("holding", 0): 190, ("holding", 61): 7, ("holding", 64): 9000})
    host, port = await heater.start()
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await to_link(hass, entry)
    flow = await go_on(hass, flow, host=host, port=port, type="tcp", unit_id=1)
    assert flow["description_placeholders"]["found"] == (
        "- Wished temperature: **900 °C (looks wrong)**\n"
        "- Room temperature: **19 °C**\n"
        "- Switched on: **looks wrong**"
    )
    flow = await go_on(hass, flow, check=True)
    assert flow["errors"] == {"base": "nothing_to_write"}
    assert heater.writes == []
    await heater.stop()


async def test_serial_room(hass: HomeAssistant, impatient: None) -> None:
    """The line must make sense, and the port be there."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await start(hass, entry, "modbus_serial")
    flow = await go_on(hass, flow, profile="hysen_hy")
    assert flow["step_id"] == "link_serial"
    told = {"device": "/dev/ttyNOTHING", "unit_id": 1}
    flow = await go_on(hass, flow, **told, line="fast")
    assert flow["errors"] == {"line": "line_invalid"}
    flow = await go_on(hass, flow, **told, line="9600 8N1")
    assert flow["errors"] == {"base": "modbus_unreachable"}


async def test_own_file(hass: HomeAssistant, tmp_path: Path) -> None:
    """A file that cannot be used is named, and the other heaters can be chosen."""
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / DOMAIN / "heaters"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("manufacturer: Me\n")
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await start(hass, entry, "modbus_tcp")
    assert flow["errors"] == {"base": "profile_file_invalid"}
    assert flow["description_placeholders"]["file"] == "mine.yaml"
    flow = await go_on(hass, flow, profile="mc6")
    assert flow["step_id"] == "link_tcp"


@pytest.mark.parametrize("way", ["switch", "climate"])
async def test_entity_room(hass: HomeAssistant, way: str) -> None:
    """A heater that Home Assistant has already; not one of ours, and not twice."""
    registry = er.async_get(hass)
    entry = site_entry(hass)
    await set_up(hass, entry)
    known = registry.async_get_or_create(way, "test", "heater")
    own = registry.async_get_or_create(way, DOMAIN, "heater", config_entry=entry)
    flow = await start(hass, entry, way)
    assert flow["step_id"] == way
    flow = await go_on(hass, flow, target=own.entity_id)
    assert flow["errors"] == {"target": "own_entity"}
    flow = await go_on(hass, flow, target=known.entity_id)
    assert flow["step_id"] == "zone"
    flow = await go_on(hass, flow, **ROOM, room="sensor.attic")
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (zone,) = entry.subentries.values()
    assert zone.data["target"] == known.id
    flow = await start(hass, entry, way)
    flow = await go_on(hass, flow, target=known.entity_id)
    assert flow["errors"] == {"base": "already_configured"}


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"floor": 15, "away": 10}, {"away": "below_floor"}),
        ({"home": 29, "more": {**MORE, "highest": 25}}, {"home": "above_highest"}),
        ({"floor": 12, "more": {**MORE, "highest": 11}}, {"floor": "floor_above_highest"}),
    ],
)
async def test_temperatures_that_contradict_each_other(
    hass: HomeAssistant, data: dict[str, Any], errors: dict[str, str]
) -> None:
    """The form says which, and keeps what was filled in."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    flow = await start(hass, entry, "climate")
    flow = await go_on(hass, flow, target="climate.attic")
    flow = await go_on(hass, flow, **{**ROOM, **data})
    assert flow["errors"] == errors
    flow = await go_on(hass, flow, **ROOM)
    assert flow["type"] is FlowResultType.CREATE_ENTRY


async def test_room_changes(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """Its temperatures, its heater's place, and a heater of another kind."""
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"), modbus_zone(cottage, "bedroom"))
    await set_up(hass, entry)
    flow = await change(hass, entry, "kitchen", "zone")
    flow = await go_on(hass, flow, **{**ROOM, "name": "Galley", "home": 20})
    assert flow["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    zone = entry.subentries["kitchen"]
    assert (zone.title, zone.data["home"], zone.data["profile"]) == ("Galley", 20, "mc6")
    assert coordinator_of(entry).zones["kitchen"].name == "Galley"

    flow = await change(hass, entry, "kitchen", "modbus_tcp")
    flow = await go_on(hass, flow, profile="hysen_hy")
    flow = await go_on(hass, flow, **where(cottage, "bedroom"))
    assert flow["errors"] == {"base": "already_configured"}
    flow = await go_on(hass, flow, **where(cottage, "living_room"))
    flow = await go_on(hass, flow, check=False)
    flow = await go_on(hass, flow, **ROOM)
    assert flow["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    zone = entry.subentries["kitchen"]
    assert (zone.data["profile"], zone.data["unit_id"]) == ("hysen_hy", UNITS["living_room"])
    assert zone.unique_id == f"{HOST}:{cottage.port}:{UNITS['living_room']}:1"
    assert cottage.writes == []


async def test_entity_room_changes(hass: HomeAssistant) -> None:
    """Another thermostat takes its place."""
    entry = site_entry(hass, entity_zone(Way.CLIMATE, "climate.attic"))
    await set_up(hass, entry)
    flow = await change(hass, entry, "climate", "climate")
    flow = await go_on(hass, flow, target="climate.cellar")
    flow = await go_on(hass, flow, **ROOM)
    assert flow["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.subentries["climate"].data["target"] == "climate.cellar"
