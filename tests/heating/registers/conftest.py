"""Fixtures: a heater at a real socket, and a unit to reach it with."""

from collections.abc import AsyncIterator, Awaitable, Callable

from modbus_connection import ModbusTcpParams, ModbusUnit
from modbus_connection.tmodbus import ModbusConnection
import pytest

from .heater import Cells, Heater

type Connect = Callable[[Cells], Awaitable[tuple[Heater, ModbusUnit]]]


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let the connection talk to the server."""


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Return what runs a heater until the test ends, and a unit to reach it with."""
    running: list[tuple[Heater, ModbusConnection]] = []

    async def run(cells: Cells) -> tuple[Heater, ModbusUnit]:
        heater = Heater(cells)
        host, port = await heater.start()
        connection = ModbusConnection(ModbusTcpParams(host=host, port=port), timeout=0.1)
        running.append((heater, connection))
        return heater, connection.for_unit(1)

    yield run
    for heater, connection in running:
        await connection.close()
        await heater.stop()
