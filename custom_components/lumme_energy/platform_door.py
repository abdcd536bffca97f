"""What stands behind each platform's door: every kind of entry sets up its own entities."""

from collections.abc import Awaitable, Callable, Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import LummeConfigEntry
from .const import CONF_KIND

type SetUp = Callable[
    [HomeAssistant, LummeConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]
]


def by_kind(set_up: Mapping[str, SetUp]) -> SetUp:
    """Return a platform's `async_setup_entry`.

    Args:
        set_up: What sets up the entities of each kind of entry that has this platform.

    """

    async def async_setup_entry(
        hass: HomeAssistant,
        entry: LummeConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        await set_up[entry.data[CONF_KIND]](hass, entry, async_add_entities)

    return async_setup_entry
