"""A masked telegram names nobody."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.masking import masked
from demo.p1_meter import KINDS, telegram
from tests.meter.conftest import NOW


def test_hides_what_could_name_someone() -> None:
    frame = telegram(
        [
            "/ELL5\\253833635_A",
            "",
            "0-0:96.1.1(4B384547303034303436333935353037)",
            "0-0:96.1.0(123456789)",
            "0-0:96.13.0(Hello Maija)",
            "1-0:1.8.0(00010117.368*kWh)",
            "0-1:24.2.1(632525252525S)(00000.000*m3)",
            "(00001.001)",
            "1-1:31.4.0(040*A)(-040*A)",
            "(12345678)",
            "0-0:96.1.1 541448860012345678",
        ]
    )
    *shown, end = masked(frame.strip())
    assert shown == [
        "/ELL5\\*_A",
        "",
        "0-0:96.1.1(*)",
        "0-0:96.1.0(*)",
        "0-0:96.13.0(*)",
        "1-0:1.8.0(00010117.368*kWh)",
        "0-1:24.2.1(632525252525S)(00000.000*m3)",
        "(00001.001)",
        "1-1:31.4.0(040*A)(-040*A)",
        "(*)",
        "*",
    ]
    assert end.startswith("!")


@pytest.mark.parametrize("country", KINDS)
def test_shows_every_number(country: str) -> None:
    lines = KINDS[country].render(NOW)
    shown = masked(telegram(lines).strip())[:-1]
    hidden = [line for line, left in zip(lines, shown, strict=True) if line != left]
    assert all(":96.1." in line or ":42.0.0" in line for line in hidden)


@given(st.binary())
def test_never_raises(frame: bytes) -> None:
    assert masked(frame)
