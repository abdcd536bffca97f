"""Is this bill right? Each line about energy, laid beside what the customer's own meter counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..portal.model import Invoice, InvoiceLine, LineKind, Statement
from .invoices import lines_of, total
from .tax import PERCENT, cents
from .usage import Measured

CHECKED: Final = frozenset({LineKind.ENERGY, LineKind.EXPORT})

# (GSRN, register as readings name it, first day, last day) -> what the customer's meter counted.
type Meter = Callable[[str, str, date, date], Measured | None]


class Verdict(StrEnum):
    """What a check found."""

    MATCHES = "matches"
    DIFFERS = "differs"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a bill may be from the meter: the larger of both. Meters are not read at midnight."""

    percent: Decimal = Decimal(2)
    energy: Decimal = Decimal(5)

    def allows(self, billed: Decimal, measured: Decimal) -> bool:
        """Whether two amounts of energy may be called the same."""
        return abs(billed - measured) <= max(self.energy, measured * self.percent / PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCheck:
    """A line about energy, or several that only together have a register of the meter.

    Attributes:
        gsrn: The supply point; empty where the bill does not tell.
        lines: As the bill has them.
        first: First day that they are about.
        last: Last day.
        billed: kWh on the bill.
        measured: What the meter counted; None where it cannot say.
        verdict: What comes of it.
    """

    gsrn: str
    lines: tuple[InvoiceLine, ...]
    first: date | None
    last: date | None
    billed: Decimal | None
    measured: Measured | None
    verdict: Verdict

    @property
    def amount(self) -> Decimal:
        """What the bill asks for it."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def energy_difference(self) -> Decimal | None:
        """How many kWh more the bill has than the meter."""
        if self.billed is None or self.measured is None:
            return None
        return self.billed - self.measured.energy

    @property
    def amount_difference(self) -> Decimal | None:
        """What these kWh cost at the bill's own price."""
        if (energy := self.energy_difference) is None or not self.billed:
            return None
        return cents(self.amount * energy / self.billed)

    @property
    def is_estimated(self) -> bool:
        """Whether the supplier says that it guessed an index."""
        return any(line.estimated for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillCheck:
    """A bill that was checked."""

    invoice: Invoice
    lines: tuple[LineCheck, ...]

    def of(self, gsrn: str) -> BillCheck:
        """Return what of it is about a supply point."""
        mine = tuple(line for line in self.lines if line.gsrn == gsrn)
        return BillCheck(invoice=self.invoice, lines=mine)

    @property
    def verdict(self) -> Verdict:
        """One line that differs makes the bill differ; it matches if all do."""
        verdicts = {line.verdict for line in self.lines}
        if Verdict.DIFFERS in verdicts:
            return Verdict.DIFFERS
        return Verdict.MATCHES if verdicts == {Verdict.MATCHES} else Verdict.NOT_COMPARABLE

    @property
    def energy_difference(self) -> Decimal | None:
        """How many kWh of import more the bill has than the meter, where both are known."""
        return _sum(
            line.energy_difference for line in self.lines if line.lines[0].kind is LineKind.ENERGY
        )

    @property
    def amount_difference(self) -> Decimal | None:
        """How much more the bill asks for than the meter's kWh would cost, where both are known."""
        return _sum(line.amount_difference for line in self.lines)

    @property
    def is_estimated(self) -> bool:
        """Whether the supplier says that it guessed an index."""
        return any(line.is_estimated for line in self.lines)

    @property
    def sum_difference(self) -> Decimal | None:
        """How much more the bill asks for than its lines add up to; None without lines."""
        if not self.invoice.lines:
            return None
        return self.invoice.amount - sum(line.amount for line in self.invoice.lines)


def span(invoice: Invoice) -> tuple[date, date] | None:
    """Return the first and the last day that a bill's energy is about; None where it tells none."""
    lines = [line for line in invoice.lines if line.kind in CHECKED]
    starts = [start for line in lines if (start := line.start or invoice.period_start)]
    ends = [end for line in lines if (end := line.end or invoice.period_end)]
    return (min(starts), max(ends)) if starts and ends else None


def check(invoice: Invoice, meter: Meter, tolerance: Tolerance) -> BillCheck:
    """Check a bill.

    A bill that tells day and night apart is compared in sum with a meter that does not, and the
    other way round.
    """
    groups: dict[tuple[str, LineKind, date | None, date | None], list[InvoiceLine]]
    groups = defaultdict(list)
    only = invoice.gsrns[0] if len(invoice.gsrns) == 1 else ""
    for line in invoice.lines:
        if line.kind in CHECKED:
            first = line.start or invoice.period_start
            last = line.end or invoice.period_end
            groups[line.gsrn or only, line.kind, first, last].append(line)
    checks: list[LineCheck] = []
    for (gsrn, kind, first, last), lines in groups.items():
        for together, measured in _beside(gsrn, kind, first, last, lines, meter):
            billed = total(line.energy for line in together)
            verdict = Verdict.NOT_COMPARABLE
            if billed is not None and measured is not None:
                allowed = tolerance.allows(billed, measured.energy)
                verdict = Verdict.MATCHES if allowed else Verdict.DIFFERS
            checks.append(
                LineCheck(
                    gsrn=gsrn,
                    lines=together,
                    first=first,
                    last=last,
                    billed=billed,
                    measured=measured,
                    verdict=verdict,
                )
            )
    return BillCheck(invoice=invoice, lines=tuple(checks))


def kwh_per_m3(statement: Statement | None, gsrn: str) -> Decimal | None:
    """Return how many kWh the newest bill makes of a cubic metre of gas.

    It follows from a line that tells the indexes of the meter, in m³, beside the energy.
    """
    invoices = () if statement is None else statement.invoices
    for invoice in sorted(invoices, key=lambda each: each.issued, reverse=True):
        for line in lines_of(invoice, gsrn):
            if (
                line.kind is LineKind.ENERGY
                and line.energy is not None
                and line.meter_start is not None
                and line.meter_end is not None
                and line.meter_end > line.meter_start
            ):
                return line.energy / (line.meter_end - line.meter_start)
    return None


def _beside(
    gsrn: str,
    kind: LineKind,
    first: date | None,
    last: date | None,
    lines: list[InvoiceLine],
    meter: Meter,
) -> Iterator[tuple[tuple[InvoiceLine, ...], Measured | None]]:
    """Yield lines of the same days, alone or together, with what the meter says to them."""
    if first is None or last is None:
        yield from (((line,), None) for line in lines)
        return
    prefix = "" if kind is LineKind.ENERGY else "export_"

    def measured(register: str) -> Measured | None:
        return meter(gsrn, prefix + register, first, last)

    each = [measured(line.register or "single") for line in lines]
    if all(one is not None for one in each):
        yield from (((line,), one) for line, one in zip(lines, each, strict=True))
        return
    whole = measured("single") or _both(measured("day"), measured("night"))
    if whole is not None:
        yield tuple(lines), whole
    else:
        yield from (((line,), one) for line, one in zip(lines, each, strict=True))


def _both(day: Measured | None, night: Measured | None) -> Measured | None:
    """Return what both registers counted."""
    if day is None or night is None:
        return None
    return Measured(
        energy=day.energy + night.energy, missing_hours=max(day.missing_hours, night.missing_hours)
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Add up what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal()) if known else None
