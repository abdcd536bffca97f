"""Tests of laying a bill beside the meter."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.bill_check import (
    Tolerance,
    Verdict,
    check,
    kwh_per_m3,
    span,
)
from custom_components.lumme_energy.billing.usage import Measured
from custom_components.lumme_energy.portal.model import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    LineKind,
    Statement,
)

GSRN = "541448820010076543"
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
TOLERANCE = Tolerance()


def line(register: str | None, energy: str | None, amount: str, **details: object) -> InvoiceLine:
    """Return a line about energy."""
    return InvoiceLine(
        **{
            "kind": LineKind.ENERGY,
            "amount": Decimal(amount),
            "register": register,
            "energy": None if energy is None else Decimal(energy),
            "start": FIRST,
            "end": LAST,
            "gsrn": GSRN,
            **details,
        }  # type: ignore[arg-type]
    )


def bill(*lines: InvoiceLine, **details: object) -> Invoice:
    """Return a bill."""
    return Invoice(
        **{
            "number": "1",
            "kind": InvoiceKind.CONSUMPTION,
            "issued": date(2026, 11, 5),
            "amount": sum((each.amount for each in lines), Decimal()),
            "gsrns": (GSRN,),
            "lines": lines,
            **details,
        }  # type: ignore[arg-type]
    )


class Meter:
    """A meter with registers, in October 2026."""

    def __init__(self, **registers: str) -> None:
        """Set the registers."""
        self.registers = registers

    def __call__(self, gsrn: str, register: str, first: date, last: date) -> Measured | None:
        """Return what a register counted."""
        if (gsrn, first, last) != (GSRN, FIRST, LAST) or register not in self.registers:
            return None
        return Measured(energy=Decimal(self.registers[register]))


@pytest.mark.parametrize(
    ("billed", "measured", "allowed"),
    [
        ("104.99", "100", True),
        ("105", "100", True),
        ("105.01", "100", False),
        ("1020", "1000", True),
        ("1020.1", "1000", False),
        ("979.9", "1000", False),
        ("5", "0", True),
    ],
)
def test_tolerance(billed: str, measured: str, *, allowed: bool) -> None:
    """Two percent or five kWh, whichever is more."""
    assert TOLERANCE.allows(Decimal(billed), Decimal(measured)) is allowed


def test_matches() -> None:
    """Day and night, bought and sold: each line has its register."""
    invoice = bill(
        line("day", "100", "20.00"),
        line("night", "200", "30.00"),
        line("single", "40", "-1.20", kind=LineKind.EXPORT),
        InvoiceLine(kind=LineKind.FIXED_FEE, amount=Decimal("5.00")),
    )
    found = check(invoice, Meter(day="99", night="202", export_single="40"), TOLERANCE)
    assert found.verdict is Verdict.MATCHES
    assert [each.energy_difference for each in found.lines] == [1, -2, 0]
    assert [each.amount_difference for each in found.lines] == [
        Decimal("0.20"),
        Decimal("-0.30"),
        0,
    ]
    assert found.energy_difference == -1
    assert found.amount_difference == Decimal("-0.10")
    assert found.sum_difference == 0
    assert not found.is_estimated


def test_differs() -> None:
    """A guessed index that asks for too much."""
    invoice = bill(line("single", "340", "34.00", estimated=True), amount=Decimal("35.00"))
    found = check(invoice, Meter(single="300"), TOLERANCE)
    assert found.verdict is Verdict.DIFFERS
    assert found.energy_difference == 40
    assert found.amount_difference == Decimal("4.00")
    assert found.is_estimated
    assert found.sum_difference == 1


def test_meter_with_one_register() -> None:
    """A bill with day and night is compared in sum with a meter that does not tell them apart."""
    invoice = bill(line("day", "100", "20.00"), line("night", "200", "20.00"))
    found = check(invoice, Meter(single="290"), TOLERANCE)
    (together,) = found.lines
    assert together.billed == 300
    assert together.amount == Decimal("40.00")
    assert together.amount_difference == Decimal("1.33")
    assert found.verdict is Verdict.DIFFERS


def test_bill_with_one_register() -> None:
    """A bill that does not tell day and night apart is compared with both."""
    found = check(bill(line(None, "300", "40.00")), Meter(day="100", night="200"), TOLERANCE)
    assert found.verdict is Verdict.MATCHES
    half = check(bill(line(None, "300", "40.00")), Meter(day="100"), TOLERANCE)
    assert half.verdict is Verdict.NOT_COMPARABLE


@pytest.mark.parametrize(
    "invoice",
    [
        bill(),
        bill(line("single", None, "20.00")),
        bill(line("single", "300", "20.00", start=None)),
        bill(line("single", "300", "20.00", end=None)),
        bill(line("single", "300", "20.00", gsrn="another")),
        bill(line("single", "300", "20.00", gsrn=None), gsrns=(GSRN, "another")),
        bill(line("night", "300", "20.00", end=date(2026, 11, 1))),
    ],
)
def test_not_comparable(invoice: Invoice) -> None:
    """Where the bill or the meter does not tell enough there is no verdict."""
    found = check(invoice, Meter(single="300"), TOLERANCE)
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.energy_difference is None
    assert found.amount_difference is None
    assert found.sum_difference == (0 if invoice.lines else None)


def test_period_and_supply_point_of_the_bill() -> None:
    """A line that does not tell what it is about is about what the bill is."""
    bare = line("single", "300", "20.00", start=None, end=None, gsrn=None)
    invoice = bill(bare, period_start=FIRST, period_end=LAST)
    assert check(invoice, Meter(single="300"), TOLERANCE).verdict is Verdict.MATCHES


def test_span() -> None:
    """A bill is about the days of its lines about energy."""
    older = line("single", "1", "1.00", start=date(2026, 9, 1), end=None)
    assert span(bill(line("single", "1", "1.00"), older)) == (date(2026, 9, 1), LAST)
    fee = line(None, None, "5.00", kind=LineKind.FIXED_FEE)
    assert span(bill(fee)) is None
    assert span(bill(older)) is None
    assert span(bill(older, period_end=LAST)) == (date(2026, 9, 1), LAST)


def test_several_supply_points() -> None:
    """What a bill says of one supply point stands for itself."""
    invoice = bill(
        line("single", "300", "30.00"),
        line("single", "100", "10.00", gsrn="another"),
        gsrns=(GSRN, "another"),
    )
    found = check(invoice, Meter(single="300"), TOLERANCE)
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.of(GSRN).verdict is Verdict.MATCHES
    assert found.of("another").verdict is Verdict.NOT_COMPARABLE


def test_nothing_billed() -> None:
    """A line without energy has no price by which to tell what is missing."""
    found = check(bill(line("single", "0", "0.00")), Meter(single="300"), TOLERANCE)
    assert found.verdict is Verdict.DIFFERS
    assert found.energy_difference == -300
    assert found.amount_difference is None


def test_some_lines_are_not_comparable() -> None:
    """A bill does not match on the word of a part of it."""
    invoice = bill(line("single", "300", "20.00"), line("single", "10", "1.00", end=FIRST))
    found = check(invoice, Meter(single="300"), TOLERANCE)
    assert found.verdict is Verdict.NOT_COMPARABLE
    assert found.energy_difference == 0


@given(st.lists(st.decimals(min_value=0, max_value=1_000, places=2), min_size=1, max_size=4))
def test_lines_add_up(amounts: list[Decimal]) -> None:
    """The lines that were checked ask for what the bill asks for."""
    lines = [line("day" if n % 2 else "night", "10", str(a)) for n, a in enumerate(amounts)]
    found = check(bill(*lines), Meter(single="10"), TOLERANCE)
    assert sum(each.amount for each in found.lines) == sum(amounts)
    assert sum(len(each.lines) for each in found.lines) == len(lines)
    assert found.sum_difference == 0


def test_cubic_metres() -> None:
    """A bill that tells the indexes beside the energy tells what a cubic metre holds."""
    gas = line("single", "1140", "90.00", meter_start=Decimal(5000), meter_end=Decimal(5100))
    older = bill(gas, issued=date(2025, 11, 5))
    newer = bill(replace(gas, meter_end=None))
    assert kwh_per_m3(Statement(invoices=(older, newer)), GSRN) == Decimal("11.4")
    assert kwh_per_m3(Statement(invoices=(older,)), "another") is None
    backwards = bill(replace(gas, meter_end=Decimal(4000)))
    for unclear in (
        backwards,
        bill(replace(gas, meter_start=None)),
        bill(replace(gas, energy=None)),
        bill(replace(gas, kind=LineKind.EXPORT)),
    ):
        assert kwh_per_m3(Statement(invoices=(unclear,)), GSRN) is None
    assert kwh_per_m3(None, GSRN) is None
