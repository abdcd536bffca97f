"""The engine of a house: wishes, hands at radiators, restarts, faults."""

from dataclasses import replace
from datetime import datetime, timedelta
import json

import pytest

from custom_components.lumme_energy.heating import engine
from custom_components.lumme_energy.heating.engine import Refusal, SiteEngine, WishRefusedError
from custom_components.lumme_energy.heating.model import (
    Action,
    Alarm,
    Arrival,
    Command,
    Mode,
    Outcome,
    Preset,
    Proof,
    SiteSettings,
    ZoneSeen,
    ZoneSettings,
)
from custom_components.lumme_energy.heating.preheat import Preheat

from .bench import RELAY, THERMOSTAT, Bench, hours, minutes, news, room


@pytest.fixture
def bench() -> Bench:
    """Return a house that has adopted its thermostat at 21 °C, and follows its mode."""
    bench = Bench()
    bench.step()
    bench.engine.release("room", bench.now)
    bench.run(hours(1))
    assert bench.told == []
    return bench


@pytest.fixture
def away(bench: Bench) -> Bench:
    """Return a house that was turned down an hour ago."""
    bench.engine.turn_down(bench.now)
    bench.run(hours(1))
    assert bench.setpoints == [10.0]
    bench.told.clear()
    return bench


# What is found, what is wished.


def test_adopts_what_it_finds() -> None:
    """A new house is left as it is, until somebody wishes something."""
    bench = Bench(seen={"room": ZoneSeen(setpoint=17.3, room=17.0)})
    plan = bench.run(hours(3))
    assert (room(plan).preset, room(plan).setpoint) == (None, 17.3)
    assert room(plan).reason.key == "by_hand"
    assert bench.told == []
    bench.engine.set_preset("room", Preset.ECO, bench.now)
    bench.step()
    assert bench.told == [(bench.now, "room", Command(setpoint=18.0))]


def test_adopts_nothing_below_the_floor() -> None:
    """What is found below the floor is put right at once."""
    bench = Bench(seen={"room": ZoneSeen(setpoint=5.0, room=12.0)})
    plan = bench.step()
    assert room(plan).command == Command(setpoint=8.0, is_safety=True)
    assert room(plan).reason.key == "by_hand"


@pytest.mark.parametrize("setpoint", [5.0, 21.0, None])
def test_adopts_no_device_that_is_off(setpoint: float | None) -> None:
    """A device that is found off is on at the floor from then on."""
    bench = Bench(seen={"room": ZoneSeen(setpoint=setpoint, is_on=False, room=12.0)})
    plan = bench.step()
    assert room(plan).command == Command(setpoint=8.0, is_on=True, is_safety=True)
    assert room(plan).preset is Preset.FROST
    assert bench.seen["room"].is_on
    bench.run(hours(2))
    assert len(bench.told) == 1


def test_wish_before_anything_was_seen() -> None:
    """A wish goes before what is found."""
    bench = Bench()
    bench.engine.set_mode(Mode.AWAY, bench.now)
    bench.step()
    assert bench.setpoints == [10.0]


@pytest.mark.parametrize(
    ("preset", "setpoint", "action"),
    [
        (Preset.ECO, 18.0, Action.IDLE),
        (Preset.AWAY, 10.0, Action.IDLE),
        (Preset.FROST, 8.0, Action.OFF),
        (Preset.DRY, 8.0, Action.IDLE),
    ],
)
def test_presets(bench: Bench, preset: Preset, setpoint: float, action: Action) -> None:
    """A zone's preset lasts until the mode changes."""
    bench.engine.set_preset("room", preset, bench.now)
    plan = bench.step()
    assert (room(plan).preset, room(plan).setpoint, room(plan).action) == (preset, setpoint, action)
    bench.engine.set_mode(Mode.HOME, bench.now)
    assert room(bench.run(minutes(30))).preset is Preset.HOME
    assert bench.setpoints == [setpoint, 21.0]


def test_temperature_by_hand(bench: Bench) -> None:
    """A temperature is rounded and clamped, and lasts until another wish."""
    for wished, kept in ((19.3, 19.5), (2.0, 8.0), (60.0, 30.0)):
        bench.engine.set_temperature("room", wished, bench.now)
        plan = bench.run(minutes(2))
        assert (room(plan).preset, room(plan).setpoint) == (None, kept)
    assert bench.setpoints == [19.5, 8.0, 30.0]
    bench.engine.set_preset("room", Preset.HOME, bench.now)
    assert room(bench.run(minutes(2))).setpoint == 21.0


def test_boost_lapses(bench: Bench) -> None:
    """BOOST ends with its time, and what was before is there again; twice is longer, not more."""
    bench.engine.set_temperature("room", 19.0, bench.now)
    bench.run(minutes(2))
    bench.engine.set_preset("room", Preset.BOOST, bench.now)
    plan = bench.run(minutes(60))
    assert (room(plan).preset, room(plan).setpoint) == (Preset.BOOST, 23.0)
    assert room(plan).reason.placeholders["until"] == "2026-01-10T15:03+00:00"
    bench.engine.set_preset("room", Preset.BOOST, bench.now)
    assert room(bench.run(minutes(119))).preset is Preset.BOOST
    plan = bench.step()
    assert (room(plan).preset, room(plan).setpoint) == (None, 19.0)


def test_boost_and_a_clock_that_is_set_back(bench: Bench) -> None:
    """A clock that is set back by a year does not boost for a year."""
    bench.engine.set_preset("room", Preset.BOOST, bench.now)
    bench.step()
    bench.now -= timedelta(days=365)
    assert room(bench.run(minutes(119))).preset is Preset.BOOST
    assert room(bench.run(minutes(2))).preset is Preset.HOME


def test_dry_follows_slowly(bench: Bench) -> None:
    """DRY follows the weather by whole kelvins: every change is a write."""
    bench.engine.set_preset("room", Preset.DRY, bench.now)
    bench.around(outdoor=6.0)
    assert room(bench.run(hours(24))).setpoint == pytest.approx(10.0, abs=0.5)
    bench.told.clear()
    bench.around(outdoor=6.4)
    bench.run(hours(12))
    assert bench.told == []
    bench.read(humidity=80.0)
    plan = bench.step()
    assert room(plan).reason.key == "damp"
    assert room(plan).setpoint == 11.5
    bench.around(outdoor=None)
    plan = bench.run(hours(4))
    assert room(plan).reason.key == "dry_unknown_outdoor"
    assert room(plan).reason.placeholders["setpoint"] == "10.0"


@pytest.mark.parametrize(
    ("mode", "away_preset", "setpoint"),
    [
        (Mode.AWAY, Preset.AWAY, 10.0),
        (Mode.AWAY, Preset.FROST, 8.0),
        (Mode.FROST_GUARD, Preset.AWAY, 8.0),
    ],
)
def test_modes(mode: Mode, away_preset: Preset, setpoint: float) -> None:
    """An empty house keeps what its zones have for that."""
    bench = Bench(zones={"room": replace(THERMOSTAT, away_preset=away_preset)})
    bench.step()
    bench.engine.set_mode(mode, bench.now)
    plan = bench.step()
    assert plan.mode is bench.engine.mode is mode
    assert room(plan).setpoint == setpoint
    bench.engine.turn_down(bench.now)
    assert bench.step().mode is mode


# Writes.


def test_writes_on_change_only(bench: Bench) -> None:
    """A day in which nothing changes is a day without a write."""
    bench.run(hours(24), minutes(5))
    assert bench.told == []


def test_user_need_not_wait_long(bench: Bench) -> None:
    """The second wish within a minute waits for a minute, and says so."""
    bench.engine.set_temperature("room", 19.0, bench.now)
    bench.step(timedelta(seconds=30))
    bench.engine.set_temperature("room", 20.0, bench.now)
    plan = bench.step(timedelta(seconds=30))
    assert room(plan).reason.key == "waiting_to_write"
    assert room(plan).reason.placeholders == {"setpoint": "20.0", "shown": "19.0"}
    bench.step(timedelta(seconds=30))
    assert bench.setpoints == [19.0, 20.0]
    assert bench.engine.writes("room", bench.now) == bench.engine.total_writes("room") == 2


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.LOST])
def test_refused(bench: Bench, outcome: Outcome) -> None:
    """What a device refuses is tried ever more rarely, told, and done when it does not any more."""
    bench.outcome = outcome
    bench.engine.turn_down(bench.now)
    plan = bench.run(hours(24))
    assert Alarm.REFUSED in room(plan).alarms
    assert 20 <= len(bench.told) <= 24
    bench.outcome = Outcome.KEPT
    plan = bench.run(hours(3))
    assert bench.seen["room"].setpoint == 10.0
    assert room(plan).alarms == frozenset()


def test_lost_answer_that_was_heard(bench: Bench) -> None:
    """A write whose answer is lost may have arrived: what is read then counts."""
    bench.outcome = Outcome.LOST
    bench.engine.turn_down(bench.now)
    bench.run(minutes(3))
    assert len(bench.told) > 1
    bench.read(setpoint=10.0)
    plan = bench.run(minutes(2))
    assert room(plan).alarms == frozenset()
    count = len(bench.told)
    bench.run(hours(2))
    assert len(bench.told) == count


def test_device_that_rounds(bench: Bench) -> None:
    """A device of whole degrees keeps what it can, and is not told again and again."""
    bench.outcome = Outcome.DIFFERENT
    bench.engine.set_temperature("room", 19.5, bench.now)
    bench.step()
    bench.read(setpoint=20.0)
    plan = bench.run(hours(24), minutes(5))
    assert len(bench.told) == 1
    assert room(plan).alarms == frozenset()


def test_device_that_keeps_something_else(bench: Bench) -> None:
    """A device that answers with another value drifts."""
    bench.outcome = Outcome.DIFFERENT
    bench.engine.turn_down(bench.now)
    plan = bench.run(hours(24), minutes(5))
    assert room(plan).alarms == {Alarm.DRIFT}
    assert len(bench.told) <= 24


def test_write_that_nobody_answers_for(bench: Bench) -> None:
    """A command of which nothing becomes known is not repeated at every step."""
    bench.read(setpoint=5.0)
    bench.told.clear()
    for _ in range(60):
        bench.now += minutes(1)
        plan = bench.engine.step(bench.now, replace(bench.site, zones=bench.seen))
        if (command := room(plan).command) is not None:
            bench.told.append((bench.now, "room", command))
    assert 1 < len(bench.told) <= 8


# Hands at radiators, and devices that forget.


def test_hand_at_the_radiator(bench: Bench) -> None:
    """Somebody who may be there may set a radiator."""
    bench.read(setpoint=17.0)
    plan = bench.step()
    assert (room(plan).preset, room(plan).setpoint) == (None, 17.0)
    assert news(plan) == ["set_by_hand"]
    assert plan.news[0].placeholders == {"zone": "room", "setpoint": "17.0"}
    plan = bench.run(hours(2))
    assert bench.told == []
    assert plan.news == ()


def test_hand_below_the_floor(bench: Bench) -> None:
    """Who turns a radiator off has it at the floor."""
    bench.read(setpoint=5.0)
    plan = bench.step()
    assert room(plan).command == Command(setpoint=8.0, is_safety=True)
    assert news(plan) == ["set_by_hand", "put_right"]
    plan = bench.run(hours(2))
    assert room(plan).setpoint == 8.0
    assert bench.setpoints == [8.0]


def test_switched_off_by_hand(bench: Bench) -> None:
    """Who switches a radiator off has it at the floor."""
    bench.read(is_on=False)
    plan = bench.step()
    assert room(plan).command == Command(setpoint=8.0, is_on=True, is_safety=True)
    assert room(plan).preset is Preset.FROST
    assert room(bench.run(hours(2))).preset is Preset.FROST
    assert len(bench.told) == 1


def test_drift_in_an_empty_house(away: Bench) -> None:
    """Where nobody is, what changes by itself is put right, sparingly, and told."""
    away.read(setpoint=21.0)
    plan = away.step()
    assert away.setpoints == [10.0]
    assert room(plan).alarms == {Alarm.DRIFT}
    assert news(plan) == ["put_right"]
    assert room(away.run(minutes(59))).alarms == {Alarm.DRIFT}
    assert room(away.run(minutes(2))).alarms == frozenset()
    away.told.clear()
    for _ in range(24 * 12):
        away.read(setpoint=21.0)
        away.step(minutes(5))
    assert len(away.told) <= 24


def test_switched_off_in_an_empty_house(away: Bench) -> None:
    """A radiator that is off in an empty house is on again, at what was wished."""
    away.read(is_on=False)
    plan = away.step()
    assert room(plan).command == Command(is_on=True, is_safety=True)
    assert room(plan).preset is Preset.AWAY


def test_somebody_is_there_although_away(away: Bench) -> None:
    """Who is seen there may set a radiator, whatever the mode."""
    away.around(is_anyone_home=True)
    away.read(setpoint=20.0)
    plan = away.run(hours(1))
    assert room(plan).setpoint == 20.0
    assert away.told == []
    assert plan.is_left_high is False
    away.around(is_anyone_home=False)
    plan = away.run(minutes(10))
    assert plan.is_left_high
    assert plan.left_high == ("room",)


@pytest.mark.parametrize("shown", [5.0, 18.0, 30.0])
def test_power_loss(bench: Bench, shown: float) -> None:
    """A device that comes back from a silence with something else gets what it had."""
    bench.read(is_reachable=False)
    plan = bench.run(minutes(20))
    assert room(plan).reason.key == "unreachable"
    assert room(plan).alarms == {Alarm.SILENT}
    bench.read(is_reachable=True, setpoint=shown)
    plan = bench.run(minutes(3))
    assert bench.setpoints == [21.0]
    assert room(plan).alarms == frozenset()


def test_power_loss_of_a_device_that_comes_back_off(bench: Bench) -> None:
    """A device that comes back switched off is switched on, and keeps its preset."""
    bench.read(is_reachable=False)
    bench.run(minutes(20))
    bench.read(is_reachable=True, is_on=False)
    plan = bench.step()
    assert room(plan).command == Command(is_on=True, is_safety=True)
    assert room(plan).preset is Preset.HOME


# Restarts.


@pytest.mark.parametrize("setpoint", [10.0, 17.5])
def test_restart_writes_nothing(bench: Bench, setpoint: float) -> None:
    """A restart leaves alone what is as it was intended, however long it took."""
    bench.engine.set_temperature("room", setpoint, bench.now)
    bench.run(hours(1))
    bench.told.clear()
    bench.restart(timedelta(days=3))
    plan = bench.run(hours(3))
    assert bench.told == []
    assert room(plan).setpoint == setpoint


def test_restart_between_command_and_answer(bench: Bench) -> None:
    """A write before a kill is known again by what the device shows."""
    bench.engine.turn_down(bench.now)
    bench.now += minutes(1)
    plan = bench.engine.step(bench.now, replace(bench.site, zones=bench.seen))
    assert room(plan).command is not None
    bench.read(setpoint=10.0)
    bench.restart()
    plan = bench.run(hours(1))
    assert bench.told == []
    assert room(plan).alarms == frozenset()


def test_restart_with_a_device_that_forgot(away: Bench) -> None:
    """What went wrong while nobody looked is put right."""
    away.restart(hours(5))
    away.read(setpoint=21.0)
    away.step()
    assert away.setpoints == [10.0]


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"site": None, "zones": None},
        {"site": {"mode": "party"}, "zones": {"room": {"state": {"pace": 3}, "model": {}}}},
        {"site": [], "zones": {"room": 3}},
        {"zones": []},
    ],
)
def test_any_state(state: dict[str, object] | None) -> None:
    """A file may hold anything: what does not fit is forgotten."""
    engine = SiteEngine(SiteSettings(), {"room": THERMOSTAT}, state)
    assert engine.mode is Mode.HOME
    assert not engine.model("room").is_learnt


def test_bad_zone_takes_nothing_with_it(away: Bench) -> None:
    """A zone that is forgotten leaves the house's mode, and what is learnt of its room."""
    state = json.loads(json.dumps(away.engine.as_dict()))
    state["zones"]["room"]["state"] = {"hand": "warm"}
    engine = SiteEngine(SiteSettings(), away.zones, state)
    assert engine.mode is Mode.AWAY
    assert engine.model("room").as_dict() == away.engine.model("room").as_dict()


# Arrivals.


@pytest.fixture
def cold() -> Bench:
    """Return an empty house that keeps its base heat."""
    cold = Bench(seen={"room": ZoneSeen(setpoint=10.0, room=10.0, power=200.0)})
    cold.engine.set_mode(Mode.AWAY, cold.now)
    cold.around(is_anyone_home=False)
    cold.step()
    return cold


def test_arrival(cold: Bench) -> None:
    """An empty house waits, is warm when somebody comes, and is lived in then."""
    at = cold.now + hours(24)
    cold.engine.set_arrival(at, cold.now)
    assert cold.engine.arrival_at == at
    plan = cold.step()
    assert plan.mode is Mode.ARRIVING
    assert plan.arrival is not None
    assert plan.arrival.is_reachable
    assert room(plan).reason.key == "waiting_to_preheat"
    assert cold.told == []
    start = plan.arrival.start
    assert start is not None
    told, celsius = [], 10.0
    while cold.now < at:
        plan = cold.step(minutes(5))
        told += news(plan)
        if cold.now < start - hours(1):
            assert room(plan).setpoint == 10.0
        if told:
            # The room warms as the model guesses before it has learnt: 30 h, 50 K.
            celsius += (50.0 - celsius) / 30 / 12
            cold.read(room=celsius, power=1000.0)
    assert told == ["preheat_started"]
    assert cold.setpoints == [21.0]
    assert room(plan).action is Action.PREHEATING
    assert plan.is_left_high is False
    cold.around(is_anyone_home=True)
    plan = cold.step()
    assert news(plan) == ["arrived"]
    assert plan.mode is Mode.HOME
    assert cold.engine.arrival_at is None
    assert room(plan).preset is Preset.HOME


def test_preheating_is_not_interrupted_for_a_cheaper_hour(
    cold: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What must be heated by now goes on; what was only early stops, but lasts for an hour."""
    at = cold.now + hours(10)
    cold.engine.set_arrival(at, cold.now)
    arrival = Arrival(
        at=at, start=None, expected=21.0, is_reachable=True, ready_at=at, energy=None, cost=None
    )

    def plan(start: datetime, *heating: str) -> str:
        preheat = Preheat(arrival=arrival, starts={"room": start}, heating=frozenset(heating))
        monkeypatch.setattr(engine, "plan_arrival", lambda *_: preheat)
        return room(cold.run(minutes(20), minutes(10))).reason.key

    assert plan(at) == "waiting_to_preheat"
    assert plan(cold.now) == "waiting_for_cheap_hours"
    assert plan(at, "room") == "heating_early_cheap"
    assert [plan(at) for _ in range(3)] == [
        "heating_early_cheap",
        "heating_early_cheap",
        "waiting_to_preheat",
    ]
    assert plan(at, "room") == "waiting_to_preheat"
    assert plan(cold.now, "room") == "preheating"
    assert plan(cold.now) == "preheating"


def test_arrival_nobody_comes_to(cold: Bench) -> None:
    """Some hours after an arrival that was none, the house is turned down again, and that is told."""
    cold.engine.set_arrival(cold.now + hours(1), cold.now)
    plan = cold.run(hours(3))
    assert plan.mode is Mode.ARRIVING
    assert room(plan).reason.key == "preheating"
    plan = cold.run(hours(2) - minutes(1))
    assert plan.mode is Mode.AWAY
    assert news(plan) == ["nobody_came"]
    assert cold.setpoints == [21.0, 10.0]


def test_arrival_nobody_can_see(cold: Bench) -> None:
    """Where nobody is tracked, the house is lived in from the arrival on."""
    cold.around(is_anyone_home=None)
    cold.engine.set_arrival(cold.now + hours(1), cold.now)
    assert cold.run(hours(1) - minutes(1)).mode is Mode.ARRIVING
    assert cold.step().mode is Mode.HOME


def test_arrival_ahead_of_time(cold: Bench) -> None:
    """Who comes early is there; who has not left yet when the next arrival is wished is not."""
    cold.around(is_anyone_home=True)
    cold.engine.set_arrival(cold.now + hours(48), cold.now)
    assert cold.run(minutes(10)).mode is Mode.ARRIVING
    cold.around(is_anyone_home=False)
    assert cold.run(minutes(10)).mode is Mode.ARRIVING
    cold.around(is_anyone_home=True)
    assert cold.step().mode is Mode.HOME


def test_next_arrival_is_wished_before_leaving(bench: Bench) -> None:
    """An arrival that is known when somebody leaves is waited for."""
    bench.engine.set_arrival(bench.now + hours(48), bench.now)
    assert bench.step().mode is Mode.HOME
    bench.engine.set_mode(Mode.FROST_GUARD, bench.now)
    plan = bench.step()
    assert plan.mode is Mode.ARRIVING
    assert room(plan).setpoint == 8.0
    bench.engine.set_arrival(None, bench.now)
    assert bench.step().mode is Mode.FROST_GUARD


def test_arrival_that_passes_at_home(bench: Bench) -> None:
    """Who has not left does not arrive."""
    bench.engine.set_arrival(bench.now + hours(1), bench.now)
    plan = bench.run(hours(2))
    assert plan.mode is Mode.HOME
    assert bench.engine.arrival_at is None


def test_leaving_an_arrival(cold: Bench) -> None:
    """Turning down a house that waits keeps the arrival; one that heats for it, does not."""
    cold.engine.set_arrival(cold.now + hours(72), cold.now)
    cold.step()
    cold.engine.turn_down(cold.now)
    assert cold.step().mode is Mode.ARRIVING
    cold.engine.set_arrival(cold.now + hours(2), cold.now)
    assert room(cold.step()).reason.key == "preheating"
    cold.engine.turn_down(cold.now)
    assert cold.step().mode is Mode.AWAY
    assert cold.engine.arrival_at is None


def test_wishes_that_cannot_be(bench: Bench) -> None:
    """An arrival is ahead, or it is refused, and nothing has changed."""
    with pytest.raises(WishRefusedError) as error:
        bench.engine.set_mode(Mode.ARRIVING, bench.now)
    assert error.value.refusal is Refusal.NO_ARRIVAL
    with pytest.raises(WishRefusedError) as error:
        bench.engine.set_arrival(bench.now, bench.now)
    assert error.value.refusal is Refusal.ARRIVAL_PAST
    assert bench.step().mode is Mode.HOME
    bench.engine.set_arrival(bench.now + hours(9), bench.now)
    bench.engine.set_mode(Mode.ARRIVING, bench.now)
    assert bench.step().mode is Mode.ARRIVING
    bench.engine.set_mode(Mode.AWAY, bench.now)
    assert bench.engine.arrival_at is None


def test_arrival_of_a_house_without_thermometers(cold: Bench) -> None:
    """Where no room's temperature is known, heating begins a day ahead."""
    cold.read(room=None)
    cold.engine.set_arrival(cold.now + hours(30), cold.now)
    cold.run(hours(2))
    plan = cold.run(hours(3))
    assert room(plan).reason.key == "away"
    assert plan.arrival is None
    plan = cold.run(hours(2))
    assert room(plan).reason.key == "preheating"


def test_own_wish_outlasts_an_arrival(cold: Bench) -> None:
    """A zone with a wish of its own is not preheated."""
    cold.engine.set_arrival(cold.now + hours(2), cold.now)
    cold.engine.set_preset("room", Preset.FROST, cold.now)
    plan = cold.run(minutes(30))
    assert (room(plan).preset, room(plan).setpoint) == (Preset.FROST, 8.0)
    cold.around(is_anyone_home=True)
    plan = cold.run(minutes(5))
    assert plan.mode is Mode.HOME
    assert room(plan).preset is Preset.FROST


def test_kept_arrival_without_a_time(cold: Bench) -> None:
    """A file that speaks of an arrival without its time leads to an empty house."""
    cold.engine.set_arrival(cold.now + hours(2), cold.now)
    state = json.loads(json.dumps(cold.engine.as_dict()))
    state["site"]["arrival"] = None
    cold.engine = SiteEngine(cold.settings, cold.zones, state)
    assert cold.step().mode is Mode.AWAY


# Left high.


def test_left_high_and_turned_down_by_itself() -> None:
    """A house that was left high is told of, and turned down if the user wants that."""
    bench = Bench(settings=SiteSettings(turn_down_after=hours(2)))
    bench.around(is_anyone_home=True, power=1200.0)
    bench.run(minutes(10))
    bench.around(is_anyone_home=False)
    plan = bench.run(minutes(119))
    assert plan.is_left_high
    assert plan.turned_down == {"room": Proof.NOT_YET}
    assert plan.mode is Mode.HOME
    plan = bench.step()
    assert plan.mode is Mode.AWAY
    assert plan.news[0].key == "turned_down"
    assert plan.news[0].placeholders == {"minutes": "120"}
    assert bench.setpoints == [10.0]
    plan = bench.step()
    assert plan.is_left_high is False
    assert plan.turned_down == {"room": Proof.READ_BACK}
    bench.around(power=200.0)
    assert bench.step().turned_down == {"room": Proof.PROVEN}


def test_left_high_is_only_told_without_consent() -> None:
    """Nobody's radiators are turned down who did not ask for that."""
    bench = Bench()
    bench.around(is_anyone_home=False)
    plan = bench.run(hours(48), minutes(5))
    assert plan.is_left_high
    assert plan.mode is Mode.HOME
    assert bench.told == []


def test_left_high_is_not_known_without_anybody_to_see() -> None:
    """Where nobody is tracked, a house that is lived in may be warm."""
    assert Bench().run(hours(1)).is_left_high is None


def test_left_high_by_a_device_that_was_switched_off(away: Bench) -> None:
    """A device that is off is not high; one that does not answer is not known."""
    away.outcome = Outcome.REFUSED
    away.read(is_on=False, setpoint=21.0)
    plan = away.step()
    assert plan.is_left_high is False
    away.read(is_reachable=False)
    plan = away.step()
    assert plan.is_left_high is None
    assert plan.turned_down == {"room": Proof.UNKNOWN}


# Alarms and caps.


def test_cold_room(away: Bench) -> None:
    """A room near its floor is told of; one below it heats whatever is wished."""
    away.read(room=8.8)
    plan = away.step()
    assert room(plan).alarms == {Alarm.COLD}
    away.read(room=7.5)
    plan = away.step()
    assert room(plan).reason.key == "cold"
    assert room(plan).reason.placeholders == {"setpoint": "10.0", "room": "7.5", "floor": "8.0"}
    away.read(room=9.6)
    assert room(away.step()).alarms == frozenset()


def test_raising_a_cold_room_is_for_safety(away: Bench) -> None:
    """A write that brings heat to a room below its floor does not wait."""
    away.engine.set_preset("room", Preset.FROST, away.now)
    away.step()
    away.read(room=7.0)
    away.engine.release("room", away.now)
    plan = away.step(timedelta(seconds=1))
    assert room(plan).command == Command(setpoint=10.0, is_safety=True)


def test_thermostat_that_lets_its_room_sink(away: Bench) -> None:
    """A thermostat that idles below the floor is set a little higher, by two kelvins at most."""
    away.engine.set_preset("room", Preset.FROST, away.now)
    away.step()
    away.read(room=7.7, is_heating=False)
    plan = away.run(minutes(12))
    assert room(plan).setpoint == 8.5
    away.read(room=8.2)
    assert room(away.run(hours(2))).setpoint == 8.5
    away.read(room=7.0)
    assert room(away.run(hours(5))).setpoint == 10.0
    away.restart()
    assert room(away.step()).setpoint == 10.0


@pytest.mark.parametrize(
    "seen",
    [{"is_heating": True}, {"power": 990.0}, {"is_heating": None, "power": None}],
)
def test_no_rise(away: Bench, seen: dict[str, bool | float | None]) -> None:
    """Heating for an hour without any warmth is told of."""
    away.read(setpoint=10.0, room=7.5, **seen)
    assert Alarm.NO_RISE not in room(away.run(minutes(59))).alarms
    assert Alarm.NO_RISE in room(away.run(minutes(5))).alarms
    away.read(room=9.6)
    assert room(away.run(minutes(1))).alarms == frozenset()


def test_stale_sensor_of_a_thermostat(bench: Bench) -> None:
    """A thermostat measures by itself: the sensor of the room being dead changes nothing."""
    bench.read(room_at=bench.now)
    plan = bench.run(hours(2))
    assert room(plan).alarms == {Alarm.STALE_SENSOR}
    assert room(plan).reason.key == "home"
    assert bench.told == []
    bench.read(room_at=bench.now)
    bench.step()
    bench.read(room_at=bench.now)
    bench.step()
    bench.read(room_at=bench.now)
    assert room(bench.step()).alarms == frozenset()


def test_power_cut(bench: Bench) -> None:
    """Meter and heaters that fall silent at once have no power; either alone is no such thing."""
    bench.around(power=500.0)
    bench.run(minutes(10))
    bench.around(power=None)
    assert bench.run(minutes(10)).alarms == frozenset()
    bench.read(is_reachable=False)
    assert bench.run(minutes(10)).alarms == frozenset()
    bench.around(power=500.0)
    bench.read(is_reachable=True)
    bench.run(minutes(10))
    bench.around(power=None)
    bench.read(is_reachable=False)
    assert bench.run(minutes(10)).alarms == {Alarm.POWER_CUT}
    bench.read(is_reachable=True)
    assert bench.run(minutes(1)).alarms == frozenset()


def test_bridge(bench: Bench) -> None:
    """A bridge that is not heard for a quarter of an hour is silent."""
    for _ in range(20):
        bench.around(bridge_at=bench.now)
        assert bench.step().alarms == frozenset()
    assert bench.run(minutes(20)).alarms == {Alarm.SILENT}
    bench.around(power=500.0)
    bench.run(minutes(5))
    for _ in range(5):
        bench.around(bridge_at=bench.now)
        plan = bench.step()
    assert plan.alarms == frozenset()
    bench.around(power=None)
    assert bench.run(minutes(10)).alarms == {Alarm.POWER_CUT}


def test_fuse() -> None:
    """The less important zone waits at its floor while power is short, if its room can wait."""
    warm = ZoneSeen(setpoint=21.0, room=19.0, is_heating=True)
    bench = Bench(
        settings=SiteSettings(fuse=2000.0),
        zones={"first": THERMOSTAT, "second": THERMOSTAT},
        seen={"first": warm, "second": warm},
    )
    bench.step()
    bench.around(power=2500.0)
    plan = bench.run(minutes(2))
    assert plan.zones["second"].reason.key == "shed_fuse"
    assert plan.zones["second"].setpoint == 8.0
    assert [zone for _, zone, _ in bench.told] == ["second"]
    bench.read("second", room=8.5)
    bench.around(power=1900.0)
    plan = bench.run(minutes(2))
    assert plan.zones["second"].setpoint == 21.0


# Relays.


@pytest.fixture
def relay() -> Bench:
    """Return a house with a relay, whose room is at 12 °C and follows an empty house."""
    bench = Bench(zones={"room": RELAY}, seen={"room": ZoneSeen(is_on=False, room=12.0)})
    bench.step()
    bench.engine.turn_down(bench.now)
    bench.run(minutes(20))
    assert bench.told == []
    return bench


def _share(bench: Bench) -> float:
    """Return for which share of the time the relay is closed."""
    closed = 0
    for _ in range(600):
        bench.step()
        closed += bench.seen["room"].is_on is True
    return closed / 600


@pytest.mark.parametrize("is_on", [True, False])
def test_relay_is_adopted(*, is_on: bool) -> None:
    """A new relay keeps the temperature that its room has, and is left alone at first."""
    bench = Bench(zones={"room": RELAY}, seen={"room": ZoneSeen(is_on=is_on, room=17.1)})
    plan = bench.run(minutes(10))
    assert (room(plan).setpoint, room(plan).preset) == (17.0, None)
    assert room(plan).action is (Action.HEATING if is_on else Action.IDLE)
    assert bench.told == []


def test_relay_is_adopted_without_a_thermometer() -> None:
    """A new relay in a room of which nothing is known keeps the floor by the weather."""
    bench = Bench(zones={"room": RELAY}, seen={"room": ZoneSeen(is_on=False)})
    assert room(bench.run(minutes(10))).setpoint == 8.0
    assert _share(bench) == pytest.approx(0.275, abs=0.03)


@pytest.mark.parametrize(("celsius", "share"), [(7.9, 1.0), (10.0, 0.0), (9.5, 0.3), (9.0, 0.6)])
def test_relay_keeps_its_room(relay: Bench, celsius: float, share: float) -> None:
    """A relay is closed for what the room lacks, and for all of it at the floor."""
    relay.around(outdoor=None)
    relay.run(hours(3))
    relay.read(room=celsius)
    assert _share(relay) == pytest.approx(share, abs=0.03)


def test_relay_at_the_floor_closes_at_once(relay: Bench) -> None:
    """Nothing waits for a cycle below the floor; nor does what has to stop at the fuse."""
    relay.read(room=7.9)
    plan = relay.step()
    assert room(plan).command == Command(is_on=True, is_safety=True)


@pytest.mark.parametrize(
    ("outdoor", "share"), [(-30.0, 1.0), (-10.0, 0.525), (20.0, 0.1), (None, 0.5)]
)
def test_relay_without_a_thermometer(relay: Bench, outdoor: float | None, share: float) -> None:
    """A room whose sensor is dead is heated by the weather, and never left."""
    relay.around(outdoor=outdoor)
    relay.read(room_at=relay.now)
    plan = relay.run(hours(4))
    assert room(plan).alarms == {Alarm.STALE_SENSOR}
    assert room(plan).reason.key == "stale_sensor"
    assert _share(relay) == pytest.approx(share, abs=0.03)


def test_relay_that_somebody_else_switches(relay: Bench) -> None:
    """A relay that is switched by others is put right, ever more rarely, and told of."""
    for _ in range(60):
        relay.read(is_on=True)
        plan = relay.step()
    assert Alarm.DRIFT in room(plan).alarms
    assert 3 < len(relay.told) < 10


def test_relay_waits_at_the_fuse() -> None:
    """A relay opens at once where power is short, and closes again later."""
    bench = Bench(
        settings=SiteSettings(fuse=2000.0),
        zones={"room": RELAY},
        seen={"room": ZoneSeen(is_on=True, room=15.0)},
    )
    bench.step()
    bench.engine.set_temperature("room", 21.0, bench.now)
    bench.run(minutes(5))
    bench.around(power=2500.0)
    plan = bench.run(minutes(2))
    assert room(plan).reason.key == "shed_fuse"
    assert not bench.seen["room"].is_on
    bench.around(power=-500.0)
    bench.run(minutes(40))
    assert bench.seen["room"].is_on


def test_relay_that_does_not_answer(relay: Bench) -> None:
    """A relay that is silent is told nothing, and what it has missed when it answers."""
    relay.read(is_reachable=False, room=7.0)
    plan = relay.run(minutes(20))
    assert Alarm.SILENT in room(plan).alarms
    assert plan.turned_down == {"room": Proof.UNKNOWN}
    assert relay.told == []
    relay.read(is_reachable=True)
    relay.step()
    assert relay.seen["room"].is_on


def test_relay_restart(relay: Bench) -> None:
    """A restart in the middle of a cycle does not switch anything."""
    relay.read(room=9.5)
    for _ in range(30):
        relay.step()
        relay.told.clear()
        relay.restart(hours(1))
        relay.step()
        assert relay.told == []


def test_relay_that_refuses(relay: Bench) -> None:
    """A relay that refuses is tried ever more rarely."""
    relay.outcome = Outcome.REFUSED
    relay.read(room=7.0)
    plan = relay.run(hours(10))
    assert Alarm.REFUSED in room(plan).alarms
    assert len(relay.told) < 50


def test_zone_that_is_not_read(bench: Bench) -> None:
    """A zone of which nothing is read does not answer."""
    bench.seen.clear()
    plan = bench.step()
    assert room(plan).reason.key == "unreachable"
    assert room(plan).setpoint == 21.0


def test_settings_that_contradict_each_other() -> None:
    """The floor goes before every other limit."""
    bench = Bench(zones={"room": ZoneSettings(floor=12.0, highest=10.0)})
    bench.engine.set_mode(Mode.AWAY, bench.now)
    assert room(bench.step()).setpoint == 12.0


def test_relay_opens_when_the_house_is_turned_down(relay: Bench) -> None:
    """A room that is far warmer than wished is not heated until the end of a cycle."""
    relay.read(room=21.0)
    relay.engine.set_mode(Mode.HOME, relay.now)
    relay.read(room=19.0)
    relay.run(minutes(20))
    assert relay.seen["room"].is_on
    relay.engine.turn_down(relay.now)
    relay.step()
    assert not relay.seen["room"].is_on


def test_relay_that_was_switched_before_a_crash(relay: Bench) -> None:
    """What was not kept on disk any more is nobody else's doing."""
    kept = relay.engine.as_dict()
    relay.read(is_on=not relay.seen["room"].is_on)
    relay.engine = SiteEngine(relay.settings, relay.zones, json.loads(json.dumps(kept)))
    assert Alarm.DRIFT not in room(relay.step()).alarms


def test_device_that_forgets_soon_after_it_was_told(away: Bench) -> None:
    """Who was without power for half a minute is told anew, without waiting for the next write."""
    away.engine.set_preset("room", Preset.ECO, away.now)
    away.step()
    away.read(is_reachable=False)
    away.step(timedelta(seconds=30))
    away.read(is_reachable=True, setpoint=20.0)
    plan = away.run(minutes(2))
    assert away.setpoints == [18.0, 18.0]
    assert Alarm.DRIFT not in room(plan).alarms
