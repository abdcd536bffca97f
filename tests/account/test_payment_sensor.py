"""Tests of the sensors about paying."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant

from custom_components.lumme_energy.portal.model import (
    InvoiceLine,
    InvoiceStatus,
    LineKind,
)
from demo.faults import FaultKind

from .common import Demo, bills, next_bill, pass_time, start

PREFIX = "sensor.supplier_demo"
REFERENCE = f"{PREFIX}_payment_reference"
BARCODE = f"{PREFIX}_bank_barcode"
COLLECTION = f"{PREFIX}_will_be_collected_on"
FEES = f"{PREFIX}_reminder_fees_this_year"


async def test_finland(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A Finnish bill has a viitenumero and a barcode; who pays by hand has no collection."""
    await start(hass, oma_lumme.entry(hass))
    invoice = next_bill(oma_lumme)
    reference = hass.states.get(REFERENCE)
    assert reference.state.replace(" ", "") == invoice.payment_reference
    assert reference.attributes["amount"] == float(invoice.amount)
    assert reference.attributes["due"] == invoice.due.isoformat()
    assert reference.attributes["iban"].startswith("FI")
    barcode = hass.states.get(BARCODE).state
    assert len(barcode) == 54
    assert barcode.endswith(f"{invoice.payment_reference:>020}{invoice.due:%y%m%d}")
    assert hass.states.get(COLLECTION) is None


async def test_belgium(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A Belgian bill has a structured communication and no barcode."""
    await start(hass, my_luminus.entry(hass))
    assert hass.states.get(REFERENCE).state == next_bill(my_luminus).payment_reference
    assert hass.states.get(BARCODE) is None
    assert hass.states.get(FEES).state == "7.50"
    assert hass.states.get(FEES).attributes["unit_of_measurement"] == "EUR"


async def test_direct_debit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """What direct debit collects is not to be paid; the day is told."""
    await start(hass, my_luminus.entry(hass))
    assert hass.states.get(COLLECTION) is None
    collected = replace(next_bill(my_luminus), collected=date(2026, 12, 3))
    bills(my_luminus, collected)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(COLLECTION).state == "2026-12-03"
    assert hass.states.get(REFERENCE).state == STATE_UNKNOWN
    assert "iban" not in hass.states.get(REFERENCE).attributes

    paid = replace(collected, status=InvoiceStatus.PAID, open_amount=Decimal("0.00"))
    bills(my_luminus, paid)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(COLLECTION).state == STATE_UNKNOWN


async def test_a_reference_without_an_account(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A reference that is right is told, whatever else is not known; a wrong one is not."""
    await start(hass, oma_lumme.entry(hass))
    invoice = replace(next_bill(oma_lumme), payee=None)
    bills(oma_lumme, invoice)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(REFERENCE).state.replace(" ", "") == invoice.payment_reference
    assert "iban" not in hass.states.get(REFERENCE).attributes
    assert hass.states.get(BARCODE).state == STATE_UNKNOWN

    bills(oma_lumme, replace(invoice, payment_reference="123456"))
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(REFERENCE).state == STATE_UNKNOWN


async def test_unknown_is_not_nothing(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where bills do not tell what they are made of, nothing is said about fees."""
    bills(oma_lumme, replace(next_bill(oma_lumme), lines=()))
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get(FEES) is None


async def test_fees_of_a_year(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A new year begins without fees."""
    fee = InvoiceLine(kind=LineKind.REMINDER_FEE, amount=Decimal("5.00"))
    invoice = next_bill(oma_lumme)
    bills(oma_lumme, replace(invoice, lines=(*invoice.lines, fee)))
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get(FEES).state == "5.00"
    freezer.move_to("2027-01-01T05:00:00+00:00")
    await pass_time(hass, freezer, hours=1)
    assert hass.states.get(FEES).state == "0.00"


async def test_bills_that_disappear(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """When the portal does not show bills any more, nothing is known about paying."""
    await start(hass, oma_lumme.entry(hass))
    oma_lumme.portal.faults.add(FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/accountStatement")
    for _ in range(6):
        await pass_time(hass, freezer, hours=9)
    for sensor in (REFERENCE, BARCODE, FEES):
        assert hass.states.get(sensor).state == STATE_UNAVAILABLE
