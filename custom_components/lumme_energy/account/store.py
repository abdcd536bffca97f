"""What an account keeps on disk: its last good data, and what it told of them."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..billing.price_fix import FirstPrice
from ..const import DOMAIN, LOGGER
from .feeds import AccountData
from .history.reach import Reach
from .news import Bearings, BenefitBearings

VERSION: Final = 1
# Raised when `AccountData` changes in a way that old data would be misread: they are then ignored.
SCHEMA: Final = 2

_data_encoder = BasicEncoder(AccountData)
_data_decoder = BasicDecoder(AccountData)
_bearings_decoder = BasicDecoder(Bearings)
_benefits_decoder = BasicDecoder(BenefitBearings)
_history_encoder = BasicEncoder(dict[str, Reach])
_history_decoder = BasicDecoder(dict[str, Reach])
_prices_encoder = BasicEncoder(dict[str, FirstPrice])
_prices_decoder = BasicDecoder(dict[str, FirstPrice])
_readings_decoder = BasicDecoder(dict[str, str])


def encode(data: AccountData) -> dict[str, Any]:
    """Return the data ready for JSON."""
    encoded: dict[str, Any] = _data_encoder.encode(data)
    return encoded


class AccountStore:
    """An entry's file. What cannot be read is as if it had never been there.

    Attributes:
        data: The last good data; None before the first.
        bearings: What was told about each invoice; None before the first look.
        benefits: What was told about each benefit; None before the first look.
        history: How far back each supply point's consumption has been read, by GSRN.
        first_prices: The price at which each coming quarter was first seen.
        told_readings: What was told about each reading that is sent in, by its plan's id.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file of an entry."""
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        self.data: AccountData | None = None
        self.bearings: Bearings | None = None
        self.benefits: BenefitBearings | None = None
        self.history: dict[str, Reach] = {}
        self.first_prices: dict[str, FirstPrice] = {}
        self.told_readings: dict[str, str] = {}

    async def async_load(self) -> None:
        """Read the file."""
        try:
            stored = await self._store.async_load() or {}
        except UnsupportedStorageVersionError:
            LOGGER.warning("Stored account data comes from a newer version and is ignored")
            return
        if stored.get("schema") == SCHEMA:
            self.data = _decoded(_data_decoder, stored.get("data"))
        self.bearings = _decoded(_bearings_decoder, stored.get("bearings"))
        self.benefits = _decoded(_benefits_decoder, stored.get("benefits"))
        self.history = _decoded(_history_decoder, stored.get("history")) or {}
        self.first_prices = _decoded(_prices_decoder, stored.get("first_prices")) or {}
        self.told_readings = _decoded(_readings_decoder, stored.get("told_readings")) or {}

    async def async_save(self) -> None:
        """Write everything; on return it is on disk."""
        await self._store.async_save(
            {
                "schema": SCHEMA,
                "data": None if self.data is None else encode(self.data),
                "bearings": self.bearings,
                "benefits": self.benefits,
                "history": _history_encoder.encode(self.history),
                "first_prices": _prices_encoder.encode(self.first_prices),
                "told_readings": self.told_readings,
            }
        )

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
