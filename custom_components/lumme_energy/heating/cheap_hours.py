"""Which hours to heat in, so that warmth is there in time and costs the least.

Warmth that is brought forward leaks: of a kWh, exp(−t/tau) is left after t hours. So an hour is
worth its price divided by that, and the cheapest by this measure are taken until it is warm enough.
Times are hours from now, of the clock that never jumps: no hour of a day is lost or doubled.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, exp
from typing import Final

from .model import PriceSlot

# No piece is longer, so that the weather is about the same in all of it.
LONGEST: Final = 1.0
# An hour that heating has begun in is kept if another one is hardly cheaper.
KEPT_IF: Final = 0.9


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A piece of time, and what a kWh costs in it if that is known."""

    start: float
    hours: float
    price: Decimal | None


def cut(now: datetime, marks: Sequence[float], prices: Sequence[PriceSlot]) -> list[Piece]:
    """Cut the time from the first to the last mark into pieces that have one price each.

    Args:
        now: What hours are counted from.
        marks: Where to cut in any case, in order.
        prices: What is known of prices, in order; slots of any length, with gaps or without.
    """
    slots = [
        ((slot.start - now) / timedelta(hours=1), (slot.end - now) / timedelta(hours=1), slot.price)
        for slot in prices
    ]
    starts = [slot[0] for slot in slots]
    ends = {end for slot in slots for end in slot[:2] if marks[0] < end < marks[-1]}
    points = sorted({*marks, *ends})
    pieces: list[Piece] = []
    for begin, end in pairwise(points):
        index = bisect_right(starts, begin) - 1
        price = slots[index][2] if index >= 0 and begin < slots[index][1] else None
        parts = ceil((end - begin) / LONGEST)
        hours = (end - begin) / parts
        pieces += [
            Piece(start=begin + part * hours, hours=hours, price=price) for part in range(parts)
        ]
    return pieces


def prices_of(pieces: Sequence[Piece]) -> list[float] | None:
    """Return every piece's price; the mean where it is not known yet, None if none is."""
    known = [float(piece.price) for piece in pieces if piece.price is not None]
    if not known:
        return None
    mean = sum(known) / len(known)
    return [mean if piece.price is None else float(piece.price) for piece in pieces]


def cheapest(
    pieces: Sequence[Piece],
    prices: Sequence[float],
    tau_hours: float,
    suffices: Callable[[frozenset[int]], bool],
    *,
    is_heating: bool,
) -> frozenset[int]:
    """Return the fewest of the cheapest pieces that make it warm enough; all if not even they do.

    Args:
        pieces: The time until it must be warm.
        prices: What a kWh costs in each of them. Below 0 it is free: nothing is wasted on purpose.
        tau_hours: How fast the room loses warmth.
        suffices: Whether it is warm in time if it is heated in these pieces.
        is_heating: Whether it is being heated now.
    """
    end = pieces[-1].start + pieces[-1].hours

    def worth(index: int) -> tuple[float, float]:
        ahead = end - pieces[index].start - pieces[index].hours / 2
        price = max(prices[index], 0.0) * exp(ahead / tau_hours)
        return price * (KEPT_IF if is_heating and pieces[index].start <= 0 else 1), ahead

    order = sorted(range(len(pieces)), key=worth)
    few, many = 0, len(order)
    while few < many:
        middle = (few + many) // 2
        if suffices(frozenset(order[:middle])):
            many = middle
        else:
            few = middle + 1
    return frozenset(order[:many])
