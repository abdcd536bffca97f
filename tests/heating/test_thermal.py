"""Tests of how a room's model is learnt, and of what it foretells."""

from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
import json
from math import exp, log

from hypothesis import assume, given, settings, strategies as st
import pytest

from custom_components.lumme_energy.heating.thermal import RoomModel

from .two_part_house import BEGIN, STEP, TwoPartHouse, learnt, live, weekends, winter

TEMPERATURES = st.floats(-35, 35)
HOURS = st.floats(0, 200)


def test_guess() -> None:
    """Before anything is learnt, the model is a slow cottage's, and says that it is a guess."""
    model = RoomModel()
    assert (model.tau_hours, model.rise, model.lead) == pytest.approx((30, 50, 0))
    assert model.confidence == pytest.approx(0)
    assert not model.is_learnt
    assert model.quick is None
    # The textbook's first order: t = tau ln((Tinf − T0) / (Tinf − T1)).
    hours = model.hours_to(8, 20, -10)
    assert hours == pytest.approx(30 * log(32 / 20))
    assert hours is not None
    assert model.temperature_after(8, hours, -10, 1) == pytest.approx(20)
    assert model.temperature_after(20, 9, 0, 0) == pytest.approx(20 * exp(-9 / 30))
    assert model.share_to_hold(20, -5) == pytest.approx(0.5)
    assert model.share_to_hold(20, -40) == 1
    assert model.share_to_hold(20, 25) == 0


@pytest.mark.parametrize(
    ("house", "sensor_step"),
    [
        (TwoPartHouse(), 0.1),
        (TwoPartHouse(), 0.5),
        (TwoPartHouse(between=300), 0.1),
        (TwoPartHouse(power=2500, loss=60, between=250, air_capacity=60, wall_capacity=660), 0.1),
        (TwoPartHouse(power=2000, loss=40, between=200, air_capacity=80, wall_capacity=2000), 0.2),
        (TwoPartHouse(power=8000, loss=150, air_capacity=600, wall_capacity=8400), 0.1),
    ],
    ids=["cottage", "coarse sensor", "quick air", "light", "insulated", "log house"],
)
def test_learns_how_long_it_takes(house: TwoPartHouse, sensor_step: float) -> None:
    """After some weekends, the time that preheating takes is known about as well as its margin."""
    model = learnt(house, sensor_step=sensor_step)
    assert model.is_learnt
    assert model.rise == pytest.approx(house.rise, rel=0.08)
    assert model.lead > 0
    for start, outdoor in ((10, 0), (10, -10), (10, -18), (17, -5), (8, 5)):
        took = replace(house, air=start, walls=start).hours_to(20.5, outdoor)
        foretold = model.hours_to(start, 20.5, outdoor)
        assert foretold is not None
        # Later by no more than the margin makes good, and hardly earlier.
        assert took - 0.5 < foretold * 1.25 < took * 1.55 + 1


def test_never_warm_enough() -> None:
    """A heater that is too weak for the weather is known to be before anybody travels."""
    house = TwoPartHouse(power=2500, loss=60, between=250, air_capacity=60, wall_capacity=660)
    model = learnt(house)
    assert model.hours_to(8, 21, -25) is None
    assert model.hours_to(8, 21, 0) is not None


def test_sun_and_stove() -> None:
    """Sun by day does not make a far quicker house of it."""
    house = TwoPartHouse()
    model = learnt(house, weeks=6, sun=800)
    assert model.rise == pytest.approx(house.rise, rel=0.2)
    assert 20 < model.tau_hours < 60


def test_quiet_weeks() -> None:
    """Of a house that was only kept at its base, only what that takes is learnt."""
    house, model = TwoPartHouse(), RoomModel()
    deque(live(house, model, 6 * 168, setpoint=lambda _: 10.0, outdoor=winter), maxlen=0)
    assert not model.is_learnt
    assert model.confidence > 0
    assert model.rise == pytest.approx(house.rise, rel=0.05)
    assert (model.tau_hours, model.lead) == pytest.approx((30, 0))


def test_open_door() -> None:
    """A door that stood open for hours in the cold moves what was learnt only a little."""
    house = TwoPartHouse()
    model = learnt(house)
    before = model.hours_to(10, 21, -10)
    at = BEGIN + timedelta(weeks=3)
    for count in range(30):
        model.observe(at + count * STEP, 20.0 - count * 0.4, -10, 1.0)
    assert model.hours_to(10, 21, -10) == pytest.approx(before, rel=0.12)


def test_other_house() -> None:
    """A house that was insulated is known anew after some weeks."""
    model = learnt(TwoPartHouse())
    house = TwoPartHouse(loss=80)
    lived = live(house, model, 7 * 168, setpoint=weekends, outdoor=winter)
    deque(lived, maxlen=0)
    # Time went back to the beginning: the model began anew, and has forgotten nothing.
    assert 60 < model.rise < 80


def steady(model: RoomModel, at: datetime, hours: float, outdoor: float | None = 0.0) -> datetime:
    """Let a model see a room at 20 °C that its heater keeps at half power."""
    for _ in range(round(hours * 20)):
        model.observe(at, 20.0, outdoor, 0.4)
        at += STEP
    return at


def test_what_teaches_nothing() -> None:
    """No outdoor temperature, unknown power, gaps, and warm weather teach nothing."""
    model = RoomModel()
    at = steady(model, BEGIN, 30, outdoor=None)
    assert model.as_dict() == RoomModel().as_dict()
    for hour in range(60):
        model.observe(at + timedelta(hours=hour), 20, 0, 0.4)
    at = steady(model, at + timedelta(hours=60), 60, outdoor=17.0)
    model.observe(at, 20, 0, None)
    assert model.confidence == pytest.approx(0)
    steady(model, at + timedelta(days=1), 30)
    assert model.confidence > 0
    assert model.rise == pytest.approx(50)


def test_quick_part() -> None:
    """What the heater did in the last hour is known, for it is in the room's air already."""
    model = RoomModel()
    at = steady(model, BEGIN, 5)
    assert model.quick == pytest.approx(20)
    for count in range(5):
        model.observe(at + count * STEP, 20.0, 0.0, 1.0)
    assert model.quick == pytest.approx(20 + 30 * (1 - exp(-0.5)))


@settings(max_examples=60, deadline=None)
@given(
    seen=st.lists(
        st.tuples(
            st.integers(-30, 3000),
            st.floats(-60, 90),
            st.none() | st.floats(-60, 60),
            st.none() | st.floats(-1, 3),
        ),
        max_size=60,
    ),
    question=st.tuples(TEMPERATURES, TEMPERATURES, TEMPERATURES),
)
def test_survives_anything(
    seen: list[tuple[int, float, float | None, float | None]],
    question: tuple[float, float, float],
) -> None:
    """Whatever sensors and clocks say, the model stays a house's, and JSON keeps all of it."""
    model, at = RoomModel(), BEGIN
    for minutes, room, outdoor, share in seen:
        at += timedelta(minutes=minutes if minutes < 20 else minutes / 100)
        model.observe(at, room, outdoor, share)
        assert 3 <= model.tau_hours <= 400
        assert 8 <= model.rise <= 150
        assert 0 <= model.lead <= model.rise / 2
        assert -1e-6 <= model.confidence < 1
    other = RoomModel.from_dict(json.loads(json.dumps(model.as_dict())))
    assert other.as_dict() == model.as_dict()
    start, target, outdoor = question
    assert other.hours_to(start, target, outdoor) == model.hours_to(start, target, outdoor)
    hours = model.hours_to(start, target, outdoor, quick=model.quick)
    assert hours is None or hours >= 0
    for each in (model, other):
        each.observe(at + STEP, 12.0, -3.0, 0.7)
    assert other.as_dict() == model.as_dict()
    assert len(json.dumps(model.as_dict())) < 1000


@pytest.fixture(scope="module")
def cottage() -> RoomModel:
    """Return a model that has learnt an ordinary cottage."""
    return learnt(TwoPartHouse())


@given(start=TEMPERATURES, target=TEMPERATURES, outdoor=TEMPERATURES, more=st.floats(0, 10))
def test_colder_takes_longer(
    cottage: RoomModel, start: float, target: float, outdoor: float, more: float
) -> None:
    """From colder, to warmer, in a colder winter: each takes longer, or for ever."""
    usual = cottage.hours_to(start, target, outdoor)
    for other in (
        cottage.hours_to(start - more, target, outdoor),
        cottage.hours_to(start, target + more, outdoor),
        cottage.hours_to(start, target, outdoor - more),
    ):
        if usual is None:
            assert other is None
        else:
            assert other is None or other >= usual - 1e-6


@given(
    start=TEMPERATURES,
    target=TEMPERATURES,
    outdoor=TEMPERATURES,
    quick=st.none() | TEMPERATURES,
)
def test_there_after_that_time(
    cottage: RoomModel, start: float, target: float, outdoor: float, quick: float | None
) -> None:
    """After the hours that it takes, it is as warm as that; the other way round, too."""
    hours = cottage.hours_to(start, target, outdoor, quick=quick)
    assume(hours)
    assert hours is not None
    if quick is None or quick <= outdoor + cottage.rise:
        room = cottage.temperature_after(start, hours, outdoor, 1, quick=quick)
        assert room == pytest.approx(target, abs=0.02)
    assert cottage.temperature_after(start, 0, outdoor, 1, quick=quick) == pytest.approx(start)


@given(room=TEMPERATURES, setpoint=TEMPERATURES, outdoor=TEMPERATURES, hours=st.floats(0.01, 24))
def test_thermostat(
    cottage: RoomModel, room: float, setpoint: float, outdoor: float, hours: float
) -> None:
    """A thermostat keeps what the heater can, with as much power as that takes."""
    kept, quick, share = cottage.keep(setpoint, room, room, hours, outdoor)
    assert 0 <= share <= 1
    assert kept == pytest.approx(
        cottage.temperature_after(room, hours, outdoor, share, quick=room), abs=1e-6
    )
    if 0 < share < 1:
        assert kept == pytest.approx(setpoint)
    end = outdoor + cottage.rise * share
    assert min(room, end) - 1e-6 <= quick <= max(room, end) + 1e-6
