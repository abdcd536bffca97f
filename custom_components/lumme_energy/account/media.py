"""An account's documents in the media browser: invoices, credit notes and statements by year."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, override

from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
    generate_media_source_id,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..billing.invoices import is_credit_note
from ..const import CONF_KIND, DOMAIN, KIND_ACCOUNT
from ..portal.errors import PortalError
from ..portal.model import Invoice
from .coordinator import AccountCoordinator
from .document_view import loaded_account, signed
from .documents import CONTENT_TYPES, PDF
from .errors import document_error
from .written import written_day, written_money

INVOICES: Final = "invoices"
CREDIT_NOTES: Final = "credit_notes"
STATEMENTS: Final = "statements"
LIFETIME: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A document in a folder."""

    key: str
    year: str
    title: str
    content_type: str = PDF


def content_id(coordinator: AccountCoordinator, invoice: Invoice, key: str) -> str:
    """Return where the media browser has an invoice."""
    folder = CREDIT_NOTES if is_credit_note(invoice) else INVOICES
    return _id(coordinator, folder, str(invoice.issued.year), key)


def statement_id(coordinator: AccountCoordinator, key: str) -> str:
    """Return where the media browser has a statement."""
    year = coordinator.documents.archive.statements[key].name[:4]
    return _id(coordinator, STATEMENTS, year, key)


def _id(coordinator: AccountCoordinator, *parts: str) -> str:
    return generate_media_source_id(DOMAIN, "/".join((coordinator.config_entry.entry_id, *parts)))


def _invoices(coordinator: AccountCoordinator, *, credit_notes: bool) -> Iterator[Leaf]:
    language = coordinator.hass.config.language
    for key, invoice in coordinator.documents.invoices().items():
        if is_credit_note(invoice) is credit_notes:
            day = written_day(invoice.issued, language)
            amount = written_money(invoice.amount, invoice.currency, language)
            yield Leaf(
                key=key,
                year=str(invoice.issued.year),
                title=f"{day} · {amount} · {invoice.number}",
            )


def _statements(coordinator: AccountCoordinator) -> Iterator[Leaf]:
    found = coordinator.documents.archive.statements.items()
    for key, path in sorted(found, key=lambda item: item[1].name, reverse=True):
        yield Leaf(
            key=key,
            year=path.name[:4],
            title=path.name,
            content_type=CONTENT_TYPES[path.suffix],
        )


FOLDERS: Final[dict[str, Callable[[AccountCoordinator], Iterator[Leaf]]]] = {
    INVOICES: lambda coordinator: _invoices(coordinator, credit_notes=False),
    CREDIT_NOTES: lambda coordinator: _invoices(coordinator, credit_notes=True),
    STATEMENTS: _statements,
}


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return the documents of all accounts."""
    return DocumentSource(hass)


class DocumentSource(MediaSource):
    """Documents by account, kind and year. An identifier names tokens, never a path."""

    name = "Lumme Energy"

    def __init__(self, hass: HomeAssistant) -> None:
        """Serve the accounts of Home Assistant."""
        super().__init__(DOMAIN)
        self.hass = hass

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return a folder and what is in it."""
        parts = item.identifier.split("/") if item.identifier else []
        if not parts:
            return _folder("", self.name, {each.entry_id: each.title for each in self._accounts()})
        coordinator = loaded_account(self.hass, parts[0])
        if coordinator is None or not {*parts[1:2]} <= FOLDERS.keys():
            raise BrowseError(translation_domain=DOMAIN, translation_key="document_unknown")
        titles = await self._titles()
        match parts:
            case [_]:
                filled = (name for name, leaves in FOLDERS.items() if any(leaves(coordinator)))
                return _folder(
                    item.identifier,
                    coordinator.config_entry.title,
                    {name: titles[name] for name in filled},
                )
            case [_, name]:
                years = sorted({leaf.year for leaf in FOLDERS[name](coordinator)}, reverse=True)
                return _folder(item.identifier, titles[name], dict(zip(years, years, strict=True)))
            case [_, name, year]:
                leaves = (leaf for leaf in FOLDERS[name](coordinator) if leaf.year == year)
                return _year(item.identifier, year, leaves)
        raise BrowseError(translation_domain=DOMAIN, translation_key="document_unknown")

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return a signed address. The portal is asked now, so that its trouble is told in words.

        Raises:
            Unresolvable: there is no such document, or the portal does not hand it out.
        """
        entry_id, _, rest = item.identifier.partition("/")
        key = rest.rpartition("/")[2]
        coordinator = loaded_account(self.hass, entry_id)
        document = None
        if coordinator is not None:
            try:
                document = await coordinator.documents.async_open(key)
            except PortalError as err:
                why = document_error(coordinator, err)
                raise Unresolvable(
                    translation_domain=DOMAIN,
                    translation_key=why.translation_key,
                    translation_placeholders=why.translation_placeholders,
                ) from err
        if coordinator is None or document is None:
            raise Unresolvable(translation_domain=DOMAIN, translation_key="document_unknown")
        path = document.content if isinstance(document.content, Path) else None
        return PlayMedia(signed(coordinator, key, LIFETIME), document.content_type, path=path)

    def _accounts(self) -> Iterator[ConfigEntry[Any]]:
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            if entry.data[CONF_KIND] == KIND_ACCOUNT:
                yield entry

    async def _titles(self) -> dict[str, str]:
        """Return what the folders are called."""
        texts = await async_get_translations(
            self.hass, self.hass.config.language, "common", {DOMAIN}
        )
        return {name: texts[f"component.{DOMAIN}.common.document_{name}"] for name in FOLDERS}


def _folder(identifier: str, title: str, children: Mapping[str, str]) -> BrowseMediaSource:
    """Return a folder whose children, by the last part of their identifiers, are folders too."""
    folder = BrowseMediaSource(
        domain=DOMAIN,
        identifier=identifier,
        media_class=MediaClass.DIRECTORY,
        media_content_type="",
        title=title,
        can_play=False,
        can_expand=True,
        children_media_class=MediaClass.DIRECTORY,
    )
    folder.children = [
        _folder(f"{identifier}/{name}".lstrip("/"), child, {}) for name, child in children.items()
    ]
    return folder


def _year(identifier: str, title: str, leaves: Iterable[Leaf]) -> BrowseMediaSource:
    """Return a folder of documents."""
    folder = _folder(identifier, title, {})
    folder.children_media_class = MediaClass.URL
    folder.children = [
        BrowseMediaSource(
            domain=DOMAIN,
            identifier=f"{identifier}/{leaf.key}",
            media_class=MediaClass.URL,
            media_content_type=leaf.content_type,
            title=leaf.title,
            can_play=True,
            can_expand=False,
        )
        for leaf in leaves
    ]
    return folder
