"""Helpers of the tests of Modbus meters: a real pymodbus server, Home Assistant's own connection."""

from datetime import timedelta
from typing import Any

from homeassistant.const import CONF_HOST, CONF_PORT, CONF_PROTOCOL, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_METER
from custom_components.lumme_energy.meter.connection import PROTOCOL_MODBUS
from custom_components.lumme_energy.meter.modbus_coordinator import (
    CONF_BASE,
    CONF_MANUFACTURER,
    CONF_MODEL,
    CONF_PROFILE,
    CONF_SERIAL,
    ModbusMeterCoordinator,
)
from custom_components.lumme_energy.modbus_link import (
    CONF_UNIT_ID,
    TYPE_TCP,
)

from .conftest import Clock

SERIAL = "1234567"


def modbus_entry(
    hass: HomeAssistant, host: str, port: int, *, named: bool = True, **data: Any
) -> MockConfigEntry:
    """Add a meter's entry, as the config flow creates it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Eastron SDM630",
        unique_id=f"Eastron {SERIAL}",
        entry_id=data.pop("entry_id", "meter"),
        data={
            CONF_KIND: KIND_METER,
            CONF_PROTOCOL: PROTOCOL_MODBUS,
            CONF_TYPE: TYPE_TCP,
            CONF_HOST: host,
            CONF_PORT: port,
            CONF_UNIT_ID: 1,
            CONF_PROFILE: "eastron_3p",
            CONF_BASE: 0,
            CONF_MANUFACTURER: "Eastron",
            CONF_MODEL: "SDM630",
            **({CONF_SERIAL: SERIAL} if named else {}),
            **data,
        },
    )
    entry.add_to_hass(hass)
    return entry


def modbus_coordinator_of(entry: MockConfigEntry) -> ModbusMeterCoordinator:
    """Return what polls the meter."""
    coordinator: ModbusMeterCoordinator = entry.runtime_data
    return coordinator


async def set_up_modbus(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set the entry up, with what the first poll brings."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def poll(hass: HomeAssistant, clock: Clock | None = None, seconds: float = 5.5) -> None:
    """Let one poll happen, so many seconds from now."""
    if clock:
        clock.now += seconds
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await hass.async_block_till_done(wait_background_tasks=True)
