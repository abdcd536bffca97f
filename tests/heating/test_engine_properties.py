"""Whatever is seen, wished and answered: the floor, the budget, and the same after a restart."""

from collections.abc import Callable
from datetime import datetime, timedelta
import json
from math import nan
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.lumme_energy.heating.engine import SiteEngine, WishRefusedError
from custom_components.lumme_energy.heating.model import (
    Mode,
    Outcome,
    Preset,
    SitePlan,
    SiteSeen,
    SiteSettings,
    ZoneSeen,
    ZoneSettings,
)
from custom_components.lumme_energy.heating.targets import highest, lowest
from custom_components.lumme_energy.heating.writing import BUDGET

from .bench import RELAY, START, THERMOSTAT

ZONES = {
    "plain": THERMOSTAT,
    "coarse": ZoneSettings(floor=7.3, lowest=9.0, step=1.0, away_preset=Preset.DRY),
    "relay": RELAY,
}
SITE = SiteSettings(fuse=4000.0, turn_down_after=timedelta(hours=1))

maybe_celsius = st.none() | st.floats(-60, 100) | st.just(nan) | st.sampled_from([8.0, 10.0, 21.0])
instants = st.integers(-200, 200).map(lambda count: START + timedelta(minutes=count))
zones_seen = st.builds(
    ZoneSeen,
    is_reachable=st.booleans(),
    setpoint=maybe_celsius,
    is_on=st.none() | st.booleans(),
    room=maybe_celsius,
    room_at=st.none() | instants,
    humidity=st.none() | st.floats(0, 100),
    power=st.none() | st.floats(-100, 5000),
    is_heating=st.none() | st.booleans(),
)
sites_seen = st.builds(
    SiteSeen,
    zones=st.dictionaries(st.sampled_from([*ZONES, "stranger"]), zones_seen),
    outdoor=maybe_celsius,
    power=st.none() | st.floats(-5000, 20000) | st.just(nan),
    is_anyone_home=st.none() | st.booleans(),
    quarter_average=st.none() | st.floats(0, 9000),
    month_peak=st.none() | st.floats(0, 9000),
    bridge_at=st.none() | instants,
)
# Mostly the minute that a step takes; sometimes a clock that jumps.
passings = st.sampled_from([0, 1, 1, 1, 2, 10, 60, 1440, -60]).map(lambda n: timedelta(minutes=n))
keys = st.sampled_from(list(ZONES))

type Wish = Callable[[SiteEngine, datetime], None]


def _mode(mode: Mode) -> Wish:
    return lambda engine, now: engine.set_mode(mode, now)


def _arrival(away: timedelta | None) -> Wish:
    return lambda engine, now: engine.set_arrival(None if away is None else now + away, now)


def _preset(zone: str, preset: Preset) -> Wish:
    return lambda engine, now: engine.set_preset(zone, preset, now)


def _temperature(zone: str, celsius: float) -> Wish:
    return lambda engine, now: engine.set_temperature(zone, celsius, now)


wishes = st.one_of(
    st.builds(_mode, st.sampled_from(list(Mode))),
    st.builds(_arrival, st.none() | st.integers(-1, 72).map(lambda n: timedelta(hours=n))),
    st.builds(_preset, keys, st.sampled_from(list(Preset))),
    st.builds(_temperature, keys, st.floats(-50, 60)),
    keys.map(lambda zone: lambda engine, now: engine.release(zone, now)),
    st.just(lambda engine, now: engine.turn_down(now)),
)
stories = st.lists(
    st.tuples(
        passings, sites_seen, st.none() | wishes, st.sampled_from(list(Outcome)), st.booleans()
    ),
    max_size=25,
)


def _restarted(engine: SiteEngine) -> SiteEngine:
    return SiteEngine(SITE, ZONES, json.loads(json.dumps(engine.as_dict())))


def _wish(engine: SiteEngine, wish: Wish | None, now: datetime) -> None:
    if wish is not None:
        try:
            wish(engine, now)
        except WishRefusedError:
            assert engine.mode in Mode


def _told(plan: SitePlan) -> dict[str, Any]:
    return {key: zone.command for key, zone in plan.zones.items() if zone.command}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories)
def test_floor_and_budget(story: list[tuple[Any, ...]]) -> None:
    """No setpoint is below the floor, none is switched off, and no register is worn out."""
    engine, now = SiteEngine(SITE, ZONES), START
    for passes, seen, wish, outcome, is_restarted in story:
        now += passes
        if is_restarted:
            engine = _restarted(engine)
        _wish(engine, wish, now)
        plan = engine.step(now, seen)
        assert set(plan.zones) == set(ZONES)
        for key, zone in plan.zones.items():
            limits = ZONES[key]
            assert zone.setpoint >= lowest(limits)
            if zone.preset is not None:
                assert zone.setpoint <= highest(limits)
            if zone.command is None:
                continue
            assert zone.command.setpoint is None or zone.command.setpoint >= lowest(limits)
            assert zone.command.is_on is not False or limits.is_relay
            if not limits.is_relay and not zone.command.is_safety:
                assert engine.writes(key, now) <= BUDGET
            engine.applied(key, zone.command, outcome, now)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories)
def test_state_is_all_there_is(story: list[tuple[Any, ...]]) -> None:
    """Two engines with the same state do the same from there on."""
    one, now = SiteEngine(SITE, ZONES), START
    for passes, seen, wish, outcome, _ in story:
        now += passes
        _wish(one, wish, now)
        for key, command in _told(one.step(now, seen)).items():
            one.applied(key, command, outcome, now)
    one, other = _restarted(one), _restarted(one)
    assert one.as_dict() == other.as_dict()
    for passes, seen, wish, outcome, _ in story:
        now += passes
        plans = []
        for engine in (one, other):
            _wish(engine, wish, now)
            plans.append(engine.step(now, seen))
            for key, command in _told(plans[-1]).items():
                engine.applied(key, command, outcome, now)
        assert plans[0] == plans[1]
        assert one.as_dict() == other.as_dict()


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([21.0, 10.0, 8.0, 5.0]), st.sampled_from(list(Outcome)), wishes),
        min_size=1,
        max_size=10,
    )
)
def test_a_day_of_wishes(day: list[tuple[float, Outcome, Wish]]) -> None:
    """Wishes all day long, and a device that does as it likes: 24 writes a day, and some for safety."""
    engine, now = SiteEngine(SITE, ZONES), START
    written: dict[str, list[datetime]] = {key: [] for key in ZONES}
    for count in range(36 * 12):
        now += timedelta(minutes=5)
        shown, outcome, wish = day[count % len(day)]
        _wish(engine, wish, now)
        seen = SiteSeen(
            zones={key: ZoneSeen(setpoint=shown, is_on=True, room=15.0) for key in ZONES}
        )
        for key, command in _told(engine.step(now, seen)).items():
            engine.applied(key, command, outcome, now)
            if not command.is_safety:
                written[key].append(now)
    for key in ("plain", "coarse"):
        for first in written[key]:
            day_of = [at for at in written[key] if first <= at < first + timedelta(hours=24)]
            assert len(day_of) <= BUDGET
