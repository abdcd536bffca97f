"""Tests of an account's folder of documents, on a real disk."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
import json
from pathlib import Path

import pytest

from custom_components.lumme_energy.account.archive import Archive, Record
from custom_components.lumme_energy.billing.documents.names import token
from custom_components.lumme_energy.portal.model import Invoice, InvoiceKind, InvoiceStatus, Payment
from demo.households.belgium import household as belgium
from demo.households.finland import household as finland

TODAY = date(2026, 11, 24)
INVOICE = Invoice(
    number="26101681",
    kind=InvoiceKind.CONSUMPTION,
    issued=date(2026, 11, 20),
    amount=Decimal("45.30"),
    status=InvoiceStatus.OPEN,
    document_id="D1",
)
STEM = "2026/2026-11-20_26101681"
PDF = b"%PDF-1.4 one"


def files(folder: Path) -> list[str]:
    """Return the names of all files."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def again(folder: Path) -> Archive:
    """Return the archive as it is found after a restart."""
    archive = Archive(folder)
    archive.load()
    return archive


def test_nothing_yet(tmp_path: Path) -> None:
    """A folder that does not exist is empty, and looking does not make it."""
    archive = again(tmp_path / "none")
    assert not archive.invoices
    assert not archive.statements
    assert not (tmp_path / "none").exists()


def test_everything_comes_back(tmp_path: Path) -> None:
    """Whatever a portal tells about an invoice can be read from its file."""
    archive = Archive(tmp_path)
    customers = (*belgium(TODAY).customers, *finland(TODAY).customers)
    told = [
        Record(
            invoice=invoice,
            payments=tuple(
                each
                for each in customer.statement.payments
                if each.invoice_number == invoice.number
            ),
        )
        for customer in customers
        for invoice in customer.statement.invoices
    ]
    for record in told:
        archive.keep(record)
    assert [each.record for each in archive.invoices.values()] == told
    found = again(tmp_path).invoices
    assert {key: each.record for key, each in found.items()} == {
        token(each.invoice.number): each for each in told
    }


def test_data_are_readable_without_us(tmp_path: Path) -> None:
    """Who opens the file years later finds plain JSON."""
    Archive(tmp_path).keep(Record(invoice=INVOICE), PDF)
    told = json.loads((tmp_path / f"{STEM}.json").read_text())
    assert told["schema"] == 1
    assert told["invoice"]["number"] == INVOICE.number
    assert told["invoice"]["amount"] == "45.30"
    assert (tmp_path / f"{STEM}.pdf").read_bytes() == PDF


def test_the_same_is_kept_once(tmp_path: Path) -> None:
    """Nothing is written twice, over restarts neither."""
    record = Record(invoice=INVOICE)
    Archive(tmp_path).keep(record, PDF)
    archive = again(tmp_path)
    archive.keep(record)
    archive.keep(record, PDF)
    assert files(tmp_path) == [f"{STEM}.json", f"{STEM}.pdf"]
    assert archive.document(INVOICE) == tmp_path / f"{STEM}.pdf"


def test_what_changes_is_kept_beside(tmp_path: Path) -> None:
    """A bill that is paid later leaves both states behind; the newest counts."""
    archive = Archive(tmp_path)
    archive.keep(Record(invoice=INVOICE), PDF)
    paid = Record(
        invoice=replace(INVOICE, status=InvoiceStatus.PAID),
        payments=(Payment(booked=TODAY, amount=INVOICE.amount),),
    )
    archive.keep(paid)
    assert files(tmp_path) == [f"{STEM}.2.json", f"{STEM}.json", f"{STEM}.pdf"]
    (found,) = again(tmp_path).invoices.values()
    assert found.record == paid
    assert found.document == tmp_path / f"{STEM}.pdf"


def test_another_document(tmp_path: Path) -> None:
    """A PDF that the supplier has replaced is fetched, and both are kept."""
    archive = Archive(tmp_path)
    archive.keep(Record(invoice=INVOICE), PDF)
    corrected = replace(INVOICE, document_id="D2")
    archive.keep(Record(invoice=corrected))
    assert archive.document(corrected) is None
    assert again(tmp_path).document(corrected) is None
    archive.keep(Record(invoice=corrected), b"%PDF-1.4 two")
    for each in (archive, again(tmp_path)):
        path = each.document(corrected)
        assert path is not None
        assert path.read_bytes() == b"%PDF-1.4 two"
    assert (tmp_path / f"{STEM}.pdf").read_bytes() == PDF


def test_many_versions_are_numbers(tmp_path: Path) -> None:
    """The tenth version is newer than the second."""
    archive = Archive(tmp_path)
    for cents in range(11):
        archive.keep(Record(invoice=replace(INVOICE, open_amount=Decimal(cents))))
    (found,) = again(tmp_path).invoices.values()
    assert found.record.invoice.open_amount == 10


def test_the_document_before_the_data(tmp_path: Path) -> None:
    """Data that are there already are not written again when the PDF comes."""
    archive = Archive(tmp_path)
    archive.keep(Record(invoice=INVOICE))
    assert archive.document(INVOICE) is None
    archive.keep(Record(invoice=INVOICE), PDF)
    assert files(tmp_path) == [f"{STEM}.json", f"{STEM}.pdf"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": 2}'])
def test_broken_files(tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """A file that cannot be read is left alone, left out, and not named in the log."""
    folder = tmp_path / "2026"
    folder.mkdir()
    path = tmp_path / f"{STEM}.json"
    path.write_bytes(content)
    archive = again(tmp_path)
    assert not archive.invoices
    assert INVOICE.number not in caplog.text
    archive.keep(Record(invoice=INVOICE))
    assert path.read_bytes() == content
    assert len(again(tmp_path).invoices) == 1


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be written whole is not there, and what was there before is untouched."""
    archive = Archive(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("custom_components.lumme_energy.account.archive.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.keep(Record(invoice=INVOICE), PDF)
    assert files(tmp_path) == []
    assert not archive.invoices


def test_statements(tmp_path: Path) -> None:
    """Statements of the same day are kept beside each other; other files are none of ours."""
    archive = Archive(tmp_path)
    first = archive.keep_statement("2026-11-24_HOME", "pdf", b"%PDF-1")
    assert archive.keep_statement("2026-11-24_HOME", "pdf", b"%PDF-1") == first
    second = archive.keep_statement("2026-11-24_HOME", "pdf", b"%PDF-2")
    third = archive.keep_statement("2026-11-24_HOME", "xlsx", b"PK")
    (tmp_path / "statements" / "notes.txt").write_text("mine")
    assert again(tmp_path).statements == archive.statements
    assert {key: path.name for key, path in archive.statements.items()} == {
        first: "2026-11-24_HOME.pdf",
        second: "2026-11-24_HOME.2.pdf",
        third: "2026-11-24_HOME.xlsx",
    }
