"""Tests of names of files: whatever a portal tells, they are names, and not paths."""

from datetime import date
from decimal import Decimal
from pathlib import Path, PurePosixPath, PureWindowsPath

from homeassistant.util import raise_if_invalid_filename
from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.documents.names import LONGEST, safe, stem, token
from custom_components.lumme_energy.portal.model import Invoice, InvoiceKind

ANYTHING = st.text(st.characters()) | st.sampled_from(
    ["", ".", "..", "../..", "/etc/passwd", "C:\\x", "a\0b", "CON", "~", "-", "x" * 500, "a.pdf"]
)


def invoice(number: str) -> Invoice:
    """Return an invoice with a number."""
    return Invoice(
        number=number,
        kind=InvoiceKind.OTHER,
        issued=date(2026, 11, 20),
        amount=Decimal(1),
    )


@given(ANYTHING)
def test_names_are_names(text: str) -> None:
    """A name has no folder in it, is short, and every disk takes it."""
    name = f"{stem(invoice(text))}.pdf"
    raise_if_invalid_filename(name)
    assert PurePosixPath(name).name == PureWindowsPath(name).name == Path(name).name == name
    assert name.isascii()
    assert len(name) <= LONGEST + 30
    assert name.count(".") == 1


@given(ANYTHING, ANYTHING)
def test_what_differs_stays_different(one: str, other: str) -> None:
    """Two invoices never share a file, on disks that ignore case neither."""
    assert (safe(one).casefold() == safe(other).casefold()) is (one == other)
    assert (token(one) == token(other)) is (one == other)


@pytest.mark.parametrize(
    ("text", "name"),
    [("26101681", "26101681"), ("VF2026-001", "VF2026-001"), ("A-B", "A-B")],
)
def test_plain_numbers_stay_as_they_are(text: str, name: str) -> None:
    """Who looks into the folder finds invoices by their numbers."""
    assert safe(text) == name
    assert stem(invoice(text)) == f"2026-11-20_{name}"


@pytest.mark.parametrize("text", ["ab1", "A/B", "A B", "Ä", "-A", "A--B"])
def test_others_are_told_apart(text: str) -> None:
    """What cannot be written as it is ends with a digest."""
    assert safe(text).endswith(token(text)[:8])


@given(ANYTHING)
def test_tokens_tell_nothing(text: str) -> None:
    """A token has the same form whatever it stands for."""
    assert len(token(text)) == 20
    assert set(token(text)) <= set("0123456789abcdef")
