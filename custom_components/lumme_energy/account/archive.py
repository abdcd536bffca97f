"""The folder in which an account's documents are kept, in the media folder of Home Assistant.

    lumme_energy/oma_lumme-3f2a9c1b/2026/2026-11-20_26101681.pdf    the supplier's document
                                         2026-11-20_26101681.json   what the portal told about it
                                    statements/2026-11-24_….xlsx

What was written is never changed: when the portal tells something else, that becomes a further file
(`….2.json`). Everything here touches the disk and runs in an executor.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
import json
import os
from pathlib import Path
from typing import Final

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder

from ..billing.documents.names import stem, token
from ..const import LOGGER
from ..portal.model import Invoice, Payment

SCHEMA: Final = 1
STATEMENTS: Final = "statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the portal told about an invoice."""

    invoice: Invoice
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """An invoice in the archive: the newest of its files.

    Attributes:
        record: What was told about it last.
        document: Its PDF.
    """

    record: Record
    document: Path | None = None


_encoder = BasicEncoder(Record)
_decoder = BasicDecoder(Record)


class Archive:
    """An account's folder.

    Attributes:
        folder: Where it is; it is made when something is first kept.
        invoices: What is in it, by the token of the invoice's number.
        statements: The statements in it, by the token of the file's name.
    """

    def __init__(self, folder: Path) -> None:
        """Know nothing yet."""
        self.folder = folder
        self.invoices: dict[str, Archived] = {}
        self.statements: dict[str, Path] = {}

    def load(self) -> None:
        """Look what is there. A file that cannot be read is as if it were not there."""
        for path in sorted(self.folder.glob("[0-9]*/*.json"), key=_version):
            if (record := _read(path)) is not None:
                documents = path.parent.glob(f"{stem(record.invoice)}.*pdf")
                self.invoices[token(record.invoice.number)] = Archived(
                    record=record, document=max(documents, key=_version, default=None)
                )
        for path in (self.folder / STATEMENTS).glob("*.*"):
            if path.suffix in {".pdf", ".xlsx"}:
                self.statements[token(path.name)] = path

    def document(self, invoice: Invoice) -> Path | None:
        """Return an invoice's PDF, if it is the one that the portal has now."""
        known = self.invoices.get(token(invoice.number))
        if known is None or known.record.invoice.document_id != invoice.document_id:
            return None
        return known.document

    def keep(self, record: Record, document: bytes | None = None) -> None:
        """Keep what is known about an invoice, and its PDF.

        Raises:
            OSError: that is not possible; nothing is left half written.
        """
        invoice = record.invoice
        key, folder = token(invoice.number), self.folder / str(invoice.issued.year)
        known = self.invoices.get(key)
        path = None if known is None else known.document
        if document is not None:
            path = _keep(folder, stem(invoice), "pdf", document)
        elif known is not None:
            # Which document the PDF is must not be forgotten.
            kept = replace(invoice, document_id=known.record.invoice.document_id)
            record = replace(record, invoice=kept) if path is not None else record
        if known is None or known.record != record:
            told = {"schema": SCHEMA, **_encoder.encode(record)}
            text = json.dumps(told, indent=2, ensure_ascii=False)
            _keep(folder, stem(invoice), "json", text.encode())
        self.invoices[key] = Archived(record=record, document=path)

    def keep_statement(self, name: str, suffix: str, content: bytes) -> str:
        """Keep a statement and return its token.

        Raises:
            OSError: that is not possible.
        """
        path = _keep(self.folder / STATEMENTS, name, suffix, content)
        key = token(path.name)
        self.statements[key] = path
        return key


def _keep(folder: Path, name: str, suffix: str, content: bytes) -> Path:
    """Write a file under the first name that is free, unless it is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in _names(folder, name, suffix):
        if not path.exists():
            _write(path, content)
            break
        if path.read_bytes() == content:
            break
    return path


def _names(folder: Path, name: str, suffix: str) -> Iterator[Path]:
    yield folder / f"{name}.{suffix}"
    yield from (folder / f"{name}.{version}.{suffix}" for version in count(2))


def _version(path: Path) -> int:
    """Return which of several files of the same name a file is."""
    parts = path.name.split(".")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 1


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, over power cuts too."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


def _read(path: Path) -> Record | None:
    """Read what was told about an invoice; a file may hold anything, and raise anything."""
    try:
        told = json.loads(path.read_bytes())
        return _decoder.decode(told) if told["schema"] == SCHEMA else None
    except Exception:  # noqa: BLE001
        LOGGER.warning("A file in the archive cannot be read and is left out")
        return None
