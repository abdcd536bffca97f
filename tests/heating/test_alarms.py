"""Alarms that are raised and cleared by what lasts."""

from datetime import timedelta

import pytest

from custom_components.lumme_energy.heating.alarms import RULES, Alarms, Rise, is_cold
from custom_components.lumme_energy.heating.model import Alarm
from custom_components.lumme_energy.heating.thermal import RoomModel

from .bench import minutes

MODEL = RoomModel()


class _Learnt(RoomModel):
    """A model that knows its room: 30 h, 50 K."""

    is_learnt = True  # type: ignore[assignment]


@pytest.mark.parametrize("alarm", list(Alarm))
def test_rules(alarm: Alarm) -> None:
    """Each alarm is raised after its time, and cleared after its time."""
    alarms, rule = Alarms(), RULES[alarm]
    alarms.see(alarm, rule.after, is_bad=True)
    assert alarms.raised == {alarm}
    alarms.see(alarm, rule.clears, is_bad=None)
    assert alarms.is_raised(alarm)
    alarms.see(alarm, rule.clears, is_bad=False)
    assert alarms.raised == frozenset()
    assert not alarms.is_raised(alarm)


def test_does_not_flap() -> None:
    """What is interrupted begins anew."""
    alarms = Alarms()
    for _ in range(10):
        alarms.see(Alarm.SILENT, minutes(14), is_bad=True)
        alarms.see(Alarm.SILENT, minutes(1), is_bad=False)
    assert not alarms.is_raised(Alarm.SILENT)


@pytest.mark.parametrize(
    ("room", "setpoint", "was_cold", "cold"),
    [
        (8.9, 10.0, False, True),
        (9.1, 10.0, False, False),
        (9.4, 10.0, True, True),
        (9.5, 10.0, True, False),
        (None, 10.0, False, None),
        # Where the floor is the setpoint, the room swings around it.
        (7.6, 8.0, False, False),
        (7.4, 8.0, False, True),
    ],
)
def test_cold(room: float | None, setpoint: float, *, was_cold: bool, cold: bool | None) -> None:
    """Cold is a kelvin above the floor, or what a room that is kept at it does not sink to."""
    assert is_cold(room, 8.0, setpoint, was_cold=was_cold) is cold


def _heat(
    rise: Rise, rooms: list[float], model: RoomModel = MODEL, outdoor: float | None = 0.0
) -> bool:
    """Let a room have these temperatures, one every 30 minutes, at full power."""
    raised = False
    for room in rooms:
        raised = rise.see(room, 21.0, minutes(30), model, outdoor, is_full=True)
    return raised


def test_no_rise() -> None:
    """Full power for an hour has to warm a room; what it warms clears that."""
    rise = Rise()
    assert not _heat(rise, [12.0, 12.0])
    assert _heat(rise, [12.1])
    assert _heat(rise, [12.3])
    assert not _heat(rise, [12.5])


def test_no_rise_needs_full_power() -> None:
    """An hour in pieces is none; an unknown room leaves the alarm as it is."""
    rise = Rise()
    for _ in range(10):
        assert not _heat(rise, [12.0])
        assert not rise.see(12.0, 21.0, minutes(30), MODEL, 0.0, is_full=False)
    assert _heat(rise, [12.0, 12.0])
    assert rise.see(None, 21.0, minutes(30), MODEL, 0.0, is_full=True)


def test_no_rise_ends_at_the_setpoint() -> None:
    """A room that is warm enough needs no rise."""
    rise = Rise()
    assert _heat(rise, [12.0, 12.0, 12.0])
    assert not rise.see(20.6, 21.0, timedelta(), MODEL, 0.0, is_full=True)
    assert not _heat(rise, [20.6, 20.6, 20.6])


@pytest.mark.parametrize(
    ("rooms", "raised"), [((19.5, 19.5, 19.4), False), ((19.5, 19, 18.5), True)]
)
def test_no_rise_at_the_limit(rooms: tuple[float, ...], *, raised: bool) -> None:
    """A heater that has reached what it can is not broken; one in a room that cools is."""
    assert _heat(Rise(), list(rooms), _Learnt(), outdoor=-30.0) is raised
