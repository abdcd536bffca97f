"""Statements as files: a workbook that opens, a PDF that is the same each time."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
import re

from openpyxl import load_workbook
import pytest

from custom_components.lumme_energy.portal.model import SupplyPoint
from demo.exports import INVOICES, PAYMENTS, statement_document, workbook
from demo.households import Customer
from demo.households.belgium import household

TODAY = date(2026, 11, 24)
POINTS = [
    (customer, point) for customer in household(TODAY).customers for point in customer.supply_points
]


@pytest.mark.parametrize(("customer", "point"), POINTS, ids=["electricity", "gas", "home"])
def test_a_workbook(customer: Customer, point: SupplyPoint) -> None:
    book = load_workbook(BytesIO(workbook(customer, point)))
    invoices, payments = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)
    assert (invoices[0], payments[0]) == (INVOICES, PAYMENTS)
    truth = [one for one in customer.statement.invoices if point.gsrn in one.gsrns]
    assert len(invoices) == len(truth) + 1
    for row, invoice in zip(invoices[1:], truth, strict=True):
        number, _, issued, due, start, end, amount, still_open, status, reference = row
        assert number == invoice.number
        assert isinstance(issued, datetime)
        assert isinstance(due, datetime)
        assert isinstance(start, datetime)
        assert isinstance(end, datetime)
        assert (issued.date(), due.date()) == (invoice.issued, invoice.due)
        assert (start.date(), end.date()) == (invoice.period_start, invoice.period_end)
        assert Decimal(str(amount)) == invoice.amount
        assert Decimal(str(still_open)) == invoice.open_amount
        assert status in {"Open", "Deels betaald", "Betaald", "Vervallen", "Creditnota"}
        assert reference == invoice.payment_reference
    numbers = {invoice.number for invoice in truth}
    paid = [one for one in customer.statement.payments if one.invoice_number in numbers]
    assert [Decimal(str(amount)) for _, _, amount in payments[1:]] == [one.amount for one in paid]


@pytest.mark.parametrize(("customer", "point"), POINTS, ids=["electricity", "gas", "home"])
def test_a_document(customer: Customer, point: SupplyPoint) -> None:
    document = statement_document(customer, point)
    assert document.startswith(b"%PDF-")
    assert document.rstrip().endswith(b"%%EOF")
    assert document == statement_document(customer, point)
    # Three years of invoices do not fit on one page.
    assert len(re.findall(rb"/Type /Page\b", document)) > 1
