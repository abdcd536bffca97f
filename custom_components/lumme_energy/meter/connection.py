"""Whatever makes a P1 port reachable: a bridge on the network, a cable, a remote serial port.

A config entry says where its meter is in one of two ways: `host` and `port` for a bridge that
passes on what the meter sends over TCP; `device` and how the line is set for everything that
serialx opens, which is a serial port of this machine, `rfc2217://host:port` (ser2net and other port servers that
let the client set the line) and the serial proxies of ESPHome (`esphome://`, `esphome-hass://`).
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.exceptions import ConfigEntryNotReady
from serialx import Parity, SerialException, open_serial_connection

from ..const import CONF_BAUDRATE, CONF_BITS, CONF_PARITY
from ..metering.detect import SerialFormat

CONNECT_TIMEOUT: Final = 10
CHUNK: Final = 4096


class Connection:
    """An open connection, of which only the bytes that arrive are of interest."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Wrap what `asyncio.open_connection` and `serialx.open_serial_connection` return."""
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        """Return what has arrived, as soon as anything has; b"" when the other end has closed.

        Raises:
            OSError: The connection broke.

        """
        try:
            return await self._reader.read(CHUNK)
        except SerialException as err:
            raise ConnectionResetError from err

    async def close(self) -> None:
        """Close the connection; many bridges, and every serial port, serve one client at a time."""
        self._writer.transport.abort()
        with suppress(OSError, SerialException):
            await self._writer.wait_closed()


async def async_open(data: Mapping[str, Any]) -> Connection:
    """Connect to where an entry's data say the meter is.

    Raises:
        OSError: Nobody answers there, or the port is in use; `TimeoutError`, a subclass, after 10
            seconds.

    """
    async with asyncio.timeout(CONNECT_TIMEOUT):
        if CONF_HOST in data:
            return Connection(*await asyncio.open_connection(data[CONF_HOST], data[CONF_PORT]))
        try:
            return Connection(
                *await open_serial_connection(
                    data[CONF_DEVICE],
                    data[CONF_BAUDRATE],
                    byte_size=data[CONF_BITS],
                    parity=Parity(data[CONF_PARITY]),
                )
            )
        # What serialx says of an address that makes no sense, and Home Assistant in its place as
        # long as ESPHome is not there.
        except (SerialException, ValueError, ConfigEntryNotReady) as err:
            raise ConnectionRefusedError from err


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


def address(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an entry's data that no two entries may share."""
    if CONF_HOST in data:
        return {CONF_HOST: data[CONF_HOST], CONF_PORT: data[CONF_PORT]}
    return {CONF_DEVICE: data[CONF_DEVICE]}


def place(data: Mapping[str, Any]) -> str:
    """Return the address as one would write it."""
    return ":".join(map(str, address(data).values()))


def transport(data: Mapping[str, Any]) -> str:
    """Return what kind of connection it is, which names nobody and no place."""
    if CONF_HOST in data:
        return "tcp"
    return urlsplit(data[CONF_DEVICE]).scheme or "serial"
