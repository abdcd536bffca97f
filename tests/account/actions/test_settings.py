"""Tests of the actions about how bills come and are paid."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from tests.account.common import Demo, start

from .common import call


async def test_delivery(hass: HomeAssistant, demo: Demo) -> None:
    """Bills come by post from now on, once that is confirmed."""
    await start(hass, demo.entry(hass, len(demo.household.customers) - 1))
    answer = await call(hass, "set_delivery", delivery="post")
    assert answer == {
        "present": "email",
        "wanted": "post",
        "possible": True,
        "refusal": None,
        "message": None,
        "changed": False,
    }
    assert demo.portal.changes.writes == []
    for delivery in ("post", "email", "post"):
        answer = await call(hass, "set_delivery", delivery=delivery, confirm=True)
        assert answer["changed"] is True
        assert hass.states.get("select.supplier_demo_invoice_delivery").state == delivery
    assert len(demo.portal.changes.writes) == 3
    answer = await call(hass, "set_delivery", delivery="post", confirm=True)
    assert answer["changed"] is False
    e_invoice = await call(hass, "set_delivery", delivery="e_invoice")
    assert e_invoice["refusal"] == "e_invoice_at_bank"
    assert len(demo.portal.changes.writes) == 3


async def test_direct_debit(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Direct debit can be switched on; to switch it off, one has to call."""
    await start(hass, my_luminus.entry(hass, 0))
    assert hass.states.get("select.supplier_demo_direct_debit").state == "off"
    for scope in ("deposits", "all"):
        answer = await call(hass, "set_direct_debit", scope=scope, confirm=True)
        assert answer["changed"] is True
        assert hass.states.get("select.supplier_demo_direct_debit").state == scope
    off = await call(hass, "set_direct_debit", scope="off")
    assert off["refusal"] == "direct_debit_off"
    assert "+32 78 150 210" in off["message"]
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_direct_debit", scope="off", confirm=True)
    assert len(my_luminus.portal.changes.writes) == 2


async def test_business_contact(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A business is told its own customer service, phone and e-mail."""
    entry = my_luminus.entry(hass, 1)
    hass.config_entries.async_update_entry(entry, options={"segment": "business"})
    await start(hass, entry)
    off = await call(hass, "set_direct_debit", scope="off")
    assert "+32 78 155 230" in off["message"]
    assert "pme@luminus.be" in off["message"]


async def test_not_offered(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A portal without direct debit says so, and has no select for it."""
    await start(hass, oma_lumme.entry(hass))
    assert hass.states.get("select.supplier_demo_direct_debit") is None
    answer = await call(hass, "set_direct_debit", scope="all")
    assert answer["refusal"] == "not_offered"
    assert answer["present"] is None
