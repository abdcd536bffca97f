"""The demo's truth in the shapes that no public source confirms, as both demo portals show it.

The counterpart of `portal/unconfirmed.py`: see there what is known of these shapes.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
import json
from typing import Any

from aiohttp import web

from custom_components.lumme_energy.portal import unconfirmed as shapes
from custom_components.lumme_energy.portal.model import (
    DepositPlan,
    DepositSimulation,
    Invoice,
    InvoiceLine,
    LineKind,
    Payee,
    Payment,
    Resolution,
)

from . import documents
from .changes import MALFORMED
from .households import Customer

# Keys whose value is an enumeration word.
WORDS = frozenset(
    {
        "InvoiceType",
        "Status",
        "Type",
        "Frequency",
        "UpdateRefusedReason",
        "Register",
        "Source",
        "InvoiceDelivery",
        "DirectDebitSubscription",
        "Reason",
    }
)


def statement(customer: Customer) -> dict[str, Any]:
    """Return the answer about invoices, payments and balance (GetAccountStatement)."""
    known = customer.statement
    balance = known.balance
    return {
        "AmountOpen": None if balance is None else _amount(balance.amount, balance.currency),
        "AmountOpenOnlinePaymentAllowed": True,
        "InvoiceDownloadIsInMaintenance": False,
        "Invoices": [_invoice(invoice) for invoice in known.invoices],
        "Payments": [_payment(payment) for payment in known.payments],
    }


def deposits(customer: Customer) -> dict[str, Any]:
    """Return the answer about deposits (GetBudgetBillLines)."""
    return {"Lines": [_line(plan) for plan in customer.deposits]}


def readings(customer: Customer) -> dict[str, Any]:
    """Return the answer about register readings."""
    return {
        "Readings": [
            {
                "Ean": reading.gsrn,
                "Date": reading.day.isoformat(),
                "Register": _word(shapes.REGISTERS, reading.register),
                "Value": reading.value,
                "Unit": reading.unit.value,
                "Source": _word(shapes.SOURCES, reading.source),
            }
            for reading in customer.readings
        ]
    }


def reading_windows(customer: Customer) -> dict[str, Any]:
    """Return the answer about when readings are asked for."""
    return {
        "Windows": [
            {
                "Ean": window.gsrn,
                "From": window.start.isoformat(),
                "Until": window.end.isoformat(),
            }
            for window in customer.reading_windows
        ]
    }


def consumption(
    customer: Customer, gsrn: str, start: datetime, end: datetime, resolution: Resolution
) -> dict[str, Any]:
    """Return the answer about consumption in [start, end) (GetConsumptions)."""
    return {
        "Consumptions": [
            {
                "From": slot.start.isoformat(),
                "Until": slot.end.isoformat(),
                "Value": slot.energy,
                "Unit": slot.unit.value,
                "Cost": slot.cost,
            }
            for slot in customer.consumption(gsrn, start, end, resolution)
        ]
    }


def benefits(customer: Customer) -> dict[str, Any]:
    """Return the answer about customer benefits."""
    return {
        "Benefits": [
            {
                "BenefitId": benefit.benefit_id,
                "Title": benefit.title,
                "ValidUntil": benefit.valid_until and benefit.valid_until.isoformat(),
                "Redeemed": benefit.redeemed,
            }
            for benefit in customer.benefits
        ]
    }


def settings(customer: Customer) -> dict[str, Any]:
    """Return the answer about how bills come and are paid."""
    known = customer.settings
    return {
        "InvoiceDelivery": _word(shapes.DELIVERIES, known.delivery),
        "DirectDebitSubscription": _word(shapes.DIRECT_DEBITS, known.direct_debit),
    }


def answer(reason: str | None) -> web.Response:
    """Say yes to a change, or no with the portal's word for why."""
    if reason is None:
        return json_response({"Success": True})
    return json_response(
        {"Success": False, "Reason": reason}, status=400 if reason in MALFORMED else 200
    )


async def asked(request: web.Request) -> dict[str, Any]:
    """Return what a request wants to be changed.

    Raises:
        web.HTTPBadRequest: that cannot be read.
    """
    try:
        data = await request.json()
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise web.HTTPBadRequest
    return data


def document(customer: Customer, document_id: str) -> web.Response:
    """Return the PDF of an invoice, or 404."""
    for invoice in customer.statement.invoices:
        if invoice.document_id == document_id:
            body = documents.invoice_document(customer, invoice)
            return web.Response(body=body, content_type="application/pdf")
    return json_response({"message": "Not found"}, status=404)


def json_response(data: Any, status: int = 200) -> web.Response:
    """Answer with JSON; an amount is written as a JSON number with all its digits."""
    return web.json_response(
        data, status=status, dumps=lambda data: json.dumps(data, default=_number)
    )


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"not JSON: {type(value).__name__}")


def _word(words: Mapping[str, object], meaning: object) -> str | None:
    """Return the portal's word for what the model calls `meaning`."""
    return next((word for word, known in words.items() if known == meaning), None)


def _amount(value: Decimal, currency: str) -> dict[str, Any]:
    return {"Value": value, "CurrencyCode": currency}


def _invoice(invoice: Invoice) -> dict[str, Any]:
    still_open = invoice.open_amount
    return {
        "InvoiceNumber": invoice.number,
        "InvoiceType": _word(shapes.KINDS, invoice.kind),
        "InvoiceDate": invoice.issued.isoformat(),
        "DueDate": invoice.due and invoice.due.isoformat(),
        "Amount": _amount(invoice.amount, invoice.currency),
        "AmountOpen": None if still_open is None else _amount(still_open, invoice.currency),
        "Status": _word(shapes.STATUSES, invoice.status),
        "Eans": list(invoice.gsrns),
        "PeriodFrom": invoice.period_start and invoice.period_start.isoformat(),
        "PeriodUntil": invoice.period_end and invoice.period_end.isoformat(),
        "PaymentReference": invoice.payment_reference,
        "DocumentId": invoice.document_id,
        "Payee": invoice.payee and _payee(invoice.payee),
        "DirectDebitDate": invoice.collected and invoice.collected.isoformat(),
        "Lines": [_invoice_line(line) for line in invoice.lines],
    }


def _payee(payee: Payee) -> dict[str, Any]:
    return {"Name": payee.name, "Iban": payee.iban, "Bic": payee.bic}


def _invoice_line(line: InvoiceLine) -> dict[str, Any]:
    prefix = "export_" if line.kind is LineKind.EXPORT else ""
    return {
        "Type": _word(shapes.LINES, line.kind),
        "Description": line.text,
        "Amount": line.amount,
        "VatPercentage": line.vat_percent,
        "Ean": line.gsrn,
        "Register": line.register and _word(shapes.REGISTERS, f"{prefix}{line.register}"),
        "Energy": line.energy,
        "From": line.start and line.start.isoformat(),
        "Until": line.end and line.end.isoformat(),
        "MeterStart": line.meter_start,
        "MeterEnd": line.meter_end,
        "Estimated": line.estimated,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {
        "PaymentId": payment.payment_id,
        "PaymentDate": payment.booked.isoformat(),
        "Amount": _amount(payment.amount, payment.currency),
        "InvoiceNumber": payment.invoice_number,
    }


def _line(plan: DepositPlan) -> dict[str, Any]:
    allowed = plan.permissions
    return {
        "Ean": plan.gsrn,
        "NextInvoiceDate": plan.next_invoice and f"{plan.next_invoice}T00:00:00",
        "Frequency": _word(shapes.FREQUENCIES, plan.frequency),
        "CurrentAmount": plan.amount,
        "IdealAmount": plan.ideal,
        "MinimumAmount": plan.minimum,
        "MaximumAmount": plan.maximum,
        "OpenSlices": plan.open_slices,
        "IsEmptyHouse": plan.is_empty_house,
        "UpdateAmountAllowed": allowed.amount,
        "UpdateFrequencyAllowed": allowed.frequency,
        "UpdateEmptyHouseAllowed": allowed.empty_house,
        "UpdateRefusedReason": _word(shapes.REFUSALS, allowed.refusal),
        "Simulation": plan.simulation and _simulation(plan, plan.simulation),
    }


def _simulation(plan: DepositPlan, simulation: DepositSimulation) -> dict[str, Any]:
    start, end = simulation.period_start, simulation.period_end
    return {
        "FromDate": start and start.isoformat(),
        "ToDate": end and end.isoformat(),
        "IdealAmount": plan.ideal,
        "MinimumAmount": plan.minimum,
        "MaximumAmount": plan.maximum,
        "PaidAmount": simulation.paid,
        "EstimatedTotalAmount": simulation.expected_total,
        "CurrentFinalInvoiceAmount": simulation.expected_settlement,
    }
