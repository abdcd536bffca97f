"""What is behind a bridge is offered when it is paired, and opened only when that is wanted."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, SOURCE_USER
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr

from custom_components.lumme_energy.const import (
    CONF_COUNTRY,
    CONF_KIND,
    DOMAIN,
    KIND_BRIDGE,
    KIND_HEATING,
    KIND_METER,
)
from custom_components.lumme_energy.modbus_link import CONF_UNIT_ID, TYPE_TCP
from custom_components.lumme_energy.site.frost_guard import suggested_link
from custom_components.lumme_energy.site.settings import CONF_BRIDGE, CONF_PROFILE, ZONE
from demo.p1_meter import finnish, telegram
from tests.firmware.device import HOST, Line, free_port
from tests.firmware.whole.bridge import Bridge
from tests.site.conftest import NOW

from .common import ID, press
from .test_flow import announced, asked, found


async def test_meter_and_heating(hass: HomeAssistant, bridge: Bridge, p1: Line) -> None:
    """A bridge is found; its meter is set up at once, its heating after that."""
    hass.config.country = "FI"
    modbus_port = free_port()
    await bridge.pair()
    await bridge.do("PUT", "config", {"p1": {"on": True}, "modbus_port": {"port": modbus_port}})
    bridge.bus.registers = {0: 200, 61: 1, 64: 210}
    await p1.ready()
    flow = await found(hass, announced(bridge.port))
    await press(bridge)
    flow = await asked(hass, flow)
    await hass.async_block_till_done()
    entry = flow["result"]
    await bridge.ahead(20)
    offers = {
        each["context"]["unique_id"].removeprefix(f"{ID}_"): each
        for each in hass.config_entries.flow.async_progress()
    }
    assert offers.keys() == {KIND_METER, KIND_HEATING}
    assert flow["next_flow"][1] == offers[KIND_METER]["flow_id"]
    assert offers[KIND_HEATING]["context"]["title_placeholders"] == {
        "name": f"{entry.title} (Modbus)"
    }
    # Nothing is open yet.
    config = await bridge.get("config")
    assert (config["p1_port"]["clients"], config["modbus_port"]["clients"]) == ([], [])

    async def speak() -> None:
        while True:
            await p1.send(telegram(finnish(NOW)))
            await asyncio.sleep(0.2)

    speaking = asyncio.create_task(speak())
    flow = await asked(hass, offers[KIND_METER])
    assert flow["type"] is FlowResultType.SHOW_PROGRESS
    while flow["type"] is not FlowResultType.FORM:
        await hass.async_block_till_done()
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"])
    assert flow["step_id"] == "p1_found"
    flow = await asked(hass, flow, {CONF_COUNTRY: "FI"})
    assert flow["result"].data[CONF_PORT] == config["p1_port"]["port"]
    speaking.cancel()

    flow = await asked(hass, offers[KIND_HEATING])
    assert flow["step_id"] == "heating"
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    flow = await asked(
        hass, flow, {CONF_NAME: "Cottage", CONF_BRIDGE: device.id, "electricity": {}}
    )
    house = flow["result"]
    assert house.data[CONF_BRIDGE] == device.id
    config = await bridge.get("config")
    assert config["modbus_port"]["writers"] == config["p1_port"]["clients"] == [HOST]
    # A room: the bridge is filled in, and lets us write what the heater has been told already.
    assert suggested_link(hass, house.data) == {CONF_HOST: HOST}
    room = await hass.config_entries.subentries.async_init(
        (house.entry_id, ZONE), context={"source": SOURCE_USER}
    )
    link = {CONF_HOST: HOST, CONF_PORT: modbus_port, CONF_TYPE: TYPE_TCP, CONF_UNIT_ID: 7}
    for answer in ({"next_step_id": "modbus_tcp"}, {CONF_PROFILE: "mc6"}, link, {"check": True}):
        room = await hass.config_entries.subentries.async_configure(room["flow_id"], answer)
    assert (room["step_id"], room["errors"]) == ("zone", {})
    assert bridge.bus.writes == [(64, 210)]
    for each in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(each.entry_id)


async def test_what_is_not_there_is_not_set_up(hass: HomeAssistant, bridge: Bridge) -> None:
    """A bridge that has gone meanwhile is no defect."""

    async def offered(entry_id: str) -> Any:
        return await hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={CONF_KIND: KIND_HEATING, "entry_id": entry_id},
        )

    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    flow = await asked(hass, flow, {"next_step_id": KIND_BRIDGE})
    flow = await asked(hass, flow, {CONF_HOST: HOST, CONF_PORT: bridge.port})
    await press(bridge)
    flow = await asked(hass, flow)
    await hass.async_block_till_done()
    entry = flow["result"]
    # It has no meter's line, so that there is one offer.
    (offer,) = hass.config_entries.flow.async_progress()
    assert flow["next_flow"][1] == offer["flow_id"]
    await bridge.cut()
    flow = await asked(hass, offer)
    assert flow["errors"] == {"base": "bridge_unreachable"}
    hass.config_entries.flow.async_abort(offer["flow_id"])
    assert (await offered(entry.entry_id))["reason"] == "bridge_unreachable"
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await offered(entry.entry_id))["reason"] == "bridge_not_loaded"
