"""Tests of how a statistic changes. A list of rows stands for the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.account.history.ledger import Revision, Row, Stored, revise
from custom_components.lumme_energy.billing.days import HOUR

START = datetime(2026, 3, 1, tzinfo=UTC)

hours = st.dictionaries(
    st.integers(0, 60).map(lambda n: START + n * HOUR),
    st.decimals(0, 100, places=3),
    min_size=1,
    max_size=40,
)


@dataclass
class Table:
    """What Home Assistant does with what it is told."""

    rows: dict[datetime, Row] = field(default_factory=dict)

    def stored(self, start: datetime, end: datetime) -> Stored:
        """Return what is stored of a time."""
        rows = [self.rows[each] for each in sorted(self.rows)]
        return Stored(
            before=max((r.start, r.total) for r in rows if r.start < start)[1]
            if any(r.start < start for r in rows)
            else 0.0,
            rows=[row for row in rows if start <= row.start < end],
            after=next((row for row in rows if row.start >= end), None),
        )

    def tell(self, told: Mapping[datetime, Decimal], *, crash: bool = False) -> Revision:
        """Take over what is told; a crash lets nothing be moved."""
        end = max(told) + HOUR
        revision = revise(self.stored(min(told), end), told)
        self.rows |= {row.start: row for row in revision.rows}
        if not crash:
            for start, row in self.rows.items():
                if start >= end:
                    self.rows[start] = replace(row, total=row.total + revision.shift)
        return revision

    def check(self, expected: Mapping[datetime, Decimal]) -> None:
        """See that every hour has its value, and the total of all before it."""
        assert sorted(self.rows) == sorted(expected)
        totals = accumulate(expected[start] for start in sorted(expected))
        for start, total in zip(sorted(expected), totals, strict=True):
            assert self.rows[start].state == pytest.approx(float(expected[start]), abs=1e-5)
            assert self.rows[start].total == pytest.approx(float(total), abs=1e-4)


@given(answers=st.lists(hours, min_size=1, max_size=6))
def test_any_order(answers: list[dict[datetime, Decimal]]) -> None:
    """Whatever is told, in whatever order and with whatever gaps, the totals are right."""
    table, expected = Table(), dict[datetime, Decimal]()
    for told in answers:
        table.tell(told)
        expected |= told
        table.check(expected)


@given(told=hours)
def test_unchanged(told: dict[datetime, Decimal]) -> None:
    """What is told again changes nothing."""
    table = Table()
    assert len(table.tell(told).rows) == len(told)
    assert table.tell(told) == Revision(rows=[])


@given(told=hours, data=st.data())
def test_correction(told: dict[datetime, Decimal], data: st.DataObject) -> None:
    """A correction writes nothing that lies before it."""
    table = Table()
    table.tell(told)
    corrected = data.draw(st.sampled_from(sorted(told)))
    told = {**told, corrected: told[corrected] + 1}
    revision = table.tell(told)
    assert [row.start for row in revision.rows] == [
        each for each in sorted(told) if each >= corrected
    ]
    table.check(told)


@given(older=hours, newer=hours)
def test_crash(older: dict[datetime, Decimal], newer: dict[datetime, Decimal]) -> None:
    """What was not moved because of a crash is moved when the same is told again."""
    newer = {start + 61 * HOUR: energy for start, energy in newer.items()}
    table = Table()
    table.tell(newer)
    table.tell(older, crash=True)
    table.tell(older)
    table.check(older | newer)


def test_what_is_not_told_any_more() -> None:
    """An hour that a portal has forgotten stays, and is moved by a correction before it."""
    table = Table()
    told = {START + n * HOUR: Decimal(n + 1) for n in range(4)}
    table.tell(told)
    table.tell({START: Decimal(5), START + 3 * HOUR: Decimal(4)})
    table.check({**told, START: Decimal(5)})


def test_two_values_that_make_up_for_each_other() -> None:
    """Both hours are written, what follows is not."""
    table = Table()
    told = {START + n * HOUR: Decimal(n + 1) for n in range(4)}
    table.tell(told)
    revision = table.tell({**told, START: Decimal(2), START + HOUR: Decimal(1)})
    assert [row.start for row in revision.rows] == [START, START + HOUR]
    assert revision.shift == 0.0
