"""A bill ready to be paid: everything that a bank asks for, checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..portal.model import Invoice
from .barcode import version_4, version_5
from .epc import payload
from .iban import iban
from .invoices import is_unpaid, owed
from .references import Reference, ReferenceKind, reference


@dataclass(frozen=True, slots=True, kw_only=True)
class PayReady:
    """What to tell a bank.

    Attributes:
        invoice: The bill.
        amount: What is still to be paid, in EUR.
        payee: Whom to pay.
        iban: The payee's account.
        reference: Tells the supplier which bill it is.
        epc: What a QR code says; None when the payee's name does not fit.
        barcode_4: The Finnish barcode with a viitenumero, where the bill has one.
        barcode_5: The Finnish barcode with an RF reference.
    """

    invoice: Invoice
    amount: Decimal
    payee: str
    iban: str
    reference: Reference
    epc: str | None
    barcode_4: str | None
    barcode_5: str | None

    @property
    def barcode(self) -> str | None:
        """The barcode in the version that goes with the reference as it is printed."""
        is_rf = self.reference.kind is ReferenceKind.RF
        return self.barcode_5 if is_rf else self.barcode_4


def payment(invoice: Invoice) -> PayReady | None:
    """Return how to pay a bill; None when there is nothing to pay or anything does not check out.

    What direct debit collects is not to be paid a second time.
    """
    amount = owed(invoice)
    if not is_payable(invoice) or amount is None or amount <= 0 or invoice.currency != "EUR":
        return None
    if invoice.payee is None or (account := iban(invoice.payee.iban)) is None:
        return None
    number = reference(invoice.payment_reference or "", account[:2])
    if number is None:
        return None
    return PayReady(
        invoice=invoice,
        amount=amount,
        payee=invoice.payee.name,
        iban=account,
        reference=number,
        epc=payload(invoice.payee.name, account, amount, number),
        barcode_4=version_4(account, amount, number, invoice.due),
        barcode_5=version_5(account, amount, number, invoice.due),
    )


def is_payable(invoice: Invoice) -> bool:
    """Whether the customer has to do something about a bill."""
    return is_unpaid(invoice) and invoice.collected is None


def next_to_pay(invoices: Iterable[Invoice]) -> Invoice | None:
    """Return the bill to pay first: the one that is due first, due dates being known or not."""
    payable = (invoice for invoice in invoices if is_payable(invoice))
    return min(payable, key=lambda each: (each.due or date.max, each.issued), default=None)


def next_collection(invoices: Iterable[Invoice]) -> date | None:
    """Return when direct debit takes something next."""
    days = (each.collected for each in invoices if is_unpaid(each) and each.collected is not None)
    return min(days, default=None)
