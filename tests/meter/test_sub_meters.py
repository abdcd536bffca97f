"""Meters behind the meter: replaced in their place, kept apart, and removed when they are gone."""

from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.meter.diagnostics import async_get
from demo.p1_meter import DemoP1Meter

from ..account.common import Demo, start
from .common import coordinator_of, heard, meter_entry, set_up, state
from .conftest import NOW, Meters
from .test_replacement import FIX, posted
from .test_sensor import Clock, clock, say

__all__ = ["clock"]

OLD, NEW = (f"DEMO-GAS-000{number}".encode().hex().upper() for number in (2, 9))
GAS = "meter_gas_1"
ISSUE = "sub_meter_replaced_meter_gas_1"


def gas_reading(meter: DemoP1Meter) -> str:
    """Return what the gas meter of a Belgian house shows."""
    (line,) = (line for line in meter.render(NOW) if line.startswith("0-1:24.2.3("))
    return line.partition(")(")[2].removesuffix("*m3)")


async def belgian(
    hass: HomeAssistant, run_meter: Meters
) -> tuple[DemoP1Meter, MockConfigEntry, Decimal]:
    """Set up a Belgian meter and return it, its entry and what its gas meter shows."""
    meter, host, port = await run_meter("BE")
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    return meter, entry, Decimal(gas_reading(meter))


def device_of(hass: HomeAssistant, identifier: str) -> dr.DeviceEntry:
    """Return a device of the meter's entry."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identifier), "meter")
    assert device is not None
    return device


async def test_a_replaced_gas_meter_goes_on_in_its_place(
    hass: HomeAssistant,
    run_meter: Meters,
    issue_registry: ir.IssueRegistry,
    hass_client: ClientSessionGenerator,
    clock: Clock,
) -> None:
    meter, entry, before = await belgian(hass, run_meter)
    shown = gas_reading(meter)
    assert Decimal(state(hass, "reading", GAS)) == before
    device = device_of(hass, GAS)
    assert device.serial_number == "DEMO-GAS-0002"
    dr.async_get(hass).async_update_device(device.id, name_by_user="Boiler gas")

    say(meter, (OLD, NEW), (shown, "00003.000"))
    clock.seconds += 61
    await heard(hass, entry, 4)
    assert Decimal(state(hass, "reading", GAS)) == before  # where it begins
    say(meter, ("00003.000", "00003.250"))
    clock.seconds += 61
    await heard(hass, entry, 3)
    assert Decimal(state(hass, "reading", GAS)) == before + Decimal("0.25")
    assert device_of(hass, GAS).serial_number == "DEMO-GAS-0009"
    assert len(dr.async_entries_for_config_entry(dr.async_get(hass), "meter")) == 2
    assert (await async_get(hass, entry))["sub_meters_so_far"] == {"gas_1": 2}

    # All of it is known after a restart.
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "reading", GAS)) == before + Decimal("0.25")
    issue = issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"title": entry.title, "meter": "Boiler gas"}
    assert not issue_registry.async_get_issue(DOMAIN, "meter_replaced_meter")

    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    form = await posted(client, FIX, handler=DOMAIN, issue_id=ISSUE)
    assert form["description_placeholders"] == issue.translation_placeholders
    done = await posted(client, f"{FIX}/{form['flow_id']}")
    assert done["type"] == FlowResultType.CREATE_ENTRY
    assert not issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert entry.unique_id != "DEMO-GAS-0009"
    assert await hass.config_entries.async_reload(entry.entry_id)
    await heard(hass, entry, 2)
    assert not issue_registry.async_get_issue(DOMAIN, ISSUE)


async def test_a_gas_meter_that_begins_elsewhere_was_replaced_whatever_its_number(
    hass: HomeAssistant, run_meter: Meters, issue_registry: ir.IssueRegistry, clock: Clock
) -> None:
    meter, entry, before = await belgian(hass, run_meter)
    say(meter, (gas_reading(meter), "00000.000"))
    for _ in range(12):
        clock.seconds += 61
        await heard(hass, entry, 2)
        assert Decimal(state(hass, "reading", GAS)) == before
    assert issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert len(coordinator_of(entry).memory.totals.segments) == 1
    assert await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.async_get_issue(DOMAIN, ISSUE)


async def test_the_register_of_a_gas_meter_that_has_no_more_digits_goes_on(
    hass: HomeAssistant, run_meter: Meters, issue_registry: ir.IssueRegistry, clock: Clock
) -> None:
    meter, host, port = await run_meter("BE")
    shown = gas_reading(meter)
    say(meter, (shown, "99999.900"))
    entry = meter_entry(hass, host, port, "BE")
    await set_up(hass, entry)
    say(meter, ("99999.900", "00000.200"))
    clock.seconds += 61
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "reading", GAS)) == Decimal("100000.2")
    assert not issue_registry.async_get_issue(DOMAIN, ISSUE)


async def test_several_gas_meters_stay_apart(
    hass: HomeAssistant, run_meter: Meters, clock: Clock
) -> None:
    meter, entry, before = await belgian(hass, run_meter)
    reading = f"0-1:24.2.3(261124103000W)({gas_reading(meter)}*m3)"
    second = f"0-3:24.1.0(003)\n0-3:96.1.1({NEW})\n0-3:24.2.3(261124103000W)(00007.000*m3)"
    say(meter, (reading, f"{reading}\n{second}"))
    clock.seconds += 61
    await heard(hass, entry, 3)
    assert Decimal(state(hass, "reading", GAS)) == before
    assert Decimal(state(hass, "reading", "meter_gas_2")) == 7
    assert device_of(hass, GAS).serial_number == "DEMO-GAS-0002"
    assert device_of(hass, "meter_gas_2").serial_number == "DEMO-GAS-0009"


async def remove(client: MockHAClientWebSocket, device: dr.DeviceEntry) -> bool:
    """Do what the frontend does when the user deletes a device; return whether it may."""
    await client.send_json_auto_id(
        {"type": "config/device_registry/remove", "device_id": device.id}
    )
    answer: dict[str, Any] = await client.receive_json()
    return bool(answer["success"])


async def test_only_what_is_gone_can_be_removed(
    hass: HomeAssistant,
    run_meter: Meters,
    issue_registry: ir.IssueRegistry,
    hass_ws_client: WebSocketGenerator,
    clock: Clock,
) -> None:
    meter, entry, _ = await belgian(hass, run_meter)
    assert await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    whole = meter.render
    say(meter, (OLD, NEW))
    await heard(hass, entry, 4)
    assert issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert not await remove(client, device_of(hass, GAS))
    assert not await remove(client, device_of(hass, "meter"))

    say(meter, without="0-1:")
    await heard(hass, entry, 2)
    assert await remove(client, device_of(hass, GAS))
    assert not issue_registry.async_get_issue(DOMAIN, ISSUE)
    assert not coordinator_of(entry).memory.sub_meters.places

    # It is there after all.
    meter.render = whole
    await heard(hass, entry, 2)
    assert Decimal(state(hass, "reading", GAS)) == Decimal(gas_reading(meter))
    # Nobody knows what is gone while nothing is heard.
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert not await remove(client, device_of(hass, GAS))


async def test_what_nobody_remembers_can_be_removed(
    hass: HomeAssistant, run_meter: Meters, hass_ws_client: WebSocketGenerator
) -> None:
    _, entry, _ = await belgian(hass, run_meter)
    stale = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={(DOMAIN, "meter_water_7")}
    )
    assert await async_setup_component(hass, "config", {})
    assert await remove(await hass_ws_client(hass), stale)


async def test_an_account_removes_its_devices_itself(
    hass: HomeAssistant, my_luminus: Demo, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await start(hass, my_luminus.entry(hass))
    device, *_ = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert await async_setup_component(hass, "config", {})
    assert not await remove(await hass_ws_client(hass), device)
