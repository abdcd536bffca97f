"""A firmware that the user has built and signed, as it lies in Home Assistant's configuration folder.

Only the owner of the key whose public half was flashed with the bridge can make one that it takes.
No key of ours is among them, so no firmware ships with the integration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

from homeassistant.core import HomeAssistant

FOLDER: Final = ("lumme_energy", "firmware")
MANIFEST: Final = "manifest"
# Many times what a firmware has.
MOST: Final = 1024 * 1024
_FIRST: Final = re.compile(r"lumme-bridge (\d+\.\d+\.\d+)")
_FILE: Final = re.compile(r"file ([a-z0-9_]+(?:/[a-z0-9_]+)*\.mpy) (\d{1,7}) ([0-9a-f]{64})")
_SIGNATURE: Final = re.compile(r"signature [0-9a-f]{128}")


class BundleError(Exception):
    """What lies there is no whole firmware; the argument is the file with which something is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A firmware.

    Attributes:
        version: As its manifest tells.
        manifest: As it was signed.
        files: Their contents by their names.

    """

    version: str
    manifest: bytes
    files: Mapping[str, bytes]

    @property
    def size(self) -> int:
        """How many bytes all files have."""
        return sum(map(len, self.files.values()))


async def async_bundle(hass: HomeAssistant) -> Bundle:
    """Return what lies in the folder. Raises BundleError."""
    return await hass.async_add_executor_job(read_bundle, Path(hass.config.path(*FOLDER)))


def read_bundle(folder: Path) -> Bundle:
    """Return the firmware in a folder. Raises BundleError."""
    manifest = _read(folder, MANIFEST)
    lines = manifest.decode(errors="replace").splitlines()
    first = _FIRST.fullmatch(lines[0]) if lines else None
    files = [_FILE.fullmatch(line) for line in lines[1:-1]]
    if first is None or not files or None in files or not _SIGNATURE.fullmatch(lines[-1]):
        raise BundleError(MANIFEST)
    return Bundle(
        version=first[1],
        manifest=manifest,
        files={found[1]: _checked(folder, found[1], int(found[2])) for found in files if found},
    )


def _checked(folder: Path, name: str, size: int) -> bytes:
    data = _read(folder, name)
    if len(data) != size:
        raise BundleError(name)
    return data


def _read(folder: Path, name: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            data = file.read(MOST + 1)
    except OSError as err:
        raise BundleError(name) from err
    if len(data) > MOST:
        raise BundleError(name)
    return data
