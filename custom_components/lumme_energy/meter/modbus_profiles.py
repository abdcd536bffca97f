"""The profiles of Modbus meters."""

from typing import Final

from ..metering.modbus.families import FAMILIES
from ..metering.modbus.user_profile import user_profile
from ..profile_folder import ProfileFolder

PROFILES: Final = ProfileFolder(name="meters", families=FAMILIES, parse=user_profile)
