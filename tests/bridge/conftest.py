"""A real bridge: the firmware in a process of MicroPython, reached through TLS."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.build import build
from tests.bridge_api.conftest import stand_in  # noqa: F401 - a fixture
from tests.firmware.device import Line, machines
from tests.firmware.whole.bridge import MACHINE, Bridge


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as it is made for a device, but for the layer that knows the hardware."""
    folder = tmp_path_factory.mktemp("bundle")
    build(folder, "unix")
    return folder


@pytest.fixture
async def p1(socket_enabled: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """The line of the meter, which the bridge opens when it is told to."""
    line = Line()
    async with line.listening() as port:
        monkeypatch.setenv("BRIDGE_P1", str(port))
        yield line


@pytest.fixture
async def bridge(
    bundle: Path, tmp_path: Path, p1: Line, hass_storage: dict[str, Any]
) -> AsyncIterator[Bridge]:
    """A bridge that nobody is paired with; what it prints is a defect, and shown."""
    if MACHINE not in machines():
        pytest.skip("no MicroPython: run scripts/setup --micropython")
    bridge = Bridge(bundle, MACHINE, tmp_path)
    await bridge.start()
    yield bridge
    assert await bridge.stop() == ""
