"""A supply point's statement, made from what the portal told about bills and payments."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from ...portal.model import Invoice, Payment, Statement, SupplyPoint
from .language import Language

type Cell = str | date | Decimal | None

INVOICE_COLUMNS: Final = (
    "number",
    "kind",
    "issued",
    "due",
    "from",
    "until",
    "amount",
    "open",
    "status",
    "reference",
)
PAYMENT_COLUMNS: Final = ("booked", "invoice", "amount")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a statement; the cells keep their types until they are written.

    Attributes:
        title: What it is about.
        columns: Their headings.
        rows: A cell for each column.
        currency: Of all amounts.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    currency: str = "EUR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a statement says, whatever its form.

    Attributes:
        title: What it is.
        subject: Which supply point.
        source: Where the data come from, and that it is no document of the supplier.
        tables: Invoices and payments.
    """

    title: str
    subject: str
    source: str
    tables: tuple[Table, ...]


def report(
    statement: Statement,
    point: SupplyPoint,
    language: Language,
    *,
    supplier: str,
    portal: str,
    told: date,
) -> Report:
    """Return the statement of a supply point.

    Args:
        statement: All bills and payments of the customer.
        point: The supply point.
        language: What it is written in.
        supplier: The supplier's name.
        portal: The portal's name.
        told: When the portal told all this.
    """
    invoices = [each for each in statement.invoices if point.gsrn in each.gsrns]
    numbers = {each.number for each in invoices}
    payments = [each for each in statement.payments if each.invoice_number in numbers]
    currency = next((each.currency for each in invoices), "EUR")
    number = language["ean" if point.address.country == "BE" else "gsrn"]
    return Report(
        title=language["statement_title"],
        subject=f"{point.name}, {number} {point.gsrn}",
        source=language["source"].format(supplier=supplier, portal=portal, day=language.day(told)),
        tables=(
            Table(
                title=language["invoices"],
                columns=tuple(language[f"column_{each}"] for each in INVOICE_COLUMNS),
                rows=tuple(tuple(_invoice(each, language)) for each in invoices),
                currency=currency,
            ),
            Table(
                title=language["payments"],
                columns=tuple(language[f"column_{each}"] for each in PAYMENT_COLUMNS),
                rows=tuple(tuple(_payment(each)) for each in payments),
                currency=currency,
            ),
        ),
    )


def _invoice(invoice: Invoice, language: Language) -> Iterator[Cell]:
    yield invoice.number
    yield language[f"kind_{invoice.kind}"]
    yield from (invoice.issued, invoice.due, invoice.period_start, invoice.period_end)
    yield from (invoice.amount, invoice.open_amount)
    yield language[f"status_{invoice.status}"]
    yield invoice.payment_reference


def _payment(payment: Payment) -> Iterator[Cell]:
    yield from (payment.booked, payment.invoice_number, payment.amount)
