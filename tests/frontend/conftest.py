"""A house without rooms: an entry of ours that needs nobody else."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.const import DOMAIN

from ..site.common import SITE


@pytest.fixture(autouse=True)
def _storage(socket_enabled: None, hass_storage: dict[str, Any]) -> None:
    """Keep in memory what is stored, and let a client of these tests in."""


@pytest.fixture
async def frontend(hass: HomeAssistant) -> None:
    """Home Assistant's frontend, as everybody has it."""
    assert await async_setup_component(hass, "frontend", {})


def house(hass: HomeAssistant, entry_id: str, **options: Any) -> MockConfigEntry:
    """Return the entry of a house, not set up yet."""
    entry = MockConfigEntry(
        domain=DOMAIN, entry_id=entry_id, title=entry_id, data=dict(SITE), options=options
    )
    entry.add_to_hass(hass)
    return entry
