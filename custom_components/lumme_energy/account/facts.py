"""What people want to know, worked out from what a portal told. Pure rules.

A fact that is not known is None; that nothing is owed is 0.
"""

from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from enum import StrEnum

from ..billing.contracts import current_contract
from ..billing.invoices import is_credit_note, is_unpaid, owed, total
from ..billing.payment import PayReady, is_payable, next_collection, next_to_pay, payment
from ..billing.prices import ENERGY_PRICE
from ..billing.region import region
from ..billing.reminders import Excess, excess
from ..portal.model import (
    ConsumptionSlot,
    Contract,
    DepositPlan,
    Direction,
    Invoice,
    InvoiceStatus,
    Payment,
    PriceKind,
    Statement,
    SupplyPoint,
    Unit,
)
from .feeds import AccountData


class PaymentStatus(StrEnum):
    """How things stand between the customer and the supplier."""

    NOTHING_DUE = "nothing_due"
    TO_BE_COLLECTED = "to_be_collected"
    PAYMENT_DUE = "payment_due"
    OVERDUE = "overdue"


def excess_fee(data: AccountData, country: str, today: date) -> Excess | None:
    """Return the reminder fee that is most above what consumers may be charged."""
    if data.statement is None:
        return None
    regions = {
        point.gsrn: where
        for point in data.supply_points or ()
        if (where := region(country, point.address.postal_code)) is not None
    }
    return excess(data.statement, regions, today)


def place(point: SupplyPoint) -> str:
    """Return what people call a supply point: street and number, which fit into a name."""
    parts = (point.address.street, point.address.house_number)
    return " ".join(part for part in parts if part) or point.name


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """Facts about bills and payments."""

    statement: Statement

    @property
    def unpaid(self) -> tuple[Invoice, ...]:
        """Invoices that wait to be paid."""
        return tuple(each for each in self.statement.invoices if is_unpaid(each))

    @property
    def is_unclear(self) -> bool:
        """Whether nobody tells of some bill if it was paid."""
        return any(
            each.status is InvoiceStatus.UNKNOWN and not is_credit_note(each)
            for each in self.statement.invoices
        )

    @property
    def next_to_pay(self) -> Invoice | None:
        """The bill that the customer has to pay first; direct debit takes care of others."""
        return next_to_pay(self.statement.invoices)

    @property
    def payment(self) -> PayReady | None:
        """How to pay that bill; None when nothing is to be paid, or anything does not check out."""
        invoice = self.next_to_pay
        return None if invoice is None else payment(invoice)

    @property
    def next_collection(self) -> date | None:
        """When direct debit takes something next."""
        return next_collection(self.statement.invoices)

    @property
    def latest_invoice(self) -> Invoice | None:
        """The bill that came last. A credit note is no bill."""
        bills = (each for each in self.statement.invoices if not is_credit_note(each))
        return max(bills, key=lambda invoice: invoice.issued, default=None)

    @property
    def latest_payment(self) -> Payment | None:
        """The payment that was booked last."""
        return max(self.statement.payments, key=lambda payment: payment.booked, default=None)

    @property
    def next_due(self) -> date | None:
        """The first day by which the customer has to pay; in the past when that is overdue."""
        dues = (each.due for each in self.unpaid if is_payable(each) and each.due is not None)
        return min(dues, default=None)

    @property
    def open_amount(self) -> Decimal | None:
        """The sum of what waits to be paid, due or not."""
        return None if self.is_unclear else total(owed(invoice) for invoice in self.unpaid)

    @property
    def overdue_amount(self) -> Decimal | None:
        """The sum of what should have been paid by now."""
        if self.statement.balance is not None and self.statement.balance.overdue is not None:
            return self.statement.balance.overdue
        overdue = (each for each in self.unpaid if each.status is InvoiceStatus.OVERDUE)
        return None if self.is_unclear else total(owed(invoice) for invoice in overdue)

    @property
    def payment_status(self) -> PaymentStatus | None:
        """How things stand, as far as one can tell."""
        if any(invoice.status is InvoiceStatus.OVERDUE for invoice in self.unpaid):
            return PaymentStatus.OVERDUE
        if self.next_to_pay is not None:
            return PaymentStatus.PAYMENT_DUE
        if self.unpaid:
            return PaymentStatus.TO_BE_COLLECTED
        return None if self.is_unclear else PaymentStatus.NOTHING_DUE

    @property
    def currency(self) -> str:
        """The currency of sums."""
        if self.statement.balance is not None:
            return self.statement.balance.currency
        return next((each.currency for each in self.statement.invoices), "EUR")


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyPointFacts:
    """Facts about one supply point."""

    contract: Contract | None
    deposit: DepositPlan | None
    days: tuple[ConsumptionSlot, ...]
    zone: tzinfo

    @classmethod
    def of(
        cls, data: AccountData, point: SupplyPoint, today: date, zone: tzinfo
    ) -> SupplyPointFacts:
        """Pick what belongs to a supply point."""
        plans = (plan for plan in data.deposits or () if plan.gsrn == point.gsrn)
        return cls(
            contract=current_contract(data.contracts, point.gsrn, today),
            deposit=next(plans, None),
            days=data.consumption.get(point.gsrn, ()),
            zone=zone,
        )

    @property
    def unit(self) -> Unit | None:
        """The unit of consumption."""
        return self.days[-1].unit if self.days else None

    @property
    def latest_day(self) -> date | None:
        """The last local day whose consumption is known."""
        return self.days[-1].start.astimezone(self.zone).date() if self.days else None

    @property
    def day_consumption(self) -> Decimal | None:
        """Consumption of the latest day."""
        return self.days[-1].energy if self.days else None

    @property
    def month_consumption(self) -> Decimal | None:
        """Consumption from the first of the latest day's month up to and including that day."""
        if (latest := self.latest_day) is None:
            return None
        starts = ((slot, slot.start.astimezone(self.zone).date()) for slot in self.days)
        return sum((slot.energy for slot, day in starts if day >= latest.replace(day=1)), Decimal())

    def energy_price(self, *registers: str) -> Decimal | None:
        """Return the price of a kWh in a tariff period, VAT included.

        A spot contract's price follows the exchange: what its contract names is only a margin.
        """
        if self.contract is None or self.contract.price_kind is PriceKind.SPOT:
            return None
        return next(
            (
                price.amount
                for price in self.contract.prices
                if price.register in registers
                and price.unit == ENERGY_PRICE
                and price.direction is Direction.IMPORT
            ),
            None,
        )
