"""Tests of the quality scale's file, which no tool checks for custom integrations."""

from pathlib import Path

import pytest
import yaml

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "lumme_energy"
RULES = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text())["rules"]

BRONZE = [
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
]
SILVER = [
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
]
GOLD = [
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
]
PLATINUM = ["async-dependency", "inject-websession", "strict-typing"]


def test_every_rule_in_order() -> None:
    """All 54 rules are answered, tier by tier."""
    assert list(RULES) == [*BRONZE, *SILVER, *GOLD, *PLATINUM]
    assert len(RULES) == 54


@pytest.mark.parametrize(("rule", "answer"), RULES.items())
def test_answer(rule: str, answer: str | dict[str, str]) -> None:
    """A rule is done, or exempt with a reason."""
    if isinstance(answer, str):
        assert answer == "done"
    else:
        assert answer.keys() == {"status", "comment"}
        assert answer["status"] in {"done", "exempt"}
        assert len(answer["comment"]) > 20


def test_parallel_updates() -> None:
    """Every platform says how many of its entities may work at once."""
    for platform in ("binary_sensor", "calendar", "event", "sensor"):
        assert "PARALLEL_UPDATES = 0" in (INTEGRATION / f"{platform}.py").read_text()
    for platform in ("number", "select"):
        assert "PARALLEL_UPDATES = 1" in (INTEGRATION / f"{platform}.py").read_text()
