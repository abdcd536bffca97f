"""Archives invoices a few at a time, the oldest first: they are the first to leave the portal."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ..const import CONF_ARCHIVE, DOMAIN, LOGGER
from ..portal.errors import PortalCapabilityError, PortalError, PortalUnexpectedAnswerError
from ..portal.model import Capability, Invoice
from . import issues
from .archive import Record
from .coordinator import AccountCoordinator
from .feeds import LOST_RETRY, Feed

# PDFs after each poll. Three years of a household's bills are there within a few weeks.
AT_A_TIME: Final = 2
# Of the day's requests, these are left to the polls.
RESERVE: Final = 5


def is_archiving(coordinator: AccountCoordinator) -> bool:
    """Whether the user wants an archive."""
    return bool(coordinator.config_entry.options.get(CONF_ARCHIVE))


def records(coordinator: AccountCoordinator) -> Iterator[Record]:
    """Yield what the portal tells about each invoice, oldest first."""
    if (statement := coordinator.data.statement) is not None:
        for invoice in sorted(statement.invoices, key=lambda each: each.issued):
            paid = (each for each in statement.payments if each.invoice_number == invoice.number)
            yield Record(invoice=invoice, payments=tuple(paid))


def missing(coordinator: AccountCoordinator) -> list[Invoice]:
    """Return the invoices whose PDF the portal has and the archive has not, oldest first."""
    if Capability.DOCUMENTS not in coordinator.portal.capabilities:
        return []
    archive, statement = coordinator.documents.archive, coordinator.data.statement
    invoices = () if statement is None else statement.invoices
    return [
        each
        for each in sorted(invoices, key=lambda each: each.issued)
        if each.document_id is not None and archive.document(each) is None
    ]


class Archivist:
    """Archives what is new after each poll.

    A document that the portal does not hand out is asked for again a week later; a portal that
    hands out none at all is left alone for as long.
    """

    def __init__(self, coordinator: AccountCoordinator) -> None:
        """Know of no trouble."""
        self._coordinator = coordinator
        self._refused: dict[str, datetime] = {}
        self._seen: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    @callback
    def async_polled(self) -> None:
        """Archive what the portal may have told anew, in the background."""
        coordinator = self._coordinator
        read = coordinator.data.fetched.get(Feed.STATEMENT)
        is_busy = self._task is not None and not self._task.done()
        if read is not None and read != self._seen and not is_busy:
            self._seen = read
            self._task = coordinator.config_entry.async_create_background_task(
                coordinator.hass, self._async_archive(), f"{DOMAIN} archive"
            )

    async def _async_archive(self) -> None:
        coordinator = self._coordinator
        try:
            await self._async_keep_data()
            await self._async_keep_documents()
        except OSError as err:
            LOGGER.debug("The archive cannot be written: %s", err.strerror)
            issues.async_report_archive(coordinator.hass, coordinator.config_entry, is_failed=True)
        else:
            issues.async_report_archive(coordinator.hass, coordinator.config_entry, is_failed=False)
        coordinator.async_update_listeners()

    async def _async_keep_data(self) -> None:
        """Keep what is known without asking: it costs the portal nothing."""
        archive = self._coordinator.documents.archive
        told = list(records(self._coordinator))

        def keep() -> None:
            for record in told:
                archive.keep(record)

        await self._coordinator.hass.async_add_executor_job(keep)

    async def _async_keep_documents(self) -> None:
        """Keep the next few PDFs, as far as the portal may be asked for them."""
        coordinator, now = self._coordinator, dt_util.utcnow()
        archive = coordinator.documents.archive
        told = {each.invoice.number: each for each in records(coordinator)}
        wanted = [
            each
            for each in missing(coordinator)
            if now - self._refused.get(each.number, now - LOST_RETRY) >= LOST_RETRY
        ]
        for invoice in wanted[:AT_A_TIME]:
            if coordinator.portal.session.politeness.requests_left <= RESERVE:
                return
            try:
                document = await coordinator.documents.async_fetch(invoice, interactive=False)
            except PortalCapabilityError, PortalUnexpectedAnswerError:
                self._refused[invoice.number] = now
                if not any(each.document for each in archive.invoices.values()):
                    self._refused |= dict.fromkeys((each.number for each in wanted), now)
                    return
            except PortalError as err:
                LOGGER.debug("Nothing more is archived for now: %s", err)
                return
            else:
                await coordinator.hass.async_add_executor_job(
                    archive.keep, told[invoice.number], document
                )


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Archive after each poll, if the user wants that."""
    if not is_archiving(coordinator):
        issues.async_report_archive(coordinator.hass, coordinator.config_entry, is_failed=False)
        return
    archivist = Archivist(coordinator)
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(archivist.async_polled))
    archivist.async_polled()
