"""What an account's energy costs and will cost, and which of its bills are right."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..billing.bill_check import BillCheck
from ..billing.cost import Cost
from ..billing.settlement import Forecast


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What some days have cost; None where the meter or the prices do not tell.

    `missing_hours` of them have no value of their own.
    """

    cost: Cost | None
    missing_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a supply point's energy costs."""

    today: Spent
    month: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An account's money.

    Attributes:
        costs: By GSRN of the supply points that have a meter.
        forecasts: By GSRN, where a settlement can be foreseen.
        checks: Of the bills of the last months, the newest first.
        known: Whether all this was worked out since the start, or is still to be.
    """

    costs: Mapping[str, Costs] = field(default_factory=dict)
    forecasts: Mapping[str, Forecast] = field(default_factory=dict)
    checks: tuple[BillCheck, ...] = ()
    known: bool = True

    def check_of(self, gsrn: str) -> BillCheck | None:
        """Return what was found in the newest bill about a supply point."""
        mine = (each.of(gsrn) for each in self.checks)
        return next((each for each in mine if each.lines), None)
