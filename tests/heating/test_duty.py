"""Relays that close for a share of each cycle."""

from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.duty import (
    CYCLE,
    SHORTEST,
    Duty,
    blind_share,
    share,
)
from custom_components.lumme_energy.heating.thermal import RoomModel

from .bench import minutes

MODEL = RoomModel()


def test_share() -> None:
    """The model keeps the temperature; what lacks adds to it; near the floor it just heats."""
    holds = MODEL.share_to_hold(20.0, 0.0)
    assert share(MODEL, 20.0, 20.0, 8.0, 0.0) == pytest.approx(holds)
    assert share(MODEL, 19.5, 20.0, 8.0, 0.0) == pytest.approx(holds + 0.3)
    assert share(MODEL, 20.0, 20.0, 8.0, None) == 0.0
    assert share(MODEL, 25.0, 20.0, 8.0, 0.0) == 0.0
    # On the way to an arrival there is no holding back, until it is nearly warm.
    assert share(MODEL, 19.4, 20.0, 8.0, 0.0, is_preheating=True) == 1.0
    assert share(MODEL, 19.5, 20.0, 8.0, 0.0, is_preheating=True) == pytest.approx(holds + 0.3)
    assert share(MODEL, 8.1, 8.0, 8.0, 20.0) == 1.0
    # A room is kept a little above its floor, so that it is never below.
    assert share(MODEL, 8.3, 8.0, 8.0, None) == pytest.approx(0.12)


def test_blind_share() -> None:
    """The colder it is, the more; never nothing, and half where nothing is known at all."""
    shares = [blind_share(MODEL, 8.0, outdoor) for outdoor in (25.0, 5.0, -10.0, -20.0, -40.0)]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] == 1.0
    assert blind_share(MODEL, 8.0, None) == 0.5


@given(st.floats(0, 1))
def test_mean(wished: float) -> None:
    """Over a day a relay gives what is wished, and is never switched for less than it bears."""
    duty = Duty()
    switched: list[timedelta] = []
    on = 0
    was, lasts = duty.is_on, SHORTEST
    for _ in range(24 * 60):
        duty.go_on(wished, minutes(1))
        if duty.is_on != was:
            switched.append(lasts)
            was, lasts = duty.is_on, timedelta()
        lasts += minutes(1)
        on += duty.is_on
    assert on / (24 * 60) == pytest.approx(wished, abs=0.05)
    assert all(each >= SHORTEST for each in switched)
    assert len(switched) <= 2 * (24 * 60) / (CYCLE / minutes(1)) + 1


def test_all_or_nothing_at_once() -> None:
    """A room at its floor is heated at once, and who must wait stops at once; nothing is owed."""
    duty = Duty()
    duty.adopt(is_on=False)
    duty.go_on(1.0, minutes(1))
    assert not duty.is_on
    duty.go_on(1.0, minutes(1), is_urgent=True)
    assert duty.is_on
    duty.go_on(0.0, minutes(1), is_urgent=True)
    assert not duty.is_on
    assert duty.on_for == timedelta()


def test_adopts_for_a_cycle() -> None:
    """A relay that is new here is left alone for a cycle."""
    duty = Duty()
    duty.adopt(is_on=True)
    for _ in range(14):
        duty.go_on(0.0, minutes(1))
        assert duty.is_on
    duty.go_on(0.0, minutes(1))
    assert not duty.is_on
