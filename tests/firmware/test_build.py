"""The bundle, and what of the hardware can be checked without any."""

import ast
from pathlib import Path
import subprocess
import sys

import pytest

from firmware_bridge import build as builder
from firmware_bridge.build import FIRMWARE, SHARED, build

from .conftest import RunScript


def test_framing_and_checksum_are_the_integrations_own(tmp_path: Path) -> None:
    build(tmp_path, source=True)
    for name in ("framing.py", "crc.py"):
        assert (tmp_path / "bridge" / name).read_bytes() == (SHARED / name).read_bytes()
        assert not (FIRMWARE / "bridge" / name).exists()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["build", str(tmp_path)])
    builder.main()
    old = tmp_path / "bridge" / "old.mpy"
    old.touch()
    builder.main()
    assert not old.exists()
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.mpy")}
    assert {"hal/__init__.mpy", "hal/esp32.mpy", "bridge/p1.mpy", "bridge/crc.mpy"} <= made
    assert "hal/unix.mpy" not in made


def test_a_syntax_that_the_device_does_not_know_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("type X = int\n")
    monkeypatch.setattr(builder, "sources", lambda hal: {"bridge/wrong.py": wrong})
    with pytest.raises(subprocess.CalledProcessError):
        build(tmp_path / "out")


def _offers(module: str) -> dict[str, list[str] | None]:
    """Return what a module of the hardware layer offers: its functions' arguments, other names."""
    found: dict[str, list[str] | None] = {}
    for node in ast.parse((FIRMWARE / "hal" / f"{module}.py").read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = [argument.arg.lstrip("_") for argument in node.args.args]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = None
        elif isinstance(node, ast.ImportFrom):
            found |= dict.fromkeys(alias.name for alias in node.names)
    return {name: what for name, what in found.items() if not name.startswith("_")}


def test_both_kinds_of_hardware_offer_the_same() -> None:
    unix, esp32 = _offers("unix"), _offers("esp32")
    unix.pop("panel")  # what a test looks at instead of a lamp
    assert unix == esp32
    contract = (FIRMWARE / "hal" / "__init__.py").read_text()
    assert [name for name in unix if name not in contract] == []


def test_the_checksum_is_the_same_on_the_device(run_script: RunScript) -> None:
    script = """
from bridge import rtu
from bridge.crc import crc16

def by_definition(data, crc=0):
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc

wrong = []
for length in (0, 1, 2, 3, 60, 61, 254, 700, 1100, 4096):
    data = bytes(index * 37 + length & 255 for index in range(length))
    if crc16(data) != by_definition(data):
        wrong.append(length)
    if length and rtu.frame(5, data)[-2:] != by_definition(bytes((5,)) + data, 0xFFFF).to_bytes(2, "little"):
        wrong.append(-length)
tell((crc16(b"123456789"), wrong))
"""
    assert run_script(script) == [0xBB3D, []]
