"""Selects of a supplier account: how bills come and are paid."""

from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AccountConfigEntry
from .entity import ACCOUNT, AccountEntity, Offered, async_add_as_they_appear
from .settings import DELIVERY, DIRECT_DEBIT, Setting, async_choose


@dataclass(frozen=True, kw_only=True)
class SettingDescription(SelectEntityDescription):
    """Describes a select; it exists where the portal tells what is chosen."""

    setting: Setting


SELECTS: Final = tuple(
    SettingDescription(
        key=setting.change,
        translation_key=setting.change,
        entity_category=EntityCategory.CONFIG,
        options=[*setting.options],
        setting=setting,
    )
    for setting in (DELIVERY, DIRECT_DEBIT)
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        return {
            (ACCOUNT, description.key): partial(SettingSelect, coordinator, description)
            for description in SELECTS
            if description.setting.value(coordinator) is not None
        }

    async_add_as_they_appear(entry, async_add_entities, offered)


class SettingSelect(AccountEntity, SelectEntity):
    """A choice at the portal. What cannot be chosen online is refused with who can help."""

    entity_description: SettingDescription

    @property
    @override
    def available(self) -> bool:
        return self.current_option is not None

    @property
    @override
    def current_option(self) -> str | None:
        return self.entity_description.setting.value(self.coordinator)

    @override
    async def async_select_option(self, option: str) -> None:
        setting = self.entity_description.setting
        await async_choose(
            self.coordinator,
            setting,
            next(value for value in setting.options if value == option),
            user_id=self._context.user_id if self._context else None,
        )
