"""Setting a meter up: what it finds by itself, every refusal and the recovery from it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.lumme_energy.const import (
    CONF_BAUDRATE,
    CONF_BITS,
    CONF_COUNTRY,
    CONF_ENCRYPTION_KEY,
    CONF_KIND,
    CONF_PARITY,
    DOMAIN,
    KIND_METER,
)
from demo.p1_meter import KEY, DemoP1Meter

from .common import fire_time, heard, meter_entry, set_up, state, until
from .conftest import NOW, Meters
from .serial_lines import PortServer, SerialMeter

type Result = Any


async def open_step(hass: HomeAssistant, step: str = "p1_network") -> str:
    """Open a step from the menus, as a user does."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    for choice in (KIND_METER, step):
        assert menu["type"] is FlowResultType.MENU
        menu = await hass.config_entries.flow.async_configure(
            menu["flow_id"], {"next_step_id": choice}
        )
    assert menu["type"] is FlowResultType.FORM
    assert menu["step_id"] == step
    return str(menu["flow_id"])


async def answer(
    hass: HomeAssistant,
    flow_id: str,
    *,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
    **data: Any,
) -> Result:
    """Fill in the form, and wait for what the meter says to it."""
    flow = hass.config_entries.flow
    result: Result = await flow.async_configure(flow_id, data)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        assert result["progress_action"] == "listening"
        task = flow._progress[flow_id]._listening
        if meanwhile:
            await meanwhile()
        await until(task.done)
        await hass.async_block_till_done()
        result = await flow.async_configure(flow_id)
    return result


def silence(hass: HomeAssistant, *spells: float) -> Callable[[], Awaitable[None]]:
    """Return what lets the time pass that the flow is willing to wait."""

    async def pass_spells() -> None:
        for seconds in spells:
            await asyncio.sleep(0.2)  # what the meter sends arrives
            fire_time(hass, seconds)  # to wait for the flow would be to wait for its next spell

    return pass_spells


@pytest.mark.parametrize(
    ("kind", "home", "country", "maker", "gas", "unique_id"),
    [
        ("FI", "FI", "FI", "Aidon", "0", None),
        ("FI", "SE", "SE", "Aidon", "0", None),
        ("FI", "BE", "FI", "Aidon", "0", None),
        ("NL", "NL", "NL", "Iskraemeco", "1", "DEMO-NL-0001"),
        ("NL", "FI", "NL", "Iskraemeco", "1", "DEMO-NL-0001"),
        ("BE", "BE", "BE", "FLU", "1", "DEMO-BE-0001"),
        ("BE", "US", "BE", "FLU", "1", "DEMO-BE-0001"),
    ],
)
async def test_tells_what_it_found(
    hass: HomeAssistant,
    run_meter: Meters,
    kind: str,
    home: str,
    country: str,
    maker: str,
    gas: str,
    unique_id: str | None,
) -> None:
    hass.config.country = home
    meter, host, port = await run_meter(kind)
    flow_id = await open_step(hass)
    form = await answer(hass, flow_id, host=f" {host} ", port=port)
    assert form["step_id"] == "p1_found"
    found = form["description_placeholders"]
    assert found["maker"] == maker
    assert int(found["values"]) > 20
    assert (found["gas"], found["water"], found["heat"]) == (gas, "0", "0")
    assert form["data_schema"]({}) == {CONF_COUNTRY: country}
    result = await answer(hass, flow_id, country=country)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == f"{maker if maker != 'FLU' else 'P1'} meter"
    assert result["data"] == {
        CONF_KIND: KIND_METER,
        CONF_HOST: host,
        CONF_PORT: port,
        CONF_COUNTRY: country,
    }
    assert result["result"].unique_id == unique_id or f"{host}:{port}"
    await heard(hass, result["result"])
    assert result["result"].state is ConfigEntryState.LOADED
    assert meter.connections == 2


@pytest.mark.parametrize(("home", "country"), [("AT", "LU"), (None, "LU")])
async def test_encrypted_meter_needs_its_key(
    hass: HomeAssistant, run_meter: Meters, home: str, country: str
) -> None:
    hass.config.country = home
    _, host, port = await run_meter("LU")
    flow_id = await open_step(hass)
    form = await answer(hass, flow_id, host=host, port=port)
    assert form["step_id"] == "p1_key"
    form = await answer(hass, flow_id, encryption_key="no key")
    assert form["errors"] == {CONF_ENCRYPTION_KEY: "invalid_key"}
    form = await answer(hass, flow_id, encryption_key="00" * 16)
    assert form["errors"] == {CONF_ENCRYPTION_KEY: "wrong_key"}
    form = await answer(hass, flow_id, encryption_key=KEY.hex(" ").upper())
    assert form["step_id"] == "p1_found"
    assert form["data_schema"]({}) == {CONF_COUNTRY: country}
    result = await answer(hass, flow_id, country=country)
    assert result["data"][CONF_ENCRYPTION_KEY] == KEY.hex()
    await heard(hass, result["result"])
    assert float(state(hass, "power_import", result["result"].entry_id)) > 0


@pytest.mark.parametrize(("baudrate", "bits", "parity"), [(115200, 8, "N"), (9600, 7, "E")])
async def test_serial_port_and_its_speed(
    hass: HomeAssistant, baudrate: int, bits: int, parity: str
) -> None:
    meter = SerialMeter(lambda: DemoP1Meter("BE").say(NOW), baudrate)
    flow_id = await open_step(hass, "p1_serial")
    meanwhile = silence(hass, 14) if baudrate == 9600 else None
    form = await answer(hass, flow_id, meanwhile=meanwhile, device=meter.device)
    assert form["step_id"] == "p1_found"
    # A terminal without hardware refuses to be set to seven bits for a second time.
    real = bits == 8
    with nullcontext() if real else patch("custom_components.lumme_energy.async_setup_entry"):
        result = await answer(hass, flow_id, country="BE")
    assert result["data"] == {
        CONF_KIND: KIND_METER,
        CONF_DEVICE: meter.device,
        CONF_BAUDRATE: baudrate,
        CONF_BITS: bits,
        CONF_PARITY: parity,
        CONF_COUNTRY: "BE",
    }
    entry = result["result"]
    if real:
        await heard(hass, entry)
        assert await hass.config_entries.async_unload(entry.entry_id)
    await meter.unplug()


async def test_serial_port_with_nothing_on_it(hass: HomeAssistant) -> None:
    hass.config.country = "BE"
    meter = SerialMeter(lambda: b"")
    meter.silence = True
    flow_id = await open_step(hass, "p1_serial")
    form = await answer(hass, flow_id, meanwhile=silence(hass, 14, 14, 14, 14), device=meter.device)
    assert form["errors"] == {"base": "no_telegram_be"}
    await meter.unplug()
    form = await answer(hass, flow_id, device="/dev/none-such")
    assert form["errors"] == {"base": "serial_port_unreachable"}
    assert form["step_id"] == "p1_serial"


async def test_serial_port_with_something_else_on_it(hass: HomeAssistant) -> None:
    meter = SerialMeter(lambda: b"no meter", 9600)
    flow_id = await open_step(hass, "p1_serial")
    form = await answer(hass, flow_id, meanwhile=silence(hass, 14, 14, 14, 14), device=meter.device)
    assert form["errors"] == {"base": "wrong_format"}
    await meter.unplug()


async def test_port_server(hass: HomeAssistant) -> None:
    server = PortServer(lambda: DemoP1Meter("NL").say(NOW))
    device = f"rfc2217://127.0.0.1:{await server.start()}"
    flow_id = await open_step(hass, "p1_serial")
    form = await answer(hass, flow_id, device=device)
    assert form["step_id"] == "p1_found"
    with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
        result = await answer(hass, flow_id, country="NL")
    assert result["data"][CONF_DEVICE] == device
    await server.stop()


async def test_plain_tcp_is_the_same_however_it_is_written(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter("NL")
    meter_entry(hass, host, port)
    flow_id = await open_step(hass, "p1_serial")
    result = await answer(hass, flow_id, device=f"socket://{host}:{port}")
    assert result["reason"] == "already_configured"


async def test_refuses_what_cannot_be_reached_and_recovers(
    hass: HomeAssistant, run_meter: Meters, unused_tcp_port: int
) -> None:
    flow_id = await open_step(hass)
    form = await answer(hass, flow_id, host="127.0.0.1", port=unused_tcp_port)
    assert form["errors"] == {"base": "meter_unreachable"}
    await run_meter(port=unused_tcp_port)
    form = await answer(hass, flow_id, host="127.0.0.1", port=unused_tcp_port)
    assert form["step_id"] == "p1_found"


async def test_refuses_a_port_that_closes_at_once(hass: HomeAssistant) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    form = await answer(hass, await open_step(hass), host="127.0.0.1", port=port)
    assert form["errors"] == {"base": "meter_unreachable"}
    server.close()


async def test_refuses_a_port_that_closes_after_nonsense(hass: HomeAssistant) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"login: ")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    form = await answer(hass, await open_step(hass), host="127.0.0.1", port=port)
    assert form["errors"] == {"base": "wrong_format"}
    server.close()


@pytest.mark.parametrize(
    ("home", "error"),
    [
        ("FI", "no_telegram_fi"),
        ("BE", "no_telegram_be"),
        ("NL", "no_telegram_nl"),
        ("SE", "no_telegram_se"),
        ("DK", "no_telegram"),
        (None, "no_telegram"),
    ],
)
async def test_explains_a_closed_port_and_recovers(
    hass: HomeAssistant, run_meter: Meters, home: str | None, error: str
) -> None:
    hass.config.country = home
    meter, host, port = await run_meter()
    meter.faults.silence = True
    flow_id = await open_step(hass)
    form = await answer(hass, flow_id, meanwhile=silence(hass, 26), host=host, port=port)
    assert form["errors"] == {"base": error}
    meter.faults.silence = False
    form = await answer(hass, flow_id, host=host, port=port)
    assert form["step_id"] == "p1_found"


TELEGRAM = DemoP1Meter("BE").say(NOW)


@pytest.mark.parametrize(
    ("garbage", "error"),
    [
        (b"Welcome to this printer\r\n", "wrong_format"),
        (bytes(range(128, 256)), "noise"),
        (TELEGRAM.replace(b"1-0:1.7.0(", b"1-0:1.7.0(9"), "damaged"),
        (TELEGRAM[:500].replace(b"/", b""), "incomplete"),
        (bytes(b | 0x80 * (b.bit_count() & 1) for b in TELEGRAM), "parity"),
        (b"\x7e\xa2\x43\x41\x08\x83\x13\x85\xeb\xe6\xe7\x00\x0f" + bytes(50), "binary"),
    ],
)
async def test_explains_what_else_arrives_and_recovers(
    hass: HomeAssistant, run_meter: Meters, garbage: bytes, error: str
) -> None:
    meter, host, port = await run_meter()
    meter.faults.garbage = garbage
    flow_id = await open_step(hass)
    form = await answer(hass, flow_id, meanwhile=silence(hass, 26), host=host, port=port)
    assert form["errors"] == {"base": error}
    meter.faults.garbage = b""
    form = await answer(hass, flow_id, host=host, port=port)
    assert form["step_id"] == "p1_found"


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
    entry = meter_entry(hass, "192.0.2.1", 23, "NL")
    hass.config_entries.async_update_entry(entry, unique_id="DEMO-NL-0001")
    result = await answer(hass, await open_step(hass), host=host, port=port)
    assert result["reason"] == "already_configured"


async def reconfigure(hass: HomeAssistant, entry: Any, step: str = "p1_network") -> str:
    """Open a step of the menu of what has changed."""
    menu = await entry.start_reconfigure_flow(hass)
    assert menu["step_id"] == "reconfigure_meter"
    form = await hass.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": step})
    assert form["step_id"] == step
    return str(form["flow_id"])


async def test_reconfigure_follows_a_moved_meter(hass: HomeAssistant, run_meter: Meters) -> None:
    _, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    moved, _, new_port = await run_meter()
    moved.faults.garbage = b"no"
    flow_id = await reconfigure(hass, entry)
    form = await answer(hass, flow_id, meanwhile=silence(hass, 26), host=host, port=new_port)
    assert form["errors"] == {"base": "wrong_format"}
    moved.faults.garbage = b""
    await answer(hass, flow_id, host=host, port=new_port)
    result = await answer(hass, flow_id, country="FI")
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_PORT] == new_port
    assert entry.unique_id == f"{host}:{new_port}"
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await heard(hass, entry)


async def test_reconfigure_from_the_network_to_a_cable(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    hass.config_entries.async_update_entry(entry, unique_id="DEMO-BE-0001")
    meter = SerialMeter(lambda: DemoP1Meter("BE").say(NOW))
    flow_id = await reconfigure(hass, entry, "p1_serial")
    form = await answer(hass, flow_id, device=meter.device)
    assert form["step_id"] == "p1_found"
    with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
        result = await answer(hass, flow_id, country="BE")
        await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {
        CONF_KIND: KIND_METER,
        CONF_DEVICE: meter.device,
        CONF_BAUDRATE: 115200,
        CONF_BITS: 8,
        CONF_PARITY: "N",
        CONF_COUNTRY: "BE",
    }
    await meter.unplug()


@pytest.mark.parametrize("step", ["p1_network", "p1_country"])
async def test_reconfigure_of_the_country_does_not_disturb_the_bridge(
    hass: HomeAssistant, run_meter: Meters, step: str
) -> None:
    meter, host, port = await run_meter()
    entry = meter_entry(hass, host, port)
    flow_id = await reconfigure(hass, entry, step)
    if step == "p1_network":
        form = await answer(hass, flow_id, host=host, port=port)
        assert form["step_id"] == "p1_country"
    with patch("custom_components.lumme_energy.async_setup_entry", return_value=True):
        result = await answer(hass, flow_id, country="SE")
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
        other = meter_entry(hass, "192.0.2.2", 23, "NL", entry_id="other")
        hass.config_entries.async_update_entry(other, unique_id="DEMO-NL-0001")
    flow_id = await reconfigure(hass, entry)
    result = await answer(hass, flow_id, host=host, port=port)
    assert result["reason"] == reason
    assert entry.data[CONF_HOST] == "192.0.2.1"


async def test_reconfigure_refuses_the_address_of_another_entry(
    hass: HomeAssistant, run_meter: Meters
) -> None:
    _, host, port = await run_meter()
    meter_entry(hass, host, port)
    other = meter_entry(hass, "192.0.2.1", 23, entry_id="other")
    result = await answer(hass, await reconfigure(hass, other), host=host, port=port)
    assert result["reason"] == "already_configured"


async def test_listening_ends_with_the_flow(hass: HomeAssistant, run_meter: Meters) -> None:
    meter, host, port = await run_meter()
    meter.faults.garbage = b"no telegram"
    flow_id = await open_step(hass)
    await hass.config_entries.flow.async_configure(flow_id, {"host": host, "port": port})
    await until(lambda: meter._clients)
    hass.config_entries.flow.async_abort(flow_id)
    await until(lambda: not meter._clients)


async def test_reconfigure_of_the_key(hass: HomeAssistant, run_meter: Meters) -> None:
    _, host, port = await run_meter("LU")
    entry = meter_entry(hass, host, port, "LU")
    data = {**entry.data, CONF_ENCRYPTION_KEY: "00" * 16}
    hass.config_entries.async_update_entry(entry, data=data)
    flow_id = await reconfigure(hass, entry, "p1_country")
    form = await answer(hass, flow_id, country="LU", encryption_key="short")
    assert form["errors"] == {CONF_ENCRYPTION_KEY: "invalid_key"}
    result = await answer(hass, flow_id, country="LU", encryption_key=KEY.hex("-"))
    assert result["reason"] == "reconfigure_successful"
    assert entry.data[CONF_ENCRYPTION_KEY] == KEY.hex()
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await heard(hass, entry)
