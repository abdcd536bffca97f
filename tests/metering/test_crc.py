"""The checksum, against its published check value and the definition itself."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.crc import crc16, crc16_x25


def by_definition(data: bytes) -> int:
    """Divide bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def test_check_value_of_crc_16_arc() -> None:
    assert crc16(b"123456789") == 0xBB3D


def test_check_value_of_crc_16_x25() -> None:
    assert crc16_x25(b"123456789") == 0x906E


@pytest.mark.parametrize("length", [*range(70), 479, 480, 481, 960, 1921, 3840, 8192, 20000])
def test_every_length(length: int) -> None:
    data = bytes(index * 37 & 255 for index in range(length))
    assert crc16(data) == by_definition(data)


@given(st.binary(max_size=3000))
def test_every_content(data: bytes) -> None:
    assert crc16(data) == by_definition(data)
