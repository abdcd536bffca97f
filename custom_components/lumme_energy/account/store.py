"""What an account keeps on disk: its last good data, what it did to the portal, what it told."""

from dataclasses import asdict
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..const import DOMAIN, LOGGER
from ..portal.politeness import PolitenessState, load_state
from .feeds import AccountData
from .news import Bearings

VERSION: Final = 1
# Raised when `AccountData` changes in a way that old data would be misread: they are then ignored.
SCHEMA: Final = 1

_data_encoder = BasicEncoder(AccountData)
_data_decoder = BasicDecoder(AccountData)
_bearings_decoder = BasicDecoder(Bearings)


def encode(data: AccountData) -> dict[str, Any]:
    """Return the data ready for JSON."""
    encoded: dict[str, Any] = _data_encoder.encode(data)
    return encoded


class AccountStore:
    """An entry's file. What cannot be read is as if it had never been there.

    Attributes:
        data: The last good data; None before the first.
        politeness: What the portal must not be asked again too soon.
        bearings: What was told about each invoice; None before the first look.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file of an entry."""
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        self.data: AccountData | None = None
        self.politeness = PolitenessState()
        self.bearings: Bearings | None = None

    async def async_load(self) -> None:
        """Read the file."""
        try:
            stored = await self._store.async_load() or {}
        except UnsupportedStorageVersionError:
            LOGGER.warning("Stored account data comes from a newer version and is ignored")
            return
        if stored.get("schema") == SCHEMA:
            self.data = _decoded(_data_decoder, stored.get("data"))
        self.politeness = load_state(stored.get("politeness"))
        self.bearings = _decoded(_bearings_decoder, stored.get("bearings"))

    async def async_save(self) -> None:
        """Write everything; on return it is on disk."""
        await self._store.async_save(
            {
                "schema": SCHEMA,
                "data": None if self.data is None else encode(self.data),
                "politeness": asdict(self.politeness),
                "bearings": self.bearings,
            }
        )

    async def async_save_politeness(self, state: PolitenessState) -> None:
        """Write what is about to be asked of the portal, before it is."""
        self.politeness = state
        await self.async_save()

    async def async_forgive(self) -> None:
        """Forget refusals and pauses: a person has just logged in with these credentials."""
        self.politeness.refused_for = None
        self.politeness.fruitless = 0
        self.politeness.rest_until = None
        await self.async_save()

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _decoded[T](decoder: BasicDecoder[T], stored: Any) -> T | None:
    """Decode what was stored; a file may hold anything, and mashumaro then raises anything."""
    try:
        return None if stored is None else decoder.decode(stored)
    except Exception:  # noqa: BLE001
        LOGGER.warning("Stored account data cannot be read and is ignored")
        return None
