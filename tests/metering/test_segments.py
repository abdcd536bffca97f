"""Totals over replaced meters: no gap, no spike, nothing forgotten."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import json

from hypothesis import given, strategies as st

from custom_components.lumme_energy.metering.segments import Segment, Totals
from custom_components.lumme_energy.metering.telegram import Quantity

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
REGISTER = Quantity.ENERGY_IMPORT


def test_one_meter_counts_as_it_shows() -> None:
    totals = Totals()
    assert not totals.follow("A", AT)
    assert totals.total(REGISTER, Decimal(8412)) == 8412
    assert not totals.follow("A", AT + timedelta(seconds=1))
    assert totals.total(REGISTER, Decimal(8413)) == 8413
    assert totals.segments == [Segment(meter_id="A", since=AT, offsets={REGISTER: Decimal(0)})]


def test_a_new_serial_number_opens_a_segment() -> None:
    totals = Totals()
    totals.follow("A", AT)
    totals.total(REGISTER, Decimal(8412))
    assert totals.follow("B", AT + timedelta(days=1))
    assert totals.total(REGISTER, Decimal("0.5")) == 8412
    assert totals.total(REGISTER, Decimal("1.5")) == 8413
    # A register that the old meter did not have, and one that the new one sends later.
    assert totals.total(Quantity.ENERGY_EXPORT, Decimal(7)) == 7
    assert [segment.meter_id for segment in totals.segments] == ["A", "B"]
    assert totals.segments[1].since == AT + timedelta(days=1)
    # The old one comes back, as after a repair.
    assert totals.follow("A", AT + timedelta(days=2))
    assert totals.total(REGISTER, Decimal(8412)) == 8413


def test_a_meter_without_a_serial_number_is_replaced_by_proof() -> None:
    totals = Totals()
    totals.follow(None, AT)
    totals.total(REGISTER, Decimal(100))
    assert not totals.follow(None, AT)
    assert totals.follow(None, AT, replaced=True)
    assert totals.total(REGISTER, Decimal(3)) == 100
    assert not totals.follow("A", AT)  # it tells one from now on
    assert totals.total(REGISTER, Decimal(4)) == 101
    assert not totals.follow(None, AT)  # not in every telegram
    assert totals.segments[-1].meter_id == "A"


def test_what_a_register_showed_is_known_of_this_meter_only() -> None:
    totals = Totals()
    assert totals.meter_id is None
    assert totals.shown(REGISTER) is None
    totals.follow("A", AT)
    totals.total(REGISTER, Decimal(100))
    totals.follow("B", AT)
    assert totals.meter_id == "B"
    assert totals.shown(REGISTER) is None
    totals.total(REGISTER, Decimal(3))
    assert totals.shown(REGISTER) == 3


def test_the_user_knows_of_one_meter_at_a_time() -> None:
    totals = Totals()
    totals.follow("A", AT)
    assert not totals.is_unconfirmed
    totals.follow("B", AT)
    assert totals.is_unconfirmed
    totals.follow("A", AT)  # the one that the user knows is back
    assert not totals.is_unconfirmed
    totals.follow("C", AT)
    totals.confirm()
    assert not totals.is_unconfirmed
    totals.follow(None, AT, replaced=True)
    assert totals.is_unconfirmed
    totals.follow(None, AT, replaced=True)  # nobody knows whether it is the one before
    assert totals.is_unconfirmed


def test_a_rollover_goes_on() -> None:
    totals = Totals()
    totals.follow("A", AT)
    totals.total(REGISTER, Decimal("99999.9"))
    totals.roll_over(REGISTER, Decimal(100000))
    assert totals.total(REGISTER, Decimal("0.1")) == Decimal("100000.1")


def test_survives_a_restart() -> None:
    totals = Totals()
    totals.follow("A", AT)
    totals.total(REGISTER, Decimal("8412.125"))
    totals.follow("B", AT + timedelta(days=1))
    totals.total(REGISTER, Decimal("5.25"))
    again = Totals.from_dict(json.loads(json.dumps(totals.as_dict())))
    assert again.as_dict() == totals.as_dict()
    assert not again.follow("B", AT + timedelta(days=2))
    assert again.total(REGISTER, Decimal("6.25")) == Decimal("8413.125")
    # Replaced while nobody listened.
    assert again.follow("C", AT + timedelta(days=3))
    assert again.total(REGISTER, Decimal(900)) == Decimal("8413.125")


def test_names_no_meter_in_logs() -> None:
    assert "4711" not in repr(Segment(meter_id="4711", since=AT))


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.decimals(0, 10**6, places=3)),
        min_size=1,
        max_size=30,
    )
)
def test_counts_what_flowed_through_each_meter(readings: list[tuple[str, Decimal]]) -> None:
    totals = Totals()
    flowed = readings[0][1]
    before: tuple[str, Decimal] | None = None
    for meter_id, value in readings:
        if before and before[0] == meter_id:
            flowed += value - before[1]
        totals.follow(meter_id, AT)
        assert totals.total(REGISTER, value) == flowed
        before = meter_id, value
