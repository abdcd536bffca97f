"""What can be told of any invoice: its lines, its sums, and what is still to be paid."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from ..portal.model import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus

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


def lines_of(invoice: Invoice, gsrn: str) -> list[InvoiceLine]:
    """Return the lines of a bill that are about a supply point, by name or because no other is."""
    is_only = invoice.gsrns == (gsrn,)
    return [line for line in invoice.lines if line.gsrn == gsrn or (line.gsrn is None and is_only)]


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Add amounts up; one that is unknown makes the sum unknown."""
    found = Decimal("0.00")
    for amount in amounts:
        if amount is None:
            return None
        found += amount
    return found
