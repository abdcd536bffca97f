"""The one door behind which each supplier's portal stands."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from .model import (
    Account,
    Benefit,
    Capability,
    ConsumptionSlot,
    Contract,
    DepositPlan,
    Invoice,
    MeterReading,
    PriceOffer,
    Resolution,
    Statement,
    SupplyPoint,
)


class Portal(ABC):
    """One customer's log-in at one supplier's portal.

    Every method may raise any `PortalError` but `PortalRefusedError`, which only writes raise.
    A method whose capability is not in `capabilities` is never called.
    """

    capabilities: ClassVar[frozenset[Capability]]
    # The subset whose calls no public source confirms (see docs): they may turn out not to exist.
    unconfirmed: ClassVar[frozenset[Capability]]
    time_zone: ClassVar[str]

    @abstractmethod
    async def async_accounts(self) -> tuple[Account, ...]:
        """Log in if needed and return every customer the log-in may act for."""

    @abstractmethod
    async def async_supply(
        self, account: Account
    ) -> tuple[tuple[SupplyPoint, ...], tuple[Contract, ...]]:
        """Return every supply point and every contract, prices included where known."""

    async def async_statement(self, account: Account) -> Statement:
        """Return up to three years of invoices and payments, and the balance."""
        raise NotImplementedError

    async def async_document(self, account: Account, invoice: Invoice) -> bytes:
        """Return the PDF of an invoice or credit note."""
        raise NotImplementedError

    async def async_deposits(self, account: Account) -> tuple[DepositPlan, ...]:
        """Return the deposit plan of each supply point that has one."""
        raise NotImplementedError

    async def async_readings(
        self, account: Account, supply_points: Sequence[SupplyPoint]
    ) -> tuple[MeterReading, ...]:
        """Return the register readings the supplier has, newest first."""
        raise NotImplementedError

    async def async_consumption(
        self,
        account: Account,
        supply_point: SupplyPoint,
        start: date,
        end: date,
        resolution: Resolution,
    ) -> tuple[ConsumptionSlot, ...]:
        """Return the consumption from `start` up to and including `end`, oldest first.

        Days are the supplier's local days. Slots the portal has no value for yet are absent.
        """
        raise NotImplementedError

    async def async_offers(self) -> tuple[PriceOffer, ...]:
        """Return the quarters whose price can be fixed today. Needs no log-in."""
        raise NotImplementedError

    async def async_benefits(self, account: Account) -> tuple[Benefit, ...]:
        """Return the customer benefits on offer."""
        raise NotImplementedError
