"""The Modbus profiles that there are: ours, and those a user has put into the configuration folder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml

from .const import DOMAIN
from .modbus_registers.profile_file import PREFIX, ProfileError

SUFFIXES: Final = {".yaml", ".yml", ".json"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileFolder[Profile]:
    """The profiles of one kind of device.

    Attributes:
        name: The folder of the user's own, in the folder of this integration.
        families: Ours, by key.
        parse: Makes a profile of a file's name and content, or raises a `ProfileError`.

    """

    name: str
    families: Mapping[str, Profile]
    parse: Callable[[str, Any], Profile]

    async def async_own(self, hass: HomeAssistant) -> tuple[list[Profile], list[ProfileError]]:
        """Return the user's own profiles, and what is wrong with the files that hold none."""
        return await hass.async_add_executor_job(self._load_all, self._folder(hass))

    async def async_get(self, hass: HomeAssistant, key: str) -> Profile:
        """Return the profile that an entry names.

        Raises:
            ProfileError: It is the user's own, and its file is gone or wrong.

        """
        if key in self.families:
            return self.families[key]
        path = self._folder(hass) / key.removeprefix(PREFIX)
        return await hass.async_add_executor_job(self._load, path)

    def _folder(self, hass: HomeAssistant) -> Path:
        return Path(hass.config.path(DOMAIN, self.name))

    def _load(self, path: Path) -> Profile:
        try:
            data = load_yaml(path)
        except HomeAssistantError, OSError:
            raise ProfileError(path.name, "", "YAML | JSON") from None
        return self.parse(path.name, data)

    def _load_all(self, folder: Path) -> tuple[list[Profile], list[ProfileError]]:
        profiles: list[Profile] = []
        errors: list[ProfileError] = []
        for path in sorted(folder.glob("*")):
            if path.suffix in SUFFIXES:
                try:
                    profiles.append(self._load(path))
                except ProfileError as err:
                    errors.append(err)
        return profiles, errors
