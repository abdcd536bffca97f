"""Tests of the Finnish bank barcode."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.barcode import version_4, version_5
from custom_components.lumme_energy.billing.references import Reference, ReferenceKind, reference

from .strategies import amounts, belgian_ibans, finnish_ibans, viitenumeros

# The code tells two digits of a year.
days = st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31))


@dataclass
class Read:
    """What a scanner reads."""

    version: str
    iban: str
    amount: Decimal
    reference: str
    due: date | None


def read(code: str) -> Read:
    """Take a barcode apart as a bank does."""
    assert len(code) == 54
    assert code.isdigit()
    where = slice(28, 48) if code[0] == "4" else slice(27, 48)
    digits = code[where].lstrip("0")
    return Read(
        version=code[0],
        iban=f"FI{code[1:17]}",
        amount=Decimal(code[17:25]) / 100,
        reference=digits if code[0] == "4" else f"RF{code[25:27]}{digits}",
        due=None if code[48:] == "000000" else datetime.strptime(f"20{code[48:]}", "%Y%m%d").date(),  # noqa: DTZ007
    )


def checked(text: str, country: str = "FI") -> Reference:
    """Return a reference that must be valid."""
    found = reference(text, country)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("iban", "amount", "number", "due", "code_4", "code_5"),
    [
        (
            "FI7944052020036082",
            "4883.15",
            "868516259619897",
            date(2010, 6, 12),
            "479440520200360820048831500000000868516259619897100612",
            "579440520200360820048831509000000868516259619897100612",
        ),
        (
            "FI5810171000000122",
            "482.99",
            "559582243294671",
            date(2012, 1, 31),
            "458101710000001220004829900000000559582243294671120131",
            "558101710000001220004829906000000559582243294671120131",
        ),
    ],
)
def test_vectors(iban: str, amount: str, number: str, due: date, code_4: str, code_5: str) -> None:
    """Known bills have their known codes, in either form of the reference."""
    for viite in (checked(number), checked(checked(number).rf or "")):
        assert version_4(iban, Decimal(amount), viite, due) == code_4
        assert version_5(iban, Decimal(amount), viite, due) == code_5


@given(finnish_ibans, amounts, viitenumeros, days)
def test_round_trip(iban: str, amount: Decimal, number: str, due: date | None) -> None:
    """A bank reads what the bill says."""
    viite = checked(number)
    code_4, code_5 = version_4(iban, amount, viite, due), version_5(iban, amount, viite, due)
    assert read(code_4 or "") == Read("4", iban, amount, number, due)
    assert read(code_5 or "") == Read("5", iban, amount, viite.rf or "", due)


@pytest.mark.parametrize("amount", ["0", "-1", "1000000", "0.001", "12.345"])
def test_amounts_that_do_not_fit(amount: str) -> None:
    """An amount that the code cannot tell makes no code."""
    assert version_4("FI7944052020036082", Decimal(amount), checked("12345672")) is None


@given(belgian_ibans)
def test_finnish_accounts_only(iban: str) -> None:
    """Other countries have no such code."""
    assert version_4(iban, Decimal(1), checked("12345672")) is None


def test_references_that_do_not_fit() -> None:
    """Belgian references and letters have no place in the code."""
    ogm = Reference(ReferenceKind.OGM, "090933755493")
    lettered = checked("RF45G72UUR")
    for other in (ogm, lettered):
        assert version_4("FI7944052020036082", Decimal(1), other) is None
        assert version_5("FI7944052020036082", Decimal(1), other) is None
