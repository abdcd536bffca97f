"""A house of real Modbus heaters in Home Assistant."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from demo.cottage import DemoCottage

from .common import modbus_zone, pass_time, set_up, site_entry, state, thermostat

ROOMS = ("living_room", "bedroom", "kitchen")


async def test_new_house_is_taken_as_it_is(
    hass: HomeAssistant, cottage: DemoCottage, clock: FrozenDateTimeFactory
) -> None:
    """Nothing is written because somebody has set something up."""
    await set_up(hass, site_entry(hass, *(modbus_zone(cottage, room) for room in ROOMS)))
    for _ in range(3):
        await pass_time(hass, clock)
    for room in ROOMS:
        found = thermostat(hass, room)
        assert found.state == "heat"
        assert found.attributes["temperature"] == 21
        assert found.attributes["current_temperature"] == 21
    assert state(hass, "select", "mode").state == "home"
    assert cottage.writes == []
