"""Events of a supplier account: what happens to its invoices, benefits and changes."""

from datetime import date
from functools import partial
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..portal.outbox import WriteRecord, WriteState
from .coordinator import AccountConfigEntry
from .entity import ACCOUNT, AccountEntity, Offered, async_add_as_they_appear
from .news import BenefitEvent, InvoiceEvent, benefit_news, news
from .news_events import NewsEvents
from .readings import event as reading_event
from .writes import offers_changes

INVOICE: Final = EventEntityDescription(
    key="invoice", translation_key="invoice", event_types=[*InvoiceEvent]
)
BENEFIT: Final = EventEntityDescription(
    key="benefit", translation_key="benefit", event_types=[*BenefitEvent]
)
CHANGE: Final = EventEntityDescription(
    key="change",
    translation_key="change",
    event_types=[WriteState.ACCEPTED, WriteState.REFUSED],
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events of an account."""
    coordinator = entry.runtime_data

    def offered() -> Offered:
        events: Offered = {}
        if coordinator.statement is not None:
            events[ACCOUNT, INVOICE.key] = partial(InvoiceEvents, coordinator, INVOICE)
        if coordinator.data.benefits is not None:
            events[ACCOUNT, BENEFIT.key] = partial(BenefitEvents, coordinator, BENEFIT)
        if offers_changes(coordinator):
            events[ACCOUNT, CHANGE.key] = partial(ChangeEvents, coordinator, CHANGE)
        return events | reading_event.offered(coordinator)

    async_add_as_they_appear(entry, async_add_entities, offered)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


class InvoiceEvents(NewsEvents):
    """What happens to invoices."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.statement is not None

    @override
    def _notice(self) -> tuple[bool, list[tuple[str, dict[str, Any]]]]:
        facts, store = self.coordinator.statement, self.coordinator.store
        if facts is None:
            return False, []
        before = store.bearings
        found, store.bearings = news(facts.statement, before, self.coordinator.today)
        return store.bearings != before, [
            (
                each.event,
                {
                    "number": each.invoice.number,
                    "amount": float(each.invoice.amount),
                    "currency": each.invoice.currency,
                    "due": _iso(each.invoice.due),
                    "collected": _iso(each.invoice.collected),
                },
            )
            for each in found
        ]


class BenefitEvents(NewsEvents):
    """What happens to benefits."""

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.data.benefits is not None

    @override
    def _notice(self) -> tuple[bool, list[tuple[str, dict[str, Any]]]]:
        benefits, store = self.coordinator.data.benefits, self.coordinator.store
        if benefits is None:
            return False, []
        before = store.benefits
        found, store.benefits = benefit_news(benefits, before)
        return store.benefits != before, [
            (
                event,
                {
                    "title": benefit.title,
                    "valid_until": _iso(benefit.valid_until),
                },
            )
            for event, benefit in found
        ]


class ChangeEvents(AccountEntity, EventEntity):
    """How what was asked of the portal ended."""

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.outbox.async_add_listener(self._tell))

    @callback
    def _tell(self, record: WriteRecord) -> None:
        self._trigger_event(record.state, {"change": record.kind, "refusal": record.answer})
        self.async_write_ha_state()
