"""An account's documents, wherever they are: in the archive, at the portal, or made by us."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
import secrets
from typing import Final

from homeassistant.core import HomeAssistant

from ..billing.documents.names import stem, token
from ..portal.base import Portal
from ..portal.errors import PortalUnexpectedAnswerError
from ..portal.model import Account, Capability, Invoice, Statement
from .archive import Archive

PDF: Final = "application/pdf"
EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES: Final = {".pdf": PDF, ".xlsx": EXCEL}
# A reader that asks for a document in parts, or twice, does not make us ask the portal twice.
MOST_HELD: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that can be opened.

    Attributes:
        name: Of its file.
        content: The document itself, or where it is.
        content_type: What it is.
    """

    name: str
    content: bytes | Path
    content_type: str = PDF


class Documents:
    """Finds documents by tokens, which tell nothing and are no paths.

    Attributes:
        archive: The account's folder.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        portal: Portal,
        account: Account,
        archive: Archive,
        statement: Callable[[], Statement | None],
    ) -> None:
        """Find documents in a loaded archive, and at the portal what its statement names."""
        self._hass = hass
        self._portal = portal
        self._account = account
        self._statement = statement
        self.archive = archive
        self._held: OrderedDict[str, Document] = OrderedDict()
        self._coming: dict[str, asyncio.Task[bytes]] = {}

    def invoices(self) -> dict[str, Invoice]:
        """Return the invoices whose document can be had, by token, newest first."""
        found = {
            key: each.record.invoice
            for key, each in self.archive.invoices.items()
            if each.document is not None
        }
        statement = self._statement()
        if statement is not None and Capability.DOCUMENTS in self._portal.capabilities:
            found |= {
                token(each.number): each
                for each in statement.invoices
                if each.document_id is not None
            }
        newest = sorted(found.items(), key=lambda item: item[1].issued, reverse=True)
        return dict(newest)

    def hold(self, document: Document) -> str:
        """Hold a document for a while in memory alone, and return what it can be asked for by."""
        key = secrets.token_hex(16)
        self._hold(key, document)
        return key

    async def async_open(self, key: str) -> Document | None:
        """Return a document; None when there is no such.

        Raises:
            PortalError: the portal does not hand it out.
        """
        if (held := self._held.get(key)) is not None:
            return held
        if (path := self.archive.statements.get(key)) is not None:
            return Document(name=path.name, content=path, content_type=CONTENT_TYPES[path.suffix])
        if (invoice := self.invoices().get(key)) is None:
            return None
        archived = self.archive.document(invoice)
        if archived is not None:
            return Document(name=archived.name, content=archived)
        document = Document(name=f"{stem(invoice)}.pdf", content=await self.async_fetch(invoice))
        self._hold(key, document)
        return document

    async def async_fetch(self, invoice: Invoice, *, interactive: bool = True) -> bytes:
        """Ask the portal for an invoice's PDF; many who ask at once cause one request.

        Args:
            invoice: One with a document.
            interactive: Whether a person waits for it, whom no budget turns away.

        Raises:
            PortalError: the portal does not hand it out.
        """
        key = token(invoice.number)
        if (task := self._coming.get(key)) is None:
            task = self._hass.async_create_task(
                self._portal.async_document(self._account, invoice, interactive=interactive)
            )
            self._coming[key] = task
            task.add_done_callback(lambda _: self._coming.pop(key))
        # Who closes the browser does not stop those who wait for the same.
        body = await asyncio.shield(task)
        if not body.startswith(b"%PDF-"):
            raise PortalUnexpectedAnswerError("document", "this is no PDF")
        return body

    def _hold(self, key: str, document: Document) -> None:
        self._held[key] = document
        if len(self._held) > MOST_HELD:
            self._held.popitem(last=False)


async def async_documents(
    hass: HomeAssistant,
    portal: Portal,
    account: Account,
    folder: str,
    statement: Callable[[], Statement | None],
) -> Documents:
    """Return an account's documents, after a look into its folder.

    Args:
        hass: Home Assistant.
        portal: The portal.
        account: Whose documents.
        folder: Name of the account's folder; it must not tell who the customer is.
        statement: Returns what the portal told last.
    """
    media = hass.config.media_dirs
    root = media.get("local") or next(iter(media.values()), hass.config.path("media"))
    archive = Archive(Path(root, "lumme_energy", folder))
    await hass.async_add_executor_job(archive.load)
    return Documents(hass, portal, account, archive, statement)
