"""The button that sends a meter reading in."""

from functools import partial
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import AccountConfigEntry
from ..entity import Offered, async_add_as_they_appear
from .entity import ReadingEntity, sent_from
from .outcome import async_require_sent

SUBMIT: Final = ButtonEntityDescription(key="submit_reading", translation_key="submit_reading")


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        return {
            (point.gsrn, f"{SUBMIT.key}_{link.subentry_id}"): partial(
                SubmitReading, coordinator, SUBMIT, point
            )
            for point, link in sent_from(coordinator)
        }

    async_add_as_they_appear(entry, async_add_entities, offered)


class SubmitReading(ReadingEntity, ButtonEntity):
    """Reads the linked meter now and sends that in, unless something is odd about it."""

    @override
    async def async_press(self) -> None:
        judged = await self.desk.async_submit(
            self._gsrn,
            dry_run=False,
            user_id=self._context.user_id if self._context else None,
        )
        await async_require_sent(self.coordinator, judged)
