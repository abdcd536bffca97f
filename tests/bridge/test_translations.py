"""Everything that a bridge says to its user has words."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

import custom_components.lumme_energy
from custom_components.lumme_energy.bridge import flow, issues
from tests.firmware.whole.bridge import Bridge

from .common import set_up, state

ROOT = Path(custom_components.lumme_energy.__file__).parent
WORDS: Any = json.loads((ROOT / "translations" / "en.json").read_text("utf-8"))
ICONS: Any = json.loads((ROOT / "icons.json").read_text("utf-8"))


async def test_entities(hass: HomeAssistant, bridge: Bridge) -> None:
    """Also of those that are disabled at first, which have something to tell, too."""
    await bridge.pair()
    await bridge.do("PUT", "config", {"p1": {"on": True}})
    with patch("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True):
        coordinator = await set_up(hass, bridge)
    assert state(hass, "sensor", "bridge_telegrams") == "0"
    assert state(hass, "sensor", "bus_answered") == "0"
    entry_id = coordinator.config_entry.entry_id
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry_id):
        if entity.translation_key is None:  # its device class says it all
            assert entity.original_device_class in {"firmware", "restart"}
            continue
        text = WORDS["entity"][entity.domain][entity.translation_key]
        assert text["name"]
        assert ICONS["entity"][entity.domain][entity.translation_key]["default"]
        capabilities = entity.capabilities or {}
        if (options := capabilities.get("options")) is not None:
            assert text["state"].keys() == set(options)
        if (events := capabilities.get("event_types")) is not None:
            assert text["state_attributes"]["event_type"]["state"].keys() == set(events)
    await hass.config_entries.async_unload(entry_id)


def test_errors_and_repairs() -> None:
    errors = {*flow.ERRORS.values(), "bridge_unreachable", "bridge_too_old"}
    assert errors <= WORDS["config"]["error"].keys()
    # What stops a flow that nobody has begun, too.
    assert errors - {"press_button", "bridge_full"} <= WORDS["config"]["abort"].keys()
    for key in issues.SEVERITIES:
        assert "{title}" in WORDS["issues"][key]["description"]
