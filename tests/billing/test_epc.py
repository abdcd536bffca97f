"""Tests of the QR code for transfers."""

from decimal import Decimal
from io import BytesIO

from hypothesis import given, settings, strategies as st
from PIL import Image
import pytest
import segno
from segno import helpers

from custom_components.lumme_energy.billing.epc import PAYLOAD_BYTES, code, payload, picture
from custom_components.lumme_energy.billing.references import Reference, ReferenceKind, reference

from .strategies import amounts, belgian_ibans, finnish_ibans, ogms, rfs, viitenumeros

OGM = Reference(ReferenceKind.OGM, "090933755493")
VIITE = Reference(ReferenceKind.VIITENUMERO, "12345672")
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)
references = st.one_of(
    viitenumeros.map(lambda number: reference(number, "FI")),
    rfs.map(lambda number: reference(number, "FI")),
    ogms.map(lambda number: reference(number, "BE")),
)


def test_finnish() -> None:
    """A Finnish reference travels as a creditor reference of ISO 11649."""
    text = payload("Esimerkki Energia Oy", "FI7944052020036082", Decimal("4883.15"), VIITE)
    assert text == (
        "BCD\n002\n1\nSCT\n\nEsimerkki Energia Oy\nFI7944052020036082\nEUR4883.15\n\nRF8512345672"
    )


def test_belgian() -> None:
    """A Belgian reference travels in the free text; the creditor reference stays empty."""
    text = payload("Voorbeeld Energie NV", "BE71096123456769", Decimal(35), OGM)
    assert text == (
        "BCD\n002\n1\nSCT\n\nVoorbeeld Energie NV\nBE71096123456769\nEUR35.00\n\n\n"
        "+++090/9337/55493+++"
    )


@pytest.mark.parametrize("amount", ["0", "-3", "0.001", "1.005", "1000000000"])
def test_amounts_that_do_not_fit(amount: str) -> None:
    """An amount that the standard cannot tell makes no code."""
    assert payload("Voorbeeld", "BE71096123456769", Decimal(amount), OGM) is None


@pytest.mark.parametrize("name", ["", " \n ", "x" * 71, "\N{ELECTRIC LIGHT BULB}" * 70])
def test_names_that_do_not_fit(name: str) -> None:
    """A name that would have to be cut makes no code."""
    assert payload(name, "BE71096123456769", Decimal(1), OGM) is None


def test_a_name_is_one_line() -> None:
    """A line break in a name must not push what follows into another field."""
    text = payload("Voorbeeld\nBE68539007547034", "BE71096123456769", Decimal(1), OGM)
    assert text is not None
    assert text.split("\n")[5:7] == ["Voorbeeld BE68539007547034", "BE71096123456769"]


@given(names, st.one_of(finnish_ibans, belgian_ibans), amounts, references)
@settings(max_examples=50)
def test_fields(name: str, iban: str, amount: Decimal, ref: Reference) -> None:
    """Each field is where the standard wants it, and everything fits into version 13."""
    text = payload(name, iban, amount, ref)
    if text is None:
        assert len(name.encode()) > 70 or not name.split()
        return
    lines = text.split("\n")
    assert lines[:5] == ["BCD", "002", "1", "SCT", ""]
    assert lines[6] == iban
    assert lines[7] == f"EUR{amount}"
    assert bool(lines[9]) != (len(lines) == 11)
    assert len(text.encode()) <= PAYLOAD_BYTES
    version = code(text).version
    assert isinstance(version, int)
    assert version <= 13


@given(
    names.map(lambda name: " ".join(name.split())).filter(lambda name: 0 < len(name) <= 60),
    amounts,
    references,
)
@settings(max_examples=50)
def test_like_segno(name: str, amount: Decimal, ref: Reference) -> None:
    """The library's own helper fills the same fields, but for zeros behind a decimal point."""
    text = payload(name, "FI7944052020036082", amount, ref)
    remittance = {"reference": ref.rf} if ref.rf else {"text": ref.printed}
    theirs = helpers._make_epc_qr_data(
        name, "FI7944052020036082", amount, encoding="utf-8", **remittance
    ).decode()
    assert text is not None
    ours, others = text.split("\n"), theirs.split("\n")
    assert Decimal(ours.pop(7)[3:]) == Decimal(others.pop(7)[3:])
    assert ours == others


def test_picture() -> None:
    """The picture holds the code, module for module, in a white margin of four modules."""
    text = payload("Esimerkki Energia Öljy", "FI7944052020036082", Decimal(1), VIITE)
    assert text is not None
    symbol = segno.make_qr(text, error="m", encoding="utf-8", boost_error=False)
    assert symbol.error == "M"
    expected = [list(row) for row in symbol.matrix_iter(border=4)]
    with Image.open(BytesIO(picture(text))) as image:
        pixels = image.convert("L")
        assert pixels.size == (8 * len(expected), 8 * len(expected))
        found = [
            [
                int(pixels.getpixel((8 * column + 4, 8 * row + 4)) == 0)
                for column in range(len(expected))
            ]
            for row in range(len(expected))
        ]
    assert found == expected
