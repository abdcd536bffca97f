"""Tests of reminder fees."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.region import Region
from custom_components.lumme_energy.billing.reminders import (
    Excess,
    excess,
    fees,
    may_be_cancelled,
    tells_lines,
    total,
)
from custom_components.lumme_energy.portal.model import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    Statement,
)

TODAY = date(2026, 11, 24)
HOME = "541448820000000008"
OFFICE = "541448860000000004"


def fee(amount: str, text: str | None = None, gsrn: str | None = None) -> InvoiceLine:
    """Return the line of a reminder fee, or of one that is taken back."""
    return InvoiceLine(kind=LineKind.REMINDER_FEE, amount=Decimal(amount), text=text, gsrn=gsrn)


def bill(
    day: date,
    *lines: InvoiceLine,
    amount: str = "100",
    status: InvoiceStatus = InvoiceStatus.PAID,
    kind: InvoiceKind = InvoiceKind.DEPOSIT,
    gsrns: tuple[str, ...] = (HOME,),
) -> Invoice:
    """Return a bill."""
    return Invoice(
        number=f"{day:%m%d}",
        kind=kind,
        issued=day,
        amount=Decimal(amount),
        status=status,
        gsrns=gsrns,
        lines=lines,
    )


def charged(
    *lines: InvoiceLine,
    where: Region,
    amount: str = "100",
    day: date = TODAY,
    others: tuple[Invoice, ...] = (),
) -> Excess | None:
    """Return what is too high among the fees of one bill."""
    statement = Statement(invoices=(bill(day, *lines, amount=amount), *others))
    return excess(statement, {HOME: where}, TODAY)


def test_fees() -> None:
    """The fees that stand are those that were not taken back, newest first."""
    other = InvoiceLine(kind=LineKind.FIXED_FEE, amount=Decimal(5))
    statement = Statement(
        invoices=(
            bill(date(2026, 10, 1), fee("-7.50")),
            bill(date(2026, 9, 1), fee("15"), other),
            bill(date(2026, 8, 1), fee("7.50")),
            bill(date(2026, 7, 1), fee("7.50")),
            bill(date(2025, 12, 1), fee("-99"), fee("15")),
        )
    )
    found = fees(statement)
    assert [(each.invoice.issued.month, each.line.amount) for each in found] == [
        (9, Decimal(15)),
        (7, Decimal("7.50")),
        (12, Decimal(15)),
    ]
    assert total(found, 2026) == Decimal("22.50")
    assert total(found, 2025) == Decimal("15.00")
    assert total(found, 2024) == 0


@given(st.lists(st.integers(-3, 3)))
def test_taking_back(amounts: list[int]) -> None:
    """Taking back never makes more of what was charged, nor less than nothing."""
    lines = [fee(str(amount)) for amount in amounts]
    found = fees(Statement(invoices=(bill(TODAY, *lines),)))
    assert sum(amounts) <= total(found, TODAY.year) <= sum(max(each, 0) for each in amounts)


def test_unknown_is_not_none() -> None:
    """Bills without lines do not tell that there was no fee."""
    assert not tells_lines(Statement(invoices=(bill(TODAY),)))
    assert tells_lines(Statement(invoices=(bill(TODAY), bill(TODAY, fee("5")))))


@pytest.mark.parametrize(
    ("where", "text", "amount", "limit"),
    [
        (Region.WALLONIA, "Frais de rappel", "7.50", None),
        (Region.WALLONIA, "Frais de rappel", "7.51", "7.50"),
        (Region.BRUSSELS, "Herinneringskosten", "9", "7.50"),
        (Region.BRUSSELS, "Mahngebühr nach Mahnung", "9", "7.50"),
        (Region.BRUSSELS, "Mise en demeure", "15", None),
        (Region.BRUSSELS, "Rappel et mise en demeure", "15", None),
        (Region.BRUSSELS, "Ingebrekestelling", "15.01", "15"),
        # It may have been either letter.
        (Region.WALLONIA, None, "15", None),
        (Region.WALLONIA, None, "16", "15"),
        (Region.FINLAND, "Maksumuistutus", "5", None),
        (Region.FINLAND, "Betalningspåminnelse", "5.50", "5"),
        # A payment demand has a limit of its own, which we do not know.
        (Region.FINLAND, "Maksuvaatimus", "14", None),
        (Region.FINLAND, None, "14", None),
        (Region.FLANDERS, None, "20", None),
        (Region.FLANDERS, None, "21", "20"),
    ],
)
def test_one_letter(where: Region, text: str | None, amount: str, limit: str | None) -> None:
    """A letter may cost as much as its region says."""
    found = charged(fee(amount, text), where=where)
    assert found == (None if limit is None else Excess(Decimal(amount), Decimal(limit)))


@pytest.mark.parametrize(
    ("owed", "limit"),
    [("150", "20"), ("150.01", "45.001"), ("500", "80"), ("500.01", "90.0005"), ("1000", "115")],
)
def test_lump_sum(owed: str, limit: str) -> None:
    """In Flanders the limit grows with the largest bill that may have been open."""
    earlier = bill(TODAY - timedelta(days=90), amount=owed)
    assert charged(fee(limit), where=Region.FLANDERS, others=(earlier,)) is None
    above = str(Decimal(limit) + Decimal("0.01"))
    found = charged(fee(above), where=Region.FLANDERS, others=(earlier,))
    assert found == Excess(Decimal(above), Decimal(limit))


def test_bills_that_cannot_have_been_open() -> None:
    """What came later or long before, or is no bill, was not open."""
    others = (
        bill(TODAY - timedelta(days=366), amount="5000"),
        bill(TODAY - timedelta(days=5), amount="5000", kind=InvoiceKind.CREDIT_NOTE),
    )
    assert charged(fee("21"), where=Region.FLANDERS, others=others)
    on_credit_note = bill(TODAY, fee("21"), kind=InvoiceKind.CREDIT_NOTE)
    statement = Statement(invoices=(on_credit_note,))
    assert excess(statement, {HOME: Region.FLANDERS}, TODAY)


def test_a_year_of_letters() -> None:
    """Many letters together may not cost more than 55 € in a calendar year."""
    day = date(2026, 6, 1)
    others = tuple(bill(day + timedelta(days=n), fee("15")) for n in range(3))
    assert charged(fee("10"), where=Region.WALLONIA, others=others) is None
    assert charged(fee("11"), where=Region.WALLONIA, others=others) == Excess(
        Decimal(56), Decimal(55)
    )
    # Neither in Flanders, nor over the turn of the year.
    assert charged(fee("11"), where=Region.FLANDERS, others=others) is None
    before = tuple(bill(date(2025, 12, 1), fee("15")) for n in range(3))
    assert charged(fee("11"), where=Region.WALLONIA, others=before) is None


def test_old_fees() -> None:
    """What is more than a year old is left alone."""
    day = TODAY - timedelta(days=366)
    assert charged(fee("99"), where=Region.WALLONIA, day=day) is None


def test_regions() -> None:
    """A fee is judged where its supply point is; where that cannot be told, not at all."""
    regions = {HOME: Region.WALLONIA, OFFICE: Region.BRUSSELS}

    def found(line: InvoiceLine, *gsrns: str) -> Excess | None:
        statement = Statement(invoices=(bill(TODAY, line, gsrns=gsrns),))
        return excess(statement, regions, TODAY)

    assert found(fee("16"), HOME)
    assert found(fee("16"), HOME, OFFICE) is None
    assert found(fee("16", gsrn=HOME), HOME, OFFICE)
    assert found(fee("16")) is None
    assert found(fee("16"), "541456700000000019") is None
    assert found(fee("16", gsrn="541456700000000019"), HOME) is None


def test_the_most_first() -> None:
    """Of several fees the one that is most above its limit is told."""
    found = charged(fee("16"), fee("20"), fee("17"), where=Region.WALLONIA)
    assert found == Excess(Decimal(20), Decimal(15))


def test_cancellation() -> None:
    """A fee may be talked about when its bill and all before it are paid."""
    of_fee = bill(date(2026, 10, 1), fee("7.50"))
    later = bill(date(2026, 11, 1), status=InvoiceStatus.OPEN)
    earlier = bill(date(2026, 9, 1), status=InvoiceStatus.OVERDUE)
    paid = Statement(invoices=(later, of_fee))
    (standing,) = fees(paid)
    assert may_be_cancelled(standing, paid)
    assert not may_be_cancelled(standing, Statement(invoices=(later, of_fee, earlier)))
