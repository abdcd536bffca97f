"""What a bridge shows in Home Assistant, and what it can be asked there."""

import asyncio
from datetime import timedelta

from homeassistant.components.button.const import DOMAIN as BUTTON, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest

from custom_components.lumme_energy import system_health
from custom_components.lumme_energy.bridge_api.errors import RefusedError
from custom_components.lumme_energy.bridge_api.model import GuardState
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.diagnostics import async_get_config_entry_diagnostics
from tests.firmware.whole.bridge import Bridge

from .common import ID, set_up, state, until

ZONE = {"unit": 7, "register": 5, "scale": 10, "floor": 8000, "fallback": 10000}


async def test_a_day_of_a_bridge(hass: HomeAssistant, bridge: Bridge) -> None:
    """It is well; the frost guard takes over; Home Assistant takes it back; it starts again."""
    coordinator = await set_up(hass, bridge)
    entry = coordinator.config_entry
    assert coordinator.data.state is GuardState.NORMAL
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert (device.sw_version, device.serial_number) == ("0.1.0", ID)
    assert state(hass, "sensor", "frost_guard") == "normal"
    assert state(hass, "binary_sensor", "connection") == STATE_ON
    assert state(hass, "binary_sensor", "frost_guard_active") == STATE_OFF
    assert state(hass, "binary_sensor", "safe_mode") == STATE_OFF
    assert state(hass, "update", "firmware") == STATE_OFF
    started = state(hass, "sensor", "started")
    assert started is not None
    assert abs(dt_util.utcnow() - dt_util.parse_datetime(started, raise_on_error=True)) < timedelta(
        minutes=1
    )
    told = await system_health.async_info(hass)
    assert (told["bridges"], told["bridges_heard"]) == (1, 1)
    # Counters are there for whoever looks for a fault.
    registry = er.async_get(hass)
    hidden = {
        each.unique_id.removeprefix(f"{ID}_")
        for each in er.async_entries_for_config_entry(registry, entry.entry_id)
        if each.disabled_by
    }
    assert hidden == {"lease_renewed", "free_memory", "bus_answered", "bus_silent", "bus_refused"}

    await coordinator.async_set_guard({"living": ZONE}, [])
    with pytest.raises(RefusedError, match="below_floor"):
        await coordinator.async_set_guard({"living": ZONE | {"floor": 11000}}, [])
    await bridge.ahead(900)
    await until(coordinator, GuardState.FALLBACK)
    assert state(hass, "binary_sensor", "frost_guard_active") == STATE_ON
    event = registry.async_get_entity_id("event", DOMAIN, f"{ID}_event")
    assert event is not None
    assert hass.states.get(event).attributes["event_type"] == "fallback"  # type: ignore[union-attr]
    issues = ir.async_get(hass).issues
    assert (DOMAIN, f"bridge_fallback_{entry.entry_id}") in issues
    assert await coordinator.async_renew() is GuardState.FALLBACK
    await hass.async_block_till_done()
    await coordinator.async_refresh()
    assert state(hass, "sensor", "frost_guard") == "normal"
    assert coordinator.leased is not None
    # Our clock was ahead when it last told the bridge, and was put right.
    ahead = int(dt_util.utcnow().timestamp()) + 9000
    await coordinator.client.async_renew(ahead, ahead)
    assert await coordinator.async_renew() is GuardState.NORMAL
    assert not [each for each in issues if each[0] == DOMAIN]

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert diagnostics["status"]["state"] == "normal"
    assert diagnostics["frost_guard"]["zones"]["living"]["floor"] == 8000
    assert diagnostics["config"]["bus"]["baud"] == 9600
    assert diagnostics["log"]["lines"]
    text = str(diagnostics)
    assert not [each for each in (bridge.token, bridge.fingerprint().hex(), ID) if each in text]

    restart = registry.async_get_entity_id(BUTTON, DOMAIN, f"{ID}_restart")
    await hass.services.async_call(BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: restart}, blocking=True)
    assert await bridge.ended() == 3
    with pytest.raises(HomeAssistantError) as failed:
        await hass.services.async_call(
            BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: restart}, blocking=True
        )
    assert failed.value.translation_key == "bridge_failed"
    await coordinator.async_refresh()
    assert state(hass, "binary_sensor", "connection") == STATE_OFF
    assert state(hass, "sensor", "frost_guard") == STATE_UNAVAILABLE
    assert (await async_get_config_entry_diagnostics(hass, entry))["log"] == "UnreachableError"
    await bridge.boot()
    coordinator.started -= timedelta(minutes=1)  # as if it had been a while
    await coordinator.async_refresh()
    assert state(hass, "binary_sensor", "connection") == STATE_ON
    assert hass.states.get(event).attributes["event_type"] == "grace"  # type: ignore[union-attr]
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_what_happened_meanwhile_is_told(hass: HomeAssistant, bridge: Bridge) -> None:
    """The frost guard took over while Home Assistant was not there."""
    await bridge.pair()
    await bridge.do("PUT", "failsafe", {"zones": {"living": ZONE}})
    await bridge.ahead(900)
    async with asyncio.timeout(10):
        while (await bridge.get("status"))["state"] != "fallback":  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    coordinator = await set_up(hass, bridge)
    event = er.async_get(hass).async_get_entity_id("event", DOMAIN, f"{ID}_event")
    assert event is not None
    assert hass.states.get(event).attributes["event_type"] == "fallback"  # type: ignore[union-attr]
    await hass.config_entries.async_remove(coordinator.config_entry.entry_id)
    # It was told to guard nothing any more, and then to forget us.
    assert bridge.read("failsafe.json")["zones"] == {}
    assert bridge.read("clients.json") == []
