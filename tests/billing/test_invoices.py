"""Tests of what is still to be paid of an invoice."""

from datetime import date
from decimal import Decimal

import pytest

from custom_components.lumme_energy.billing.invoices import is_credit_note, is_unpaid, owed
from custom_components.lumme_energy.portal.model import Invoice, InvoiceKind, InvoiceStatus


def invoice(status: InvoiceStatus, open_amount: str | None = None, **details: object) -> Invoice:
    """Return an invoice over 10 €."""
    return Invoice(
        **{
            "number": "1",
            "kind": InvoiceKind.CONSUMPTION,
            "issued": date(2026, 11, 1),
            "amount": Decimal("10.00"),
            "status": status,
            "open_amount": None if open_amount is None else Decimal(open_amount),
            **details,
        }
    )


@pytest.mark.parametrize(
    ("status", "open_amount", "expected"),
    [
        (InvoiceStatus.OPEN, None, "10.00"),
        (InvoiceStatus.OPEN, "9.00", "9.00"),
        (InvoiceStatus.PARTLY_PAID, "2.50", "2.50"),
        # How much was paid of it is not known.
        (InvoiceStatus.PARTLY_PAID, None, None),
        (InvoiceStatus.OVERDUE, None, None),
    ],
)
def test_owed(status: InvoiceStatus, open_amount: str | None, expected: str | None) -> None:
    """An open invoice is owed in full; of others the portal has to say how much is left."""
    assert owed(invoice(status, open_amount)) == (expected and Decimal(expected))


def test_unpaid() -> None:
    """What waits to be paid is a bill that is not paid."""
    waiting = {status for status in InvoiceStatus if is_unpaid(invoice(status))}
    assert waiting == {InvoiceStatus.OPEN, InvoiceStatus.PARTLY_PAID, InvoiceStatus.OVERDUE}


def test_credit_notes() -> None:
    """A credit note is one by its kind or by its status, and never to be paid."""
    by_kind = invoice(InvoiceStatus.OPEN, kind=InvoiceKind.CREDIT_NOTE)
    by_status = invoice(InvoiceStatus.CREDIT_NOTE)
    assert is_credit_note(by_kind)
    assert is_credit_note(by_status)
    assert not is_unpaid(by_kind)
    assert not is_credit_note(invoice(InvoiceStatus.OPEN))
