"""Whatever makes a P1 port reachable: a bridge on the network, a cable, a remote serial port.

A config entry says where its meter is in one of two ways: `host` and `port` for a bridge that
passes on what the meter sends over TCP; `device` and how the line is set for everything that
serialx opens, which is a serial port of this machine, `rfc2217://host:port` (ser2net and other port servers that
let the client set the line) and the serial proxies of ESPHome (`esphome://`, `esphome-hass://`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, cast, override
from urllib.parse import urlsplit

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT, CONF_PROTOCOL
from homeassistant.exceptions import ConfigEntryNotReady
from serialx import Parity, SerialException, create_serial_connection

from ..const import CONF_BAUDRATE, CONF_BITS, CONF_PARITY
from ..metering.detect import SerialFormat

CONNECT_TIMEOUT: Final = 10
PROTOCOL_MODBUS: Final = "modbus"


def is_modbus(data: Mapping[str, Any]) -> bool:
    """Tell whether the meter of an entry is read over Modbus."""
    return data.get(CONF_PROTOCOL) == PROTOCOL_MODBUS


class Connection(asyncio.Protocol):
    """An open connection, of which only the bytes that arrive are of interest.

    They are handed over in the step of the event loop in which they arrive: a meter that sends every
    second wakes nobody else.
    """

    def __init__(self) -> None:
        """Keep what arrives until somebody listens."""
        self._arrived = b""
        self._take: Callable[[bytes], object] = self._keep
        self._end: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def _keep(self, data: bytes) -> None:
        self._arrived += data

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._take(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._end.set_result(exc)

    async def listen(self, take: Callable[[bytes], object]) -> None:
        """Hand over what arrives, as soon as anything does, until either end has closed.

        Raises:
            OSError: The connection broke.

        """
        self._take = take
        if self._arrived:
            take(self._arrived)
        if error := await asyncio.shield(self._end):
            raise ConnectionResetError from error

    def abort(self) -> None:
        """Hang up: whoever listens hears nothing more, and is told that it has ended."""
        self._take = len
        self._transport.abort()

    async def close(self) -> None:
        """Close the connection; many bridges, and every serial port, serve one client at a time."""
        self.abort()
        await asyncio.shield(self._end)


async def async_open(data: Mapping[str, Any]) -> Connection:
    """Connect to where an entry's data say the meter is.

    Raises:
        OSError: Nobody answers there, or the port is in use; `TimeoutError`, a subclass, after 10
            seconds.

    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_TIMEOUT):
        if CONF_HOST in data:
            _, connection = await loop.create_connection(
                Connection, data[CONF_HOST], data[CONF_PORT]
            )
            return connection
        connection = Connection()
        try:
            await create_serial_connection(
                loop,
                lambda: connection,
                data[CONF_DEVICE],
                data[CONF_BAUDRATE],
                byte_size=data[CONF_BITS],
                parity=Parity(data[CONF_PARITY]),
            )
        # What serialx says of an address that makes no sense, and Home Assistant in its place as
        # long as ESPHome is not there.
        except (SerialException, ValueError, ConfigEntryNotReady) as err:
            raise ConnectionRefusedError from err
    return connection


@asynccontextmanager
async def async_connected(data: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """Connect for the time of a `with` block; raises like `async_open`."""
    connection = await async_open(data)
    try:
        yield connection
    finally:
        await connection.close()


def line_settings(line: SerialFormat) -> dict[str, Any]:
    """Return the part of an entry's data that says how the line is set."""
    return {CONF_BAUDRATE: line.baudrate, CONF_BITS: line.bits, CONF_PARITY: line.parity}


def transport(data: Mapping[str, Any]) -> str:
    """Return what kind of connection it is, which names nobody and no place."""
    if CONF_HOST in data:
        return "tcp"
    return urlsplit(data[CONF_DEVICE]).scheme or "serial"
