"""Statements as tables: CSV or Excel, ours or a portal's, in the languages of Finland and Belgium.

No public source shows the columns of a portal's own export (*unconfirmed*): they are found by their
names (`HEADINGS`), in any order and below any title, and others are passed over. A table is about
payments when its only date is just a date, or the day of a payment; else it is about invoices.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from itertools import islice
import re
from typing import Any, Final
from zipfile import ZipFile

from ..portal.model import Invoice, InvoiceKind, InvoiceStatus, Payment
from .imported import Bill, FileContent, Problem, UnreadableFileError, currency, gsrns_in
from .tax import cents

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 100
MAX_PARTS: Final = 500
MAX_UNPACKED: Final = 25 * 1024 * 1024
# Above a table there may be a title, and whom it is about.
TITLE_ROWS: Final = 20
EXCEL: Final = b"PK\x03\x04"

# What columns are called: by us, by the demo portals, and plausibly by portals.
HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "number": (
        "number, invoice, for invoice, invoice number, invoice no, bill, laskun numero",
        "laskunumero, lasku, numero, fakturanummer, faktura, för faktura, räkning, voor factuur",
        "factuurnummer, factuur, nummer, facture, numéro, numéro de facture",
        "numéro de la facture, n facture, rechnungsnummer, rechnung, für rechnung",
        "pour la facture",
    ),
    "kind": ("kind, type, tyyppi, laji, typ, slag, soort, art, nature, genre",),
    "issued": (
        "issued, invoice date, issue date, laskun päivä, laskun päiväys, laskupäivä, päiväys",
        "laskun päivämäärä, päivätty, fakturadatum, fakturadag, utfärdad, factuurdatum",
        "uitgegeven, date de facture, date facture, date de la facture, date d émission",
        "émise le, rechnungsdatum, ausgestellt, ausgestellt am, datum der rechnung",
    ),
    "date": ("date, päivä, päivämäärä, datum, dag, tag",),
    "booked": (
        "booked, payment date, paid on, booked on, kirjattu, kirjauspäivä, maksupäivä, maksettu",
        "bokförd, bokfört, betalningsdag, betaldatum, betaaldatum, geboekt, geboekt op",
        "date de paiement, comptabilisé, comptabilisé le, gebucht, gebucht am, buchungsdatum",
        "zahlungsdatum",
    ),
    "due": (
        "due, due date, eräpäivä, förfallodag, förfallodatum, förfaller, vervaldatum, vervaldag",
        "échéance, date d échéance, date échéance, fällig, fällig am, fälligkeit",
        "fälligkeitsdatum",
    ),
    "start": (
        "from, period from, period start, start, alkaa, alku, jakson alku, jakso alkaa, alkaen",
        "från, period från, periode van, van, vanaf, du, de, période du, depuis, von, ab",
        "zeitraum von",
    ),
    "end": (
        "until, to, period until, period to, period end, end, päättyy, loppu, jakson loppu",
        "jakso päättyy, asti, saakka, till, till och med, period till, periode tot, tot",
        "tot en met, t m, au, période au, jusqu au, à, bis, zeitraum bis",
    ),
    "amount": (
        "amount, total, summa, määrä, yhteensä, belopp, bedrag, totaal, montant, betrag",
        "gesamtbetrag",
    ),
    "open": (
        "open, open amount, to pay, still open, still to pay, avoinna, avoin, maksamatta, öppet",
        "obetalt, återstår att betala, att betala, openstaand, te betalen, nog te betalen",
        "solde, reste à payer, ouvert, à payer, offen, zu zahlen, noch zu zahlen",
    ),
    "status": ("status, tila, statut, état, toestand, zustand, stand, läge",),
    "reference": (
        "reference, payment reference, structured communication, viite, viitenumero, referens",
        "betalningsreferens, referensnummer, mededeling, referentie, betalingsreferentie",
        "gestructureerde mededeling, communication, communication structurée, référence",
        "referenz, référence de paiement, zahlungsreferenz, verwendungszweck, maksuviite",
    ),
    "gsrn": (
        "gsrn, ean, ean code, eancode, code ean, ean nummer, käyttöpaikka, käyttöpaikkatunnus",
        "anläggnings id, anläggning, supply point, gsrn ean",
    ),
    "currency": ("currency, valuutta, valuta, devise, munt, währung",),
}
_COLUMNS: Final = {
    name: column for column, rows in HEADINGS.items() for row in rows for name in row.split(", ")
}
_STATUSES: Final = (
    (InvoiceStatus.CREDIT_NOTE, r"credit|crédit|hyvity|kredit|gutschrift"),
    (InvoiceStatus.PARTLY_PAID, r"part|osittain|osaksi|delvis|deels|gedeeltelijk|teil"),
    (InvoiceStatus.OVERDUE, r"overdue|erääntyn|myöhässä|förfall|vervallen|retard|échu|überfällig"),
    (
        InvoiceStatus.OPEN,
        r"open|unpaid|to be paid|te betalen|zu zahlen|att betala|avoin|maksamat|öppen|obetal|ouvert|à payer|offen|impay",
    ),
    (InvoiceStatus.PAID, r"paid|maksettu|betal|betaald|payé|bezahlt|réglé|acquitt"),
)
_KINDS: Final = (
    (InvoiceKind.CREDIT_NOTE, r"credit|crédit|hyvity|kredit|gutschrift"),
    (
        InvoiceKind.SETTLEMENT,
        r"settlement|tasaus|avräkning|slutfaktura|afrekening|décompte|régularisation|abrechnung",
    ),
    (InvoiceKind.DEPOSIT, r"deposit|advance|ennakko|förskott|voorschot|acompte|abschlag|vorschuss"),
    (InvoiceKind.CONSUMPTION, r"consum|kulutus|energia|förbruk|verbruik|consommation|verbrauch"),
)
_DAYS: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")
# Either no mark in front of the cents' own, or one that groups thousands.
_AMOUNT: Final = re.compile(
    r"([+-]?)([0-9]{1,12}|[0-9]{1,3}(?:([.,])[0-9]{3}){1,3})([.,][0-9]{1,2})?(-?)"
)

type Row = Sequence[Any]


def read(data: bytes) -> FileContent:
    """Read a statement.

    Raises:
        UnreadableFileError: it is none, or more than it may be.
    """
    sheets = [list(sheet) for sheet in (_excel(data) if data.startswith(EXCEL) else [_csv(data)])]
    if any(len(sheet) > MAX_ROWS for sheet in sheets):
        raise UnreadableFileError(Problem.TOO_COMPLEX)
    everywhere = gsrns_in(str(cell) for sheet in sheets for row in sheet for cell in row if cell)
    bills: list[Bill] = []
    payments: list[Payment] = []
    tables = [table for sheet in sheets if (table := _table(sheet)) is not None]
    if not tables:
        raise UnreadableFileError(Problem.UNKNOWN_FORMAT)
    for columns, rows in tables:
        records = (_Record(columns, row) for row in rows)
        if _is_about_invoices(columns):
            point = everywhere if len(everywhere) == 1 else ()
            bills.extend(
                Bill(invoice=_invoice(each, point)) for each in records if each.text("number")
            )
        else:
            payments.extend(_payment(each) for each in records if each.day("booked", "date"))
    return FileContent(bills=tuple(bills), payments=tuple(payments))


def _excel(data: bytes) -> Iterator[list[Row]]:
    """Yield the sheets of a workbook, none of which unpacks to more than it may."""
    # Large, and loaded when it is first needed.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        _check_size(data)
        book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS, values_only=True)
            yield list(islice(rows, MAX_ROWS + 1))
    except UnreadableFileError:
        raise
    # What is no workbook makes the library raise almost anything.
    except Exception as err:
        raise UnreadableFileError(Problem.NOT_READABLE) from err


def _check_size(data: bytes) -> None:
    with ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise UnreadableFileError(Problem.TOO_COMPLEX)


def _csv(data: bytes) -> list[Row]:
    text = _decoded(data)
    head = "\n".join(text.splitlines()[:TITLE_ROWS])
    delimiter = max(";\t,|", key=head.count)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        return [row[:MAX_COLUMNS] for row in islice(rows, MAX_ROWS + 1)]
    except csv.Error as err:
        raise UnreadableFileError(Problem.NOT_READABLE) from err


def _decoded(data: bytes) -> str:
    """Return a text that says how it is encoded, or is UTF-8, or else what Excel writes."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _table(rows: Sequence[Row]) -> tuple[dict[str, int], Sequence[Row]] | None:
    """Return where the columns are, and the rows below them; None where there is no table."""
    for place, row in enumerate(rows[:TITLE_ROWS]):
        columns: dict[str, int] = {}
        for at, cell in enumerate(row):
            if (column := column_of(str(cell or ""))) is not None:
                columns.setdefault(column, at)
        if "amount" in columns and columns.keys() & {"issued", "date", "booked"}:
            return columns, rows[place + 1 :]
    return None


def column_of(heading: str) -> str | None:
    """Return what a column holds; None for one that we do not know."""
    plain = re.sub(r"\([^)]*\)|€|\bEUR\b", " ", heading)
    return _COLUMNS.get(" ".join(re.findall(r"\w+", plain.casefold())))


def _is_about_invoices(columns: Mapping[str, int]) -> bool:
    if "number" not in columns or "booked" in columns:
        return False
    return "issued" in columns or bool(columns.keys() & {"due", "status", "kind", "reference"})


class _Record:
    """A row, read by the names of columns. What is empty is None; what is wrong is refused."""

    def __init__(self, columns: Mapping[str, int], row: Row) -> None:
        self._columns = columns
        self._row = row

    def cell(self, column: str) -> Any:
        """Return a cell as it came."""
        place = self._columns.get(column)
        cell = None if place is None or place >= len(self._row) else self._row[place]
        return (cell.strip() or None) if isinstance(cell, str) else cell

    def text(self, column: str) -> str | None:
        """Return a text; Excel may have made a number of it."""
        cell = self.cell(column)
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return None if cell is None else str(cell)[:200]

    def day(self, *columns: str) -> date | None:
        """Return the date in the first of several columns that has one."""
        for column in columns:
            match self.cell(column):
                case None:
                    continue
                case datetime() as moment:
                    return moment.date()
                case date() as day:
                    return day
                case str(text):
                    return self._parsed(column, text)
            raise UnreadableFileError(Problem.INVALID, column)
        return None

    def amount(self, column: str) -> Decimal | None:
        """Return an amount in cents, with a decimal comma or point."""
        match self.cell(column):
            case None:
                return None
            case bool():
                raise UnreadableFileError(Problem.INVALID, column)
            case int() | float() as number if abs(number) < 10**12:
                return cents(Decimal(str(number)))
            case str(text):
                compact = re.sub(r"€|EUR|[\s'’]", "", text).replace("−", "-")
                if found := _AMOUNT.fullmatch(compact):
                    return self._amount(column, found)
        raise UnreadableFileError(Problem.INVALID, column)

    def need[T](self, column: str, value: T | None) -> T:
        """Insist on a value."""
        if value is None:
            raise UnreadableFileError(Problem.MISSING, column)
        return value

    def _amount(self, column: str, found: re.Match[str]) -> Decimal:
        sign, whole, mark, rest, minus = found.groups()
        # `1.234` may be one thousand or one and a quarter, and `1.234.50` is neither.
        if mark is not None and (rest is None or rest[0] == mark):
            raise UnreadableFileError(Problem.INVALID, column)
        number = Decimal(re.sub(r"[.,]", "", whole) + (rest or "").replace(",", "."))
        return -number if "-" in (sign, minus) else number

    def _parsed(self, column: str, text: str) -> date:
        day = re.split(r"[T ]", text, maxsplit=1)[0]
        for form in _DAYS:
            try:
                return datetime.strptime(day, form).date()  # noqa: DTZ007
            except ValueError:
                continue
        raise UnreadableFileError(Problem.INVALID, column)


def _invoice(record: _Record, point: tuple[str, ...]) -> Invoice:
    amount = record.need("amount", record.amount("amount"))
    kind = _word(record.text("kind"), _KINDS, InvoiceKind.OTHER)
    if amount < 0:
        kind = InvoiceKind.CREDIT_NOTE
    own = gsrns_in([record.text("gsrn") or ""])
    return Invoice(
        number=record.need("number", record.text("number")),
        kind=kind,
        issued=record.need("issued", record.day("issued", "date")),
        amount=amount,
        due=record.day("due"),
        open_amount=record.amount("open"),
        status=_word(record.text("status"), _STATUSES, InvoiceStatus.UNKNOWN),
        currency=currency(record.text("currency") or "EUR"),
        gsrns=own or point,
        period_start=record.day("start"),
        period_end=record.day("end"),
        payment_reference=record.text("reference"),
    )


def _payment(record: _Record) -> Payment:
    return Payment(
        booked=record.need("date", record.day("booked", "date")),
        amount=record.need("amount", record.amount("amount")),
        currency=currency(record.text("currency") or "EUR"),
        invoice_number=record.text("number"),
    )


def _word[T](text: str | None, known: Iterable[tuple[T, str]], default: T) -> T:
    """Return what a word says in any of our languages."""
    lowered = (text or "").casefold()
    return next((meaning for meaning, words in known if re.search(words, lowered)), default)
