"""What the whole house is doing, to choose."""

from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..heating.model import Mode
from .coordinator import SiteConfigEntry
from .entity import SiteEntity

MODE: Final = SelectEntityDescription(key="mode", translation_key="heating_mode", options=[*Mode])


async def async_setup(
    hass: HomeAssistant,
    entry: SiteConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choice."""
    async_add_entities([ModeSelect(entry.runtime_data, MODE)])


class ModeSelect(SiteEntity, SelectEntity):
    """The house's mode."""

    @property
    @override
    def current_option(self) -> str:
        return self.coordinator.data.mode

    @override
    async def async_select_option(self, option: str) -> None:
        await self.coordinator.async_wish(
            lambda now: self.coordinator.engine.set_mode(Mode(option), now)
        )
