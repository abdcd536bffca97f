"""What an invoice says about money that is still to be paid."""

from decimal import Decimal
from typing import Final

from ..portal.model import Invoice, InvoiceKind, InvoiceStatus

UNPAID: Final = frozenset({InvoiceStatus.OPEN, InvoiceStatus.PARTLY_PAID, InvoiceStatus.OVERDUE})


def is_credit_note(invoice: Invoice) -> bool:
    """Whether the supplier owes the customer."""
    return invoice.kind is InvoiceKind.CREDIT_NOTE or invoice.status is InvoiceStatus.CREDIT_NOTE


def is_unpaid(invoice: Invoice) -> bool:
    """Whether an invoice waits to be paid."""
    return invoice.status in UNPAID and not is_credit_note(invoice)


def owed(invoice: Invoice) -> Decimal | None:
    """Return what is still to be paid of an unpaid invoice."""
    if invoice.open_amount is None and invoice.status is InvoiceStatus.OPEN:
        return invoice.amount
    return invoice.open_amount
