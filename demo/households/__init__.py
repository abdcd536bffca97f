"""The truth about the demo's customers, before any portal has put it into its wire format.

Told in the integration's own neutral types, so that a test can lay what an adapter read beside
what it should have read. Everything follows from the given day alone; nothing is random.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from custom_components.lumme_energy.portal.model import (
    Account,
    Benefit,
    ConsumptionSlot,
    Contract,
    DepositPlan,
    MeterReading,
    PriceOffer,
    ReadingWindow,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)

# (gsrn, start, end, resolution) -> the slots that lie in [start, end), both aware, oldest first.
type Consumption = Callable[[str, datetime, datetime, Resolution], tuple[ConsumptionSlot, ...]]

# The household as it stands on a day of its own country.
type HouseholdOn = Callable[[date], Household]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer (Lumme) or business partner (Luminus) of a log-in.

    Only the bills tell who gets them, the `recipient`, and how much of them is `vat_percent`.
    """

    account: Account
    supply_points: tuple[SupplyPoint, ...]
    contracts: tuple[Contract, ...]
    statement: Statement
    consumption: Consumption = field(repr=False)
    deposits: tuple[DepositPlan, ...] = ()
    readings: tuple[MeterReading, ...] = ()
    reading_windows: tuple[ReadingWindow, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    settings: Settings = field(default_factory=Settings)
    recipient: str = "Demo"
    vat_percent: Decimal = Decimal("25.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Who logs in, and everything the portal then shows; `offers` it shows to anybody."""

    username: str
    password: str
    customers: tuple[Customer, ...]
    offers: tuple[PriceOffer, ...] = ()
