"""Keeps one customer's data up to date, politely, and says what stands in the way."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta, tzinfo
import random
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..billing.contacts import Contact, contact
from ..billing.imported import FileContent
from ..billing.reminders import Excess
from ..const import (
    CONF_ACCOUNT_ID,
    CONF_PORTAL_ADDRESS,
    CONF_SEGMENT,
    CONF_SUPPLIER,
    DOMAIN,
    LOGGER,
)
from ..portal.base import Portal
from ..portal.errors import (
    PortalAuthenticationError,
    PortalBudgetError,
    PortalCapabilityError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from ..portal.model import Account, Capability, Segment
from ..portal.suppliers import SUPPLIERS, Supplier, SupplierInfo
from . import issues
from .documents import Documents
from .facts import StatementFacts, SupplyPointFacts, excess_fee
from .feeds import (
    FEEDS,
    POLL_INTERVAL,
    POLL_JITTER,
    SHARED_POLL_INTERVAL,
    AccountData,
    Feed,
    Task,
    fetch,
    hopeful,
    is_due,
    missing,
    stale_feeds,
    tasks,
    with_files,
)
from .login import siblings
from .money import Money
from .outbox import Outbox
from .store import AccountStore

if TYPE_CHECKING:
    from .readings.desk import ReadingDesk

# Pause after the nth poll in a row that met a portal in trouble: an outage of a day costs six.
FAILURE_PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (15, 60, 240, 480))

type AccountConfigEntry = ConfigEntry[AccountCoordinator]


def supplier_of(data: Mapping[str, Any]) -> SupplierInfo:
    """Return the supplier of an entry; without a portal it is called what the user calls it."""
    supplier = SUPPLIERS[Supplier(data[CONF_SUPPLIER])]
    name = data.get(CONF_NAME)
    return supplier if name is None else replace(supplier, name=name, portal_name=name)


class AccountCoordinator(DataUpdateCoordinator[AccountData]):
    """Reads the feeds that are due, each for itself.

    A feed that fails keeps its last good data; entities live on those, not on the last poll.
    """

    config_entry: AccountConfigEntry
    account_device_id: str
    documents: Documents
    readings: ReadingDesk

    def __init__(
        self,
        hass: HomeAssistant,
        entry: AccountConfigEntry,
        portal: Portal,
        store: AccountStore,
        outbox: Outbox,
        zone: tzinfo,
    ) -> None:
        """Start from what the store remembers.

        Args:
            hass: Home Assistant.
            entry: The supplier account.
            portal: Shared with the other customers of the log-in.
            store: Loaded.
            outbox: Loaded.
            zone: Where the supplier's days begin.
        """
        self.supplier = supplier_of(entry.data)
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=self.supplier.portal_name,
            update_interval=POLL_INTERVAL,
        )
        self.store = store
        self.data = store.data or AccountData()
        self.account = Account(account_id=entry.data[CONF_ACCOUNT_ID])
        self.portal = portal
        self.outbox = outbox
        self.zone = zone
        self.money = Money(known=False)
        self.changed: dict[str, str] = {}
        self._failures = 0
        self._troubled: set[str] = set()
        self._wanted: set[str] = set()
        self._reads: Counter[str] = Counter()
        self._polling = asyncio.Lock()

    @property
    def manufacturer(self) -> str:
        """The supplier's name; a stand-in is never presented as the supplier."""
        stand_in = CONF_PORTAL_ADDRESS in self.config_entry.data
        return f"{self.supplier.name} (demo)" if stand_in else self.supplier.name

    @property
    def segment(self) -> Segment:
        """Which of the supplier's customers this is; no portal tells."""
        return Segment(self.config_entry.options.get(CONF_SEGMENT, Segment.PRIVATE))

    @property
    def contact(self) -> Contact:
        """Where the customer turns with what cannot be done online."""
        return contact(Supplier(self.config_entry.data[CONF_SUPPLIER]), self.segment)

    @property
    def offered(self) -> frozenset[Capability]:
        """What the portal offers, as far as it has not turned out otherwise."""
        return self.portal.capabilities - self.data.lost_capabilities

    @property
    def today(self) -> date:
        """The supplier's local date."""
        return dt_util.utcnow().astimezone(self.zone).date()

    @property
    def statement(self) -> StatementFacts | None:
        """Facts about bills and payments; None when the portal does not tell."""
        return None if self.data.statement is None else StatementFacts(self.data.statement)

    @property
    def excess_fee(self) -> Excess | None:
        """The reminder fee that is most above its limit. Businesses have no such limits."""
        if self.segment is Segment.BUSINESS:
            return None
        return excess_fee(self.data, self.supplier.country, self.today)

    def supply_point(self, gsrn: str) -> SupplyPointFacts | None:
        """Facts about a supply point; None when the customer does not have it any more."""
        for point in self.data.supply_points or ():
            if point.gsrn == gsrn:
                return SupplyPointFacts.of(self.data, point, self.today, self.zone)
        return None

    @callback
    def async_report_issues(self) -> None:
        """Raise what the user should know, and take back what is over."""
        now = dt_util.utcnow()
        issues.async_report(
            self.hass,
            self.config_entry,
            self.supplier.portal_name,
            changed=sorted(set(self.changed.values())),
            lost=sorted(self.data.lost_capabilities),
            stale=stale_feeds(self.data, now),
            fee=self.excess_fee,
        )

    async def async_import(self, content: FileContent, digest: str) -> None:
        """Take over what a file tells, remember that it was read, and show it."""
        async with self._polling:
            self.data = replace(
                self.data, imported=self.data.imported.with_content(content, digest)
            )
            await self._keep()

    async def async_check_again(self, capability: Capability) -> bool:
        """Ask for lost capabilities now instead of next week; return whether this one is back."""
        self.data = hopeful(self.data, dt_util.utcnow())
        await self.async_refresh()
        return capability not in self.data.lost_capabilities

    def want(self, feed: Feed) -> None:
        """Have the next poll read a feed, due or not."""
        self._wanted.update(task.key for task in tasks(feed, self.data))

    async def async_reread(self, feed: Feed) -> bool:
        """Read a feed now, due or not; return whether that was possible."""
        before = {task.key: self._reads[task.key] for task in tasks(feed, self.data)}
        self.want(feed)
        await self.async_refresh()
        return all(self._reads[key] > reads for key, reads in before.items())

    @override
    async def _async_update_data(self) -> AccountData:
        """Read what is due, one poll after the other."""
        async with self._polling:
            return await self._poll()

    async def _poll(self) -> AccountData:
        """Read what is due, until the portal is found to be in trouble."""
        interval = SHARED_POLL_INTERVAL if siblings(self.hass, self.config_entry) else POLL_INTERVAL
        self.update_interval = interval + POLL_JITTER * random.uniform(-1, 1)  # noqa: S311
        tried: set[str] = set()
        try:
            while (task := self._next(tried)) is not None:
                tried.add(task.key)
                self._troubled.add(task.key)
                await self._run(task)
                self._troubled.remove(task.key)
        except PortalAuthenticationError as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN,
                translation_key="authentication_failed",
                translation_placeholders={"portal": self.supplier.portal_name},
            ) from err
        except PortalUnavailableError as err:
            is_answered = not self._failures or len(tried) > 1
            is_fine = isinstance(err, PortalBudgetError) and is_answered
            if not is_fine or self.data.supply_points is None:
                raise UpdateFailed(
                    translation_domain=DOMAIN,
                    translation_key="portal_unavailable",
                    translation_placeholders={"portal": self.supplier.portal_name},
                    retry_after=self._pause(err.retry_after),
                ) from err
            # Our own promise stands in the way, not the portal: the rest is read when it may be.
            LOGGER.debug("%s has been asked enough for today", self.name)
            self._troubled.clear()
            self.update_interval = timedelta(seconds=err.retry_after or 0) + POLL_JITTER
        finally:
            await self._keep()
        self._failures = 0
        if self.data.supply_points is None:
            # Only at the very first start. Waiting does not help: Home Assistant would log in anew
            # for every retry.
            raise ConfigEntryError(
                translation_domain=DOMAIN,
                translation_key="portal_changed",
                translation_placeholders={"portal": self.supplier.portal_name},
            )
        return self.data

    def _next(self, tried: set[str]) -> Task | None:
        """Return what to read next, if anything is due that was not tried in this poll.

        What somebody waits for comes first. What met trouble the last time comes last, lest it keep
        the others waiting.
        """
        offered = self.portal.capabilities
        due = (
            task
            for feed, info in FEEDS.items()
            if info.capability is None or info.capability in offered
            for task in tasks(feed, self.data)
            if task.key not in tried
            and (task.key in self._wanted or is_due(task, self.data, dt_util.utcnow()))
        )
        return min(
            due,
            key=lambda task: (task.key not in self._wanted, task.key in self._troubled),
            default=None,
        )

    async def _run(self, task: Task) -> None:
        """Read one thing; that it cannot be read is its own affair."""
        now = dt_util.utcnow()
        is_wanted = task.key in self._wanted
        awaited = self.portal.session.politeness.awaited() if is_wanted else nullcontext()
        try:
            with awaited:
                self.data = await fetch(
                    self.portal, self.account, task, self.data, now=now, today=self.today
                )
        except PortalCapabilityError as err:
            LOGGER.debug("%s", err)
            self._wanted.discard(task.key)
            self.data = missing(task, self.data, now)
        except PortalUnexpectedAnswerError as err:
            self._wanted.discard(task.key)
            if task.key not in self.changed:
                LOGGER.warning("%s has changed: %s", self.name, err)
            self.changed[task.key] = err.call
            return
        else:
            self._wanted.discard(task.key)
            self._reads[task.key] += 1
        self._join_files()
        self.changed.pop(task.key, None)

    async def _keep(self) -> None:
        """Save what was read, however far the poll got, and show it."""
        self._join_files()
        self.store.data = self.data
        await self.store.async_save()
        if self.data.supply_points is not None:
            self._remove_vanished_devices()
            self.async_report_issues()
        # A poll that fails like the one before tells its listeners nothing by itself.
        self.async_update_listeners()

    def _join_files(self) -> None:
        """Lay what came as files beside what the portal tells."""
        if self.data.supply_points is not None:
            has_portal = self.supplier.has_portal
            self.data = with_files(self.data, self.today, has_portal=has_portal)

    def _pause(self, asked: float | None) -> float:
        """Return for how many seconds to leave the portal alone: what it asked for, or longer."""
        pause = FAILURE_PAUSES[min(self._failures, len(FAILURE_PAUSES) - 1)].total_seconds()
        self._failures += 1
        return max(asked or 0.0, pause) * random.uniform(1.0, 1.1)  # noqa: S311

    @callback
    def _remove_vanished_devices(self) -> None:
        """Remove the devices of supply points that the customer does not have any more."""
        registry = dr.async_get(self.hass)
        entry = self.config_entry
        present = {(DOMAIN, str(entry.unique_id))} | {
            (DOMAIN, point.gsrn) for point in self.data.supply_points or ()
        }
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id):
            if not device.identifiers & present:
                registry.async_remove_device(device.id)
