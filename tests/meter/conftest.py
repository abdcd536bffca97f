"""Fixtures of the meter's tests: real demo meters on real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from pymodbus import FramerType
import pytest

from demo.modbus_meter import DemoModbusMeter, Layout, sdm630
from demo.p1_meter import DemoP1Meter

type Meters = Callable[..., Awaitable[tuple[DemoP1Meter, str, int]]]
type ModbusMeters = Callable[..., Awaitable[tuple[DemoModbusMeter, str, int]]]

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None, hass_storage: dict[str, Any]) -> None:
    """Let Home Assistant talk to the demo meters, and keep in memory what it stores."""


@pytest.fixture
async def run_meter() -> AsyncIterator[Meters]:
    """Return what runs a demo meter until the test ends, fast and at a fixed moment."""
    meters: list[DemoP1Meter] = []

    async def run(
        country: str = "FI",
        *,
        pace: float = 0.02,
        clock: Callable[[], datetime] = lambda: NOW,
        port: int = 0,
    ) -> tuple[DemoP1Meter, str, int]:
        meter = DemoP1Meter(country, pace=pace, clock=clock)
        meters.append(meter)
        return meter, *await meter.start(port)

    yield run
    for meter in meters:
        await meter.stop()


@pytest.fixture
async def run_modbus() -> AsyncIterator[ModbusMeters]:
    """Return what runs a demo meter until the test ends, at a fixed moment."""
    meters: list[DemoModbusMeter] = []

    async def run(
        layout: Layout = sdm630,
        *,
        port: int = 0,
        unit_id: int = 1,
        framer: FramerType = FramerType.SOCKET,
    ) -> tuple[DemoModbusMeter, str, int]:
        meter = DemoModbusMeter(layout, unit_id=unit_id, framer=framer, clock=lambda: NOW)
        meters.append(meter)
        return meter, *await meter.start(port)

    yield run
    for meter in meters:
        await meter.stop()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Wait no two seconds for an answer that does not come."""
    package = "custom_components.lumme_energy.meter"
    with (
        patch(f"{package}.modbus_coordinator.TIMEOUT", 0.1),
        patch(f"{package}.modbus_flow.TIMEOUT", 0.1),
        patch(f"{package}.modbus_flow.SCAN_TIMEOUT", 0.05),
    ):
        yield


class Clock:
    """A clock that only goes on when it is told to."""

    def __init__(self) -> None:
        """Start anywhere."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def modbus_clock() -> Iterator[Clock]:
    """Hold the clock by which polls are slow and values are old."""
    clock = Clock()
    package = "custom_components.lumme_energy.meter"
    with (
        patch(f"{package}.base.monotonic", clock),
        patch(f"{package}.modbus_coordinator.monotonic", clock),
    ):
        yield clock


@pytest.fixture
def all_enabled() -> Iterator[None]:
    """Enable the entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default", return_value=True
    ):
        yield


@pytest.fixture(autouse=True)
def _no_frontend() -> Iterator[None]:
    """Let no flow wait for a frontend that is not there."""
    with patch("custom_components.lumme_energy.meter.p1_flow.SHOWN", 0.0):
        yield
