"""What is odd about a reading, found before it leaves the house.

A supplier bills whatever it is sent. So everything is compared with what it already has: a reading
must go on from there, and no faster than the household uses energy.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..billing.usage import EXPORT_REGISTERS, IMPORT_REGISTERS
from ..portal.model import (
    Contract,
    Direction,
    Invoice,
    InvoiceKind,
    MeterReading,
    ReadingSource,
    ReadingSubmission,
)
from .indexes import capacity, whole

# Times the daily average of a year.
WARN_ABOVE: Final = 3
BLOCK_ABOVE: Final = 10
# Where less is used in a day, one weekend at the cottage is many times the average.
LEAST_DAILY: Final = Decimal(5)
# What no household takes in a day, kWh or m³, where its average is not known.
MOST_DAILY: Final = Decimal(700)
# How far apart two readings must be to tell an average, in which every season has its share.
AVERAGE_OVER: Final = (timedelta(days=180), timedelta(days=400))
# From when on a value from the past does not tell of its day any more.
WARN_OLDER: Final = timedelta(hours=1)
BLOCK_OLDER: Final = timedelta(days=1)
# A register can have run over only if it was nearly full and is nearly empty; and a slip of the pen
# is off by more than that.
EDGE: Final = Decimal("0.1")
# Wh for kWh, kWh for MWh, litres for m³, and a decimal mark that was lost.
FACTORS: Final = (1000, 100, 10)
# Day and night, of either direction.
PAIRS: Final = (IMPORT_REGISTERS[1:], EXPORT_REGISTERS[1:])
# Suppliers compare the last characters of a meter's number.
SERIAL_TAIL: Final = 4


class Severity(StrEnum):
    """What follows from a finding: it is told, told as a warning, or stops the reading."""

    INFO = "info"
    WARN = "warn"
    BLOCK = "block"


class Rule(StrEnum):
    """What can be odd about a reading. Each is a translation key."""

    # About the day.
    FUTURE = "future"
    CLOSED_PERIOD = "closed_period"
    ALREADY_SUBMITTED = "already_submitted"
    NOT_NEWEST = "not_newest"
    # About the meter.
    METER_REPLACED = "meter_replaced"
    OLD_VALUE = "old_value"
    MISSING_REGISTER = "missing_register"
    UNKNOWN_REGISTER = "unknown_register"
    NO_INJECTION = "no_injection"
    # About the indexes.
    WRONG_UNIT = "wrong_unit"
    WRONG_DIGITS = "wrong_digits"
    FIRST_READING = "first_reading"
    SWAPPED = "swapped"
    ROLLOVER = "rollover"
    TIMES_FACTOR = "times_factor"
    PART_OF_FACTOR = "part_of_factor"
    EXTRA_DIGIT = "extra_digit"
    MISSING_DIGIT = "missing_digit"
    BELOW_ESTIMATE = "below_estimate"
    BACKWARDS = "backwards"
    UNLIKELY_USE = "unlikely_use"
    IDENTICAL = "identical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One odd thing about a reading.

    Attributes:
        rule: What it is.
        severity: What follows.
        register: Of which register; None where it is about all.
        placeholders: What its translation may name: `day`, `value`, `previous`, `previous_day`,
            `daily`, `usual`, `factor`, `registers`, `hours`, `digits`. No identifiers.
        is_final: Whether not even the user can have it sent: no supplier would take it.
    """

    rule: Rule
    severity: Severity
    register: str | None = None
    placeholders: Mapping[str, str] = field(default_factory=dict)
    is_final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterFacts:
    """What else is known of a meter.

    Attributes:
        digits: How many it shows before the decimal mark.
        serials: Its number as the user, the supplier, or both have it.
        is_replaced: Whether whoever reads it says that it is another one now.
        meter_since: When the user changed it: what was read before was another meter.
        closed_until: Last day that has been settled, see `closed_until`.
        has_injection: Whether the contract pays for what is fed in; None where nobody knows.
        age: How much older the values are than the instant that they were wanted for.
    """

    digits: int | None = None
    serials: Collection[str] = ()
    is_replaced: bool = False
    meter_since: date | None = None
    closed_until: date | None = None
    has_injection: bool | None = None
    age: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """From what a supplier has of one register to what it would be sent."""

    register: str
    value: Decimal
    day: date
    previous: MeterReading
    usual: Decimal | None
    digits: int | None

    @property
    def most(self) -> Decimal:
        """The most that can have been used in between."""
        return self.days * (MOST_DAILY if self.usual is None else self.usual * BLOCK_ABOVE)

    @property
    def days(self) -> int:
        """How many days lie in between, at least one."""
        return max(1, (self.day - self.previous.day).days)

    def fits(self, value: Decimal) -> bool:
        """Whether a value would go on from the one before."""
        return 0 <= value - self.previous.value <= self.most

    def finding(
        self, rule: Rule, severity: Severity = Severity.BLOCK, **placeholders: object
    ) -> Finding:
        """Return a finding that names both values. No supplier lets a register run backwards."""
        return Finding(
            rule=rule,
            severity=severity,
            register=self.register,
            placeholders=_texts(
                value=self.value,
                previous=self.previous.value,
                previous_day=self.previous.day,
                **placeholders,
            ),
            is_final=severity is Severity.BLOCK and self.value < self.previous.value,
        )


def findings(
    reading: ReadingSubmission,
    history: Sequence[MeterReading],
    facts: MeterFacts,
    today: date,
    *,
    override: Collection[Rule] = (),
) -> tuple[Finding, ...]:
    """Return all that is odd about a reading, in the order of `Rule`.

    Args:
        reading: What is to be sent.
        history: What the supplier has; other supply points' readings do not matter.
        facts: What else is known of the meter.
        today: The supplier's local date.
        override: What the user has seen and wants to have sent all the same: it only warns then.
    """
    known = [each for each in history if each.gsrn == reading.gsrn]
    same_meter = [
        each for each in known if facts.meter_since is None or each.day >= facts.meter_since
    ]
    found = (
        *_about_day(reading, known, facts, today),
        *_about_meter(reading, same_meter, facts),
        *_about_indexes(reading, same_meter, facts),
    )
    order = list(Rule)
    return tuple(
        sorted(
            (_overridden(each) if each.rule in override else each for each in found),
            key=lambda each: order.index(each.rule),
        )
    )


def blocking(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what stops a reading."""
    return tuple(each for each in found if each.severity is Severity.BLOCK)


def closed_until(invoices: Iterable[Invoice], gsrn: str) -> date | None:
    """Return the last day of a supply point that a settlement has been made for."""
    ends = (
        invoice.period_end
        for invoice in invoices
        if invoice.kind is InvoiceKind.SETTLEMENT and gsrn in invoice.gsrns
    )
    return max((end for end in ends if end is not None), default=None)


def has_injection(contract: Contract | None) -> bool | None:
    """Return whether a contract pays for what is fed in; None where no price is known."""
    if contract is None or not contract.prices:
        return None
    return any(price.direction is Direction.EXPORT for price in contract.prices)


def daily_average(history: Iterable[MeterReading], register: str) -> Decimal | None:
    """Return what a register counts on an average day of about a year, up to its last reading.

    What was estimated tells nothing. None where too little was read, or the register fell.
    """
    read = sorted(
        (
            each
            for each in history
            if each.register == register and each.source is not ReadingSource.ESTIMATED
        ),
        key=lambda each: each.day,
    )
    if not read:
        return None
    last, (least, most) = read[-1], AVERAGE_OVER
    first = next((each for each in read if least <= last.day - each.day <= most), None)
    if first is None or first.value > last.value:
        return None
    return (last.value - first.value) / (last.day - first.day).days


def _overridden(finding: Finding) -> Finding:
    if finding.is_final or finding.severity is not Severity.BLOCK:
        return finding
    return replace(finding, severity=Severity.WARN)


def _about_day(
    reading: ReadingSubmission, known: Sequence[MeterReading], facts: MeterFacts, today: date
) -> Iterator[Finding]:
    def never(rule: Rule, day: date) -> Finding:
        placeholders = _texts(day=day)
        return Finding(rule=rule, severity=Severity.BLOCK, placeholders=placeholders, is_final=True)

    if reading.day > today:
        yield never(Rule.FUTURE, reading.day)
    if facts.closed_until is not None and reading.day <= facts.closed_until:
        yield never(Rule.CLOSED_PERIOD, facts.closed_until)
    newest = max((each.day for each in known), default=None)
    if any(each.day == reading.day for each in known):
        yield never(Rule.ALREADY_SUBMITTED, reading.day)
    elif newest is not None and reading.day < newest:
        yield never(Rule.NOT_NEWEST, newest)


def _about_meter(
    reading: ReadingSubmission, known: Sequence[MeterReading], facts: MeterFacts
) -> Iterator[Finding]:
    serial = reading.meter_serial
    if facts.is_replaced or (
        serial is not None and any(_tail(serial) != _tail(each) for each in facts.serials)
    ):
        yield Finding(rule=Rule.METER_REPLACED, severity=Severity.BLOCK)
    if facts.age > WARN_OLDER:
        yield Finding(
            rule=Rule.OLD_VALUE,
            severity=Severity.BLOCK if facts.age > BLOCK_OLDER else Severity.WARN,
            placeholders=_texts(hours=int(facts.age / timedelta(hours=1))),
        )
    sent = set(reading.values)
    newest = max((each.day for each in known), default=None)
    expected = {each.register for each in known if each.day == newest}
    halves = {
        other for day, night in PAIRS for one, other in ((day, night), (night, day)) if one in sent
    }
    missing = (expected | halves) - sent
    if missing or not sent:
        yield _registers(Rule.MISSING_REGISTER, missing, is_final=not sent or bool(halves - sent))
    if expected and (unknown := sent - expected):
        yield _registers(Rule.UNKNOWN_REGISTER, unknown)
    if facts.has_injection is False and (fed_in := sent & set(EXPORT_REGISTERS)):
        yield _registers(Rule.NO_INJECTION, fed_in)


def _about_indexes(
    reading: ReadingSubmission, known: Sequence[MeterReading], facts: MeterFacts
) -> Iterator[Finding]:
    limit = capacity(facts.digits)
    steps: dict[str, _Step] = {}
    for register, value in reading.values.items():
        if not value.is_finite() or not 0 <= value < limit or value != whole(value):
            yield Finding(
                rule=Rule.WRONG_DIGITS,
                severity=Severity.BLOCK,
                register=register,
                placeholders=_texts(value=value, digits=limit.adjusted()),
                is_final=True,
            )
        previous = max(
            (each for each in known if each.register == register),
            key=lambda each: each.day,
            default=None,
        )
        if previous is None:
            yield Finding(
                rule=Rule.FIRST_READING,
                severity=Severity.INFO,
                register=register,
                placeholders=_texts(value=value),
            )
        elif previous.unit is not reading.unit:
            yield Finding(
                rule=Rule.WRONG_UNIT, severity=Severity.BLOCK, register=register, is_final=True
            )
        elif value.is_finite() and previous.day <= reading.day:
            average = daily_average(known, register)
            steps[register] = _Step(
                register=register,
                value=value,
                day=reading.day,
                previous=previous,
                usual=None if average is None else max(average, LEAST_DAILY),
                digits=facts.digits,
            )
    swapped = {
        register
        for day, night in PAIRS
        if day in steps and night in steps and _is_swapped(steps[day], steps[night])
        for register in (day, night)
    }
    for register, step in steps.items():
        if register in swapped:
            yield step.finding(Rule.SWAPPED)
        else:
            yield from _about_step(step)
    if steps and all(step.value == step.previous.value for step in steps.values()):
        day = max(step.previous.day for step in steps.values())
        yield Finding(
            rule=Rule.IDENTICAL, severity=Severity.WARN, placeholders=_texts(previous_day=day)
        )


def _is_swapped(day: _Step, night: _Step) -> bool:
    """Whether two registers go on from one another, and not from themselves."""
    is_straight = day.fits(day.value) and night.fits(night.value)
    return not is_straight and day.fits(night.value) and night.fits(day.value)


def _about_step(step: _Step) -> Iterator[Finding]:
    """Yield why a register cannot be right, the likeliest reason first and alone."""
    rise = step.value - step.previous.value
    if step.fits(step.value):
        if step.usual is not None and rise > step.usual * step.days * WARN_ABOVE:
            yield _unlikely(step, rise, Severity.WARN)
        return
    if (rolled := _rolled_over(step)) is not None:
        yield Finding(
            rule=Rule.ROLLOVER,
            severity=Severity.WARN,
            register=step.register,
            placeholders=_texts(value=step.value, previous=step.previous.value, rise=rolled),
        )
        return
    if step.previous.value * (1 - EDGE) <= step.value < step.previous.value:
        yield _backwards(step)
        return
    for factor in FACTORS:
        if step.fits(whole(step.value / factor)):
            yield step.finding(Rule.TIMES_FACTOR, factor=factor)
            return
        # What was cut off behind the decimal mark may be anything.
        lowest, above = step.value * factor, (step.value + 1) * factor
        if (
            step.value > 0
            and above > step.previous.value
            and lowest <= step.previous.value + step.most
        ):
            yield step.finding(Rule.PART_OF_FACTOR, factor=factor)
            return
    if any(map(step.fits, _with_a_digit_less(step.value))):
        yield step.finding(Rule.EXTRA_DIGIT)
    elif any(map(step.fits, _with_a_digit_more(step.value))):
        yield step.finding(Rule.MISSING_DIGIT)
    elif rise > 0:
        yield _unlikely(step, rise, Severity.BLOCK)
    else:
        yield _backwards(step)


def _backwards(step: _Step) -> Finding:
    is_estimate = step.previous.source is ReadingSource.ESTIMATED
    return step.finding(Rule.BELOW_ESTIMATE if is_estimate else Rule.BACKWARDS)


def _rolled_over(step: _Step) -> Decimal | None:
    """Return what was used if the register has no more digits and began at zero again."""
    if step.digits is None:
        return None
    full = capacity(step.digits)
    if step.previous.value < full * (1 - EDGE) or not 0 <= step.value < full * EDGE:
        return None
    rise = full - step.previous.value + step.value
    return rise if rise <= step.most else None


def _unlikely(step: _Step, rise: Decimal, severity: Severity) -> Finding:
    usual = MOST_DAILY if step.usual is None else step.usual
    return step.finding(
        Rule.UNLIKELY_USE, severity, daily=whole(rise / step.days), usual=whole(usual)
    )


def _with_a_digit_less(value: Decimal) -> Iterator[Decimal]:
    text = _plain(value)
    return (Decimal(text[:i] + text[i + 1 :]) for i in range(len(text)) if len(text) > 1)


def _with_a_digit_more(value: Decimal) -> Iterator[Decimal]:
    text = _plain(value)
    return (
        Decimal(text[:i] + digit + text[i:]) for i in range(len(text) + 1) for digit in "0123456789"
    )


def _registers(rule: Rule, registers: Collection[str], *, is_final: bool = False) -> Finding:
    names = ", ".join(sorted(registers))
    placeholders = _texts(registers=names)
    return Finding(rule=rule, severity=Severity.BLOCK, placeholders=placeholders, is_final=is_final)


def _tail(serial: str) -> str:
    return "".join(filter(str.isalnum, serial)).upper()[-SERIAL_TAIL:]


def _plain(value: Decimal) -> str:
    return f"{abs(whole(value)):f}"


def _texts(**placeholders: object) -> Mapping[str, str]:
    return {
        name: f"{value:f}" if isinstance(value, Decimal) else str(value)
        for name, value in placeholders.items()
    }
