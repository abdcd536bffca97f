"""One zone: what is wished of it, what its device shows, and what that device is to be told."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from .alarms import Alarms, Rise, is_cold
from .duty import BUDGET as RELAY_BUDGET, Duty, blind_share, share
from .left_high import IDLE_WATTS, Held
from .model import (
    Action,
    Alarm,
    Command,
    Mode,
    Outcome,
    Preset,
    Reason,
    ZonePlan,
    ZoneSeen,
    ZoneSettings,
)
from .reasons import Because, News, because
from .senses import RoomSense, Weather
from .targets import SAME, highest, is_damp, is_same, lowest, target, within
from .thermal import RoomModel
from .writing import BUDGET, Keeper, Pace, Urgency

# A device that did not answer for so long may have been without power, and have forgotten.
FORGETS: Final = timedelta(seconds=15)
# A room that is so much above what is wished needs no heat, wherever its relay is in its cycle.
FAR_ABOVE: Final = 2.0
# What the weather must change DRY by until it is worth a write (K).
DRY_STEP: Final = 1.0
# A thermostat that idles in a room below its floor for so long lets the room sink too low: its
# setpoint is then more than the floor, by these steps and so much at most (K).
SAGS: Final = timedelta(minutes=10)
SAG_STEP: Final = 0.5
MOST_SAG: Final = 2.0
# Nearer to its setpoint a thermostat may heat or not (K).
SWITCHES: Final = 0.5

# So much above its floor a room can do without heat for a while (K).
MAY_WAIT: Final = 1.0
# What counts as all that a heater has, and how far below its setpoint it gives that (K).
FULL: Final = 0.95
FAR_BELOW: Final = 2.0

# What it is told for these reasons could wait: it only costs more.
SAVING: Final = {Because.HEATING_EARLY_CHEAP, Because.WAITING_TO_PREHEAT}
FOLLOWED: Final = {Mode.HOME: Preset.HOME, Mode.FROST_GUARD: Preset.FROST}


class Wish(NamedTuple):
    """How warm a zone is to be, and why."""

    preset: Preset | None
    setpoint: float
    reason: Reason


@dataclass(kw_only=True, slots=True)
class ZoneState:
    """What must be remembered of a zone.

    Attributes:
        preset: Wished for this zone; None follows the house, or the temperature set by hand.
        hand: A temperature set by hand.
        boost_until: When BOOST lapses, and to what.
        is_wished: Whether the user waits for the device to show what was wished.
        silent_for: For how long the device has not answered.
        is_reset: Whether it came back with something else after a silence.
        is_off: Whether it was switched off when it was last seen.
        is_damp: Whether the room's air is damp.
        dry: What DRY came to last.
        sag: By how much a thermostat's setpoint is above the floor, so that its room is not below.
        sags_for: For how long it has idled in a room below its floor.

    """

    preset: Preset | None = None
    hand: float | None = None
    boost_until: datetime | None = None
    before_preset: Preset | None = None
    before_hand: float | None = None
    is_wished: bool = False
    silent_for: timedelta = timedelta()
    is_reset: bool = False
    is_off: bool = False
    is_damp: bool = False
    dry: float | None = None
    sag: float = 0.0
    sags_for: timedelta = timedelta()
    sense: RoomSense = field(default_factory=RoomSense)
    keeper: Keeper = field(default_factory=Keeper)
    pace: Pace = field(default_factory=Pace)
    duty: Duty = field(default_factory=Duty)
    rise: Rise = field(default_factory=Rise)
    alarms: Alarms = field(default_factory=Alarms)


class Zone:
    """A zone with its device.

    Attributes:
        settings: What the user and the device's profile say of it.
        state: What must be remembered.
        model: What is learnt of its room.
        seen: What was last read.

    """

    def __init__(self, settings: ZoneSettings, state: ZoneState, model: RoomModel) -> None:
        """Go on from what was remembered."""
        self.settings = settings
        self.state = state
        self.model = model
        self.seen = ZoneSeen(is_reachable=False)
        self._least = lowest(settings)
        self._has_answered = False

    # What is wished.

    def set_preset(self, preset: Preset, now: datetime) -> None:
        """Take a preset for this zone; BOOST lapses to what is wished now."""
        state = self.state
        if preset is Preset.BOOST:
            if state.preset is not Preset.BOOST:
                state.before_preset, state.before_hand = state.preset, state.hand
            state.boost_until = now + self.settings.boost_for
        state.preset, state.hand, state.is_wished = preset, None, True

    def set_temperature(self, celsius: float) -> None:
        """Take a temperature set by hand."""
        state = self.state
        state.preset, state.hand, state.is_wished = None, within(self.settings, celsius), True

    def release(self) -> None:
        """Follow the house again."""
        self.state.preset = self.state.hand = None
        self.state.is_wished = True

    @property
    def follows(self) -> bool:
        """Whether it follows the house's mode."""
        return self.state.preset is None and self.state.hand is None

    def lapse(self, now: datetime) -> None:
        """Let BOOST end when its time is over; a clock that was set back does not prolong it."""
        state = self.state
        if state.preset is not Preset.BOOST:
            return
        latest = now + self.settings.boost_for
        until = state.boost_until = min(state.boost_until or now, latest)
        if now >= until:
            state.preset, state.hand = state.before_preset, state.before_hand
            state.is_wished = True

    def wish(self, follow: Preset, weather: Weather) -> Wish:
        """Return what is wished: for this zone, or else for the house."""
        state = self.state
        if state.hand is not None:
            setpoint = max(self._least, state.hand)
            return Wish(None, setpoint, because(Because.BY_HAND, setpoint=setpoint))
        if state.preset is Preset.BOOST and state.boost_until is not None:
            setpoint, _ = target(self.settings, Preset.BOOST, None)
            reason = because(Because.BOOST, setpoint=setpoint, until=state.boost_until)
            return Wish(Preset.BOOST, setpoint, reason)
        return self.comes_to(state.preset or follow, weather)

    def comes_to(self, preset: Preset, weather: Weather) -> Wish:
        """Return what a preset comes to here and now."""
        state = self.state
        setpoint, reason = target(
            self.settings,
            preset,
            weather.mean,
            self.seen.humidity if state.is_damp else None,
        )
        if preset is Preset.DRY:
            if state.dry is not None and abs(setpoint - state.dry) < DRY_STEP:
                setpoint = within(self.settings, state.dry)
                reason = Reason(
                    key=reason.key,
                    placeholders={**reason.placeholders, "setpoint": f"{setpoint:.1f}"},
                )
            state.dry = setpoint
        if not self.settings.is_relay and setpoint < self._least + state.sag:
            setpoint = min(self._least + state.sag, highest(self.settings))
        return Wish(preset, setpoint, reason)

    def base_preset(self, rest: Mode) -> Preset:
        """Return what applies while nobody is there."""
        return FOLLOWED.get(rest, self.settings.away_preset)

    @property
    def may_wait(self) -> bool:
        """Whether it can do without heat for a while: its room is well above the floor."""
        return self.room is not None and self.room >= self._least + MAY_WAIT

    # What is seen.

    @property
    def room(self) -> float | None:
        """The room's temperature; None if it is not known."""
        return self.state.sense.room

    @property
    def is_answering(self) -> bool:
        """Whether the device says what it is set to."""
        seen = self.seen
        if not seen.is_reachable:
            return False
        if self.settings.is_relay:
            return seen.is_on is not None
        return seen.setpoint is not None or seen.is_on is False

    @property
    def share(self) -> float | None:
        """What the heater takes of its full power now; None if nothing tells."""
        seen, rated = self.seen, self.settings.rated_power
        if seen.power is not None and rated:
            return min(max(seen.power / rated, 0.0), 1.0)
        says = seen.is_on if self.settings.is_relay else seen.is_heating
        if says is not None:
            return float(says)
        # A thermostat that does not say whether it heats does so below its setpoint, not above.
        room, shown = seen.room, seen.setpoint
        if room is None or shown is None or abs(room - shown) < SWITCHES:
            return None
        return float(room < shown)

    @property
    def is_heating(self) -> bool | None:
        """Whether the heater heats, by what it takes or by its own word; None if nothing tells."""
        if self.seen.power is not None:
            return self.seen.power >= IDLE_WATTS
        return None if (share := self.share) is None else share > 0

    def see(
        self, seen: ZoneSeen, now: datetime, dt: timedelta, weather: Weather, *, is_near: bool
    ) -> Reason | None:
        """Take what was read; return what somebody at the radiator did, if that is new.

        Args:
            seen: What was read.
            now: The time.
            dt: What has passed since the last time.
            weather: The weather.
            is_near: Whether somebody may be there who may set it by hand.

        """
        self.seen = seen
        state = self.state
        outdoor = weather.outdoor
        state.sense.see(seen, now, dt, self.model, outdoor, self.share)
        if self.room is not None:
            self.model.observe(now, self.room, outdoor, self.share)
        state.is_damp = is_damp(seen.humidity, was_damp=state.is_damp)
        told = None
        if not self.is_answering:
            state.silent_for += dt
        else:
            was_silent = state.silent_for >= FORGETS
            state.silent_for = timedelta()
            if state.keeper.given is None:
                self._adopt()
            elif self.settings.is_relay and not self._has_answered:
                # What was remembered may be some switchings old.
                state.keeper.adopt(float(bool(seen.is_on)))
            else:
                told = self._compare(was_silent=was_silent, is_near=is_near)
            self._has_answered = True
            state.is_off = seen.is_on is False
        is_kept = self.is_answering and not (state.keeper.is_foreign or state.keeper.asked)
        state.pace.pass_time(dt, is_kept=is_kept)
        return told

    @property
    def _shown(self) -> float | None:
        """What the device's register says; of a relay, whether it is closed."""
        if self.settings.is_relay:
            return None if self.seen.is_on is None else float(self.seen.is_on)
        return self.seen.setpoint

    def _adopt(self) -> None:
        """Take a device that is new here as it is, as far as that is above the floor."""
        state = self.state
        shown = self._shown
        if shown is not None:
            state.keeper.adopt(shown)
        if state.is_wished or not self.follows:
            return
        if self.settings.is_relay:
            state.duty.adopt(is_on=bool(shown))
            state.hand = self._least if self.room is None else within(self.settings, self.room)
        elif self.seen.is_on is False or shown is None:
            state.preset = Preset.FROST
        else:
            state.hand = max(shown, self._least)

    def _compare(self, *, was_silent: bool, is_near: bool) -> Reason | None:
        """Compare what the device shows with what it was given."""
        state, shown = self.state, self._shown
        is_relay = self.settings.is_relay
        if shown is not None:
            was_asked = state.keeper.asked is not None
            state.keeper.read(shown, 0.0 if is_relay else self._least)
            if was_asked and state.keeper.asked is None:
                # What seemed to be lost has arrived.
                state.pace.told(Outcome.KEPT, is_reassertion=False)
        is_switched_off = not is_relay and self.seen.is_on is False and not state.is_off
        if not state.keeper.is_foreign and not is_switched_off:
            state.is_reset = False
            return None
        state.is_reset |= was_silent
        if is_relay or state.is_reset or not is_near:
            return None
        if is_switched_off:
            state.preset, state.hand = Preset.FROST, None
            setpoint = self._least
        elif shown is None or (
            state.hand is not None and is_same(state.hand, self._floored(shown))
        ):
            return None
        else:
            setpoint = self._floored(shown)
            state.preset, state.hand = None, setpoint
            if shown >= self._least - SAME:
                state.keeper.adopt(shown)
        return because(News.SET_BY_HAND, setpoint=setpoint)

    def _floored(self, shown: float) -> float:
        return max(shown, self._least)

    def held(self, base: Wish, wish: Wish) -> Held:
        """Return what is known of it for whether it was left high."""
        if not self.is_answering:
            shown = None
        elif self.settings.is_relay:
            # A relay has no setpoint but the one that it is switched by.
            shown = wish.setpoint
        elif self.seen.is_on is False:
            shown = self._least
        elif self.state.keeper.keeps(base.setpoint):
            # What a device has made of the base heat is the base heat.
            shown = base.setpoint
        else:
            shown = self.seen.setpoint
        return Held(
            setpoint=shown,
            base=base.setpoint,
            room=self.room,
            rated_power=self.settings.rated_power,
            power=self.seen.power,
            model=self.model,
        )

    # What follows.

    def decide(
        self,
        wish: Wish,
        now: datetime,
        dt: timedelta,
        weather: Weather,
        *,
        shed: Because | None,
        is_preheating: bool,
    ) -> tuple[ZonePlan, Reason | None]:
        """Return what follows, and what was put right.

        Args:
            wish: How warm it is to be.
            now: The time.
            dt: What has passed since the last time.
            weather: The weather.
            shed: What it has to wait for, if it does.
            is_preheating: Whether it heats for an arrival.

        """
        if shed is not None:
            setpoint = min(wish.setpoint, self._least)
            wish = Wish(wish.preset, setpoint, because(shed, setpoint=setpoint))
        was_foreign = self.state.keeper.is_foreign
        shown = self._shown
        if self.settings.is_relay:
            command, is_waiting = self._switch(wish, now, dt, weather, is_shed=shed is not None)
        else:
            self._learn_sag(dt)
            command, is_waiting = self._tell(wish, now, is_shed=shed is not None)
        self._watch(wish, dt, weather, was_foreign=was_foreign)
        plan = ZonePlan(
            preset=wish.preset,
            setpoint=wish.setpoint,
            reason=self._reason(wish, is_waiting=is_waiting),
            action=self._action(wish, is_preheating=is_preheating),
            alarms=self.state.alarms.raised,
            command=command,
        )
        put_right = None
        if command is not None and was_foreign and shown is not None and not self.settings.is_relay:
            put_right = because(News.PUT_RIGHT, setpoint=wish.setpoint, shown=shown)
        return plan, put_right

    def _tell(self, wish: Wish, now: datetime, *, is_shed: bool) -> tuple[Command | None, bool]:
        """Return what a thermostat is to be told, and whether it has to wait for that."""
        state, keeper, shown = self.state, self.state.keeper, self.seen.setpoint
        if not self.is_answering:
            return None, False
        is_off = self.seen.is_on is False
        if shown is not None and is_same(shown, wish.setpoint):
            keeper.adopt(shown)
        is_kept = keeper.keeps(wish.setpoint)
        if is_kept:
            keeper.asked = None
            if not is_off:
                state.is_wished = False
                return None, False
        is_safety = (
            is_off
            or shown is None
            or shown < self._least - SAME
            or (self.room is not None and self.room < self._least and wish.setpoint > shown)
        )
        is_soon = state.is_wished or state.is_reset or is_shed
        urgency = Urgency.SAVING if wish.reason.key in SAVING else Urgency.ROUTINE
        if is_soon:
            urgency = Urgency.WISH
        if not state.pace.may_write(
            Urgency.SAFETY if is_safety else urgency, now, self.settings.write_pause, BUDGET
        ):
            return None, True
        state.pace.wrote(now)
        if not is_kept:
            keeper.asked, keeper.is_rounded = wish.setpoint, False
        return Command(
            setpoint=None if is_kept else wish.setpoint,
            is_on=True if is_off else None,
            is_safety=is_safety,
        ), False

    def _switch(
        self, wish: Wish, now: datetime, dt: timedelta, weather: Weather, *, is_shed: bool
    ) -> tuple[Command | None, bool]:
        """Return what a relay is to be told, and whether it has to wait for that."""
        state, room = self.state, self.room
        if room is None:
            wanted = blind_share(self.model, self._least, weather.outdoor)
        else:
            wanted = share(self.model, room, wish.setpoint, self._least, weather.outdoor)
        is_cold = room is not None and wanted >= 1 and room < self._least + 0.5
        if is_shed and not is_cold:
            wanted = 0.0
        is_warm = room is not None and wanted <= 0 and room > wish.setpoint + FAR_ABOVE
        state.duty.go_on(wanted, dt, is_urgent=is_cold or is_warm or is_shed)
        if not self.is_answering:
            return None, False
        told = float(state.duty.is_on)
        if state.keeper.keeps(told):
            state.is_wished = False
            return None, False
        is_safety = state.duty.is_on and is_cold
        urgency = Urgency.SAFETY if is_safety else Urgency.ROUTINE
        if not state.pace.may_write(urgency, now, timedelta(), RELAY_BUDGET):
            return None, True
        state.pace.wrote(now)
        state.keeper.asked = told
        return Command(is_on=state.duty.is_on, is_safety=is_safety), False

    def applied(self, command: Command, outcome: Outcome) -> None:
        """Take what became of a command."""
        state, keeper = self.state, self.state.keeper
        is_relay = self.settings.is_relay
        is_reassertion = keeper.is_foreign or (command.is_on is True and not is_relay)
        state.pace.told(outcome, is_reassertion=is_reassertion)
        told = command.is_on if is_relay else command.setpoint
        if told is not None:
            keeper.told(float(told), outcome)

    def _learn_sag(self, dt: timedelta) -> None:
        """Learn how far a thermostat lets its room sink below what it keeps."""
        state, shown = self.state, self.seen.setpoint
        sags = (
            self.room is not None
            and self.room < self._least
            and self.is_heating is False
            and shown is not None
            and abs(shown - self._least - state.sag) < SAG_STEP
        )
        state.sags_for = state.sags_for + dt if sags else timedelta()
        if state.sags_for >= SAGS:
            state.sag, state.sags_for = min(state.sag + SAG_STEP, MOST_SAG), timedelta()

    def _watch(self, wish: Wish, dt: timedelta, weather: Weather, *, was_foreign: bool) -> None:
        """See what somebody must look after."""
        state, seen, alarms = self.state, self.seen, self.state.alarms
        alarms.see(
            Alarm.COLD,
            dt,
            is_bad=is_cold(
                self.room, self._least, wish.setpoint, was_cold=alarms.is_raised(Alarm.COLD)
            ),
        )
        alarms.see(
            Alarm.NO_RISE,
            dt,
            is_bad=state.rise.see(
                self.room,
                wish.setpoint,
                dt,
                self.model,
                weather.outdoor,
                is_full=self._is_full(),
            ),
        )
        alarms.see(Alarm.SILENT, dt, is_bad=not self.is_answering)
        is_known = self.settings.is_relay or state.sense.value is not None
        alarms.see(
            Alarm.STALE_SENSOR,
            dt,
            # A room that the device itself measures is silent with it.
            is_bad=state.sense.is_stale and is_known
            if self.is_answering or seen.room is not None
            else None,
        )
        if not self.is_answering:
            return
        pace = state.pace
        is_odd = pace.outcome is Outcome.DIFFERENT and pace.tries > 1
        alarms.see(Alarm.DRIFT, dt, is_bad=is_odd or (was_foreign and not state.is_reset))
        if pace.outcome is not None:
            is_refused = pace.outcome in {Outcome.REFUSED, Outcome.LOST} and pace.tries > 1
            alarms.see(Alarm.REFUSED, dt, is_bad=is_refused)

    def _is_full(self) -> bool:
        """Whether the heater is told to give all that it has."""
        if not self.is_answering:
            return False
        if self.settings.is_relay:
            return self.seen.is_on is True
        if self.seen.is_heating is not None:
            return self.seen.is_heating
        if (share := self.share) is not None and share >= FULL:
            return True
        # A thermostat that does not say whether it heats must do so far below its setpoint.
        room, shown = self.room, self.seen.setpoint
        return room is not None and shown is not None and room < shown - FAR_BELOW

    def _reason(self, wish: Wish, *, is_waiting: bool) -> Reason:
        """Return the most telling reason."""
        seen = self.seen
        if not self.is_answering:
            return because(Because.UNREACHABLE, setpoint=wish.setpoint)
        if self.room is not None and self.room < self._least:
            return because(Because.COLD, setpoint=wish.setpoint, room=self.room, floor=self._least)
        if self.settings.is_relay:
            if self.room is None:
                return because(Because.STALE_SENSOR, setpoint=wish.setpoint)
        elif is_waiting and seen.setpoint is not None:
            return because(Because.WAITING_TO_WRITE, setpoint=wish.setpoint, shown=seen.setpoint)
        return wish.reason

    def _action(self, wish: Wish, *, is_preheating: bool) -> Action:
        """Return what the zone is doing."""
        heats = self.is_heating
        if heats is None:
            heats = self.room is not None and self.room < wish.setpoint - SWITCHES
        if heats:
            return Action.PREHEATING if is_preheating else Action.HEATING
        return Action.OFF if wish.preset is Preset.FROST else Action.IDLE
