"""The desk at which an account's readings are planned, judged, sent in, and asked about."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ...action import invalid
from ...portal.model import Capability, Energy, ReadingRefusal, ReadingSubmission, Unit
from ...portal.outbox import WriteRecord
from ...readings.plan import Plan, PlanState, deletable, without
from ...readings.plausibility import Finding, Rule
from ...readings.schedule import WORTH_SENDING, Due, next_due
from ..bookkeeper import links_of
from ..coordinator import AccountCoordinator
from ..errors import failed, not_offered, refused
from ..feeds import Feed
from ..meter_link import (
    CONF_CONFIRMED,
    CONF_DEVICE_SERIALS,
    CONF_METER_SERIAL,
    CONF_METER_SINCE,
    CONF_SUBMISSION,
    MeterLink,
    device_serials,
)
from ..writes import Change, async_change
from . import repairs
from .clerk import Clerk, subentry_of
from .judge import judged, settled_until
from .payload import payload
from .store import PlanStore
from .taking import async_take

# What a newer answer of the user takes the place of.
PROBLEMS: Final = frozenset({PlanState.HELD, PlanState.REFUSED, PlanState.EXPIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reading, as it was sent or would be, and what is odd about it.

    Attributes:
        plan: How it stands. After a dry run it is on no list.
        findings: In the order of `Rule`; those that block are why it is held.
    """

    plan: Plan
    findings: tuple[Finding, ...]


class ReadingDesk:
    """All readings of an account that are to be sent in, or were.

    Only one hand at a time works on them: whatever is asked waits for what is being done.
    """

    def __init__(self, coordinator: AccountCoordinator, store: PlanStore) -> None:
        """Take over what was left.

        Args:
            coordinator: The account.
            store: Loaded.
        """
        self._coordinator = coordinator
        self._store = store
        self._clerk = Clerk(coordinator, self.link, self._async_keep)
        self._one_at_a_time = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    @property
    def plans(self) -> tuple[Plan, ...]:
        """All that is remembered, oldest first."""
        return self._store.plans

    @property
    def is_offered(self) -> bool:
        """Whether the portal takes readings."""
        needed = {Capability.READINGS, Capability.READING_SUBMISSION}
        return needed <= self._coordinator.offered

    @property
    def links(self) -> dict[str, MeterLink]:
        """The linked meters whose readings are sent in, by GSRN."""
        if not self.is_offered:
            return {}
        links = links_of(self._coordinator)
        return {gsrn: link for gsrn, link in links.items() if link.submission is not None}

    @property
    def wakes(self) -> datetime | None:
        """When there is something to do next."""
        return self._clerk.wakes(self.plans, dt_util.utcnow())

    def link(self, gsrn: str) -> MeterLink | None:
        """Return the meter of a supply point whose readings are sent in; None where none is."""
        return self.links.get(gsrn)

    def latest(self, gsrn: str) -> Plan | None:
        """Return the newest reading of a supply point that the supplier has accepted."""
        accepted = [plan for plan in self._of(gsrn) if plan.state is PlanState.ACCEPTED]
        return max(accepted, key=lambda plan: plan.day, default=None)

    def next_due(self, gsrn: str) -> Due | None:
        """Return when the next reading of a supply point is taken; None where none is foreseen."""
        planned = (plan for plan in self._of(gsrn) if plan.state is PlanState.PLANNED)
        plan = min(planned, key=lambda plan: plan.at, default=None)
        return None if plan is None else Due(at=plan.at, day=plan.day, until=plan.until)

    def newest(self, gsrn: str) -> Plan | None:
        """Return the newest reading of a supply point whose time has come."""
        begun = [plan for plan in self._of(gsrn) if plan.state is not PlanState.PLANNED]
        # Not the one that was planned last: that may have been long before another was asked for.
        # Of two at the same time it is.
        return max(reversed(begun), key=lambda plan: plan.at, default=None)

    def problem(self, gsrn: str) -> Plan | None:
        """Return the newest reading of a supply point if it is held, refused or expired."""
        plan = self.newest(gsrn)
        return plan if plan is not None and plan.state in PROBLEMS else None

    def findings(self, plan_id: str) -> tuple[Finding, ...]:
        """Return what is odd about a reading that has not left yet."""
        plan = self._plan(plan_id)
        if plan is None or plan.values is None or not plan.state.is_at_home:
            return ()
        return judged(self._coordinator, plan, self.link(plan.gsrn))

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have it told whenever a plan has changed."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def async_wake(self) -> None:
        """Do all that can be done now, and say what the user has to know."""
        async with self._one_at_a_time:
            if self.is_offered:
                await self._async_plan()
                for plan in self.plans:
                    await self._clerk.async_bring_on(plan)
            await repairs.async_report(self._coordinator, self)

    async def async_submit(
        self,
        gsrn: str,
        *,
        values: Mapping[str, Decimal] | None = None,
        day: date | None = None,
        override: Collection[Rule] = (),
        dry_run: bool,
        user_id: str | None,
    ) -> Judged:
        """Send a reading in now, in place of the customer's own of the same day if there is one.

        Args:
            gsrn: A supply point; without `values` it needs a link.
            values: Whole indexes by register; None reads the linked meter.
            day: The supplier's local day that they are of; None is today. Other days need values.
            override: What the user has seen and wants to have sent all the same.
            dry_run: Whether it is only judged.
            user_id: Who asked; None for an automation.

        Returns:
            How it stands now: accepted, refused, held for the user to decide on, or still on its
            way, to which it is brought on by itself.

        Raises:
            ServiceValidationError: another reading is on its way, there is nothing to send, or the
                portal takes none.
            HomeAssistantError: the portal could not be asked what it has (dry run).
        """
        async with self._one_at_a_time:
            self._require(gsrn)
            plan = await self._async_manual(gsrn, values, day, override, user_id)
            is_read = await self._coordinator.async_reread(Feed.READINGS)
            plan = self._replacing(plan)
            if dry_run:
                if not is_read:
                    raise failed(self._coordinator, "change_not_sent")
                return Judged(plan=plan, findings=judged(self._coordinator, plan, self.link(gsrn)))
            for held in self._of(gsrn):
                if held.state is PlanState.HELD:
                    await self._async_keep(held.skipped())
            found = judged(self._coordinator, plan, self.link(gsrn))
            await self._async_keep(plan)
            plan = await self._clerk.async_bring_on(plan)
            await repairs.async_report(self._coordinator, self)
            return Judged(plan=plan, findings=found)

    async def async_delete(
        self, gsrn: str, day: date, *, dry_run: bool, user_id: str | None
    ) -> WriteRecord | None:
        """Have the newest reading of a supply point deleted, if it is the customer's own.

        Returns:
            The record of the deletion; None after a dry run, or if it is gone already.

        Raises:
            ServiceValidationError: it may not be deleted, or another reading is on its way.
            HomeAssistantError: it was not deleted, or nobody knows yet.
        """
        coordinator = self._coordinator
        async with self._one_at_a_time:
            self._require(gsrn)
            if not await coordinator.async_reread(Feed.READINGS):
                raise failed(coordinator, "change_not_sent")
            values = self._deletable(gsrn, day)
            if not values:
                raise refused(coordinator, self._why_not(gsrn, day))
            if dry_run:
                return None
            reading = ReadingSubmission(gsrn=gsrn, day=day, values=values, unit=self._unit(gsrn))
            record = await async_change(
                coordinator,
                Change.READING_DELETION,
                payload(reading),
                check=lambda: None,
                user_id=user_id,
                of=gsrn,
            )
            for plan in self._of(gsrn):
                if plan.day == day and plan.state is PlanState.ACCEPTED:
                    # Nobody wants it any more.
                    await self._async_keep(replace(plan, state=PlanState.SKIPPED))
            return record

    async def async_release(self, plan_id: str, override: Collection[Rule] = ()) -> None:
        """Send a held reading after all; the user has seen now what a reading of its link is."""
        async with self._one_at_a_time:
            plan = self._held(plan_id)
            if (link := self.link(plan.gsrn)) is not None:
                self._change_link(link, {CONF_CONFIRMED: True})
            await self._async_keep(plan.released(override))
        await self.async_wake()

    async def async_skip(self, plan_id: str) -> None:
        """Do not send a reading that is due or held."""
        async with self._one_at_a_time:
            if (plan := self._plan(plan_id)) is not None:
                await self._async_keep(plan.skipped())
        await self.async_wake()

    async def async_meter_changed(self, plan_id: str) -> None:
        """Take a held reading for one of a new meter, that begins where it likes."""
        async with self._one_at_a_time:
            plan = self._held(plan_id)
            if (link := self.link(plan.gsrn)) is not None:
                serials = device_serials(self._coordinator.hass, link.registers.values())
                self._change_link(
                    link,
                    {
                        CONF_METER_SINCE: plan.day.isoformat(),
                        CONF_DEVICE_SERIALS: list(serials),
                        CONF_METER_SERIAL: None,
                    },
                )
            await self._async_keep(replace(plan.released(), meter_serial=None))
        await self.async_wake()

    def _of(self, gsrn: str) -> Iterator[Plan]:
        return (plan for plan in self.plans if plan.gsrn == gsrn)

    def _plan(self, plan_id: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.plan_id == plan_id), None)

    def _held(self, plan_id: str) -> Plan:
        plan = self._plan(plan_id)
        if plan is None or plan.state is not PlanState.HELD:
            raise invalid("reading_not_held")
        return plan

    def _require(self, gsrn: str) -> None:
        """Turn away what cannot be begun now."""
        if not self.is_offered:
            raise not_offered(self._coordinator)
        away = {PlanState.DUE, PlanState.SENDING, PlanState.UNKNOWN}
        if any(plan.state in away for plan in self._of(gsrn)) or self._clerk.is_blocked(gsrn):
            portal = self._coordinator.supplier.portal_name
            raise invalid("change_pending", portal=portal)

    async def _async_manual(
        self,
        gsrn: str,
        values: Mapping[str, Decimal] | None,
        day: date | None,
        override: Collection[Rule],
        user_id: str | None,
    ) -> Plan:
        """Return a plan of a reading that somebody asked for, with its values."""
        now, link = dt_util.utcnow(), self.link(gsrn)
        taken, unit = now, self._unit(gsrn)
        if values is None:
            if link is None or (day is not None and day != self._coordinator.today):
                raise invalid("no_meter_value")
            if (found := await async_take(self._coordinator.hass, link.registers, now)) is None:
                raise invalid("no_meter_value")
            values, unit, taken = found.values, found.unit, found.at
        plan = Plan(
            plan_id=ulid_now(),
            gsrn=gsrn,
            day=day or self._coordinator.today,
            at=now,
            until=now + WORTH_SENDING,
            state=PlanState.DUE,
            override=tuple(sorted(override)),
            user_id=user_id,
        )
        known = None if link is None else link.submission
        serial = None if known is None else known.meter_serial
        return plan.read(values, taken, unit=unit, meter_serial=serial)

    def _unit(self, gsrn: str) -> Unit:
        """Return the unit in which the supplier has the readings of a supply point."""
        for reading in self._coordinator.data.readings or ():
            if reading.gsrn == gsrn:
                return reading.unit
        points = self._coordinator.data.supply_points or ()
        is_gas = any(each.gsrn == gsrn and each.energy is Energy.GAS for each in points)
        return Unit.M3 if is_gas else Unit.KWH

    def _replacing(self, plan: Plan) -> Plan:
        """Return the plan, and let it delete first what is in its place."""
        old = self._deletable(plan.gsrn, plan.day)
        return plan if not old or old == plan.values else plan.replacing(old)

    def _deletable(self, gsrn: str, day: date) -> dict[str, Decimal]:
        """Return the indexes of a day's reading if the customer may have it deleted."""
        found = deletable(
            self._coordinator.data.readings or (), gsrn, settled_until(self._coordinator, gsrn)
        )
        return {each.register: each.value for each in found if each.day == day}

    def _why_not(self, gsrn: str, day: date) -> ReadingRefusal:
        """Return why a reading cannot be deleted."""
        history = self._coordinator.data.readings or ()
        closed = settled_until(self._coordinator, gsrn)
        if closed is not None and day <= closed:
            return ReadingRefusal.CLOSED_PERIOD
        if without(history, gsrn, day) != history:
            return ReadingRefusal.NOT_NEWEST
        return ReadingRefusal.UNKNOWN

    def _change_link(self, link: MeterLink, changes: Mapping[str, Any]) -> None:
        coordinator = self._coordinator
        entry = coordinator.config_entry
        subentry = entry.subentries[link.subentry_id]
        changed = {**subentry.data[CONF_SUBMISSION], **changes}
        coordinator.hass.config_entries.async_update_subentry(
            entry, subentry, data={**subentry.data, CONF_SUBMISSION: changed}
        )

    async def _async_plan(self) -> None:
        """Plan what is due next, and nothing that is not wanted any more."""
        now, links = dt_util.utcnow(), self.links
        windows = self._coordinator.data.reading_windows or ()
        for plan in self.plans:
            if (subentry_id := subentry_of(plan)) is not None and not self._is_linked(subentry_id):
                await self._async_keep(plan.skipped())
        for gsrn, link in links.items():
            assert link.submission is not None  # noqa: S101
            planned = [plan for plan in self._of(gsrn) if plan.state is PlanState.PLANNED]
            if any(plan.at <= now for plan in planned):
                continue
            due = next_due(
                link.submission.schedule,
                now,
                self._coordinator.zone,
                windows=[each for each in windows if each.gsrn == gsrn],
                last=self._last_day(gsrn),
            )
            wanted = (
                []
                if due is None
                else [Plan.of(f"{link.subentry_id}-{due.day.isoformat()}", gsrn, due)]
            )
            if planned != wanted:
                kept = tuple(plan for plan in self.plans if plan not in planned)
                await self._async_save((*kept, *wanted))

    def _is_linked(self, subentry_id: str) -> bool:
        """Whether there is a link that wants its readings sent in."""
        subentry = self._coordinator.config_entry.subentries.get(subentry_id)
        return subentry is not None and CONF_SUBMISSION in subentry.data

    def _last_day(self, gsrn: str) -> date | None:
        """Return the day of the newest reading after which none is due in the same window."""
        return max(
            (
                plan.day
                for plan in self._of(gsrn)
                if plan.state is PlanState.ACCEPTED
                or (plan.state is not PlanState.PLANNED and subentry_of(plan) is not None)
            ),
            default=None,
        )

    async def _async_keep(self, plan: Plan) -> None:
        """Write a plan down as it is now."""
        known = self._plan(plan.plan_id)
        if known is None:
            await self._async_save((*self.plans, plan))
        elif known != plan:
            await self._async_save(tuple(plan if each is known else each for each in self.plans))

    async def _async_save(self, plans: tuple[Plan, ...]) -> None:
        await self._store.async_keep(plans)
        for listener in tuple(self._listeners):
            listener()
