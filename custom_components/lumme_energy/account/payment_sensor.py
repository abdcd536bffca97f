"""Sensors about paying: what to tell the bank, what direct debit does, and what reminders cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import MATCH_ALL

from ..billing.iban import printed
from ..billing.references import reference
from ..billing.reminders import fees, tells_lines, total
from .coordinator import AccountCoordinator
from .entity import ACCOUNT, AccountEntity, Offered
from .facts import StatementFacts

type Value = str | Decimal | date | None
type About[T] = Callable[[StatementFacts, AccountCoordinator], T]


@dataclass(frozen=True, kw_only=True)
class PaymentSensorDescription(SensorEntityDescription):
    """Describes a sensor about paying; it exists where there is something to tell."""

    value_fn: About[Value]
    exists_fn: About[bool] = lambda _facts, _coordinator: True
    attributes_fn: About[dict[str, Any]] = lambda _facts, _coordinator: {}


def _reference(facts: StatementFacts, coordinator: AccountCoordinator) -> str | None:
    """Return the reference of the next bill, known to be right even where its payee is not."""
    if (invoice := facts.next_to_pay) is None:
        return None
    found = reference(invoice.payment_reference or "", coordinator.supplier.country)
    return None if found is None else found.printed


def _transfer(facts: StatementFacts, _coordinator: AccountCoordinator) -> dict[str, Any]:
    """Return what else a bank asks for."""
    if (ready := facts.payment) is None:
        return {}
    return {
        "payee": ready.payee,
        "iban": printed(ready.iban),
        "amount": float(ready.amount),
        "due": ready.invoice.due and ready.invoice.due.isoformat(),
    }


PAYMENT_SENSORS: Final = (
    PaymentSensorDescription(
        key="payment_reference",
        translation_key="payment_reference",
        value_fn=_reference,
        attributes_fn=_transfer,
    ),
    PaymentSensorDescription(
        key="payment_barcode",
        translation_key="payment_barcode",
        value_fn=lambda facts, _: ready.barcode if (ready := facts.payment) else None,
        exists_fn=lambda _, coordinator: coordinator.supplier.country == "FI",
    ),
    PaymentSensorDescription(
        key="collection_date",
        translation_key="collection_date",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda facts, _: facts.next_collection,
        exists_fn=lambda facts, coordinator: (
            any(invoice.collected for invoice in facts.statement.invoices)
            or any(contract.direct_debit for contract in coordinator.data.contracts)
        ),
    ),
    PaymentSensorDescription(
        key="reminder_fees",
        translation_key="reminder_fees",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value_fn=lambda facts, coordinator: total(fees(facts.statement), coordinator.today.year),
        exists_fn=lambda facts, _: tells_lines(facts.statement),
    ),
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensors about paying that an account has."""
    if (facts := coordinator.statement) is None:
        return {}
    return {
        (ACCOUNT, description.key): partial(PaymentSensor, coordinator, description)
        for description in PAYMENT_SENSORS
        if description.exists_fn(facts, coordinator)
    }


class PaymentSensor(AccountEntity, SensorEntity):
    """A sensor about paying."""

    _unrecorded_attributes = frozenset({MATCH_ALL})
    entity_description: PaymentSensorDescription

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.statement is not None

    @property
    @override
    def native_value(self) -> Value:
        return self._told(self.entity_description.value_fn)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        if self.device_class is not SensorDeviceClass.MONETARY:
            return None
        return self._told(lambda facts, _: facts.currency)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        return self._told(self.entity_description.attributes_fn)

    def _told[T](self, about: About[T]) -> T | None:
        facts = self.coordinator.statement
        return None if facts is None else about(facts, self.coordinator)
