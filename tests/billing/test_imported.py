"""Tests of how files and a portal go together."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.imported import (
    Bill,
    FileContent,
    Imported,
    gsrns_in,
    merged,
    points_of,
)
from custom_components.lumme_energy.portal.model import (
    Energy,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    Payee,
    Payment,
    Statement,
)

from .einvoice.samples import BELGIAN_IBAN, EAN, GAS_EAN, GSRN

TODAY = date(2026, 11, 24)
BILL = Invoice(
    number="1",
    kind=InvoiceKind.CONSUMPTION,
    issued=date(2026, 11, 20),
    due=date(2026, 12, 5),
    amount=Decimal("100.00"),
    gsrns=(EAN,),
    payee=Payee(name="Voorbeeld Energie", iban=BELGIAN_IBAN),
    lines=(InvoiceLine(kind=LineKind.ENERGY, amount=Decimal("100.00"), text="Energie"),),
)
PAID = Payment(booked=date(2026, 11, 23), amount=Decimal("100.00"), invoice_number="1")


def imported(*invoices: Invoice, payments: tuple[Payment, ...] = ()) -> Imported:
    """Return what came as one file."""
    bills = tuple(Bill(invoice=invoice) for invoice in invoices)
    return Imported().with_content(FileContent(bills=bills, payments=payments), "one")


def alone(invoice: Invoice, *payments: Payment, today: date = TODAY) -> Invoice:
    """Return how a bill stands that no portal knows."""
    statement = merged(None, imported(invoice, payments=payments), today)
    assert statement is not None
    (found,) = statement.invoices
    return found


def test_nothing() -> None:
    """Without a portal and without files nothing is known, which is not nothing owed."""
    assert merged(None, Imported(), TODAY) is None
    told = Statement(invoices=(BILL,), payments=(PAID,))
    assert merged(told, Imported(), TODAY) == told


def test_the_portal_wins() -> None:
    """Files fill the gaps of what the portal tells, and never change it."""
    told = replace(
        BILL, amount=Decimal("99.00"), status=InvoiceStatus.PAID, due=None, payee=None, lines=()
    )
    older = replace(BILL, number="0", issued=date(2020, 1, 1))
    statement = merged(Statement(invoices=(told,)), imported(older, BILL), TODAY)
    assert statement is not None
    first, second = statement.invoices
    assert first == replace(told, due=BILL.due, payee=BILL.payee, lines=BILL.lines)
    assert second.number == "0"


@pytest.mark.parametrize(
    ("paid", "today", "status", "still_open"),
    [
        ("0", TODAY, InvoiceStatus.OPEN, "100.00"),
        ("40", TODAY, InvoiceStatus.PARTLY_PAID, "60.00"),
        ("100", TODAY, InvoiceStatus.PAID, "0.00"),
        ("120", TODAY, InvoiceStatus.PAID, "0.00"),
        ("0", date(2026, 12, 5), InvoiceStatus.OPEN, "100.00"),
        ("0", date(2026, 12, 6), InvoiceStatus.UNKNOWN, None),
        ("40", date(2026, 12, 6), InvoiceStatus.UNKNOWN, None),
        ("100", date(2026, 12, 6), InvoiceStatus.PAID, "0.00"),
    ],
)
def test_standing(paid: str, today: date, status: InvoiceStatus, still_open: str | None) -> None:
    """A bill waits until it is due; whether it was paid then, only a payment tells."""
    found = alone(BILL, replace(PAID, amount=Decimal(paid)), today=today)
    assert found.status is status
    assert found.open_amount == (None if still_open is None else Decimal(still_open))


def test_standing_told() -> None:
    """A statement's own word about a bill stays, until it may be out of date."""
    late = date(2027, 1, 1)
    for status in (InvoiceStatus.PAID, InvoiceStatus.OVERDUE):
        assert alone(replace(BILL, status=status), today=late).status is status
    told = replace(BILL, status=InvoiceStatus.OPEN, open_amount=Decimal(30))
    assert alone(told).status is InvoiceStatus.PARTLY_PAID
    assert alone(told).open_amount == Decimal(30)
    assert alone(told, today=late).status is InvoiceStatus.UNKNOWN
    assert alone(replace(BILL, due=None)).status is InvoiceStatus.UNKNOWN
    credit = replace(BILL, kind=InvoiceKind.CREDIT_NOTE, amount=Decimal(-5))
    assert alone(credit).status is InvoiceStatus.CREDIT_NOTE


def test_the_newer_file_wins() -> None:
    """An e-invoice has lines, a statement knows what became of it: both are kept, in any order."""
    paid = replace(BILL, status=InvoiceStatus.PAID, open_amount=Decimal(0), lines=(), payee=None)
    for first, second in ((BILL, paid), (paid, BILL)):
        both = imported(first).with_content(FileContent(bills=(Bill(invoice=second),)), "two")
        (found,) = both.invoices
        assert (found.status, found.lines, found.payee) == (paid.status, BILL.lines, BILL.payee)
        assert both.files == {"one", "two"}


def test_payments_once() -> None:
    """The same payment from two sources is one payment; two of a portal stay two."""
    again = replace(PAID, payment_id="p2")
    told = Statement(invoices=(BILL,), payments=(replace(PAID, payment_id="p1"), again))
    statement = merged(told, imported(payments=(PAID, replace(PAID, amount=Decimal(1)))), TODAY)
    assert statement is not None
    assert sorted(payment.amount for payment in statement.payments) == [1, 100, 100]


def test_points() -> None:
    """Bills tell which meters there are, and which of them count gas."""
    gas = InvoiceLine(kind=LineKind.ENERGY, amount=Decimal(1), text="Aardgas", gsrn=GAS_EAN)
    both = replace(BILL, number="2", gsrns=(EAN, GAS_EAN), lines=(*BILL.lines, gas))
    found = {point.gsrn: point.energy for point in points_of(imported(BILL, both))}
    assert found == {EAN: Energy.ELECTRICITY, GAS_EAN: Energy.GAS}
    elsewhere = replace(BILL, gsrns=(EAN,), lines=(gas,))
    assert [point.energy for point in points_of(imported(elsewhere))] == [Energy.ELECTRICITY]
    only = replace(BILL, gsrns=(GSRN,), lines=(replace(gas, gsrn=None),))
    assert [point.energy for point in points_of(imported(only))] == [Energy.GAS]


def test_gsrns() -> None:
    """A number is found as people write it, and only with its check digit."""
    text = f"EAN: {EAN[:6]} {EAN[6:12]}.{EAN[12:]}, again {EAN} and {EAN[:-1]}9 and 1{EAN}"
    assert gsrns_in([text, f"Käyttöpaikka {GSRN}"]) == (EAN, GSRN)
    assert gsrns_in(["FI2112345600000785", "BE68539007547034", "+++090/9337/55493+++"]) == ()


STATUSES = st.sampled_from(InvoiceStatus)
INVOICES = st.lists(
    st.builds(
        lambda number, amount, status, days: replace(
            BILL,
            number=str(number),
            amount=amount,
            status=status,
            due=date.fromordinal(TODAY.toordinal() + days),
        ),
        st.integers(1, 5),
        st.decimals("-100", "100", places=2),
        STATUSES,
        st.integers(-5, 5),
    ),
    max_size=5,
    unique_by=lambda each: each.number,
)


@given(told=INVOICES, files=INVOICES)
def test_merging_twice_is_merging_once(told: list[Invoice], files: list[Invoice]) -> None:
    """Every bill is there once, and joining what is joined changes nothing."""
    came = imported(*files)
    once = merged(Statement(invoices=tuple(told)), came, TODAY)
    assert once is not None
    numbers = [each.number for each in once.invoices]
    assert sorted(numbers) == sorted({each.number for each in (*told, *files)})
    assert merged(once, came, TODAY) == once
    known = {each.number: each for each in told}
    for each in once.invoices:
        if each.number in known:
            assert (each.amount, each.status) == (
                known[each.number].amount,
                known[each.number].status,
            )
