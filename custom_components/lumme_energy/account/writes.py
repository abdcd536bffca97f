"""What can be changed at a portal: how it is asked for, and where the portal then shows it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..action import invalid
from ..const import DOMAIN
from ..portal.base import Portal
from ..portal.model import (
    Account,
    Benefit,
    Delivery,
    DepositChange,
    DirectDebit,
)
from ..portal.outbox import RETRY_AFTER, WriteRecord, WriteState, idempotency_key
from .coordinator import AccountConfigEntry, AccountCoordinator
from .errors import REFUSALS, failed, refused
from .feeds import FEEDS, AccountData, Feed
from .outbox import ReadBack, Send
from .readings.payload import is_gone, is_there, submission

type Payload = Mapping[str, Any]


class Change(StrEnum):
    """What a customer can have changed."""

    DEPOSIT = "deposit"
    DELIVERY = "delivery"
    DIRECT_DEBIT = "direct_debit"
    BENEFIT = "benefit"
    READING = "reading"
    READING_DELETION = "reading_deletion"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInfo:
    """How a change is asked for, and how one sees that it was made.

    Attributes:
        feed: What shows it.
        send: Asks the portal for what the payload says.
        has_arrived: Whether the data show it.
    """

    feed: Feed
    send: Callable[[Portal, Account, Payload], Awaitable[None]]
    has_arrived: Callable[[AccountData, Payload], bool]


def _deposit(payload: Payload) -> DepositChange:
    return DepositChange(**{**payload, "amount": Decimal(payload["amount"])})


def _has_deposit(data: AccountData, payload: Payload) -> bool:
    wanted = _deposit(payload)
    return any(
        plan.gsrn == wanted.gsrn
        and plan.amount == wanted.amount
        and bool(plan.is_empty_house) is wanted.is_empty_house
        for plan in data.deposits or ()
    )


CHANGES: Final = {
    Change.DEPOSIT: ChangeInfo(
        feed=Feed.DEPOSITS,
        send=lambda portal, account, payload: portal.async_set_deposit(account, _deposit(payload)),
        has_arrived=_has_deposit,
    ),
    Change.DELIVERY: ChangeInfo(
        feed=Feed.SETTINGS,
        send=lambda portal, account, payload: portal.async_set_delivery(
            account, Delivery(payload["delivery"])
        ),
        has_arrived=lambda data, payload: (
            data.settings is not None and data.settings.delivery == payload["delivery"]
        ),
    ),
    Change.DIRECT_DEBIT: ChangeInfo(
        feed=Feed.SETTINGS,
        send=lambda portal, account, payload: portal.async_set_direct_debit(
            account, DirectDebit(payload["direct_debit"])
        ),
        has_arrived=lambda data, payload: (
            data.settings is not None and data.settings.direct_debit == payload["direct_debit"]
        ),
    ),
    Change.BENEFIT: ChangeInfo(
        feed=Feed.BENEFITS,
        send=lambda portal, account, payload: portal.async_redeem(
            account, Benefit(benefit_id=payload["benefit_id"], title=payload["title"])
        ),
        has_arrived=lambda data, payload: any(
            benefit.benefit_id == payload["benefit_id"] and benefit.redeemed is True
            for benefit in data.benefits or ()
        ),
    ),
    Change.READING: ChangeInfo(
        feed=Feed.READINGS,
        send=lambda portal, account, payload: portal.async_submit_reading(
            account, submission(payload)
        ),
        has_arrived=is_there,
    ),
    Change.READING_DELETION: ChangeInfo(
        feed=Feed.READINGS,
        send=lambda portal, account, payload: portal.async_delete_reading(
            account, payload["gsrn"], submission(payload).day
        ),
        has_arrived=is_gone,
    ),
}


def offers_changes(coordinator: AccountCoordinator) -> bool:
    """Whether anything can be changed at the portal."""
    needed = {FEEDS[info.feed].capability for info in CHANGES.values()}
    return bool(needed & coordinator.offered)


def subject(change: Change, of: str = "") -> str:
    """Return what is changed: of one subject, only one change is on its way at a time."""
    return f"{change}/{of}"


async def async_change(
    coordinator: AccountCoordinator,
    change: Change,
    payload: Payload,
    *,
    check: Callable[[], None],
    user_id: str | None,
    of: str = "",
    period: object = None,
) -> WriteRecord | None:
    """Have something changed at the portal, once, and show what came of it.

    Args:
        coordinator: The account.
        change: What is changed.
        payload: What it is to become.
        check: Raises what stands in the way; asked when nothing else is on its way any more.
        user_id: Who asked; None for an automation.
        of: Of which supply point or benefit, where there may be several.
        period: What makes the same change another one: the billing period.

    Returns:
        The record of a change that the portal has made; None where everything is like that already.

    Raises:
        ServiceValidationError: it may not be changed, or another change is on its way.
        HomeAssistantError: it was not changed, or nobody knows yet.
    """
    outbox = coordinator.outbox
    what = subject(change, of)
    key = idempotency_key(what, *payload.values(), period)
    if (pending := outbox.unsettled(what)) is not None:
        pending = await _async_make_way(coordinator, pending, key)
        if pending.key == key and pending.state is WriteState.ACCEPTED:
            return pending
    info = CHANGES[change]
    if info.has_arrived(coordinator.data, payload):
        # Or was it changed on the website since?
        await coordinator.async_reread(info.feed)
        if info.has_arrived(coordinator.data, payload):
            return None
    check()
    if outbox.unsettled(what) is not None:
        # Somebody else was faster while we were looking.
        raise invalid("change_pending", portal=coordinator.supplier.portal_name)
    now = dt_util.utcnow()
    record = WriteRecord(
        record_id=ulid_now(),
        kind=change,
        subject=what,
        key=key,
        created=now,
        changed=now,
        payload=payload,
        user_id=user_id,
    )
    await outbox.async_plan(record)
    record = await outbox.async_send(record, *ways(coordinator, record))
    if not record.state.is_settled:
        # Where only the answer was lost, the portal shows it already.
        record = await outbox.async_send(record, *ways(coordinator, record))
    await _async_show(coordinator, record)
    if record.state is WriteState.ACCEPTED:
        return record
    raise _error(coordinator, record)


@callback
def async_settle_after_polls(entry: AccountConfigEntry, coordinator: AccountCoordinator) -> None:
    """Look after each poll for what became of changes that a crash or a lost answer left open.

    What was changed just before a restart may not have been read since: the first poll does.
    """
    for record in coordinator.outbox.records:
        feed = CHANGES[Change(record.kind)].feed
        read = coordinator.data.fetched.get(feed)
        if read is not None and read < record.changed:
            coordinator.want(feed)
    task: asyncio.Task[None] | None = None
    looked: datetime | None = None

    @callback
    def polled() -> None:
        nonlocal task, looked
        now = dt_util.utcnow()
        is_busy = task is not None and not task.done()
        # What a look leads to calls us again. A clock that was set back does not make us wait.
        is_early = looked is not None and timedelta() <= now - looked < RETRY_AFTER
        is_fine = coordinator.last_update_success and not is_busy and not is_early
        if coordinator.outbox.waiting and is_fine:
            looked = now
            task = entry.async_create_background_task(
                coordinator.hass, _async_settle(coordinator), f"{DOMAIN} changes"
            )

    entry.async_on_unload(coordinator.async_add_listener(polled))


async def _async_settle(coordinator: AccountCoordinator) -> None:
    for record in coordinator.outbox.waiting:
        settled = await coordinator.outbox.async_send(record, *ways(coordinator, record))
        await _async_show(coordinator, settled)


async def _async_make_way(
    coordinator: AccountCoordinator, pending: WriteRecord, key: str
) -> WriteRecord:
    """Bring an earlier change to its end: by itself if it is wanted still, else by calling it off.

    Raises:
        ServiceValidationError: its end is not known.
    """
    if pending.state is WriteState.UNKNOWN:
        send, read_back = ways(coordinator, pending)
        if pending.key == key:
            pending = await coordinator.outbox.async_send(pending, send, read_back)
        else:
            pending = await coordinator.outbox.async_call_off(pending, read_back)
    if not pending.state.is_settled:
        raise invalid("change_pending", portal=coordinator.supplier.portal_name)
    await _async_show(coordinator, pending)
    return pending


def ways(coordinator: AccountCoordinator, record: WriteRecord) -> tuple[Send, ReadBack]:
    """Return how a change is sent, and how one sees whether it was made."""
    info = CHANGES[Change(record.kind)]

    async def send() -> None:
        await info.send(coordinator.portal, coordinator.account, record.payload)

    async def read_back() -> bool | None:
        if not await async_is_shown(coordinator, info.feed, record):
            return None
        return info.has_arrived(coordinator.data, record.payload)

    return send, read_back


async def async_is_shown(coordinator: AccountCoordinator, feed: Feed, record: WriteRecord) -> bool:
    """Whether what is known was read after the last step of a change; it is, if possible.

    Of an unknown one it tells nothing before the portal has had time to show it.
    """
    since, now = record.changed, dt_util.utcnow()
    if record.state is WriteState.UNKNOWN and now - since >= RETRY_AFTER:
        since += RETRY_AFTER
    read = coordinator.data.fetched.get(feed)
    return (read is not None and read > since) or await coordinator.async_reread(feed)


async def _async_show(coordinator: AccountCoordinator, record: WriteRecord) -> None:
    """Show what a change has led to."""
    if record.state.is_settled:
        await async_is_shown(coordinator, CHANGES[Change(record.kind)].feed, record)


def _error(coordinator: AccountCoordinator, record: WriteRecord) -> HomeAssistantError:
    """Return why a change was not made, in words."""
    match record.answer:
        case None:
            return failed(coordinator, "change_unknown")
        case "portal_unavailable":
            return failed(coordinator, "change_not_sent")
        case "authentication_failed":
            coordinator.config_entry.async_start_reauth(coordinator.hass)
        case answer if answer in REFUSALS:
            return refused(coordinator, answer)
    return failed(coordinator, record.answer)
