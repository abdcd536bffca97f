"""MicroPython, the bundle, and a device that runs it."""

from collections.abc import AsyncIterator, Awaitable, Callable
import json
import os
from pathlib import Path
import subprocess
from textwrap import dedent
from typing import Any

import pytest

from firmware_bridge.build import build

from .device import PATIENCE, Device, machines, program

MACHINES = machines()

type StartDevice = Callable[..., Awaitable[Device]]
type RunScript = Callable[[str], Any]


@pytest.fixture(params=["amd64", "i386"])
def machine(request: pytest.FixtureRequest) -> str:
    """A kind of MicroPython; the device's words have 32 bits, as i386's."""
    if request.param not in MACHINES:
        pytest.skip("no MicroPython: run scripts/setup --micropython")
    return str(request.param)


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle as it is made for a device, but for the layer that knows the hardware."""
    folder = tmp_path_factory.mktemp("bundle")
    build(folder, "unix")
    return folder


@pytest.fixture
def run_script(bundle: Path, machine: str, tmp_path: Path) -> RunScript:
    """Run a script beside the firmware and return what it gives to `tell`."""

    def run(script: str) -> Any:
        path = tmp_path / "script.py"
        path.write_text(
            f"import sys\nsys.path.insert(0, {str(bundle)!r})\n"
            "def tell(value):\n    import json\n    print(json.dumps(value))\n"
            f"{dedent(script)}"
        )
        done = subprocess.run(  # noqa: S603
            [program("micropython", machine), "-X", "heapsize=256k", path],
            env={**os.environ, "BRIDGE_ROOT": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
async def start_device(
    bundle: Path, machine: str, tmp_path: Path, socket_enabled: None
) -> AsyncIterator[StartDevice]:
    """Start devices; what one prints is a defect, and shown."""
    devices = []

    async def start(config: dict[str, Any] | None = None, *, bus: int | None = None) -> Device:
        devices.append(Device(bundle, machine, tmp_path))
        return await devices[-1].start(config or {}, bus=bus)

    yield start
    for device in devices:
        assert await device.stop() == ""
