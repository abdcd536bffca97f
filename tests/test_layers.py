"""Tests that each layer imports only what stands below it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = "custom_components.lumme_energy"
INTEGRATION = Path(__file__).parent.parent / "custom_components" / "lumme_energy"
MODULES = sorted(INTEGRATION.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the full names of the modules and names that a module imports."""
    here = [*PACKAGE.split("."), *path.relative_to(INTEGRATION).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(here[: len(here) - node.level]) if node.level else ""
            module = ".".join(part for part in (package, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def within(name: str, *layers: str) -> bool:
    """Whether a name is in one of our layers."""
    return any(f"{name}.".startswith(f"{PACKAGE}.{layer}.") for layer in layers)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(INTEGRATION)))
def test_layers(path: Path) -> None:
    """Pure layers know no Home Assistant; the kinds of entry do not know each other."""
    names = set(imported(path))
    layer = path.relative_to(INTEGRATION).parts[0]
    forbidden = {
        "portal": ("account", "billing", "meter", "metering", "readings", "site"),
        "metering": ("account", "billing", "meter", "portal", "readings"),
        "heating": ("account", "billing", "meter", "metering", "portal", "readings"),
        "billing": ("account", "meter", "metering", "readings"),
        "readings": ("account", "meter", "metering"),
        "account": ("bridge", "bridge_api", "heating", "meter", "metering", "site"),
        "meter": (
            *("account", "billing", "bridge", "bridge_api"),
            *("heating", "portal", "readings", "site"),
        ),
        "site": ("account", "billing", "bridge", "meter", "metering", "portal", "readings"),
        "bridge": (
            *("account", "billing", "heating", "meter", "metering"),
            *("portal", "readings", "site"),
        ),
    }.get(layer, ())
    assert [name for name in names if within(name, *forbidden)] == []
    if layer in {
        "portal",
        "metering",
        "billing",
        "readings",
        "heating",
        "modbus_registers",
        "bridge_api",
    }:
        below = {
            "heating": ("heating", "modbus_registers"),
            "metering": ("metering", "modbus_registers"),
            "billing": ("billing", "portal"),
            "readings": ("readings", "billing", "portal"),
        }.get(layer, (layer,))
        assert [name for name in names if name.split(".")[0] == "homeassistant"] == []
        outside = {name for name in names if name.startswith(PACKAGE) and not within(name, *below)}
        assert outside == set()


def test_no_other_schema_library() -> None:
    """Home Assistant's schema library is probatio; no future imports are left."""
    for path in MODULES:
        names = {name.split(".")[0] for name in imported(path)}
        assert not names & {"voluptuous", "__future__"}
