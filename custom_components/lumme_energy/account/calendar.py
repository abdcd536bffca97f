"""The days on which an account wants something: bills to pay, contracts that end, deposits."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from ..billing.invoices import owed
from ..const import DOMAIN
from ..portal.model import SupplyPoint
from .coordinator import AccountConfigEntry, AccountCoordinator
from .entity import AccountEntity
from .facts import place
from .written import written_money

DUE_DATES = CalendarEntityDescription(key="due_dates", translation_key="due_dates")


async def async_setup(
    hass: HomeAssistant,
    entry: AccountConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the calendar of an account."""
    language = hass.config.language
    texts = {
        **await async_get_translations(hass, language, "common", {DOMAIN}),
        **await async_get_translations(hass, language, "device", {DOMAIN}),
    }
    async_add_entities([DueDatesCalendar(entry.runtime_data, texts, language)])


class DueDatesCalendar(AccountEntity, CalendarEntity):
    """A calendar of what is still to come or still to be paid; a paid bill leaves it."""

    def __init__(
        self, coordinator: AccountCoordinator, texts: dict[str, str], language: str
    ) -> None:
        """Keep the texts in Home Assistant's language: a calendar holds finished sentences."""
        super().__init__(coordinator, DUE_DATES)
        self._texts = texts
        self._language = language

    @property
    @override
    def event(self) -> CalendarEvent | None:
        today = dt_util.now().date()
        return next((event for event in self._events() if event.end > today), None)

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        return [
            event
            for event in self._events()
            if event.start_datetime_local < end_date and event.end_datetime_local > start_date
        ]

    def _events(self) -> list[CalendarEvent]:
        """Return all events, earliest first."""
        events = [*self._invoices(), *self._supply_points()]
        return sorted(events, key=lambda event: event.start)

    def _invoices(self) -> Iterator[CalendarEvent]:
        facts = self.coordinator.statement
        for invoice in () if facts is None else facts.unpaid:
            if (day := invoice.collected or invoice.due) is not None:
                amount = owed(invoice)
                yield self._all_day(
                    day,
                    "invoice_collected" if invoice.collected else "invoice_due",
                    f"invoice-{invoice.number}",
                    amount="" if amount is None else self._money(amount, invoice.currency),
                    number=invoice.number,
                )

    def _supply_points(self) -> Iterator[CalendarEvent]:
        for point in self.coordinator.data.supply_points or ():
            facts = self.coordinator.supply_point(point.gsrn)
            if facts is not None and facts.contract and facts.contract.end:
                yield self._all_day(
                    facts.contract.end,
                    "contract_ends",
                    f"contract-{point.gsrn}",
                    place=self._name(point),
                    product=facts.contract.product or "",
                )
            if facts is not None and facts.deposit and facts.deposit.next_invoice:
                yield self._all_day(
                    facts.deposit.next_invoice,
                    "deposit_due",
                    f"deposit-{point.gsrn}",
                    amount=self._money(facts.deposit.amount, facts.deposit.currency),
                    place=self._name(point),
                )

    def _all_day(self, day: date, text: str, uid: str, **values: str) -> CalendarEvent:
        """Return an event of one day in Home Assistant's language."""
        prefix = f"component.{DOMAIN}.common.calendar_{text}"
        return CalendarEvent(
            start=day,
            end=day + timedelta(days=1),
            summary=self._texts[prefix].format(**values).strip(),
            description=self._texts[f"{prefix}_description"].format(**values).strip(),
            uid=uid,
        )

    def _money(self, amount: Decimal, currency: str) -> str:
        return written_money(amount, currency, self._language)

    def _name(self, point: SupplyPoint) -> str:
        """Return the name of the supply point's device: gas and electricity share an address."""
        key = f"component.{DOMAIN}.device.supply_point_{point.energy}.name"
        return self._texts[key].format(place=place(point))
