"""What energy has cost, line by line as a bill has it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ..portal.model import InvoiceLine, LineKind, Statement
from .days import days_between
from .invoices import lines_of
from .prices import Tariff
from .tax import cents
from .usage import IMPORT_REGISTERS, Hours, Usage

# What a supplier collects for others.
COLLECTED: Final = frozenset({LineKind.NETWORK, LineKind.TAX})
NOTHING: Final = Decimal()


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line: `amount` includes VAT, in cents, and is negative for what is given back."""

    kind: LineKind
    amount: Decimal
    register: str | None = None
    energy: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What some days have cost.

    Attributes:
        lines: They add up to the total.
        unpriced: kWh taken from the grid whose price is not known; the lines lack them.
    """

    lines: tuple[CostLine, ...] = ()
    unpriced: Decimal = Decimal()

    @property
    def total(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))

    @property
    def energy(self) -> Decimal:
        """The kWh taken from the grid whose price is known."""
        kwh = (line.energy for line in self.lines if line.kind is LineKind.ENERGY)
        return sum((each for each in kwh if each is not None), Decimal())

    def amount(self, *kinds: LineKind) -> Decimal:
        """The sum of the lines of some kinds."""
        return sum((line.amount for line in self.lines if line.kind in kinds), Decimal("0.00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Charges:
    """What is collected for the grid and the state, VAT included, at the rate of an earlier bill.

    Attributes:
        per_kwh: EUR for each kWh taken from the grid.
        per_day: EUR for each day.
    """

    per_kwh: Decimal
    per_day: Decimal

    def __bool__(self) -> bool:
        """Whether anything is collected at all."""
        return bool(self.per_kwh or self.per_day)

    def line(self, energy: Decimal, days: int) -> CostLine:
        """Return the line of some days."""
        amount = self.per_kwh * energy + self.per_day * days
        return CostLine(kind=LineKind.NETWORK, amount=cents(amount))


def charges(statement: Statement | None, gsrn: str) -> Charges | None:
    """Return the charges of the newest bill that tells them for a supply point.

    Taxes are levied on each kWh. What the grid costs is counted by kWh where the bill does, else by
    day. None where no bill tells: what is collected for others may be nothing or half of all.
    """
    invoices = () if statement is None else statement.invoices
    for invoice in sorted(invoices, key=lambda each: each.issued, reverse=True):
        mine = lines_of(invoice, gsrn)
        energy = [line for line in mine if line.kind is LineKind.ENERGY]
        kwh = sum((line.energy or Decimal() for line in energy), Decimal())
        days = _days(energy, invoice.period_start, invoice.period_end)
        if kwh <= 0 or not days:
            continue
        others = [line for line in mine if line.kind in COLLECTED]
        by_day = [
            line.amount for line in others if line.kind is LineKind.NETWORK and line.energy is None
        ]
        by_kwh = sum((line.amount for line in others), Decimal()) - sum(by_day)
        return Charges(per_kwh=by_kwh / kwh, per_day=sum(by_day, Decimal()) / days)
    return None


def cost(
    tariff: Tariff,
    usage: Usage,
    first: date,
    last: date,
    *,
    exchange: Hours | None = None,
    collected: Charges | None = None,
) -> Cost | None:
    """Return what the known energy of some days has cost.

    None where no energy is known, or a price of none of it.

    Args:
        tariff: The prices.
        usage: The energy.
        first: First local day.
        last: Last local day.
        exchange: EUR/kWh without VAT by hour, where a contract follows an exchange.
        collected: What is collected for others, if it is to be part of it.
    """
    energy: dict[str, Decimal] = defaultdict(Decimal)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    unpriced = Decimal()
    for register in usage.days:
        for day in days_between(first, last):
            for kwh, price in _priced(tariff, usage, register, day, exchange or {}):
                if price is not None:
                    energy[register] += kwh
                    amounts[register] += kwh * price
                elif register in IMPORT_REGISTERS:
                    unpriced += kwh
    if not any(register in IMPORT_REGISTERS for register in energy):
        return None
    return Cost(
        lines=bill_lines(tariff, energy, amounts, first, last, collected, unpriced=unpriced),
        unpriced=unpriced,
    )


def bill_lines(
    tariff: Tariff,
    energy: Mapping[str, Decimal],
    amounts: Mapping[str, Decimal],
    first: date,
    last: date,
    collected: Charges | None,
    *,
    unpriced: Decimal = NOTHING,
) -> tuple[CostLine, ...]:
    """Return the lines of some days: energy, fees, and what is collected for others.

    Args:
        tariff: Knows the fees.
        energy: kWh by register.
        amounts: EUR by register, not rounded.
        first: First local day.
        last: Last local day.
        collected: What is collected for others, if it is to be part of it.
        unpriced: kWh taken from the grid beside `energy`, on which that is collected, too.
    """
    lines = [_energy_line(register, energy[register], amounts[register]) for register in energy]
    if (fees := tariff.fees(first, last)) is not None:
        lines.append(CostLine(kind=LineKind.FIXED_FEE, amount=cents(fees)))
    if collected:
        taken = sum((energy[each] for each in energy if each in IMPORT_REGISTERS), unpriced)
        lines.append(collected.line(taken, (last - first).days + 1))
    return tuple(lines)


def _energy_line(register: str, energy: Decimal, amount: Decimal) -> CostLine:
    """Return the line of a register; what the customer feeds in is given back."""
    if register in IMPORT_REGISTERS:
        return CostLine(
            kind=LineKind.ENERGY, amount=cents(amount), register=register, energy=energy
        )
    name = register.removeprefix("export_")
    return CostLine(kind=LineKind.EXPORT, amount=cents(-amount), register=name, energy=energy)


def _priced(
    tariff: Tariff, usage: Usage, register: str, day: date, exchange: Hours
) -> list[tuple[Decimal, Decimal | None]]:
    """Return the energy of a day with its price, in as few pieces as there are prices."""
    if register not in usage.days or day not in usage.days[register]:
        return []
    if not tariff.follows_exchange(day):
        return [(usage.energy(register, day), tariff.price(register, day))]
    return [
        (kwh, tariff.price(register, day, exchange.get(hour)))
        for hour, kwh in usage.days[register][day].items()
    ]


def _days(lines: list[InvoiceLine], first: date | None, last: date | None) -> int | None:
    """Return how many days a bill's energy is about."""
    starts = [line.start for line in lines if line.start is not None]
    ends = [line.end for line in lines if line.end is not None]
    first, last = min(starts, default=first), max(ends, default=last)
    return None if first is None or last is None or last < first else (last - first).days + 1
