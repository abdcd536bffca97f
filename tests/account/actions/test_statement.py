"""Tests of the actions about bills and payments."""

import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from demo.faults import FaultKind

from ..common import Demo, start
from .common import call


async def test_everything(hass: HomeAssistant, demo: Demo) -> None:
    """All invoices and payments are told, each invoice with its payments, without a request."""
    await start(hass, demo.entry(hass))
    requests = demo.calls()
    statement = demo.customer.statement
    invoices = (await call(hass, "list_invoices"))["invoices"]
    assert [each["number"] for each in invoices] == [each.number for each in statement.invoices]
    payments = (await call(hass, "list_payments"))["payments"]
    assert [each["payment_id"] for each in payments] == [
        each.payment_id for each in statement.payments
    ]
    for invoice in invoices:
        assert invoice["payments"] == [
            each for each in payments if each["invoice_number"] == invoice["number"]
        ]
        if invoice["status"] == "paid":
            assert sum(each["amount"] for each in invoice["payments"]) == invoice["amount"]
    assert json.dumps(invoices)
    assert demo.calls() == requests


async def test_filters(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Invoices are found by period, by status and by supply point."""
    await start(hass, my_luminus.entry(hass))
    everything = (await call(hass, "list_invoices"))["invoices"]
    paid = (await call(hass, "list_invoices", status="paid"))["invoices"]
    assert paid == [each for each in everything if each["status"] == "paid"]
    assert paid
    days: dict[str, Any] = {"from": "2026-01-01", "until": "2026-06-30"}
    half_year = (await call(hass, "list_invoices", **days))["invoices"]
    assert half_year == [
        each for each in everything if "2026-01-01" <= each["issued"] <= "2026-06-30"
    ]
    assert half_year
    for point in my_luminus.customer.supply_points:
        mine = (await call(hass, "list_invoices", supply_point=point.gsrn))["invoices"]
        assert mine == [each for each in everything if point.gsrn in each["gsrns"]]
    payments = (await call(hass, "list_payments", **days))["payments"]
    assert {each["booked"][:4] for each in payments} == {"2026"}


async def test_not_offered(hass: HomeAssistant, demo: Demo) -> None:
    """A portal that does not show its bills says so."""
    for path in ("/FA-OmaLumme-Prod/v1/accountStatement", "/myluminus/api/account-statement"):
        demo.portal.faults.add(FaultKind.MISSING, path=path)
    await start(hass, demo.entry(hass))
    for action in ("list_invoices", "list_payments"):
        with pytest.raises(ServiceValidationError) as none:
            await call(hass, action)
        assert none.value.translation_key == "not_offered"
    assert hass.states.get("event.supplier_demo_invoice") is None
