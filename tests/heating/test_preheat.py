"""Tests of when to begin heating for an arrival, what is promised, and what it costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import log

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.heating.model import PriceSlot, SiteSeen, SiteSettings
from custom_components.lumme_energy.heating.preheat import Preheat, ZoneToHeat, plan_arrival
from custom_components.lumme_energy.heating.thermal import RoomModel

from .two_part_house import HOURS, STEP, TwoPartHouse, learnt

NOW = datetime(2026, 1, 9, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = ZoneToHeat(model=RoomModel(), room=10.0, target=21.0, base=10.0, rated_power=2000.0)
# Of the guess: 30 h and 50 K, without a quick part.
NEEDED = 30 * log((50 - 10) / (50 - 21))
# With the margin, and ready half an hour before.
BEFORE = NEEDED * 1.25 + 0.5


def plan(
    hours: float,
    *zones: ZoneToHeat,
    outdoor: float | None = 0.0,
    site: SiteSettings | None = None,
    **seen: object,
) -> Preheat:
    """Plan an arrival in some hours; zones are called 0, 1 and so on."""
    return plan_arrival(
        NOW,
        NOW + hours * HOUR,
        {str(i): zone for i, zone in enumerate(zones or (ZONE,))},
        SiteSeen(zones={}, outdoor=outdoor, **seen),  # type: ignore[arg-type]
        site or SiteSettings(),
    )


def priced(*prices: float | None) -> tuple[PriceSlot, ...]:
    """Return one price for each hour from now."""
    return tuple(
        PriceSlot(start=NOW + i * HOUR, end=NOW + (i + 1) * HOUR, price=Decimal(str(price)))
        for i, price in enumerate(prices)
        if price is not None
    )


def hours_until(when: datetime | None) -> float:
    """Return in how many hours that is."""
    assert when is not None
    return (when - NOW) / HOUR


def test_start() -> None:
    """Heating begins so early that it is warm in time, with the margin."""
    found = plan(24)
    assert hours_until(found.arrival.start) == pytest.approx(24 - BEFORE, abs=0.02)
    assert found.starts["0"] == found.arrival.start
    assert found.heating == frozenset()
    assert found.arrival.is_reachable
    assert found.arrival.expected == 21
    assert hours_until(found.arrival.ready_at) == pytest.approx(24 - NEEDED * 0.25 - 0.5, abs=0.02)
    # Full power until it is warm, and then what keeps it: 2 kW × 21 / 50.
    assert found.arrival.energy == pytest.approx(2 * (NEEDED + (BEFORE - NEEDED) * 0.42), rel=0.01)
    assert found.arrival.cost is None


def test_must_begin() -> None:
    """When the time has come, heating begins."""
    found = plan(NEEDED * 1.24)
    assert found.heating == {"0"}
    assert found.arrival.start is None
    assert found.starts["0"] == NOW
    assert found.arrival.is_reachable


@pytest.mark.parametrize(("hours", "outdoor"), [(4.0, 0.0), (0.0, 0.0), (-3.0, 0.0)])
def test_too_late(hours: float, outdoor: float) -> None:
    """What cannot be reached in time is told at once, with when it will be."""
    found = plan(hours, outdoor=outdoor)
    assert found.heating == {"0"}
    assert found.arrival.start is None
    assert not found.arrival.is_reachable
    assert found.arrival.expected is not None
    assert 10 <= found.arrival.expected < 20
    assert hours_until(found.arrival.ready_at) == pytest.approx(NEEDED)


def test_never() -> None:
    """Some heaters are too weak for the weather: that is told before anybody travels."""
    found = plan(48, outdoor=-32)
    assert not found.arrival.is_reachable
    assert found.arrival.ready_at is None
    assert found.arrival.expected == pytest.approx(18 - 8 * 0.2, abs=0.1)
    assert found.heating == {"0"}


def test_weather() -> None:
    """A cold spell that is forecast lets it begin earlier, and a thaw later; unknown is cold."""
    cold = tuple((NOW + hour * HOUR, -20.0) for hour in range(6, 60))
    mild = tuple((NOW + hour * HOUR, 5.0) for hour in range(6, 60))
    usual = hours_until(plan(48).arrival.start)
    assert hours_until(plan(48, forecast=cold).arrival.start) < usual - 8
    assert hours_until(plan(48, forecast=mild).arrival.start) > usual + 1
    assert hours_until(plan(48, outdoor=None).arrival.start) < usual - 5


def test_room_that_is_still_warm() -> None:
    """A house that was left an hour ago cools until then; one that is warm enough needs nothing."""
    left_warm = replace(ZONE, room=20.0)
    start = hours_until(plan(24, left_warm).arrival.start)
    assert 24 - BEFORE < start < 23
    warm = plan(1, replace(ZONE, room=22.0, base=21.0))
    assert warm.arrival.energy == 0
    assert warm.arrival.cost == 0
    assert warm.heating == frozenset()
    assert warm.starts["0"] == warm.arrival.at
    # And one that is colder than its base is brought to that first.
    assert hours_until(plan(24, replace(ZONE, room=8.0)).arrival.start) == pytest.approx(
        24 - BEFORE, abs=0.1
    )


def test_nothing_known() -> None:
    """Without any zone there is nothing to do and nothing to promise."""
    found = plan_arrival(NOW, NOW + 5 * HOUR, {}, SiteSeen(zones={}), SiteSettings(fuse=5000))
    assert found.heating == frozenset()
    assert found.arrival.expected is None
    assert found.arrival.energy == 0


def test_begun_goes_on() -> None:
    """What has begun goes on, though it is a bit early, and is held; far too early, it ends."""
    begun = replace(ZONE, has_begun=True, room=15.0)
    needed = 30 * log(35 / 29)
    for hours in (needed * 1.3 + 0.5, needed * 1.5 + 0.5):
        assert plan(hours, replace(begun, has_begun=False)).heating == frozenset()
        assert plan(hours, begun).heating == {"0"}
    warm = replace(begun, room=21.1)
    assert plan(NEEDED * 0.25, warm).heating == {"0"}
    assert plan(48, begun).heating == frozenset()
    # A heater that can never do it does not give up.
    assert plan(48, begun, outdoor=-32).heating == {"0"}


def test_cost() -> None:
    """The cost is that of the hours that it heats in; unknown if one of their prices is."""
    prices = priced(*[0.1] * 11, *[0.2] * 13)
    found = plan(24, prices=prices, site=SiteSettings(use_prices=False))
    energy = found.arrival.energy
    assert energy is not None
    assert hours_until(found.arrival.start) > 11
    assert float(found.arrival.cost or 0) == pytest.approx(energy * 0.2, abs=0.01)
    assert plan(24, prices=prices[:-1]).arrival.cost is None
    unrated = plan(24, replace(ZONE, rated_power=None), prices=prices)
    assert (unrated.arrival.energy, unrated.arrival.cost) == (None, None)


def test_cheap_hours() -> None:
    """Heat is brought forward where it is cheap enough, and not where it is not."""
    prices = priced(*[0.02] * 4, *[0.40] * 20)
    found = plan(24, prices=prices)
    assert found.heating == {"0"}
    assert found.arrival.start is None
    assert hours_until(found.starts["0"]) > 10
    usual = plan(24, prices=prices, site=SiteSettings(use_prices=False))
    assert usual.heating == frozenset()
    assert found.arrival.cost is not None
    assert usual.arrival.cost is not None
    assert found.arrival.cost < usual.arrival.cost
    assert (found.arrival.energy or 0) > (usual.arrival.energy or 0)
    # What leaks until the evening costs more than that saves.
    assert plan(24, prices=priced(*[0.30] * 4, *[0.40] * 20)).heating == frozenset()
    # Nothing is known of prices, or the arrival is days away.
    assert plan(24).heating == frozenset()
    assert plan(72, prices=prices).heating == frozenset()


def test_waits_for_cheap_hours() -> None:
    """What has begun waits in an hour that is very dear if the others are enough."""
    near = replace(ZONE, room=15.0, base=15.0)
    needed = 30 * log(35 / 29)
    assert plan(needed + 4, near, prices=priced(*[0.01] * 3, *[5.0] * 2, *[0.1] * 9)).heating
    begun = replace(near, has_begun=True)
    found = plan(needed * 1.25 + 1.5, begun, prices=priced(5.0, *[0.01] * 30))
    assert found.starts["0"] == NOW
    assert found.heating == frozenset()
    assert found.arrival.is_reachable
    assert plan(needed * 1.25 + 1.5, begun, prices=priced(*[0.01] * 30)).heating == {"0"}


def limited(hours: float, *zones: ZoneToHeat, fuse: float = 4150.0, **seen: object) -> Preheat:
    """Plan behind a fuse that lets two of three heaters of 2 kW heat at once."""
    return plan(hours, *zones, site=SiteSettings(fuse=fuse), **seen)


def test_turns() -> None:
    """Behind a small fuse zones take turns, the longest first, and the first begins earlier."""
    long, short = replace(ZONE, target=22.0), replace(ZONE, target=16.0)
    found = limited(60, short, ZONE, long)
    alone = {
        key: plan(60, zone).starts["0"]
        for key, zone in zip("012", (short, ZONE, long), strict=True)
    }
    # The shortest comes last, when it would have come anyhow.
    assert abs(found.starts["0"] - alone["0"]) < timedelta(minutes=2)
    assert found.starts["1"] < alone["1"] - 4 * HOUR
    assert found.starts["2"] < alone["2"] - 4 * HOUR
    assert found.starts["2"] < found.starts["1"]
    assert found.arrival.is_reachable
    # A fuse that is large enough changes nothing.
    assert limited(60, short, ZONE, long, fuse=6200).starts == alone


def test_turns_that_are_late() -> None:
    """If turns do not fit, the first begins at once, without a margin, and the truth is told."""
    found = limited(15, ZONE, ZONE, ZONE, fuse=2200.0)
    assert len(found.heating) == 1
    assert not found.arrival.is_reachable
    assert found.arrival.expected is not None
    assert found.arrival.expected < 20
    # Without the margin they fit.
    tight = limited(NEEDED * 2.1, ZONE, ZONE, fuse=2200.0)
    assert tight.arrival.is_reachable
    assert tight.heating == frozenset()


def test_whose_turn() -> None:
    """What has begun is not interrupted; what never gets warm lets the others go first."""
    begun = replace(ZONE, room=16.0, has_begun=True)
    assert limited(10, ZONE, begun, fuse=2200.0).heating == {"1"}
    never = replace(ZONE, target=60.0)
    assert limited(10, never, ZONE, fuse=2200.0).heating == {"1"}
    # A zone that is warm is held, and leaves the rest of the fuse to the next.
    warm = replace(ZONE, room=21.0, has_begun=True)
    assert limited(9.5, warm, ZONE, fuse=3200.0).heating == {"0", "1"}


def test_month_peak() -> None:
    """In Belgium a preheating does not raise the month's peak; below 2.5 kW no peak counts."""
    together = plan(40, ZONE, ZONE, month_peak=6000.0).starts
    apart = plan(40, ZONE, ZONE, month_peak=1000.0).starts
    assert together["0"] == together["1"]
    assert abs(apart["0"] - apart["1"]) > 10 * HOUR


ZONES = st.builds(
    ZoneToHeat,
    model=st.just(RoomModel()),
    room=st.floats(0, 25),
    target=st.floats(15, 25),
    base=st.floats(8, 15),
    rated_power=st.none() | st.floats(200, 3000),
    has_begun=st.booleans(),
)
PRICES = st.lists(st.none() | st.floats(-1, 2).map(lambda price: round(price, 3)), max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    zones=st.lists(ZONES, max_size=4),
    hours=st.floats(-5, 80),
    outdoor=st.none() | st.floats(-45, 25),
    prices=PRICES,
    fuse=st.none() | st.floats(500, 8000),
)
def test_any_plan(
    zones: list[ZoneToHeat],
    hours: float,
    outdoor: float | None,
    prices: list[float | None],
    fuse: float | None,
) -> None:
    """Whatever is known or not: a plan keeps its own words."""
    site = SiteSettings(fuse=fuse)
    found = plan_arrival(
        NOW,
        NOW + hours * HOUR,
        dict(enumerate(zones)),  # type: ignore[arg-type]
        SiteSeen(zones={}, outdoor=outdoor, prices=priced(*prices)),
        site,
    )
    arrival = found.arrival
    assert found.starts.keys() == set(range(len(zones)))
    assert found.heating <= found.starts.keys()
    assert all(start >= NOW for start in found.starts.values())
    assert arrival.start is None or arrival.start > NOW
    assert (arrival.energy is None) == any(zone.rated_power is None for zone in zones)
    assert arrival.energy is None or arrival.energy >= 0
    if found.heating:
        assert arrival.start is None
    if arrival.is_reachable and zones:
        assert arrival.ready_at is not None
    if not arrival.is_reachable and fuse is None and hours > 0:
        assert found.heating


@settings(max_examples=60, deadline=None)
@given(
    zone=ZONES,
    hours=st.floats(1, 80),
    outdoor=st.floats(-40, 15),
    colder=st.floats(0, 10),
    warmer=st.floats(0, 5),
)
def test_never_later_for_more(
    zone: ZoneToHeat, hours: float, outdoor: float, colder: float, warmer: float
) -> None:
    """In a colder winter, or for a warmer room, it never begins later."""
    zone = replace(zone, has_begun=False)
    usual = plan(hours, zone, outdoor=outdoor).starts["0"]
    slack = timedelta(minutes=1)
    assert plan(hours, zone, outdoor=outdoor - colder).starts["0"] <= usual + slack
    more = replace(zone, target=zone.target + warmer)
    assert plan(hours, more, outdoor=outdoor).starts["0"] <= usual + slack


DEAR_DAYS = priced(*[*[0.05] * 6, *[0.4] * 6] * 4)


@pytest.mark.parametrize(
    ("weeks", "prices", "most_changes"),
    [(0, (), 3), (2, (), 1), (2, DEAR_DAYS, 6)],
    ids=["guess", "learnt", "cheap hours"],
)
def test_warm_at_the_arrival(weeks: int, prices: tuple[PriceSlot, ...], most_changes: int) -> None:
    """A house that is heated as planned, every quarter of an hour anew, is warm when they come."""
    house = TwoPartHouse()
    zone = replace(ZONE, model=learnt(house, weeks), rated_power=house.power)
    house = TwoPartHouse()
    seen = SiteSeen(zones={}, outdoor=-8.0, prices=prices)
    at, heating, changes, warm = NOW + 36 * HOUR, False, 0, 0.0
    for count in range(round(36 / HOURS)):
        now = NOW + count * STEP
        if count % 5 == 0:
            here = replace(zone, room=house.air, has_begun=heating)
            was = heating
            heating = "0" in plan_arrival(now, at, {"0": here}, seen, SiteSettings()).heating
            changes += was != heating
        share = min(1.0, max(0.0, ((21 if heating else 10) - house.air) * 2 + 0.3))
        house.step(-8.0, share)
        zone.model.observe(now, house.air, -8.0, share)
        warm += HOURS if house.air > 20.5 else 0
    assert house.air == pytest.approx(21, abs=0.6)
    # Begun once, it goes on; only the guess, with which it is warm far too early, has it wait again.
    assert changes <= most_changes
    if weeks and not prices:
        assert warm < 5
