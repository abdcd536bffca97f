"""What the tests of a bridge have in common."""

import asyncio
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.bridge.coordinator import BridgeCoordinator
from custom_components.lumme_energy.bridge.settings import CONF_FINGERPRINT
from custom_components.lumme_energy.bridge_api.model import GuardState
from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_BRIDGE
from tests.firmware.device import HOST
from tests.firmware.whole.bridge import Bridge

ID = b"lumme1".hex()


async def press(bridge: Bridge) -> None:
    """Press its button, and wait until it has seen that."""
    await bridge.ahead(20)  # an address may connect ten times, then once in two seconds
    bridge.panel(button=True)
    await asyncio.sleep(0.15)
    bridge.panel(button=False)
    async with asyncio.timeout(10):
        while not (await bridge.ask("GET", "/api/v1/info", token=None))[1]["pairing"]:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.3)
    await bridge.ahead(9)


def entry_of(hass: HomeAssistant, bridge: Bridge, **data: Any) -> MockConfigEntry:
    """Add the entry of a bridge, as the flow would keep it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Lumme bridge",
        unique_id=ID,
        data={
            CONF_KIND: KIND_BRIDGE,
            CONF_HOST: HOST,
            CONF_PORT: bridge.port,
            CONF_FINGERPRINT: bridge.fingerprint().hex(),
            CONF_TOKEN: bridge.token,
            **data,
        },
    )
    entry.add_to_hass(hass)
    return entry


async def set_up(hass: HomeAssistant, bridge: Bridge) -> BridgeCoordinator:
    """Pair with a bridge and set its entry up."""
    if bridge.token is None:
        await bridge.pair()
    entry = entry_of(hass, bridge)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    coordinator: BridgeCoordinator = entry.runtime_data
    return coordinator


def state(hass: HomeAssistant, platform: str, key: str) -> str | None:
    """Return the state of an entity of the bridge, None if it has none."""
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{ID}_{key}")
    found = hass.states.get(entity_id) if entity_id else None
    return found.state if found else None


async def until(coordinator: BridgeCoordinator, wanted: GuardState) -> None:
    """Wait until the bridge, which looks once a second, tells a state of its frost guard."""
    async with asyncio.timeout(10):
        while coordinator.data.state is not wanted:
            await asyncio.sleep(0.1)
            await coordinator.async_refresh()
