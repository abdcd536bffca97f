"""Everything a meter says to its user has words."""

import json
from pathlib import Path
import re
from typing import Any

import custom_components.lumme_energy
from custom_components.lumme_energy.meter import issues, p1_flow
from custom_components.lumme_energy.meter.descriptions import (
    COUNTERS,
    SENSORS,
    SUB_METER_SENSORS,
    MeterSensorDescription,
)
from custom_components.lumme_energy.metering.profiles import PROFILES, Tariff
from custom_components.lumme_energy.metering.telegram import SubMeterKind

ROOT = Path(custom_components.lumme_energy.__file__).parent
WORDS: Any = json.loads((ROOT / "translations" / "en.json").read_text("utf-8"))
ICONS: Any = json.loads((ROOT / "icons.json").read_text("utf-8"))


def keys(description: MeterSensorDescription) -> set[str]:
    """Return every translation key a sensor may have."""
    if description.tariff is None:
        return {str(description.translation_key)}
    name = description.quantity.rpartition("_")[0]
    assert any(profile.tariffs for profile in PROFILES.values())
    return {f"{name}_{tariff}" for tariff in (*Tariff, "tariff")}


def test_sensors() -> None:
    names = WORDS["entity"]["sensor"]
    for description in (*SENSORS, *SUB_METER_SENSORS):
        for key in keys(description):
            assert names[key]["name"]
            if placeholders := description.translation_placeholders:
                assert all(f"{{{name}}}" in names[key]["name"] for name in placeholders)
            # Without a device class that brings an icon, or where it would say too little.
            assert description.device_class or key in ICONS["entity"]["sensor"]
    for counter in COUNTERS:
        assert names[counter.translation_key]["name"]
        assert counter.translation_key in ICONS["entity"]["sensor"]
    assert names["tariff"]["state"].keys() == set(Tariff)
    for kind in SubMeterKind:
        assert WORDS["device"][f"{kind.name.lower()}_meter"]["name"]


def test_flow_and_exceptions() -> None:
    config = WORDS["config"]
    fields = {
        "p1_network": {"host", "port"},
        "p1_serial": {"device"},
        "p1_key": {"encryption_key"},
        "p1_found": {"country"},
        "p1_country": {"country", "encryption_key"},
    }
    for step, names in fields.items():
        assert config["step"][step]["data"].keys() == names
        assert config["step"][step]["data_description"].keys() == names
    for menu in ("meter", "reconfigure_meter"):
        assert config["step"][menu]["menu_options"]
    errors = {*p1_flow.SILENT.values(), *p1_flow.FAULTS.values(), *p1_flow.UNREACHABLE.values()}
    assert errors | {"no_telegram", "invalid_key", "wrong_key"} <= config["error"].keys()
    assert config["progress"]["listening"]
    flow = (ROOT / "meter" / "p1_flow.py").read_text("utf-8")
    assert set(re.findall(r'reason="(\w+)"', flow)) <= config["abort"].keys()
    used = {
        key
        for module in ("base", "p1_coordinator")
        for key in re.findall(
            r'translation_key="(\w+)"', (ROOT / "meter" / f"{module}.py").read_text("utf-8")
        )
    }
    assert used == {"meter_unreachable", "meter_silent"}
    assert used <= WORDS["exceptions"].keys()


def test_repairs() -> None:
    for key in (issues.METER_REPLACED, issues.PERMISSION_LAPSED, issues.WRONG_KEY):
        text = WORDS["issues"][key]
        if key in issues.FIXABLE:
            assert text["fix_flow"]["step"]["confirm"].keys() == {"title", "description"}
        else:
            assert "{title}" in text["description"]
