"""Snapshots of every entity of an account."""

from unittest.mock import PropertyMock, patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.lumme_energy import account

from .common import Demo, start


@pytest.mark.parametrize("platform", account.PLATFORMS)
async def test_entities(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    demo: Demo,
    platform: Platform,
) -> None:
    """Every entity looks as it did."""
    with (
        patch.object(account, "PLATFORMS", [platform]),
        patch(
            "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
            PropertyMock(return_value=True),
        ),
        # The token with which a browser may see an image.
        patch("random.SystemRandom.getrandbits", return_value=1),
    ):
        entry = await start(hass, demo.entry(hass))
        if not er.async_entries_for_config_entry(entity_registry, entry.entry_id):
            pytest.skip("this household has none")
        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)
