"""Actions about bills and payments: they tell what is known, without asking the portal."""

from datetime import date
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType
import probatio

from ...action import Action
from ...portal.model import Invoice, InvoiceStatus, Payment, Statement
from ..coordinator import AccountCoordinator
from ..errors import not_offered
from .common import ACCOUNT_FIELDS, ATTR_SUPPLY_POINT, POINT_FIELDS, account_of, plain, point_of

ATTR_FROM: Final = "from"
ATTR_UNTIL: Final = "until"
ATTR_STATUS: Final = "status"
PERIOD_FIELDS: Final = {
    probatio.Optional(ATTR_FROM, default=date.min): cv.date,
    probatio.Optional(ATTR_UNTIL, default=date.max): cv.date,
}


async def list_invoices(call: ServiceCall) -> ServiceResponse:
    """Return invoices and credit notes, newest first, each with the payments made for it."""
    coordinator = account_of(call)
    statement = statement_of(coordinator)
    status = call.data.get(ATTR_STATUS, [*InvoiceStatus])
    gsrn = point_of(call, coordinator).gsrn if ATTR_SUPPLY_POINT in call.data else None
    return {
        "invoices": [
            _told(invoice, statement.payments)
            for invoice in statement.invoices
            if _is_within(call, invoice.issued)
            and invoice.status in status
            and (gsrn is None or gsrn in invoice.gsrns)
        ]
    }


async def list_payments(call: ServiceCall) -> ServiceResponse:
    """Return payments, newest first."""
    statement = statement_of(account_of(call))
    return {
        "payments": [
            plain(payment) for payment in statement.payments if _is_within(call, payment.booked)
        ]
    }


def statement_of(coordinator: AccountCoordinator) -> Statement:
    """Return what is known of bills and payments.

    Raises:
        ServiceValidationError: the portal does not show them.
    """
    if coordinator.data.statement is None:
        raise not_offered(coordinator)
    return coordinator.data.statement


def _is_within(call: ServiceCall, day: date) -> bool:
    within: bool = call.data[ATTR_FROM] <= day <= call.data[ATTR_UNTIL]
    return within


def _told(invoice: Invoice, payments: tuple[Payment, ...]) -> JsonValueType:
    told = plain(invoice)
    assert isinstance(told, dict)  # noqa: S101
    paid = [plain(each) for each in payments if each.invoice_number == invoice.number]
    return {**told, "payments": paid}


ACTIONS: Final = (
    Action(
        name="list_invoices",
        fields={
            **POINT_FIELDS,
            **PERIOD_FIELDS,
            probatio.Optional(ATTR_STATUS): probatio.All(
                cv.ensure_list, [probatio.Coerce(InvoiceStatus)]
            ),
        },
        handler=list_invoices,
    ),
    Action(
        name="list_payments",
        fields={**ACCOUNT_FIELDS, **PERIOD_FIELDS},
        handler=list_payments,
    ),
)
