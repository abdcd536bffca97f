"""The readings of an account on disk: each is there in every state before the next step is taken."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ...const import DOMAIN, LOGGER
from ...readings.plan import Plan, bounded

VERSION: Final = 1
MAX_PLANS: Final = 200

_encoder = BasicEncoder(tuple[Plan, ...])
_decoder = BasicDecoder(tuple[Plan, ...])


class PlanStore:
    """An entry's file.

    Attributes:
        plans: All that is remembered, oldest first.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file of an entry."""
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.{entry_id}.readings", private=True, atomic_writes=True
        )
        self.plans: tuple[Plan, ...] = ()

    async def async_load(self) -> None:
        """Read the file."""
        try:
            stored = await self._store.async_load() or {}
            self.plans = _decoder.decode(stored.get("plans", []))
        except UnsupportedStorageVersionError:
            LOGGER.warning("Stored meter readings come from a newer version and are ignored")
        except Exception:  # noqa: BLE001 - a file may hold anything, and mashumaro raises anything
            LOGGER.warning("Stored meter readings cannot be read and are ignored")

    async def async_keep(self, plans: tuple[Plan, ...]) -> None:
        """Remember these plans; on return they are on disk."""
        self.plans = bounded(plans, MAX_PLANS)
        await self._store.async_save({"plans": _encoder.encode(self.plans)})

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
