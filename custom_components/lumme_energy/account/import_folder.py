"""Watches a folder into which bills are put as files.

A file is read when it has not changed from one look to the next: until then somebody may still be
writing it. Nothing in the folder is ever changed.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..billing.imported import UnreadableFileError
from ..const import CONF_IMPORT_FOLDER, DOMAIN, LOGGER
from . import issues
from .coordinator import AccountCoordinator
from .imports import KINDS, async_take_over, load

INTERVAL: Final = timedelta(minutes=2)
MOST_FILES: Final = 1000

# When a file was last changed, and how long it is.
type Stamp = tuple[int, int]


async def async_may_watch(hass: HomeAssistant, folder: str | None) -> bool:
    """Whether a folder may be read; no folder may."""

    def check(path: str) -> bool:
        return hass.config.is_allowed_path(path) and Path(path).is_dir()

    return not folder or await hass.async_add_executor_job(check, folder)


class ImportFolder:
    """Takes over what is put into a folder."""

    def __init__(self, coordinator: AccountCoordinator, folder: str) -> None:
        """Know nothing yet."""
        self._coordinator = coordinator
        self._folder = folder
        self._stamps: Mapping[str, Stamp] = {}
        self._read: dict[str, Stamp] = {}
        self._bad: set[str] = set()
        self._looking = asyncio.Lock()

    async def async_look(self, _now: datetime | None = None) -> None:
        """Read what is new, and tell what cannot be read."""
        async with self._looking:
            await self._async_look()

    async def _async_look(self) -> None:
        coordinator = self._coordinator
        before = self._stamps
        self._stamps = await coordinator.hass.async_add_executor_job(self._list)
        self._read = {name: stamp for name, stamp in self._read.items() if name in self._stamps}
        self._bad &= self._stamps.keys()
        for name, stamp in self._stamps.items():
            if before.get(name) == stamp and self._read.get(name) != stamp:
                self._read[name] = stamp
                await self._async_read(name)
        issues.async_report_files(
            coordinator.hass, coordinator.config_entry, names=sorted(self._bad)
        )

    async def _async_read(self, name: str) -> None:
        coordinator = self._coordinator
        try:
            file = await coordinator.hass.async_add_executor_job(load, Path(self._folder, name))
            await async_take_over(coordinator, file)
        except (UnreadableFileError, OSError) as err:
            LOGGER.debug("A file cannot be read: %s", type(err).__name__)
            self._bad.add(name)
        else:
            self._bad.discard(name)

    def _list(self) -> dict[str, Stamp]:
        """Return the files; a folder that is away for now has none."""
        if not self._coordinator.hass.config.is_allowed_path(self._folder):
            return {}
        found: dict[str, Stamp] = {}
        try:
            for path in sorted(Path(self._folder).iterdir()):
                if path.suffix.lower() in KINDS and path.is_file() and not path.is_symlink():
                    stat = path.stat()
                    found[path.name] = (stat.st_mtime_ns, stat.st_size)
                if len(found) >= MOST_FILES:
                    break
        except OSError as err:
            LOGGER.debug("The folder cannot be read: %s", type(err).__name__)
        return found


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Watch the folder that the user chose, if any."""
    hass, entry = coordinator.hass, coordinator.config_entry
    if not (chosen := entry.options.get(CONF_IMPORT_FOLDER)):
        issues.async_report_files(hass, entry)
        return
    folder = ImportFolder(coordinator, chosen)
    entry.async_on_unload(
        async_track_time_interval(hass, folder.async_look, INTERVAL, name=f"{DOMAIN} import folder")
    )
    entry.async_create_background_task(hass, folder.async_look(), f"{DOMAIN} import folder")
