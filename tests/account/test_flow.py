"""Tests of the config flow, against the real demo portals."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.lumme_energy.account.flow import unique_id
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.portal.model import Account
from custom_components.lumme_energy.portal.oma_lumme import OmaLummePortal
from demo.faults import FaultKind

from .common import Demo, pass_time, settled, start

type Form = dict[str, Any]


def credentials(demo: Demo, **changes: str) -> Form:
    """Return the log-in form, filled in."""
    return {
        "username": demo.household.username,
        "password": demo.household.password,
        "testing": {"portal_address": demo.address},
        **changes,
    }


async def opened(hass: HomeAssistant, supplier: str) -> ConfigFlowResult:
    """Walk to the log-in form of a supplier."""
    menu = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["account", "meter", "heating", "bridge"]
    form = await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": "account"}
    )
    assert form["step_id"] == "account"
    return await answered(hass, form, {"supplier": supplier})


async def answered(hass: HomeAssistant, step: ConfigFlowResult, form: Form) -> ConfigFlowResult:
    """Fill a form in."""
    result = await hass.config_entries.flow.async_configure(step["flow_id"], form)
    await settled(hass)
    return result


async def test_one_customer(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A log-in with one customer becomes an entry at once."""
    step = await opened(hass, "oma_lumme")
    assert step["step_id"] == "credentials"
    assert step["description_placeholders"]["portal"] == "OmaLumme"
    assert step["description_placeholders"]["register_url"].startswith("https://")
    assert step["description_placeholders"]["reset_url"].startswith("https://")
    done = await answered(hass, step, credentials(oma_lumme))

    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == "Lumme Energia (demo)"
    account_id = oma_lumme.customer.account.account_id
    assert done["data"] == {
        "kind": "account",
        "supplier": "oma_lumme",
        "username": oma_lumme.household.username,
        "password": oma_lumme.household.password,
        "portal_address": oma_lumme.address,
        "account_id": account_id,
    }
    assert done["result"].unique_id == unique_id("oma_lumme", account_id)
    assert account_id not in done["result"].unique_id
    assert done["result"].state is ConfigEntryState.LOADED


async def test_several_customers(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A log-in for several customers asks which one, until each is set up."""
    first, second = my_luminus.household.customers
    step = await answered(hass, await opened(hass, "my_luminus"), credentials(my_luminus))
    assert step["step_id"] == "customer"
    options = step["data_schema"].schema["account_id"].config["options"]
    assert [option["value"] for option in options] == [
        first.account.account_id,
        second.account.account_id,
    ]
    done = await answered(hass, step, {"account_id": second.account.account_id})
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["title"] == f"Luminus …{second.account.account_id[-4:]} (demo)"

    done = await answered(hass, await opened(hass, "my_luminus"), credentials(my_luminus))
    assert done["type"] is FlowResultType.CREATE_ENTRY
    assert done["data"]["account_id"] == first.account.account_id
    assert done["title"] == f"Luminus …{first.account.account_id[-4:]} (demo)"

    done = await answered(hass, await opened(hass, "my_luminus"), credentials(my_luminus))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("kind", "path", "error"),
    [
        (FaultKind.CHANGED_PASSWORD, "/", "invalid_auth"),
        (FaultKind.SERVER_ERROR, "/", "cannot_connect"),
        (FaultKind.FORBIDDEN, "/", "cannot_connect"),
        (FaultKind.RATE_LIMITED, "/", "cannot_connect"),
        (FaultKind.DISCONNECT, "/", "cannot_connect"),
        (FaultKind.HTML, "/auth", "portal_changed"),
    ],
)
async def test_errors(
    hass: HomeAssistant, demo: Demo, kind: FaultKind, path: str, error: str
) -> None:
    """Every error is told, keeps what was typed but the password, and can be recovered from."""
    if error == "portal_changed" and demo.supplier == "my_luminus":
        path = "/"
    step = await opened(hass, demo.supplier)
    demo.portal.faults.add(kind, path=path)
    step = await answered(hass, step, credentials(demo))
    assert step["type"] is FlowResultType.FORM
    assert step["errors"] == {"base": error}
    suggested = {
        str(key): (key.description or {}).get("suggested_value")
        for key in step["data_schema"].schema
    }
    assert suggested["username"] == demo.household.username
    assert suggested["password"] is None

    demo.portal.faults.clear()
    done = await answered(hass, step, credentials(demo))
    if done["type"] is FlowResultType.FORM:
        done = await answered(hass, done, {"account_id": demo.customer.account.account_id})
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_unexpected_error(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A fault of our own is told as such."""
    step = await opened(hass, "oma_lumme")
    with patch.object(OmaLummePortal, "async_accounts", side_effect=RuntimeError):
        step = await answered(hass, step, credentials(oma_lumme))
    assert step["errors"] == {"base": "unknown"}
    done = await answered(hass, step, credentials(oma_lumme))
    assert done["type"] is FlowResultType.CREATE_ENTRY


async def test_no_customer(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A log-in without a customer cannot be set up."""
    step = await opened(hass, "oma_lumme")
    with patch.object(OmaLummePortal, "async_accounts", return_value=()):
        done = await answered(hass, step, credentials(oma_lumme))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "no_accounts"


async def test_named_customer(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """One of several customers is named in the title, where the portal tells names."""
    step = await opened(hass, "oma_lumme")
    accounts = (replace(oma_lumme.customer.account, name="Bakery"), Account(account_id="2"))
    with patch.object(OmaLummePortal, "async_accounts", return_value=accounts):
        step = await answered(hass, step, credentials(oma_lumme))
        done = await answered(hass, step, {"account_id": accounts[0].account_id})
    assert done["title"] == "Lumme Energia: Bakery (demo)"


async def test_without_stand_in(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """An address left empty is the supplier's own portal."""
    step = await opened(hass, "oma_lumme")
    with (
        patch.object(OmaLummePortal, "async_accounts", return_value=(oma_lumme.customer.account,)),
        patch(f"custom_components.{DOMAIN}.async_setup_entry", return_value=True),
    ):
        done = await answered(hass, step, credentials(oma_lumme, testing={}))
    assert done["title"] == "Lumme Energia"
    assert "portal_address" not in done["data"]


async def test_duplicate(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """The same customer cannot be set up twice."""
    oma_lumme.entry(hass)
    done = await answered(hass, await opened(hass, "oma_lumme"), credentials(oma_lumme))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "already_configured"


@pytest.mark.parametrize("loaded", [True, False])
async def test_reauth(hass: HomeAssistant, freezer: Any, oma_lumme: Demo, loaded: bool) -> None:
    """A new password is asked for when the portal refuses the old one, and tried at once."""
    entry = oma_lumme.entry(hass, **({} if loaded else {"password": "old"}))
    await start(hass, entry)
    if loaded:
        oma_lumme.portal.faults.add(FaultKind.CHANGED_PASSWORD)
        await pass_time(hass, freezer, hours=9)
        oma_lumme.portal.faults.clear()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["step_id"] == "reauth_confirm"

    step = await answered(hass, flow, credentials(oma_lumme, password="wrong"))
    assert step["errors"] == {"base": "invalid_auth"}
    done = await answered(hass, step, credentials(oma_lumme))
    assert done["type"] is FlowResultType.ABORT
    assert done["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["password"] == oma_lumme.household.password
    assert hass.states.get("binary_sensor.supplier_demo_portal_connection").state == "on"
    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)


async def test_reconfigure(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A log-in can be changed; the portal's address, too."""
    entry = await start(hass, my_luminus.entry(hass, portal_address="http://127.0.0.1:9"))
    assert entry.state is ConfigEntryState.SETUP_RETRY
    step = await entry.start_reconfigure_flow(hass)
    assert step["step_id"] == "reconfigure_account"
    done = await answered(hass, step, credentials(my_luminus))
    assert done["reason"] == "reconfigure_successful"
    assert entry.data["portal_address"] == my_luminus.address
    assert entry.data["account_id"] == my_luminus.customer.account.account_id
    assert entry.state is ConfigEntryState.LOADED


async def test_no_stand_in_for_the_supplier(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """An account of the supplier cannot be turned into one of a stand-in."""
    entry = oma_lumme.entry(hass)
    data = {key: value for key, value in entry.data.items() if key != "portal_address"}
    hass.config_entries.async_update_entry(entry, data=data)
    step = await entry.start_reconfigure_flow(hass)
    form = credentials(oma_lumme)
    assert set(step["data_schema"].schema) == {"username", "password"}
    del form["testing"]
    with patch.object(OmaLummePortal, "async_accounts", return_value=(oma_lumme.customer.account,)):
        done = await hass.config_entries.flow.async_configure(step["flow_id"], form)
        await settled(hass)
    assert done["reason"] == "reconfigure_successful"
    assert "portal_address" not in entry.data


async def test_another_customers_login(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """An entry cannot become another customer's."""
    entry = oma_lumme.entry(hass, account_id="42")
    for begin in (entry.start_reconfigure_flow, entry.start_reauth_flow):
        done = await answered(hass, await begin(hass), credentials(oma_lumme))
        assert done["type"] is FlowResultType.ABORT
        assert done["reason"] == "wrong_account"
    assert entry.data["account_id"] == "42"
