"""Tests of a log-in that several customers share."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lumme_energy.account.login import login_key
from custom_components.lumme_energy.const import DOMAIN
from demo.faults import FaultKind

from .common import Demo, pass_time, restart, settled, start


async def test_one_conversation(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Two customers of one log-in cost one log-in, and each reads its own data."""
    bakery, home = [await start(hass, my_luminus.entry(hass, customer=each)) for each in range(2)]
    assert my_luminus.portal.requests.logins == 1
    assert bakery.runtime_data.portal is home.runtime_data.portal
    for entry, customer in zip((bakery, home), my_luminus.household.customers, strict=True):
        assert entry.runtime_data.data.supply_points == customer.supply_points
        assert entry.runtime_data.data.statement == customer.statement


async def test_the_last_one_ends_it(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Unloading one customer leaves the conversation to the other."""
    bakery, home = [await start(hass, my_luminus.entry(hass, customer=each)) for each in range(2)]
    await hass.config_entries.async_unload(bakery.entry_id)
    await home.runtime_data.portal.async_accounts()
    assert my_luminus.portal.requests.logins == 1
    await restart(hass, home)
    await home.runtime_data.portal.async_accounts()
    assert my_luminus.portal.requests.logins == 2


async def test_a_shared_budget(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """What one customer used up is missing to the other, over restarts too."""
    bakery = await start(hass, my_luminus.entry(hass))
    left = bakery.runtime_data.portal.session.politeness.requests_left
    await hass.config_entries.async_unload(bakery.entry_id)
    home = await start(hass, my_luminus.entry(hass, customer=1))
    assert home.runtime_data.portal.session.politeness.requests_left < left


async def test_a_new_password_serves_all(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """Logging in again for one customer is enough."""
    entries = [await start(hass, my_luminus.entry(hass, customer=each)) for each in range(2)]
    my_luminus.portal.faults.add(FaultKind.CHANGED_PASSWORD)
    my_luminus.portal.faults.add(FaultKind.EXPIRED_SESSION, times=1)
    await pass_time(hass, freezer, hours=9)
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert {flow["context"]["source"] for flow in flows} == {SOURCE_REAUTH}
    my_luminus.portal.faults.clear()
    for entry in entries:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_PASSWORD: "old"})
    await hass.config_entries.flow.async_configure(
        flows[0]["flow_id"],
        {
            CONF_USERNAME: my_luminus.household.username,
            CONF_PASSWORD: my_luminus.household.password,
            "testing": {"portal_address": my_luminus.address},
        },
    )
    await settled(hass)
    for entry in entries:
        assert entry.state is ConfigEntryState.LOADED
        assert entry.data[CONF_PASSWORD] == my_luminus.household.password
        assert entry.runtime_data.last_update_success
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_removal(
    hass: HomeAssistant, hass_storage: dict[str, object], my_luminus: Demo
) -> None:
    """The log-in's file goes with its last customer."""
    entries = [await start(hass, my_luminus.entry(hass, customer=each)) for each in range(2)]
    key = f"{DOMAIN}.login.{login_key(entries[0].data)}"
    await hass.config_entries.async_remove(entries[0].entry_id)
    assert key in hass_storage
    await hass.config_entries.async_remove(entries[1].entry_id)
    assert key not in hass_storage


@pytest.mark.parametrize("damage", ["data", "newer"])
async def test_unreadable_disk(
    hass: HomeAssistant, hass_storage: dict[str, dict[str, object]], oma_lumme: Demo, damage: str
) -> None:
    """What cannot be read is as if it had never been there."""
    entry = await start(hass, oma_lumme.entry(hass))
    stored = hass_storage[f"{DOMAIN}.login.{login_key(entry.data)}"]
    if damage == "data":
        stored["data"] = {"requests": "many"}
    else:
        stored["version"] = 99
    await restart(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
