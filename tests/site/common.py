"""A heated house for tests, as the flows would keep it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_HOST, CONF_NAME, CONF_PORT, CONF_TYPE
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_HEATING
from custom_components.lumme_energy.modbus_link import CONF_UNIT_ID, TYPE_TCP
from custom_components.lumme_energy.site.coordinator import SiteCoordinator
from custom_components.lumme_energy.site.settings import (
    CONF_AWAY_PRESET,
    CONF_BASE_LOAD,
    CONF_BOOST_HOURS,
    CONF_CHANNEL,
    CONF_DRY_MARGIN,
    CONF_FLOOR,
    CONF_HIGHEST,
    CONF_INTERVAL,
    CONF_PHASES,
    CONF_PRESENCE,
    CONF_PROFILE,
    CONF_TARGET,
    CONF_WAY,
    TEMPERATURES,
    ZONE,
    Way,
)
from demo.cottage import HOST, UNITS, DemoCottage

ENTRY_ID = "cottage"
SITE: Mapping[str, Any] = {
    CONF_KIND: KIND_HEATING,
    CONF_NAME: "Cottage",
    CONF_PRESENCE: [],
    CONF_BASE_LOAD: 150,
    CONF_PHASES: "3",
    CONF_INTERVAL: 30,
}
WARMTH: Mapping[str, Any] = {
    **TEMPERATURES,
    CONF_FLOOR: 8.0,
    CONF_HIGHEST: 30.0,
    CONF_AWAY_PRESET: "away",
    CONF_DRY_MARGIN: 4.0,
    CONF_BOOST_HOURS: 2.0,
}
PROFILES = {
    "living_room": "hysen_hy",
    "bedroom": "hysen_hy",
    "kitchen": "mc6",
    "bathroom": "waveshare_relay",
}


def modbus_zone(cottage: DemoCottage, room: str, /, **more: Any) -> ConfigSubentryData:
    """Return a zone whose heater is one of the demo's cottage."""
    return _zone(
        room,
        f"{HOST}:{cottage.port}:{UNITS[room]}:1",
        {
            CONF_WAY: Way.MODBUS,
            CONF_TYPE: TYPE_TCP,
            CONF_HOST: HOST,
            CONF_PORT: cottage.port,
            CONF_UNIT_ID: UNITS[room],
            CONF_PROFILE: PROFILES[room],
            CONF_CHANNEL: 1,
            **more,
        },
    )


def entity_zone(way: Way, target: str, **more: Any) -> ConfigSubentryData:
    """Return a zone whose heater is an entity."""
    return _zone(way, target, {CONF_WAY: way, CONF_TARGET: target, **more})


def _zone(name: str, unique_id: str, data: Mapping[str, Any]) -> ConfigSubentryData:
    return ConfigSubentryData(
        data={**WARMTH, **data},
        subentry_id=name,
        subentry_type=ZONE,
        title=name.replace("_", " ").capitalize(),
        unique_id=unique_id,
    )


def site_entry(hass: HomeAssistant, *zones: ConfigSubentryData, **data: Any) -> MockConfigEntry:
    """Add the entry of a house."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Cottage",
        entry_id=ENTRY_ID,
        data={**SITE, **data},
        subentries_data=list(zones),
    )
    entry.add_to_hass(hass)
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> SiteCoordinator:
    """Set the entry up, and return what sees to the house."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return coordinator_of(entry)


def coordinator_of(entry: MockConfigEntry) -> SiteCoordinator:
    """Return what sees to the house."""
    coordinator: SiteCoordinator = entry.runtime_data
    return coordinator


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float = 30
) -> None:
    """Let so much time pass, and one look at the house with it."""
    # What is due on the loop's clock is due up to a second later.
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=max(seconds, 30) + 1))
    freezer.tick(timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)


def entity_id(hass: HomeAssistant, platform: str, key: str, owner: str = ENTRY_ID) -> str:
    """Return the id of an entity of the house or of a zone."""
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{owner}_{key}")
    assert found is not None, (platform, key, owner)
    return found


def state(hass: HomeAssistant, platform: str, key: str, owner: str = ENTRY_ID) -> State:
    """Return the state of an entity of the house or of a zone."""
    found = hass.states.get(entity_id(hass, platform, key, owner))
    assert found is not None, key
    return found


def thermostat(hass: HomeAssistant, zone: str) -> State:
    """Return the state of a zone's thermostat."""
    return state(hass, "climate", "thermostat", zone)
