"""Setting a bridge up: found by itself or not, paired by its button, and followed where it goes."""

from ipaddress import ip_address
import json
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_USER, SOURCE_ZEROCONF
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from custom_components.lumme_energy.bridge.settings import CONF_FINGERPRINT
from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_BRIDGE
from tests.bridge_api.conftest import StandIn
from tests.firmware.device import HOST, free_port
from tests.firmware.whole.bridge import Bridge

from .common import ID, entry_of, press, set_up


def announced(port: int, identifier: str = ID) -> ZeroconfServiceInfo:
    """Return what a bridge announces, as Home Assistant hears it."""
    return ZeroconfServiceInfo(
        ip_address=ip_address(HOST),
        ip_addresses=[ip_address(HOST)],
        port=port,
        hostname="lumme-bridge-6d6531.local.",
        type="_lumme-bridge._tcp.local.",
        name="lumme-bridge-6d6531._lumme-bridge._tcp.local.",
        properties={"id": identifier, "model": "lumme-bridge", "fw": "0.1.0", "api": "1"},
    )


async def found(hass: HomeAssistant, info: ZeroconfServiceInfo) -> Any:
    """Have a bridge be found."""
    return await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_ZEROCONF}, data=info
    )


async def asked(hass: HomeAssistant, flow: Any, told: dict[str, Any] | None = None) -> Any:
    """Answer a step."""
    return await hass.config_entries.flow.async_configure(flow["flow_id"], told or {})


async def test_one_that_is_found_is_paired_by_its_button(
    hass: HomeAssistant, bridge: Bridge
) -> None:
    flow = await found(hass, announced(bridge.port))
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "bridge_pair")
    flow = await asked(hass, flow)
    assert flow["errors"] == {"base": "press_button"}
    await press(bridge)
    await bridge.ahead(30)  # too late
    flow = await asked(hass, flow)
    assert flow["errors"] == {"base": "press_button"}
    await press(bridge)
    flow = await asked(hass, flow)
    await hass.async_block_till_done()
    assert flow["type"] is FlowResultType.CREATE_ENTRY
    entry = flow["result"]
    assert entry.unique_id == ID
    token = entry.data[CONF_TOKEN]
    assert entry.data == {
        CONF_KIND: KIND_BRIDGE,
        CONF_HOST: HOST,
        CONF_PORT: bridge.port,
        CONF_FINGERPRINT: bridge.fingerprint().hex(),
        CONF_TOKEN: token,
    }
    bridge.token = token
    (client,) = (await bridge.get("clients"))["clients"]
    assert client["name"] == "Home Assistant"
    # Found once more, elsewhere: it is followed, and nobody is asked.
    again = await found(hass, announced(1))
    assert (again["type"], again["reason"]) == (FlowResultType.ABORT, "already_configured")
    assert entry.data[CONF_PORT] == 1
    await hass.async_block_till_done()
    # What the user types is a way, too, and removing it frees its place on the bridge.
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = await asked(hass, flow, {"next_step_id": KIND_BRIDGE})
    flow = await asked(hass, flow, {CONF_HOST: HOST, CONF_PORT: free_port()})
    assert flow["errors"] == {"base": "bridge_unreachable"}
    flow = await asked(hass, flow, {CONF_HOST: f" {HOST} ", CONF_PORT: bridge.port})
    assert flow["reason"] == "already_configured"
    assert entry.data[CONF_PORT] == bridge.port
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(entry.entry_id)
    assert await bridge.ask("GET", "/api/v1/status") == (401, {"error": "unauthorized"})


async def test_one_that_has_forgotten_us_is_paired_again(
    hass: HomeAssistant, bridge: Bridge
) -> None:
    await set_up(hass, bridge)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await bridge.do("DELETE", "clients")
    await entry.runtime_data.async_refresh()
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    flow = await asked(hass, flow)
    assert (flow["step_id"], flow["errors"]) == ("reauth_bridge", {"base": "press_button"})
    await press(bridge)
    flow = await asked(hass, flow)
    assert flow["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert entry.data[CONF_TOKEN] != bridge.token
    assert entry.runtime_data.last_update_success
    bridge.token = entry.data[CONF_TOKEN]
    # It moves.
    flow = await entry.start_reconfigure_flow(hass)
    flow = await asked(hass, flow, {CONF_HOST: HOST, CONF_PORT: free_port()})
    assert flow["errors"] == {"base": "bridge_unreachable"}
    flow = await asked(hass, flow, {CONF_HOST: f" {HOST} ", CONF_PORT: bridge.port})
    assert flow["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert (entry.data[CONF_HOST], entry.data[CONF_PORT]) == (HOST, bridge.port)


async def test_who_has_another_certificate_is_not_spoken_to(
    hass: HomeAssistant, bridge: Bridge
) -> None:
    await bridge.pair()
    entry = entry_of(hass, bridge, **{CONF_FINGERPRINT: "ab" * 32})
    assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["step_id"] == "reauth_bridge"
    reconfigure = await entry.start_reconfigure_flow(hass)
    reconfigure = await asked(hass, reconfigure, {CONF_HOST: HOST, CONF_PORT: bridge.port})
    assert reconfigure["errors"] == {"base": "bridge_certificate_changed"}
    # Not the one of this entry: it is not taken for it.
    hass.config_entries.flow.async_abort(flow["flow_id"])
    hass.config_entries.async_update_entry(entry, unique_id="other")
    assert (await entry.start_reauth_flow(hass))["reason"] == "another_bridge"
    assert (await found(hass, announced(bridge.port, "third")))["reason"] == "another_bridge"
    info = announced(bridge.port)
    del info.properties["id"]
    assert (await found(hass, info))["reason"] == "not_a_bridge"
    assert (await found(hass, announced(free_port())))["reason"] == "bridge_unreachable"


async def test_who_is_no_bridge_is_not_set_up(hass: HomeAssistant, stand_in: StandIn) -> None:
    for told, error in (
        ({"model": "other"}, "not_a_bridge"),
        ({"version": "0.0.9"}, "bridge_too_old"),
        ({"api": 0}, "bridge_too_old"),
        ({"fingerprint": "?"}, "not_a_bridge"),
    ):
        stand_in.text = json.dumps(stand_in.info(**told))
        assert (await found(hass, announced(stand_in.port)))["reason"] == error
