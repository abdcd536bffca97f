"""Tests of the calendar of due dates."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.calendar import (
    DOMAIN as CALENDAR_DOMAIN,
    SERVICE_GET_EVENTS,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lumme_energy.account.facts import place
from custom_components.lumme_energy.portal.model import InvoiceStatus, Statement

from .common import Demo, bills, pass_time, start

CALENDAR = "calendar.supplier_demo_due_dates"


async def events(hass: HomeAssistant, **window: float) -> list[dict[str, Any]]:
    """Return the events of a time that begins now."""
    (calendar,) = hass.states.async_entity_ids(CALENDAR_DOMAIN)
    answer = await hass.services.async_call(
        CALENDAR_DOMAIN,
        SERVICE_GET_EVENTS,
        {
            "entity_id": calendar,
            "start_date_time": dt_util.now(),
            "end_date_time": dt_util.now() + timedelta(**window),
        },
        blocking=True,
        return_response=True,
    )
    return answer[calendar]["events"]


async def test_bills_and_contracts(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """The calendar shows what is to be paid and which contracts end; a paid bill leaves it."""
    statement = oma_lumme.customer.statement
    invoice = statement.invoices[0]
    oma_lumme.revise(lambda each: replace(each, statement=statement))
    await start(hass, oma_lumme.entry(hass))
    pay, ends = await events(hass, days=365)
    assert pay == {
        "start": invoice.due.isoformat(),
        "end": (invoice.due + timedelta(days=1)).isoformat(),
        "summary": f"Pay €{invoice.amount}",
        "description": f"Invoice {invoice.number}",
    }
    assert ends["start"] == "2027-04-30"
    assert ends["summary"] == f"Contract ends: {place(oma_lumme.customer.supply_points[1])}"
    assert ends["description"] == "Vuosisähkö 24 kk"
    assert await events(hass, days=9) == []

    state = hass.states.get(CALENDAR)
    assert state.state == "off"
    assert state.attributes["message"] == pay["summary"]
    freezer.move_to(f"{invoice.due}T08:00:00+00:00")
    await pass_time(hass, freezer, hours=1)
    assert hass.states.get(CALENDAR).state == "on"

    paid = replace(invoice, status=InvoiceStatus.PAID)
    oma_lumme.revise(lambda each: replace(each, statement=Statement(invoices=(paid,))))
    await pass_time(hass, freezer, hours=9)
    assert hass.states.get(CALENDAR).state == "off"
    assert [event["summary"] for event in await events(hass, days=365)] == [ends["summary"]]


async def test_direct_debit(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """What direct debit takes is on the day on which it is taken, and nobody is told to pay."""
    invoice = replace(oma_lumme.customer.statement.invoices[0], collected=date(2026, 12, 7))
    bills(oma_lumme, invoice)
    await start(hass, oma_lumme.entry(hass))
    collected = (await events(hass, days=60))[0]
    assert collected["start"] == "2026-12-07"
    assert collected["summary"] == f"€{invoice.amount} will be collected"


async def test_deposits(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Advance payments are in the calendar, too."""
    await start(hass, my_luminus.entry(hass))
    summaries = [event["summary"] for event in await events(hass, days=120)]
    assert any(summary.startswith("Advance payment ") for summary in summaries)


async def test_gas_and_electricity_at_one_address(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Which of two advance payments is for which connection can be told."""
    await start(hass, my_luminus.entry(hass))
    places = {event["description"] for event in await events(hass, days=120)}
    electricity, gas = (place(point) for point in my_luminus.customer.supply_points)
    assert electricity == gas
    assert {electricity, f"{gas} gas"} <= places


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [
        ("en", "EUR", "Pay €1234.50"),
        ("en-GB", "SEK", "Pay 1234.50 SEK"),
        ("fi", "EUR", "Maksa 1234,50 €"),
        ("nl", "EUR", "€ 1234,50 betalen"),
    ],
)
async def test_amounts_as_they_are_written(
    hass: HomeAssistant, oma_lumme: Demo, language: str, currency: str, written: str
) -> None:
    """An amount looks as it does elsewhere in the language."""
    hass.config.language = language
    invoice = replace(
        oma_lumme.customer.statement.invoices[0], open_amount=Decimal("1234.5"), currency=currency
    )
    oma_lumme.revise(lambda each: replace(each, statement=Statement(invoices=(invoice,))))
    await start(hass, oma_lumme.entry(hass))
    assert written in {event["summary"] for event in await events(hass, days=30)}


async def test_nothing_to_come(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A calendar may be empty."""
    oma_lumme.revise(
        lambda each: replace(
            each,
            statement=Statement(invoices=(replace(each.statement.invoices[0], due=None),)),
            contracts=tuple(replace(contract, end=None) for contract in each.contracts),
        )
    )
    await start(hass, oma_lumme.entry(hass))
    assert await events(hass, days=365) == []
    assert hass.states.get(CALENDAR).state == "off"
