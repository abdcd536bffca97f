"""Bridges that are started as whole devices."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.firmware.device import machines

from .bridge import MACHINE, Bridge

type StartBridge = Callable[..., Awaitable[Bridge]]


@pytest.fixture
def machine() -> str:
    """The whole, which takes long, is tried with the device's words; its parts with both lengths."""
    if MACHINE not in machines():
        pytest.skip("no MicroPython: run scripts/setup --micropython")
    return MACHINE


@pytest.fixture
async def start_bridge(
    bundle: Path, machine: str, tmp_path: Path, socket_enabled: None
) -> AsyncIterator[StartBridge]:
    """Start bridges; what one prints is a defect, and shown."""
    bridges: list[Bridge] = []

    async def start() -> Bridge:
        bridges.append(Bridge(bundle, machine, tmp_path / str(len(bridges))))
        return await bridges[-1].start()

    yield start
    for bridge in bridges:
        assert await bridge.stop() == ""


@pytest.fixture
async def bridge(start_bridge: StartBridge) -> Bridge:
    """A bridge with a paired client."""
    return await (await start_bridge()).pair()
