"""Tests of payment references."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.billing.references import (
    Reference,
    ReferenceKind,
    check_digit,
    reference,
)

from .strategies import ogms, rfs, slips, viitenumeros

VIITE, RF, OGM = ReferenceKind


@pytest.mark.parametrize(
    ("viitenumero", "rf"),
    [
        ("12345672", "RF8512345672"),
        ("1234567907", "RF731234567907"),
        ("868516259619897", "RF09868516259619897"),
        ("559582243294671", "RF06559582243294671"),
        ("69875672083435364", None),
    ],
)
def test_finnish_vectors(viitenumero: str, rf: str | None) -> None:
    """Known references are valid, and each form leads to the other."""
    found = reference(viitenumero, "FI")
    assert found == Reference(VIITE, viitenumero)
    assert found.viitenumero == viitenumero
    if rf is not None:
        assert found.rf == rf
        again = reference(rf, "FI")
        assert again == Reference(RF, rf)
        assert again.viitenumero == viitenumero
        assert again.rf == rf


@pytest.mark.parametrize(
    ("text", "country", "printed"),
    [
        ("12345672", "FI", "123 45672"),
        ("0000 12345672", "FI", "123 45672"),
        ("rf85 1234 5672", "FI", "RF85 1234 5672"),
        ("RF18539007547034", "BE", "RF18 5390 0754 7034"),
        ("+++090/9337/55493+++", "BE", "+++090/9337/55493+++"),
        ("***090/9337/55493***", "BE", "+++090/9337/55493+++"),
        ("010806817183", "BE", "+++010/8068/17183+++"),
        ("123456789002", "BE", "+++123/4567/89002+++"),
        # A remainder of 0 is written as 97.
        ("970000000097", "BE", "+++970/0000/00097+++"),
    ],
)
def test_printed(text: str, country: str, printed: str) -> None:
    """A reference is shown as it is printed on bills, however it arrives."""
    found = reference(text, country)
    assert found is not None
    assert found.printed == printed
    assert reference(printed, country) == found


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("", "FI"),
        ("", "BE"),
        ("000", "FI"),
        ("000000000000", "BE"),
        ("000000000097", "BE"),
        # Too short, too long, a wrong check digit, and digits that only look like digits.
        ("13", "FI"),
        ("123456789012345678904", "FI"),
        ("12345673", "FI"),
        ("090933755494", "BE"),
        ("09093375549", "BE"),
        ("970000000000", "BE"),
        ("RF85", "FI"),
        ("RF8612345672", "FI"),
        ("RF85123456720000000000000000", "FI"),
        ("١٢٣٤٥٦٧٢", "FI"),
        # Valid, but not there.
        ("12345672", "BE"),
        ("+++090/9337/55493+++", "FI"),
        ("12345672", "NL"),
    ],
)
def test_refused(text: str, country: str) -> None:
    """What does not check out is no reference."""
    assert reference(text, country) is None


def test_other_forms() -> None:
    """A Belgian reference has no other form, nor has an RF reference with letters."""
    ogm = Reference(OGM, "090933755493")
    assert (ogm.rf, ogm.viitenumero) == (None, None)
    lettered = reference("RF45G72UUR", "FI")
    assert lettered is not None
    assert lettered.viitenumero is None


@given(viitenumeros)
def test_viitenumero(number: str) -> None:
    """Every reference survives print and RF, and one wrong digit never passes."""
    found = reference(number, "FI")
    assert found is not None
    assert reference(found.printed, "FI") == found
    again = reference(found.rf or "", "BE")
    assert again is not None
    assert again.viitenumero == number
    for slip in slips(number):
        assert reference(slip, "FI") is None


@given(rfs)
def test_rf(number: str) -> None:
    """Every RF reference survives print, and one wrong digit never passes."""
    found = reference(number, "BE")
    assert found == Reference(RF, number)
    assert reference(found.printed.lower(), "BE") == found
    for slip in slips(number):
        assert reference(slip, "BE") is None


@given(ogms)
def test_ogm(number: str) -> None:
    """Every Belgian reference survives print, and one wrong digit never passes."""
    found = reference(number, "BE")
    assert found == Reference(OGM, number)
    assert reference(found.printed, "BE") == found
    for slip in slips(number):
        assert reference(slip, "BE") is None


@given(st.text())
def test_anything(text: str) -> None:
    """Whatever a portal says, the answer is a valid reference or none."""
    for country in ("FI", "BE", "??"):
        found = reference(text, country)
        assert found is None or reference(found.number, country) == found


def test_check_digit() -> None:
    """The weights are 7, 3 and 1 from the right."""
    assert check_digit("123456790") == "7"
