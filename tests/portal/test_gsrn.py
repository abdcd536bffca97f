"""Metering-point numbers."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal import gsrn
from custom_components.lumme_energy.portal.wire import Drift, Record


@pytest.mark.parametrize(
    "number",
    [
        "541448820000000008",
        "541448860000000004",
        "541456700000000019",
        "643000000000000016",
        "643007572123456788",
    ],
)
def test_right_check_digits(number: str) -> None:
    assert gsrn.is_valid(number)


@pytest.mark.parametrize(
    "number",
    [
        "541448820000000001",
        "643007572123456789",
        "64300757212345678",
        "6430075721234567880",
        "64300757212345678x",
        "FI_JSE000_12345678",
        "٦٤٣٠٠٧٥٧٢١٢٣٤٥٦٧٨٨",
        "",
    ],
)
def test_wrong_numbers(number: str) -> None:
    assert not gsrn.is_valid(number)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" 6430 0000 0000 0000 16 ", "643000000000000016"),
        ("5414488200 00000008_ID1", "541448820000000008"),
        ("5414488200\u00a000000008_ID12", "541448820000000008"),
        ("FI_JSE000_12345678", "FI_JSE000_12345678"),
    ],
)
def test_normalised(written: str, kept: str) -> None:
    assert gsrn.normalise(written) == kept


@given(
    st.text(alphabet="0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9)
)
def test_one_wrong_digit_is_always_noticed(base: str, place: int, change: int) -> None:
    number = base + gsrn.check_digit(base)
    wrong = str((int(number[place]) + change) % 10)
    assert gsrn.is_valid(number)
    assert not gsrn.is_valid(number[:place] + wrong + number[place + 1 :])


@given(st.text())
def test_anything_can_be_normalised(text: str) -> None:
    assert gsrn.normalise(gsrn.normalise(text)) == gsrn.normalise(
        gsrn.normalise(gsrn.normalise(text))
    )


def test_a_wrong_check_digit_is_drift_not_an_error() -> None:
    drift = Drift()
    record = Record("contracts", {"GSRN": "643007572123456789"}, drift)
    assert gsrn.read(record, "GSRN", drift) == "643007572123456789"
    assert drift.report()["unknown_words"] == {"contracts": ["GSRN=wrong check digit"]}
