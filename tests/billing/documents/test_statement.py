"""Tests of statements: as a workbook that can be calculated with, and to print."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from hypothesis import given, settings, strategies as st
from openpyxl import load_workbook
import pytest

from custom_components.lumme_energy.billing.documents.printed import printed
from custom_components.lumme_energy.billing.documents.statement import Report, Table, report
from custom_components.lumme_energy.billing.documents.workbook import workbook
from custom_components.lumme_energy.portal.model import (
    Address,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Payment,
    Statement,
    SupplyPoint,
)
from demo.households.finland import household
from tests.account.paper import texts

from .common import PLAIN

POINT = SupplyPoint(
    gsrn="541448820000000008",
    address=Address(street="Voorbeeldstraat", house_number="1", city="Brussel", country="BE"),
)
INVOICE = Invoice(
    number="=1+1",
    kind=InvoiceKind.CONSUMPTION,
    issued=date(2026, 11, 20),
    amount=Decimal("45.30"),
    status=InvoiceStatus.OPEN,
    gsrns=(POINT.gsrn,),
    payment_reference="+++010/8068/17183+++",
)
PAYMENT = Payment(booked=date(2026, 11, 23), amount=Decimal("5.30"), invoice_number=INVOICE.number)
STATEMENT = Statement(
    invoices=(INVOICE, replace(INVOICE, number="2", gsrns=("1",))),
    payments=(PAYMENT, replace(PAYMENT, invoice_number="2"), replace(PAYMENT, invoice_number=None)),
)


def made(statement: Statement = STATEMENT, point: SupplyPoint = POINT) -> Report:
    """Return a statement as it is before it has a form."""
    return report(
        statement, point, PLAIN, supplier="Luminus", portal="My Luminus", told=date(2026, 11, 24)
    )


def test_only_one_supply_point() -> None:
    """A statement has the bills of its supply point, and what was paid for them."""
    invoices, payments = made().tables
    assert [row[0] for row in invoices.rows] == [INVOICE.number]
    assert payments.rows == ((PAYMENT.booked, INVOICE.number, PAYMENT.amount),)
    assert made().source == "From My Luminus, 2026-11-24, not by Luminus."
    assert made().subject == "Voorbeeldstraat 1, Brussel, EAN 541448820000000008"


def test_in_finland() -> None:
    """What Belgium calls EAN is called GSRN elsewhere."""
    elsewhere = replace(POINT, address=replace(POINT.address, country="FI"))
    assert "GSRN 541448820000000008" in made(point=elsewhere).subject


def test_workbook() -> None:
    """Dates are dates, amounts are numbers, and what looks like a formula is a text."""
    book = load_workbook(BytesIO(workbook(made())))
    assert book.sheetnames == ["Invoices", "Payments", "Statement"]
    sheet = book["Invoices"]
    assert sheet.freeze_panes == "A2"
    number, _, issued, due, *_, amount, open_amount, _, reference = sheet[2]
    assert (number.value, number.data_type, number.quotePrefix) == ("=1+1", "s", True)
    assert reference.value == INVOICE.payment_reference
    assert reference.data_type == "s"
    assert issued.is_date
    assert issued.value == datetime(2026, 11, 20)  # noqa: DTZ001
    assert due.value is None
    assert open_amount.value is None
    assert amount.value == pytest.approx(45.30)
    assert amount.number_format == "#,##0.00"
    assert book["Statement"]["A3"].value == made().source


@settings(max_examples=50)
@given(st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from("=+-@\t\r"))
def test_texts_stay_texts(text: str) -> None:
    """Whatever a portal tells, no cell is a formula, and the file can be opened and printed."""
    table = Table(title="Invoices", columns=("x",), rows=((text,),))
    found = Report(title="Statement", subject=text, source="", tables=(table,))
    cell = load_workbook(BytesIO(workbook(found)))["Invoices"]["A2"]
    assert cell.data_type != "f"
    assert printed(found, PLAIN).startswith(b"%PDF-")


def test_printed() -> None:
    """A statement to print says the same, and where it comes from."""
    document = printed(made(), PLAIN)
    assert document == printed(made(), PLAIN)
    shown = texts(document)
    for text in ("Statement", "=1+1", "45.30 EUR", "2026-11-20", "Consumption", POINT.gsrn, "–"):
        assert text in shown
    assert shown.count("From My Luminus, 2026-11-24, not by Luminus.") >= 2


def test_three_years() -> None:
    """Many pages have their heading and their number each."""
    customer = household(date(2026, 11, 24)).customers[0]
    document = printed(made(customer.statement, customer.supply_points[0]), PLAIN)
    assert document.count(b"/Type /Page\n") > 1
    assert texts(document).count("Amount") > 2


def test_nothing() -> None:
    """A supply point without a bill has an empty statement."""
    empty = made(Statement())
    assert printed(empty, PLAIN).startswith(b"%PDF-")
    assert load_workbook(BytesIO(workbook(empty)))["Invoices"].max_row == 1
