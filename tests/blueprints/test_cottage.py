"""Tests of the blueprints for the cottage."""

from pathlib import Path
import shutil
from typing import Any

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

FOLDER = Path(__file__).parents[2] / "blueprints" / "automation" / "lumme_energy"
EVENT = "event.cottage_heating"
MODE = "select.cottage_mode"


async def automate(hass: HomeAssistant, folder: Path, name: str, **inputs: Any) -> None:
    """Make an automation of a blueprint."""
    hass.config.config_dir = str(folder)
    shutil.copytree(FOLDER, folder / "blueprints" / "automation" / "lumme_energy")
    for domain in ("event", "persistent_notification"):
        assert await async_setup_component(hass, domain, {})
    blueprint = {"path": f"lumme_energy/{name}.yaml", "input": inputs}
    assert await async_setup_component(
        hass, "automation", {"automation": {"use_blueprint": blueprint}}
    )
    await hass.async_block_till_done()
    (state,) = hass.states.async_all("automation")
    assert state.state == "on"


async def test_alarm(hass: HomeAssistant, tmp_path: Path) -> None:
    """What is wrong is told with the room; what nobody wants to hear is not."""

    def happens(at: int, event: str, zone: str | None) -> None:
        hass.states.async_set(
            EVENT,
            f"2026-11-24T09:30:{at:02}.000+00:00",
            {"event_type": event, "friendly_name": "Cottage Heating", "zone": zone},
        )

    happens(0, "arrived", None)
    await automate(hass, tmp_path, "cottage_alarm", events=EVENT)
    happens(1, "cold", "Kitchen")
    happens(2, "drift", "Kitchen")
    happens(3, "power_cut", None)
    await hass.async_block_till_done()
    told = [each["message"] for each in _async_get_or_create_notifications(hass).values()]
    assert told == ["Kitchen: cold", "power_cut"]


async def test_leave(hass: HomeAssistant, tmp_path: Path) -> None:
    """The last one to leave turns the house down, if it is not down yet."""
    hass.states.async_set("zone.cottage", "1")
    hass.states.async_set(MODE, "home")
    calls = async_mock_service(hass, "select", "select_option")
    await automate(
        hass,
        tmp_path,
        "cottage_leave",
        house=MODE,
        zone="zone.cottage",
        delay={"seconds": 0},
    )
    hass.states.async_set("zone.cottage", "0")
    await hass.async_block_till_done()
    assert [call.data["option"] for call in calls] == ["away"]
    hass.states.async_set(MODE, "away")
    hass.states.async_set("zone.cottage", "1")
    hass.states.async_set("zone.cottage", "0")
    await hass.async_block_till_done()
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("name", "watched", "inputs"),
    [
        ("cottage_cheap_hours", "price", {}),
        ("cottage_peak", "power", {"pause": {"seconds": 0}}),
    ],
)
async def test_rooms_wait(
    hass: HomeAssistant, tmp_path: Path, name: str, watched: str, inputs: dict[str, Any]
) -> None:
    """Rooms go back to Home when it is cheap, or little, again; an empty house is left alone."""
    hass.states.async_set("sensor.watched", "20")
    hass.states.async_set(MODE, "home")
    calls = async_mock_service(hass, "climate", "set_preset_mode")
    await automate(
        hass,
        tmp_path,
        name,
        rooms=["climate.kitchen"],
        house=MODE,
        limit=10,
        **{watched: "sensor.watched"},
        **inputs,
    )
    hass.states.async_set("sensor.watched", "5")
    await hass.async_block_till_done()
    assert [call.data["preset_mode"] for call in calls] == ["home"]
    hass.states.async_set(MODE, "away")
    hass.states.async_set("sensor.watched", "20")
    hass.states.async_set("sensor.watched", "5")
    await hass.async_block_till_done()
    assert len(calls) == 1
