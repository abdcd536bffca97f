"""The statement of a supply point as My Luminus hands it out: a workbook, or a PDF to print."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from custom_components.lumme_energy.portal.model import (
    Invoice,
    InvoiceStatus,
    Payment,
    SupplyPoint,
)

from .documents import LUMINUS, PALE, RULE, day, number
from .households import Customer

INVOICES = (
    "Factuurnummer",
    "Type",
    "Factuurdatum",
    "Vervaldatum",
    "Periode van",
    "Periode tot",
    "Bedrag",
    "Openstaand",
    "Status",
    "Mededeling",
)
PAYMENTS = ("Datum", "Factuurnummer", "Bedrag")
STATUSES = {
    InvoiceStatus.OPEN: "Open",
    InvoiceStatus.PARTLY_PAID: "Deels betaald",
    InvoiceStatus.PAID: "Betaald",
    InvoiceStatus.OVERDUE: "Vervallen",
    InvoiceStatus.CREDIT_NOTE: "Creditnota",
}


def workbook(customer: Customer, point: SupplyPoint) -> bytes:
    """Return the statement as a workbook with a sheet of invoices and one of payments."""
    invoices, payments = _about(customer, point)
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101
    sheet.title = "Facturen"
    sheet.append(INVOICES)
    for invoice in invoices:
        sheet.append(list(_invoice(invoice)))
    more = book.create_sheet("Betalingen")
    more.append(PAYMENTS)
    for payment in payments:
        more.append([payment.booked, payment.invoice_number, payment.amount])
    for one in book.worksheets:
        one.freeze_panes = "A2"
        for column, cell in enumerate(one[1], start=1):
            cell.font = Font(bold=True)
            one.column_dimensions[get_column_letter(column)].width = 18
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def statement_document(customer: Customer, point: SupplyPoint) -> bytes:
    """Return the statement as PDF, the same bytes each time."""
    invoices, _ = _about(customer, point)
    rows = [list(INVOICES), *([_shown(value) for value in _invoice(one)] for one in invoices)]
    table = Table(rows, repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "Helvetica", 8),
                ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8),
                ("BACKGROUND", (0, 0), (-1, 0), PALE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("ALIGN", (6, 0), (7, -1), "RIGHT"),
            ]
        )
    )
    styles = getSampleStyleSheet()
    buffer = BytesIO()
    SimpleDocTemplate(
        buffer,
        pagesize=landscape(A4),
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        title=f"{LUMINUS.supplier} rekeningoverzicht (DEMO)",
        author="DEMO",
        invariant=1,
    ).build(
        [
            Paragraph(f"{LUMINUS.supplier} DEMO: rekeningoverzicht", styles["Title"]),
            Paragraph(f"{customer.recipient}, {point.name}, EAN {point.gsrn}", styles["Normal"]),
            Spacer(1, 6 * mm),
            table,
        ]
    )
    return buffer.getvalue()


def _about(customer: Customer, point: SupplyPoint) -> tuple[list[Invoice], list[Payment]]:
    """Return what a customer was asked for a supply point and what was paid for that."""
    known = customer.statement
    invoices = [one for one in known.invoices if point.gsrn in one.gsrns]
    numbers = {invoice.number for invoice in invoices}
    return invoices, [one for one in known.payments if one.invoice_number in numbers]


def _invoice(invoice: Invoice) -> Iterator[object]:
    """Yield the cells of an invoice."""
    yield invoice.number
    yield LUMINUS.titles[invoice.kind]
    yield from (invoice.issued, invoice.due, invoice.period_start, invoice.period_end)
    yield from (invoice.amount, invoice.open_amount)
    yield STATUSES.get(invoice.status)
    yield invoice.payment_reference


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        return number(value)
    return day(value) if value is None or isinstance(value, date) else str(value)
