"""The cottage's physics: energy is kept, and rooms do what rooms do."""

import math

import pytest

from demo.house import DOORS, ROOMS, House, Radiator, cottage


def stored(house: House) -> float:
    """Return the heat in a house, in J above 0 °C."""
    return sum(
        room.air * house.air[name] + room.mass * house.mass[name]
        for name, room in house.rooms.items()
    )


def cold_house() -> House:
    """Return a house whose heaters are off."""
    house = cottage(begin=20.0)
    for radiator in house.radiators.values():
        radiator.is_on = False
    return house


def test_no_heat_comes_from_nowhere() -> None:
    house = House(
        ROOMS,
        {name: Radiator(power=1000.0) for name in ROOMS},
        DOORS,
        0.0,
    )
    house.air["bedroom"] = 10.0  # which the doors let the others have
    before = stored(house)
    house.step(60, 0.0)
    lost = 60 * ROOMS["bedroom"].draught * 10.0
    gained = sum(radiator.energy for radiator in house.radiators.values())
    assert gained == 60 * house.watts == 240_000
    assert stored(house) == pytest.approx(before + gained - lost)


def test_air_cools_within_hours_and_the_house_over_days() -> None:
    house = cold_house()
    warm = house.air["living_room"]
    for _ in range(2):
        house.step(3600, 0.0)
    soon = house.air["living_room"]
    house.step(24 * 3600, 0.0)
    later = house.air["living_room"]
    assert warm - soon > 2
    assert 20 < 24 / math.log(soon / later) < 45


def test_long_steps_are_many_small_ones() -> None:
    one, many = cold_house(), cold_house()
    one.step(600, -10.0)
    for _ in range(10):
        many.step(60, -10.0)
    assert one.air == many.air


def test_a_thermostat_keeps_its_setpoint() -> None:
    house = cottage(setpoint=15.0, begin=15.0)
    seen = []
    for _ in range(48 * 60):
        house.step(60, -10.0)
        seen.append(house.air["bedroom"])
    assert min(seen) > 14.6
    assert max(seen) < 15.5


def test_a_frost_thermostat_closes_beside_an_open_relay() -> None:
    house = cottage(begin=9.0, frost=8.0)
    bathroom = house.radiators["bathroom"]
    seen = []
    for _ in range(48 * 60):
        house.step(60, -10.0)
        seen.append(house.air["bathroom"])
    assert not bathroom.is_on
    assert bathroom.energy > 0
    assert 7.8 < min(seen) < 8.0


def test_what_stops_a_heater() -> None:
    radiator = Radiator(power=1000.0, setpoint=20.0)
    radiator.feel(10.0)
    assert radiator.watts == 1000.0
    radiator.is_blown = True
    assert radiator.is_heating
    assert radiator.watts == 0.0
    radiator.feel(29.0)
    assert not radiator.is_heating
    radiator.is_on = False
    radiator.feel(10.0)
    assert not radiator.is_heating


@pytest.mark.parametrize(("default", "then"), [(None, 20.0), (5.0, 5.0)])
def test_what_a_power_cut_leaves(default: float | None, then: float) -> None:
    house = cottage(setpoint=20.0, begin=10.0)
    bedroom, bathroom = house.radiators["bedroom"], house.radiators["bathroom"]
    bathroom.is_on = True
    bedroom.default = default
    house.step(60, 0.0)
    assert house.watts
    house.cut()
    house.step(60, 0.0)
    assert house.watts == 0
    house.is_powered = True
    bedroom.is_plugged = False
    house.step(60, 0.0)
    assert bedroom.watts == 0
    assert house.watts
    assert bedroom.setpoint == then
    assert not bathroom.is_on
