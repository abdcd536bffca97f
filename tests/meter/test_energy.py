"""Home Assistant's own validator of the energy dashboard accepts what a meter offers."""

from datetime import timedelta
from typing import Any

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.energy.validate import async_validate
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.lumme_energy.const import DOMAIN

from .common import heard, meter_entry, set_up
from .conftest import Meters
from .test_sensor import say


@pytest.fixture(autouse=True)
def _this_integration(recorder_mock: Any, enable_custom_integrations: None) -> None:
    """Start the recorder first, as it must be."""


def grid(energy: str, returned: str, rate: str) -> dict[str, Any]:
    """Return the dashboard's settings of a connection to the grid."""
    return {
        "type": "grid",
        "stat_energy_from": energy,
        "stat_energy_to": returned,
        "stat_rate": rate,
        "stat_cost": None,
        "stat_compensation": None,
        "entity_energy_price": None,
        "number_energy_price": 0.25,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "cost_adjustment_day": 0,
    }


def consumption(kind: str, energy: str) -> dict[str, Any]:
    """Return the dashboard's settings of gas or water."""
    return {
        "type": kind,
        "stat_energy_from": energy,
        "stat_cost": None,
        "entity_energy_price": None,
        "number_energy_price": None,
    }


@pytest.mark.parametrize("country", ["FI", "NL", "BE"])
async def test_accepted_without_a_warning(
    hass: HomeAssistant,
    run_meter: Meters,
    entity_registry: er.EntityRegistry,
    country: str,
) -> None:
    assert await async_setup_component(hass, "energy", {})
    meter, host, port = await run_meter(country)
    if country == "BE":
        say(
            meter,
            ("0-2:96.1.1()", "0-2:96.1.1(44454D4F2D57415445522D31)"),
            ("0-2:24.2.1(632525252525S)(00000.000*m3)", "0-2:24.2.1(261124100000W)(00112.384*m3)"),
        )
    entry = meter_entry(hass, host, port, country)
    await set_up(hass, entry)
    await heard(hass, entry)

    def entity(key: str, owner: str = "meter") -> str:
        found = entity_registry.async_get_entity_id("sensor", DOMAIN, f"{owner}_{key}")
        assert found is not None
        return found

    sources = [
        grid(entity(f"energy_import{of}"), entity(f"energy_export{of}"), entity("power_import"))
        for of in ([""] if country == "FI" else ["_1", "_2"])
    ]
    if country in {"NL", "BE"}:
        sources.append(consumption("gas", entity("reading", "meter_gas_1")))
    if country == "BE":
        sources.append(consumption("water", entity("reading", "meter_water_1")))
    # What is no register of energy is refused, or the test would prove nothing.
    sources.append(consumption("gas", entity("power_import")))
    manager = await async_get_manager(hass)
    await manager.async_update({"energy_sources": sources})
    await hass.async_block_till_done()

    await async_wait_recording_done(hass)
    now = dt_util.utcnow()
    start = now - timedelta(
        minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond
    )
    do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)
    *accepted, refused = (await async_validate(hass)).as_dict()["energy_sources"]
    assert accepted == [[]] * (len(sources) - 1)
    assert refused
