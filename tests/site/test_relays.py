"""Plain heaters behind relays: the room's thermometer and the duty cycle are all they have."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lumme_energy.heating.model import Command, Outcome
from custom_components.lumme_energy.modbus_link import CONF_UNIT_ID
from custom_components.lumme_energy.site.settings import CONF_PROFILE
from demo.cottage import DemoCottage
from tests.heating.registers.heater import Heater

from .common import coordinator_of, modbus_zone, pass_time, set_up, site_entry, state, thermostat

ROOM = "sensor.bathroom"


def measure(hass: HomeAssistant, celsius: float) -> None:
    """Let the thermometer tell something."""
    hass.states.async_set(ROOM, str(celsius), {"unit_of_measurement": "°C"}, force_update=True)


@pytest.mark.parametrize(("celsius", "closed"), [(25.0, False), (6.0, True)])
async def test_relay_follows_the_room(
    hass: HomeAssistant,
    cottage: DemoCottage,
    clock: FrozenDateTimeFactory,
    celsius: float,
    closed: bool,
) -> None:
    """Too warm opens the relay, too cold closes it; sensors of the user's own are taken in."""
    cottage.house.radiators["bathroom"].is_on = not closed
    hass.states.async_set("sensor.damp", "60", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.watts", "0.9", {"unit_of_measurement": "kW"})
    measure(hass, celsius)
    entry = site_entry(
        hass,
        modbus_zone(cottage, "bathroom", room=ROOM, humidity="sensor.damp", power="sensor.watts"),
    )
    await set_up(hass, entry)
    for _ in range(40):
        measure(hass, celsius)
        await pass_time(hass, clock, 60)
    assert cottage.house.radiators["bathroom"].is_on is closed
    found = thermostat(hass, "bathroom")
    assert found.attributes["current_temperature"] == celsius
    assert found.attributes["current_humidity"] == 60
    assert coordinator_of(entry).seen.zones["bathroom"].power == 900
    assert state(hass, "sensor", "why", "bathroom").state != "unreachable"


async def test_relay_that_can_count(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """It is closed for a while only, and told again before that is over; opened, it is left alone."""
    board = Heater({("holding", 1): 0})

    def switch(table: str, address: int, value: int) -> None:
        board.cells[table, address] = int(value >> 8 != 2)

    board.on_write = switch
    host, port = await board.start()
    measure(hass, 21)
    entry = site_entry(
        hass,
        modbus_zone(
            cottage,
            "bathroom",
            room=ROOM,
            host=host,
            port=port,
            **{CONF_PROFILE: "r421a08_relay", CONF_UNIT_ID: 1},
        ),
    )
    await set_up(hass, entry)
    driver = coordinator_of(entry).zones["bathroom"].driver
    board.writes.clear()
    assert await driver.async_apply(Command(is_on=True)) is Outcome.KEPT
    assert board.writes == [(6, 1, [0x0600 + 255])]
    await driver.async_read()
    assert len(board.writes) == 1
    clock.tick(130)
    await driver.async_read()
    assert len(board.writes) == 2
    assert await driver.async_apply(Command(is_on=False)) is Outcome.KEPT
    board.cells["holding", 1] = 1
    clock.tick(3600)
    await driver.async_read()
    assert len(board.writes) == 3
    await board.stop()


async def test_what_a_heater_does_not_take(
    hass: HomeAssistant, cottage: DemoCottage, caplog: pytest.LogCaptureFixture
) -> None:
    """A setpoint beyond what the device takes is refused before it is written."""
    entry = site_entry(hass, modbus_zone(cottage, "kitchen"))
    await set_up(hass, entry)
    driver = coordinator_of(entry).zones["kitchen"].driver
    assert await driver.async_apply(Command(setpoint=90)) is Outcome.REFUSED
    assert "90 °C" in caplog.text
    assert await driver.async_apply(Command(is_on=False)) is Outcome.KEPT
    assert cottage.house.radiators["kitchen"].is_on
    assert cottage.writes == []
