"""What both demo portals are: a web server on the loopback interface with faults to switch on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from aiohttp import web

from .changes import Changes
from .faults import Faults, Requests
from .households import Household, HouseholdOn


class DemoPortal(ABC):
    """A stand-in for a supplier's portal.

    Attributes:
        faults: Switch them on to see how callers fare.
        requests: What has been asked of it.
        changes: What its customers have changed.
    """

    zone: ClassVar[ZoneInfo]
    lost_status: ClassVar[int]
    words: ClassVar[Collection[str]]

    def __init__(
        self, household: HouseholdOn, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Show a household as it stands on the clock's day."""
        self._household = household
        self.clock = clock
        self.requests = Requests()
        self.changes = Changes()
        self.faults = Faults(
            self.requests,
            expire=self.expire_sessions,
            lost_status=self.lost_status,
            words=self.words,
        )
        self._runner: web.AppRunner | None = None

    @property
    def today(self) -> date:
        """The supplier's local date."""
        return self.clock().astimezone(self.zone).date()

    @property
    def household(self) -> Household:
        """The truth of today, with what the customers have changed."""
        truth = self._household(self.today)
        return replace(
            truth, customers=tuple(self.changes.applied(customer) for customer in truth.customers)
        )

    async def start(self, port: int = 0) -> str:
        """Listen on the loopback interface and return the base URL.

        Raises:
            OSError: the port is taken.
        """
        app = web.Application()
        self.faults.add_routes(app)
        self._add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        _, bound = self._runner.addresses[0]
        return f"http://127.0.0.1:{bound}"

    async def stop(self) -> None:
        """End what `start` began."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @abstractmethod
    def expire_sessions(self) -> None:
        """Forget everybody who is logged in."""

    @abstractmethod
    def _add_routes(self, app: web.Application) -> None:
        """Add the portal's own pages and calls."""
