"""Tests of which hours are cheap enough to heat in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import exp
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.cheap_hours import Piece, cheapest, cut, prices_of
from custom_components.lumme_energy.heating.model import PriceSlot

NOW = datetime(2026, 1, 9, 18, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def slots(start: datetime, length: timedelta, *prices: str) -> list[PriceSlot]:
    """Return slots of one length, one after another."""
    return [
        PriceSlot(start=start + i * length, end=start + (i + 1) * length, price=Decimal(price))
        for i, price in enumerate(prices)
    ]


def pieces(*prices: str | None) -> list[Piece]:
    """Return one piece of an hour for each price."""
    return [
        Piece(start=i, hours=1, price=None if price is None else Decimal(price))
        for i, price in enumerate(prices)
    ]


def test_cut() -> None:
    """Pieces have one price each, are no longer than an hour, and leave nothing out."""
    known = slots(NOW - timedelta(minutes=5), QUARTER, "1", "2", "3")
    found = cut(NOW, (0.0, 0.5, 2.5), known)
    assert [(round(each.start * 60), round(each.hours * 60), each.price) for each in found] == [
        (0, 10, 1),
        (10, 15, 2),
        (25, 5, 3),
        (30, 10, 3),
        (40, 55, None),
        (95, 55, None),
    ]
    assert cut(NOW, (1.0, 1.0), known) == []


def test_summer_time_ends() -> None:
    """The hour that the clock shows twice has two prices, an hour apart."""
    helsinki = ZoneInfo("Europe/Helsinki")
    first = datetime(2026, 10, 25, 3, tzinfo=helsinki)
    second = first.replace(fold=1)
    after = datetime(2026, 10, 25, 4, tzinfo=helsinki)
    known = [
        PriceSlot(start=first, end=second, price=Decimal(1)),
        PriceSlot(start=second, end=after, price=Decimal(2)),
    ]
    found = cut(first.astimezone(UTC), (0.0, 2.0), known)
    assert found == [
        Piece(start=0, hours=1, price=Decimal(1)),
        Piece(start=1, hours=1, price=Decimal(2)),
    ]


def test_unknown_prices() -> None:
    """Tomorrow's prices that are not there yet are like those that are."""
    assert prices_of(pieces("0.1", "0.3", None)) == pytest.approx([0.1, 0.3, 0.2])
    assert prices_of(pieces(None, None)) is None


def chosen(prices: list[float], count: int, tau: float = 30, *, is_heating: bool = False) -> set:
    """Return which pieces are chosen if it takes so many."""
    known = pieces(*map(str, prices))
    return set(cheapest(known, prices, tau, lambda hot: len(hot) >= count, is_heating=is_heating))


@pytest.mark.parametrize(("ratio", "is_early"), [(0.95, True), (1.05, False)])
def test_shifting_pays_only_where_physics_says_so(ratio: float, is_early: bool) -> None:
    """Six hours early, heat must be cheaper by what leaks: 18 % with a tau of 30 hours."""
    early = 0.20 * exp(-6 / 30) * ratio
    prices = [early, *[9.0] * 5, 0.20]
    assert chosen(prices, 1) == ({0} if is_early else {6})


def test_choice() -> None:
    """The cheapest come first; of equal ones the last; what is free is not wasted; all if need be."""
    assert chosen([3, 1, 2, 3], 2, tau=1000) == {1, 2}
    assert chosen([1, 1, 1, 1], 2) == {2, 3}
    assert chosen([-0.5, 0, -0.1, 0], 2) == {2, 3}
    assert chosen([1, 2], 0) == set()
    assert chosen([1, 2], 5) == {0, 1}
    # What has begun is not given up for a trifle.
    assert chosen([1.0, 0.99], 1, tau=1000) == {1}
    assert chosen([1.0, 0.99], 1, tau=1000, is_heating=True) == {0}


@given(
    starts=st.lists(st.integers(-40, 200), max_size=20, unique=True),
    marks=st.lists(st.floats(0, 40), min_size=2, max_size=4).map(sorted),
)
def test_cut_is_whole(starts: list[int], marks: list[float]) -> None:
    """Whatever slots are known, with gaps or none: pieces follow each other from end to end."""
    known = [
        PriceSlot(
            start=NOW + start * QUARTER, end=NOW + (start + 1) * QUARTER, price=Decimal(start)
        )
        for start in sorted(starts)
    ]
    found = cut(NOW, marks, known)
    assert sum(each.hours for each in found) == pytest.approx(marks[-1] - marks[0])
    end = marks[0]
    for each in found:
        assert each.start == pytest.approx(end)
        end += each.hours
        middle = NOW + timedelta(hours=each.start + each.hours / 2)
        assert each.price == next(
            (slot.price for slot in known if slot.start <= middle < slot.end), None
        )
