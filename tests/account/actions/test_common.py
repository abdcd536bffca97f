"""Tests of what actions have in common."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_METER
from custom_components.lumme_energy.services import ACTIONS
from tests.account.common import Demo, start

from .common import call


async def refused(hass: HomeAssistant, action: str, **data: Any) -> str | None:
    """Return the key of the words with which a call is turned away."""
    with pytest.raises(ServiceValidationError) as refusal:
        await call(hass, action, **data)
    return refusal.value.translation_key


def device_of(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry:
    """Return a device of an account."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next(device for device in devices if (DOMAIN, name) in device.identifiers)


async def test_without_entries(hass: HomeAssistant) -> None:
    """All actions are there before any entry is, and say that there is no account."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == {each.name for each in ACTIONS}
    assert await refused(hass, "list_invoices") == "which_account"
    assert await refused(hass, "list_invoices", config_entry_id="none") == (
        "service_config_entry_not_found"
    )


async def test_account(hass: HomeAssistant, my_luminus: Demo) -> None:
    """With two accounts a call has to say which; one that is not loaded cannot be asked."""
    home = await start(hass, my_luminus.entry(hass))
    assert await call(hass, "list_payments")
    business = my_luminus.entry(hass, 1)
    assert await refused(hass, "list_payments", config_entry_id=business.entry_id) == (
        "service_config_entry_not_loaded"
    )
    await start(hass, business)
    assert await refused(hass, "list_payments") == "which_account"
    assert await call(hass, "list_payments", config_entry_id=home.entry_id)
    meter = MockConfigEntry(domain=DOMAIN, data={CONF_KIND: KIND_METER})
    meter.add_to_hass(hass)
    meter.mock_state(hass, ConfigEntryState.LOADED)
    assert await refused(hass, "list_payments", config_entry_id=meter.entry_id) == "not_an_account"
    meter.mock_state(hass, ConfigEntryState.NOT_LOADED)


async def test_supply_point(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A supply point is named by its device or by its number, as people write that."""
    entry = await start(hass, my_luminus.entry(hass))
    gsrn = my_luminus.customer.supply_points[0].gsrn
    device = device_of(hass, entry, gsrn)
    spaced = f"{gsrn[:6]} {gsrn[6:12]} {gsrn[12:]}"
    found = [
        await call(hass, "list_invoices", supply_point=name) for name in (device.id, gsrn, spaced)
    ]
    assert found[0] == found[1] == found[2]
    account = device_of(hass, entry, str(entry.unique_id))
    for name in (account.id, "541448820000000008"):
        assert await refused(hass, "list_invoices", supply_point=name) == "no_such_supply_point"
