"""Tests of the manifest: what Home Assistant's own checker would want, offline."""

import json
from pathlib import Path
import tomllib

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
INTEGRATION = ROOT / "custom_components" / "lumme_energy"
MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())


def test_keys() -> None:
    """Domain and name come first, the rest in order of the alphabet; what is required is there."""
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert {"codeowners", "documentation", "iot_class", "issue_tracker", "version"} <= set(keys)
    assert MANIFEST["domain"] == INTEGRATION.name
    assert MANIFEST["documentation"].startswith("https://")


def test_one_version() -> None:
    """The version is the same everywhere."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert MANIFEST["version"] == project["version"]


def test_requirements_are_locked() -> None:
    """What the integration requires is what it is tested with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        requirement.name: next(iter(requirement.specifier)).version
        for requirement in map(Requirement, project["dependencies"])
    }
    for requirement in map(Requirement, MANIFEST["requirements"]):
        assert requirement.specifier.contains(locked[requirement.name])


def test_json_files() -> None:
    """Every JSON file can be read."""
    for path in INTEGRATION.rglob("*.json"):
        json.loads(path.read_text())
