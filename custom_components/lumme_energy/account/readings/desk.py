"""The desk at which an account's readings are planned, judged, sent in, and asked about."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from homeassistant.core import CALLBACK_TYPE, callback

from ...portal.outbox import WriteRecord
from ...readings.plan import Plan
from ...readings.plausibility import Finding, Rule
from ...readings.schedule import Due
from ..coordinator import AccountCoordinator
from ..meter_link import MeterLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A reading, as it was sent or would be, and what is odd about it.

    Attributes:
        plan: How it stands. After a dry run it is on no list.
        findings: In the order of `Rule`; those that block are why it is held.
    """

    plan: Plan
    findings: tuple[Finding, ...]


class ReadingDesk:
    """All readings of an account that are to be sent in, or were.

    Attributes:
        plans: All that is remembered, oldest first.
    """

    plans: tuple[Plan, ...]

    def __init__(self, coordinator: AccountCoordinator) -> None:
        """Know nothing yet."""
        self.plans = ()

    @property
    def is_offered(self) -> bool:
        """Whether the portal takes readings."""
        raise NotImplementedError

    def link(self, gsrn: str) -> MeterLink | None:
        """Return the meter of a supply point whose readings are sent in; None where none is."""
        raise NotImplementedError

    def latest(self, gsrn: str) -> Plan | None:
        """Return the newest reading of a supply point that the supplier has accepted."""
        raise NotImplementedError

    def next_due(self, gsrn: str) -> Due | None:
        """Return when the next reading of a supply point is taken; None where none is foreseen."""
        raise NotImplementedError

    def problem(self, gsrn: str) -> Plan | None:
        """Return the newest reading of a supply point if it is held, refused or expired."""
        raise NotImplementedError

    def findings(self, plan_id: str) -> tuple[Finding, ...]:
        """Return what was odd about a reading when it was last looked at."""
        raise NotImplementedError

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have it told whenever a plan has changed."""
        raise NotImplementedError

    async def async_submit(
        self,
        gsrn: str,
        *,
        values: Mapping[str, Decimal] | None = None,
        day: date | None = None,
        override: Collection[Rule] = (),
        dry_run: bool,
        user_id: str | None,
    ) -> Judged:
        """Send a reading in now, in place of the customer's own of the same day if there is one.

        Args:
            gsrn: A supply point; without `values` it needs a link.
            values: Whole indexes by register; None reads the linked meter.
            day: The supplier's local day that they are of; None is today. Other days need values.
            override: What the user has seen and wants to have sent all the same.
            dry_run: Whether it is only judged.
            user_id: Who asked; None for an automation.

        Returns:
            How it stands now: accepted, refused, held for the user to decide on, or still on its
            way, to which it is brought on by itself.

        Raises:
            ServiceValidationError: another reading is on its way, there is nothing to send, or the
                portal takes none.
            HomeAssistantError: the portal could not be asked what it has (dry run).
        """
        raise NotImplementedError

    async def async_delete(
        self, gsrn: str, day: date, *, dry_run: bool, user_id: str | None
    ) -> WriteRecord | None:
        """Have the newest reading of a supply point deleted, if it is the customer's own.

        Returns:
            The record of the deletion; None after a dry run, or if it is gone already.

        Raises:
            ServiceValidationError: it may not be deleted, or another reading is on its way.
            HomeAssistantError: it was not deleted, or nobody knows yet.
        """
        raise NotImplementedError

    async def async_release(self, plan_id: str, override: Collection[Rule] = ()) -> None:
        """Send a held reading after all; the first one of a link confirms that link."""
        raise NotImplementedError

    async def async_skip(self, plan_id: str) -> None:
        """Do not send a reading that is due or held."""
        raise NotImplementedError

    async def async_meter_changed(self, plan_id: str) -> None:
        """Take a held reading for one of a new meter, that begins where it likes."""
        raise NotImplementedError
