"""Tests of the way of a due reading to the supplier, with everything that can go wrong on it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st
from mashumaro.codecs.json import JSONDecoder, JSONEncoder
import pytest

from custom_components.lumme_energy.portal.errors import (
    PortalError,
    PortalOutcomeUnknownError,
    PortalRefusedError,
    PortalUnavailableError,
)
from custom_components.lumme_energy.portal.model import (
    MeterReading,
    ReadingRefusal,
    ReadingSource,
    ReadingSubmission,
    Unit,
)
from custom_components.lumme_energy.portal.outbox import (
    NOT_RECEIVED,
    WriteRecord,
    WriteState,
    after_restart,
    reason,
)
from custom_components.lumme_energy.readings.plan import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    TOO_LATE,
    Hold,
    Plan,
    PlanState,
    Step,
    bounded,
    deletable,
    shows,
    without,
)
from custom_components.lumme_energy.readings.plausibility import Finding, Rule, Severity
from custom_components.lumme_energy.readings.schedule import Due

GSRN = "541448820000000008"
DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 11, tzinfo=UTC)
PLAN = Plan.of("plan", GSRN, Due(at=AT, day=DAY, until=AT + timedelta(days=7)))
VALUES = {"day": Decimal(12345), "night": Decimal(6789)}
OLD = {"day": Decimal(12300), "night": Decimal(6700)}
DUE = PLAN.passed(AT).read(VALUES, AT, meter_serial="1SAG0000001234")
SENDING = DUE.handed((), AT, is_confirmed=True, is_shown=False)
REPLACING = DUE.replacing(OLD)
BLOCK = Finding(rule=Rule.UNLIKELY_USE, severity=Severity.BLOCK)


def record(plan: Plan, state: WriteState, answer: str | None = None) -> WriteRecord:
    """Return the outbox's record of a plan."""
    return WriteRecord(
        record_id=plan.record_id,
        kind="reading",
        subject="reading",
        key="key",
        created=AT,
        changed=AT,
        state=state,
        answer=answer,
    )


def followed(
    plan: Plan, state: WriteState, answer: str | None = None, *, is_shown: bool = False
) -> Plan:
    """Return what a record in some state makes of a plan."""
    return plan.followed(record(plan, state, answer), AT, is_shown=is_shown)


def listed(
    values: Mapping[str, Decimal], day: date = DAY, source: ReadingSource = ReadingSource.CUSTOMER
) -> tuple[MeterReading, ...]:
    """Return a reading as the supplier lists it."""
    return tuple(
        MeterReading(gsrn=GSRN, day=day, register=register, value=value, source=source)
        for register, value in values.items()
    )


def test_straight_way() -> None:
    """A plan becomes due, is read, handed over, and accepted."""
    assert PLAN.passed(AT - timedelta(seconds=1)) == PLAN
    assert PLAN.passed(AT).state is PlanState.DUE
    assert DUE.may_try(AT)
    assert SENDING.state is PlanState.SENDING
    assert SENDING.record_id == "plan-1-send"
    assert SENDING.submission == ReadingSubmission(
        gsrn=GSRN, day=DAY, values=VALUES, unit=Unit.KWH, meter_serial="1SAG0000001234"
    )
    assert followed(SENDING, WriteState.PLANNED) == SENDING
    assert followed(SENDING, WriteState.UNKNOWN).state is PlanState.UNKNOWN
    assert followed(SENDING, WriteState.ACCEPTED).state is PlanState.ACCEPTED


def test_crash_before_the_record() -> None:
    """A plan without a record has not left: it is due, and the next record has another name."""
    again = SENDING.followed(None, AT, is_shown=False)
    assert (again.state, again.values) == (PlanState.DUE, VALUES)
    assert again.handed((), AT, is_confirmed=True, is_shown=False).record_id == "plan-2-send"
    assert again.passed(PLAN.until).state is PlanState.EXPIRED


def test_states() -> None:
    """Every state is settled, at home, or on its way."""
    away = {state for state in PlanState if not state.is_settled and not state.is_at_home}
    assert away == {PlanState.SENDING, PlanState.UNKNOWN}
    assert not any(state.is_settled and state.is_at_home for state in PlanState)


def test_passing_and_final_answers() -> None:
    """A portal that is down is tried again, ever more rarely; a refusal is final."""
    plan, pauses = SENDING, []
    for _ in range(7):
        plan = followed(plan, WriteState.REFUSED, "portal_unavailable")
        assert plan.state is PlanState.DUE
        assert plan.next_try is not None
        pauses.append(plan.next_try - AT)
        assert not plan.may_try(AT)
        assert plan.may_try(plan.next_try)
        plan = plan.handed((), AT, is_confirmed=True, is_shown=False)
    assert pauses[:3] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4]
    assert pauses[-1] == LONGEST_PAUSE
    assert plan.record_id == "plan-8-send"
    final = followed(plan, WriteState.REFUSED, ReadingRefusal.BEFORE_PREVIOUS)
    assert (final.state, final.answer) == (PlanState.REFUSED, "before_previous")
    assert final.lost is None


def test_last_look() -> None:
    """What does not seem to have arrived is looked for once more before it is given up."""
    missing = followed(SENDING, WriteState.REFUSED, NOT_RECEIVED)
    assert missing.passed(PLAN.until) == missing
    for is_shown, state in ((True, PlanState.ACCEPTED), (False, PlanState.EXPIRED)):
        looked = missing.handed((), PLAN.until, is_confirmed=True, is_shown=is_shown)
        assert looked.state is state


def test_clock_set_back() -> None:
    """A pause that ends in a far future does not last that long."""
    paused = followed(SENDING, WriteState.REFUSED, NOT_RECEIVED)
    assert paused.may_try(AT - timedelta(days=1))
    assert not PLAN.may_try(AT)


def test_echo() -> None:
    """What the supplier's list shows is accepted, even if a late second try was refused."""
    answer = ReadingRefusal.ALREADY_SUBMITTED_TODAY
    assert followed(SENDING, WriteState.REFUSED, answer, is_shown=True).state is PlanState.ACCEPTED
    again = followed(SENDING, WriteState.REFUSED, NOT_RECEIVED)
    found = (Finding(rule=Rule.ALREADY_SUBMITTED, severity=Severity.BLOCK, is_final=True),)
    assert again.handed(found, AT, is_confirmed=True, is_shown=True).state is PlanState.ACCEPTED
    # The record may still leave: the plan does not end before it.
    assert followed(SENDING, WriteState.PLANNED, is_shown=True) == SENDING


def test_time_ends_what_has_not_left() -> None:
    """Only what is at home and not half done expires, or can be skipped."""
    held = PLAN.passed(AT).read(None, None)
    assert held.hold is Hold.NO_VALUE
    for plan in (PLAN, DUE, held, REPLACING):
        late = plan.passed(PLAN.until)
        assert (late.state, late.answer) == (PlanState.EXPIRED, TOO_LATE)
        assert plan.skipped().state is PlanState.SKIPPED
    tried = followed(SENDING, WriteState.REFUSED, "portal_unavailable").passed(PLAN.until)
    assert (tried.state, tried.answer) == (PlanState.EXPIRED, "portal_unavailable")
    deleting = REPLACING.handed((), AT, is_confirmed=True, is_shown=False)
    half_done = followed(deleting, WriteState.ACCEPTED)
    assert half_done.is_underway
    for plan in (SENDING, deleting, half_done, tried):
        assert plan.passed(PLAN.until) == plan
        assert plan.skipped() == plan


def test_holds() -> None:
    """What the user has to decide on is held, and sent, with another look, when it is released."""
    replaced = Finding(rule=Rule.METER_REPLACED, severity=Severity.BLOCK)
    warning = Finding(rule=Rule.IDENTICAL, severity=Severity.WARN)
    for found, is_confirmed, hold in (
        ((BLOCK,), True, Hold.FINDINGS),
        ((BLOCK, replaced), False, Hold.METER_REPLACED),
        ((warning,), False, Hold.FIRST_SUBMISSION),
    ):
        held = DUE.handed(found, AT, is_confirmed=is_confirmed, is_shown=False)
        assert (held.state, held.hold, held.tries) == (PlanState.HELD, hold, 0)
        assert not held.may_try(AT)
    held = DUE.handed((BLOCK,), AT, is_confirmed=True, is_shown=False)
    released = held.released([Rule.UNLIKELY_USE]).released
    assert held.released([Rule.UNLIKELY_USE]).override == (Rule.UNLIKELY_USE,)
    with pytest.raises(AssertionError):
        released()
    sent = held.released([Rule.UNLIKELY_USE]).handed(
        (warning,), AT, is_confirmed=True, is_shown=False
    )
    assert (sent.state, sent.hold) == (PlanState.SENDING, None)


def test_replacement_rolls_forward() -> None:
    """Once the old reading may be gone nothing holds the new one back."""
    deleting = REPLACING.handed((), AT, is_confirmed=True, is_shown=False)
    assert (deleting.step, deleting.record_id) == (Step.DELETE, "plan-1-delete")
    assert deleting.submission.values == OLD
    refused = followed(deleting, WriteState.REFUSED, ReadingRefusal.NOT_NEWEST)
    assert (refused.state, refused.lost) == (PlanState.REFUSED, None)
    half_done = followed(deleting, WriteState.ACCEPTED)
    assert (half_done.state, half_done.step) == (PlanState.DUE, Step.SEND)
    sending = half_done.handed((BLOCK,), AT, is_confirmed=False, is_shown=False)
    assert (sending.state, sending.record_id) == (PlanState.SENDING, "plan-2-send")
    assert sending.submission.values == VALUES
    assert followed(sending, WriteState.ACCEPTED).state is PlanState.ACCEPTED


def test_replacement_restores() -> None:
    """A supplier that will not have the new reading gets the old one again."""
    half_done = followed(
        REPLACING.handed((), AT, is_confirmed=True, is_shown=False), WriteState.ACCEPTED
    )
    sending = half_done.handed((), AT, is_confirmed=True, is_shown=False)
    back = followed(sending, WriteState.REFUSED, ReadingRefusal.BEFORE_PREVIOUS)
    assert (back.state, back.step) == (PlanState.DUE, Step.RESTORE)
    assert not back.may_try(AT)
    assert back.may_try(AT + FIRST_PAUSE)
    restoring = back.handed((BLOCK,), AT, is_confirmed=True, is_shown=False)
    assert restoring.submission.values == OLD
    later = followed(restoring, WriteState.REFUSED, "portal_unavailable")
    assert (later.state, later.answer) == (PlanState.DUE, "before_previous")
    done = followed(restoring, WriteState.ACCEPTED)
    assert (done.state, done.answer, done.lost) == (PlanState.REFUSED, "before_previous", None)
    lost = followed(restoring, WriteState.REFUSED, ReadingRefusal.UNKNOWN)
    assert (lost.state, lost.answer, lost.lost) == (PlanState.REFUSED, "before_previous", OLD)


def test_shows() -> None:
    """The list shows a reading if it has all its indexes, and a deletion if it has none left."""
    assert shows(DUE, listed(VALUES))
    assert not shows(DUE, listed(OLD))
    assert not shows(DUE, listed({"day": VALUES["day"]}))
    assert not shows(DUE, listed(VALUES, DAY - timedelta(days=1)))
    assert not shows(REPLACING, listed(OLD))
    assert shows(REPLACING, listed(OLD, source=ReadingSource.GRID_OPERATOR))
    assert shows(replace(REPLACING, step=Step.RESTORE), listed(OLD))


def test_deletable() -> None:
    """Only the customer's own newest reading of an open period can be deleted."""
    earlier = listed(OLD, DAY - timedelta(days=30))
    last = listed(VALUES)
    history = (*last, *earlier, *(replace(each, gsrn="other") for each in last))
    assert deletable(history, GSRN, None) == last
    assert deletable(history, GSRN, DAY - timedelta(days=1)) == last
    assert deletable(history, GSRN, DAY) == ()
    assert deletable((), GSRN, None) == ()
    read = listed(VALUES, DAY + timedelta(days=1), ReadingSource.GRID_OPERATOR)
    assert deletable((*history, *read), GSRN, None) == ()
    assert without(history, GSRN, DAY) == history[2:]
    assert without(read, GSRN, DAY + timedelta(days=1)) == read


def test_bounded() -> None:
    """Old settled plans are forgotten, what is not settled never."""
    old = replace(PLAN, plan_id="old", state=PlanState.ACCEPTED)
    older = replace(old, plan_id="older")
    assert bounded((PLAN, older, old), 2) == (PLAN, old)
    assert bounded((PLAN, DUE), 1) == (PLAN, DUE)
    assert bounded((PLAN, old), 5) == (PLAN, old)


def test_on_disk() -> None:
    """A plan comes back from disk as it was."""
    for plan in (PLAN, SENDING, REPLACING, replace(DUE, override=(Rule.ROLLOVER,))):
        assert JSONDecoder(Plan).decode(JSONEncoder(Plan).encode(plan)) == plan


class Crash(BaseException):
    """Home Assistant is gone."""


class Portal:
    """A supplier without any rule of its own against a reading that comes twice."""

    def __init__(
        self, fate: Iterator[str], lag: timedelta, readings: tuple[Mapping[str, Decimal], ...] = ()
    ) -> None:
        """Let fate decide what becomes of each call; the list shows what was `lag` ago."""
        self.fate = fate
        self.lag = lag
        self.now = AT
        self.past = [(AT - lag, readings)]
        self.made: list[str] = []
        self.refuses: Mapping[str, Decimal] | None = None

    @property
    def readings(self) -> tuple[Mapping[str, Decimal], ...]:
        """What the supplier has."""
        return self.past[-1][1]

    def list(self) -> tuple[MeterReading, ...]:
        """Return all readings that are shown."""
        if next(self.fate) == "down":
            raise PortalUnavailableError("down")
        shown = [readings for since, readings in self.past if since <= self.now - self.lag][-1]
        return tuple(reading for values in shown for reading in listed(values))

    def send(self, plan: Plan) -> None:
        """Do what a plan's step wants, or what fate wants."""
        match next(self.fate):
            case "down":
                raise PortalUnavailableError("down")
            case "lost before":
                raise PortalOutcomeUnknownError("lost")
            case "lost after":
                self._act(plan)
                raise PortalOutcomeUnknownError("lost")
            case "crash before":
                raise Crash
            case "crash after":
                self._act(plan)
                raise Crash
        self._act(plan)

    def _act(self, plan: Plan) -> None:
        values = plan.submission.values
        if plan.step is Step.DELETE:
            if values not in self.readings:
                raise PortalRefusedError(ReadingRefusal.UNKNOWN)
            left = tuple(each for each in self.readings if each != values)
        elif values == self.refuses:
            raise PortalRefusedError(ReadingRefusal.BEFORE_PREVIOUS)
        else:
            left = (*self.readings, values)
        self.past.append((self.now, left))
        self.made.append(plan.step)


@dataclass
class House:
    """The order of steps that an engine has to keep, over a disk that outlives crashes."""

    portal: Portal
    fate: Iterator[str]
    disk: Plan
    records: dict[str, WriteRecord] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.portal.now

    def write(self, action: Callable[[], Any]) -> None:
        """Write atomically: a crash comes before it, or after."""
        match next(self.fate):
            case "crash before":
                raise Crash
            case "crash after":
                action()
                raise Crash
        action()

    def keep(self, plan: Plan) -> Plan:
        """Write a plan down, if anything about it has changed."""
        if plan != self.disk:
            self.write(lambda: setattr(self, "disk", plan))
        return plan

    def keep_record(self, kept: WriteRecord) -> WriteRecord:
        """Write a record down."""
        self.write(lambda: self.records.update({kept.record_id: kept}))
        return kept

    def start(self) -> None:
        """Start Home Assistant after a crash."""
        self.records = {name: after_restart(each) for name, each in self.records.items()}

    def wake(self) -> None:
        """Bring the plan on as far as it goes now."""
        plan = self.disk
        for _ in range(6):
            plan = self.keep(plan.passed(self.now))
            if plan.state is PlanState.DUE and plan.values is None:
                plan = self.keep(plan.read(VALUES, self.now))
            if plan.may_try(self.now):
                is_shown = shows(plan, self.portal.list())
                plan = self.keep(plan.handed((), self.now, is_confirmed=True, is_shown=is_shown))
                if plan.state is PlanState.SENDING:
                    self.keep_record(self.new_record(plan))
            if plan.state not in {PlanState.SENDING, PlanState.UNKNOWN}:
                continue
            known = self.records.get(plan.record_id)
            if known is not None:
                known = self.bring_on(plan, known)
            is_refused = known is not None and known.state is WriteState.REFUSED
            is_shown = is_refused and shows(plan, self.portal.list())
            plan = self.keep(plan.followed(known, self.now, is_shown=is_shown))
            if plan.state is PlanState.UNKNOWN:
                return

    def new_record(self, plan: Plan) -> WriteRecord:
        """Return the record of a plan that was handed over just now."""
        fresh = record(plan, WriteState.PLANNED)
        return replace(fresh, created=self.now, changed=self.now)

    def bring_on(self, plan: Plan, known: WriteRecord) -> WriteRecord:
        """Do what the account's outbox does."""
        if known.state is WriteState.UNKNOWN:
            is_there = shows(plan, self.portal.list())
            found = known.accepted(self.now) if is_there else known.missed(self.now)
            known = known if found == known else self.keep_record(found)
        if known.state is not WriteState.PLANNED:
            return known
        known = self.keep_record(known.sending(self.now))
        try:
            self.portal.send(plan)
        except PortalOutcomeUnknownError:
            return self.keep_record(known.unknown())
        except PortalError as err:
            return self.keep_record(known.refused(reason(err), self.now))
        return self.keep_record(known.accepted(self.now))


FATES = ("", "down", "lost before", "lost after", "crash before", "crash after")
stories = st.lists(st.sampled_from(FATES), max_size=60)


def told(story: list[str]) -> Iterator[str]:
    """Yield what happens, and then nothing bad any more."""
    yield from story
    while True:
        yield ""


def live(house: House, rounds: int, pause: timedelta, *, check: Callable[[], None]) -> None:
    """Wake an engine again and again."""
    house.start()
    for _ in range(rounds):
        try:
            house.wake()
        except Crash:
            house.start()
        except PortalError:
            pass
        check()
        house.portal.now += pause


# Less than the outbox waits before it believes a list that shows nothing.
lags = st.integers(0, 14).map(lambda minutes: timedelta(minutes=minutes))
pauses = st.integers(1, 120).map(lambda minutes: timedelta(minutes=minutes))
plans = st.integers(1, 48).map(lambda hours: replace(PLAN, until=AT + timedelta(hours=hours)))


@given(plan=plans, story=stories, pause=pauses, lag=lags)
def test_once(plan: Plan, story: list[str], pause: timedelta, lag: timedelta) -> None:
    """Whatever happens, a reading arrives once, as it was taken, or not at all."""
    fate = told(story)
    house = House(Portal(fate, lag), fate, plan)

    def check() -> None:
        assert house.portal.readings in ((), (VALUES,))
        if house.disk.state.is_settled:
            is_there = house.disk.state is PlanState.ACCEPTED
            assert house.portal.readings == ((VALUES,) if is_there else ())

    live(house, 80, pause, check=check)
    live(house, 40, timedelta(hours=6), check=check)
    assert house.disk.state.is_settled
    assert house.portal.made in ([], [Step.SEND])


@given(story=st.lists(st.sampled_from(FATES), max_size=20), lag=lags)
def test_not_lost(story: list[str], lag: timedelta) -> None:
    """A supplier that gets well again while there is time has the reading in the end."""
    fate = told(story)
    house = House(Portal(fate, lag), fate, PLAN)
    live(house, 27, timedelta(hours=6), check=lambda: None)
    assert (house.disk.state, house.portal.readings) == (PlanState.ACCEPTED, (VALUES,))


@given(plan=plans, story=stories, is_refused=st.booleans(), pause=pauses, lag=lags)
def test_replaced_once(
    *, plan: Plan, story: list[str], is_refused: bool, pause: timedelta, lag: timedelta
) -> None:
    """Whatever happens, the supplier has one of both readings in the end, and never two."""
    fate = told(story)
    house = House(Portal(fate, lag, (OLD,)), fate, plan.replacing(OLD))
    house.portal.refuses = VALUES if is_refused else None

    def check() -> None:
        assert len(house.portal.readings) <= 1

    live(house, 80, pause, check=check)
    live(house, 60, timedelta(hours=6), check=check)
    wanted = VALUES if house.disk.state is PlanState.ACCEPTED else OLD
    assert house.disk.state.is_settled
    assert house.portal.readings == (wanted,)
    assert not (is_refused and wanted is VALUES)
    assert house.disk.lost is None
    assert house.portal.made in ([], [Step.DELETE, Step.SEND], [Step.DELETE, Step.RESTORE])
