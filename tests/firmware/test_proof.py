"""The proofs of `scripts/prove_firmware`, in small."""

from pathlib import Path
import sys

import pytest

from . import proof
from .conftest import MACHINES
from .proof import MACHINE, prove

pytestmark = pytest.mark.skipif(
    MACHINE not in MACHINES, reason="no MicroPython: run scripts/setup --micropython"
)


@pytest.mark.usefixtures("socket_enabled")
async def test_many_telegrams_in_little_memory(bundle: Path) -> None:
    found = await prove("day", bundle, 2000, 0)
    assert int(str(found["least free memory, B"])) > 40_000


@pytest.mark.usefixtures("socket_enabled")
async def test_hostile_inputs(bundle: Path) -> None:
    found = await prove("fuzz", bundle, 0, 2000)
    assert found["inputs"] == 2000


@pytest.mark.usefixtures("socket_enabled")
def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(
        sys, "argv", ["proof", "latency", "modbus", "--telegrams", "20", "--inputs", "40"]
    )
    proof.main()
    latency, modbus = capsys.readouterr().out.splitlines()
    assert latency.startswith("latency: median, ms ")
    assert modbus.endswith("mbpoll has written and read back 215")
