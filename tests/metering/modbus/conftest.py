"""Fixtures of the Modbus tests: a real pymodbus server and a real connection to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from modbus_connection import ModbusTcpParams, ModbusUnit
from modbus_connection.tmodbus import ModbusConnection
import pytest

from demo.modbus_meter import DemoModbusMeter, Layout, sdm630

type Connect = Callable[..., Awaitable[tuple[DemoModbusMeter, ModbusUnit]]]


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let the connection talk to the server."""


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Return what runs a meter until the test ends, and a unit to read it with."""
    running: list[Any] = []

    async def run(
        layout: Layout = sdm630, *, unit_id: int = 1
    ) -> tuple[DemoModbusMeter, ModbusUnit]:
        meter = DemoModbusMeter(layout)
        host, port = await meter.start()
        connection = ModbusConnection(ModbusTcpParams(host=host, port=port), timeout=0.2)
        running.append((meter, connection))
        return meter, connection.for_unit(unit_id)

    yield run
    for meter, connection in running:
        await connection.close()
        await meter.stop()
