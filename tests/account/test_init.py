"""Tests of setting an account up, restarting and removing it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.lumme_energy.const import DOMAIN

from .common import Demo, restart, start


async def test_flat_and_cottage(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Every supply point of a log-in is read, each with its own contract."""
    entry = await start(hass, oma_lumme.entry(hass))
    assert entry.state is ConfigEntryState.LOADED
    for state in hass.states.async_all(): print(state.entity_id, state.state, state.attributes.get("unit_of_measurement"))
    assert 0
