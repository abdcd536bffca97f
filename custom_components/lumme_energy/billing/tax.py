"""Value added tax on energy, by country and day.

Sources: Finland 10 % from 2022-12-01 to 2023-04-30, 24 % before and after, 25.5 % since 2024-09-01
(Verohallinto); Belgium 6 % for private customers since 2022-03-01 (electricity) and 2022-04-01
(gas), 21 % before and for businesses (SPF Finances).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ..portal.model import Energy, Segment

CENT: Final = Decimal("0.01")
PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class VatTable:
    """Rates in percent, each from a day on, oldest first. Before the first day none is known."""

    rates: tuple[tuple[date, Decimal], ...] = ()

    def percent(self, day: date) -> Decimal | None:
        """Return the rate of a day."""
        place = bisect_right(self.rates, day, key=lambda rate: rate[0])
        return self.rates[place - 1][1] if place else None

    def at(self, price: Decimal, day: date, *, told: date) -> Decimal:
        """Return what a price that was told with one day's VAT is with another's.

        Suppliers pass a change of the VAT on to their customers. Where a rate is not known the
        price is left as it is.
        """
        then, now = self.percent(day), self.percent(told)
        if then is None or now is None or then == now:
            return price
        return price * (PERCENT + then) / (PERCENT + now)


FINLAND: Final = VatTable(
    (
        (date(2013, 1, 1), Decimal(24)),
        (date(2022, 12, 1), Decimal(10)),
        (date(2023, 5, 1), Decimal(24)),
        (date(2024, 9, 1), Decimal("25.5")),
    )
)
BELGIUM: Final = VatTable(((date(2015, 9, 1), Decimal(21)),))
BELGIUM_PRIVATE: Final = {
    Energy.ELECTRICITY: VatTable((*BELGIUM.rates, (date(2022, 3, 1), Decimal(6)))),
    Energy.GAS: VatTable((*BELGIUM.rates, (date(2022, 4, 1), Decimal(6)))),
}


def vat_table(country: str, energy: Energy, segment: Segment) -> VatTable:
    """Return the rates that apply to a customer; an empty table for a country we do not know."""
    match country:
        case "FI":
            return FINLAND
        case "BE":
            return BELGIUM_PRIVATE[energy] if segment is Segment.PRIVATE else BELGIUM
        case _:
            return VatTable()


def cents(amount: Decimal) -> Decimal:
    """Round an amount to cents, halves away from zero, as bills do line by line."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def with_vat(amount: Decimal, percent: Decimal) -> Decimal:
    """Return an amount with its VAT, not rounded."""
    return amount * (PERCENT + percent) / PERCENT


def without_vat(amount: Decimal, percent: Decimal) -> Decimal:
    """Return an amount without its VAT, not rounded."""
    return amount * PERCENT / (PERCENT + percent)


def vat_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return the VAT, in cents, within a line's amount in cents; the rest of it is the net."""
    return amount - cents(without_vat(amount, percent))
