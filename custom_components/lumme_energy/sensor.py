"""Sensors of every kind of entry."""

from collections.abc import Awaitable, Callable
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import LummeConfigEntry
from .account import sensor as account_sensor
from .const import CONF_KIND, KIND_ACCOUNT, KIND_METER
from .meter import sensor as meter_sensor

PARALLEL_UPDATES = 0

type SetUp = Callable[
    [HomeAssistant, LummeConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]
]

SET_UP: Final[dict[str, SetUp]] = {
    KIND_ACCOUNT: account_sensor.async_setup,
    KIND_METER: meter_sensor.async_setup,
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: LummeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of an entry."""
    await SET_UP[entry.data[CONF_KIND]](hass, entry, async_add_entities)
