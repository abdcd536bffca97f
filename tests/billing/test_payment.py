"""Tests of bills that are ready to be paid."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from custom_components.lumme_energy.billing.payment import (
    next_collection,
    next_to_pay,
    payment,
)
from custom_components.lumme_energy.portal.model import (
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    Payee,
)

FINNISH = Invoice(
    number="1",
    kind=InvoiceKind.CONSUMPTION,
    issued=date(2026, 11, 1),
    due=date(2026, 11, 15),
    amount=Decimal("48.31"),
    open_amount=Decimal("48.31"),
    status=InvoiceStatus.OPEN,
    payment_reference="12345672",
    payee=Payee(name="Esimerkki Energia Oy", iban="FI79 4405 2020 0360 82"),
)
BELGIAN = replace(
    FINNISH,
    payment_reference="090933755493",
    payee=Payee(name="Voorbeeld Energie NV", iban="BE71 0961 2345 6769", bic="GKCCBEBB"),
)


def test_finnish_bill() -> None:
    """A Finnish bill has a QR code and both barcodes."""
    found = payment(FINNISH)
    assert found is not None
    assert found.amount == Decimal("48.31")
    assert (found.payee, found.iban) == ("Esimerkki Energia Oy", "FI7944052020036082")
    assert found.reference.printed == "123 45672"
    assert found.epc is not None
    assert found.epc.endswith("EUR48.31\n\nRF8512345672")
    assert found.barcode_4 == "479440520200360820000483100000000000000012345672261115"
    assert found.barcode_5 == "579440520200360820000483185000000000000012345672261115"
    assert found.barcode == found.barcode_4


def test_rf_bill() -> None:
    """A bill with an RF reference has the barcode of that."""
    found = payment(replace(FINNISH, payment_reference="RF85 1234 5672"))
    assert found is not None
    assert found.barcode is not None
    assert found.barcode.startswith("5")


def test_belgian_bill() -> None:
    """A Belgian bill has a QR code and no barcode."""
    found = payment(BELGIAN)
    assert found is not None
    assert found.epc is not None
    assert found.epc.endswith("+++090/9337/55493+++")
    assert found.barcode is None


def test_what_is_left() -> None:
    """Of a bill that is partly paid, the rest is to be paid."""
    found = payment(replace(FINNISH, status=InvoiceStatus.PARTLY_PAID, open_amount=Decimal("8.31")))
    assert found is not None
    assert found.amount == Decimal("8.31")


def test_a_long_name() -> None:
    """A name that no QR code takes leaves the rest as it is."""
    found = payment(replace(FINNISH, payee=Payee(name="x" * 71, iban="FI7944052020036082")))
    assert found is not None
    assert found.epc is None
    assert found.barcode is not None


@pytest.mark.parametrize(
    "invoice",
    [
        replace(FINNISH, status=InvoiceStatus.PAID, open_amount=Decimal(0)),
        replace(FINNISH, status=InvoiceStatus.UNKNOWN),
        replace(FINNISH, kind=InvoiceKind.CREDIT_NOTE, amount=Decimal(-5)),
        replace(FINNISH, collected=date(2026, 11, 15)),
        replace(FINNISH, status=InvoiceStatus.OVERDUE, open_amount=None),
        replace(FINNISH, open_amount=Decimal(0)),
        replace(FINNISH, currency="SEK"),
        replace(FINNISH, payee=None),
        replace(FINNISH, payee=Payee(name="Esimerkki", iban="FI7944052020036083")),
        replace(FINNISH, payment_reference=None),
        replace(FINNISH, payment_reference="12345673"),
        # A valid reference of the other country.
        replace(FINNISH, payment_reference="090933755493"),
        replace(BELGIAN, payment_reference="12345672"),
    ],
)
def test_no_code_rather_than_a_wrong_one(invoice: Invoice) -> None:
    """Nothing to pay, or anything that does not check out, is not ready to be paid."""
    assert payment(invoice) is None


def test_which_is_next() -> None:
    """The bill that is due first comes first, leaving out what direct debit takes."""
    first = replace(FINNISH, number="2", due=date(2026, 11, 10), status=InvoiceStatus.OVERDUE)
    unknown = replace(FINNISH, number="3", due=None)
    collected = replace(first, number="4", due=date(2026, 11, 5), collected=date(2026, 11, 6))
    paid = replace(first, number="5", due=date(2026, 11, 1), status=InvoiceStatus.PAID)
    assert next_to_pay([unknown, FINNISH, collected, first, paid]) is first
    assert next_to_pay([unknown]) is unknown
    assert next_to_pay([collected, paid]) is None


def test_collection() -> None:
    """The next day of direct debit is that of an unpaid bill."""
    soon = replace(FINNISH, collected=date(2026, 11, 20))
    later = replace(FINNISH, collected=date(2026, 12, 20))
    done = replace(soon, collected=date(2026, 10, 20), status=InvoiceStatus.PAID)
    assert next_collection([later, soon, done, FINNISH]) == date(2026, 11, 20)
    assert next_collection([done, FINNISH]) is None
