"""Scripts that run inside MicroPython, where a process of its own would be too slow."""

from pathlib import Path
import subprocess

from tests.firmware.device import program


def run(machine: str, bundle: Path, root: Path, script: str, heap: str = "1M") -> str:
    """Run a script that can import the bundle; returns what it has printed."""
    done = subprocess.run(  # noqa: S603 - a program that the set-up brought
        [program("micropython", machine), "-X", f"heapsize={heap}", "-c",
         f"import sys; sys.path.insert(0, {str(bundle)!r})\n{script}"],
        env={"BRIDGE_ROOT": str(root)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
