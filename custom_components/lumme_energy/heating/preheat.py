"""When to begin heating for an arrival, what can be promised for it, and what it costs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Final

from .caps import LOWEST_PEAK
from .cheap_hours import Piece, cheapest, cut, prices_of
from .model import Arrival, PriceSlot, SiteSeen, SiteSettings
from .outlook import Outlook
from .thermal import RoomModel

HOUR: Final = timedelta(hours=1)
CENT: Final = Decimal("0.01")
# As exact as a start is: the halves of a week come down to half a minute.
HALVES: Final = 14
# A thermostat's hysteresis: who is that near is there.
NEARLY: Final = 0.5
# For how long one that cannot be ready in time is followed further, in a weather like the last.
BEYOND_HOURS: Final = 24.0
# Ready so much before somebody comes, however short the way: a heater is slow to get hot, and who is
# early finds it warm.
READY_BEFORE_HOURS: Final = 0.5
# What was begun goes on although it would be too early by so much.
TOO_EARLY_HOURS: Final = 2.0
# Less saved is no reason to be warm early by a model that is never quite right.
LEAST_SAVING: Final = 0.03


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneToHeat:
    """A zone that is to be warm when somebody comes.

    Attributes:
        model: How it warms.
        room: How warm it is now.
        target: How warm it is to be.
        base: What is kept until its heating begins.
        rated_power: What its heater takes; without it no energy, cost or cap is known.
        has_begun: Whether it is heated to its target now, for this arrival.
    """

    model: RoomModel
    room: float
    target: float
    base: float
    rated_power: float | None = None
    has_begun: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Preheat:
    """What to do for an arrival.

    Attributes:
        arrival: What can be promised for it.
        starts: By zone: from when on it must be heated without a pause; now if it already must.
        heating: The zones to heat to their target now. Those before their start use a cheap hour;
            those after it that are not among them wait for one, or for their turn.
    """

    arrival: Arrival
    starts: Mapping[str, datetime]
    heating: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Course:
    """How a zone is heated for an arrival.

    Attributes:
        start: In how many hours it begins.
        energy: What it takes from then until the arrival, in kWh.
        cost: What that costs.
    """

    start: float
    energy: float | None
    cost: Decimal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Task:
    """A zone to be warm in some hours. All times are hours from now."""

    zone: ZoneToHeat
    outlook: Outlook
    left: float

    @property
    def power(self) -> float:
        """What it draws when it heats, as far as that is known."""
        return self.zone.rated_power or 0.0

    @property
    def holding(self) -> float:
        """What it draws to keep its target."""
        outdoor = self.outlook.mean(0, self.left)
        return self.power * self.zone.model.share_to_hold(self.zone.target, outdoor)

    def start(self, margin: float) -> float:
        """Return when it must begin at the latest; 0 if it must have begun, or has."""
        if self.stays(margin) or not self._suffices(0, margin):
            return 0.0
        if self._suffices(self.left, margin):
            return self.left
        early, late = 0.0, self.left
        for _ in range(HALVES):
            middle = (early + late) / 2
            if self._suffices(middle, margin):
                early = middle
            else:
                late = middle
        return early

    def stays(self, margin: float) -> bool:
        """Whether it was begun for this arrival, and goes on.

        What has begun goes on although it turns out to be a little early, and is held when it is
        warm before the margin was needed. Only what is far too early ends: heat in a cheap hour, or
        heating by a model that has learnt better since.
        """
        if not self.zone.has_begun:
            return False
        needed = self.ready(0)
        whole = self.zone.model.hours_to(
            self.zone.base, self.zone.target, self.outlook.mean(0, self.left)
        )
        if needed is None or whole is None:
            return True
        return self.left <= needed + 2 * margin * whole + TOO_EARLY_HOURS

    def length(self, margin: float) -> float:
        """Return how long it heats, with the margin; infinitely if it never gets warm."""
        if not self.zone.has_begun and self._suffices(0, margin):
            return self.left - self.start(margin)
        needed = self.ready(0)
        return inf if needed is None else needed * (1 + margin)

    def ready(self, start: float) -> float | None:
        """Return when it is warm if it is heated from some hour on; None: never."""
        room, quick = self._at(start)
        hours = self.zone.model.hours_to(
            room, self.zone.target, self.outlook.mean(start, self.left), quick=quick
        )
        if hours is None or start + hours > self.left:
            end = max(start, self.left) + BEYOND_HOURS
            hours = self.zone.model.hours_to(
                room, self.zone.target, self.outlook.mean(start, end), quick=quick
            )
        return None if hours is None else start + hours

    def room_at_last(self, start: float) -> float:
        """Return how warm it is at the arrival if it is heated from some hour on."""
        return min(self.zone.target, self._warmed(start, max(0.0, self.left - start)))

    def course(
        self, now: datetime, start: float, prices: Sequence[PriceSlot], margin: float | None
    ) -> _Course:
        """Return how to heat, in cheap hours if that pays.

        Args:
            now: What hours are counted from.
            start: When it must begin at the latest if it heats without a pause.
            prices: What is known of prices.
            margin: The margin in that; None if it heats without a pause in any case.
        """
        if start >= self.left:
            return self._course([], [], start)
        # Of warmth that is brought forward by more than tau, most is lost.
        if margin is not None and start <= self.zone.model.tau_hours:
            deadline = start + (self.left - start) / (1 + margin)
            pieces = cut(now, (0.0, start, deadline, self.left), prices)
            if known := prices_of(pieces):
                plain = frozenset(i for i, piece in enumerate(pieces) if piece.start >= start)
                cheap = self._cheap(pieces, known, plain, deadline)
                shares = self._follow(pieces, cheap)[1]
                spent = self._spent(pieces, known, shares)
                usual = self._spent(pieces, known, self._follow(pieces, plain)[1])
                if usual - spent > LEAST_SAVING * abs(usual):
                    first = min(cheap)
                    return self._course(pieces[first:], shares[first:], pieces[first].start)
        pieces = cut(now, (start, self.left), prices)
        return self._course(pieces, self._follow(pieces, frozenset(range(len(pieces))))[1], start)

    def _cheap(
        self,
        pieces: Sequence[Piece],
        prices: Sequence[float],
        plain: frozenset[int],
        deadline: float,
    ) -> frozenset[int]:
        """Return the cheapest pieces that make it as warm by the deadline, and those after it."""
        before = [piece for piece in pieces if piece.start < deadline]
        after = frozenset(range(len(before), len(pieces)))
        warm = self._follow(before, plain)[0]
        chosen = cheapest(
            before,
            prices[: len(before)],
            self.zone.model.tau_hours,
            lambda hot: self._follow(before, hot)[0] >= warm,
            is_heating=self.zone.has_begun,
        )
        return chosen | after

    def _follow(self, pieces: Sequence[Piece], hot: Collection[int]) -> tuple[float, list[float]]:
        """Return how warm it is in the end if it is heated in some pieces, and all shares."""
        room, settled = self._at(pieces[0].start)
        quick = room if settled is None else settled
        shares = []
        for index, piece in enumerate(pieces):
            room, quick, share = self.zone.model.keep(
                self.zone.target if index in hot else self.zone.base,
                room,
                quick,
                piece.hours,
                self.outlook.mean(piece.start, piece.start + piece.hours),
            )
            shares.append(share)
        return room, shares

    def _course(self, pieces: Sequence[Piece], shares: Sequence[float], start: float) -> _Course:
        """Return what heating in some pieces takes and costs."""
        if self.zone.rated_power is None:
            return _Course(start=start, energy=None, cost=None)
        energies = [
            self.power / 1000 * piece.hours * share
            for piece, share in zip(pieces, shares, strict=True)
        ]
        costs = _all(
            None if piece.price is None else Decimal(energy) * piece.price
            for piece, energy in zip(pieces, energies, strict=True)
        )
        cost = None if costs is None else sum(costs, Decimal())
        return _Course(start=start, energy=sum(energies), cost=cost)

    @staticmethod
    def _spent(pieces: Sequence[Piece], prices: Sequence[float], shares: Sequence[float]) -> float:
        """Return what heating costs, for a heater of one kW."""
        return sum(
            piece.hours * price * share
            for piece, price, share in zip(pieces, prices, shares, strict=True)
        )

    def _suffices(self, start: float, margin: float) -> bool:
        """Whether it is warm in time, with a margin, if it is heated from some hour on."""
        hours = max(0.0, self.left - start - READY_BEFORE_HOURS * bool(margin)) / (1 + margin)
        return self._warmed(start, hours) >= self.zone.target

    def _warmed(self, start: float, hours: float) -> float:
        """Return how warm it gets if it is heated for some hours, from some hour on."""
        room, quick = self._at(start)
        outdoor = self.outlook.mean(start, max(start, self.left))
        return self.zone.model.temperature_after(room, hours, outdoor, 1, quick=quick)

    def _at(self, start: float) -> tuple[float, float | None]:
        """Return how warm it is at some hour if only the base is kept, and its quick part."""
        model, room = self.zone.model, self.zone.room
        if start <= 0:
            return room, model.quick
        outdoor = self.outlook.mean(0, start)
        coldest = model.temperature_after(room, start, outdoor, 0, quick=model.quick)
        warmest = model.temperature_after(room, start, outdoor, 1, quick=model.quick)
        return min(max(self.zone.base, coldest), warmest), None


def plan_arrival(
    now: datetime,
    at: datetime,
    zones: Mapping[str, ZoneToHeat],
    seen: SiteSeen,
    settings: SiteSettings,
) -> Preheat:
    """Return what to do for an arrival, and what can be promised; call it anew as time goes by.

    Args:
        now: The instant of what is seen.
        at: When somebody comes.
        zones: By id, only those whose temperature is known.
        seen: Outdoor temperature, forecast, prices, and the month's peak are taken from it.
        settings: Margin, fuse, base load, and whether prices matter are taken from it.
    """
    outlook = Outlook(now, seen.outdoor, seen.forecast)
    left = max(0.0, (at - now) / HOUR)
    tasks = {key: _Task(zone=zone, outlook=outlook, left=left) for key, zone in zones.items()}
    starts = {key: task.start(settings.margin) for key, task in tasks.items()}
    limit = _limit(seen, settings)
    may_shift = settings.use_prices
    if limit is not None and sum(task.power for task in tasks.values()) > limit:
        starts = _in_turns(tasks, left, settings.margin, limit)
        may_shift = False
    courses = {
        key: task.course(now, starts[key], seen.prices, settings.margin if may_shift else None)
        for key, task in tasks.items()
    }
    first = min((course.start for course in courses.values()), default=left)
    rooms = [task.room_at_last(starts[key]) for key, task in tasks.items()]
    ready = _all(task.ready(starts[key]) for key, task in tasks.items())
    energies = _all(course.energy for course in courses.values())
    costs = _all(course.cost for course in courses.values())
    return Preheat(
        arrival=Arrival(
            at=at,
            start=now + first * HOUR if first > 0 else None,
            expected=min(rooms, default=None),
            is_reachable=all(
                room >= zone.target - NEARLY
                for room, zone in zip(rooms, zones.values(), strict=True)
            ),
            ready_at=None if ready is None else now + max(ready, default=0) * HOUR,
            energy=None if energies is None else sum(energies),
            cost=None if costs is None else sum(costs, Decimal()).quantize(CENT),
        ),
        starts={key: now + hours * HOUR for key, hours in starts.items()},
        heating=frozenset(key for key, course in courses.items() if course.start <= 0),
    )


def _all[T](values: Iterable[T | None]) -> list[T] | None:
    """Return all values; None if one of them is not known."""
    found = list(values)
    known = [value for value in found if value is not None]
    return known if len(known) == len(found) else None


def _limit(seen: SiteSeen, settings: SiteSettings) -> float | None:
    """Return what all heaters together may draw; None without a limit."""
    limits = [settings.fuse] if settings.fuse is not None else []
    if seen.month_peak is not None:
        limits.append(max(seen.month_peak, LOWEST_PEAK))
    return min(limits) - settings.base_load if limits else None


def _in_turns(
    tasks: Mapping[str, _Task], left: float, margin: float, limit: float
) -> dict[str, float]:
    """Return when each zone's heating starts if they may not all heat at once.

    The last turn ends when it must be warm, and a zone whose turn is over is held. If that is too
    late to begin, the margin is given up; if it still is, each turn begins as soon as it may.
    """
    lengths = {key: task.length(margin) for key, task in tasks.items()}
    turns = _turns(tasks, lengths, limit)
    begun = {key: 0.0 for key, task in tasks.items() if task.stays(margin)}
    starts: dict[str, float] = {}
    end = left
    for turn in reversed(turns):
        starts |= {key: end - lengths[key] for key in turn}
        end -= max(lengths[key] for key in turn)
    if end >= 0:
        return starts | begun
    if margin:
        return _in_turns(tasks, left, 0, limit)
    begin = 0.0
    for turn in turns:
        starts |= dict.fromkeys(turn, begin)
        begin += max(left if lengths[key] == inf else lengths[key] for key in turn)
    return starts | begun


def _turns(
    tasks: Mapping[str, _Task], lengths: Mapping[str, float], limit: float
) -> list[list[str]]:
    """Return which zones heat together, one turn after another.

    Those that take longest come first, for they hold their warmth best. What has begun is not
    interrupted; a zone that never gets warm keeps nobody waiting; one alone always may.
    """
    order = sorted(
        tasks, key=lambda key: (lengths[key] == inf, not tasks[key].zone.has_begun, -lengths[key])
    )
    turns: list[list[str]] = [[]]
    used = held = 0.0
    for key in order:
        power = tasks[key].power if lengths[key] else tasks[key].holding
        if turns[-1] and held + used + power > limit:
            held += sum(tasks[each].holding for each in turns[-1])
            used = 0.0
            turns.append([])
        used += power
        turns[-1].append(key)
    return turns
