"""The past that linked meters are given: it is what the bills say, but for the one that is wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from custom_components.lumme_energy.portal.model import LineKind
from demo.households.belgium import OVEN_ELECTRICITY, household as belgium
from demo.households.finland import FLAT, household as finland, midnight
from demo.scenes import BAKERYS_METER, FLATS_METER, Link, counted, drawn, past, priced

HOUR = timedelta(hours=1)
NOWS = [
    datetime(2026, 11, 24, 18, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
    datetime(2027, 1, 2, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, tzinfo=UTC),
]


@pytest.mark.parametrize("now", NOWS)
@pytest.mark.parametrize("link", [FLATS_METER, BAKERYS_METER], ids=["flat", "bakery"])
def test_every_hour_up_to_now(link: Link, now: datetime) -> None:
    hours = past(link, now)
    assert hours[-1].end == now
    assert all(one.end == following.start for one, following in pairwise(hours))
    assert all(hour.end - hour.start == HOUR for hour in hours)
    for share in link.shares.values():
        rows = counted(hours, share)
        assert rows[0]["start"] == "2000-01-01T00:00:00+00:00"
        assert [row["start"] for row in rows[1:]] == [hour.start.isoformat() for hour in hours]
        assert rows[-1] == {"start": (now - HOUR).isoformat(), "sum": 0.0}
        for (row, following), hour in zip(pairwise(rows), hours, strict=True):
            assert following["sum"] - row["sum"] == pytest.approx(float(hour.energy * share))


@pytest.mark.parametrize("now", NOWS)
def test_the_flats_meter_counted_what_its_bills_say_but_for_the_newest(now: datetime) -> None:
    hours = past(FLATS_METER, now)
    (customer,) = finland(now.date()).customers
    bills = [bill for bill in customer.statement.invoices if bill.gsrns == (FLAT,)]
    checked = []
    for bill in bills[:3]:
        assert bill.period_start is not None
        assert bill.period_end is not None
        begin, end = midnight(bill.period_start), midnight(bill.period_end + timedelta(days=1))
        if begin < hours[0].start:
            continue
        counted_ = sum((hour.energy for hour in hours if begin <= hour.start < end), Decimal(0))
        billed = next(line.energy for line in bill.lines if line.kind is LineKind.ENERGY)
        assert billed is not None
        assert (billed > counted_ * Decimal("1.1")) is (bill is bills[0])
        assert (billed == counted_) is (bill is not bills[0])
        checked.append(bill)
    assert len(checked) >= 2


@pytest.mark.parametrize("now", NOWS)
def test_the_bakerys_meter_is_older_than_its_period_of_deposits(now: datetime) -> None:
    (plan,) = [
        plan for plan in belgium(now.date()).customers[0].deposits if plan.gsrn == OVEN_ELECTRICITY
    ]
    assert plan.simulation is not None
    assert plan.simulation.period_start is not None
    assert past(BAKERYS_METER, now)[0].start.date() <= plan.simulation.period_start


def test_the_exchanges_price_is_what_the_flat_was_charged() -> None:
    now = NOWS[0]
    hours = past(FLATS_METER, now)
    (customer,) = finland(now.date()).customers
    margin = next(
        price.amount for price in customer.contracts[0].prices if price.register == "margin"
    )
    rows = priced(hours)
    assert [row["start"] for row in rows] == [hour.start.isoformat() for hour in hours]
    for row, hour in zip(rows, hours, strict=True):
        assert hour.cost is not None
        assert (row["mean"] + float(margin)) * float(hour.energy) == pytest.approx(float(hour.cost))
        assert 0 < row["mean"] < 0.5


def test_the_power_is_that_of_the_hours() -> None:
    hours = past(FLATS_METER, NOWS[0])
    rows = drawn(hours)
    assert [row["start"] for row in rows] == [hour.start.isoformat() for hour in hours]
    assert [row["mean"] for row in rows] == [float(hour.energy) for hour in hours]
