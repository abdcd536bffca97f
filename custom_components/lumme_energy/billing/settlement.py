"""What the settlement at the end of a period will be, at the deposits as they are.

What the meter has counted is taken as it is. A day that is still to come is taken to be like the
same day a year ago; where that is not known, like the mean of all days that are, which knows nothing
of winter and summer. The result says how many days rest on what.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ..portal.model import DepositPlan, LineKind
from .cost import Charges, Cost, bill_lines
from .days import add_months, days_between
from .deposit import amount_range, ideal, open_slices
from .prices import Tariff
from .usage import IMPORT_REGISTERS, Days

# The mean of fewer days than these says too little.
MEAN_NEEDS: Final = 28


class Basis(StrEnum):
    """What most of the days that are still to come rest on."""

    MEASURED = "measured"
    LAST_YEAR = "last_year"
    MEAN = "mean"


class Confidence(StrEnum):
    """How far a forecast can be trusted."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The energy of a period.

    Attributes:
        energy: kWh by register, for each day.
        measured: How many days were measured.
        last_year: How many are taken from the year before.
        mean: How many are taken to be like the mean.
    """

    energy: Days
    measured: int
    last_year: int
    mean: int

    @property
    def basis(self) -> Basis:
        """What most of what was not measured rests on."""
        if not self.last_year and not self.mean:
            return Basis.MEASURED
        return Basis.LAST_YEAR if self.last_year >= self.mean else Basis.MEAN

    @property
    def confidence(self) -> Confidence:
        """High where at most a tenth of the days, medium where at most half are like the mean."""
        share = Decimal(self.mean) / (self.measured + self.last_year + self.mean)
        if share <= Decimal("0.1"):
            return Confidence.HIGH
        return Confidence.MEDIUM if share <= Decimal("0.5") else Confidence.LOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A settlement that is to come.

    Attributes:
        first: First day of the period.
        last: Last day of it.
        cost: What the period will cost.
        paid: The deposits that were asked for so far.
        to_come: Those that will be, at the amount they have now.
        suggested: The deposit at which the settlement would be zero, within what the supplier
            accepts; None when no deposit is to come.
        expectation: What it rests on.
    """

    first: date
    last: date
    cost: Cost
    paid: Decimal
    to_come: Decimal
    suggested: Decimal | None
    expectation: Expectation

    @property
    def settlement(self) -> Decimal:
        """What will be left to pay; negative comes back."""
        return self.cost.total - self.paid - self.to_come


def expect(known: Days, first: date, last: date) -> Expectation | None:
    """Return the energy of every day of a period; None where too little is known for that."""
    energy: dict[date, Mapping[str, Decimal]] = {}
    counts = dict.fromkeys(Basis, 0)
    mean = _mean(known)
    for day in days_between(first, last):
        year_before = add_months(day, -12)
        if day in known:
            basis, energy[day] = Basis.MEASURED, known[day]
        elif year_before in known:
            basis, energy[day] = Basis.LAST_YEAR, known[year_before]
        elif mean is not None:
            basis, energy[day] = Basis.MEAN, mean
        else:
            return None
        counts[basis] += 1
    return Expectation(
        energy=energy,
        measured=counts[Basis.MEASURED],
        last_year=counts[Basis.LAST_YEAR],
        mean=counts[Basis.MEAN],
    )


def expected_cost(
    tariff: Tariff,
    expectation: Expectation,
    *,
    collected: Charges,
    so_far: Cost | None = None,
) -> Cost | None:
    """Return what a period will cost; None where a kWh taken from the grid has no price.

    Args:
        tariff: The prices; those of days to come are as they are today.
        expectation: The energy.
        collected: What is collected for others.
        so_far: What a part of the period has cost: where prices follow an exchange, each kWh is
            taken to cost what one has cost so far.
    """
    energy: dict[str, Decimal] = defaultdict(Decimal)
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for day, registers in expectation.energy.items():
        for register, kwh in registers.items():
            if tariff.follows_exchange(day):
                price = _price_so_far(so_far, register)
            else:
                price = tariff.price(register, day)
            if price is not None:
                energy[register] += kwh
                amounts[register] += kwh * price
            elif kwh and register in IMPORT_REGISTERS:
                return None
    first, last = min(expectation.energy), max(expectation.energy)
    return Cost(lines=bill_lines(tariff, energy, amounts, first, last, collected))


def forecast(
    plan: DepositPlan,
    tariff: Tariff,
    known: Days,
    *,
    collected: Charges | None,
    so_far: Cost | None = None,
) -> Forecast | None:
    """Return the settlement to expect; None where the portal, the meter or the prices say too little.

    Args:
        plan: The deposits, with the period that they are for and what was paid.
        tariff: The prices.
        known: The energy of the days that are known, also of the year before.
        collected: What is collected for others; None where no bill has told.
        so_far: See `expected_cost`.
    """
    simulation, slices = plan.simulation, open_slices(plan)
    if (
        simulation is None
        or simulation.period_start is None
        or simulation.period_end is None
        or simulation.paid is None
        or slices is None
        or collected is None
    ):
        return None
    first, last = simulation.period_start, simulation.period_end
    if last < first or (expectation := expect(known, first, last)) is None:
        return None
    cost = expected_cost(tariff, expectation, collected=collected, so_far=so_far)
    if cost is None:
        return None
    suggested = None
    if slices:
        minimum, maximum = amount_range(plan)
        suggested = ideal(cost.total - simulation.paid, slices)
        suggested = suggested if minimum is None else max(suggested, minimum)
        suggested = suggested if maximum is None else min(suggested, maximum)
    return Forecast(
        first=first,
        last=last,
        cost=cost,
        paid=simulation.paid,
        to_come=plan.amount * slices,
        suggested=suggested,
        expectation=expectation,
    )


def _mean(known: Days) -> dict[str, Decimal] | None:
    """Return the mean day; None where too few are known."""
    if len(known) < MEAN_NEEDS:
        return None
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for registers in known.values():
        for register, kwh in registers.items():
            totals[register] += kwh
    return {register: total / len(known) for register, total in totals.items()}


def _price_so_far(cost: Cost | None, register: str) -> Decimal | None:
    """Return what a kWh through a register has cost, or brought, on average."""
    name = register.removeprefix("export_")
    kind, sign = (LineKind.ENERGY, 1) if name == register else (LineKind.EXPORT, -1)
    for line in () if cost is None else cost.lines:
        if line.kind is kind and line.register == name and line.energy:
            return sign * line.amount / line.energy
    return None
