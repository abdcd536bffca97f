"""The one door behind which each supplier's portal stands."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

import aiohttp

from .model import (
    Account,
    Benefit,
    Capability,
    ConsumptionSlot,
    Contract,
    Delivery,
    DepositChange,
    DepositPlan,
    DirectDebit,
    ExportFormat,
    Invoice,
    MeterReading,
    PriceOffer,
    ReadingSubmission,
    ReadingWindow,
    Resolution,
    Settings,
    Statement,
    SupplyPoint,
)
from .politeness import Politeness
from .session import Call, Credentials, PortalSession
from .wire import Drift


class Portal(ABC):
    """One customer's log-in at one supplier's portal.

    Every method may raise any `PortalError` but `PortalRefusedError`, which only writes raise.
    A method whose capability is not in `capabilities` is never called.

    Attributes:
        capabilities: What the portal offers.
        unconfirmed: The subset whose calls no public source confirms: they may not exist.
        time_zone: Where the supplier's days begin.
        lost_statuses: HTTP statuses by which the portal says that the session is gone.
        session: The conversation with the portal.
        drift: Names in its answers that we do not know.
    """

    capabilities: ClassVar[frozenset[Capability]]
    unconfirmed: ClassVar[frozenset[Capability]]
    time_zone: ClassVar[str]
    lost_statuses: ClassVar[frozenset[int]]

    def __init__(
        self,
        http: aiohttp.ClientSession,
        credentials: Credentials,
        politeness: Politeness,
        *,
        address: str | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Prepare to talk; nothing is sent yet.

        Args:
            http: Owns its cookie jar (see `session.new_cookie_jar`); used by this log-in alone.
            credentials: The customer's.
            politeness: How often we may knock.
            address: Base URL of a stand-in portal; None is the supplier's own.
            sleep: Waits between tries.
        """
        self.drift = Drift()
        self.session = PortalSession(
            http,
            credentials,
            politeness,
            log_in=self._log_in,
            decorate=self._decorate,
            lost_statuses=self.lost_statuses,
            sleep=sleep,
        )

    @property
    def today(self) -> date:
        """The supplier's local date."""
        now = self.session.politeness.now()
        return datetime.fromtimestamp(now, ZoneInfo(self.time_zone)).date()

    @abstractmethod
    async def _log_in(self) -> None:
        """Log in with the session's credentials.

        Raises:
            PortalAuthenticationError: the portal itself says that they are wrong.
        """

    def _decorate(self, call: Call) -> Call:
        """Add to an authenticated call what the portal wants beside its cookies."""
        return call

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

    async def async_document(
        self, account: Account, invoice: Invoice, *, interactive: bool = True
    ) -> bytes:
        """Return the PDF of an invoice or credit note.

        Args:
            account: Whose.
            invoice: One with a document.
            interactive: Whether a person waits for it, whom no budget turns away.
        """
        raise NotImplementedError

    async def async_deposits(self, account: Account) -> tuple[DepositPlan, ...]:
        """Return the deposit plan of each supply point that has one."""
        raise NotImplementedError

    async def async_readings(
        self, account: Account, supply_points: Sequence[SupplyPoint]
    ) -> tuple[MeterReading, ...]:
        """Return the register readings the supplier has, newest first."""
        raise NotImplementedError

    async def async_reading_windows(
        self, account: Account, supply_points: Sequence[SupplyPoint]
    ) -> tuple[ReadingWindow, ...]:
        """Return when the supplier asks for readings, soonest first; windows past are not there."""
        raise NotImplementedError

    async def async_submit_reading(self, account: Account, submission: ReadingSubmission) -> None:
        """Send the indexes of one day in. It is one reading, however many registers it has.

        Raises:
            PortalRefusedError: its `reason` is a `ReadingRefusal`; nothing was taken.
        """
        raise NotImplementedError

    async def async_delete_reading(self, account: Account, gsrn: str, day: date) -> None:
        """Have the reading deleted that the customer sent in for a day, all its registers.

        Raises:
            PortalRefusedError: its `reason` is a `ReadingRefusal`; the reading is still there.
        """
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

    async def async_set_deposit(self, account: Account, change: DepositChange) -> None:
        """Ask for another deposit.

        Raises:
            PortalRefusedError: its `reason` is a `DepositRefusal` where we know the portal's word.
        """
        raise NotImplementedError

    async def async_settings(self, account: Account) -> Settings:
        """Return how the customer gets and pays bills."""
        raise NotImplementedError

    async def async_set_delivery(self, account: Account, delivery: Delivery) -> None:
        """Have bills sent by e-mail or by post."""
        raise NotImplementedError

    async def async_set_direct_debit(self, account: Account, scope: DirectDebit) -> None:
        """Switch direct debit on. No portal lets a customer switch it off."""
        raise NotImplementedError

    async def async_redeem(self, account: Account, benefit: Benefit) -> None:
        """Take a customer benefit."""
        raise NotImplementedError

    async def async_export(
        self, account: Account, supply_point: SupplyPoint, form: ExportFormat
    ) -> bytes:
        """Return the statement of one supply point as a file."""
        raise NotImplementedError
