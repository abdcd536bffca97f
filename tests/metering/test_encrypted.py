"""Encrypted telegrams: opened, refused and told apart, in a stream that may be cut anywhere."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.metering.encrypted import Decryptor, Unwrapper, parse_key
from custom_components.lumme_energy.metering.framing import LIMIT
from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from demo.p1_meter import KEY, KINDS, encrypted, telegram
from tests.meter.conftest import NOW

TEXT = telegram(KINDS["LU"].render(NOW))
FRAME = encrypted(TEXT, KEY, 1)
WRONG = bytes(16)


def reader(key: bytes | None = KEY, country: str = "LU") -> P1Reader:
    """Return a reader with a key."""
    return P1Reader(PROFILES[Country(country)], Decryptor(key) if key else None)


@pytest.mark.parametrize("size", [1, 2, 7, 300, 5000])
def test_reads_frames_however_the_stream_is_cut(size: int) -> None:
    one = reader()
    stream = FRAME * 3
    heard = [
        telegram
        for start in range(0, len(stream), size)
        for telegram in one.feed(stream[start : start + size])
    ]
    assert len(heard) == 3
    assert heard[0].meter_id == "DEMO-LU-0001"
    assert one.last_frame == TEXT.strip()
    assert one.counters.crc_bad == one.counters.framing == one.counters.wrong_key == 0


def test_reads_text_and_frames_in_one_stream() -> None:
    assert len(reader().feed(TEXT + FRAME + TEXT + b"\xdb" + TEXT + FRAME)) == 5


def test_without_a_key_it_is_known_that_one_is_missing() -> None:
    one = reader(None)
    assert one.feed(FRAME * 2) == []
    assert one.counters.no_key == 2


def test_a_wrong_key_is_told_from_a_damaged_frame() -> None:
    one = reader(WRONG)
    assert one.feed(FRAME * 2) == []
    assert (one.counters.wrong_key, one.counters.crc_bad) == (2, 0)
    one = reader()
    damaged = bytearray(FRAME)
    damaged[200] ^= 4
    assert one.feed(bytes(damaged)) == []
    assert (one.counters.wrong_key, one.counters.crc_bad) == (0, 1)
    # A damaged counter makes noise of all the text; who has opened a frame knows better.
    damaged = bytearray(FRAME)
    damaged[15] ^= 4
    assert len(one.feed(FRAME + bytes(damaged) + FRAME)) == 2
    assert (one.counters.wrong_key, one.counters.crc_bad) == (0, 2)


def test_the_checksum_stands_in_for_another_authentication_key() -> None:
    one = P1Reader(PROFILES[Country.AUSTRIA], Decryptor(KEY, authentication_key=WRONG))
    assert len(one.feed(FRAME)) == 1


def test_a_frame_that_lost_its_end_takes_no_other_along() -> None:
    one = reader()
    assert len(one.feed(FRAME[:500] + FRAME + FRAME)) == 2
    assert one.counters.framing == 1
    one.reset()
    assert one.feed(FRAME[:500]) == []
    one.reset()
    assert len(one.feed(FRAME)) == 1


def test_a_length_beyond_reason_is_no_frame() -> None:
    long = FRAME[:11] + (LIMIT + 1).to_bytes(2) + FRAME[13:]
    short = FRAME[:11] + (12).to_bytes(2) + FRAME[13:]
    assert len(reader().feed(long + short + FRAME)) == 1


@given(st.lists(st.one_of(st.binary(max_size=200), st.sampled_from([FRAME, FRAME[:14], b"\xdb"]))))
@settings(deadline=None)
def test_never_raises_and_stays_small(pieces: list[bytes]) -> None:
    one = Unwrapper(Decryptor(KEY))
    for piece in pieces:
        one.feed(piece)
        assert len(one._held) <= LIMIT
    # Whatever came before, the longest pretended frame is over some time.
    assert TEXT in b"".join(one.feed(FRAME) for _ in range(12))


@given(st.binary(max_size=300))
def test_what_is_no_frame_passes_through(data: bytes) -> None:
    one = Unwrapper(lambda frame: None)
    assert (one.feed(data) + one.feed(b"\x00" * 9000)).rstrip(b"\x00") == data.rstrip(b"\x00")


@pytest.mark.parametrize(
    "text",
    [
        "D0E1F2A3B4C5D6E7F8091A2B3C4D5E6F",
        " d0e1f2a3 b4c5d6e7 f8091a2b 3c4d5e6f\n",
        "0xD0E1F2A3B4C5D6E7F8091A2B3C4D5E6F",
        "D0:E1:F2:A3:B4:C5:D6:E7:F8:09:1A:2B:3C:4D:5E:6F",
    ],
)
def test_keys_as_grid_operators_write_them(text: str) -> None:
    assert parse_key(text) == KEY


@pytest.mark.parametrize("text", ["", "D0E1", "x" * 32, "00" * 17])
def test_what_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal"):
        parse_key(text)
