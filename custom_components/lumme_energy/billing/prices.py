"""What a kWh costs under a contract, VAT included: fixed, or following an exchange.

The price of a spot contract is the exchange's, with the VAT of its day, plus the contract's margin;
where the contract gives a formula (`0.00102 x Belpex H [88.4] + 0.004`: EUR/kWh without VAT, of an
index in EUR/MWh) that is used instead. A negative exchange price carries VAT like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
import re
from typing import Final

from ..portal.model import Contract, Direction, PriceComponent, PriceKind
from .contracts import current_contract
from .days import add_months, days_between
from .tax import VatTable, with_vat, without_vat

ENERGY_PRICE: Final = "EUR/kWh"
MARGIN: Final = "margin"
KWH_PER_MWH: Final = 1000
# How many of a price's unit a euro a kWh is.
PER_EURO: Final[Mapping[str, int]] = {
    "EUR/kWh": 1,
    "€/kWh": 1,
    "c/kWh": 100,
    "cent/kWh": 100,
    "snt/kWh": 100,
    "¢/kWh": 100,
    "ct/kWh": 100,
    "c€/kWh": 100,
    "EUR/MWh": KWH_PER_MWH,
    "€/MWh": KWH_PER_MWH,
}
_FORMULA: Final = re.compile(
    r"\s*(?P<factor>-?\d+(?:[.,]\d+)?)\s*[x×*]\s*[^\[\]]+\[[^\]]*\]"
    r"\s*(?:(?P<sign>[-+−])\s*(?P<base>\d+(?:[.,]\d+)?)\s*)?"
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A price in EUR/kWh without VAT that follows an index in EUR/MWh."""

    factor: Decimal
    base: Decimal

    @classmethod
    def parse(cls, text: str) -> Formula | None:
        """Read a formula; None where it is of another kind."""
        found = _FORMULA.fullmatch(text)
        if found is None:
            return None
        base = _decimal(found["base"] or "0")
        return cls(_decimal(found["factor"]), base if found["sign"] == "+" else -base)


def exchange_price(
    value: Decimal, unit: str, *, vat_percent: Decimal | None = None
) -> Decimal | None:
    """Return an exchange's price in EUR/kWh without VAT; None for a unit we do not know.

    Args:
        value: The price as its source tells it.
        unit: One of `PER_EURO`.
        vat_percent: Rate of the VAT in it; None where it is without.
    """
    if (per_euro := PER_EURO.get(unit)) is None:
        return None
    price = value / per_euro
    return price if vat_percent is None else without_vat(price, vat_percent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """What a supply point's energy costs on each day.

    Attributes:
        gsrn: The supply point.
        contracts: All that are known, of any supply point.
        vat: The rates that apply to the customer.
        told: When the contracts told their prices; another day's may have another VAT.
    """

    gsrn: str
    contracts: tuple[Contract, ...]
    vat: VatTable
    told: date

    def contract(self, day: date) -> Contract | None:
        """Return the contract whose prices are a day's."""
        return current_contract(self.contracts, self.gsrn, day)

    def follows_exchange(self, day: date) -> bool:
        """Whether a day's price is another one every hour."""
        contract = self.contract(day)
        return contract is not None and contract.price_kind is PriceKind.SPOT

    def price(self, register: str, day: date, exchange: Decimal | None = None) -> Decimal | None:
        """Return the price of a kWh through a register, VAT included; None where it is not known.

        Args:
            register: As readings name it; `export_…` is what the supplier pays.
            day: The local day.
            exchange: The exchange's price of the hour, EUR/kWh without VAT.
        """
        contract = self.contract(day)
        if contract is None:
            return None
        found = _component(contract, register)
        if contract.price_kind is not PriceKind.SPOT:
            return None if found is None else self.vat.at(found.amount, day, told=self.told)
        percent = self.vat.percent(day)
        if found is None or exchange is None or percent is None:
            return None
        if found.formula is None:
            if found.register != MARGIN:
                return None
            return with_vat(exchange, percent) + self.vat.at(found.amount, day, told=self.told)
        if (formula := Formula.parse(found.formula)) is None:
            return None
        return with_vat(formula.factor * exchange * KWH_PER_MWH + formula.base, percent)

    def fees(self, first: date, last: date) -> Decimal | None:
        """Return the standing charges from the first to the last day, VAT included, not rounded.

        A month's or a year's fee is shared by its days. None where there is none.
        """
        total, is_known = Fraction(0), False
        for day in days_between(first, last):
            contract = self.contract(day)
            for component in () if contract is None else contract.prices:
                if component.direction is not Direction.IMPORT:
                    continue
                if (length := _length(component.unit, day)) is not None:
                    fee = self.vat.at(component.amount, day, told=self.told)
                    total += Fraction(fee) / length
                    is_known = True
        return Decimal(total.numerator) / total.denominator if is_known else None


def _component(contract: Contract, register: str) -> PriceComponent | None:
    """Return what a contract says of a register: its own price, else the one for all of them."""
    name = register.removeprefix("export_")
    direction = Direction.IMPORT if name == register else Direction.EXPORT
    prices = {
        price.register: price
        for price in contract.prices
        if price.direction is direction and price.unit == ENERGY_PRICE
    }
    return next((prices[each] for each in (name, "single", MARGIN) if each in prices), None)


def _length(unit: str, day: date) -> int | None:
    """Return how many days share a fee."""
    match unit:
        case "EUR/month":
            first = day.replace(day=1)
            return (add_months(first, 1) - first).days
        case "EUR/year":
            return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        case _:
            return None


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
