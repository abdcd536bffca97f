"""Finvoice 3.0, the e-invoice of Finnish banks; older versions have the same names.

Source of names: Finance Finland's Finvoice 3.0 implementation guide. On a credit note the amounts
are negative already.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from ...portal.model import Invoice, Payee
from ..imported import Bill, currency, gsrns_in
from ..tax import without_vat
from .charges import Charge, Totals, by_rate, charge, kind, lines
from .xml import Node

FINVOICE: Final = "Finvoice"
_CREDIT_NOTE: Final = "INV02"
_EPI: Final = "EpiDetails/EpiPaymentInstructionDetails"
_BENEFICIARY: Final = "EpiDetails/EpiPartyDetails/EpiBeneficiaryPartyDetails"


def read(root: Element) -> Bill:
    """Read an invoice or a credit note.

    Raises:
        UnreadableFileError: something is missing, wrong, or does not add up.
    """
    document = Node(root)
    charges = tuple(_charges(document))
    totals = _totals(document, charges)
    found = lines(charges, totals)
    details = "InvoiceDetails"
    is_credit = document.text(f"{details}/InvoiceTypeCode") == _CREDIT_NOTE or totals.payable < 0
    return Bill(
        invoice=Invoice(
            number=document.need_text(f"{details}/InvoiceNumber"),
            kind=kind(found, is_credit=is_credit),
            issued=document.need_day(f"{details}/InvoiceDate"),
            amount=totals.payable,
            due=document.day(
                f"{_EPI}/EpiDateOptionDate", f"{details}/PaymentTermsDetails/InvoiceDueDate"
            ),
            currency=_currency(document),
            gsrns=gsrns_in(document.texts()),
            period_start=document.day(f"{details}/InvoicingPeriodStartDate"),
            period_end=document.day(f"{details}/InvoicingPeriodEndDate"),
            payment_reference=document.text(f"{_EPI}/EpiRemittanceInfoIdentifier"),
            payee=_payee(document),
            lines=found,
        ),
        seller=_seller(document),
    )


def _totals(document: Node, charges: tuple[Charge, ...]) -> Totals:
    """Read the sums; where only the sum with VAT is told, the others follow from the rows."""
    prefix = "InvoiceDetails/InvoiceTotal"
    gross = document.need_number(f"{prefix}VatIncludedAmount")
    vat = document.number(f"{prefix}VatAmount")
    net = document.number(f"{prefix}VatExcludedAmount")
    if net is None:
        net = gross - vat if vat is not None else sum((each.net for each in charges), Decimal())
    prepaid = document.number("InvoiceDetails/InvoicePaidAmount") or Decimal()
    rounding = document.number(f"{prefix}RoundoffAmount") or Decimal()
    parts = document.all("InvoiceDetails/VatSpecificationDetails")
    rates = by_rate(parts, "VatRatePercent", "VatBaseAmount", "VatRateAmount")
    return Totals(
        lines=None,
        net=net,
        vat=gross - net if vat is None else vat,
        gross=gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=gross - prepaid + rounding,
        by_rate=rates,
    )


def _charges(document: Node) -> Iterator[Charge]:
    """Yield the rows, and what is added to or taken off the whole invoice.

    A row without an amount is a heading, or the sum of rows below it.
    """
    for row in document.all("InvoiceRow"):
        if (found := _row(row, "")) is not None:
            yield found
            continue
        for part in row.all("SubInvoiceRow"):
            if (found := _row(part, "Sub")) is not None:
                yield found
    for name, text, sign in (("Discount", "FreeText", -1), ("Charge", "ReasonText", 1)):
        for each in document.all(f"InvoiceDetails/{name}Details"):
            if (amount := each.number("Amount")) is not None:
                yield charge(sign * amount, each.percent("VatRatePercent"), each.text(text))


def _row(row: Node, prefix: str) -> Charge | None:
    rate = row.percent(f"{prefix}RowVatRatePercent")
    net = row.number(f"{prefix}RowVatExcludedAmount")
    if net is None:
        if (gross := row.number(f"{prefix}RowAmount")) is None:
            return None
        vat = row.number(f"{prefix}RowVatAmount")
        net = without_vat(gross, rate or Decimal()) if vat is None else gross - vat
    names = (f"{prefix}InvoicedQuantity", f"{prefix}DeliveredQuantity")
    quantity = next((found for name in names for found in row.all(name)), None)
    points = gsrns_in(row.texts())
    return charge(
        net,
        rate,
        row.text(f"{prefix}ArticleName", f"{prefix}RowFreeText", f"{prefix}ArticleDescription"),
        quantity=row.number(*names),
        unit=None if quantity is None else quantity.element.get("QuantityUnitCode"),
        gsrn=points[0] if len(points) == 1 else None,
        start=row.day(f"{prefix}StartDate", f"{prefix}RowPreviousMeterReadingDate"),
        end=row.day(f"{prefix}EndDate", f"{prefix}RowLatestMeterReadingDate"),
    )


def _currency(document: Node) -> str:
    total = next(document.all("InvoiceDetails/InvoiceTotalVatIncludedAmount"))
    return currency(total.element.get("AmountCurrencyIdentifier", "EUR"))


def _payee(document: Node) -> Payee | None:
    """Return whom to pay; None where there is no account number."""
    account = "SellerInformationDetails/SellerAccountDetails"
    iban = document.text(f"{_BENEFICIARY}/EpiAccountID", f"{account}/SellerAccountID")
    name = document.text(f"{_BENEFICIARY}/EpiNameAddressDetails") or _seller(document)
    if iban is None or name is None:
        return None
    bic = document.text(
        "EpiDetails/EpiPartyDetails/EpiBfiPartyDetails/EpiBfiIdentifier", f"{account}/SellerBic"
    )
    return Payee(name=name, iban=iban, bic=bic)


def _seller(document: Node) -> str | None:
    return document.text("SellerPartyDetails/SellerOrganisationName")
