"""Tests that diagnostics help without saying whose they are."""

from collections.abc import Iterator
from dataclasses import asdict
import json

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.diagnostics import async_get_config_entry_diagnostics
from demo.faults import FaultKind
from demo.households import Customer

from .common import Demo, pass_time, start


def identifiers(customer: Customer) -> Iterator[str]:
    """Yield everything that tells who a customer is."""
    yield customer.account.account_id
    if customer.account.name:
        yield customer.account.name
    for point in customer.supply_points:
        yield from (part for part in (point.gsrn, point.meter_serial) if part)
        # A house number alone tells nobody, and any count may look like one.
        address = {**asdict(point.address), "country": None, "house_number": None}
        yield from (part for part in address.values() if part)
    yield from (contract.contract_id for contract in customer.contracts if contract.contract_id)
    for invoice in customer.statement.invoices:
        yield invoice.number
        yield from (part for part in (invoice.payment_reference, invoice.document_id) if part)
        # Whom somebody pays tells the supplier only; what a bill says may name anybody.
        yield from (invoice.payee.iban, invoice.payee.name) if invoice.payee else ()
        yield from (line.text for line in invoice.lines if line.text)
    yield from (payment.payment_id for payment in customer.statement.payments if payment.payment_id)


async def test_redacted(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, demo: Demo
) -> None:
    """Nothing that tells who the customer is gets into the diagnostics."""
    entry = demo.entry(hass)
    hass.config_entries.async_update_entry(
        entry, title=f"Luminus: {demo.customer.account.name} {demo.household.username}"
    )
    await start(hass, entry)
    assert await async_setup_component(hass, "diagnostics", {})
    diagnostics = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    text = json.dumps(diagnostics, ensure_ascii=False)
    assert demo.household.username not in text
    assert demo.household.password not in text
    assert demo.address not in text
    found = [each for each in identifiers(demo.customer) if each in text]
    assert found == []
    assert len(diagnostics["data"]["statement"]["invoices"]) > 10
    assert diagnostics["kind"] == "account"
    assert diagnostics["stand_in"] is True
    assert diagnostics["politeness"]["requests"] > 0
    assert diagnostics["capabilities"]["statement"] == "unconfirmed"


async def test_what_went_wrong(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
) -> None:
    """Lost capabilities, changed calls, unknown words and the age of everything are told."""
    faults, api = oma_lumme.portal.faults, "/FA-OmaLumme-Prod/v1"
    faults.add(FaultKind.MISSING, path=f"{api}/budgetBillLines")
    faults.add(FaultKind.UNKNOWN_WORD, path=f"{api}/accountStatement")
    entry = await start(hass, oma_lumme.entry(hass))
    faults.add(FaultKind.HTML, path=f"{api}/contractBasicData")
    await pass_time(hass, freezer, hours=30)
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["capabilities"]["deposit"] == "lost"
    assert diagnostics["capabilities"]["readings"] == "not offered"
    assert diagnostics["capabilities"]["consumption"] == "confirmed"
    assert diagnostics["changed"] == ["contractBasicData"]
    assert diagnostics["drift"]["unknown_words"]
    assert diagnostics["feeds"]["supply"]["ages"] == [30 * 3600]
    assert diagnostics["feeds"]["statement"]["ages"] == [0]
    assert diagnostics["feeds"]["deposits"]["ages"] == []
