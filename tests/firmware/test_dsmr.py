"""Home Assistant's own `dsmr` integration reads the plain stream as it would a serial server."""

import asyncio
from datetime import UTC, datetime

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from demo.p1_meter import finnish, telegram

from .conftest import StartDevice
from .device import HOST, PATIENCE


# dsmr_parser does not end the timer of a connection that has ended.
@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_core_dsmr_reads_the_stream(hass: HomeAssistant, start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    entry = MockConfigEntry(
        domain="dsmr",
        unique_id="bridge",
        data={
            "port": f"socket://{HOST}:{device.p1_port}",
            "protocol": "dsmr_protocol",
            "dsmr_version": "5S",
            "serial_id": None,
            "serial_id_gas": None,
        },
        options={"time_between_update": 0},
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await device.until("p1", "readers", 1)
    said = telegram(finnish(datetime(2026, 1, 15, 12, tzinfo=UTC)))
    async with asyncio.timeout(PATIENCE):
        while (state := hass.states.get("sensor.electricity_meter_power_consumption")) is None:
            await device.p1.send(said)
            await asyncio.sleep(0.05)
            await hass.async_block_till_done()
    assert f"1-0:1.7.0({float(state.state):08.3f}*kW)".encode() in said
    assert await hass.config_entries.async_unload(entry.entry_id)
    await device.until("p1", "readers", 0)
