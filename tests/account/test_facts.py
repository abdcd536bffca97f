"""Tests of the facts worked out from what a portal told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.lumme_energy.account.facts import (
    PaymentStatus,
    StatementFacts,
    SupplyPointFacts,
    place,
)
from custom_components.lumme_energy.account.feeds import AccountData
from custom_components.lumme_energy.portal.model import (
    Address,
    Balance,
    ConsumptionSlot,
    Contract,
    Direction,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    PriceComponent,
    PriceKind,
    Statement,
    SupplyPoint,
    Unit,
)

TODAY = date(2026, 11, 24)
HELSINKI = ZoneInfo("Europe/Helsinki")
GSRN = "643000000000000016"


def invoice(**details: Any) -> Invoice:
    """Return an invoice."""
    defaults: dict[str, Any] = {
        "number": "1",
        "kind": InvoiceKind.CONSUMPTION,
        "issued": TODAY,
        "amount": Decimal("10.00"),
    }
    return Invoice(**defaults | details)


def facts(*invoices: Invoice, **details: Any) -> StatementFacts:
    """Return the facts of a statement."""
    return StatementFacts(Statement(invoices=invoices, **details))


def test_nothing_owed() -> None:
    """That nothing is owed is 0; that nothing is known is None."""
    empty = facts()
    assert empty.open_amount == 0
    assert empty.overdue_amount == 0
    assert empty.payment_status is PaymentStatus.NOTHING_DUE
    assert empty.latest_invoice is None
    assert empty.latest_payment is None
    assert empty.next_due is None
    assert empty.currency == "EUR"


def test_owed() -> None:
    """Sums are of what is still to be paid."""
    some = facts(
        invoice(status=InvoiceStatus.OPEN, due=date(2026, 12, 8), currency="SEK"),
        invoice(
            status=InvoiceStatus.PARTLY_PAID, due=date(2026, 12, 1), open_amount=Decimal("2.50")
        ),
        invoice(status=InvoiceStatus.PAID, due=date(2026, 11, 1), open_amount=Decimal()),
        invoice(
            kind=InvoiceKind.CREDIT_NOTE,
            status=InvoiceStatus.OPEN,
            amount=Decimal("-99.00"),
            issued=TODAY + timedelta(days=1),
        ),
    )
    assert some.open_amount == Decimal("12.50")
    assert some.overdue_amount == 0
    assert some.next_due == date(2026, 12, 1)
    assert some.payment_status is PaymentStatus.PAYMENT_DUE
    assert some.latest_invoice == some.statement.invoices[0]
    assert some.currency == "SEK"


def test_direct_debit() -> None:
    """What direct debit collects is owed, but nothing that the customer has to do."""
    day = date(2026, 12, 1)
    collected = invoice(status=InvoiceStatus.OPEN, due=day, collected=day)
    some = facts(collected)
    assert some.payment_status is PaymentStatus.TO_BE_COLLECTED
    assert some.next_due is None
    assert some.next_collection == day
    assert some.open_amount == collected.amount
    by_hand = invoice(status=InvoiceStatus.OPEN, due=date(2026, 12, 8))
    assert facts(collected, by_hand).payment_status is PaymentStatus.PAYMENT_DUE
    assert facts(collected, by_hand).next_due == date(2026, 12, 8)


def test_unknown_part() -> None:
    """A sum with an unknown part is unknown."""
    assert facts(invoice(status=InvoiceStatus.PARTLY_PAID)).open_amount is None


def test_unclear() -> None:
    """Where nobody tells if a bill was paid, nothing is said to be in order; what is due is due."""
    unknown = invoice(number="2", status=InvoiceStatus.UNKNOWN)
    unclear = facts(unknown)
    assert (unclear.open_amount, unclear.overdue_amount) == (None, None)
    assert unclear.payment_status is None
    assert (
        facts(unknown, balance=Balance(amount=Decimal(0), overdue=Decimal(0))).overdue_amount == 0
    )
    due = facts(unknown, invoice(status=InvoiceStatus.OPEN, due=TODAY))
    assert due.payment_status is PaymentStatus.PAYMENT_DUE
    credit = invoice(kind=InvoiceKind.CREDIT_NOTE, status=InvoiceStatus.UNKNOWN)
    assert facts(credit).payment_status is PaymentStatus.NOTHING_DUE


def test_overdue() -> None:
    """What the portal says to be overdue counts; where it does not, the invoices do."""
    late = invoice(status=InvoiceStatus.OVERDUE, open_amount=Decimal("7.00"))
    assert facts(late).overdue_amount == Decimal("7.00")
    assert facts(late).payment_status is PaymentStatus.OVERDUE
    told = Balance(amount=Decimal("9.00"), overdue=Decimal("8.00"), currency="DKK")
    assert facts(late, balance=told).overdue_amount == Decimal("8.00")
    assert facts(late, balance=told).currency == "DKK"


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=2), max_size=20))
def test_sum_is_exact(amounts: list[Decimal]) -> None:
    """Money is added up to the cent."""
    open_invoices = [invoice(status=InvoiceStatus.OPEN, amount=amount) for amount in amounts]
    assert facts(*open_invoices).open_amount == sum(amounts, Decimal())


def point_facts(**details: Any) -> SupplyPointFacts:
    """Return the facts of the supply point."""
    return SupplyPointFacts.of(AccountData(**details), SupplyPoint(gsrn=GSRN), TODAY, HELSINKI)


def test_nothing_known() -> None:
    """An unknown fact is None, never 0."""
    nothing = point_facts()
    assert nothing.day_consumption is None
    assert nothing.month_consumption is None
    assert nothing.latest_day is None
    assert nothing.unit is None
    assert nothing.energy_price("single") is None


def test_prices() -> None:
    """A price belongs to a register; a spot contract has none of its own."""
    prices = (
        PriceComponent(register="fixed", amount=Decimal("4.90"), unit="EUR/month"),
        PriceComponent(
            register="single", amount=Decimal("0.03"), unit="EUR/kWh", direction=Direction.EXPORT
        ),
        PriceComponent(register="single", amount=Decimal("0.09"), unit="EUR/kWh"),
    )
    fixed = Contract(gsrn=GSRN, price_kind=PriceKind.FIXED, prices=prices)
    assert point_facts(contracts=(fixed,)).energy_price("single") == Decimal("0.09")
    assert point_facts(contracts=(fixed,)).energy_price("day") is None
    assert point_facts(contracts=(fixed,)).energy_price("fixed") is None
    spot = Contract(gsrn=GSRN, price_kind=PriceKind.SPOT, prices=prices)
    assert point_facts(contracts=(spot,)).energy_price("single") is None


def test_month_begins_at_local_midnight() -> None:
    """The last evening of October in UTC is the first of November in Finland."""

    def day(start: datetime, energy: str) -> ConsumptionSlot:
        return ConsumptionSlot(
            start=start, end=start + timedelta(days=1), energy=Decimal(energy), unit=Unit.M3
        )

    days = (
        day(datetime(2026, 10, 30, 22, tzinfo=UTC), "100"),
        day(datetime(2026, 10, 31, 22, tzinfo=UTC), "1.5"),
        day(datetime(2026, 11, 1, 22, tzinfo=UTC), "2.5"),
    )
    found = point_facts(consumption={GSRN: days})
    assert found.latest_day == date(2026, 11, 2)
    assert found.day_consumption == Decimal("2.5")
    assert found.month_consumption == Decimal("4.0")
    assert found.unit is Unit.M3


def test_place() -> None:
    """A supply point is called by its street, or what else is known."""
    address = Address(street="Rantatie", house_number="4", city="Mikkeli")
    assert place(SupplyPoint(gsrn=GSRN, address=address)) == "Rantatie 4"
    assert place(SupplyPoint(gsrn=GSRN, address=Address(city="Mikkeli"))) == "Mikkeli"
    assert place(SupplyPoint(gsrn=GSRN)) == "…0016"
