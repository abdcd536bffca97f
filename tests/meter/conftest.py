"""Fixtures of the meter's tests: real demo meters on real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from demo.p1_meter import DemoP1Meter

type Meters = Callable[..., Awaitable[tuple[DemoP1Meter, str, int]]]

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
