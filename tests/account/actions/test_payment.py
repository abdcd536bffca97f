"""Tests of the actions about paying and about reminder fees."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
import json

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.lumme_energy.const import CONF_SEGMENT
from custom_components.lumme_energy.portal.model import (
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    Payee,
)
from tests.account.common import Demo, bills, next_bill, start

from .common import call


async def refused(hass: HomeAssistant, action: str, **data: str) -> ServiceValidationError:
    """Return the refusal of a call."""
    with pytest.raises(ServiceValidationError) as refusal:
        await call(hass, action, **data)
    return refusal.value


async def test_finnish_payment(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A Finnish bill is told in all its forms, without a request."""
    await start(hass, oma_lumme.entry(hass))
    requests = oma_lumme.calls()
    invoice = next_bill(oma_lumme)
    told = await call(hass, "get_payment")
    assert told["invoice"] == invoice.number
    assert told["amount"] == float(invoice.amount)
    assert told["due"] == invoice.due.isoformat()
    assert told["iban_printed"].replace(" ", "") == told["iban"]
    assert told["reference"] == invoice.payment_reference
    assert told["reference_printed"].replace(" ", "") == told["reference"]
    assert told["reference_rf"].endswith(invoice.payment_reference)
    assert told["barcode_4"][0] == "4"
    assert told["barcode_5"][0] == "5"
    assert told["epc"].splitlines()[-1] == told["reference_rf"]
    assert told["qr"].startswith("data:image/svg+xml")
    assert json.dumps(told)
    assert await call(hass, "get_payment", invoice=invoice.number) == told
    assert oma_lumme.calls() == requests


async def test_belgian_payment(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A Belgian bill has neither an RF reference nor a barcode."""
    await start(hass, my_luminus.entry(hass))
    told = await call(hass, "get_payment")
    assert told["reference_printed"] == next_bill(my_luminus).payment_reference
    assert told["epc"].endswith(told["reference_printed"])
    assert (told["reference_rf"], told["barcode_4"], told["barcode_5"]) == (None, None, None)


async def test_a_name_too_long_for_a_code(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Without a QR code the rest is told all the same."""
    invoice = next_bill(oma_lumme)
    long_name = Payee(name="x" * 71, iban=invoice.payee.iban)
    bills(oma_lumme, replace(invoice, payee=long_name))
    await start(hass, oma_lumme.entry(hass))
    told = await call(hass, "get_payment")
    assert (told["epc"], told["qr"]) == (None, None)
    assert told["barcode_4"]


async def test_what_is_not_to_be_paid(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Each reason for which there is nothing to tell is told in words."""
    to_pay = next_bill(oma_lumme)
    paid = replace(to_pay, number="paid", status=InvoiceStatus.PAID, open_amount=Decimal("0.00"))
    collected = replace(to_pay, number="collected", collected=date(2026, 12, 4))
    unclear = replace(to_pay, number="unclear", payment_reference="12345")
    bills(oma_lumme, paid, collected)
    await start(hass, oma_lumme.entry(hass))
    assert (await refused(hass, "get_payment")).translation_key == "nothing_to_pay"
    for number in ("paid", "none"):
        refusal = await refused(hass, "get_payment", invoice=number)
        assert (
            refusal.translation_key == {"paid": "nothing_to_pay", "none": "no_such_invoice"}[number]
        )
    refusal = await refused(hass, "get_payment", invoice="collected")
    assert refusal.translation_key == "collected_by_itself"
    assert refusal.translation_placeholders == {"day": "2026-12-04"}

    bills(oma_lumme, unclear)
    coordinator = hass.config_entries.async_entries("lumme_energy")[0].runtime_data
    coordinator.data.fetched.clear()
    await coordinator.async_refresh()
    refusal = await refused(hass, "get_payment")
    assert refusal.translation_key == "payment_unclear"
    assert unclear.payment_reference not in str(refusal)


def with_fee(invoice: Invoice, amount: str = "7.50") -> Invoice:
    """Return a bill as paid, with one reminder fee."""
    fee = InvoiceLine(kind=LineKind.REMINDER_FEE, amount=Decimal(amount))
    return replace(
        invoice,
        lines=(fee,),
        status=InvoiceStatus.PAID,
        open_amount=Decimal("0.00"),
    )


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("en", "€7.50", "2026-11-02"),
        ("nl", "€ 7,50", "02/11/2026"),
        ("fr", "7,50 €", "02/11/2026"),
        ("de", "7,50 €", "2.11.2026"),
    ],
)
async def test_message(
    hass: HomeAssistant, my_luminus: Demo, language: str, amount: str, day: str
) -> None:
    """Once the bill is paid, a message is ready to be sent, with where to send it."""
    invoice = with_fee(replace(next_bill(my_luminus), issued=date(2026, 11, 2)))
    bills(my_luminus, invoice)
    entry = my_luminus.entry(hass)
    hass.config_entries.async_update_entry(entry, options={CONF_SEGMENT: "business"})
    await start(hass, entry)
    told = await call(hass, "prepare_fee_cancellation", language=language)
    for part in (invoice.number, amount, day, my_luminus.customer.account.account_id, "Luminus"):
        assert part in told["text"]
    assert told["invoice"] == invoice.number
    assert told["amount"] == 7.5
    assert told["contact"] == {
        "url": "https://www.luminus.be/",
        "phone": "+32 78 155 230",
        "email": "pme@luminus.be",
    }


async def test_message_in_home_assistants_language(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Nobody has to say which language; unknown customer services' addresses stay unknown."""
    hass.config.language = "fi"
    bills(oma_lumme, with_fee(next_bill(oma_lumme), "5.00"))
    await start(hass, oma_lumme.entry(hass))
    told = await call(hass, "prepare_fee_cancellation")
    assert told["text"].startswith("Hyvä Lumme Energia")
    assert "5,00 €" in told["text"]
    assert told["contact"]["email"] is None


async def test_pay_first(hass: HomeAssistant, my_luminus: Demo) -> None:
    """The supplier talks about a fee only when the bill is paid, and those before it."""
    await start(hass, my_luminus.entry(hass))
    refusal = await refused(hass, "prepare_fee_cancellation")
    assert refusal.translation_key == "pay_before_asking"
    assert refusal.translation_placeholders == {"supplier": "Luminus"}


async def test_the_newest_that_can_be_talked_about(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A fee on an unpaid bill does not stand in the way of an older one."""
    paid = with_fee(replace(next_bill(oma_lumme), number="old", issued=date(2026, 9, 1)), "4.00")
    unpaid = replace(
        with_fee(replace(paid, number="new", issued=date(2026, 11, 1))),
        status=InvoiceStatus.OPEN,
        open_amount=paid.amount,
    )
    bills(oma_lumme, unpaid, paid)
    await start(hass, oma_lumme.entry(hass))
    told = await call(hass, "prepare_fee_cancellation")
    assert (told["invoice"], told["amount"]) == ("old", 4.0)
    refusal = await refused(hass, "prepare_fee_cancellation", invoice="new")
    assert refusal.translation_key == "pay_before_asking"


async def test_no_fee(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where no fee was charged, there is nothing to ask back."""
    await start(hass, oma_lumme.entry(hass))
    number = next_bill(oma_lumme).number
    for data in ({}, {"invoice": number}):
        refusal = await refused(hass, "prepare_fee_cancellation", **data)
        assert refusal.translation_key == "no_reminder_fee"
