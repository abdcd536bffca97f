"""Peppol BIS Billing 3: UBL 2.1 invoices and credit notes, as Belgian businesses get them.

Source of names and sums: OpenPEPPOL's BIS Billing 3.0 and EN 16931 (rules BR-CO-10 to BR-CO-17).
"""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from ...portal.model import Invoice, Payee
from ..imported import Bill, Problem, UnreadableFileError, currency, gsrns_in
from .charges import Charge, Totals, by_rate, charge, kind, lines
from .xml import Node

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE: Final = f"{{{_UBL}Invoice-2}}Invoice"
CREDIT_NOTE: Final = f"{{{_UBL}CreditNote-2}}CreditNote"
_NAMESPACES: Final = {
    "cac": f"{_UBL}CommonAggregateComponents-2",
    "cbc": f"{_UBL}CommonBasicComponents-2",
}
# Codes of UNCL 4461 by which the payee collects the money.
_DIRECT_DEBIT: Final = frozenset({"49", "59"})
_PERCENT: Final = "cac:TaxCategory/cbc:Percent"


def read(root: Element) -> Bill:
    """Read an invoice or a credit note.

    Raises:
        UnreadableFileError: something is missing, wrong, or does not add up.
    """
    document = Node(root, _NAMESPACES)
    is_credit = root.tag == CREDIT_NOTE
    totals = _totals(document)
    found = lines(tuple(_charges(document, is_credit=is_credit)), totals)
    sign = -1 if is_credit else 1
    means = next(document.all("cac:PaymentMeans"), None)
    due = document.day("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate")
    collects = means is not None and means.text("cbc:PaymentMeansCode") in _DIRECT_DEBIT
    return Bill(
        invoice=Invoice(
            number=document.need_text("cbc:ID"),
            kind=kind(found, is_credit=is_credit),
            issued=document.need_day("cbc:IssueDate"),
            amount=sign * totals.payable,
            due=due,
            currency=currency(document.need_text("cbc:DocumentCurrencyCode")),
            gsrns=gsrns_in(document.texts()),
            period_start=document.day("cac:InvoicePeriod/cbc:StartDate"),
            period_end=document.day("cac:InvoicePeriod/cbc:EndDate"),
            payment_reference=None if means is None else means.text("cbc:PaymentID"),
            payee=None if means is None else _payee(document, means),
            collected=due if collects else None,
            lines=tuple(replace(line, amount=sign * line.amount) for line in found),
        ),
        seller=_seller(document),
        document=_document(document),
    )


def _totals(document: Node) -> Totals:
    """Read the sums, and the VAT in the invoice's own currency."""
    sums = next(document.all("cac:LegalMonetaryTotal"), None)
    if sums is None:
        raise UnreadableFileError(Problem.MISSING, "LegalMonetaryTotal")
    net = sums.need_number("cbc:TaxExclusiveAmount")
    gross = sums.need_number("cbc:TaxInclusiveAmount")
    charged = sums.number("cbc:ChargeTotalAmount") or Decimal()
    allowed = sums.number("cbc:AllowanceTotalAmount") or Decimal()
    parts = document.all("cac:TaxTotal/cac:TaxSubtotal")
    rates = by_rate(parts, _PERCENT, "cbc:TaxableAmount", "cbc:TaxAmount")
    return Totals(
        lines=sums.need_number("cbc:LineExtensionAmount") + charged - allowed,
        net=net,
        vat=document.number("cac:TaxTotal/cbc:TaxAmount") or Decimal(),
        gross=gross,
        prepaid=sums.number("cbc:PrepaidAmount") or Decimal(),
        rounding=sums.number("cbc:PayableRoundingAmount") or Decimal(),
        payable=sums.need_number("cbc:PayableAmount"),
        by_rate=rates,
    )


def _charges(document: Node, *, is_credit: bool) -> Iterator[Charge]:
    """Yield the lines, and what is added to or taken off the whole invoice."""
    quantity = f"cbc:{'Credited' if is_credit else 'Invoiced'}Quantity"
    for line in document.all(f"cac:{'CreditNote' if is_credit else 'Invoice'}Line"):
        points = gsrns_in(line.texts())
        unit = next(line.all(quantity), None)
        yield charge(
            line.need_number("cbc:LineExtensionAmount"),
            line.percent("cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
            line.text("cac:Item/cbc:Name", "cac:Item/cbc:Description", "cbc:Note"),
            quantity=line.number(quantity),
            unit=None if unit is None else unit.element.get("unitCode"),
            gsrn=points[0] if len(points) == 1 else None,
            start=line.day("cac:InvoicePeriod/cbc:StartDate"),
            end=line.day("cac:InvoicePeriod/cbc:EndDate"),
        )
    for each in document.all("cac:AllowanceCharge"):
        amount = each.need_number("cbc:Amount")
        is_charge = each.need_text("cbc:ChargeIndicator") == "true"
        yield charge(
            amount if is_charge else -amount,
            each.percent(_PERCENT),
            each.text("cbc:AllowanceChargeReason"),
        )


def _payee(document: Node, means: Node) -> Payee | None:
    """Return whom to pay; None where there is no account number."""
    account = "cac:PayeeFinancialAccount"
    iban = means.text(f"{account}/cbc:ID")
    name = document.text(
        "cac:PayeeParty/cac:PartyName/cbc:Name", "cac:PayeeParty/cac:PartyLegalEntity/cbc:Name"
    ) or _seller(document)
    if iban is None or name is None:
        return None
    return Payee(
        name=name,
        iban=iban,
        bic=means.text(f"{account}/cac:FinancialInstitutionBranch/cbc:ID"),
    )


def _seller(document: Node) -> str | None:
    party = "cac:AccountingSupplierParty/cac:Party"
    return document.text(
        f"{party}/cac:PartyName/cbc:Name", f"{party}/cac:PartyLegalEntity/cbc:RegistrationName"
    )


def _document(document: Node) -> bytes | None:
    """Return the PDF within the invoice; a picture of it that is none is as if it were absent."""
    path = "cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"
    for found in document.all(path):
        if found.element.get("mimeCode") == "application/pdf":
            try:
                content = b64decode("".join((found.element.text or "").split()), validate=True)
            except Error, ValueError:
                continue
            if content.startswith(b"%PDF-"):
                return content
    return None
