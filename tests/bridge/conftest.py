"""A real bridge: the firmware in a process of MicroPython, reached through TLS."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from firmware_bridge.build import build
from tests.firmware.device import machines
from tests.firmware.whole.bridge import MACHINE, Bridge


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as it is made for a device, but for the layer that knows the hardware."""
    folder = tmp_path_factory.mktemp("bundle")
    build(folder, "unix")
    return folder


@pytest.fixture
async def bridge(
    bundle: Path, tmp_path: Path, socket_enabled: None, hass_storage: dict[str, Any]
) -> AsyncIterator[Bridge]:
    """A bridge that nobody is paired with; what it prints is a defect, and shown."""
    if MACHINE not in machines():
        pytest.skip("no MicroPython: run scripts/setup --micropython")
    bridge = Bridge(bundle, MACHINE, tmp_path)
    await bridge.start()
    yield bridge
    assert await bridge.stop() == ""
