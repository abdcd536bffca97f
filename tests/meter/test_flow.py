"""Setting a meter up: the happy path, every refusal and the recovery from it."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.lumme_energy.const import CONF_COUNTRY, CONF_KIND, DOMAIN, KIND_METER
from demo.p1_meter import DemoP1Meter

from .common import heard, meter_entry, pass_time, set_up, until
from .conftest import Meters

type Result = Any


async def open_step(hass: HomeAssistant) -> str:
    """Open the meter's step from the menu, as a user does."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    menu = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": KIND_METER}
    )
    assert menu["type"] is FlowResultType.MENU
    assert menu["step_id"] == "meter"
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": "p1"})
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "p1"
    return str(form["flow_id"])


async def answer(hass: HomeAssistant, flow_id: str, **data: Any) -> Result:
    """Fill in the form."""
    return await hass.config_entries.flow.async_configure(flow_id, data)


async def answer_in_silence(
    hass: HomeAssistant, meter: DemoP1Meter, flow_id: str, seconds: float, **data: Any
) -> Result:
    """Fill in the form and let the time pass that the flow is willing to wait."""
    before = meter.connections
    task = hass.async_create_task(answer(hass, flow_id, **data))
    await until(lambda: meter.connections > before)
    await asyncio.sleep(0.1)  # what the meter sends arrives
    assert not task.done()
    await pass_time(hass, seconds)
    return await task


async def test_finnish_meter_is_known_by_its_address(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    hass.config.country = "FI"
    meter, host, port = await run_meter()
    # The country of this Home Assistant is the default.
    result = await answer(hass, await open_step(hass), host=f" {host} ", port=port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Aidon meter"
    assert result["data"] == {
        CONF_KIND: KIND_METER,
        CONF_HOST: host,
        CONF_PORT: port,
        CONF_COUNTRY: "FI",
    }
    assert result["result"].unique_id == f"{host}:{port}"
    await heard(hass, result["result"])
    assert result["result"].state is ConfigEntryState.LOADED
    assert meter.connections == 2


async def test_belgian_meter_is_known_by_its_serial_number(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter("BE")
    result = await answer(hass, await open_step(hass), host=host, port=port, country="BE")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "P1 meter"
    assert result["result"].unique_id == "DEMO-BE-0001"
    await heard(hass, result["result"])


async def test_refuses_what_cannot_be_reached_and_recovers(
    hass: HomeAssistant, run_meter: Meters, unused_tcp_port: int
) -> None:
    flow_id = await open_step(hass)
    result = await answer(hass, flow_id, host="127.0.0.1", port=unused_tcp_port)
    assert result["errors"] == {"base": "meter_unreachable"}
    await run_meter(port=unused_tcp_port)
    result = await answer(hass, flow_id, host="127.0.0.1", port=unused_tcp_port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await heard(hass, result["result"])


async def test_refuses_a_port_that_closes_at_once(hass: HomeAssistant) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    result = await answer(hass, await open_step(hass), host="127.0.0.1", port=port)
    assert result["errors"] == {"base": "meter_unreachable"}
    server.close()


@pytest.mark.parametrize(("country", "seconds"), [("FI", 26), ("BE", 8)])
async def test_explains_a_closed_port_and_recovers(
    hass: HomeAssistant, run_meter: Meters, country: str, seconds: float
) -> None:
    meter, host, port = await run_meter(country)
    meter.faults.silence = True
    flow_id = await open_step(hass)
    address = {"host": host, "port": port, "country": country}
    result = await answer_in_silence(hass, meter, flow_id, seconds, **address)
    assert result["errors"] == {"base": "no_telegram"}
    meter.faults.silence = False
    result = await answer(hass, flow_id, **address)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await heard(hass, result["result"])


async def test_refuses_another_format_and_recovers(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    meter.faults.garbage = b"~\xa0\x84 this is no P1 port \xff"
    flow_id = await open_step(hass)
    result = await answer_in_silence(hass, meter, flow_id, 26, host=host, port=port)
    assert result["errors"] == {"base": "wrong_format"}
    meter.faults.garbage = b""
    result = await answer(hass, flow_id, host=host, port=port)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await heard(hass, result["result"])


async def test_same_address_is_refused(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    meter_entry(hass, host, port)
    result = await answer(hass, await open_step(hass), host=host, port=port)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert meter.connections == 0


async def test_same_meter_at_another_address_is_refused(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter("NL")
    _, _, other_port = await run_meter("NL")
    with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
        await answer(hass, await open_step(hass), host=host, port=port, country="NL")
        result = await answer(hass, await open_step(hass), host=host, port=other_port, country="NL")
    assert result["reason"] == "already_configured"


async def test_reconfigure_follows_a_moved_meter(hass: HomeAssistant, run_meter: Meters) -> None:
    _, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    moved, _, new_port = await run_meter()
    moved.faults.garbage = b"no"
    form = await entry.start_reconfigure_flow(hass)
    assert form["step_id"] == "reconfigure_meter"
    result = await answer_in_silence(hass, moved, form["flow_id"], 26, host=host, port=new_port)
    assert result["errors"] == {"base": "wrong_format"}
    moved.faults.garbage = b""
    result = await answer(hass, form["flow_id"], host=host, port=new_port)
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_PORT] == new_port
    assert entry.unique_id == f"{host}:{new_port}"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await heard(hass, entry)


async def test_reconfigure_of_the_country_does_not_disturb_the_bridge(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    form = await entry.start_reconfigure_flow(hass)
    with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
        result = await answer(hass, form["flow_id"], host=host, port=port, country="SE")
        await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_COUNTRY] == "SE"
    assert meter.connections == 0


@pytest.mark.parametrize(
    ("unique_id", "reason"),
    [("another serial", "another_meter"), (None, "already_configured")],
)
async def test_reconfigure_refuses_another_meter(
    hass: HomeAssistant, run_meter: Meters, unique_id: str | None, reason: str
) -> None:
    _, host, port = await run_meter("NL")
    entry = meter_entry(hass, "192.0.2.1", 23, "NL")
    if unique_id:
        hass.config_entries.async_update_entry(entry, unique_id=unique_id)
    else:
        with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
            await answer(hass, await open_step(hass), host=host, port=port, country="NL")
        _, host, port = await run_meter("NL")
    form = await entry.start_reconfigure_flow(hass)
    result = await answer(hass, form["flow_id"], host=host, port=port, country="NL")
    assert result["reason"] == reason
    assert entry.data[CONF_HOST] == "192.0.2.1"


async def test_reconfigure_refuses_the_address_of_another_entry(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter()
    meter_entry(hass, host, port)
    other = meter_entry(hass, "192.0.2.1", 23, entry_id="other")
    form = await other.start_reconfigure_flow(hass)
    result = await answer(hass, form["flow_id"], host=host, port=port)
    assert result["reason"] == "already_configured"
