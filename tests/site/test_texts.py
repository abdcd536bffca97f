"""Everything that a house says to its user has words."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

import custom_components.lumme_energy
from custom_components.lumme_energy import site
from custom_components.lumme_energy.heating.engine import Refusal
from custom_components.lumme_energy.heating.model import Alarm, Mode, Outcome, Preset
from custom_components.lumme_energy.heating.registers.families import FAMILIES
from custom_components.lumme_energy.heating.registers.probe import Verdict
from custom_components.lumme_energy.heating.registers.profile import FLAGS, NUMBERS
from custom_components.lumme_energy.site.flow import SCHEMA
from custom_components.lumme_energy.site.settings import Way
from custom_components.lumme_energy.site.zone_forms import AWAY_PRESETS, link_schema, zone_schema
from demo.cottage import DemoCottage

from .common import modbus_zone, set_up, site_entry

ROOT = Path(custom_components.lumme_energy.__file__).parent
WORDS: Any = json.loads((ROOT / "translations" / "en.json").read_text("utf-8"))
ICONS: Any = json.loads((ROOT / "icons.json").read_text("utf-8"))
ZONE: Any = WORDS["config_subentries"]["zone"]


def test_choices() -> None:
    """Every choice has words."""
    options = {
        key: set(each["options"]) for key, each in WORDS["selector"].items() if "options" in each
    }
    assert options["heater_register"] == {*NUMBERS, *FLAGS}
    assert options["verdict"] == {*Verdict}
    assert options["away_preset"] == {*AWAY_PRESETS}
    assert options["mode"] == {*Mode}
    presets = WORDS["entity"]["climate"]["zone"]["state_attributes"]["preset_mode"]["state"]
    icons = ICONS["entity"]["climate"]["zone"]["state_attributes"]["preset_mode"]["state"]
    assert set(presets) == set(icons) == {*Preset}


def test_forms() -> None:
    """Every field of every form has a name and a help text, and nothing else has."""
    board = next(profile for profile in FAMILIES.values() if profile.channels > 1)
    forms = (
        (WORDS["config"]["step"]["heating"], SCHEMA),
        (WORDS["config"]["step"]["reconfigure_heating"], SCHEMA),
        (ZONE["step"]["link_tcp"], link_schema(board, is_serial=False)),
        (ZONE["step"]["link_serial"], link_schema(board, is_serial=True)),
        (ZONE["step"]["zone"], zone_schema(is_relay=True)),
    )
    for words, schema in forms:
        fields = {str(key): field for key, field in schema.schema.items()}
        sections = words.get("sections", {})
        assert words["data"].keys() | sections.keys() == fields.keys()
        for name, texts in sections.items():
            assert texts["data"].keys() == {str(key) for key in fields[name].schema.schema}


def test_errors() -> None:
    """What can be wrong with a room has words, and nothing else has."""
    flow = "".join(
        (ROOT / path).read_text("utf-8")
        for path in ("site/zone_flow.py", "site/zone_forms.py", "modbus_link.py")
    )
    named = {f"write_{outcome}" for outcome in Outcome if outcome is not Outcome.KEPT}
    assert ZONE["error"].keys() - named <= set(re.findall(r'"(\w+)"', flow))
    assert named < ZONE["error"].keys()
    assert {f"heating_{refusal}" for refusal in Refusal} <= WORDS["exceptions"].keys()
    assert {f"heating_{alarm}" for alarm in Alarm} <= WORDS["issues"].keys()
    assert {*Way} - {Way.MODBUS} <= ZONE["step"].keys()


async def test_entities(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """Every entity has a name, an icon, and words for its states and for what it tells besides."""
    hass.states.async_set("sensor.price", "1")
    entry = site_entry(
        hass, modbus_zone(cottage, "kitchen"), price="sensor.price", outdoor="sensor.outdoor"
    )
    await set_up(hass, entry)
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert {entity.domain for entity in entities} == {*site.PLATFORMS}
    for entity in entities:
        text = WORDS["entity"][entity.domain][entity.translation_key]
        assert text["name"]
        assert ICONS["entity"][entity.domain][entity.translation_key]["default"]
        capabilities = entity.capabilities or {}
        if (options := capabilities.get("options")) is not None:
            assert text["state"].keys() == set(options)
        if (events := capabilities.get("event_types")) is not None:
            assert text["state_attributes"]["event_type"]["state"].keys() == set(events)
