"""What the tests of blueprints share: a folder of the user's, and automations made from blueprints."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
import shutil
from typing import Any

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.lumme_energy.blueprints import FOLDER, SHIPPED

type Told = Callable[[], list[tuple[str, str]]]
type Automate = Callable[[str, dict[str, Any]], Awaitable[None]]


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return the folder of the user's blueprints, which is still empty."""
    hass.config.config_dir = str(tmp_path)
    return tmp_path / "blueprints" / "automation" / FOLDER


@pytest.fixture
async def automate(hass: HomeAssistant, folder: Path) -> AsyncIterator[Automate]:
    """Return a function that makes an automation from a blueprint; it is off in the end."""
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("*.py*"))
    for domain in ("event", "persistent_notification"):
        assert await async_setup_component(hass, domain, {})

    async def make(name: str, inputs: dict[str, Any]) -> None:
        config = {"use_blueprint": {"path": f"{FOLDER}/{name}.yaml", "input": inputs}}
        assert await async_setup_component(hass, "automation", {"automation": config})
        await hass.async_block_till_done()
        assert len(hass.states.async_entity_ids("automation")) == 1

    yield make
    await hass.services.async_call("automation", "turn_off", {"entity_id": "all"}, blocking=True)


@pytest.fixture
def told(hass: HomeAssistant) -> Told:
    """Return a function that takes Home Assistant's notifications away: title and message."""

    def take() -> list[tuple[str, str]]:
        found = _async_get_or_create_notifications(hass)
        texts = [(each["title"] or "", each["message"]) for each in found.values()]
        persistent_notification.async_dismiss_all(hass)
        return texts

    return take


@pytest.fixture
def phone(hass: HomeAssistant, device_registry: dr.DeviceRegistry) -> str:
    """Return a phone with the app."""
    entry = MockConfigEntry(domain="mobile_app")
    entry.add_to_hass(hass)
    device = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={("mobile_app", "1")},
        name="Aino's phone",
    )
    return device.id


@pytest.fixture
def pushed(hass: HomeAssistant) -> list[ServiceCall]:
    """Return what was sent to the phone."""
    return async_mock_service(hass, "notify", "mobile_app_aino_s_phone")
