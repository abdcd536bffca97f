"""Setting a Modbus meter up: what is found is offered, what is refused is said, and recovered from."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_PROTOCOL, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pymodbus import FramerType
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_schema_suggested_value,
)

from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_METER
from custom_components.lumme_energy.meter.connection import PROTOCOL_MODBUS
from custom_components.lumme_energy.meter.modbus_coordinator import (
    CONF_BASE,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PROFILE,
    CONF_REFUSED,
    CONF_SERIAL,
)
from custom_components.lumme_energy.modbus_link import (
    CONF_LINE,
    CONF_UNIT_ID,
    LINES,
    TYPE_RTU_OVER_TCP,
    TYPE_SERIAL,
    TYPE_TCP,
    is_line,
)
from demo.modbus_meter import HOLDING, INPUT, sdm630
from tests.metering.modbus.layouts import TABLES, constant, sunspec_device

from .common import state
from .conftest import NOW, ModbusMeters
from .modbus_common import SERIAL, modbus_entry, set_up_modbus

type Result = Any


async def start(hass: HomeAssistant, step: str) -> Result:
    """Open a step from the menus, as a user does."""
    flow = hass.config_entries.flow
    menu = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    menu = await flow.async_configure(menu["flow_id"], {"next_step_id": KIND_METER})
    assert menu["menu_options"] == ["p1_network", "p1_serial", "modbus_tcp", "modbus_serial"]
    form = await flow.async_configure(menu["flow_id"], {"next_step_id": step})
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == step
    return form


async def answer(hass: HomeAssistant, form: Result, **data: Any) -> Result:
    """Fill in a form."""
    return await hass.config_entries.flow.async_configure(form["flow_id"], data)


async def answer_tcp(
    hass: HomeAssistant, form: Result, host: str, port: int, unit_id: int = 1, kind: str = TYPE_TCP
) -> Result:
    """Fill in the form of a network gateway."""
    more = {CONF_UNIT_ID: unit_id, CONF_TYPE: kind}
    return await answer(hass, form, host=host, port=port, more=more)


async def answer_serial(hass: HomeAssistant, form: Result, device: str, line: str) -> Result:
    """Fill in the form of a serial port."""
    return await answer(hass, form, device=device, line=line, more={CONF_UNIT_ID: 1})


def options(form: Result) -> dict[str, str]:
    """Return the meters that a form offers, by their labels."""
    selector = form["data_schema"].schema[CONF_PROFILE]
    return {option["label"]: option["value"] for option in selector.config["options"]}


@pytest.mark.usefixtures("all_enabled")
async def test_meter_that_names_itself_is_offered(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus()
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), f" {host} ", port)
    assert form["step_id"] == "modbus_found"
    assert not form["errors"]
    placeholders = form["description_placeholders"]
    assert placeholders["found"] == f"- Eastron SDM630 ({SERIAL})"
    assert placeholders["address"] == f"{host}:{port}"
    assert placeholders["unit_id"] == "1"
    # The default is what was found.
    result = await answer(hass, form, **form["data_schema"]({}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Eastron SDM630"
    assert result["data"] == {
        CONF_KIND: KIND_METER,
        CONF_PROTOCOL: PROTOCOL_MODBUS,
        CONF_TYPE: TYPE_TCP,
        CONF_HOST: host,
        CONF_PORT: port,
        CONF_UNIT_ID: 1,
        CONF_PROFILE: "eastron_3p",
        CONF_BASE: 0,
        CONF_MANUFACTURER: "Eastron",
        CONF_MODEL: "SDM630",
        CONF_SERIAL: SERIAL,
    }
    assert result["result"].unique_id == f"Eastron {SERIAL}"
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED
    assert state(hass, "voltage_l3", result["result"].entry_id) == "229.3"


async def test_meter_that_looks_like_one_is_a_guess(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(constant(TABLES["janitza"]().bridged()))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    assert form["step_id"] == "modbus_guess"
    assert form["description_placeholders"]["found"].startswith("- Janitza B series")
    result = await answer(hass, form, **form["data_schema"]({}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Janitza meter"
    assert CONF_SERIAL not in result["data"]
    assert result["result"].unique_id == f"{host}:{port}:1:0"
    await hass.async_block_till_done()


async def test_unknown_meter_is_chosen_and_a_wrong_choice_is_refused(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(constant(TABLES["carlo_gavazzi_3p"]().bridged()))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    assert form["step_id"] == "modbus_choose"
    offered = options(form)
    assert len(offered) == 10
    assert not any("SunSpec" in label for label in offered)
    form = await answer(hass, form, profile="abb")
    assert form["errors"] == {"base": "modbus_no_values"}
    assert form["step_id"] == "modbus_choose"
    result = await answer(hass, form, profile="carlo_gavazzi_3p")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Carlo Gavazzi meter"
    await hass.async_block_till_done()


async def test_choice_with_nothing_in_its_registers_is_refused(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    image = {(HOLDING, address): [0xFFFF] for address in range(0x5000, 0x5C00)}
    _, host, port = await run_modbus(constant(image))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    form = await answer(hass, form, profile="janitza_umg604")
    assert form["errors"] == {"base": "modbus_no_values"}
    nothing = {(HOLDING, address): [0x7FC0] for address in range(10000)}
    _, host, port = await run_modbus(constant(nothing))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    form = await answer(hass, form, profile="janitza_umg604")
    assert form["errors"] == {"base": "modbus_no_values"}


async def test_sunspec_meters_of_one_device_are_two_entries(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    device = sunspec_device(40000, TABLES["sunspec_integer"](), TABLES["sunspec_float"]())
    _, host, port = await run_modbus(constant(device))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    assert form["step_id"] == "modbus_found"
    result = await answer(hass, form, profile="found:0")
    assert result["data"][CONF_BASE] == 40070
    assert result["result"].unique_id == "Fictive Meters SN-4711 40070"
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    result = await answer(hass, form, profile="found:1")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == f"Fictive Meters SN-4711 {40070 + 107}"
    await hass.async_block_till_done()


async def test_serial_frames_through_a_gateway(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(framer=FramerType.RTU)
    form = await start(hass, "modbus_tcp")
    form = await answer_tcp(hass, form, host, port, kind=TYPE_RTU_OVER_TCP)
    result = await answer(hass, form, profile="found:0")
    assert result["data"][CONF_TYPE] == TYPE_RTU_OVER_TCP
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def test_refusals_are_said_and_recovered_from(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None, unused_tcp_port: int
) -> None:
    meter, host, port = await run_modbus()
    form = await start(hass, "modbus_tcp")
    form = await answer_tcp(hass, form, host, unused_tcp_port)
    assert form["errors"] == {"base": "modbus_unreachable"}
    form = await answer_tcp(hass, form, host, port, unit_id=7)
    assert form["errors"] == {"base": "modbus_silent"}
    assert get_schema_suggested_value(form["data_schema"].schema, CONF_HOST) == host
    form = await answer_tcp(hass, form, host, port)
    assert form["step_id"] == "modbus_found"
    meter.faults.silence = True
    form = await answer(hass, form, profile="found:0")
    assert form["errors"] == {"base": "modbus_silent"}
    meter.faults.silence = False
    result = await answer(hass, form, profile="found:0")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_same_meter_is_refused(hass: HomeAssistant, run_modbus: ModbusMeters) -> None:
    _, host, port = await run_modbus()
    _, _, elsewhere = await run_modbus()
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    for there in (port, elsewhere):
        form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, there)
        result = await answer(hass, form, profile="found:0")
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "already_configured"


@pytest.mark.usefixtures("all_enabled")
async def test_own_profiles_are_offered_and_broken_ones_named(
    hass: HomeAssistant, run_modbus: ModbusMeters, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / DOMAIN / "meters"
    folder.mkdir(parents=True)
    (folder / "acme.yaml").write_text(
        "manufacturer: Acme\nmodel: Meter 3\nfunction: input\nregisters:\n"
        "  voltage_l1: {address: 4, type: f32, unit: V}\n"
    )
    (folder / "other.json").write_text(
        '{"manufacturer": "Other", "model": "1", "registers": {"power": {"address": 1}}}'
    )
    (folder / "notes.txt").write_text("no profile")
    _, host, port = await run_modbus(constant({(INPUT, 4): [0x4366, 0x6666]}))
    form = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    assert form["step_id"] == "modbus_choose"
    assert form["errors"] == {"base": "profile_file_invalid"}
    placeholders = form["description_placeholders"]
    assert placeholders["file"] == "other.json"
    assert placeholders["key"] == "registers.power.type"
    assert placeholders["allowed"].startswith("u16 | i16")
    assert options(form)["Acme Meter 3 (acme.yaml)"] == "file:acme.yaml"
    result = await answer(hass, form, profile="file:acme.yaml")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Acme meter"
    await hass.async_block_till_done()
    assert state(hass, "voltage_l1", result["result"].entry_id) == "230.4"


async def test_speed_and_parity_are_found_out(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(framer=FramerType.RTU)
    device = f"socket://{host}:{port}"
    form = await answer_serial(hass, await start(hass, "modbus_serial"), device, "auto")
    assert form["step_id"] == "modbus_found"
    result = await answer(hass, form, profile="found:0")
    assert result["data"][CONF_TYPE] == TYPE_SERIAL
    assert result["data"][CONF_DEVICE] == device
    assert result["data"][CONF_LINE] == LINES[0]
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED


async def test_line_at_which_the_meter_only_refuses_is_the_right_one(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(constant(TABLES["janitza"]().bridged()), framer=FramerType.RTU)
    form = await start(hass, "modbus_serial")
    form = await answer_serial(hass, form, f"socket://{host}:{port}", "auto")
    assert form["step_id"] == "modbus_guess"


async def test_every_line_is_tried(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None
) -> None:
    meter, host, port = await run_modbus(framer=FramerType.RTU)
    meter.faults.silence = True
    device = f"socket://{host}:{port}"
    form = await answer_serial(hass, await start(hass, "modbus_serial"), device, "auto")
    assert form["errors"] == {"base": "modbus_silent"}
    assert len(meter.requests) >= len(LINES)
    assert len(set(LINES)) == len(LINES)
    assert all(is_line(line) for line in LINES)
    form = await answer_serial(hass, form, device, "fast")
    assert form["errors"] == {"line": "line_invalid"}
    meter.faults.silence = False
    form = await answer_serial(hass, form, device, "57600 7E1")
    assert form["step_id"] == "modbus_found"


async def test_port_that_cannot_be_opened(hass: HomeAssistant, unused_tcp_port: int) -> None:
    form = await start(hass, "modbus_serial")
    form = await answer_serial(hass, form, f"socket://127.0.0.1:{unused_tcp_port}", "auto")
    assert form["errors"] == {"base": "modbus_unreachable"}


async def test_port_in_use(hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None) -> None:
    meter, host, port = await run_modbus(framer=FramerType.RTU)
    device = f"socket://{host}:{port}"
    await set_up_modbus(hass, _serial_entry(hass, host, port, "57600 8N1"))
    form = await start(hass, "modbus_serial")
    form = await answer_serial(hass, form, device, "9600 8N1")
    assert form["errors"] == {"base": "modbus_link_in_use"}
    form = await answer_serial(hass, form, device, "auto")
    assert form["errors"] == {"base": "modbus_link_in_use"}
    assert meter.requests


def _serial_entry(hass: HomeAssistant, host: str, port: int, line: str) -> MockConfigEntry:
    return modbus_entry(
        hass,
        host,
        port,
        **{
            CONF_TYPE: TYPE_SERIAL,
            CONF_DEVICE: f"socket://{host}:{port}",
            CONF_LINE: line,
        },
    )


@pytest.mark.usefixtures("all_enabled")
async def test_reconfigure_follows_the_meter(hass: HomeAssistant, run_modbus: ModbusMeters) -> None:
    old, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port, refused=[["input", 0, 2]])
    await set_up_modbus(hass, entry)
    await old.stop()
    _, _, elsewhere = await run_modbus()
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure_modbus_tcp"
    assert get_schema_suggested_value(form["data_schema"].schema, CONF_PORT) == port
    assert CONF_PROFILE not in form["data_schema"].schema
    result = await answer_tcp(hass, form, host, elsewhere)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_PORT] == elsewhere
    assert CONF_REFUSED not in entry.data
    assert entry.unique_id == f"Eastron {SERIAL}"
    assert state(hass, "voltage_l3") == "229.3"


async def test_reconfigure_at_the_same_place(hass: HomeAssistant, run_modbus: ModbusMeters) -> None:
    _, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    result = await answer_tcp(hass, await entry.start_reconfigure_flow(hass), host, port)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED


async def test_reconfigure_refuses_another_meter_and_recovers(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None, unused_tcp_port: int
) -> None:
    _, host, port = await run_modbus()
    image = {**sdm630(NOW), (HOLDING, 0xFC00): [0, 4711]}
    _, _, other = await run_modbus(constant(image))
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    form = await answer_tcp(hass, await entry.start_reconfigure_flow(hass), host, unused_tcp_port)
    assert form["errors"] == {"base": "modbus_unreachable"}
    result = await answer_tcp(hass, form, host, other)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "another_meter"
    assert entry.data[CONF_PORT] == port


@pytest.mark.usefixtures("all_enabled")
async def test_reconfigure_changes_the_profile_of_a_meter_that_names_itself_to_nobody(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(constant(TABLES["janitza"]().bridged()))
    entry = modbus_entry(hass, host, port, named=False, profile="schneider_iem3000")
    form = await entry.start_reconfigure_flow(hass)
    assert get_schema_suggested_value(form["data_schema"].schema, CONF_PROFILE)
    more = {CONF_UNIT_ID: 1, CONF_TYPE: TYPE_TCP}
    form = await answer(hass, form, host=host, port=port, more=more, profile="abb")
    assert form["errors"] == {"base": "modbus_no_values"}
    result = await answer(hass, form, host=host, port=port, more=more, profile="janitza")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_PROFILE] == "janitza"
    assert entry.data[CONF_MANUFACTURER] == "Janitza"
    assert state(hass, "voltage_l1") == "230.4"


async def test_reconfigure_of_the_line_makes_way_for_itself(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None
) -> None:
    meter, host, port = await run_modbus(framer=FramerType.RTU)
    entry = _serial_entry(hass, host, port, "9600 8N1")
    await set_up_modbus(hass, entry)
    device = entry.data[CONF_DEVICE]
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure_modbus_serial"
    meter.faults.silence = True
    form = await answer_serial(hass, form, device, "19200 8E1")
    assert form["errors"] == {"base": "modbus_silent"}
    assert entry.state is ConfigEntryState.SETUP_RETRY
    meter.faults.silence = False
    with patch("custom_components.lumme_energy.meter.modbus_flow.LINES", ("38400 8N1",)):
        result = await answer_serial(hass, form, device, "auto")
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_LINE] == "38400 8N1"
    assert entry.state is ConfigEntryState.LOADED


async def test_own_profile_that_goes_while_the_form_is_open(
    hass: HomeAssistant, run_modbus: ModbusMeters, tmp_path: Path
) -> None:
    hass.config.config_dir = str(tmp_path)
    file = tmp_path / DOMAIN / "meters" / "acme.yaml"
    file.parent.mkdir(parents=True)
    mine = "manufacturer: Acme\nmodel: 3\nregisters: {power: {address: 1, type: i16, unit: W}}\n"
    file.write_text(mine.replace("3", "three"))
    _, host, port = await run_modbus(constant(TABLES["janitza"]().bridged()))
    entry = modbus_entry(hass, host, port, named=False, profile="file:acme.yaml")
    new = await answer_tcp(hass, await start(hass, "modbus_tcp"), host, port)
    old = await entry.start_reconfigure_flow(hass)
    file.write_text(mine)
    new = await answer(hass, new, profile="file:acme.yaml")
    assert new["errors"] == {"base": "profile_file_invalid"}
    assert new["description_placeholders"]["key"] == "model"
    more = {CONF_UNIT_ID: 1, CONF_TYPE: TYPE_TCP}
    old = await answer(hass, old, host=host, port=port, more=more, profile="file:acme.yaml")
    assert old["errors"] == {"base": "modbus_no_values"}
