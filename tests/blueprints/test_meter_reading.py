"""Tests of the blueprint that tells about meter readings."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml
import pytest

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "lumme_energy"
BLUEPRINTS = sorted(FOLDER.glob("*.yaml"))
EVENT = "event.home_meter_reading"


@pytest.mark.parametrize("path", BLUEPRINTS, ids=lambda path: path.name)
def test_is_a_blueprint(path: Path) -> None:
    """Home Assistant can load it, and it is found where it says."""
    blueprint = Blueprint(
        load_yaml(path),
        path=str(path),
        expected_domain="automation",
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )
    assert blueprint.validate() is None
    assert blueprint.metadata["source_url"].endswith(
        f"/blob/main/blueprints/automation/lumme_energy/{path.name}"
    )


async def test_tells(hass: HomeAssistant, tmp_path: Path) -> None:
    """What happened is told in words, and only what one wants to hear."""
    hass.config.config_dir = str(tmp_path)
    shutil.copytree(FOLDER, tmp_path / "blueprints" / "automation" / "lumme_energy")

    def happens(at: int, event: str, **attributes: Any) -> None:
        hass.states.async_set(
            EVENT,
            f"2026-11-24T09:30:{at:02}.000+00:00",
            {"event_type": event, "friendly_name": "Home Meter reading", **attributes},
        )

    happens(0, "held", day="2026-11-01", reason="findings", values={"day": 1})
    for domain in ("event", "persistent_notification"):
        assert await async_setup_component(hass, domain, {})
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "use_blueprint": {
                    "path": "lumme_energy/meter_reading.yaml",
                    "input": {"readings": [EVENT]},
                }
            }
        },
    )
    await hass.async_block_till_done()
    assert _async_get_or_create_notifications(hass) == {}
    happens(1, "accepted", day="2026-11-24", reason=None, values={"day": 4711})
    happens(2, "refused", day="2026-11-24", reason="closed_period", values={"day": 1, "night": 2})
    await hass.async_block_till_done()
    (told,) = _async_get_or_create_notifications(hass).values()
    assert told["title"] == "Home Meter reading"
    assert told["message"] == "2026-11-24 (1 / 2): refused. closed_period"
    persistent_notification.async_dismiss_all(hass)
    hass.states.async_set(EVENT, "unavailable")
    happens(2, "refused", day="2026-11-24", reason="closed_period", values={})
    await hass.async_block_till_done()
    assert _async_get_or_create_notifications(hass) == {}
