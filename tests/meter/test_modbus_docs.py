"""The document about Modbus meters says what the code does."""

from pathlib import Path
import re

import yaml

from custom_components.lumme_energy.metering.modbus.families import FAMILIES
from custom_components.lumme_energy.metering.modbus.profile import MEASURES
from custom_components.lumme_energy.metering.modbus.user_profile import user_profile
from custom_components.lumme_energy.modbus_registers.words import WordType

DOCUMENT = (Path(__file__).parents[2] / "docs" / "modbus.md").read_text("utf-8")


def test_every_family_is_there() -> None:
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| ")]
    for profile in FAMILIES.values():
        source = profile.source.removeprefix("github.com/")
        if profile.sunspec_models:
            first, last = profile.sunspec_models[0], profile.sunspec_models[-1]
            assert any(f"{first} to {last}" in row and source in row for row in rows)
            continue
        models = re.split(r" / ", profile.model)
        assert any(
            profile.manufacturer in row and source in row and all(model in row for model in models)
            for row in rows
        ), profile.key


def test_example_is_a_profile() -> None:
    match = re.search(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert match
    assert len(user_profile("acme.yaml", yaml.safe_load(match[1])).registers) == 4


def test_every_type_and_measure_is_named() -> None:
    assert all(re.search(rf"\b{kind}\b", DOCUMENT) for kind in WordType)
    named = set(re.findall(r"`(\w+)`", DOCUMENT))
    for measure in MEASURES:
        stem = re.sub(r"_l[123]$", "", measure)
        assert {measure, stem, f"{stem}_l1", f"{stem.rpartition('_')[0]}"} & named, measure
