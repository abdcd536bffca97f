"""What is believed of what is seen."""

from datetime import datetime
from math import inf, nan

import pytest

from custom_components.lumme_energy.heating.model import SiteSeen, ZoneSeen
from custom_components.lumme_energy.heating.senses import RoomSense, Weather, believed
from custom_components.lumme_energy.heating.thermal import RoomModel

from .bench import START, hours, minutes


class _Learnt(RoomModel):
    """A model that knows its room."""

    is_learnt = True  # type: ignore[assignment]


MODEL = RoomModel()


def test_believed() -> None:
    """Numbers that are none, and temperatures of broken sensors, are not known."""
    seen = believed(
        SiteSeen(
            zones={"a": ZoneSeen(setpoint=nan, room=-127.0, humidity=120.0, power=inf)},
            outdoor=85.0,
            power=nan,
            forecast=((START, nan), (START, -3.0)),
            quarter_average=500.0,
        )
    )
    assert seen.zones["a"] == ZoneSeen()
    assert seen.outdoor is seen.power is None
    assert seen.forecast == ((START, -3.0),)
    assert seen.quarter_average == 500.0


def _see(sense: RoomSense, room: float | None, at: datetime | None, now: datetime) -> None:
    sense.see(ZoneSeen(room=room, room_at=at), now, minutes(5), MODEL, -10.0, 0.0)


def test_stale_without_a_sign_of_life() -> None:
    """An hour without a sign of life is too long, whatever the clock says; a sign heals that."""
    sense = RoomSense()
    _see(sense, 20.0, START, START)
    for _ in range(11):
        _see(sense, 20.0, START, START)
    assert sense.room == 20.0
    _see(sense, 20.0, START, START)
    assert sense.is_stale
    assert sense.room is None
    _see(sense, 20.0, START + minutes(1), START + minutes(1))
    assert sense.room == 20.0


def test_stale_when_it_is_gone() -> None:
    """A sensor that says nothing keeps its last word for an hour."""
    sense = RoomSense()
    _see(sense, 20.0, None, START)
    for _ in range(11):
        _see(sense, None, None, START)
    assert sense.room == 20.0
    _see(sense, None, None, START)
    assert sense.room is None


def test_long_dead_when_we_come() -> None:
    """A sensor that has been silent for hours is not believed at first sight."""
    sense = RoomSense()
    _see(sense, 20.0, START - hours(2), START)
    assert sense.is_stale


def test_stuck() -> None:
    """A sensor that shows the same while the room must have cooled by 2 K is stuck."""
    sense = RoomSense()
    steps = 0
    while not sense.is_stuck:
        sense.see(ZoneSeen(room=20.0), START, minutes(5), _Learnt(), -10.0, 0.0)
        steps += 1
    assert pytest.approx(30 / MODEL.tau_hours * steps / 12, rel=0.2) == 2.0
    assert sense.room is None
    sense.see(ZoneSeen(room=18.0), START, minutes(5), _Learnt(), -10.0, 0.0)
    assert sense.room == 18.0


def test_not_stuck_by_a_guess() -> None:
    """A model that has learnt nothing accuses no sensor."""
    sense = RoomSense()
    for _ in range(300):
        sense.see(ZoneSeen(room=20.0), START, minutes(5), MODEL, -10.0, 0.0)
    assert sense.room == 20.0


def test_weather() -> None:
    """The mean follows slowly; what is some hours old is not known any more."""
    weather = Weather()
    weather.see(None, minutes(10))
    assert weather.mean is None
    weather.see(0.0, minutes(10))
    weather.see(6.0, hours(1))
    assert weather.outdoor == 6.0
    assert weather.mean == pytest.approx(1.0)
    weather.see(None, hours(2))
    assert weather.outdoor == 6.0
    weather.see(None, hours(1))
    assert weather.outdoor is weather.mean is None
