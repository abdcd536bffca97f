"""Tests of the rules by which a change is asked for once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalBudgetError,
    PortalCapabilityError,
    PortalError,
    PortalRefusedError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import Capability
from custom_components.lumme_energy.portal.outbox import (
    GIVE_UP_AFTER,
    MAX_ATTEMPTS,
    NOT_RECEIVED,
    RETRY_AFTER,
    WriteRecord,
    WriteState,
    after_restart,
    bounded,
    idempotency_key,
    reason,
)

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PLANNED = WriteRecord(
    record_id="1", kind="deposit", subject="deposit/1", key="k", created=NOW, changed=NOW
)


def test_straight_way() -> None:
    """A change is planned, sent and answered."""
    sending = PLANNED.sending(NOW)
    assert (sending.state, sending.attempts) == (WriteState.SENDING, 1)
    assert sending.accepted(NOW).state is WriteState.ACCEPTED
    refused = sending.refused("unpaid_invoice", NOW)
    assert (refused.state, refused.answer) == (WriteState.REFUSED, "unpaid_invoice")
    assert [state for state in WriteState if state.is_settled] == [
        WriteState.ACCEPTED,
        WriteState.REFUSED,
    ]


def test_restart() -> None:
    """What was on its way is unknown after a crash; everything else is what it was."""
    for state in WriteState:
        record = replace(PLANNED, state=state)
        expected = WriteState.UNKNOWN if state is WriteState.SENDING else state
        assert after_restart(record) == replace(record, state=expected)


def test_missed() -> None:
    """What did not arrive is planned anew after a pause, a few times, for a day."""
    unknown = PLANNED.sending(NOW).unknown()
    assert unknown.missed(NOW + RETRY_AFTER - timedelta(seconds=1)) == unknown
    again = unknown.missed(NOW + RETRY_AFTER)
    assert (again.state, again.attempts) == (WriteState.PLANNED, 1)
    set_back = unknown.missed(NOW - timedelta(hours=1))
    assert set_back.state is WriteState.PLANNED
    for late in (
        unknown.missed(NOW + GIVE_UP_AFTER),
        replace(unknown, attempts=MAX_ATTEMPTS).missed(NOW),
    ):
        assert (late.state, late.answer) == (WriteState.REFUSED, NOT_RECEIVED)


@given(st.lists(st.sampled_from(["answered", "lost", "crash", "shown", "not_shown"]), max_size=30))
def test_never_twice(story: list[str]) -> None:
    """Whatever happens, a change leaves anew only after the portal showed no sign of it."""
    record, now, may_have_arrived = PLANNED, NOW, False
    for event in story:
        now += timedelta(minutes=10)
        if record.state is WriteState.PLANNED:
            assert not may_have_arrived
            record = record.sending(now)
            may_have_arrived = True
        match event:
            case "answered" if record.state is WriteState.SENDING:
                record = record.accepted(now)
            case "lost" if record.state is WriteState.SENDING:
                record = record.unknown()
            case "crash":
                record = after_restart(record)
            case "shown" if record.state is WriteState.UNKNOWN:
                record = record.accepted(now)
            case "not_shown" if record.state is WriteState.UNKNOWN:
                record = record.missed(now)
                may_have_arrived = record.state is WriteState.UNKNOWN
    assert record.attempts <= MAX_ATTEMPTS


def test_keys() -> None:
    """Only the same request has the same key."""
    keys = {
        idempotency_key("deposit", *parts)
        for parts in (("1", "80"), ("1", "81"), ("2", "80"), ("1", "80", "2026-12"), ())
    }
    assert len(keys) == 5
    assert idempotency_key("deposit", "1", 80) == idempotency_key("deposit", "1", 80)


@given(st.lists(st.sampled_from(WriteState)), st.integers(min_value=0, max_value=10))
def test_bounded(states: list[WriteState], most: int) -> None:
    """The oldest settled records go; one that is not settled stays, however many there are."""
    records = tuple(
        replace(PLANNED, record_id=str(number), state=state) for number, state in enumerate(states)
    )
    kept = bounded(records, most)
    open_ones = [record for record in records if not record.state.is_settled]
    assert [record for record in kept if not record.state.is_settled] == open_ones
    assert len(kept) <= max(most, len(open_ones))
    assert len(kept) >= min(most, len(records))
    settled = [record for record in records if record.state.is_settled]
    kept_settled = [record for record in kept if record.state.is_settled]
    assert kept_settled == settled[len(settled) - len(kept_settled) :]


@pytest.mark.parametrize(
    ("err", "expected"),
    [
        (PortalRefusedError("unpaid_invoice"), "unpaid_invoice"),
        (PortalCapabilityError(Capability.DEPOSIT, "call"), "not_offered"),
        (PortalAuthenticationError(), "authentication_failed"),
        (PortalBudgetError("used up"), "portal_unavailable"),
        (PortalUnexpectedAnswerError("call", "odd"), "portal_changed"),
    ],
)
def test_reason(err: PortalError, expected: str) -> None:
    """Each error has its words."""
    assert reason(err) == expected
