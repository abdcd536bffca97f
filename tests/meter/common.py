"""Helpers of the meter's tests."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.lumme_energy.const import CONF_COUNTRY, CONF_KIND, DOMAIN, KIND_METER
from custom_components.lumme_energy.meter import base
from custom_components.lumme_energy.meter.p1_coordinator import P1MeterCoordinator

PATIENCE = 10


def meter_entry(
    hass: HomeAssistant, host: str, port: int, country: str = "FI", entry_id: str = "meter"
) -> MockConfigEntry:
    """Add a meter's entry, as the config flow creates it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Aidon meter",
        unique_id=f"{host}:{port}",
        entry_id=entry_id,
        data={CONF_KIND: KIND_METER, CONF_HOST: host, CONF_PORT: port, CONF_COUNTRY: country},
    )
    entry.add_to_hass(hass)
    return entry


def coordinator_of(entry: MockConfigEntry) -> P1MeterCoordinator:
    """Return what listens to the meter."""
    coordinator: P1MeterCoordinator = entry.runtime_data
    return coordinator


async def until(condition: Callable[[], Any]) -> None:
    """Wait for what real sockets bring."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  sockets announce themselves to nobody here
            await asyncio.sleep(0.005)


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up and wait for the first telegram's entities."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await heard(hass, entry)


async def heard(hass: HomeAssistant, entry: MockConfigEntry, telegrams: int = 1) -> None:
    """Wait until so many more telegrams have been read, and what follows from them."""
    coordinator = coordinator_of(entry)
    enough = coordinator.reader.counters.ok + telegrams
    await until(lambda: coordinator.reader.counters.ok >= enough)
    await hass.async_block_till_done()


def fire_time(hass: HomeAssistant, seconds: float) -> None:
    """Fire what is due so many seconds from now, to which it is that late."""
    clock = base.monotonic
    with patch.object(base, "monotonic", lambda: clock() + seconds):
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))


async def pass_time(hass: HomeAssistant, seconds: float) -> None:
    """Let happen what is due so many seconds from now; real sockets need a clock that goes on."""
    fire_time(hass, seconds)
    await hass.async_block_till_done()


def state(hass: HomeAssistant, key: str, owner: str = "meter") -> str:
    """Return the state of the entity of a quantity."""
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, f"{owner}_{key}")
    assert entity_id is not None, key
    found = hass.states.get(entity_id)
    return found.state if found else "absent"
