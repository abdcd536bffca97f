"""How a statistic has to change to say what a portal now tells. Pure rules.

A row holds an hour's own value (`state`) and the total up to and including it (`sum`), as Home
Assistant wants it. Only rows that would change are written; what follows them keeps its values and
is moved by the difference. What is stored and not told any more stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

# What is less is the dust of adding floating-point numbers.
DUST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Row:
    """An hour of a statistic.

    Attributes:
        start: When it begins, UTC.
        state: Its own value.
        total: The sum of all values up to its end.
    """

    start: datetime
    state: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a statistic says about some time.

    Attributes:
        before: The total at its beginning.
        rows: Its hours, oldest first.
        after: The first hour that follows it, if any does.
    """

    before: float = 0.0
    rows: Sequence[Row] = ()
    after: Row | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What to do about it.

    Attributes:
        rows: To be written, oldest first.
        shift: By how much the totals of all that follows have to be moved; 0.0 for not at all.
    """

    rows: Sequence[Row] = ()
    shift: float = 0.0


def revise(stored: Stored, told: Mapping[datetime, Decimal]) -> Revision:
    """Return what has to change so that a statistic says what was told.

    Args:
        stored: What it says, from the first to the last hour of what was told.
        told: Values by hour.
    """
    known = {row.start: row for row in stored.rows}
    total, changed = stored.before, []
    for start in sorted(known.keys() | told.keys()):
        old = known.get(start)
        state = float(told[start]) if start in told else known[start].state
        total += state
        if old is not None and abs(old.total - total) < DUST and abs(old.state - state) < DUST:
            # Dust must not gather over the years.
            total = old.total
        else:
            changed.append(Row(start, state, total))
    shift = 0.0
    if stored.after is not None:
        shift = total + stored.after.state - stored.after.total
    return Revision(rows=changed, shift=shift if abs(shift) >= DUST else 0.0)
