"""Tests of the outbox: what is on disk when, and what a damaged file does."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.lumme_energy.account.outbox import MAX_RECORDS, Outbox
from custom_components.lumme_energy.portal.errors import (
    PortalError,
    PortalOutcomeUnknownError,
    PortalRefusedError,
    PortalUnavailableError,
)
from custom_components.lumme_energy.portal.outbox import RETRY_AFTER, WriteRecord, WriteState

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
KEY = "lumme_energy.entry.outbox"


def planned(number: int = 1, **details: Any) -> WriteRecord:
    """Return a change that has not left."""
    return WriteRecord(
        record_id=str(number),
        kind="deposit",
        subject="deposit/1",
        key=str(number),
        created=NOW,
        changed=NOW,
        **details,
    )


@pytest.fixture
def outbox(hass: HomeAssistant) -> Outbox:
    """Return an empty outbox."""
    return Outbox(hass, "entry")


async def nothing_shown() -> bool | None:
    """Tell nothing."""
    return None


async def test_on_disk_before_it_leaves(
    outbox: Outbox, hass_storage: dict[str, Any], hass: HomeAssistant
) -> None:
    """A crash at any moment leaves a file that tells how far the change had come."""
    record = planned(payload={"amount": "80.00"}, user_id="u")
    told: list[WriteRecord] = []
    remove = outbox.async_add_listener(told.append)
    await outbox.async_plan(record)
    assert hass_storage[KEY]["data"]["records"][0]["state"] == "planned"
    assert outbox.waiting == (record,)
    assert outbox.unsettled("deposit/1") == record

    async def send() -> None:
        assert hass_storage[KEY]["data"]["records"][0]["state"] == "sending"
        crashed = Outbox(hass, "entry")
        await crashed.async_load()
        assert [each.state for each in crashed.records] == [WriteState.UNKNOWN]

    sent = await outbox.async_send(record, send, nothing_shown)
    assert sent.state is WriteState.ACCEPTED
    assert hass_storage[KEY]["data"]["records"][0]["state"] == "accepted"
    assert told == [sent]
    assert outbox.waiting == ()
    assert outbox.unsettled("deposit/1") is None
    assert outbox.latest_accepted("deposit/1") == sent
    assert outbox.latest_accepted("deposit/2") is None
    # A second sender of the same record finds it done.
    assert await outbox.async_send(record, send, nothing_shown) == sent

    again = Outbox(hass, "entry")
    await again.async_load()
    assert again.records == (sent,)
    remove()
    await outbox.async_remove()
    assert KEY not in hass_storage


@pytest.mark.parametrize(
    ("err", "state", "answer"),
    [
        (PortalRefusedError("unpaid_invoice"), WriteState.REFUSED, "unpaid_invoice"),
        (PortalUnavailableError("down"), WriteState.REFUSED, "portal_unavailable"),
        (PortalOutcomeUnknownError("lost"), WriteState.UNKNOWN, None),
    ],
)
async def test_errors(
    outbox: Outbox, err: PortalError, state: WriteState, answer: str | None
) -> None:
    """A no is a no; only a lost answer leaves a change open."""
    record = planned()
    await outbox.async_plan(record)

    async def send() -> None:
        raise err

    sent = await outbox.async_send(record, send, nothing_shown)
    assert (sent.state, sent.answer) == (state, answer)


async def test_anything_else(outbox: Outbox) -> None:
    """A bug on the way leaves the change open as well, and is not hidden."""
    record = planned()
    await outbox.async_plan(record)

    async def send() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await outbox.async_send(record, send, nothing_shown)
    assert [each.state for each in outbox.waiting] == [WriteState.UNKNOWN]


@pytest.mark.parametrize("stopping", [True, False])
async def test_closed(hass: HomeAssistant, outbox: Outbox, stopping: bool) -> None:
    """Nothing leaves from an outbox that is closed, or of a Home Assistant that stops."""
    record = planned()
    await outbox.async_plan(record)
    if stopping:
        hass.set_state(CoreState.stopping)
    else:
        await outbox.async_close()

    async def send() -> None:
        pytest.fail("it left")

    assert await outbox.async_send(record, send, nothing_shown) == record
    hass.set_state(CoreState.running)
    again = Outbox(hass, "entry")
    await again.async_load()
    assert again.waiting == (record,)


async def test_no_endless_wait(outbox: Outbox) -> None:
    """A portal that does not answer does not keep Home Assistant from unloading an account."""
    record = planned()
    await outbox.async_plan(record)

    async def send() -> None:
        with patch("custom_components.lumme_energy.account.outbox.PATIENCE", 0):
            await outbox.async_close()

    assert (await outbox.async_send(record, send, nothing_shown)).state is WriteState.ACCEPTED


@pytest.mark.parametrize(
    ("shown", "state"),
    [(True, WriteState.ACCEPTED), (False, WriteState.REFUSED), (None, WriteState.UNKNOWN)],
)
async def test_call_off(
    outbox: Outbox, freezer: FrozenDateTimeFactory, shown: bool | None, state: WriteState
) -> None:
    """A change is called off unless it has arrived, or may have."""
    record = planned(state=WriteState.UNKNOWN, attempts=1)
    freezer.tick(RETRY_AFTER)
    await outbox.async_plan(record)

    async def read_back() -> bool | None:
        return shown

    assert (await outbox.async_call_off(record, read_back)).state is state


@pytest.mark.parametrize(
    "stored",
    [
        {"version": 1, "data": {"records": [{"state": "no such state"}]}},
        {"version": 1, "data": {"records": 7}},
        {"version": 99, "data": {}},
    ],
)
async def test_unreadable(
    outbox: Outbox, hass_storage: dict[str, Any], stored: dict[str, Any]
) -> None:
    """A file that cannot be read is as if it had never been there."""
    hass_storage[KEY] = {"minor_version": 1, "key": KEY, **stored}
    await outbox.async_load()
    assert outbox.records == ()


async def test_bounded(outbox: Outbox) -> None:
    """The record does not grow for ever."""
    for number in range(MAX_RECORDS + 5):
        await outbox.async_plan(planned(number, state=WriteState.ACCEPTED))
    assert len(outbox.records) == MAX_RECORDS
    assert outbox.records[0].record_id == "5"
