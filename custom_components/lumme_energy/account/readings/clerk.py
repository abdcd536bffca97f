"""Brings a due reading to the supplier: each step is on disk before the next one is taken."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ...portal.outbox import RETRY_AFTER, WriteRecord, WriteState, idempotency_key
from ...readings.plan import FIRST_PAUSE, LONGEST_PAUSE, Plan, PlanState, Step, shows
from ..coordinator import AccountCoordinator
from ..feeds import Feed
from ..meter_link import MeterLink
from ..writes import Change, async_is_shown, subject, ways
from .judge import judged
from .payload import payload
from .taking import async_take

KINDS: Final = {
    Step.DELETE: Change.READING_DELETION,
    Step.SEND: Change.READING,
    Step.RESTORE: Change.READING,
}
UNDERWAY: Final = frozenset({PlanState.SENDING, PlanState.UNKNOWN})
# A timer that was a moment early must not be set again and again.
SOON: Final = timedelta(seconds=1)


class Clerk:
    """Works on one reading after the other, for a desk that lets nobody else do so meanwhile."""

    def __init__(
        self,
        coordinator: AccountCoordinator,
        link: Callable[[str], MeterLink | None],
        keep: Callable[[Plan], Awaitable[None]],
    ) -> None:
        """Know the way.

        Args:
            coordinator: The account.
            link: Returns the linked meter of a supply point.
            keep: Writes a plan down; on return it is on disk.
        """
        self._coordinator = coordinator
        self._link = link
        self._keep = keep
        self._not_before: datetime | None = None
        self._failures = 0

    def is_blocked(self, gsrn: str, plan: Plan | None = None) -> bool:
        """Whether another change of a supply point's readings is on its way."""
        return any(
            record.subject == subject(kind, gsrn)
            and not record.state.is_settled
            and (plan is None or record.record_id != plan.record_id)
            for record in self._coordinator.outbox.records
            for kind in set(KINDS.values())
        )

    def wakes(self, plans: Iterable[Plan], now: datetime) -> datetime | None:
        """Return when something may come of one of these plans."""
        times: list[datetime] = []
        for plan in plans:
            match plan.state:
                case PlanState.PLANNED:
                    times.append(plan.at)
                case PlanState.HELD:
                    times.append(plan.until)
                case PlanState.DUE:
                    times += [plan.until, plan.next_try or now]
                case PlanState.SENDING | PlanState.UNKNOWN:
                    record = self._record(plan)
                    times.append(now if record is None else record.changed + RETRY_AFTER)
        pending = [time for time in times if time > now]
        if self._not_before is not None and self._not_before > now and times:
            pending.append(self._not_before)
        return max(min(pending), now + SOON) if pending else None

    async def async_bring_on(self, plan: Plan) -> Plan:
        """Do for a reading what can be done now, and return how it stands."""
        while not self._coordinator.hass.is_stopping:
            before = plan
            plan = await self._async_step(plan)
            if plan == before:
                break
        return plan

    async def _async_step(self, plan: Plan) -> Plan:
        """Take one step, if one can be taken."""
        now = dt_util.utcnow()
        if (passed := plan.passed(now)) != plan:
            return await self._async_kept(passed)
        if plan.state is PlanState.DUE and plan.values is None:
            return await self._async_kept(await self._async_read(plan))
        if plan.state in UNDERWAY:
            return await self._async_follow(plan)
        if plan.may_try(now) and not self.is_blocked(plan.gsrn, plan):
            return await self._async_hand_over(plan)
        return plan

    async def _async_kept(self, plan: Plan) -> Plan:
        await self._keep(plan)
        return plan

    async def _async_read(self, plan: Plan) -> Plan:
        """Read the meter, as it was at the planned instant."""
        link = self._link(plan.gsrn)
        found = None
        if link is not None and not link.lost:
            found = await async_take(self._coordinator.hass, link.registers, plan.at)
        if link is None or link.submission is None or found is None:
            return plan.read(None, None)
        serial = link.submission.meter_serial
        return plan.read(found.values, found.at, unit=found.unit, meter_serial=serial)

    async def _async_hand_over(self, plan: Plan) -> Plan:
        """Look at what the supplier has, and give the reading to the outbox if nothing is odd."""
        if not await self._async_list():
            return plan
        now, link = dt_util.utcnow(), self._link(plan.gsrn)
        plan = plan.handed(
            judged(self._coordinator, plan, link),
            now,
            is_confirmed=_is_confirmed(plan, link),
            is_shown=shows(plan, self._coordinator.data.readings or ()),
        )
        await self._keep(plan)
        if plan.state is PlanState.SENDING:
            await self._async_record(plan, now)
        return plan

    async def _async_record(self, plan: Plan, now: datetime) -> None:
        kind = KINDS[plan.step]
        record = WriteRecord(
            record_id=plan.record_id,
            kind=kind,
            subject=subject(kind, plan.gsrn),
            key=idempotency_key(kind, plan.record_id),
            created=now,
            changed=now,
            payload=payload(plan.submission),
            user_id=plan.user_id,
        )
        await self._coordinator.outbox.async_plan(record)

    async def _async_follow(self, plan: Plan) -> Plan:
        """Bring a reading's record on, and let the reading follow it."""
        coordinator = self._coordinator
        record, is_shown = self._record(plan), False
        if record is not None and record.state in {WriteState.UNKNOWN, WriteState.REFUSED}:
            if await self._async_list(record):
                is_shown = shows(plan, coordinator.data.readings or ())
            elif record.state is WriteState.REFUSED:
                return plan
        if record is not None and not record.state.is_settled and self._may_ask():
            record = await coordinator.outbox.async_send(record, *ways(coordinator, record))
            if record.state is WriteState.REFUSED:
                # It may be the echo of an earlier try: that is looked for first.
                return await self._async_follow(plan)
        followed = plan.followed(record, dt_util.utcnow(), is_shown=is_shown)
        if followed == plan:
            return plan
        await self._keep(followed)
        if record is not None and followed.state is PlanState.ACCEPTED:
            # What it has led to is shown at once, if possible.
            await self._async_list(record)
        return followed

    def _record(self, plan: Plan) -> WriteRecord | None:
        """Return the outbox's record that a plan on its way stands for."""
        records = self._coordinator.outbox.records
        return next((each for each in records if each.record_id == plan.record_id), None)

    def _may_ask(self) -> bool:
        """Whether the portal may be asked; a clock set back does not forbid it."""
        now = dt_util.utcnow()
        return self._not_before is None or not now < self._not_before <= now + LONGEST_PAUSE

    async def _async_list(self, record: WriteRecord | None = None) -> bool:
        """Read what the supplier has, or had after a record's last step; return whether one can.

        Where that fails, the portal is left alone for a while.
        """
        if not self._may_ask():
            return False
        if record is None:
            is_read = await self._coordinator.async_reread(Feed.READINGS)
        else:
            is_read = await async_is_shown(self._coordinator, Feed.READINGS, record)
        self._failures = 0 if is_read else self._failures + 1
        pause = min(FIRST_PAUSE * 2 ** min(self._failures, 10), 2 * LONGEST_PAUSE) / 2
        self._not_before = None if is_read else dt_util.utcnow() + pause
        return is_read


def subentry_of(plan: Plan) -> str | None:
    """Return the link whose schedule a plan follows; None if somebody asked for it."""
    subentry_id, dash, _ = plan.plan_id.partition("-")
    return subentry_id if dash else None


def _is_confirmed(plan: Plan, link: MeterLink | None) -> bool:
    """Whether the user knows what is sent: from an earlier reading, or because they gave it."""
    if link is None or link.submission is None:
        return subentry_of(plan) is None
    return link.submission.is_confirmed
