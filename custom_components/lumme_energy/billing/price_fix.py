"""The prices at which a coming quarter can be fixed, and how they have moved since first seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..portal.model import PriceOffer

# By quarter, `2027-Q1`: the price and the day on which it was first seen.
type FirstSeen = Mapping[str, FirstPrice]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPrice:
    """A quarter's price when it was first seen, EUR/kWh including VAT."""

    price: Decimal
    quoted: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A quarter on offer, beside what it cost when it was first seen."""

    offer: PriceOffer
    first: FirstPrice

    @property
    def quarter(self) -> str:
        """The quarter's name."""
        return quarter(self.offer)

    @property
    def change(self) -> Decimal:
        """How much dearer it has become, EUR/kWh; negative is cheaper."""
        return self.offer.price - self.first.price or Decimal(0)  # not 0E-7


def quarter(offer: PriceOffer) -> str:
    """Return a quarter's name, `2027-Q1`. An offer's own id is another every day."""
    return f"{offer.year}-Q{offer.quarter}"


def remember(offers: tuple[PriceOffer, ...], seen: FirstSeen) -> dict[str, FirstPrice]:
    """Return the first prices of what is on offer; quarters that are over are forgotten."""
    return {
        quarter(offer): seen.get(quarter(offer), FirstPrice(price=offer.price, quoted=offer.quoted))
        for offer in offers
    }


def watched(offers: tuple[PriceOffer, ...], seen: FirstSeen, today: date) -> tuple[Watched, ...]:
    """Return the quarters that can still be fixed, the next one first."""
    first = remember(offers, seen)
    return tuple(
        Watched(offer=offer, first=first[quarter(offer)])
        for offer in sorted(offers, key=lambda each: each.start)
        if offer.start > today
    )


def cheapest(quarters: tuple[Watched, ...]) -> Watched | None:
    """Return the quarter that costs least; of equals the nearest."""
    return min(quarters, key=lambda each: each.offer.price, default=None)
