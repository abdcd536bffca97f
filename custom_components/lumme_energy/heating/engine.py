"""The whole house, step by step: from what is seen and wished, what every zone is to be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from .alarms import Alarms
from .caps import Shedding
from .left_high import LeftHigh
from .model import (
    Alarm,
    Command,
    Mode,
    Outcome,
    Preset,
    Reason,
    SitePlan,
    SiteSeen,
    SiteSettings,
    ZonePlan,
    ZoneSeen,
    ZoneSettings,
)
from .preheat import Preheat, ZoneToHeat, plan_arrival
from .reasons import Because, News, because
from .senses import Weather, believed
from .thermal import RoomModel
from .zone import Wish, Zone, ZoneState

# More does not count as observed: nobody knows what happened, or the clock jumped.
LONGEST_STEP: Final = timedelta(minutes=10)
# Who is so late does not come any more.
NOBODY_CAME: Final = timedelta(hours=4)
# A room of which nothing is known is heated that long before an arrival.
BLIND_PREHEAT: Final = timedelta(hours=24)
# What is heated early, where that is cheap, is heated or left alone for so long at least.
AT_LEAST: Final = timedelta(hours=1)
# A bridge is heard at least that often.
BRIDGE_PAUSE: Final = timedelta(minutes=2)
# Meter and heaters that fall silent within so much of each other have lost what both live on.
AT_ONCE: Final = timedelta(minutes=5)

_UNSEEN: Final = ZoneSeen(is_reachable=False)
_RESTS: Final = frozenset({Mode.AWAY, Mode.FROST_GUARD})


class Refusal(StrEnum):
    """Why a wish is refused."""

    NO_ARRIVAL = "no_arrival"  # ARRIVING without an arrival
    ARRIVAL_PAST = "arrival_past"


class WishRefusedError(ValueError):
    """A wish that cannot be; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        """Say why, for a translation."""
        super().__init__(refusal)
        self.refusal = refusal


@dataclass(kw_only=True, slots=True)
class SiteState:
    """What must be remembered of the house.

    Attributes:
        mode: What it is doing.
        rest: What an empty house is kept at: AWAY or FROST_GUARD.
        arrival: When somebody comes.
        preheating: The zones that were heated for that in the last step.
        turned_for: For how long each zone has been heated for that without a pause, or not at all.
        has_begun: Whether preheating for it was told.
        was_empty: Whether nobody was there since the arrival was wished.
        late_for: For how long somebody is overdue.
        power: What the house drew when its meter was last heard.
        meter_silent_for: For how long its meter has been silent; None if it was never heard.
        zones_silent_for: For how long none of its zones has answered.
        bridge_at: When the bridge was last heard.
        bridge_silent_for: For how long it has not been.

    """

    mode: Mode = Mode.HOME
    rest: Mode = Mode.AWAY
    arrival: datetime | None = None
    preheating: list[str] = field(default_factory=list)
    turned_for: dict[str, timedelta] = field(default_factory=dict)
    has_begun: bool = False
    was_empty: bool = False
    late_for: timedelta = timedelta()
    power: float | None = None
    meter_silent_for: timedelta | None = None
    zones_silent_for: timedelta = timedelta()
    bridge_at: datetime | None = None
    bridge_silent_for: timedelta = timedelta()
    weather: Weather = field(default_factory=Weather)
    left: LeftHigh = field(default_factory=LeftHigh)
    shedding: Shedding = field(default_factory=Shedding)
    alarms: Alarms = field(default_factory=Alarms)


_site_encoder = BasicEncoder(SiteState)
_site_decoder = BasicDecoder(SiteState)
_zone_encoder = BasicEncoder(ZoneState)
_zone_decoder = BasicDecoder(ZoneState)


class SiteEngine:
    """Decides what a house's heaters are told. Pure: no clock of its own, no input, no output.

    The caller reads all devices, calls `step`, carries out each plan's command, says by `applied`
    what became of it, and keeps `as_dict` on disk. Wishes may come at any time; they take effect in
    the next step, which the caller does well to make at once.

    How long something lasts is counted by steps, of which none counts for more than LONGEST_STEP
    and the first for nothing. So neither a clock that jumps nor a restart makes anything happen.
    """

    def __init__(
        self,
        settings: SiteSettings,
        zones: Mapping[str, ZoneSettings],
        state: Mapping[str, Any] | None = None,
    ) -> None:
        """Go on from what `as_dict` returned; without it, adopt what the devices have.

        Args:
            settings: Of the house.
            zones: Of each zone by its id. Where power is short, the later ones wait first.
            state: What was kept. What does not fit is forgotten, zone by zone.

        """
        self._settings = settings
        self._state = _site(state)
        self._zones = {key: _zone(each, _kept(state, key)) for key, each in zones.items()}
        self._last: datetime | None = None

    @property
    def mode(self) -> Mode:
        """What the house is doing."""
        return self._state.mode

    @property
    def arrival_at(self) -> datetime | None:
        """When somebody comes next, as wished; None if that is not known."""
        return self._state.arrival

    # Wishes.

    def set_mode(self, mode: Mode, now: datetime) -> None:
        """Take the user's wish for the whole house; what was wished for single zones lapses.

        Leaving with an arrival ahead (HOME to AWAY or FROST_GUARD) leads to ARRIVING; leaving
        ARRIVING for any other mode forgets the arrival.

        Raises:
            WishRefusedError: ARRIVING without an arrival ahead.

        """
        state = self._state
        is_ahead = state.arrival is not None and state.arrival > now
        if mode is Mode.ARRIVING:
            if not is_ahead:
                raise WishRefusedError(Refusal.NO_ARRIVAL)
            self._leave()
            return
        if state.mode is Mode.ARRIVING or not is_ahead:
            self._expect(None)
        if mode is Mode.HOME:
            state.mode = mode
            self._follow()
        else:
            state.rest = mode
            self._leave()

    def set_arrival(self, at: datetime | None, now: datetime) -> None:
        """Take when somebody comes; None if nobody does. An empty house is ARRIVING from now on.

        Raises:
            WishRefusedError: It is past.

        """
        state = self._state
        if at is not None and at <= now:
            raise WishRefusedError(Refusal.ARRIVAL_PAST)
        self._expect(at)
        if at is None and state.mode is Mode.ARRIVING:
            state.mode = state.rest
        elif at is not None and state.mode in _RESTS:
            state.mode = Mode.ARRIVING

    def turn_down(self, now: datetime) -> None:
        """Turn the house down: AWAY or ARRIVING, and whatever was wished for zones lapses.

        Who turns down a house that is being preheated does not come.
        """
        match self._state.mode:
            case Mode.HOME:
                self.set_mode(Mode.AWAY, now)
            case Mode.ARRIVING if self._state.preheating:
                self.set_mode(self._state.rest, now)
            case _:
                self._leave()

    def set_preset(self, zone: str, preset: Preset, now: datetime) -> None:
        """Take a zone's preset, until the mode changes or another wish comes."""
        self._zones[zone].set_preset(preset, now)

    def set_temperature(self, zone: str, celsius: float, now: datetime) -> None:
        """Take a temperature set by hand, clamped to what the zone may have."""
        self._zones[zone].set_temperature(celsius)

    def release(self, zone: str, now: datetime) -> None:
        """Let a zone follow the house's mode again."""
        self._zones[zone].release()

    def _expect(self, at: datetime | None) -> None:
        """Take another arrival, or none."""
        state = self._state
        state.arrival = at
        state.preheating, state.has_begun, state.was_empty = [], False, False
        state.turned_for, state.late_for = {}, timedelta()

    def _leave(self) -> None:
        """Leave the house: what it is kept at until somebody comes, if somebody does."""
        state = self._state
        state.mode = state.rest if state.arrival is None else Mode.ARRIVING
        state.left.turned_down(state.power)
        self._follow()

    def _follow(self) -> None:
        """Let all zones follow the house."""
        for zone in self._zones.values():
            zone.release()

    # Steps.

    def step(self, now: datetime, seen: SiteSeen) -> SitePlan:
        """Return what follows from what is seen; its commands are to be carried out now.

        A command counts as a write when it is returned, whatever becomes of it.
        """
        state, settings = self._state, self._settings
        seen = believed(seen)
        dt = timedelta()
        if self._last is not None:
            dt = min(max(now - self._last, timedelta()), LONGEST_STEP)
        self._last = now
        state.weather.see(seen.outdoor, dt)
        news = self._see(now, dt, seen)
        preheat = self._arrive(now, dt, seen, news)
        wishes = self._wishes(now, preheat)
        bases = {
            key: zone.comes_to(zone.base_preset(state.rest), state.weather)
            for key, zone in self._zones.items()
        }
        held = {key: zone.held(bases[key], wishes[key]) for key, zone in self._zones.items()}
        is_empty = self._is_empty(seen)
        is_left_high, left_high = state.left.see(
            dt, held, seen.power, settings.base_load, state.weather.outdoor, is_empty=is_empty
        )
        after = settings.turn_down_after
        if (
            is_left_high
            and left_high
            and after is not None
            and state.mode is Mode.HOME
            and state.left.empty_for >= after
        ):
            minutes = str(round(after / timedelta(minutes=1)))
            self.turn_down(now)
            news.append(because(News.TURNED_DOWN, minutes=minutes))
            preheat = self._preheat(now, timedelta(), seen)
            wishes = self._wishes(now, preheat)
        proofs = {}
        if is_empty:
            proofs = state.left.proofs(held, seen.power, settings.base_load)
        plans = self._decide(now, dt, seen, wishes, news)
        self._watch(dt, seen)
        return SitePlan(
            mode=state.mode,
            zones=plans,
            is_left_high=is_left_high,
            left_high=left_high,
            turned_down=proofs,
            arrival=preheat.arrival if preheat else None,
            alarms=state.alarms.raised,
            news=tuple(news),
        )

    def _see(self, now: datetime, dt: timedelta, seen: SiteSeen) -> list[Reason]:
        """Let all zones see what was read; return what somebody did at their radiators."""
        is_near = seen.is_anyone_home is True or self._state.mode is Mode.HOME
        news = []
        for key, zone in self._zones.items():
            zone.lapse(now)
            told = zone.see(
                seen.zones.get(key, _UNSEEN), now, dt, self._state.weather, is_near=is_near
            )
            if told is not None:
                news.append(_of(key, told))
        return news

    def _is_empty(self, seen: SiteSeen) -> bool | None:
        """Whether nobody is there who needs it warm; None if nobody knows."""
        state = self._state
        if seen.is_anyone_home:
            return False
        if state.mode is Mode.ARRIVING:
            return not state.preheating
        if state.mode in _RESTS:
            return True
        return None if seen.is_anyone_home is None else True

    # Arrivals.

    def _arrive(
        self, now: datetime, dt: timedelta, seen: SiteSeen, news: list[Reason]
    ) -> Preheat | None:
        """Let an arrival come nearer; return what to do for it."""
        state = self._state
        if state.mode is not Mode.ARRIVING:
            if state.arrival is not None and state.arrival <= now:
                self._expect(None)
            return None
        if state.arrival is None:
            state.mode = state.rest
            return None
        at, is_due = state.arrival, now >= state.arrival
        state.was_empty |= seen.is_anyone_home is False
        has_come = seen.is_anyone_home and (is_due or state.was_empty)
        if has_come or (is_due and seen.is_anyone_home is None):
            state.mode = Mode.HOME
            self._expect(None)
            for zone in self._zones.values():
                zone.state.is_wished = True
            news.append(because(News.ARRIVED))
            return None
        if is_due:
            state.late_for += dt
            if state.late_for >= NOBODY_CAME:
                self._expect(None)
                self._leave()
                news.append(because(News.NOBODY_CAME, arrival=at))
                return None
        preheat = self._preheat(now, dt, seen)
        if state.preheating and not state.has_begun:
            state.has_begun = True
            news.append(because(News.PREHEAT_STARTED, arrival=at))
        return preheat

    def _preheat(self, now: datetime, dt: timedelta, seen: SiteSeen) -> Preheat | None:
        """Plan for the arrival ahead, and remember which zones heat for it."""
        state = self._state
        if state.mode is not Mode.ARRIVING or state.arrival is None:
            state.preheating = []
            return None
        following = [key for key, zone in self._zones.items() if zone.follows]
        if now >= state.arrival:
            state.preheating = following
            return None
        preheat = self._plan(state.arrival, now, seen)
        if preheat is None:
            state.preheating = following if now >= state.arrival - BLIND_PREHEAT else []
            return None
        # What must be heated by now, and is, does not stop again for an hour that costs less; a room
        # of which nothing is known goes with the first of the others.
        first = min(preheat.starts.values(), default=state.arrival)
        must = {key for key in state.preheating if preheat.starts.get(key, now) <= now}
        unknown = {key for key in following if key not in preheat.starts and first <= now}
        heats = preheat.heating | must | unknown
        early = {key for key, start in preheat.starts.items() if start > now}
        state.preheating = [
            key for key in following if self._heats(key, dt, key in heats, is_early=key in early)
        ]
        return preheat

    def _heats(self, key: str, dt: timedelta, is_wanted: bool, *, is_early: bool) -> bool:
        """Return whether a zone heats for the arrival.

        A room's air warms at once, and then the cheap hour that did it seems not to be needed any
        more. What begins or ends before it must, to save money, lasts for a while.
        """
        state = self._state
        heated = key in state.preheating
        lasted = state.turned_for.get(key, AT_LEAST) + dt
        if is_wanted is not heated and is_early and lasted < AT_LEAST:
            is_wanted = heated
        state.turned_for[key] = lasted if is_wanted is heated else timedelta()
        return is_wanted

    def _plan(self, at: datetime, now: datetime, seen: SiteSeen) -> Preheat | None:
        """Plan for an arrival; None if nothing is known of any room."""
        state = self._state
        zones = {
            key: ZoneToHeat(
                model=zone.model,
                room=zone.room,
                target=zone.comes_to(Preset.HOME, state.weather).setpoint,
                base=zone.comes_to(zone.base_preset(state.rest), state.weather).setpoint,
                rated_power=zone.settings.rated_power,
                has_begun=key in state.preheating,
            )
            for key, zone in self._zones.items()
            if zone.room is not None and zone.follows
        }
        return plan_arrival(now, at, zones, seen, self._settings) if zones else None

    # What follows.

    def _wishes(self, now: datetime, preheat: Preheat | None) -> dict[str, Wish]:
        """Return how warm each zone is to be."""
        state = self._state
        wishes = {}
        for key, zone in self._zones.items():
            rests = zone.base_preset(state.rest)
            follow = {
                Mode.HOME: Preset.HOME,
                Mode.ARRIVING: Preset.HOME if key in state.preheating else rests,
            }.get(state.mode, rests)
            wish = zone.wish(follow, state.weather)
            if state.mode is Mode.ARRIVING and zone.follows:
                wish = wish._replace(reason=self._waits(key, wish, now, preheat))
            wishes[key] = wish
        return wishes

    def _waits(self, key: str, wish: Wish, now: datetime, preheat: Preheat | None) -> Reason:
        """Return why a zone heats for an arrival, or does not yet."""
        state = self._state
        assert state.arrival is not None  # noqa: S101
        start = preheat.starts.get(key) if preheat else None
        told: dict[str, float | datetime | str] = {
            "setpoint": wish.setpoint,
            "arrival": state.arrival,
        }
        if key in state.preheating:
            is_early = start is not None and start > now
            return because(Because.HEATING_EARLY_CHEAP if is_early else Because.PREHEATING, **told)
        if start is None:
            return wish.reason
        if start <= now:
            return because(Because.WAITING_FOR_CHEAP_HOURS, **told)
        return because(Because.WAITING_TO_PREHEAT, **told, start=start)

    def _decide(
        self,
        now: datetime,
        dt: timedelta,
        seen: SiteSeen,
        wishes: Mapping[str, Wish],
        news: list[Reason],
    ) -> dict[str, ZonePlan]:
        """Return what follows for each zone."""
        state = self._state
        state.shedding.see(
            now,
            dt,
            seen,
            self._settings,
            {key: zone.settings.rated_power for key, zone in self._zones.items()},
            [
                key
                for key, zone in self._zones.items()
                if zone.may_wait and zone.is_heating is not False
            ],
        )
        plans = {}
        for key, zone in self._zones.items():
            plans[key], put_right = zone.decide(
                wishes[key],
                now,
                dt,
                state.weather,
                shed=state.shedding.why if key in state.shedding.zones and zone.may_wait else None,
                is_preheating=key in state.preheating,
            )
            if put_right is not None:
                news.append(_of(key, put_right))
        return plans

    def _watch(self, dt: timedelta, seen: SiteSeen) -> None:
        """See what somebody must look after in the whole house."""
        state = self._state
        answer = [zone.is_answering for zone in self._zones.values()]
        state.zones_silent_for = timedelta() if any(answer) else state.zones_silent_for + dt
        if seen.power is not None:
            state.power, state.meter_silent_for = seen.power, timedelta()
        elif state.meter_silent_for is not None:
            state.meter_silent_for += dt
        if seen.bridge_at is not None:
            is_alive = seen.bridge_at != state.bridge_at
            state.bridge_at = seen.bridge_at
            state.bridge_silent_for = timedelta() if is_alive else state.bridge_silent_for + dt
            is_silent = state.bridge_silent_for >= BRIDGE_PAUSE
            state.alarms.see(Alarm.SILENT, dt, is_bad=is_silent)
        state.alarms.see(Alarm.POWER_CUT, dt, is_bad=self._is_cut(seen))

    def _is_cut(self, seen: SiteSeen) -> bool:
        """Whether the meter and what it feeds are silent, and since the same time."""
        state = self._state
        meter, others = state.meter_silent_for, state.zones_silent_for
        if seen.bridge_at is not None:
            others = max(others, state.bridge_silent_for)
        if not (self._zones and meter and others):
            return False
        return abs(meter - others) <= AT_ONCE

    def applied(self, zone: str, command: Command, outcome: Outcome, now: datetime) -> None:
        """Take what became of a command of the last step."""
        self._zones[zone].applied(command, outcome)

    def was_taken_over(self, zone: str) -> None:
        """Know that a frost guard may have told a zone's device something: it was nobody's hand."""
        self._zones[zone].state.is_reset = True

    # What is known.

    def model(self, zone: str) -> RoomModel:
        """Return what is learnt of a zone's room."""
        return self._zones[zone].model

    def writes(self, zone: str, now: datetime) -> int:
        """Return how often a zone's device was written to in the last 24 hours."""
        return self._zones[zone].state.pace.writes(now)

    def total_writes(self, zone: str) -> int:
        """Return how often a zone's device was ever written to: some registers wear out."""
        return self._zones[zone].state.pace.total

    def as_dict(self) -> dict[str, Any]:
        """Return what must survive a restart, in the types of JSON."""
        return {
            "site": _site_encoder.encode(self._state),
            "zones": {
                key: {"state": _zone_encoder.encode(zone.state), "model": zone.model.as_dict()}
                for key, zone in self._zones.items()
            },
        }


def _of(zone: str, told: Reason) -> Reason:
    """Return news of a zone."""
    return Reason(key=told.key, placeholders={"zone": zone, **told.placeholders})


def _kept(state: Mapping[str, Any] | None, key: str) -> Mapping[str, Any]:
    """Return what was kept of a zone, whatever the rest is like."""
    zones = (state or {}).get("zones")
    kept = zones.get(key) if isinstance(zones, Mapping) else None
    return kept if isinstance(kept, Mapping) else {}


def _site(state: Mapping[str, Any] | None) -> SiteState:
    """Return what was kept of the house; a file may hold anything."""
    try:
        return _site_decoder.decode((state or {})["site"])
    except Exception:  # noqa: BLE001 - mashumaro raises anything
        return SiteState()


def _zone(settings: ZoneSettings, kept: Mapping[str, Any]) -> Zone:
    """Return a zone as it was kept; what is learnt of its room outlives a state that is not."""
    try:
        state = _zone_decoder.decode(kept["state"])
    except Exception:  # noqa: BLE001 - mashumaro raises anything
        state = ZoneState()
    try:
        model = RoomModel.from_dict(kept["model"])
    except Exception:  # noqa: BLE001 - a file may hold anything
        model = RoomModel()
    return Zone(settings, state, model)
