"""Cutting telegrams out of a stream, however it is cut itself."""

from time import process_time

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.metering.framing import LIMIT, Framer

ONE = b"/ADN9 1\r\n\r\n1-0:1.7.0(1*kW)\r\n!ABCD"
TWO = b"/ADN9 2\r\n\r\n1-0:1.7.0(2*kW)\r\n!0f"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_any_cut_gives_the_same_frames(size: int) -> None:
    framer = Framer()
    stream = ONE + b"\r\n" + TWO + b"\r\n" + ONE + b"\r\n"
    frames: list[bytes] = []
    for start in range(0, len(stream), size):
        frames += framer.feed(stream[start : start + size])
    assert frames == [ONE, TWO, ONE]
    assert framer.framing == framer.overflow == 0


def test_a_frame_is_complete_with_its_fourth_digit() -> None:
    assert Framer().feed(ONE) == [ONE]
    framer = Framer()
    assert framer.feed(TWO) == []  # two more digits might follow
    assert framer.feed(b"\r") == [TWO]


@pytest.mark.parametrize("end", [b"!", b"!7", b"!ab1"])
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_short_and_absent_checksums(end: bytes, line_end: bytes) -> None:
    frame = line_end.join([b"/X", b"", end])
    assert Framer().feed(frame + line_end) == [frame]


def test_an_exclamation_mark_within_does_not_end_it() -> None:
    frame = b"/X\r\n0-0:96.13.0(a!b)\r\n!no end\r\n!1234"
    assert Framer().feed(frame) == [frame]


def test_the_rest_of_a_telegram_is_dropped_and_counted() -> None:
    framer = Framer()
    assert framer.feed(ONE[9:] + b"\r\n" + ONE) == [ONE]
    assert framer.framing == 1


def test_a_telegram_cut_off_does_not_take_the_next_along() -> None:
    framer = Framer()
    assert framer.feed(ONE[:20] + b"\r\n" + ONE) == [ONE]
    assert framer.framing == 1


def test_a_slash_in_the_ident_is_part_of_it() -> None:
    frame = b"/HLY5/D545\r\n!1234"
    assert Framer().feed(frame) == [frame]


def test_reset_forgets_what_was_begun() -> None:
    framer = Framer()
    framer.feed(ONE[:20])
    framer.reset()
    assert framer.feed(ONE[20:] + b"\r\n" + TWO + b"\r\n") == [TWO]


def test_what_is_too_long_is_dropped() -> None:
    framer = Framer(limit=64)
    assert framer.feed(b"/" + b"x" * 200) == []
    assert framer.feed(b"\n" + ONE) == [ONE]
    assert framer.overflow >= 1
    framer = Framer(limit=64)
    assert framer.feed(b"/" + b"x" * 63 + b"\n!1234") == []
    assert framer.overflow == 1
    assert framer.feed(ONE) == [ONE]


@given(st.lists(st.one_of(st.binary(max_size=300), st.sampled_from([ONE, TWO, b"\n!", b"/"]))))
def test_never_raises_and_stays_small(pieces: list[bytes]) -> None:
    framer = Framer(limit=256)
    for piece in pieces:
        for frame in framer.feed(piece):
            assert frame.startswith(b"/")
            assert len(frame) <= 256 + 6
        assert len(framer._buffer) <= 256
    # Whatever came before: after two whole telegrams the second is heard.
    frames = framer.feed(b"\r\n" + ONE + b"\r\n" + ONE + b"\r\n")
    assert frames[-1] == ONE


@pytest.mark.parametrize("unit", [b"x", b"/", b"\n!", b"\n/", b"\xff\x00/!\r\n"])
def test_garbage_costs_linear_time(unit: bytes) -> None:
    def cost(size: int) -> float:
        garbage = unit * (size // len(unit))
        framer = Framer()
        best = 1e9
        for _ in range(3):
            began = process_time()
            for start in range(0, len(garbage), 1000):
                framer.feed(garbage[start : start + 1000])
            best = min(best, process_time() - began)
        assert len(framer._buffer) <= LIMIT
        return best

    # Quadratic growth would be a factor of 64.
    assert cost(800_000) < 24 * cost(100_000) + 0.01
