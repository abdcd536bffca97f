"""Heaters that other integrations control: told at once, never off, and believed only when they show it."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from custom_components.lumme_energy.heating.model import Command, Outcome, ZoneSeen
from custom_components.lumme_energy.site.drivers import (
    UNREACHABLE,
    ClimateDriver,
    NoDriver,
    SwitchDriver,
)

SWITCH = "switch.heater"
CLIMATE = "climate.attic"


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    """Wait no ten seconds for a state that does not come."""
    with patch("custom_components.lumme_energy.site.drivers.PATIENCE", 0.05):
        yield


def obey(hass: HomeAssistant, domain: str, action: str, state: str | None = None) -> list[Any]:
    """Let a thermostat or switch do what it is told; return what that was."""
    calls: list[Any] = []

    async def do(call: ServiceCall) -> None:
        calls.append(dict(call.data))
        entity_id = call.data["entity_id"]
        known = hass.states.get(entity_id)
        assert known is not None
        told = {key: value for key, value in call.data.items() if key == "temperature"}
        hass.states.async_set(entity_id, state or known.state, {**known.attributes, **told})

    hass.services.async_register(domain, action, do)
    return calls


async def test_switch(hass: HomeAssistant) -> None:
    """A plug is on or off, and is believed when it says so."""
    driver = SwitchDriver(hass, SWITCH)
    assert driver.is_relay
    assert await driver.async_read() == UNREACHABLE
    assert await driver.async_apply(Command(is_on=True)) is Outcome.LOST
    hass.states.async_set(SWITCH, "off")
    assert await driver.async_read() == ZoneSeen(is_on=False, is_heating=False)
    assert await driver.async_apply(Command()) is Outcome.KEPT
    obey(hass, "homeassistant", "turn_on", "on")
    assert await driver.async_apply(Command(is_on=True)) is Outcome.KEPT
    assert await driver.async_read() == ZoneSeen(is_on=True, is_heating=True)
    # One that says nothing is not believed, and one that has gone is lost.
    async_mock_service(hass, "homeassistant", "turn_off")
    assert await driver.async_apply(Command(is_on=False)) is Outcome.DIFFERENT
    hass.services.async_register(
        "homeassistant", "turn_off", lambda _: hass.states.async_set(SWITCH, "unavailable")
    )
    assert await driver.async_apply(Command(is_on=False)) is Outcome.LOST


async def test_switch_that_refuses(hass: HomeAssistant) -> None:
    """An error of its integration is a refusal."""
    hass.states.async_set(SWITCH, "off")

    def refuse(_: ServiceCall) -> None:
        raise HomeAssistantError("no")

    hass.services.async_register("homeassistant", "turn_on", refuse)
    assert await SwitchDriver(hass, SWITCH).async_apply(Command(is_on=True)) is Outcome.REFUSED


async def test_thermostat(hass: HomeAssistant) -> None:
    """What it shows is read; what it is told lies within what it takes."""
    attributes = {
        "temperature": 21,
        "current_temperature": 19.5,
        "current_humidity": 60,
        "hvac_action": "heating",
        "min_temp": 7,
        "max_temp": 28,
        "target_temp_step": 1,
        "hvac_modes": ["off", "auto", "heat"],
    }
    hass.states.async_set(CLIMATE, "heat", attributes)
    driver = ClimateDriver(hass, CLIMATE)
    assert (driver.lowest, driver.highest, driver.step, driver.is_relay) == (7, 28, 1, False)
    seen = await driver.async_read()
    assert (seen.setpoint, seen.room, seen.humidity) == (21, 19.5, 60)
    assert (seen.is_on, seen.is_heating) == (True, True)
    assert seen.room_at is not None
    told = obey(hass, "climate", "set_temperature")
    for wished, got in ((10, 10), (2, 7), (40, 28)):
        assert await driver.async_apply(Command(setpoint=wished)) is Outcome.KEPT
        assert told.pop()["temperature"] == got
    # It is switched on, but never off.
    modes = obey(hass, "climate", "set_hvac_mode", "heat")
    assert await driver.async_apply(Command(is_on=False)) is Outcome.KEPT
    hass.states.async_set(CLIMATE, "off", attributes)
    assert await driver.async_apply(Command(is_on=True, setpoint=9)) is Outcome.KEPT
    assert [call["hvac_mode"] for call in modes] == ["heat"]
    assert told.pop()["temperature"] == 9
    # A thermostat that cannot be told to heat is told the temperature all the same.
    hass.states.async_set(CLIMATE, "off", {**attributes, "hvac_modes": ["off", "cool"]})
    assert await driver.async_apply(Command(is_on=True, setpoint=9)) is Outcome.KEPT


async def test_thermostat_that_is_not_there_yet(hass: HomeAssistant) -> None:
    """What it takes is known from when it was last there."""
    entity = er.async_get(hass).async_get_or_create(
        "climate", "test", "attic", capabilities={"min_temp": 12, "max_temp": 25}
    )
    driver = ClimateDriver(hass, entity.id)
    assert (driver.lowest, driver.highest, driver.step) == (12, 25, 0.5)
    assert await driver.async_read() == UNREACHABLE
    assert await driver.async_apply(Command(setpoint=15)) is Outcome.LOST
    assert ClimateDriver(hass, "climate.gone").lowest == 5


async def test_thermostat_in_fahrenheit(hass: HomeAssistant) -> None:
    """The rules reckon in °C, whatever Home Assistant shows."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    assert hass.config.units.temperature_unit == UnitOfTemperature.FAHRENHEIT
    attributes = {
        "temperature": 68,
        "current_temperature": None,
        "min_temp": 50,
        "max_temp": 86,
        "target_temp_step": 1.8,
    }
    hass.states.async_set(CLIMATE, "auto", attributes)
    driver = ClimateDriver(hass, CLIMATE)
    assert (driver.lowest, driver.highest) == (pytest.approx(10), pytest.approx(30))
    assert driver.step == pytest.approx(1)
    seen = await driver.async_read()
    assert seen.setpoint == pytest.approx(20)
    assert (seen.room, seen.room_at, seen.is_heating) == (None, None, None)
    told = obey(hass, "climate", "set_temperature")
    assert await driver.async_apply(Command(setpoint=15)) is Outcome.KEPT
    assert told == [{"entity_id": CLIMATE, "temperature": 59}]


async def test_no_driver() -> None:
    """A heater that cannot be driven is not there."""
    driver = NoDriver()
    assert await driver.async_read() == UNREACHABLE
    assert await driver.async_apply(Command(setpoint=8)) is Outcome.LOST
