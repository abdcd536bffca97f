"""Everything a Modbus meter says to its user has words."""

import json
from pathlib import Path
import re
from typing import Any

import probatio

import custom_components.lumme_energy
from custom_components.lumme_energy.meter.descriptions import MODBUS_COUNTERS
from custom_components.lumme_energy.meter.modbus_flow import SECTION, _schema

ROOT = Path(custom_components.lumme_energy.__file__).parent
WORDS: Any = json.loads((ROOT / "translations" / "en.json").read_text("utf-8"))
ICONS: Any = json.loads((ROOT / "icons.json").read_text("utf-8"))


def test_forms() -> None:
    steps = WORDS["config"]["step"]
    for kind in ("modbus_tcp", "modbus_serial"):
        schema = _schema(kind).schema
        section: probatio.Schema = schema[SECTION].schema
        fields = {str(key) for key in schema if key != SECTION}
        for step, more in ((kind, set()), (f"reconfigure_{kind}", {"profile"})):
            assert steps[step]["data"].keys() == fields | more
            assert steps[step]["data_description"].keys() == fields | more
            words = steps[step]["sections"][SECTION]
            assert words["name"]
            assert words["data"].keys() == {str(key) for key in section.schema}
            assert words["data_description"].keys() == words["data"].keys()
    for step in ("modbus_found", "modbus_guess", "modbus_choose"):
        assert steps[step]["data"].keys() == steps[step]["data_description"].keys() == {"profile"}
        assert "{address}" in steps[step]["description"]
    menu = steps["meter"]
    assert menu["menu_options"].keys() == menu["menu_option_descriptions"].keys()
    assert menu["menu_options"].keys() == {"p1_network", "p1_serial", "modbus_tcp", "modbus_serial"}


def test_errors_and_exceptions() -> None:
    flow = "".join(
        (ROOT / path).read_text("utf-8") for path in ("meter/modbus_flow.py", "modbus_link.py")
    )
    used = set(re.findall(r'"((?:modbus_(?:un|si|no|li)|profile_file|line_)\w+)"', flow))
    used.discard("modbus_line")  # the name of a selector
    assert len(used) == 6
    assert used <= WORDS["config"]["error"].keys()
    assert set(re.findall(r'reason="(\w+)"', flow)) <= WORDS["config"]["abort"].keys()
    coordinator = (ROOT / "meter" / "modbus_coordinator.py").read_text("utf-8")
    used = set(re.findall(r'translation_key="(\w+)"', coordinator))
    assert used <= WORDS["exceptions"].keys()
    for placeholder in ("file", "key", "allowed"):
        assert f"{{{placeholder}}}" in WORDS["exceptions"]["profile_file_invalid"]["message"]
        assert f"{{{placeholder}}}" in WORDS["config"]["error"]["profile_file_invalid"]


def test_selectors_and_counters() -> None:
    assert WORDS["selector"]["modbus_type"]["options"].keys() == {"tcp", "rtu_over_tcp"}
    assert WORDS["selector"]["modbus_line"]["options"].keys() == {"auto"}
    for counter in MODBUS_COUNTERS:
        assert WORDS["entity"]["sensor"][counter.translation_key]["name"]
        assert counter.translation_key in ICONS["entity"]["sensor"]
