"""The action that lays a bill beside the meter, line by line."""

from decimal import Decimal
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import probatio

from ...action import Action, invalid
from ...billing.bill_check import BillCheck, LineCheck, span
from ...billing.tax import vat_of
from ...portal.model import Invoice
from ..bookkeeper import async_check, links_of
from ..coordinator import AccountCoordinator
from .common import ACCOUNT_FIELDS, account_of, plain
from .statement import statement_of

ATTR_INVOICE: Final = "invoice"


async def check_bill(call: ServiceCall) -> ServiceResponse:
    """Return what a bill has and what the meter counted; the newest bill, if none is named."""
    coordinator = account_of(call)
    invoice = _invoice(coordinator, call.data.get(ATTR_INVOICE))
    if links_of(coordinator).keys().isdisjoint(invoice.gsrns):
        raise invalid("no_meter_linked")
    return _told(await async_check(coordinator, invoice))


def _invoice(coordinator: AccountCoordinator, number: str | None) -> Invoice:
    """Return the bill with a number, else the newest one about energy that has a meter."""
    linked = links_of(coordinator).keys()
    invoices = statement_of(coordinator).invoices
    if number is not None:
        found = [invoice for invoice in invoices if invoice.number == number]
    else:
        found = [invoice for invoice in invoices if span(invoice) is not None]
        found = [each for each in found if not linked.isdisjoint(each.gsrns)] or found
    if not found:
        raise invalid("no_such_invoice")
    return max(found, key=lambda each: each.issued)


def _told(found: BillCheck) -> dict[str, JsonValueType]:
    return {
        "invoice": found.invoice.number,
        "issued": plain(found.invoice.issued),
        "amount": plain(found.invoice.amount),
        "currency": found.invoice.currency,
        "verdict": found.verdict,
        "energy_difference": plain(found.energy_difference),
        "amount_difference": plain(found.amount_difference),
        "lines_do_not_add_up_by": plain(found.sum_difference),
        "estimated": found.is_estimated,
        "lines": [_line(line) for line in found.lines],
    }


def _line(line: LineCheck) -> JsonValueType:
    measured = line.measured
    return {
        "text": " + ".join(each.text for each in line.lines if each.text),
        "registers": [each.register for each in line.lines],
        "kind": line.lines[0].kind,
        "start": plain(line.first),
        "end": plain(line.last),
        "verdict": line.verdict,
        "billed_energy": plain(line.billed),
        "measured_energy": None if measured is None else plain(measured.energy),
        "missing_hours": None if measured is None else measured.missing_hours,
        "energy_difference": plain(line.energy_difference),
        "amount": plain(line.amount),
        "amount_difference": plain(line.amount_difference),
        "vat": plain(_vat(line)),
        "estimated": line.is_estimated,
    }


def _vat(line: LineCheck) -> Decimal | None:
    """Return the VAT in the amount; None where the bill does not tell its rate."""
    total = Decimal("0.00")
    for each in line.lines:
        if each.vat_percent is None:
            return None
        total += vat_of(each.amount, each.vat_percent)
    return total


ACTIONS: Final = (
    Action(
        name="check_bill",
        fields={**ACCOUNT_FIELDS, probatio.Optional(ATTR_INVOICE): cv.string},
        handler=check_bill,
    ),
)
