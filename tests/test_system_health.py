"""Tests of the system information."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.lumme_energy.const import DOMAIN
from demo.p1_meter import DemoP1Meter

from .account.common import Demo, settled, start
from .meter.common import heard, meter_entry


async def info(hass: HomeAssistant) -> dict[str, object]:
    """Return what is told, with everything that has to be found out first."""
    assert await async_setup_component(hass, "system_health", {})
    await settled(hass)
    told = await get_system_health_info(hass, DOMAIN)
    return {
        key: await value if asyncio.iscoroutine(value) else value for key, value in told.items()
    }


async def test_an_account(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """The portal in use, and how much may still be asked of it."""
    entry = await start(hass, oma_lumme.entry(hass))
    left = entry.runtime_data.portal.session.politeness.requests_left
    assert 0 < left < 24
    assert await info(hass) == {
        "accounts": 1,
        "meters": 0,
        "meters_heard": 0,
        "houses": 0,
        "heaters": 0,
        "heaters_heard": 0,
        "bridges": 0,
        "bridges_heard": 0,
        "requests_left_today": left,
        "can_reach_oma_lumme": "ok",
    }


async def test_two_customers(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A portal that several entries use is looked for once."""
    await start(hass, my_luminus.entry(hass))
    await start(hass, my_luminus.entry(hass, customer=1))
    told = await info(hass)
    assert told["accounts"] == 2
    assert told["can_reach_my_luminus"] == "ok"


async def test_unreachable(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A portal that cannot be reached is told."""
    await start(hass, oma_lumme.entry(hass))
    await oma_lumme.stop()
    assert (await info(hass))["can_reach_oma_lumme"] == {"type": "failed", "error": "unreachable"}


async def test_nothing_set_up(hass: HomeAssistant) -> None:
    """Without entries there is nothing to reach."""
    assert await async_setup_component(hass, DOMAIN, {})
    assert await info(hass) == {
        "accounts": 0,
        "meters": 0,
        "meters_heard": 0,
        "houses": 0,
        "heaters": 0,
        "heaters_heard": 0,
        "bridges": 0,
        "bridges_heard": 0,
        "requests_left_today": None,
    }


async def test_meters(hass: HomeAssistant, socket_enabled: None) -> None:
    """A meter that is connected and says nothing is not heard."""
    meters = [DemoP1Meter(pace=0.02), DemoP1Meter(pace=0.02)]
    meters[1].faults.silence = True
    for number, meter in enumerate(meters):
        host, port = await meter.start()
        entry = meter_entry(hass, host, port, entry_id=f"meter_{number}")
        assert await hass.config_entries.async_setup(entry.entry_id)
    await heard(hass, hass.config_entries.async_get_known_entry("meter_0"))
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()  # a meter's listening in the background never ends
    told = await get_system_health_info(hass, DOMAIN)
    assert (told["meters"], told["meters_heard"]) == (2, 1)
    for meter in meters:
        await meter.stop()
