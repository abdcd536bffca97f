"""Which firmware works with this integration."""

from typing import Final

from awesomeversion import AwesomeVersion

from ..bridge_api.model import API

# The first that all of our requests work with.
OLDEST: Final = AwesomeVersion("0.1.0")


def is_too_old(version: str, api: int) -> bool:
    """Tell whether a firmware is too old for this integration."""
    return api < API or AwesomeVersion(version) < OLDEST
