"""Tests of account numbers."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.iban import iban, printed

from .strategies import belgian_ibans, finnish_ibans, iban_of, slips


@pytest.mark.parametrize(
    "number",
    [
        "FI7944052020036082",
        "FI5810171000000122",
        "FI1680001400050267",
        "BE71096123456769",
        "BE62510007547061",
        # A bank that is in no list any more.
        "BE68539007547034",
        # Made up by the standard's registry.
        "NL91ABNA0417164300",
    ],
)
def test_vectors(number: str) -> None:
    """Known numbers are valid, however they are written."""
    assert iban(number) == number
    assert iban(printed(number).lower()) == number


def test_printed() -> None:
    """People read groups of four."""
    assert printed("BE71096123456769") == "BE71 0961 2345 6769"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FI",
        "FI7944052020036083",
        # Of the right kind for another country, too short, and with a letter.
        iban_of("FI", "096123456769"),
        iban_of("BE", "44052020036082"),
        iban_of("BE", "09612345676A"),
        # International check digits of a number whose national ones are wrong.
        iban_of("BE", "096123456768"),
        "FI79 4405 2020 0360 8²",
    ],
)
def test_refused(text: str) -> None:
    """What does not check out is no account."""
    assert iban(text) is None


@given(st.one_of(finnish_ibans, belgian_ibans))
def test_one_wrong_digit(number: str) -> None:
    """Every number survives print, and one wrong digit never passes."""
    assert iban(printed(number)) == number
    for slip in slips(number):
        assert iban(slip) is None


@given(st.text())
def test_anything(text: str) -> None:
    """Whatever a portal says, the answer is a valid number or none."""
    found = iban(text)
    assert found is None or iban(found) == found
