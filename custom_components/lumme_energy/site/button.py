"""The button for whoever asks on the road whether the radiators were turned down."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import SiteConfigEntry
from .entity import SiteEntity

TURN_DOWN: Final = ButtonEntityDescription(key="turn_down", translation_key="turn_down")


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the button."""
    async_add_entities([TurnDown(entry.runtime_data, TURN_DOWN)])


class TurnDown(SiteEntity, ButtonEntity):
    """Turns the whole house down, now."""

    @override
    async def async_press(self) -> None:
        await self.coordinator.async_wish(self.coordinator.engine.turn_down)
