"""A Modbus meter in Home Assistant: what is read, how often, and the truth when it cannot be."""

import asyncio
from datetime import timedelta
import logging
from pathlib import Path

from homeassistant.components.modbus.connection import async_get_connection_info
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_TYPE, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from pymodbus import FramerType
from pymodbus.constants import ExcCodes
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.meter.modbus_coordinator import (
    CONF_BASE,
    CONF_PROFILE,
    CONF_REFUSED,
    CONF_SERIAL,
)
from custom_components.lumme_energy.modbus_link import (
    CONF_LINE,
    CONF_UNIT_ID,
    TYPE_RTU_OVER_TCP,
    TYPE_SERIAL,
)
from demo.modbus_meter import HOLDING, INPUT, Fault, float32, sdm630
from tests.metering.modbus.layouts import TABLES, constant, sunspec_device

from .common import pass_time, state
from .conftest import NOW, Clock, ModbusMeters
from .modbus_common import (
    SERIAL,
    modbus_coordinator_of,
    modbus_entry,
    poll,
    set_up_modbus,
)


async def test_meter_is_shown_like_any_other(hass: HomeAssistant, run_modbus: ModbusMeters) -> None:
    _, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert float(state(hass, "power_export")) == 0
    assert float(state(hass, "energy_import")) > 8412
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, "meter"), "meter")
    assert device is not None
    assert (device.manufacturer, device.model, device.serial_number) == (
        "Eastron",
        "SDM630",
        SERIAL,
    )
    # What is noisy or rarely wanted is there, but sleeps.
    registry = er.async_get(hass)
    for key in ("voltage_l1", "frequency", "power_factor", "energy_import_l1", "requests"):
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"meter_{key}")
        assert entity_id is not None
        assert registry.entities[entity_id].disabled
    assert not registry.async_get_entity_id("sensor", DOMAIN, "meter_telegrams")


@pytest.mark.usefixtures("all_enabled")
async def test_what_sleeps_by_default(hass: HomeAssistant, run_modbus: ModbusMeters) -> None:
    meter, host, port = await run_modbus()
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    assert state(hass, "voltage_l3") == "229.3"
    total = sum(float(state(hass, f"power_import_l{phase}")) for phase in (1, 2, 3))
    assert float(state(hass, "power_import")) == pytest.approx(total, abs=1e-5)
    assert state(hass, "frequency") == "49.98"
    assert state(hass, "power_factor_l2") == "0.979"
    assert float(state(hass, "energy_import_l3")) > 2800
    assert hass.states.get("sensor.eastron_sdm630_energy_import_phase_3")
    assert state(hass, "requests") == str(len([one for one in meter.requests if one.function == 4]))
    assert state(hass, "failed_requests") == "0"


async def test_powers_are_read_often_and_registers_once_a_minute(
    hass: HomeAssistant, run_modbus: ModbusMeters, modbus_clock: Clock
) -> None:
    meter, host, port = await run_modbus()
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    meter.requests.clear()
    for _ in range(11):
        await poll(hass, modbus_clock, 5)
    assert meter.requests == [(INPUT, 0, 72)] * 11
    meter.requests.clear()
    await poll(hass, modbus_clock, 5)
    assert meter.requests == [(INPUT, 0, 80), (INPUT, 0x15A, 12)]
    meter.requests.clear()
    await poll(hass, modbus_clock, 5)
    assert meter.requests == [(INPUT, 0, 72)]


async def test_registers_follow_within_a_minute(
    hass: HomeAssistant, run_modbus: ModbusMeters, modbus_clock: Clock
) -> None:
    when = NOW
    _, host, port = await run_modbus(lambda _: sdm630(when))
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    before = float(state(hass, "energy_import"))
    when += timedelta(minutes=1)
    for _ in range(13):
        await poll(hass, modbus_clock, 5)
    assert float(state(hass, "energy_import")) > before


@pytest.mark.usefixtures("all_enabled")
async def test_meter_that_does_not_answer_is_tried_again(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None
) -> None:
    meter, host, port = await run_modbus()
    meter.faults.silence = True
    entries = (
        modbus_entry(hass, host, port),
        modbus_entry(hass, host, port, named=False, entry_id="other"),
    )
    await hass.config_entries.async_setup("meter")
    for entry in entries:
        assert entry.state is ConfigEntryState.SETUP_RETRY
        assert entry.reason == f"The meter at {host}:{port} does not answer"
    meter.faults.silence = False
    await hass.config_entries.async_reload("meter")
    assert state(hass, "voltage_l3") == "229.3"


async def test_silence_is_told_within_the_limit_and_once(
    hass: HomeAssistant,
    run_modbus: ModbusMeters,
    impatient: None,
    modbus_clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meter, host, port = await run_modbus()
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    meter.faults.silence = True
    for _ in range(3):
        await poll(hass, modbus_clock)
    assert state(hass, "power_import") not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
    await pass_time(hass, 19)
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await pass_time(hass, 21)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    assert state(hass, "energy_import") == STATE_UNAVAILABLE
    for _ in range(3):
        await poll(hass, modbus_clock)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    assert caplog.text.count("silent for 20 seconds") == 1

    # It is believed at once when it answers, registers included.
    caplog.set_level(logging.INFO)
    meter.faults.silence = False
    meter.requests.clear()
    await poll(hass, modbus_clock)
    assert sorted(meter.requests) == [(INPUT, 0, 80), (INPUT, 0x15A, 12)]
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    assert float(state(hass, "energy_import")) > 8412
    assert "recovered" in caplog.text


async def test_cut_connection_is_told_and_made_anew(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None, modbus_clock: Clock
) -> None:
    meter, host, port = await run_modbus()
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    await meter.stop()
    await poll(hass, modbus_clock)
    assert state(hass, "power_import") != STATE_UNAVAILABLE
    await poll(hass, modbus_clock, 21)
    assert state(hass, "power_import") == STATE_UNAVAILABLE
    await run_modbus(port=port)
    await poll(hass, modbus_clock)
    assert state(hass, "power_import") != STATE_UNAVAILABLE


@pytest.mark.usefixtures("all_enabled")
async def test_lost_part_takes_nothing_else_with_it(
    hass: HomeAssistant,
    run_modbus: ModbusMeters,
    modbus_clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    meter, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    meter.faults.registers = [Fault(INPUT, 2, 3)]
    for _ in range(3):
        await poll(hass, modbus_clock)
    assert state(hass, "voltage_l2") not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
    await poll(hass, modbus_clock)
    assert state(hass, "voltage_l2") == STATE_UNKNOWN
    assert state(hass, "voltage_l1") not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
    assert caplog.text.count("cannot read voltage_l2 any more") == 1
    # It was learnt, is kept with the entry, and a new start asks no more for it.
    assert entry.data[CONF_REFUSED] == [["input", 2, 2]]
    meter.requests.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert not any(request.touches(meter.faults.registers[0]) for request in meter.requests)
    assert modbus_coordinator_of(entry).counters.failed == 0
    assert state(hass, "voltage_l2") == STATE_UNAVAILABLE


@pytest.mark.usefixtures("all_enabled")
async def test_part_that_comes_back_is_shown(
    hass: HomeAssistant,
    run_modbus: ModbusMeters,
    modbus_clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    table = TABLES["janitza"]()
    truth = dict(table.image)
    image = table.image
    meter, host, port = await run_modbus(lambda _: table.bridged())
    entry = modbus_entry(hass, host, port, named=False, profile="janitza")
    await set_up_modbus(hass, entry)
    assert state(hass, "voltage_l1") == "230.4"
    image[HOLDING, 19000] = [0x7FC0, 0]
    for _ in range(4):
        await poll(hass, modbus_clock)
    assert state(hass, "voltage_l1") == STATE_UNKNOWN
    image.update(truth)
    await poll(hass, modbus_clock)
    assert state(hass, "voltage_l1") == "230.4"
    assert "can read voltage_l1 again" in caplog.text
    assert not meter.faults.registers


async def test_register_that_falls_is_not_believed(
    hass: HomeAssistant, run_modbus: ModbusMeters, modbus_clock: Clock
) -> None:
    zero = False

    def layout(now):
        image = dict(sdm630(now))
        if zero:
            image[INPUT, 0x48] = float32(0)
        return image

    _, host, port = await run_modbus(layout)
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    before = state(hass, "energy_import")
    zero = True
    for _ in range(14):
        await poll(hass, modbus_clock)
    assert state(hass, "energy_import") == before


async def test_another_meter_is_not_shown_as_this_one(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port, serial="7654321")
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert str(entry.reason).startswith("Another meter answers")


@pytest.mark.usefixtures("all_enabled")
async def test_meter_that_stops_naming_itself_is_still_read(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    meter, host, port = await run_modbus()
    meter.faults.registers = [Fault(HOLDING, 0, 0xFFFF)]
    await set_up_modbus(hass, modbus_entry(hass, host, port))
    assert state(hass, "voltage_l3") == "229.3"


@pytest.mark.usefixtures("all_enabled")
async def test_sunspec_table_is_followed_where_it_moved(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    table = TABLES["sunspec_integer"]()
    _, host, port = await run_modbus(constant(sunspec_device(50000, table)))
    entry = modbus_entry(hass, host, port, profile="sunspec_integer", base=40070, serial="SN-4711")
    await set_up_modbus(hass, entry)
    assert state(hass, "voltage_l1") == "230.4"
    assert state(hass, "power_export") == "0.5125"
    # The place in the entry is the one to prefer among several tables of one device.
    assert modbus_coordinator_of(entry).reader.plan(slow=False)[0].address == 50000 + 70 + 3
    assert entry.data[CONF_BASE] == 40070


@pytest.mark.usefixtures("all_enabled")
async def test_second_table_of_a_sunspec_device(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    tables = [TABLES["sunspec_integer"](), TABLES["sunspec_integer"]()]
    tables[1].say("voltage_l1", 8, "i16", "228.8", "0.1")
    _, host, port = await run_modbus(constant(sunspec_device(40000, *tables)))
    entry = modbus_entry(
        hass, host, port, profile="sunspec_integer", base=40070 + 107, serial="SN-4711"
    )
    await set_up_modbus(hass, entry)
    assert state(hass, "voltage_l1") == "228.8"


@pytest.mark.usefixtures("all_enabled")
async def test_serial_frames_through_a_gateway(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(framer=FramerType.RTU)
    await set_up_modbus(hass, modbus_entry(hass, host, port, type=TYPE_RTU_OVER_TCP))
    assert state(hass, "voltage_l3") == "229.3"


async def test_connection_is_shared_and_released(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(unit_id=0)
    entries = [
        modbus_entry(hass, host, port),
        modbus_entry(hass, host, port, unit_id=2, entry_id="other"),
    ]
    await set_up_modbus(hass, entries[0])  # and with it all entries that there are
    (link,) = async_get_connection_info(hass)
    assert link.units == {"meter": [1], "other": [2]}
    for entry in entries:
        assert await hass.config_entries.async_unload(entry.entry_id)
    assert not async_get_connection_info(hass)


@pytest.mark.usefixtures("all_enabled")
async def test_port_in_use_with_other_settings(
    hass: HomeAssistant, run_modbus: ModbusMeters
) -> None:
    _, host, port = await run_modbus(framer=FramerType.RTU)
    device = f"socket://{host}:{port}"
    await set_up_modbus(
        hass,
        modbus_entry(
            hass, host, port, type=TYPE_SERIAL, **{CONF_DEVICE: device, CONF_LINE: "9600 8N1"}
        ),
    )
    assert state(hass, "voltage_l3") == "229.3"
    other = modbus_entry(
        hass,
        host,
        port,
        **{
            "entry_id": "other",
            CONF_TYPE: TYPE_SERIAL,
            CONF_DEVICE: device,
            CONF_LINE: "19200 8E1",
            CONF_UNIT_ID: 2,
        },
    )
    assert not await hass.config_entries.async_setup(other.entry_id)
    assert other.state is ConfigEntryState.SETUP_ERROR
    assert "in use with another speed" in str(other.reason)


@pytest.mark.usefixtures("all_enabled")
async def test_own_profile(hass: HomeAssistant, run_modbus: ModbusMeters, tmp_path: Path) -> None:
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / DOMAIN / "meters"
    folder.mkdir(parents=True)
    file = folder / "mine.yaml"
    file.write_text(
        "manufacturer: Acme\nmodel: Meter 3\nfunction: input\nregisters:\n"
        "  voltage_l1: {address: 4, type: f32, unit: V}\n"
        "  power: {address: 500, type: f32, unit: W}\n"
    )
    meter, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port, named=False, profile="file:mine.yaml")
    await set_up_modbus(hass, entry)
    assert state(hass, "voltage_l1") == "229.3"
    for _ in range(2):
        await poll(hass)
    assert modbus_coordinator_of(entry).reader.refused
    assert CONF_REFUSED not in entry.data
    assert meter.requests

    file.write_text("manufacturer: Acme\nmodel: Meter 3\nregisters: {volts: {}}\n")
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert "mine.yaml" in str(entry.reason)
    assert "Check registers.volts; allowed: power | " in str(entry.reason)

    file.write_text("manufacturer: [")
    await hass.config_entries.async_reload(entry.entry_id)
    assert "allowed: YAML | JSON" in str(entry.reason)

    file.unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert "Check mine.yaml; allowed: YAML | JSON" in str(entry.reason)


async def test_diagnostics(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, run_modbus: ModbusMeters
) -> None:
    meter, host, port = await run_modbus()
    meter.faults.registers = [Fault(INPUT, 0x4C, 0x4F)]
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    data = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert data["profile"] == "eastron_3p"
    assert data["profile_verified"] is False
    assert data["available"] is True
    assert data["seconds_since_last_reading"] == 0
    assert data["requests"]["sent"] > data["requests"]["failed"] > 0
    assert data["requests_per_poll"]["fast"] == [["input", 0, 72]]
    assert data["refused"] == [["input", 0x4C, 2], ["input", 0x4E, 2]]
    assert data["last_values"]["voltage_l3"] == "229.3"
    text = str(data)
    for secret in (host, str(port), SERIAL):
        assert secret not in text


async def test_flow_that_looks_at_the_same_unit_does_not_slow_it_down(
    hass: HomeAssistant, run_modbus: ModbusMeters, impatient: None, modbus_clock: Clock
) -> None:
    meter, host, port = await run_modbus()
    entry = modbus_entry(hass, host, port)
    await set_up_modbus(hass, entry)
    coordinator = modbus_coordinator_of(entry)
    coordinator._unit.require_timeout(None)
    await asyncio.sleep(0.05)
    await poll(hass, modbus_clock)
    meter.faults.registers = [Fault(INPUT, 0, 0xFFFF, ExcCodes.DEVICE_FAILURE)]
    await poll(hass, modbus_clock)
    assert coordinator.last_update_success
    assert CONF_PROFILE in entry.data
    assert CONF_SERIAL in entry.data
