"""Every way to a meter: TCP, a serial port, a port server; and what becomes of what is no way."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from homeassistant.components.usb.serial_proxy_stub import register_serialx_transport
from homeassistant.core import Event
import pytest

from custom_components.lumme_energy.address import address, place
from custom_components.lumme_energy.meter.connection import (
    Connection,
    async_connected,
    async_open,
    transport,
)
from demo.p1_meter import DemoP1Meter

from .common import until
from .conftest import NOW, Meters
from .serial_lines import PortServer, SerialMeter

LINE = {"baudrate": 115200, "bits": 8, "parity": "N"}


def say() -> bytes:
    return DemoP1Meter("BE").say(NOW)


async def read(data: Mapping[str, Any], enough: int = 2000) -> bytes:
    """Read so many bytes."""
    heard = bytearray()
    async with async_connected(data) as connection:
        await listen_until(connection, heard, enough)
    return bytes(heard)


async def listen_until(connection: Connection, heard: bytearray, enough: int = 1) -> None:
    """Add what is heard, until it is enough; the connection goes on."""
    is_enough = asyncio.Event()

    def take(data: bytes) -> None:
        heard.extend(data)
        if len(heard) >= enough:
            is_enough.set()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        listening = tasks.create_task(connection.listen(take))
        await is_enough.wait()
        listening.cancel()


async def test_tcp(run_meter: Meters) -> None:
    _, host, port = await run_meter("BE")
    data = {"host": host, "port": port}
    assert say() in await read(data, 3000)
    assert (address(data), place(data), transport(data)) == (data, f"{host}:{port}", "tcp")


async def test_what_arrives_before_anybody_listens_is_kept(run_meter: Meters) -> None:
    _, host, port = await run_meter("BE", pace=60)
    async with async_connected({"host": host, "port": port}) as connection:
        await until(lambda: connection._arrived)
        heard = bytearray()
        await listen_until(connection, heard)
        assert heard == say()


async def test_whoever_hangs_up_hears_nothing_more(run_meter: Meters) -> None:
    _, host, port = await run_meter("BE")
    async with async_connected({"host": host, "port": port}) as connection:
        heard: list[bytes] = []

        def take(data: bytes) -> None:
            heard.append(data)
            connection.abort()

        await connection.listen(take)
        connection.data_received(b"late")
        assert len(heard) == 1


async def test_a_listener_that_fails_breaks_the_connection(
    run_meter: Meters, caplog: pytest.LogCaptureFixture
) -> None:
    _, host, port = await run_meter("BE")

    def fail(_: bytes) -> None:
        raise ValueError("faulty")

    async with async_connected({"host": host, "port": port}) as connection:
        with pytest.raises(ConnectionResetError):
            await connection.listen(fail)
    assert "faulty" in caplog.text


@pytest.mark.parametrize("baudrate", [115200, 9600])
async def test_serial_port(baudrate: int) -> None:
    meter = SerialMeter(say, baudrate)
    data = {"device": meter.device, **LINE, "baudrate": baudrate}
    assert b"/FLU5\\DEMO" in await read(data)
    assert (address(data), place(data)) == ({"device": meter.device}, meter.device)
    assert transport(data) == "serial"
    await meter.unplug()


async def test_serial_port_serves_one_client() -> None:
    meter = SerialMeter(say)
    data = {"device": meter.device, **LINE}
    async with async_connected(data):
        with pytest.raises(OSError, match=r"."):
            await async_open(data)
    await read(data)
    await meter.unplug()


async def test_serial_port_that_is_pulled_out_ends_the_connection() -> None:
    meter = SerialMeter(say)
    async with async_connected({"device": meter.device, **LINE}) as connection:
        await listen_until(connection, bytearray())
        await meter.unplug()
        async with asyncio.timeout(10):
            with suppress(OSError):
                await connection.listen(len)


async def test_port_server_is_told_how_to_set_the_line() -> None:
    server = PortServer(say)
    port = await server.start()
    data = {"device": f"rfc2217://127.0.0.1:{port}", "baudrate": 9600, "bits": 7, "parity": "E"}
    assert b"/FLU5\\DEMO" in await read(data)
    assert (server.port.baudrate, server.port.bytesize, server.port.parity) == (9600, 7, "E")
    assert transport(data) == "rfc2217"
    await server.stop()


@pytest.mark.parametrize(
    "device",
    [
        "/dev/none-such",
        "",
        "nonsense://example.com",
        "socket://example.com",
        "rfc2217://127.0.0.1:1",
        # ESPHome's own ports, as long as ESPHome is not there.
        "esphome-hass://esphome/entry?port_name=P1",
    ],
)
async def test_what_cannot_be_opened_is_an_oserror(device: str) -> None:
    unregister = register_serialx_transport()
    with pytest.raises(OSError, match=r".*"):
        await async_open({"device": device, **LINE})
    unregister(Event("homeassistant_stop"))


async def test_port_server_that_breaks_off() -> None:
    server = PortServer(say)
    port = await server.start()
    where = {"device": f"rfc2217://127.0.0.1:{port}", **LINE}
    async with async_connected(where) as connection:
        await listen_until(connection, bytearray())
        await server.stop()
        async with asyncio.timeout(10):
            with suppress(OSError):
                await connection.listen(len)
