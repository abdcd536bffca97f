"""Actions about paying a bill, and about asking for a reminder fee back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.translation import async_get_translations
import probatio

from ...action import Action, invalid
from ...billing.epc import code
from ...billing.iban import printed
from ...billing.invoices import is_unpaid
from ...billing.payment import next_to_pay, payment
from ...billing.reminders import ReminderFee, fees, may_be_cancelled
from ...const import DOMAIN
from ...portal.model import Invoice
from ..coordinator import AccountCoordinator
from ..written import written_day, written_money
from .common import ACCOUNT_FIELDS, account_of, plain
from .statement import statement_of

ATTR_INVOICE: Final = "invoice"
ATTR_LANGUAGE: Final = "language"
LANGUAGES: Final = ("de", "en", "fi", "fr", "nl", "sv")


async def get_payment(call: ServiceCall) -> ServiceResponse:
    """Return everything a bank asks for, in every form, for one invoice or the next to pay."""
    coordinator = account_of(call)
    invoices = statement_of(coordinator).invoices
    invoice = _asked(call, invoices) or next_to_pay(invoices)
    if invoice is None or not is_unpaid(invoice):
        raise invalid("nothing_to_pay")
    if invoice.collected is not None:
        raise invalid("collected_by_itself", day=invoice.collected.isoformat())
    if (ready := payment(invoice)) is None:
        raise invalid("payment_unclear", portal=coordinator.supplier.portal_name)
    qr = None
    if ready.epc is not None:
        qr = code(ready.epc).svg_data_uri(scale=8, border=4, dark="#000", light="#fff")
    return {
        "invoice": invoice.number,
        "amount": plain(ready.amount),
        "currency": invoice.currency,
        "due": plain(invoice.due),
        "payee": ready.payee,
        "iban": ready.iban,
        "iban_printed": printed(ready.iban),
        "reference": ready.reference.number,
        "reference_printed": ready.reference.printed,
        "reference_rf": ready.reference.rf,
        "barcode_4": ready.barcode_4,
        "barcode_5": ready.barcode_5,
        "epc": ready.epc,
        "qr": qr,
    }


async def prepare_fee_cancellation(call: ServiceCall) -> ServiceResponse:
    """Return a message to the supplier that asks for reminder fees back, ready to be sent.

    Luminus talks about a fee only once the bill is paid; before that there is no message.
    """
    coordinator = account_of(call)
    statement = statement_of(coordinator)
    charged = fees(statement)
    if (invoice := _asked(call, statement.invoices)) is None:
        # The newest fee that can be talked about, else the newest.
        ready = (fee for fee in charged if may_be_cancelled(fee, statement))
        invoice = next((fee.invoice for fee in (*ready, *charged)), None)
    asked = [fee for fee in charged if fee.invoice is invoice]
    if not asked or invoice is None:
        raise invalid("no_reminder_fee")
    contact = coordinator.contact
    if not all(may_be_cancelled(fee, statement) for fee in asked):
        raise invalid("pay_before_asking", supplier=coordinator.supplier.name)
    return {
        "invoice": invoice.number,
        "amount": plain(_sum(asked)),
        "currency": invoice.currency,
        "text": await _message(call, coordinator, invoice, _sum(asked)),
        "contact": plain(contact),
    }


async def _message(
    call: ServiceCall, coordinator: AccountCoordinator, invoice: Invoice, amount: Decimal
) -> str:
    """Return the text in the language that was asked for, or in Home Assistant's."""
    language = call.data.get(ATTR_LANGUAGE, call.hass.config.language)
    texts = await async_get_translations(call.hass, language, "common", {DOMAIN})
    return texts[f"component.{DOMAIN}.common.fee_cancellation"].format(
        supplier=coordinator.supplier.name,
        customer=coordinator.account.account_id,
        invoice=invoice.number,
        issued=written_day(invoice.issued, language),
        amount=written_money(amount, invoice.currency, language),
    )


def _asked(call: ServiceCall, invoices: Iterable[Invoice]) -> Invoice | None:
    """Return the invoice that a call names; None when it names none.

    Raises:
        ServiceValidationError: there is no such invoice.
    """
    if (number := call.data.get(ATTR_INVOICE)) is None:
        return None
    for invoice in invoices:
        if invoice.number == number:
            return invoice
    raise invalid("no_such_invoice")


def _sum(asked: Iterable[ReminderFee]) -> Decimal:
    return sum((fee.line.amount for fee in asked), Decimal(0))


INVOICE_FIELDS: Final = {**ACCOUNT_FIELDS, probatio.Optional(ATTR_INVOICE): cv.string}
ACTIONS: Final = (
    Action(name="get_payment", fields=INVOICE_FIELDS, handler=get_payment),
    Action(
        name="prepare_fee_cancellation",
        fields={**INVOICE_FIELDS, probatio.Optional(ATTR_LANGUAGE): probatio.In(LANGUAGES)},
        handler=prepare_fee_cancellation,
    ),
)
