"""What users and automations ask of a house: actions, entities, and what they are answered."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.lumme_energy.const import CONF_KIND, DOMAIN, KIND_METER
from demo.cottage import DemoCottage
from tests.meter.common import meter_entry
from tests.test_system_health import info

from .common import (
    ENTRY_ID,
    entity_id,
    modbus_zone,
    pass_time,
    set_up,
    site_entry,
    state,
    thermostat,
)

PRICE = "sensor.price"


async def ask(hass: HomeAssistant, action: str, *, returns: bool = False, **data: Any) -> Any:
    """Call an action."""
    return await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=returns
    )


async def house(hass: HomeAssistant, cottage: DemoCottage, **data: Any) -> Any:
    """Set up a house with two rooms, in which it freezes outdoors."""
    hass.states.async_set("sensor.outdoor", "-10", {"unit_of_measurement": "°C"})
    rooms = (
        modbus_zone(cottage, "kitchen", rated_power=1250),
        modbus_zone(cottage, "bedroom", rated_power=1000),
    )
    entry = site_entry(hass, *rooms, outdoor="sensor.outdoor", **data)
    await set_up(hass, entry)
    return entry


def device(hass: HomeAssistant, zone: str) -> str:
    """Return the id of a room's device."""
    found = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, zone), ENTRY_ID)
    assert found is not None
    return found.id


async def test_turn_down_and_boost(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """The whole house, or the rooms that are named."""
    await house(hass, cottage)
    await ask(hass, "turn_down", zones=device(hass, "kitchen"))
    assert thermostat(hass, "kitchen").attributes["preset_mode"] == "away"
    assert thermostat(hass, "bedroom").attributes["temperature"] == 21
    await pass_time(hass, clock, 60)
    await ask(hass, "boost", zones=[device(hass, "kitchen")])
    assert thermostat(hass, "kitchen").attributes["preset_mode"] == "boost"
    await ask(hass, "boost")
    assert thermostat(hass, "bedroom").attributes["preset_mode"] == "boost"
    await ask(hass, "turn_down")
    assert state(hass, "select", "mode").state == "away"
    assert thermostat(hass, "bedroom").attributes["preset_mode"] == "away"
    await ask(hass, "set_heating_mode", mode="frost_guard", config_entry_id=ENTRY_ID)
    assert state(hass, "select", "mode").state == "frost_guard"


async def test_arrival(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """What can be promised is told before anybody travels, and then kept to."""
    hours = [
        {
            "start": (dt_util.utcnow() + timedelta(hours=hour)).isoformat(),
            "value": 0.1,
        }
        for hour in range(-1, 72)
    ]
    hass.states.async_set(PRICE, "0.1", {"raw_today": hours, "unit_of_measurement": "EUR/kWh"})
    await house(hass, cottage, price=PRICE)
    await ask(hass, "turn_down")
    assert state(hass, "sensor", "expected_temperature").state == STATE_UNKNOWN
    assert state(hass, "binary_sensor", "arrival_reachable").state == STATE_UNKNOWN
    at = dt_util.utcnow() + timedelta(hours=48)
    promised = await ask(hass, "plan_arrival", returns=True, arrival=at.isoformat())
    assert promised["reachable"] is True
    assert promised["planned"] is True
    assert promised["energy"] >= 0
    assert state(hass, "datetime", "arrival").state == STATE_UNKNOWN

    await hass.services.async_call(
        "datetime",
        "set_value",
        {"entity_id": entity_id(hass, "datetime", "arrival"), "datetime": at},
        blocking=True,
    )
    assert state(hass, "select", "mode").state == "arriving"
    assert state(hass, "datetime", "arrival").state == at.isoformat()
    assert state(hass, "binary_sensor", "arrival_reachable").state == STATE_ON
    assert float(state(hass, "sensor", "expected_temperature").state) >= 20
    assert state(hass, "sensor", "arrival_cost").attributes["unit_of_measurement"] == "EUR"
    told = await ask(hass, "set_arrival", returns=True, arrival=at.isoformat())
    assert told["arrival"] == at.isoformat()
    assert await ask(hass, "set_arrival", returns=True) == {"planned": False}
    assert state(hass, "select", "mode").state == "away"


async def test_arrival_that_cannot_be(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """It will not be warm by then: that is told, as a fact and as an event."""
    for room in ("kitchen", "bedroom"):
        cottage.house.air[room] = 5.0
    await house(hass, cottage)
    await ask(hass, "turn_down")
    await ask(hass, "set_arrival", arrival=(dt_util.utcnow() + timedelta(hours=1)).isoformat())
    assert state(hass, "binary_sensor", "arrival_reachable").state == STATE_OFF
    assert state(hass, "event", "heating").attributes["event_type"] in {
        "arrival_unreachable",
        "preheat_started",
        "cold",
    }


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("set_heating_mode", {"mode": "arriving"}, "heating_no_arrival"),
        ("plan_arrival", {"arrival": "2020-01-01T12:00:00"}, "heating_arrival_past"),
        ("set_arrival", {"arrival": "2020-01-01T12:00:00"}, "heating_arrival_past"),
        ("turn_down", {"zones": ["nothing"]}, "no_such_zone"),
        ("turn_down", {"config_entry_id": "meter"}, "not_a_site"),
    ],
)
async def test_wish_that_cannot_be(
    hass: HomeAssistant, cottage: DemoCottage, action: str, data: dict[str, Any], key: str
) -> None:
    """It is refused in words, and nothing has changed."""
    await house(hass, cottage)
    other = meter_entry(hass, "127.0.0.1", 1)
    assert other.data[CONF_KIND] == KIND_METER
    if "config_entry_id" in data:
        other.mock_state(hass, hass.config_entries.async_get_known_entry(ENTRY_ID).state)
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, action, returns=action == "plan_arrival", **data)
    assert caught.value.translation_key == key
    assert cottage.writes == []


async def test_which_house(hass: HomeAssistant) -> None:
    """Without any house, or with two, it must be said."""
    entry = site_entry(hass)
    await set_up(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as caught:
        await ask(hass, "turn_down")
    assert caught.value.translation_key == "which_site"


async def test_diagnostics(
    hass: HomeAssistant, cottage: DemoCottage, hass_client: ClientSessionGenerator
) -> None:
    """All that is seen and decided is there, and nothing that says where."""
    entry = await house(hass, cottage)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["kind"] == "heating"
    text = str(found)
    assert "127.0.0.1" not in text
    assert "Kitchen" not in text
    assert "sensor.outdoor" not in text
    assert [zone["seen"]["setpoint"] for zone in found["zones"]] == [21, 21]
    assert [zone["profile_verified"] for zone in found["zones"]] == [False, False]


async def test_system_health(hass: HomeAssistant, cottage: DemoCottage) -> None:
    """How many heaters there are, and how many answer."""
    await house(hass, cottage)
    told = await info(hass)
    assert (told["houses"], told["heaters"], told["heaters_heard"]) == (1, 2, 2)
