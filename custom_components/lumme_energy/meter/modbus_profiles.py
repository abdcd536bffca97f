"""The profiles that there are: ours, and those a user has put into the configuration folder."""

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml

from ..const import DOMAIN
from ..metering.modbus.families import FAMILIES
from ..metering.modbus.profile import ModbusProfile
from ..metering.modbus.user_profile import user_profile
from ..modbus_registers.profile_file import PREFIX, ProfileError

FOLDER: Final = "meters"
SUFFIXES: Final = {".yaml", ".yml", ".json"}


def _folder(hass: HomeAssistant) -> Path:
    return Path(hass.config.path(DOMAIN, FOLDER))


def _load(path: Path) -> ModbusProfile:
    try:
        data = load_yaml(path)
    except HomeAssistantError, OSError:
        raise ProfileError(path.name, "", "YAML | JSON") from None
    return user_profile(path.name, data)


def _load_all(folder: Path) -> tuple[list[ModbusProfile], list[ProfileError]]:
    profiles: list[ModbusProfile] = []
    errors: list[ProfileError] = []
    for path in sorted(folder.glob("*")):
        if path.suffix in SUFFIXES:
            try:
                profiles.append(_load(path))
            except ProfileError as err:
                errors.append(err)
    return profiles, errors


async def async_user_profiles(
    hass: HomeAssistant,
) -> tuple[list[ModbusProfile], list[ProfileError]]:
    """Return the user's own profiles, and what is wrong with the files that hold none."""
    return await hass.async_add_executor_job(_load_all, _folder(hass))


async def async_profile(hass: HomeAssistant, key: str) -> ModbusProfile:
    """Return the profile that an entry names.

    Raises:
        ProfileError: It is the user's own, and its file is gone or wrong.

    """
    if key in FAMILIES:
        return FAMILIES[key]
    return await hass.async_add_executor_job(_load, _folder(hass) / key.removeprefix(PREFIX))
