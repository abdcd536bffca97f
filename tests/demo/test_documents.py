"""Invoice documents: real PDF, the same each time, and with the right figures on them."""

from base64 import a85decode
from dataclasses import replace
from datetime import date
from decimal import Decimal
import re
import zlib

import pytest

from custom_components.lumme_energy.portal.model import (
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
)
from demo.documents import invoice_document
from demo.households import Customer
from demo.households.belgium import household as belgium
from demo.households.finland import household as finland

TODAY = date(2026, 11, 24)
CUSTOMERS = [*belgium(TODAY).customers, *finland(TODAY).customers]


def texts(document: bytes) -> list[str]:
    """Return the texts of a page, in the order in which they are drawn."""
    (page,) = re.findall(rb"stream\r?\n(.*?)endstream", document, re.DOTALL)
    drawn = zlib.decompress(a85decode(page.strip(), adobe=page.strip().endswith(b"~>")))
    found = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", drawn)
    plain = [
        re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code[1], 8)]), text) for text in found
    ]
    return [re.sub(rb"\\(.)", rb"\1", text).decode("cp1252") for text in plain]


@pytest.mark.parametrize("customer", CUSTOMERS, ids=["bakery", "home", "Finland"])
def test_what_an_invoice_says(customer: Customer) -> None:
    invoice = customer.statement.invoices[0]
    document = invoice_document(customer, invoice)
    assert document.startswith(b"%PDF-")
    assert document.rstrip().endswith(b"%%EOF")
    assert document == invoice_document(customer, invoice)
    shown = texts(document)
    assert invoice.due is not None
    for text in (
        "DEMO",
        invoice.number,
        customer.account.account_id,
        customer.recipient,
        invoice.payment_reference,
        f"{invoice.due.day}.{invoice.due.month}.{invoice.due.year}",
    ):
        assert text in shown
    amount = f"{invoice.amount:,.2f} €".replace(",", " ").replace(".", ",")
    assert shown.count(amount) == 2
    for point in customer.supply_points:
        assert any(point.gsrn in text for text in shown) is (point.gsrn in invoice.gsrns)


@pytest.mark.parametrize("customer", CUSTOMERS, ids=["bakery", "home", "Finland"])
def test_every_invoice_has_a_document_with_its_lines(customer: Customer) -> None:
    for invoice in customer.statement.invoices:
        shown = texts(invoice_document(customer, invoice))
        assert {line.text for line in invoice.lines} <= set(shown)


def test_an_estimated_index_is_called_so() -> None:
    newest, other, *_ = CUSTOMERS[2].statement.invoices
    assert any("(arvioitu)" in text for text in texts(invoice_document(CUSTOMERS[2], newest)))
    assert not any("(arvioitu)" in text for text in texts(invoice_document(CUSTOMERS[2], other)))


def test_a_credit_note_asks_for_nothing() -> None:
    bakery = CUSTOMERS[0]
    credit = next(invoice for invoice in bakery.statement.invoices if invoice.amount < 0)
    shown = texts(invoice_document(bakery, credit))
    assert "Creditnota" in shown
    assert "Niets te betalen" in shown
    assert "Te betalen" not in shown


def test_what_is_left_of_a_part_payment_is_asked_for() -> None:
    bakery = CUSTOMERS[0]
    partly = next(
        invoice
        for invoice in bakery.statement.invoices
        if invoice.status is InvoiceStatus.PARTLY_PAID
    )
    shown = texts(invoice_document(bakery, partly))
    assert {"734,18 €", "434,18 €", "Te betalen"} <= set(shown)


def test_what_is_not_known_is_a_dash() -> None:
    (customer,) = finland(TODAY).customers
    bare = replace(
        customer.statement.invoices[0],
        kind=InvoiceKind.OTHER,
        due=None,
        open_amount=None,
        payment_reference=None,
        payee=None,
        lines=(InvoiceLine(kind=LineKind.OTHER, amount=Decimal(1)),),
    )
    shown = texts(invoice_document(customer, bare))
    assert "Lasku" in shown
    assert shown.count("–") == 4
