"""Tests of the QR code that pays the next bill."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.billing.epc import picture
from custom_components.lumme_energy.billing.payment import payment
from custom_components.lumme_energy.portal.model import InvoiceStatus, Payee
from demo.faults import FaultKind

from .common import Demo, bills, next_bill, pass_time, start

QR = "image.supplier_demo_payment_qr_code"


async def test_what_a_banking_app_scans(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, demo: Demo
) -> None:
    """The picture is the code of the bill that is due first."""
    await start(hass, demo.entry(hass))
    ready = payment(next_bill(demo))
    assert ready is not None
    assert ready.epc is not None
    client = await hass_client()
    response = await client.get(hass.states.get(QR).attributes["entity_picture"])
    assert response.status == HTTPStatus.OK
    assert response.content_type == "image/png"
    assert await response.read() == picture(ready.epc)


async def test_another_bill(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """The picture changes when the bill does, and only then: browsers keep it so long."""
    await start(hass, oma_lumme.entry(hass))
    before = hass.states.get(QR).state
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(QR).state == before

    bills(oma_lumme, replace(next_bill(oma_lumme), open_amount=Decimal("1.00")))
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(QR).state > before


@pytest.mark.parametrize(
    "change",
    [
        {"payment_reference": "12345"},
        {"payment_reference": None},
        {"payee": None},
        {"payee": Payee(name="Somebody", iban="FI2112345600000786")},
        {"payee": Payee(name="x" * 71, iban="FI2112345600000785")},
        {"collected": date(2026, 12, 4)},
        {"status": InvoiceStatus.PAID},
    ],
)
async def test_no_code_rather_than_a_wrong_one(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    change: dict[str, Any],
) -> None:
    """There is no picture of a bill that does not check out, or that needs no paying."""
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get(QR).state != STATE_UNAVAILABLE
    invoice = next_bill(oma_lumme)
    bills(oma_lumme, replace(invoice, **change))
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(QR).state == STATE_UNAVAILABLE
    client = await hass_client()
    response = await client.get(hass.states.get(QR).attributes["entity_picture"])
    assert response.status == HTTPStatus.INTERNAL_SERVER_ERROR

    bills(oma_lumme, invoice)
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(QR).state != STATE_UNAVAILABLE


async def test_a_portal_without_bills(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where the portal shows no bills, there is no picture."""
    oma_lumme.portal.faults.add(FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/accountStatement")
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get(QR) is None
