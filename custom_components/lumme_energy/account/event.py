"""Events of a supplier account: what happens to its invoices."""

from functools import partial
from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..const import DOMAIN
from .coordinator import AccountConfigEntry
from .entity import ACCOUNT, AccountEntity, async_add_as_they_appear
from .news import InvoiceEvent, News, news

INVOICE = EventEntityDescription(
    key="invoice", translation_key="invoice", event_types=[*InvoiceEvent]
)


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events of an account."""
    coordinator = entry.runtime_data
    async_add_as_they_appear(
        entry,
        async_add_entities,
        lambda: (
            {}
            if coordinator.statement is None
            else {(ACCOUNT, INVOICE.key): partial(InvoiceEvents, coordinator, INVOICE)}
        ),
    )


class InvoiceEvents(AccountEntity, EventEntity):
    """Tells what happens to invoices, each thing once.

    What was there at the very first start is no news. What was told is written down before it is
    told, so that a restart, even a crash, cannot repeat it.
    """

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.statement is not None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._look()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._look()
        super()._handle_coordinator_update()

    @callback
    def _look(self) -> None:
        """Compare with what was noticed before."""
        facts, store = self.coordinator.statement, self.coordinator.store
        if facts is None:
            return
        found, bearings = news(facts.statement, store.bearings, self.coordinator.today)
        if bearings != store.bearings:
            store.bearings = bearings
            self.coordinator.config_entry.async_create_task(
                self.hass, self._tell(found), f"{DOMAIN} invoice events"
            )

    async def _tell(self, found: list[News]) -> None:
        await self.coordinator.store.async_save()
        for each in found:
            invoice = each.invoice
            self._trigger_event(
                each.event,
                {
                    "number": invoice.number,
                    "amount": float(invoice.amount),
                    "currency": invoice.currency,
                    "due": invoice.due.isoformat() if invoice.due else None,
                },
            )
            self.async_write_ha_state()
