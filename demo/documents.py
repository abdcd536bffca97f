"""Invoice documents of both demo suppliers: one A4 page each, the same bytes every time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from custom_components.lumme_energy.portal.model import (
    Energy,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
)

from .households import Customer

WIDTH, HEIGHT = A4
LEFT, RIGHT = 20 * mm, WIDTH - 20 * mm
INK, PALE, RULE = HexColor(0x1F2A37), HexColor(0xF3F6F9), HexColor(0xC9D3DE)
BADGE = HexColor(0xFFD166)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """A supplier's colours and words."""

    supplier: str
    colour: Color
    titles: dict[InvoiceKind, str]
    energies: dict[Energy, str]
    number: str
    customer: str
    issued: str
    due: str
    columns: tuple[str, str, str, str, str]
    total: str
    pay: str
    nothing_to_pay: str
    reference: str
    estimated: str
    notice: str


LUMME = Letterhead(
    supplier="Lumme Energia",
    colour=HexColor(0x1F7A4D),
    titles={
        InvoiceKind.CONSUMPTION: "Sähkölasku",
        InvoiceKind.DEPOSIT: "Ennakkomaksu",
        InvoiceKind.SETTLEMENT: "Tasauslasku",
        InvoiceKind.CREDIT_NOTE: "Hyvityslasku",
        InvoiceKind.OTHER: "Lasku",
    },
    energies={Energy.ELECTRICITY: "Sähkö", Energy.GAS: "Kaasu"},
    number="Laskun numero",
    customer="Asiakasnumero",
    issued="Päiväys",
    due="Eräpäivä",
    columns=("Erittely", "Jakso", "Veroton", "ALV", "Yhteensä"),
    total="Yhteensä",
    pay="Maksettavaa",
    nothing_to_pay="Ei maksettavaa",
    reference="Viitenumero",
    estimated="arvioitu",
    notice="DEMO: keksitty lasku, älä maksa.",
)
LUMINUS = Letterhead(
    supplier="Luminus",
    colour=HexColor(0xC2410C),
    titles={
        InvoiceKind.CONSUMPTION: "Maandfactuur",
        InvoiceKind.DEPOSIT: "Voorschotfactuur",
        InvoiceKind.SETTLEMENT: "Afrekening",
        InvoiceKind.CREDIT_NOTE: "Creditnota",
        InvoiceKind.OTHER: "Factuur",
    },
    energies={Energy.ELECTRICITY: "Elektriciteit", Energy.GAS: "Aardgas"},
    number="Factuurnummer",
    customer="Klantnummer",
    issued="Datum",
    due="Vervaldatum",
    columns=("Omschrijving", "Periode", "Excl. btw", "Btw", "Incl. btw"),
    total="Totaal",
    pay="Te betalen",
    nothing_to_pay="Niets te betalen",
    reference="Gestructureerde mededeling",
    estimated="geschat",
    notice="DEMO: verzonnen factuur, niet betalen.",
)
COLUMNS = (LEFT + 4 * mm, 92 * mm, 150 * mm, 168 * mm, RIGHT - 4 * mm)


def invoice_document(customer: Customer, invoice: Invoice) -> bytes:
    """Draw an invoice or credit note as PDF."""
    head = LUMINUS if customer.supply_points[0].address.country == "BE" else LUMME
    buffer = BytesIO()
    page = Canvas(buffer, pagesize=A4, invariant=1)
    page.setTitle(f"{head.supplier} {invoice.number} (DEMO)")
    page.setAuthor("DEMO")
    _header(page, head)
    _parties(page, head, customer, invoice)
    bottom = _table(page, head, customer, invoice)
    _payment(page, head, invoice, bottom - 12 * mm)
    page.showPage()
    page.save()
    return buffer.getvalue()


def _header(page: Canvas, head: Letterhead) -> None:
    page.setFillColor(head.colour)
    page.rect(0, HEIGHT - 32 * mm, WIDTH, 32 * mm, stroke=0, fill=1)
    _text(page, LEFT, HEIGHT - 20 * mm, head.supplier, size=24, bold=True, colour=white)
    page.setFillColor(BADGE)
    page.roundRect(RIGHT - 30 * mm, HEIGHT - 22 * mm, 30 * mm, 11 * mm, 2 * mm, stroke=0, fill=1)
    page.setFillColor(INK)
    page.setFont("Helvetica-Bold", 15)
    page.drawCentredString(RIGHT - 15 * mm, HEIGHT - 18.3 * mm, "DEMO")


def _parties(page: Canvas, head: Letterhead, customer: Customer, invoice: Invoice) -> None:
    address = customer.supply_points[0].address
    top = HEIGHT - 50 * mm
    _text(page, LEFT, top, head.titles[invoice.kind], size=18, bold=True)
    for row, text in enumerate(
        (
            customer.recipient,
            f"{address.street or ''} {address.house_number or ''}".strip(),
            f"{address.postal_code or ''} {address.city or ''}".strip(),
        )
    ):
        _text(page, LEFT, top - (12 + 5.5 * row) * mm, text, bold=not row)
    for row, (label, value) in enumerate(
        (
            (head.number, invoice.number),
            (head.customer, customer.account.account_id),
            (head.issued, day(invoice.issued)),
            (head.due, day(invoice.due)),
        )
    ):
        height = top - (12 + 5.5 * row) * mm
        _text(page, 120 * mm, height, label)
        _text(page, RIGHT, height, value, bold=True, right=True)


def _table(page: Canvas, head: Letterhead, customer: Customer, invoice: Invoice) -> float:
    """Draw the lines and their sum, and return how far down they reach."""
    points = {point.gsrn: point for point in customer.supply_points}
    height = HEIGHT - 92 * mm
    page.setFillColor(PALE)
    page.rect(LEFT, height - 3 * mm, RIGHT - LEFT, 9 * mm, stroke=0, fill=1)
    _row(page, height, head.columns, bold=True)
    for line in invoice.lines:
        height -= 10.5 * mm
        net = (line.amount / (1 + (line.vat_percent or Decimal(0)) / 100)).quantize(CENT)
        period = " – ".join(day(one) for one in (line.start, line.end) if one)
        cells = (line.text or "", period, net, line.amount - net, line.amount)
        _row(page, height, tuple(one if isinstance(one, str) else number(one) for one in cells))
        if line.gsrn is not None:
            about = [head.energies[points[line.gsrn].energy], line.gsrn, *_metered(head, line)]
            _text(page, COLUMNS[0], height - 4 * mm, " · ".join(about), size=7.5)
        page.setStrokeColor(RULE)
        page.line(LEFT, height - 6 * mm, RIGHT, height - 6 * mm)
    height -= 13 * mm
    _text(page, COLUMNS[0], height, head.total, size=12, bold=True)
    rate = f"{head.columns[3]} {customer.vat_percent:f} %".replace(".", ",")
    _text(page, COLUMNS[2], height, rate, right=True)
    _text(page, COLUMNS[4], height, _euros(invoice.amount), size=12, bold=True, right=True)
    return height


def _metered(head: Letterhead, line: InvoiceLine) -> Iterator[str]:
    """Yield what a line of energy says of the meter."""
    if line.meter_start is not None and line.meter_end is not None:
        guessed = f" ({head.estimated})" if line.estimated else ""
        yield f"{number(line.meter_start)} – {number(line.meter_end)}{guessed}"
    if line.energy is not None:
        yield f"{number(line.energy)} kWh"


def _payment(page: Canvas, head: Letterhead, invoice: Invoice, top: float) -> None:
    """Draw the box that says what is to be paid, and how."""
    owed = invoice.amount if invoice.open_amount is None else invoice.open_amount
    page.setFillColor(PALE)
    page.setStrokeColor(head.colour)
    page.roundRect(LEFT, top - 36 * mm, RIGHT - LEFT, 36 * mm, 3 * mm, stroke=1, fill=1)
    to_pay = owed > 0 and invoice.status is not InvoiceStatus.CREDIT_NOTE
    title = head.pay if to_pay else head.nothing_to_pay
    _text(page, LEFT + 6 * mm, top - 11 * mm, title, size=13, bold=True, colour=head.colour)
    if to_pay:
        _text(page, RIGHT - 6 * mm, top - 11 * mm, _euros(owed), size=16, bold=True, right=True)
    for row, (label, value) in enumerate(
        (
            (head.due, day(invoice.due)),
            ("IBAN", "–" if invoice.payee is None else invoice.payee.iban),
            (head.reference, invoice.payment_reference or "–"),
        )
    ):
        height = top - (18.5 + 6 * row) * mm
        _text(page, LEFT + 6 * mm, height, label)
        _text(page, RIGHT - 6 * mm, height, value, bold=True, right=True)
    page.setFillColor(INK)
    page.setFont("Helvetica-Oblique", 9)
    page.drawCentredString(WIDTH / 2, 18 * mm, head.notice)


def _row(page: Canvas, height: float, cells: tuple[str, ...], *, bold: bool = False) -> None:
    for place, (cell, where) in enumerate(zip(cells, COLUMNS, strict=True)):
        _text(page, where, height, cell, size=9, bold=bold, right=place > 1)


def _text(
    page: Canvas,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    right: bool = False,
    colour: Color = INK,
) -> None:
    page.setFillColor(colour)
    page.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    (page.drawRightString if right else page.drawString)(x, y, text)


def number(amount: Decimal) -> str:
    """Write an amount as people here do."""
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",")


def _euros(amount: Decimal) -> str:
    return f"{number(amount)} €"


def day(value: date | None) -> str:
    """Write a date; one that is not known is a dash."""
    return "–" if value is None else f"{value.day}.{value.month}.{value.year}"
