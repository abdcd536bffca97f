"""What the tests of documents have in common."""

from collections import defaultdict

from custom_components.lumme_energy.billing.documents.language import Language

WORDS = defaultdict(lambda: "–") | {
    "invoices": "Invoices",
    "payments": "Payments",
    "statement_title": "Statement",
    "source": "From {portal}, {day}, not by {supplier}.",
    "ean": "EAN",
    "gsrn": "GSRN",
    "column_amount": "Amount",
    "kind_consumption": "Consumption",
    "status_open": "Open",
}
PLAIN = Language(
    words=WORDS,
    day=lambda day: day.isoformat(),
    money=lambda amount, currency: f"{amount} {currency}",
)
