"""Tests of setting an account up, restarting and removing it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.lumme_energy.const import DOMAIN
from demo.faults import FaultKind

from .common import COTTAGE, FLAT, Demo, pass_time, restart, start


def values(hass: HomeAssistant) -> dict[str, str]:
    """Return the state of every entity but those about the connection and when a code was drawn."""
    return {
        state.entity_id: state.state
        for state in hass.states.async_all()
        if state.domain != "image" and not state.entity_id.endswith("portal_connection")
    }


async def test_flat_and_cottage(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry, oma_lumme: Demo
) -> None:
    """Every supply point of a log-in is read, each with its own contract and consumption."""
    entry = await start(hass, oma_lumme.entry(hass))

    assert entry.state is ConfigEntryState.LOADED
    found = values(hass)
    assert found[f"{FLAT}_price_type"] == "spot"
    assert found[f"{COTTAGE}_price_type"] == "fixed"
    assert f"{FLAT}_energy_price" not in found
    assert found[f"{COTTAGE}_energy_price"] == "0.0895"
    assert (
        found[f"{FLAT}_consumption_of_latest_day"] != found[f"{COTTAGE}_consumption_of_latest_day"]
    )
    latest = oma_lumme.customer.statement.invoices[0]
    assert found["sensor.supplier_demo_latest_invoice"] == str(latest.amount)
    assert found["sensor.supplier_demo_latest_invoice_number"] == latest.number

    account = device_registry.async_get_device_by_identifier(
        (DOMAIN, str(entry.unique_id)), entry.entry_id
    )
    assert account is not None
    assert account.entry_type is dr.DeviceEntryType.SERVICE
    assert account.manufacturer == "Lumme Energia (demo)"
    for point in oma_lumme.customer.supply_points:
        device = device_registry.async_get_device_by_identifier(
            (DOMAIN, point.gsrn), entry.entry_id
        )
        assert device is not None
        assert device.via_device_id == account.id


async def test_first_start_without_portal(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """With nothing on disk and the portal down, Home Assistant tries again later."""
    await oma_lumme.stop()
    entry = await start(hass, oma_lumme.entry(hass))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "portal_unavailable"
    assert entry.error_reason_translation_placeholders == {"portal": "OmaLumme"}
    assert hass.states.async_all() == []


async def test_first_start_of_a_changed_portal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """An account without a supply point it could show is not set up, and not over and over."""
    oma_lumme.portal.faults.add(FaultKind.HTML, path="/FA-OmaLumme-Prod/v1/contractBasicData")
    entry = await start(hass, oma_lumme.entry(hass))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "portal_changed"
    for _ in range(24):
        await pass_time(hass, freezer, hours=1)
    assert oma_lumme.portal.requests.logins == 1

    oma_lumme.portal.faults.clear()
    await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED


async def test_first_start_with_a_wrong_password(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A refused password is asked for, and not tried again."""
    entry = await start(hass, oma_lumme.entry(hass, password="wrong"))
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert [
        flow["context"]["source"] for flow in entry.async_get_active_flows(hass, {SOURCE_REAUTH})
    ]
    assert oma_lumme.portal.requests.logins == 1


async def test_restart_without_portal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """After a restart with the portal down every entity has its value, and its age is told."""
    entry = await start(hass, oma_lumme.entry(hass))
    before = values(hass)
    assert len(before) > 25
    await oma_lumme.stop()
    freezer.tick(timedelta(hours=30))
    await restart(hass, entry)

    assert entry.state is ConfigEntryState.LOADED
    assert values(hass) == before
    assert hass.states.get("sensor.supplier_demo_last_updated").state == "2026-11-24T09:30:00+00:00"
    assert hass.states.get("binary_sensor.supplier_demo_portal_connection").state == "off"


async def test_restart_with_fresh_data(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """Nothing is asked for again that is still fresh."""
    entry = await start(hass, oma_lumme.entry(hass))
    asked = oma_lumme.portal.requests.total
    freezer.tick(timedelta(hours=2))
    await restart(hass, entry)
    assert oma_lumme.portal.requests.total == asked


async def test_restart_after_a_refusal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, oma_lumme: Demo
) -> None:
    """A refused password is remembered on disk: values stay, the user is asked, nobody logs in."""
    entry = await start(hass, oma_lumme.entry(hass))
    before = values(hass)
    oma_lumme.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    await pass_time(hass, freezer, hours=9)
    assert list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    logins = oma_lumme.portal.requests.logins
    assert logins == 2

    for flow in list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})):
        hass.config_entries.flow.async_abort(flow["flow_id"])
    for _ in range(6):
        await restart(hass, entry)
        await pass_time(hass, freezer, minutes=10)
    assert oma_lumme.portal.requests.logins == logins
    assert list(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))
    assert values(hass) == before


async def test_vanished_and_new_supply_points(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    device_registry: dr.DeviceRegistry,
    oma_lumme: Demo,
) -> None:
    """A sold cottage goes, and comes back when it is bought again, without a reload."""
    entry = await start(hass, oma_lumme.entry(hass))
    everything = values(hass).keys()
    cottage = oma_lumme.customer.supply_points[1].gsrn
    whole = oma_lumme.portal._household

    oma_lumme.revise(
        lambda customer: replace(
            customer,
            supply_points=customer.supply_points[:1],
            contracts=tuple(each for each in customer.contracts if each.gsrn != cottage),
        )
    )
    await pass_time(hass, freezer, hours=25)
    assert device_registry.async_get_device_by_identifier((DOMAIN, cottage), entry.entry_id) is None
    assert values(hass).keys() == {each for each in everything if not each.startswith(COTTAGE)}

    # An answer without any supply point is a portal's bad day.
    oma_lumme.revise(lambda customer: replace(customer, supply_points=(), contracts=()))
    await pass_time(hass, freezer, hours=25)
    assert f"{FLAT}_contract" in values(hass)

    oma_lumme.portal._household = whole
    await pass_time(hass, freezer, hours=25)
    assert values(hass).keys() == everything


async def test_remove(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    issue_registry: ir.IssueRegistry,
    oma_lumme: Demo,
) -> None:
    """An account that is removed leaves nothing behind."""
    oma_lumme.portal.faults.add(FaultKind.MISSING, path="/FA-OmaLumme-Prod/v1/accountStatement")
    entry = await start(hass, oma_lumme.entry(hass))
    key = f"{DOMAIN}.{entry.entry_id}"
    assert key in hass_storage
    assert issue_registry.async_get_issue(DOMAIN, f"capability_lost_statement_{entry.entry_id}")
    await hass.config_entries.async_remove(entry.entry_id)
    assert key not in hass_storage
    assert not issue_registry.issues


@pytest.mark.parametrize("damage", ["data", "schema", "newer"])
async def test_unreadable_disk(
    hass: HomeAssistant, hass_storage: dict[str, Any], oma_lumme: Demo, damage: str
) -> None:
    """What cannot be read is as if it had never been there; only the politeness is kept."""
    entry = await start(hass, oma_lumme.entry(hass))
    stored = hass_storage[f"{DOMAIN}.{entry.entry_id}"]
    match damage:
        case "data":
            stored["data"]["data"]["statement"] = 7
            stored["data"]["bearings"] = [1]
        case "schema":
            stored["data"]["schema"] = 0
        case "newer":
            stored["version"] = 99
    asked = oma_lumme.portal.requests.total
    await restart(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert oma_lumme.portal.requests.total > asked
    assert STATE_UNAVAILABLE not in values(hass).values()
