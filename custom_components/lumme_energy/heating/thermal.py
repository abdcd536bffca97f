"""How a room warms and cools: a small model, learnt from what its heater and thermometer did.

A house strives for an equilibrium, the outdoor temperature plus `rise` × the share of full power.
Its air follows within half an hour, its walls and furniture in days; a thermometer shows a mixture:

    T = (1 − j) X + j Q,    dX/dt = (E − X) / tau,    dQ/dt = (E − Q) / QUICK,    E = To + rise · share

With j = 0 this is the first-order model C dT/dt = P − UA (T − To): tau = C / UA, rise = P / UA. A
model without the quick part would find a tau between the two, and be wrong with each of them.

Integrated over some hours, and with lead = j · rise, it is linear in lead, 1/tau and rise/tau:

    ΔT − j ΔQo = lead · ΔQs + 1/tau · ∫(To − T) dt + rise/tau · ∫ share dt

where Qo and Qs are the outdoor temperature and the share as the quick part has them. That holds of
smoothed values as well if all are smoothed alike, and then a thermostat's sawtooth and a sensor's
steps are hardly in it. So each such segment of ordinary operation is one equation, and the
parameters are the least squares of them all, older ones counting less and less.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import exp, log, sqrt
from typing import Any, Final, NamedTuple, Self

type Vector = tuple[float, float, float]
type Matrix = tuple[Vector, Vector, Vector]

NOTHING: Final[Vector] = (0.0, 0.0, 0.0)
HOUR: Final = timedelta(hours=1)

# How many hours the air and what is as light need: of no room is it seen well enough to learn it.
QUICK: Final = 0.5
# lead, 1/tau and rise/tau of a wooden cottage that is slow to warm, and how wrong that may be.
GUESS: Final[Vector] = (0.0, 1 / 30, 50 / 30)
GUESS_SPREAD: Final[Vector] = (5.0, 1 / 30, 50 / 30)
# What a segment's equation may be off by, in K.
NOISE: Final = 0.5
# What is beyond these is an open door or a broken sensor, no house.
TAU: Final = (3.0, 400.0)
RISE: Final = (8.0, 150.0)
MOST_QUICK: Final = 0.5
# A segment ends when so much has happened in it that it stands out from a sensor's steps, or with
# the day, so that the sun is in each of them.
SEGMENT_KELVINS: Final = 1.5
LEAST_HOURS: Final = 1.5
SEGMENT_HOURS: Final = 24.0
# A day without change tells what keeps the temperature (rise). What it seems to tell of the rest is
# the thermostat's sawtooth, which looks like a far quicker house if one has many days of it.
QUIET_WEIGHT: Final = 0.1
# Nearer to the outdoor temperature, sun and people do more than the heater.
LEAST_ABOVE_OUTDOORS: Final = 5.0
# Longer without a sight, nobody knows what the heater did.
LONGEST_GAP: Final = timedelta(minutes=15)
# A house stays the same, but a season's wind and sun do not.
HALF_LIFE_HOURS: Final = 60 * 24.0
# Beyond so many deviations, an equation counts less.
OUTLIER: Final = 2.0
# What is asked of the model: to heat for ten hours, 20 K above outdoors.
QUESTION: Final[Vector] = (1.0, -200.0, 10.0)
# What one preheating brings about, and no number of quiet days.
LEARNT: Final = 0.85
# Newton's steps until a time is right to the second.
ROUNDS: Final = 5


class _Seen(NamedTuple):
    """What was seen by an instant, smoothed over QUICK; outdoors and share also twice."""

    at: datetime
    room: float
    outdoor: float
    share: float
    quick_outdoor: float
    quick_share: float


class _Segment(NamedTuple):
    """What was seen when a segment began, and what has happened in it.

    Attributes:
        room: The temperature when it began; likewise what the quick part had.
        hours: How long it is.
        below: ∫(To − T) dt.
        heat: ∫ share dt.
    """

    room: float
    quick_outdoor: float
    quick_share: float
    hours: float = 0.0
    below: float = 0.0
    heat: float = 0.0


class RoomModel:
    """How a room follows its heater and the weather.

    Attributes:
        tau_hours: In how many hours the room loses 63 % of its warmth without heat.
        rise: How many kelvins above outdoors the heater can keep it at full power, at last.
        lead: How many of them the air gains at once, before walls and furniture follow.
        confidence: How much of what decides about preheating was seen here, 0 (nothing) to 1.
    """

    tau_hours: float
    rise: float
    lead: float
    confidence: float

    def __init__(self) -> None:
        """Begin with a prudent guess."""
        # The normal equations of all segments.
        self._matrix: Matrix = (NOTHING, NOTHING, NOTHING)
        self._vector: Vector = NOTHING
        self._seen: _Seen | None = None
        self._segment: _Segment | None = None
        self._adopt()

    @property
    def is_learnt(self) -> bool:
        """Whether the parameters come from this room; else they are a prudent guess."""
        return self.confidence >= LEARNT

    def observe(
        self, at: datetime, room: float, outdoor: float | None, power_share: float | None
    ) -> None:
        """Learn from what is seen at an instant; call it at every step, with what is known.

        Args:
            at: When; a step backwards or a gap begins anew.
            room: The room's temperature.
            outdoor: The temperature outdoors; nothing is learnt while it is not known.
            power_share: What the heater took of its full power since the last call, 0 to 1.
        """
        if outdoor is None or power_share is None:
            return
        share = _within(power_share, 0, 1)
        last = self._seen
        if last is None or not timedelta() <= at - last.at <= LONGEST_GAP:
            self._seen = _Seen(at, room, outdoor, share, outdoor, share)
            self._segment = None
            return
        hours = (at - last.at) / HOUR
        new = 1 - exp(-hours / QUICK)
        smooth = _Seen(
            at,
            last.room + (room - last.room) * new,
            last.outdoor + (outdoor - last.outdoor) * new,
            last.share + (share - last.share) * new,
            last.quick_outdoor + (last.outdoor - last.quick_outdoor) * new,
            last.quick_share + (last.share - last.quick_share) * new,
        )
        self._seen = smooth
        begun = self._segment or _Segment(last.room, last.quick_outdoor, last.quick_share)
        below = (smooth.outdoor - smooth.room + last.outdoor - last.room) / 2
        self._segment = segment = begun._replace(
            hours=begun.hours + hours,
            below=begun.below + below * hours,
            heat=begun.heat + (smooth.share + last.share) / 2 * hours,
        )
        has_moved = abs(smooth.room - segment.room) >= SEGMENT_KELVINS
        if segment.hours >= (LEAST_HOURS if has_moved else SEGMENT_HOURS):
            self._segment = None
            self._learn(segment, smooth, 1.0 if has_moved else QUIET_WEIGHT)

    def _learn(self, segment: _Segment, seen: _Seen, weight: float) -> None:
        """Add a segment's equation, and take what all of them say."""
        if -segment.below < LEAST_ABOVE_OUTDOORS * segment.hours:
            return
        row: Vector = (seen.quick_share - segment.quick_share, segment.below, segment.heat)
        weather = self.lead / self.rise * (seen.quick_outdoor - segment.quick_outdoor)
        change = seen.room - segment.room - weather
        # Doors are opened, stoves are lit: what nobody would expect counts less, but not nothing,
        # for the house may have been changed.
        matrix, vector = self._with_guess()
        surprise = abs(change - _dot(row, _solve(matrix, vector)))
        usual = OUTLIER * sqrt(NOISE**2 + _variance(matrix, row))
        weight *= usual / max(usual, surprise)
        keeps = 0.5 ** (segment.hours / HALF_LIFE_HOURS)
        first, second, third = self._matrix
        self._matrix = (
            _sum(first, row, keeps, weight * row[0]),
            _sum(second, row, keeps, weight * row[1]),
            _sum(third, row, keeps, weight * row[2]),
        )
        self._vector = _sum(self._vector, row, keeps, weight * change)
        self._adopt()

    def _adopt(self) -> None:
        """Take the parameters that fit the guess and all segments best, within what houses are."""
        matrix, vector = self._with_guess()
        lead, loss, gain = _solve(matrix, vector)
        guessed = sum((x * spread) ** 2 for x, spread in zip(QUESTION, GUESS_SPREAD, strict=True))
        self.confidence = 1 - sqrt(_variance(matrix, QUESTION) / guessed)
        self.rise = _within(gain / max(loss, 1 / TAU[1]), *RISE)
        if not self.is_learnt:
            lead, loss, _ = GUESS
        self.tau_hours = 1 / _within(loss, 1 / TAU[1], 1 / TAU[0])
        self.lead = _within(lead, 0, MOST_QUICK * self.rise)

    def _with_guess(self) -> tuple[Matrix, Vector]:
        """Return the normal equations with the guess as one more, so that they can be solved."""
        (a, b, c), (_, d, e), (_, _, f) = self._matrix
        x, y, z = ((NOISE / spread) ** 2 for spread in GUESS_SPREAD)
        guess = (x * GUESS[0], y * GUESS[1], z * GUESS[2])
        return ((a + x, b, c), (b, d + y, e), (c, e, f + z)), _sum(self._vector, guess, 1, 1)

    @property
    def quick(self) -> float | None:
        """What the quick part strives for by now; None until the heater was seen."""
        if self._seen is None:
            return None
        return self._seen.outdoor + self.rise * self._seen.share

    def temperature_after(
        self,
        start: float,
        hours: float,
        outdoor: float,
        share: float,
        *,
        quick: float | None = None,
    ) -> float:
        """Return the temperature after some hours at a share of full power.

        Args:
            start: The temperature at the beginning.
            hours: How long after that.
            outdoor: The mean temperature outdoors in these hours.
            share: What the heater takes of its full power, 0 to 1.
            quick: What the quick part is at when they begin; None if the room has settled.
        """
        slow, fast = self._parts(start, outdoor + self.rise * share, quick)
        return (
            outdoor
            + self.rise * share
            + slow * exp(-hours / self.tau_hours)
            + fast * exp(-hours / QUICK)
        )

    def hours_to(
        self, start: float, target: float, outdoor: float, *, quick: float | None = None
    ) -> float | None:
        """Return how long full power takes from one temperature to another; None: never."""
        if start >= target:
            return 0.0
        end = outdoor + self.rise
        if target >= end:
            return None
        # A quick part beyond the equilibrium would be a lull of heat: nothing to count on.
        slow, fast = self._parts(start, end, None if quick is None else min(quick, end))
        # When the slow part is there, the whole is not quite. From before, Newton's steps only
        # come nearer, for warming becomes slower all the time.
        hours = self.tau_hours * log(max(1.0, slow / (target - end)))
        for _ in range(ROUNDS):
            slow_left = slow * exp(-hours / self.tau_hours)
            fast_left = fast * exp(-hours / QUICK)
            pace = -slow_left / self.tau_hours - fast_left / QUICK
            hours += (target - end - slow_left - fast_left) / pace
        return hours

    def keep(
        self, setpoint: float, room: float, quick: float, hours: float, outdoor: float
    ) -> tuple[float, float, float]:
        """Return what a thermostat does in some hours: room and quick part at their end, share."""
        coldest = self.temperature_after(room, hours, outdoor, 0, quick=quick)
        warmest = self.temperature_after(room, hours, outdoor, 1, quick=quick)
        kept = _within(setpoint, coldest, warmest)
        share = (kept - coldest) / (warmest - coldest)
        end = outdoor + self.rise * share
        return kept, end + (quick - end) * exp(-hours / QUICK), share

    def share_to_hold(self, room: float, outdoor: float) -> float:
        """Return what share of full power keeps a temperature, 0 to 1."""
        return _within((room - outdoor) / self.rise, 0, 1)

    def _parts(self, start: float, end: float, quick: float | None) -> tuple[float, float]:
        """Return how far the slow and the quick part of a room are from an equilibrium."""
        share = self.lead / self.rise
        fast = share * ((start if quick is None else quick) - end)
        return start - end - fast, fast

    def as_dict(self) -> dict[str, Any]:
        """Return everything that was learnt, for JSON."""
        return {
            "matrix": [list(line) for line in self._matrix],
            "vector": list(self._vector),
            "seen": self._seen and [self._seen.at.isoformat(), *self._seen[1:]],
            "segment": self._segment and list(self._segment),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return a model as it was stored."""
        model = cls()
        first, second, third = data["matrix"]
        model._matrix = (tuple(first), tuple(second), tuple(third))
        model._vector = tuple(data["vector"])
        if data["seen"]:
            at, *values = data["seen"]
            model._seen = _Seen(datetime.fromisoformat(at), *values)
        if data["segment"]:
            model._segment = _Segment(*data["segment"])
        model._adopt()
        return model


def _variance(matrix: Matrix, row: Vector) -> float:
    """Return how uncertain the answer to a question is, in K²."""
    return NOISE**2 * _dot(row, _solve(matrix, row))


def _solve(matrix: Matrix, wanted: Vector) -> Vector:
    """Solve three equations with a symmetric matrix by Cramer's rule."""
    first, second, third = matrix
    across = (_cross(second, third), _cross(third, first), _cross(first, second))
    whole = _dot(first, across[0])
    x, y, z = (_dot(wanted, line) / whole for line in zip(*across, strict=True))
    return x, y, z


def _dot(one: Vector, other: Vector) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _cross(one: Vector, other: Vector) -> Vector:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _sum(one: Vector, other: Vector, times: float, other_times: float) -> Vector:
    return (
        one[0] * times + other[0] * other_times,
        one[1] * times + other[1] * other_times,
        one[2] * times + other[2] * other_times,
    )


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
