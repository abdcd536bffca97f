"""How one due reading comes to be at the supplier, once, whatever happens on the way.

    planned ──> due ──> sending ──> accepted | refused
                ^ │      ^   │
           held ┴─┘      └─ unknown      expired and skipped: from all that lies before sending

A plan is on disk in each state before the next step is taken, and it says all of what is sent:

- The indexes are taken once. Every try sends the same ones.
- What is sent is a record in the outbox. Its id follows from the plan and is on disk with it
  before the record exists. So after a crash either there is no such record, and nothing has left,
  or the record tells how far it came; the outbox sees to it that it does not leave twice.
- What a record was refused for may be the echo of an earlier try whose answer was lost: what the
  supplier's own list shows has been accepted, whatever was answered.
- A replacement deletes the earlier reading and then sends the new one. Once the earlier one may
  be gone, nothing holds, skips or expires the plan any more: it goes on until the new one is there.
  If the supplier will not have the new one, the earlier one is sent again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..portal.model import MeterReading, ReadingSource, ReadingSubmission, Unit
from ..portal.outbox import NOT_RECEIVED, WriteRecord, WriteState
from .plausibility import Finding, Rule, blocking
from .schedule import Due

# Pauses between tries, each twice the one before.
FIRST_PAUSE: Final = timedelta(minutes=15)
LONGEST_PAUSE: Final = timedelta(hours=6)
# Answers that may be another one tomorrow; in none of these cases was anything taken.
PASSING: Final = frozenset(
    {NOT_RECEIVED, "portal_unavailable", "portal_changed", "authentication_failed"}
)
# Why a reading was given up that never could be sent.
TOO_LATE: Final = "too_late"


class PlanState(StrEnum):
    """How far a due reading has come."""

    PLANNED = "planned"
    DUE = "due"
    HELD = "held"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SKIPPED = "skipped"
    EXPIRED = "expired"

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can happen."""
        return self in _SETTLED

    @property
    def is_at_home(self) -> bool:
        """Whether what comes next has certainly not left yet."""
        return self in _AT_HOME


_SETTLED: Final = frozenset(
    {PlanState.ACCEPTED, PlanState.REFUSED, PlanState.SKIPPED, PlanState.EXPIRED}
)
_AT_HOME: Final = frozenset({PlanState.PLANNED, PlanState.DUE, PlanState.HELD})


class Hold(StrEnum):
    """What a reading waits for the user to decide on."""

    FINDINGS = "findings"
    METER_REPLACED = "meter_replaced"
    FIRST_SUBMISSION = "first_submission"
    NO_VALUE = "no_value"


class Step(StrEnum):
    """What is asked of the supplier, in this order."""

    DELETE = "delete"
    SEND = "send"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One due reading, and what became of it.

    Attributes:
        plan_id: Tells it from every other plan there ever was: records are named after it.
        gsrn: The supply point. Never log it.
        day: The supplier's local day of the reading.
        at: When the meter is read.
        until: From when on it is not worth sending any more.
        state: How far it has come.
        values: The whole indexes by register, once they are taken.
        unit: Theirs.
        meter_serial: Number of the meter that they were read from.
        taken: Instant of which they tell, at `at` or before it.
        replaces: Indexes that the supplier has of that day and that are to make way.
        step: What is asked of the supplier next, or now.
        tries: How many records it has had. The last of them is `record_id`.
        next_try: When the next one may be made; None is at once.
        hold: What a held plan waits for.
        override: What the user wants to have sent all the same.
        answer: Why it was refused, a translation key.
        is_restored: Whether the reading that was to make way is there again.
        user_id: Home Assistant's user who asked; None where it came about by itself.
    """

    plan_id: str
    gsrn: str
    day: date
    at: datetime
    until: datetime
    state: PlanState = PlanState.PLANNED
    values: Mapping[str, Decimal] | None = None
    unit: Unit = Unit.KWH
    meter_serial: str | None = None
    taken: datetime | None = None
    replaces: Mapping[str, Decimal] | None = None
    step: Step = Step.SEND
    tries: int = 0
    next_try: datetime | None = None
    hold: Hold | None = None
    override: tuple[Rule, ...] = ()
    answer: str | None = None
    is_restored: bool = False
    user_id: str | None = None

    @classmethod
    def of(cls, plan_id: str, gsrn: str, due: Due) -> Plan:
        """Return the plan of a reading that a schedule wants."""
        return cls(plan_id=plan_id, gsrn=gsrn, day=due.day, at=due.at, until=due.until)

    @property
    def record_id(self) -> str:
        """The outbox's record that a plan on its way stands for; no two tries share one."""
        return f"{self.plan_id}-{self.tries}-{self.step}"

    @property
    def submission(self) -> ReadingSubmission:
        """What is sent in this step, or deleted: the reading of the day that it is about."""
        values = self.values if self.step is Step.SEND else self.replaces
        assert values is not None  # noqa: S101
        return ReadingSubmission(
            gsrn=self.gsrn,
            day=self.day,
            values=values,
            unit=self.unit,
            meter_serial=self.meter_serial,
        )

    @property
    def lost(self) -> Mapping[str, Decimal] | None:
        """The indexes that the supplier had and now will not have again: the user has to be told."""
        is_lost = self.state is PlanState.REFUSED and self.step is Step.RESTORE
        return self.replaces if is_lost and not self.is_restored else None

    @property
    def is_underway(self) -> bool:
        """Whether the supplier may have done a part of it, so that the rest has to follow."""
        is_replacing = self.replaces is not None and self.step is not Step.DELETE
        return not self.state.is_settled and (not self.state.is_at_home or is_replacing)

    def replacing(self, values: Mapping[str, Decimal]) -> Plan:
        """Return the plan that deletes the reading of its day before it sends another."""
        assert self.state.is_at_home and not self.is_underway  # noqa: PT018, S101
        return replace(self, replaces=values, step=Step.DELETE)

    def passed(self, now: datetime) -> Plan:
        """Return what time makes of a plan: due, or too late.

        Of one that the supplier does not seem to have received, its list gets the last word: see
        `handed`.
        """
        may_be_there = self.state is PlanState.DUE and self.answer == NOT_RECEIVED
        if self._is_too_late(now) and not may_be_there:
            return self._expired()
        if self.state is PlanState.PLANNED and now >= self.at:
            return replace(self, state=PlanState.DUE)
        return self

    def may_try(self, now: datetime) -> bool:
        """Whether a due plan has paused for long enough; a clock set back does not stop it."""
        if self.state is not PlanState.DUE:
            return False
        return self.next_try is None or not now < self.next_try <= now + LONGEST_PAUSE

    def read(
        self,
        values: Mapping[str, Decimal] | None,
        taken: datetime | None,
        *,
        unit: Unit = Unit.KWH,
        meter_serial: str | None = None,
    ) -> Plan:
        """Return a due plan with the indexes that were taken for it; they are never taken again.

        Args:
            values: By register, whole; None where nothing tells what they were.
            taken: Of which instant they tell.
            unit: Theirs.
            meter_serial: Number of the meter that they were read from.
        """
        assert self.state is PlanState.DUE and self.values is None  # noqa: PT018, S101
        if values is None:
            return replace(self, state=PlanState.HELD, hold=Hold.NO_VALUE)
        return replace(self, values=values, taken=taken, unit=unit, meter_serial=meter_serial)

    def handed(
        self, found: Iterable[Finding], now: datetime, *, is_confirmed: bool, is_shown: bool
    ) -> Plan:
        """Return a due plan as it has to be on disk before its record is: sending, or held.

        Args:
            found: What is odd about it, see `plausibility.findings`.
            now: The time.
            is_confirmed: Whether the user has seen what a first reading of this link looks like.
            is_shown: Whether the supplier's list, read just now, shows what this step wants: see
                `shows`. Then it is not asked for: the user or an earlier try has done so.
        """
        assert self.state is PlanState.DUE and self.values is not None  # noqa: PT018, S101
        if is_shown:
            return self._done()
        if self._is_too_late(now):
            return self._expired()
        if not self.is_underway and (hold := _hold(found, is_confirmed=is_confirmed)) is not None:
            return replace(self, state=PlanState.HELD, hold=hold)
        return replace(self, state=PlanState.SENDING, tries=self.tries + 1, next_try=None)

    def released(self, override: Collection[Rule] = ()) -> Plan:
        """Return a held plan that is to be looked at again.

        Args:
            override: The findings that the user has seen and wants to have sent all the same.
        """
        assert self.state is PlanState.HELD  # noqa: S101
        return replace(
            self,
            state=PlanState.DUE,
            hold=None,
            override=tuple(sorted({*self.override, *override})),
        )

    def skipped(self) -> Plan:
        """Return a plan that the user does not want any more, unless it is underway."""
        if not self.state.is_at_home or self.is_underway:
            return self
        return replace(self, state=PlanState.SKIPPED)

    def followed(self, record: WriteRecord | None, now: datetime, *, is_shown: bool) -> Plan:
        """Return what the record of a plan on its way makes of it.

        Args:
            record: The outbox's record with `record_id`; None if there is none. A crash came
                before it was written, nothing has left, and the plan is due again.
            now: The time.
            is_shown: Whether the supplier's list, read after a record was refused, shows what this
                step wants: see `shows`. Of no other record it matters.
        """
        assert self.state in {PlanState.SENDING, PlanState.UNKNOWN}  # noqa: S101
        if record is None:
            return replace(self, state=PlanState.DUE)
        assert record.record_id == self.record_id  # noqa: S101
        match record.state:
            case WriteState.ACCEPTED:
                return self._done()
            case WriteState.REFUSED:
                return self._done() if is_shown else self._not_done(record.answer, now)
            case WriteState.UNKNOWN:
                return replace(self, state=PlanState.UNKNOWN)
            case _:
                return replace(self, state=PlanState.SENDING)

    def _is_too_late(self, now: datetime) -> bool:
        return now >= self.until and self.state.is_at_home and not self.is_underway

    def _expired(self) -> Plan:
        return replace(self, state=PlanState.EXPIRED, answer=self.answer or TOO_LATE)

    def _done(self) -> Plan:
        """Return the plan of which a step was made."""
        match self.step:
            case Step.DELETE:
                return replace(self, state=PlanState.DUE, step=Step.SEND, answer=None)
            case Step.SEND:
                return replace(self, state=PlanState.ACCEPTED, answer=None)
            case Step.RESTORE:
                return replace(self, state=PlanState.REFUSED, is_restored=True)

    def _not_done(self, answer: str | None, now: datetime) -> Plan:
        """Return the plan of which a step was certainly not made."""
        # What made the supplier refuse the new reading matters more than what befalls the old one.
        told = self.answer if self.step is Step.RESTORE else answer
        if answer in PASSING:
            pause = min(FIRST_PAUSE * 2 ** min(self.tries - 1, 10), LONGEST_PAUSE)
            return replace(self, state=PlanState.DUE, next_try=now + pause, answer=told)
        if self.step is Step.SEND and self.replaces is not None:
            # The list may show for a while yet what was deleted: it would seem to be there again.
            return replace(
                self,
                state=PlanState.DUE,
                step=Step.RESTORE,
                next_try=now + FIRST_PAUSE,
                answer=told,
            )
        return replace(self, state=PlanState.REFUSED, answer=told)


def shows(plan: Plan, history: Iterable[MeterReading]) -> bool:
    """Whether the supplier's list shows what a plan's step wants.

    Args:
        plan: One with values.
        history: What the supplier has, of any supply points.
    """
    if plan.step is Step.DELETE:
        return lacks(history, plan.gsrn, plan.day)
    return lists(history, plan.submission)


def lists(history: Iterable[MeterReading], reading: ReadingSubmission) -> bool:
    """Whether the supplier's list shows a reading."""
    of_day = (each for each in history if (each.gsrn, each.day) == (reading.gsrn, reading.day))
    shown = {each.register: each.value for each in of_day}
    return all(shown.get(name) == value for name, value in reading.values.items())


def lacks(history: Iterable[MeterReading], gsrn: str, day: date) -> bool:
    """Whether the supplier's list shows nothing of the customer's own for a day."""
    own = (gsrn, day, ReadingSource.CUSTOMER)
    return all((each.gsrn, each.day, each.source) != own for each in history)


def without(history: Sequence[MeterReading], gsrn: str, day: date) -> tuple[MeterReading, ...]:
    """Return what the supplier would have once a customer's reading is deleted.

    With that, `plausibility.findings` judges the reading that takes its place.
    """
    return tuple(
        each
        for each in history
        if (each.gsrn, each.day, each.source) != (gsrn, day, ReadingSource.CUSTOMER)
    )


def deletable(
    history: Iterable[MeterReading], gsrn: str, closed_until: date | None
) -> tuple[MeterReading, ...]:
    """Return the registers of the reading that a supplier lets the customer delete.

    That is the newest of all, if it is the customer's own and of a period not settled yet; else
    nothing.
    """
    of_point = [each for each in history if each.gsrn == gsrn]
    newest = max((each.day for each in of_point), default=None)
    if newest is None or (closed_until is not None and newest <= closed_until):
        return ()
    last = tuple(each for each in of_point if each.day == newest)
    is_own = all(each.source is ReadingSource.CUSTOMER for each in last)
    return last if is_own else ()


def bounded(plans: Sequence[Plan], most: int) -> tuple[Plan, ...]:
    """Drop the oldest settled plans beyond `most`; what is not settled is never forgotten."""
    spare = max(0, len(plans) - most)
    old = [plan for plan in plans if plan.state.is_settled][:spare]
    return tuple(plan for plan in plans if plan not in old)


def _hold(found: Iterable[Finding], *, is_confirmed: bool) -> Hold | None:
    """Return what the user has to decide on first."""
    rules = {finding.rule for finding in blocking(found)}
    if Rule.METER_REPLACED in rules:
        return Hold.METER_REPLACED
    if rules:
        return Hold.FINDINGS
    return None if is_confirmed else Hold.FIRST_SUBMISSION
