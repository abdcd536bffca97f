"""Everything a meter says to its user has words."""

import json
from pathlib import Path
import re
from typing import Any

import custom_components.lumme_energy
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
    for step in ("p1", "reconfigure_meter"):
        fields = {"host", "port", "country"}
        assert config["step"][step]["data"].keys() == fields
        assert config["step"][step]["data_description"].keys() == fields
    flow = (ROOT / "meter" / "flow.py").read_text("utf-8")
    assert set(re.findall(r'errors\["base"\] = "(\w+)"', flow)) <= config["error"].keys()
    assert set(re.findall(r'reason="(\w+)"', flow)) <= config["abort"].keys()
    used = {
        key
        for module in ("base", "coordinator")
        for key in re.findall(
            r'translation_key="(\w+)"', (ROOT / "meter" / f"{module}.py").read_text("utf-8")
        )
    }
    assert used == {"meter_unreachable", "meter_silent"}
    assert used <= WORDS["exceptions"].keys()
