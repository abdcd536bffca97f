"""A TCP connection to whatever makes a P1 port reachable: a bridge, ser2net, a Wi-Fi dongle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

CONNECT_TIMEOUT: Final = 10
CHUNK: Final = 4096


class Connection:
    """An open connection, of which only the bytes that arrive are of interest."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Wrap what `asyncio.open_connection` returns."""
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        """Return what has arrived, as soon as anything has; b"" when the other end has closed.

        Raises:
            OSError: The connection broke.

        """
        return await self._reader.read(CHUNK)

    async def close(self) -> None:
        """Close the connection; many bridges serve one client at a time."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()


async def async_open(host: str, port: int) -> Connection:
    """Connect.

    Raises:
        OSError: Nobody answers there; `TimeoutError`, a subclass, after 10 seconds.

    """
    async with asyncio.timeout(CONNECT_TIMEOUT):
        return Connection(*await asyncio.open_connection(host, port))


@asynccontextmanager
async def async_connected(host: str, port: int) -> AsyncIterator[Connection]:
    """Connect for the time of a `with` block; raises like `async_open`."""
    connection = await async_open(host, port)
    try:
        yield connection
    finally:
        await connection.close()
