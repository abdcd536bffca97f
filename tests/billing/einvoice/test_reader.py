"""Tests of e-invoices: what suppliers send, and what nobody should."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
import re

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.billing import files
from custom_components.lumme_energy.billing.einvoice import reader, xml
from custom_components.lumme_energy.billing.imported import Bill, Problem, UnreadableFileError
from custom_components.lumme_energy.billing.payment import payment
from custom_components.lumme_energy.portal.model import InvoiceKind, InvoiceStatus, LineKind

from . import samples

type Make = Callable[[], bytes]

SAMPLES: list[Make] = [
    samples.ubl_electricity,
    samples.ubl_settlement,
    samples.ubl_credit_note,
    samples.finvoice_electricity,
    samples.finvoice_credit_note,
]


def read(data: bytes) -> Bill:
    """Read a file with one invoice."""
    (bill,) = files.read(data).bills
    return bill


def problem(data: bytes) -> tuple[Problem, str]:
    """Return why a file is refused."""
    with pytest.raises(UnreadableFileError) as caught:
        files.read(data)
    return caught.value.problem, caught.value.field


def changed(data: bytes, before: str, after: str) -> bytes:
    """Return a document with something else in it."""
    text = data.decode("iso-8859-15")
    assert before in text
    return text.replace(before, after).encode("iso-8859-15")


@pytest.mark.parametrize("make", SAMPLES)
def test_lines_add_up(make: Make) -> None:
    """Lines with VAT are exactly what is asked for."""
    invoice = read(make()).invoice
    assert sum(line.amount for line in invoice.lines) == invoice.amount
    assert invoice.status is InvoiceStatus.UNKNOWN
    assert (invoice.period_start, invoice.period_end) == (date(2026, 10, 1), date(2026, 10, 31))


def test_ubl() -> None:
    """A Belgian bill has what paying and checking it need."""
    bill = read(samples.ubl_electricity())
    invoice = bill.invoice
    assert invoice.number == "26-EX-000101"
    assert invoice.kind is InvoiceKind.CONSUMPTION
    assert (invoice.issued, invoice.due) == (date(2026, 11, 20), date(2026, 12, 5))
    assert invoice.amount == Decimal("185.53")
    assert invoice.gsrns == (samples.EAN,)
    assert invoice.payee is not None
    assert invoice.payee.iban == samples.BELGIAN_IBAN
    assert (bill.seller, bill.document) == ("Voorbeeld Energie", samples.PDF)
    assert [(line.kind, line.register, line.energy) for line in invoice.lines] == [
        (LineKind.ENERGY, "day", Decimal(500)),
        (LineKind.ENERGY, "night", Decimal("320.5")),
        (LineKind.FIXED_FEE, None, None),
        (LineKind.NETWORK, None, None),
    ]
    assert {line.gsrn for line in invoice.lines} == {samples.EAN}
    assert {line.vat_percent for line in invoice.lines} == {Decimal(21)}


def test_ubl_settlement() -> None:
    """Rates, allowances, charges, advances and rounding each have their line."""
    invoice = read(samples.ubl_settlement()).invoice
    assert invoice.kind is InvoiceKind.SETTLEMENT
    assert invoice.amount == Decimal("178.00")
    assert {(line.kind, line.amount) for line in invoice.lines} == {
        (LineKind.ENERGY, Decimal("1060.00")),
        (LineKind.OTHER, Decimal("-10.60")),
        (LineKind.FIXED_FEE, Decimal("121.00")),
        (LineKind.REMINDER_FEE, Decimal("7.50")),
        (LineKind.DEPOSITS, Decimal("-1000.00")),
        (LineKind.OTHER, Decimal("0.10")),
    }


def test_ubl_credit_note() -> None:
    """A credit note gives back."""
    invoice = read(samples.ubl_credit_note()).invoice
    assert invoice.kind is InvoiceKind.CREDIT_NOTE
    assert invoice.amount == Decimal("-24.20")
    assert [line.kind for line in invoice.lines] == [LineKind.EXPORT]


def test_ubl_direct_debit() -> None:
    """What the supplier collects by itself is collected when it is due."""
    assert read(samples.ubl_electricity(means="59")).invoice.collected == date(2026, 12, 5)
    assert read(samples.ubl_electricity()).invoice.collected is None


@pytest.mark.parametrize(
    ("encoding", "frame"),
    [
        ("ISO-8859-15", False),
        ("ISO-8859-15", True),
        ("ISO-8859-1", False),
        ("UTF-8", True),
        ("UTF-16", False),
    ],
)
def test_finvoice(encoding: str, frame: bool) -> None:
    """A Finnish bill is read however a bank wraps and writes it."""
    bill = read(samples.finvoice_electricity(encoding=encoding, frame=frame))
    invoice = bill.invoice
    assert invoice.number == "26101681"
    assert invoice.kind is InvoiceKind.CONSUMPTION
    assert (invoice.issued, invoice.due) == (date(2026, 11, 18), date(2026, 12, 3))
    assert invoice.amount == Decimal("80.28")
    assert invoice.gsrns == (samples.GSRN,)
    assert invoice.payment_reference == samples.VIITENUMERO
    assert bill.seller == "Esimerkkisähkö Oy"
    assert bill.document is None
    assert [(line.kind, line.register, line.energy) for line in invoice.lines] == [
        (LineKind.ENERGY, "day", Decimal("500.5")),
        (LineKind.ENERGY, "night", Decimal(300)),
        (LineKind.FIXED_FEE, None, None),
    ]


def test_finvoice_credit_note() -> None:
    """A credit note's amounts are negative already."""
    invoice = read(samples.finvoice_credit_note()).invoice
    assert (invoice.kind, invoice.amount) == (InvoiceKind.CREDIT_NOTE, Decimal("-12.55"))


def test_finvoice_without_sums() -> None:
    """Where only the total is told, the rest follows from the rows, with or without their VAT."""
    rows = (
        samples.finvoice_row(None, "25,5", "Otsikko").replace(
            "</InvoiceRow>",
            samples.finvoice_row("40,00", "25,5", "Energia", prefix="Sub")
            + samples.finvoice_row(None, "25,5", "Teksti", prefix="Sub")
            + "</InvoiceRow>",
        )
        + samples.finvoice_row(None, "25,5", "Perusmaksu", gross="12,55")
        + samples.finvoice_row(None, "10", "Vero", gross="11,00").replace(
            "<RowAmount>", "<RowVatAmount>1,00</RowVatAmount><RowAmount>"
        )
    )
    discount = "<DiscountDetails><FreeText>Alennus</FreeText><Amount>2,00</Amount><VatRatePercent>25,5</VatRatePercent></DiscountDetails>"
    charge = "<ChargeDetails><ReasonText>Muistutusmaksu</ReasonText><Amount>5,00</Amount></ChargeDetails><ChargeDetails/>"
    invoice = read(
        samples.finvoice(rows, gross="76,24", vat="13,24", details=discount + charge)
    ).invoice
    assert [(line.kind, line.amount) for line in invoice.lines] == [
        (LineKind.OTHER, Decimal("50.20")),
        (LineKind.FIXED_FEE, Decimal("12.55")),
        (LineKind.TAX, Decimal("11.00")),
        (LineKind.OTHER, Decimal("-2.51")),
        (LineKind.REMINDER_FEE, Decimal("5.00")),
    ]
    only_total = read(samples.finvoice(rows, gross="73,75")).invoice
    assert sum(line.amount for line in only_total.lines) == only_total.amount


def test_finvoice_without_rows() -> None:
    """A bill may tell only what is to be paid."""
    invoice = read(
        samples.finvoice("", gross="50,00", details="<InvoicePaidAmount>20,00</InvoicePaidAmount>")
    ).invoice
    assert (invoice.amount, invoice.lines) == (Decimal("30.00"), ())
    assert invoice.kind is InvoiceKind.OTHER


def test_advance() -> None:
    """A bill for an advance payment is for nothing else."""
    row = samples.finvoice_row("100,00", "25,5", "Ennakkomaksu")
    invoice = read(samples.finvoice(row, net="100,00", vat="25,50", gross="125,50")).invoice
    assert invoice.kind is InvoiceKind.DEPOSIT


def test_several_in_one_file() -> None:
    """A bank puts several bills into one file."""
    data = samples.finvoice_electricity(frame=True) + samples.finvoice_credit_note()
    assert [bill.invoice.number for bill in files.read(data).bills] == ["26101681", "26101682"]
    many = samples.finvoice_electricity() * (reader.MAX_DOCUMENTS + 1)
    assert problem(many[: files.MAX_SIZE])[0] is Problem.TOO_COMPLEX


@pytest.mark.parametrize("make", [samples.ubl_electricity, samples.finvoice_electricity])
def test_ready_to_pay(make: Make) -> None:
    """An imported bill can be paid with a scan."""
    invoice = replace(read(make()).invoice, status=InvoiceStatus.OPEN)
    ready = payment(invoice)
    assert ready is not None
    assert ready.epc is not None


@pytest.mark.parametrize(
    ("make", "before", "after", "field"),
    [
        (samples.ubl_electricity, ">75.00<", ">75.10<", "lines"),
        (
            samples.ubl_electricity,
            'TaxInclusiveAmount currencyID="EUR">185.53',
            'TaxInclusiveAmount currencyID="EUR">185.54',
            "VAT",
        ),
        (
            samples.ubl_electricity,
            'PayableAmount currencyID="EUR">185.53',
            'PayableAmount currencyID="EUR">180.00',
            "payable",
        ),
        (
            samples.ubl_electricity,
            'LineExtensionAmount currencyID="EUR">153.33',
            'LineExtensionAmount currencyID="EUR">163.33',
            "line total",
        ),
        (
            samples.ubl_electricity,
            'TaxableAmount currencyID="EUR">153.33',
            'TaxableAmount currencyID="EUR">150.00',
            "VAT rates",
        ),
        (
            samples.ubl_electricity,
            "<cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>",
            "<cbc:ID>S</cbc:ID><cbc:Percent>6</cbc:Percent>",
            "VAT of lines",
        ),
        (
            samples.finvoice_electricity,
            '<InvoiceTotalVatAmount AmountCurrencyIdentifier="EUR">16,31',
            '<InvoiceTotalVatAmount AmountCurrencyIdentifier="EUR">16,30',
            "VAT",
        ),
        (samples.finvoice_electricity, ">19,99<", ">18,99<", "lines"),
    ],
)
def test_wrong_sums(make: Make, before: str, after: str, field: str) -> None:
    """A bill that does not add up is refused, and told where."""
    data = changed(make(), before, after)
    if field == "VAT of lines":
        # Not in the sums: the lines alone say another rate.
        data = changed(make(), before, after).replace(
            b"<cbc:Percent>6</cbc:Percent>", b"<cbc:Percent>21</cbc:Percent>", 1
        )
    assert problem(data) == (Problem.SUM_MISMATCH, field)


@pytest.mark.parametrize(
    ("make", "before", "after", "expected"),
    [
        (samples.ubl_electricity, "<cbc:ID>26-EX-000101</cbc:ID>", "", (Problem.MISSING, "ID")),
        (
            samples.ubl_electricity,
            "<cbc:IssueDate>2026-11-20</cbc:IssueDate>",
            "",
            (Problem.MISSING, "IssueDate"),
        ),
        (samples.ubl_electricity, "2026-11-20", "2026-13-40", (Problem.INVALID, "IssueDate")),
        (
            samples.ubl_electricity,
            "LegalMonetaryTotal",
            "Nothing",
            (Problem.MISSING, "LegalMonetaryTotal"),
        ),
        (samples.ubl_electricity, ">75.00<", ">NaN<", (Problem.INVALID, "LineExtensionAmount")),
        (samples.ubl_electricity, ">75.00<", ">1e9<", (Problem.INVALID, "LineExtensionAmount")),
        (
            samples.ubl_electricity,
            ">75.00<",
            f">{'9' * 5000}<",
            (Problem.INVALID, "LineExtensionAmount"),
        ),
        (
            samples.ubl_electricity,
            "<cbc:Percent>21<",
            "<cbc:Percent>-100<",
            (Problem.INVALID, "Percent"),
        ),
        (samples.ubl_electricity, ">EUR<", ">Euro<", (Problem.INVALID, "currency")),
        (
            samples.finvoice_electricity,
            ">20261118<",
            ">18.11.2026<",
            (Problem.INVALID, "InvoiceDate"),
        ),
        (
            samples.finvoice_electricity,
            "80,28",
            "Infinity",
            (Problem.INVALID, "InvoiceTotalVatIncludedAmount"),
        ),
        (
            samples.finvoice_electricity,
            "VatIncludedAmount",
            "Other",
            (Problem.MISSING, "InvoiceTotalVatIncludedAmount"),
        ),
    ],
)
def test_wrong_fields(make: Make, before: str, after: str, expected: tuple[Problem, str]) -> None:
    """What is missing or makes no sense is named."""
    assert problem(changed(make(), before, after)) == expected


def test_no_account() -> None:
    """Without an account number nobody is to be paid."""
    without = changed(samples.ubl_electricity(), samples.BELGIAN_IBAN, "")
    assert read(without).invoice.payee is None
    without = changed(samples.finvoice_electricity(), samples.FINNISH_IBAN, "")
    assert read(without).invoice.payee is None
    nothing = changed(samples.ubl_electricity(), "PaymentMeans>", "Nothing>")
    invoice = read(nothing).invoice
    assert (invoice.payee, invoice.payment_reference) == (None, None)


@pytest.mark.parametrize(
    ("pdf", "mime"), [(b"PK\x03\x04", "application/pdf"), (samples.PDF, "image/png")]
)
def test_no_pdf(pdf: bytes, mime: str) -> None:
    """What is no PDF is no document."""
    assert (
        read(samples.ubl("", pdf=pdf, mime=mime).replace(b"</Invoice>", _amounts())).document
        is None
    )


def _amounts() -> bytes:
    body = (
        samples.ubl_tax(("21", "100.00", "21.00"))
        + samples.ubl_totals("100.00", "100.00", "121.00", "121.00")
        + samples.ubl_line("100.00", "21", "Energie")
    )
    return f"{body}</Invoice>".encode()


def test_broken_pdf() -> None:
    """A PDF that was damaged on its way is as if it were absent."""
    data = samples.ubl_electricity()
    assert read(data.replace(b64encode(samples.PDF), b"%%%")).document is None


BILLION_LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<Invoice>&lol2;</Invoice>"""
EXTERNAL = b"""<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><Finvoice>&secret;</Finvoice>"""
DTD = b"""<?xml version="1.0"?><!DOCTYPE Finvoice SYSTEM "http://example.com/x.dtd"><Finvoice/>"""


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BILLION_LAUGHS, (Problem.FORBIDDEN, "")),
        (EXTERNAL, (Problem.FORBIDDEN, "")),
        (DTD, (Problem.FORBIDDEN, "")),
        (
            b"<Finvoice>" + b"<a>" * xml.MAX_DEPTH + b"</a>" * xml.MAX_DEPTH,
            (Problem.TOO_COMPLEX, ""),
        ),
        (b"<Finvoice>" + b"<a/>" * xml.MAX_ELEMENTS + b"</Finvoice>", (Problem.TOO_COMPLEX, "")),
        (b"<Finvoice>" + b" " * files.MAX_SIZE + b"</Finvoice>", (Problem.TOO_LARGE, "")),
        (b"<Finvoice", (Problem.NOT_READABLE, "")),
        (b"<Finvoice>&unknown;</Finvoice>", (Problem.NOT_READABLE, "")),
        (b'<?xml version="1.0" encoding="klingon"?><Finvoice/>', (Problem.NOT_READABLE, "")),
        (b'<?xml version="1.0" encoding="shift_jis"?><Finvoice/>', (Problem.NOT_READABLE, "")),
        (b"<Invoice/>", (Problem.UNKNOWN_FORMAT, "Invoice")),
        (b'<Invoice xmlns="urn:example:other"/>', (Problem.UNKNOWN_FORMAT, "Invoice")),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"/>', (Problem.UNKNOWN_FORMAT, "html")),
    ],
    ids=[
        "laughs",
        "external",
        "dtd",
        "deep",
        "many",
        "large",
        "cut",
        "entity",
        "encoding",
        "multibyte",
        "none",
        "foreign",
        "page",
    ],
)
def test_hostile(data: bytes, expected: tuple[Problem, str]) -> None:
    """What is no invoice, or does harm, is refused and told why."""
    assert problem(data) == expected


def test_a_frame_alone() -> None:
    """A file may hold nothing at all."""
    frame = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>'
    assert problem(frame) == (Problem.EMPTY, "")


@settings(max_examples=300)
@given(
    make=st.sampled_from(SAMPLES),
    cuts=st.lists(
        st.tuples(st.integers(0, 6000), st.integers(0, 40), st.binary(max_size=12)), max_size=4
    ),
)
def test_anything_else_is_refused(make: Make, cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever happens to a file, it is read or refused, and what is read adds up."""
    data = make()
    for at, length, piece in cuts:
        data = data[:at] + piece + data[at + length :]
    try:
        content = files.read(data)
    except UnreadableFileError:
        return
    for bill in content.bills:
        assert not bill.invoice.lines or bill.invoice.amount == sum(
            line.amount for line in bill.invoice.lines
        )


TEXT_AT = re.compile(rb"(?<=>)[^<>]+(?=</)")


@settings(max_examples=300)
@given(
    make=st.sampled_from(SAMPLES),
    place=st.integers(0, 200),
    text=st.one_of(
        st.sampled_from(["-100", "0", "99999999999999", "1,5", "-0", "20260230", "00010101", ""]),
        st.text(st.characters(codec="iso-8859-15", exclude_characters="<>&"), max_size=20),
    ),
)
def test_any_text(make: Make, place: int, text: str) -> None:
    """Whatever a field says, the file is read or refused."""
    data = make()
    encoding = "utf-8" if b'"UTF-8"' in data[:60] else "iso-8859-15"
    spans = [found.span() for found in TEXT_AT.finditer(data)]
    start, end = spans[place % len(spans)]
    try:
        files.read(data[:start] + text.encode(encoding) + data[end:])
    except UnreadableFileError:
        return


@given(
    nets=st.lists(
        st.tuples(
            st.decimals("-5000", "5000", places=2),
            st.sampled_from(["0", "6", "10", "14", "21", "25.5"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_rounding(nets: list[tuple[Decimal, str]]) -> None:
    """However VAT is rounded, the lines are what is asked for."""
    cent = Decimal("0.01")
    bases: dict[str, Decimal] = {}
    for net, rate in nets:
        bases[rate] = bases.get(rate, Decimal()) + net
    taxes = {rate: (base * Decimal(rate) / 100).quantize(cent) for rate, base in bases.items()}
    net = sum(bases.values(), Decimal())
    gross = net + sum(taxes.values(), Decimal())
    data = samples.ubl(
        samples.ubl_tax(*((rate, str(base), str(taxes[rate])) for rate, base in bases.items()))
        + samples.ubl_totals(str(net), str(net), str(gross), str(gross))
        + "".join(samples.ubl_line(str(amount), rate, "x") for amount, rate in nets)
    )
    invoice = read(data).invoice
    assert sum(line.amount for line in invoice.lines) == invoice.amount == gross
