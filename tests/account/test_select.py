"""Tests of the selects: how bills come and are paid."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.select import DOMAIN as SELECT, SERVICE_SELECT_OPTION
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.lumme_energy.portal.model import Delivery, Settings

from .common import Demo, pass_time, start

DELIVERY = "select.supplier_demo_invoice_delivery"
DIRECT_DEBIT = "select.supplier_demo_direct_debit"


async def choose(hass: HomeAssistant, entity_id: str, option: str) -> None:
    """Choose as the frontend does."""
    await hass.services.async_call(
        SELECT,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: entity_id, "option": option},
        blocking=True,
    )


async def test_choose(hass: HomeAssistant, my_luminus: Demo) -> None:
    """What is chosen is sent and shown; what cannot be chosen online is refused."""
    await start(hass, my_luminus.entry(hass))
    assert hass.states.get(DELIVERY).state == "e_invoice"
    await choose(hass, DELIVERY, "email")
    assert hass.states.get(DELIVERY).state == "email"
    await choose(hass, DIRECT_DEBIT, "deposits")
    assert hass.states.get(DIRECT_DEBIT).state == "deposits"
    # To choose what is chosen already is no change, and no error.
    await choose(hass, DELIVERY, "email")
    # But somebody may have chosen otherwise on the website.
    my_luminus.portal.changes.set_settings(my_luminus.customer, {"InvoiceDelivery": "Post"})
    assert hass.states.get(DELIVERY).state == "email"
    await choose(hass, DELIVERY, "email")
    assert my_luminus.customer.settings.delivery is Delivery.EMAIL
    written = len(my_luminus.portal.changes.writes)
    assert written == 4
    for entity_id, option, key in (
        (DELIVERY, "e_invoice", "e_invoice_at_bank"),
        (DIRECT_DEBIT, "off", "direct_debit_off"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await choose(hass, entity_id, option)
        assert refused.value.translation_key == key
    assert len(my_luminus.portal.changes.writes) == written


async def test_not_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """What the portal does not tell cannot be chosen; when it stops telling, neither."""
    my_luminus.revise(
        lambda customer: replace(customer, settings=Settings(delivery=customer.settings.delivery))
    )
    await start(hass, my_luminus.entry(hass))
    assert hass.states.get(DELIVERY) is not None
    assert hass.states.get(DIRECT_DEBIT) is None
    my_luminus.revise(lambda customer: replace(customer, settings=Settings()))
    for _ in range(4):
        await pass_time(hass, freezer, days=1)
    assert hass.states.get(DELIVERY).state == STATE_UNAVAILABLE
