"""Tests of statements as tables."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from hypothesis import given, settings, strategies as st
from openpyxl import Workbook
import pytest

from custom_components.lumme_energy.billing import files, tables
from custom_components.lumme_energy.billing.documents.statement import (
    INVOICE_COLUMNS,
    PAYMENT_COLUMNS,
)
from custom_components.lumme_energy.billing.imported import Problem, UnreadableFileError
from custom_components.lumme_energy.portal.model import InvoiceKind, InvoiceStatus
from demo.exports import workbook
from demo.households.belgium import household

from .einvoice.samples import EAN, GAS_EAN

TODAY = date(2026, 11, 24)
TRANSLATIONS = Path(__file__).parents[2] / "custom_components" / "lumme_energy" / "translations"
# Our columns, and what they are read as.
OURS = {
    **{each: each for each in (*INVOICE_COLUMNS, *PAYMENT_COLUMNS)},
    "from": "start",
    "until": "end",
    "invoice": "number",
}
BELGIAN = f"""Rekeningoverzicht;;;;;
EAN {EAN};;;;;
Factuurnummer;Type;Factuurdatum;Vervaldatum;Bedrag (EUR);Status;Iets anders
26-1;Afrekening;20/11/2026;05/12/2026;€ 1.234,50;Open;x
26-2;Voorschot;1/10/2026;;80,00-;Betaald;
;;;;1.154,50;;Totaal
"""


def problem(data: bytes) -> tuple[Problem, str]:
    """Return why a file is refused."""
    with pytest.raises(UnreadableFileError) as caught:
        files.read(data)
    return caught.value.problem, caught.value.field


def excel(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """Return a workbook."""
    book = Workbook()
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv(encoding: str) -> None:
    """A Belgian table is read, however it is encoded, below its title and without its total."""
    content = files.read(BELGIAN.encode(encoding))
    first, second = (bill.invoice for bill in content.bills)
    assert first.number == "26-1"
    assert first.kind is InvoiceKind.SETTLEMENT
    assert (first.issued, first.due) == (date(2026, 11, 20), date(2026, 12, 5))
    assert first.amount == Decimal("1234.50")
    assert first.status is InvoiceStatus.OPEN
    assert first.gsrns == (EAN,)
    assert (second.kind, second.amount) == (InvoiceKind.CREDIT_NOTE, Decimal("-80.00"))
    assert (second.due, second.status) == (None, InvoiceStatus.PAID)
    assert content.payments == ()


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_payments(delimiter: str) -> None:
    """A table whose only date is just a date is about payments."""
    rows = [
        "Päivä,Lasku,Summa",
        "1.12.2026,26101681,80.28",
        "2026-12-02T10:00:00,,-5",
        "Yhteensä,,",
    ]
    text = "\n".join(rows).replace(",", delimiter).replace("Yhteensä", "")
    first, second = files.read(text.encode()).payments
    assert (first.booked, first.amount) == (date(2026, 12, 1), Decimal("80.28"))
    assert first.invoice_number == "26101681"
    assert (second.booked, second.amount) == (date(2026, 12, 2), Decimal(-5))
    assert second.invoice_number is None


@pytest.mark.parametrize("customer", household(TODAY).customers, ids=["business", "home"])
def test_what_the_demo_portal_exports(customer: Any) -> None:
    """A portal's own statement comes back as what the portal knows."""
    for point in customer.supply_points:
        content = files.read(workbook(customer, point))
        truth = [each for each in customer.statement.invoices if point.gsrn in each.gsrns]
        assert [bill.invoice.number for bill in content.bills] == [each.number for each in truth]
        for bill, invoice in zip(content.bills, truth, strict=True):
            assert bill.invoice.issued == invoice.issued
            assert bill.invoice.amount == invoice.amount
            assert bill.invoice.status == invoice.status
            assert bill.invoice.open_amount == invoice.open_amount
            assert bill.invoice.payment_reference == invoice.payment_reference
        numbers = {each.number for each in truth}
        paid = [each for each in customer.statement.payments if each.invoice_number in numbers]
        assert [each.amount for each in content.payments] == [each.amount for each in paid]


@pytest.mark.parametrize("path", sorted(TRANSLATIONS.glob("*.json")), ids=lambda path: path.stem)
def test_our_own_columns(path: Path) -> None:
    """What we export ourselves is read in every language."""
    tree = json.loads(path.read_text())
    texts = tree["common"]
    for ours, column in OURS.items():
        assert tables.column_of(texts[f"document_column_{ours}"]) == column, ours
    rows: list[list[Any]] = [[texts[f"document_column_{ours}"] for ours in INVOICE_COLUMNS]]
    statuses = tree["selector"]["invoice_status"]["options"]
    kinds = [kind for kind in InvoiceKind for _ in statuses]
    for number, kind in enumerate(kinds):
        status = [*statuses.values()][number % len(statuses)]
        days = [TODAY] * 4
        rows.append([number, texts[f"document_kind_{kind}"], *days, 5, 5, status, "1232"])
    bills = files.read(excel(rows)).bills
    assert [bill.invoice.kind for bill in bills] == kinds
    assert {bill.invoice.status for bill in bills} == {*InvoiceStatus}
    assert [bill.invoice.status for bill in bills[: len(statuses)]] == [*statuses]


def test_excel_cells() -> None:
    """Cells are taken as what they are."""
    rows: list[list[Any]] = [
        ["Number", "Invoice date", "Amount", "Due", "EAN", "Currency", "Reference"],
        [
            26101681.0,
            datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None),
            80.28,
            date(2026, 12, 5),
            GAS_EAN,
            "€",
        ],
        ["A-1", "20-11-2026", "1 000,5", None, None, None],
        [],
    ]
    first, second = (bill.invoice for bill in files.read(excel([["nothing"]], rows)).bills)
    assert (first.number, first.amount) == ("26101681", Decimal("80.28"))
    assert (first.issued, first.due) == (date(2026, 11, 20), date(2026, 12, 5))
    assert first.gsrns == (GAS_EAN,)
    assert first.currency == "EUR"
    assert (second.amount, second.gsrns) == (Decimal("1000.50"), (GAS_EAN,))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12", "12"),
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        ("-12,50 €", "-12.50"),
        ("12,50-", "-12.50"),
        ("−12,50", "-12.50"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234 567,89", "1234567.89"),
        ("1.234.567,89", "1234567.89"),
        ("1'234.50", "1234.50"),
        ("EUR 7,50", "7.50"),
    ],
)
def test_amounts(text: str, amount: str) -> None:
    """Amounts are read as people write them in Finland and Belgium."""
    data = f"Date;Amount\n2026-01-01;{text}\n".encode()
    assert files.read(data).payments[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["1.234", "1,234", "1.234.50", "NaN", "1e5", "12,345", "=1+1", "--5", "9" * 13, "x"]
)
def test_wrong_amounts(text: str) -> None:
    """What may mean two things, or none, is refused."""
    assert problem(f"Date;Amount\n2026-01-01;{text}\n".encode()) == (Problem.INVALID, "amount")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", (Problem.UNKNOWN_FORMAT, "")),
        (b"\x00\x01\xff\xfe", (Problem.UNKNOWN_FORMAT, "")),
        (b"\xff\xfe\x00", (Problem.UNKNOWN_FORMAT, "")),
        (b"Date;Amount\n", (Problem.EMPTY, "")),
        (b"Date;Amount\n31.2.2026;5\n", (Problem.INVALID, "date")),
        (b"Date;Amount\n1.2.2026;\n", (Problem.MISSING, "amount")),
        (b"Number;Issued;Amount\n1;;5\n", (Problem.MISSING, "issued")),
        (b"Number;Issued;Amount\n1;1.2.2026\n", (Problem.MISSING, "amount")),
        (b"Date;Amount;Currency\n1.2.2026;5;florins\n", (Problem.INVALID, "currency")),
        (b"Date;Amount\n" + b"1.2.2026;5\n" * (tables.MAX_ROWS + 1), (Problem.TOO_COMPLEX, "")),
        (b'Date;Amount\n"' + b"x" * 200_000 + b'";5\n', (Problem.NOT_READABLE, "")),
        (b"PK\x03\x04 but no archive", (Problem.NOT_READABLE, "")),
        (excel([["Date", "Amount"], [True, 5]]), (Problem.INVALID, "date")),
        (excel([["Date", "Amount"], [date(2026, 1, 1), True]]), (Problem.INVALID, "amount")),
        (excel([["Date", "Amount"], [date(2026, 1, 1), 1e20]]), (Problem.INVALID, "amount")),
    ],
    # A workbook holds the time at which it was made: no name for a test.
    ids=range(15),
)
def test_refused(data: bytes, expected: tuple[Problem, str]) -> None:
    """What is no statement is told why."""
    assert problem(data) == expected


def bomb(size: int, parts: int = 1) -> bytes:
    """Return a small archive that unpacks to much."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for part in range(parts):
            archive.writestr(f"xl/{part}.xml", b"\0" * size)
    return buffer.getvalue()


def test_bombs() -> None:
    """An archive that unpacks to more than it may is not unpacked."""
    assert problem(bomb(tables.MAX_UNPACKED + 1)) == (Problem.TOO_COMPLEX, "")
    assert problem(bomb(1, tables.MAX_PARTS + 1)) == (Problem.TOO_COMPLEX, "")
    assert problem(bomb(1)) == (Problem.NOT_READABLE, "")


def test_a_far_row() -> None:
    """A sheet may claim to be as long as a sheet can be."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Amount"])
    sheet.cell(row=1_048_576, column=16_384, value=1)
    buffer = BytesIO()
    book.save(buffer)
    assert problem(buffer.getvalue())[0] is Problem.TOO_COMPLEX


@settings(max_examples=200)
@given(
    data=st.sampled_from([BELGIAN.encode(), excel([["Date", "Amount"], [date(2026, 1, 1), 5]])]),
    cuts=st.lists(
        st.tuples(st.integers(0, 6000), st.integers(0, 20), st.binary(max_size=8)), max_size=4
    ),
)
def test_anything_else_is_refused(data: bytes, cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever happens to a table, it is read or refused."""
    for at, length, piece in cuts:
        data = data[:at] + piece + data[at + length :]
    try:
        files.read(data)
    except UnreadableFileError:
        return


@given(
    cells=st.lists(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-(10**15), 10**15),
            st.floats(allow_nan=False, allow_infinity=False),
            st.dates(date(1901, 1, 1), date(9000, 1, 1)),
            st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=12),
        ),
        min_size=3,
        max_size=3,
    )
)
def test_any_cells(cells: list[Any]) -> None:
    """Whatever a cell holds, the row is read or refused."""
    try:
        files.read(excel([["Number", "Issued", "Amount"], cells]))
    except UnreadableFileError:
        return
