"""Bills and payments that came as files, and how they go together with what a portal tells."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
import re
from typing import Any, Final

from ..portal.gsrn import is_valid
from ..portal.model import (
    Energy,
    Invoice,
    InvoiceStatus,
    Payment,
    Statement,
    SupplyPoint,
)
from .invoices import is_credit_note, lines_of

# What an imported bill may add to the same bill as the portal has it: what it is made of and whom
# to pay. About money and days the portal has the last word.
GAPS: Final = (
    "due",
    "gsrns",
    "period_start",
    "period_end",
    "payment_reference",
    "payee",
    "lines",
)
_GAS: Final = re.compile(r"\bgas|\bgaz|aardgas|kaasu|erdgas", re.IGNORECASE)
_GSRN: Final = re.compile(r"(?<![0-9A-Z])[0-9]{18}(?![0-9])")


class Problem(StrEnum):
    """Why a file is not taken."""

    TOO_LARGE = "too_large"
    NOT_READABLE = "not_readable"
    FORBIDDEN = "forbidden"
    TOO_COMPLEX = "too_complex"
    UNKNOWN_FORMAT = "unknown_format"
    MISSING = "missing"
    INVALID = "invalid"
    SUM_MISMATCH = "sum_mismatch"
    EMPTY = "empty"


class UnreadableFileError(Exception):
    """A file is not what it should be, or more than it may be.

    `field` names the element or column at fault, as the format calls it; never a value.
    """

    def __init__(self, problem: Problem, field: str = "") -> None:
        """Remember what the matter is."""
        super().__init__(f"{problem}: {field}" if field else problem)
        self.problem = problem
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One bill of a file.

    Attributes:
        invoice: What it says. Its status is unknown: a file does not tell what became of it.
        seller: Who sent it.
        document: The PDF that came with it.
    """

    invoice: Invoice
    seller: str | None = None
    document: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """Everything that a file tells."""

    bills: tuple[Bill, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Everything that came as files.

    Attributes:
        invoices: Newest first.
        payments: Newest first.
        files: Hashes of the files' contents, none of which is read a second time.
    """

    invoices: tuple[Invoice, ...] = ()
    payments: tuple[Payment, ...] = ()
    files: frozenset[str] = frozenset()

    def with_content(self, content: FileContent, file: str) -> Imported:
        """Take over what a file tells. Of the same bill the newer file has the last word."""
        invoices = {invoice.number: invoice for invoice in self.invoices}
        for bill in content.bills:
            older = invoices.get(bill.invoice.number)
            new = bill.invoice if older is None else filled(bill.invoice, older)
            if older is not None and new.status is InvoiceStatus.UNKNOWN:
                new = replace(new, status=older.status, open_amount=older.open_amount)
            invoices[new.number] = new
        return Imported(
            invoices=_newest_first(invoices.values()),
            payments=_payments(self.payments, content.payments),
            files=self.files | {file},
        )


def filled(invoice: Invoice, other: Invoice) -> Invoice:
    """Return a bill with its gaps filled from another source of the same bill."""
    gaps: dict[str, Any] = {name: getattr(other, name) for name in GAPS}
    return replace(
        invoice, **{name: value for name, value in gaps.items() if not getattr(invoice, name)}
    )


def points_of(imported: Imported) -> tuple[SupplyPoint, ...]:
    """Return the metering points that bills are about; for gas where a bill speaks of gas."""
    energies: dict[str, Energy] = {}
    for invoice in imported.invoices:
        for gsrn in invoice.gsrns:
            energies.setdefault(gsrn, Energy.ELECTRICITY)
            if any(_GAS.search(line.text or "") for line in lines_of(invoice, gsrn)):
                energies[gsrn] = Energy.GAS
    return tuple(SupplyPoint(gsrn=gsrn, energy=energy) for gsrn, energy in energies.items())


def merged(told: Statement | None, imported: Imported, today: date) -> Statement | None:
    """Lay what came as files beside what the portal tells; None where nobody tells of bills.

    Args:
        told: The portal's statement, which wins; None where there is none.
        imported: Fills its gaps, and has what the portal does not have.
        today: The supplier's local date.
    """
    if told is None and not imported.invoices:
        return None
    told = told or Statement()
    of_file = {invoice.number: invoice for invoice in imported.invoices}
    known = {invoice.number for invoice in told.invoices}
    payments = _payments(told.payments, imported.payments)
    invoices = [
        filled(invoice, other) if (other := of_file.get(invoice.number)) else invoice
        for invoice in told.invoices
    ]
    paid: defaultdict[str, Decimal] = defaultdict(Decimal)
    for payment in payments:
        paid[payment.invoice_number or ""] += payment.amount
    invoices.extend(
        _standing(invoice, paid[invoice.number], today)
        for invoice in imported.invoices
        if invoice.number not in known
    )
    return replace(told, invoices=_newest_first(invoices), payments=payments)


def currency(text: str) -> str:
    """Return a currency's code.

    Raises:
        UnreadableFileError: it is none.
    """
    code = {"€": "EUR"}.get(text, text)
    if re.fullmatch(r"[A-Z]{3}", code) is None:
        raise UnreadableFileError(Problem.INVALID, "currency")
    return code


def gsrns_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the metering point numbers in texts; e-invoices have no field of their own for them.

    18 digits may be something else: nine times out of ten the check digit tells.
    """
    compact = (re.sub(r"(?<=[0-9])[ .-](?=[0-9])", "", text) for text in texts)
    found = (number for text in compact for number in _GSRN.findall(text) if is_valid(number))
    return tuple(dict.fromkeys(found))


def _standing(invoice: Invoice, paid: Decimal, today: date) -> Invoice:
    """Tell how a bill stands that no portal tells about.

    It waits to be paid until it is due. Whether it was paid then, only a payment or a later
    statement tells.
    """
    if is_credit_note(invoice):
        return replace(invoice, status=InvoiceStatus.CREDIT_NOTE)
    if invoice.status is InvoiceStatus.PAID or paid >= invoice.amount:
        return replace(invoice, status=InvoiceStatus.PAID, open_amount=Decimal("0.00"))
    if invoice.status is InvoiceStatus.OVERDUE:
        return invoice
    if invoice.due is None or invoice.due < today:
        return replace(invoice, status=InvoiceStatus.UNKNOWN, open_amount=None)
    still_open = invoice.open_amount if invoice.open_amount is not None else invoice.amount - paid
    is_partly = still_open < invoice.amount
    status = InvoiceStatus.PARTLY_PAID if is_partly else InvoiceStatus.OPEN
    return replace(invoice, status=status, open_amount=still_open)


def _payments(known: Iterable[Payment], more: Iterable[Payment]) -> tuple[Payment, ...]:
    """Return payments, newest first; one that is known already may come without its id."""
    known = tuple(known)
    keys = {(each.booked, each.amount, each.invoice_number) for each in known}
    new = (each for each in more if (each.booked, each.amount, each.invoice_number) not in keys)
    return tuple(sorted((*known, *new), key=lambda each: each.booked, reverse=True))


def _newest_first(invoices: Iterable[Invoice]) -> tuple[Invoice, ...]:
    return tuple(sorted(invoices, key=lambda each: (each.issued, each.number), reverse=True))
