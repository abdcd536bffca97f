"""A house whose heaters are wired to a bridge: it is told that all is well, and takes over if not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import MagicMock

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory, real_monotonic
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest

from custom_components.lumme_energy.bridge_api.model import GuardState
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.heating.model import Mode
from custom_components.lumme_energy.heating.registers.families import FAMILIES
from custom_components.lumme_energy.modbus_link import CONF_UNIT_ID, TYPE_TCP
from custom_components.lumme_energy.site.frost_guard import FrostGuard
from custom_components.lumme_energy.site.heaters import RegisterDriver
from custom_components.lumme_energy.site.settings import (
    CONF_BRIDGE,
    CONF_CHANNEL,
    CONF_PROFILE,
    CONF_WAY,
    ZONE,
    Way,
)
from custom_components.lumme_energy.site.zone import Zone
from tests.firmware.device import HOST, free_port
from tests.firmware.whole.bridge import Bridge
from tests.site.common import WARMTH, coordinator_of, site_entry
from tests.site.conftest import MODBUS

from .common import set_up, until

NOW = datetime(2026, 1, 9, 17, tzinfo=UTC)
SETPOINT, SWITCH, ROOM = 64, 61, 0


@pytest.fixture
def clock(
    hass: HomeAssistant, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FrozenDateTimeFactory]:
    """Hold the clock, but not that of the event loop: sockets need one that goes on."""
    monkeypatch.setattr(hass.loop, "time", real_monotonic)
    with freeze_time(NOW, ignore=MODBUS) as frozen:
        yield frozen


def zone(port: int, profile: str, unit: int) -> ConfigSubentryData:
    """Return a zone whose heater is wired to the bridge."""
    return ConfigSubentryData(
        data={
            **WARMTH,
            CONF_WAY: Way.MODBUS,
            CONF_TYPE: TYPE_TCP,
            CONF_HOST: HOST,
            CONF_PORT: port,
            CONF_UNIT_ID: unit,
            CONF_PROFILE: profile,
            CONF_CHANNEL: 1,
        },
        subentry_id=f"01KFZX0000000000000000{profile[:4].upper()}",
        subentry_type=ZONE,
        title=profile,
        unique_id=f"{HOST}:{port}:{unit}:1",
    )


@pytest.fixture
async def port(bridge: Bridge) -> AsyncIterator[int]:
    """The bridge lets us at its bus, where a thermostat keeps 21 °C."""
    bridge.bus.registers = {ROOM: 200, SWITCH: 1, SETPOINT: 210}
    port = free_port()
    await bridge.pair()
    await bridge.do(
        "PUT", "config", {"modbus_port": {"port": port, "clients": [HOST], "writers": [HOST]}}
    )
    return port


async def house(hass: HomeAssistant, bridge: Bridge, *zones: ConfigSubentryData) -> Any:
    """Set up the bridge, and a house that has it."""
    keeper = await set_up(hass, bridge)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), keeper.config_entry.entry_id)
    entry = site_entry(hass, *zones, **{CONF_BRIDGE: device.id})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry, keeper


async def test_it_is_told_and_takes_over(
    hass: HomeAssistant, bridge: Bridge, port: int, clock: FrozenDateTimeFactory
) -> None:
    entry, keeper = await house(hass, bridge, zone(port, "mc6", 7))
    site = coordinator_of(entry)
    (guarded,) = (await bridge.get("failsafe"))["zones"].values()
    assert guarded == {
        "unit": 7,
        "register": SETPOINT,
        "scale": 10,
        "floor": 8000,
        "fallback": 10000,
        "highest": 30000,
        "ttl": 900,
        "write": 16,
        "read": 3,
        "read_register": SETPOINT,
        "before": [[SWITCH, 1]],
    }
    assert site.frost_guard.heard == NOW
    # Not before a minute has passed, and then again.
    for seconds, heard in ((30, 0), (30, 60)):
        clock.tick(seconds)
        await site.async_refresh()
        assert site.frost_guard.heard == NOW + timedelta(seconds=heard)
    # The bridge does not hear of us any more: it turns the heater down by itself.
    await site.async_wish(lambda now: site.engine.set_mode(Mode.HOME, now))
    before = list(bridge.bus.writes)
    await bridge.ahead(900)
    await until(keeper, GuardState.FALLBACK)
    async with asyncio.timeout(10):
        while bridge.bus.registers[SETPOINT] != 100:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    assert bridge.bus.writes == [*before, (SETPOINT, 100)]
    # We are back: that was nobody's hand, and the house is as warm again as it was.
    clock.tick(900)
    await site.async_refresh()
    assert bridge.bus.registers[SETPOINT] == 210
    await until(keeper, GuardState.NORMAL)
    assert site.frost_guard.may_have_acted(clock()) == {*site.zones}
    clock.tick(60)
    await site.async_refresh()
    assert site.frost_guard.may_have_acted(site.frost_guard.heard) == frozenset()
    assert not [issue for issue in ir.async_get(hass).issues if issue[0] == DOMAIN]
    # Without a bridge the house is none of its business any more, and with it, it is again.
    device = entry.data[CONF_BRIDGE]
    told: dict[str, Any] = {"name": "Cottage", "electricity": {}}
    for more, number in (({}, 0), ({CONF_BRIDGE: device}, 1)):
        flow = await entry.start_reconfigure_flow(hass)
        flow = await hass.config_entries.flow.async_configure(flow["flow_id"], told | more)
        assert flow["reason"] == "reconfigure_successful"
        await hass.async_block_till_done()
        assert len((await bridge.get("failsafe"))["zones"]) == number
    await hass.config_entries.async_remove(entry.entry_id)
    assert (await bridge.get("failsafe"))["zones"] == {}


async def test_of_many_rooms_it_guards_eight(
    hass: HomeAssistant, bridge: Bridge, port: int, clock: FrozenDateTimeFactory
) -> None:
    zones = [zone(port, "mc6", unit) for unit in range(1, 11)]
    zones[8] = ConfigSubentryData(
        **{**zones[8], "data": {**zones[8]["data"], CONF_HOST: "192.0.2.1"}}
    )
    for number, each in enumerate(zones):
        each["subentry_id"] = f"room_{number}"
        each["title"] = f"Room {number}"
    keeper = await set_up(hass, bridge)
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), keeper.config_entry.entry_id)
    made = {
        each["subentry_id"]: Zone(
            hass=hass,
            name=each["title"],
            data=each["data"],
            driver=RegisterDriver(MagicMock(), FAMILIES["mc6"], None),
        )
        for each in zones
    }
    guard = FrostGuard(hass, {CONF_BRIDGE: device.id}, made, NOW)
    # One is wired to something else.
    assert guard.unguarded == ["Room 9"]
    assert len(guard.may_have_acted(NOW)) == 8
    await guard.async_report(NOW)
    assert {*(await bridge.get("failsafe"))["zones"]} == {f"room_{number}" for number in range(8)}
    keeper.last_update_success = False
    await guard.async_report(NOW + timedelta(minutes=2))
    assert guard.heard == NOW
    assert not FrostGuard(hass, {}, made, NOW).is_lost(NOW + timedelta(days=1))
    await hass.config_entries.async_remove(keeper.config_entry.entry_id)
    assert guard.is_lost(NOW + timedelta(minutes=5))


async def test_somebody_is_told_that_it_is_lost(
    hass: HomeAssistant,
    bridge: Bridge,
    port: int,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.lumme_energy.site.heaters.TIMEOUT", 0.2)
    entry, keeper = await house(hass, bridge, zone(port, "hysen_hy", 7))
    site = coordinator_of(entry)
    assert site.frost_guard.unguarded == ["hysen_hy"]
    issues = ir.async_get(hass).issues
    assert (DOMAIN, f"heating_{entry.entry_id}_frost_guard_partly") in issues
    lost = (DOMAIN, f"heating_{entry.entry_id}_frost_guard_lost")
    await hass.config_entries.async_unload(keeper.config_entry.entry_id)
    clock.tick(240)
    await site.async_refresh()
    assert lost not in issues
    clock.tick(60)
    await site.async_refresh()
    assert lost in issues
    event = hass.states.get("event.cottage_heating")
    assert event is not None
    assert event.attributes["event_type"] == "frost_guard_lost"
    await hass.config_entries.async_setup(keeper.config_entry.entry_id)
    await site.async_refresh()
    assert lost not in issues
    await bridge.cut()
    clock.tick(300)
    await site.async_refresh()
    assert lost in issues
    assert site.last_update_success
    await hass.config_entries.async_unload(entry.entry_id)
    assert not [issue for issue in issues if issue[1].startswith("heating")]
