"""Recognising meters, and telling what else is on the line."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.metering.detect import (
    SERIAL_FORMATS,
    Candidate,
    Detection,
    Heard,
    Reason,
    SerialFormat,
    detect,
)
from custom_components.lumme_energy.metering.encrypted import Decryptor
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from custom_components.lumme_energy.metering.telegram import Quantity
from demo.p1_meter import KEY, KINDS, encrypted, telegram
from tests.meter.conftest import NOW

FINNISH = telegram(KINDS["FI"].render(NOW))
BELGIAN = telegram(KINDS["BE"].render(NOW))
DUTCH = telegram(KINDS["NL"].render(NOW))
SMARTY = telegram(KINDS["LU"].render(NOW))
ENCRYPTED = encrypted(SMARTY, KEY, 1)


def said(ident: str, *lines: str) -> bytes:
    """Return a telegram of these lines."""
    return telegram([f"/{ident}", "", *lines])


OLD_DUTCH = said(
    "ISk5\\2MT382-1004",
    "0-0:96.1.1(00000000000000)",
    "1-0:1.8.1(00001.001*kWh)",
    "1-0:1.8.2(00001.001*kWh)",
)[:-6]
HUNGARIAN = said(
    "AUX5DEMO",
    "0-0:1.0.0(261124103000W)",
    "0-0:42.0.0(AUX1030300000001)",
    "0-0:96.1.0(9900000001)",
    "1-0:1.8.0(000812.421*kWh)",
    "1-0:1.8.1(000470.111*kWh)",
    "1-0:5.8.0(000011.481*kvarh)",
    "1-0:15.8.0(002526.790*kWh)",
)
LITHUANIAN = said(
    "ESO5\\DEMO",
    "0-0:1.0.0(261124113000W)",
    "1-0:1.8.0(00009548.086*kWh)",
    "1-0:3.8.0(00000026.348*kvarh)",
    "1-0:32.7.0(0000.242*kV)",
    "1-0:23.7.0(00000000.000*kvar)",
)
AUSTRIAN = said(
    "EST5\\DEMO",
    "1-3:0.2.8(50)",
    "0-0:1.0.0(261124103000W)",
    "1-0:1.8.0(006545766*Wh)",
    "1-0:1.8.1(005017120*Wh)",
)
SWISS = said("LGZ4DEMO", "0-0:1.0.0(261124103000W)", "1-1:1.8.0(012.5*kWh)", "1-1:1.7.0(1.5*kW)")
DANISH = FINNISH.replace(b"/ADN9 DEMO", b"/KAM5").replace(b"1-0:24.7.0", b"1-0:4:24.7.0")
DANISH = said(*DANISH.decode().removeprefix("/").replace("\r\n\r\n", "\r\n").split("\r\n")[:-2])
ISKRA = b"/ISk9\\2MIE7T-200\r\n\r\n1-0:1.8.1(002734.214*kWh)\r\n!\r\n"


@pytest.mark.parametrize(
    ("data", "country", "reasons"),
    [
        (BELGIAN, "BE", {Reason.IDENT, Reason.OBJECTS}),
        (DUTCH, "NL", {Reason.OBJECTS}),
        (OLD_DUTCH + b"\r\n", "NL", {Reason.OBJECTS}),
        (SMARTY, "LU", {Reason.IDENT, Reason.OBJECTS}),
        (HUNGARIAN, "HU", {Reason.OBJECTS}),
        (LITHUANIAN, "LT", {Reason.IDENT, Reason.SPELLING}),
        (AUSTRIAN, "AT", {Reason.IDENT, Reason.SPELLING}),
        (SWISS, "CH", {Reason.SPELLING}),
        (DANISH, "DK", {Reason.OBJECTS, Reason.SPELLING}),
        (ISKRA, "BE", {Reason.IDENT}),
    ],
    ids=["BE", "NL", "NL-2.2", "LU", "HU", "LT", "AT", "CH", "DK", "BE-Iskra"],
)
@pytest.mark.parametrize("home", [None, *Country])
def test_countries(data: bytes, country: str, reasons: set[Reason], home: Country | None) -> None:
    """Where the house is said to be never outweighs what the meter says."""
    result = detect(b"rest of a telegram\r\n!ABCD\r\n" + data, home=home)
    assert result.heard is Heard.TELEGRAM
    assert result.country == country
    assert reasons == set(result.candidates[0].reasons) - {Reason.HOME}
    assert result.telegram is not None


def test_the_clock_tells_finland_from_sweden() -> None:
    assert detect(FINNISH, now=NOW + timedelta(seconds=2)).country is Country.FINLAND
    swedish = said(
        "ADN9 6534",
        "0-0:1.0.0(261124103000W)",
        "1-0:1.8.0(00031157.405*kWh)",
        "1-0:3.8.0(00000857.557*kVArh)",
        "1-0:23.7.0(0000.351*kVAr)",
    )
    result = detect(swedish, now=NOW, home=Country.FINLAND)
    assert result.country is Country.SWEDEN
    assert Reason.CLOCK in result.candidates[0].reasons
    assert Reason.HOME in result.candidates[1].reasons
    # Without a clock to compare, the house decides; without a house, nobody does.
    assert detect(swedish, home=Country.SWEDEN).country is Country.SWEDEN
    assert detect(swedish, home=Country.FINLAND).country is Country.FINLAND
    first, second, *_ = detect(swedish).candidates
    assert first.score == second.score
    # A clock that is wrong by days speaks for nobody.
    assert {
        reason
        for candidate in detect(swedish, now=datetime(2026, 1, 1, tzinfo=UTC)).candidates
        for reason in candidate.reasons
    } == {Reason.IDENT, Reason.OBJECTS}


def test_encrypted_telegrams_need_a_key() -> None:
    assert detect(ENCRYPTED, home=Country.AUSTRIA).country is Country.AUSTRIA
    assert detect(ENCRYPTED) == Detection(
        heard=Heard.ENCRYPTED,
        candidates=(
            Candidate(Country.LUXEMBOURG, 2, (Reason.ENCRYPTION,)),
            Candidate(Country.AUSTRIA, 2, (Reason.ENCRYPTION,)),
        ),
    )
    assert detect(ENCRYPTED, decryptor=Decryptor(bytes(16))).heard is Heard.WRONG_KEY
    result = detect(ENCRYPTED, decryptor=Decryptor(KEY))
    assert result.country is Country.LUXEMBOURG
    assert set(result.candidates[0].reasons) == {Reason.IDENT, Reason.OBJECTS, Reason.ENCRYPTION}
    assert result.telegram is not None
    assert Quantity.APPARENT_POWER_IMPORT in result.telegram.values


def test_a_country_that_refuses_the_telegram_is_none() -> None:
    assert detect(b"/FLU5\r\n\r\n1-0:1.4.0(1*kW)\r\n!\r\n").candidates == ()


def test_a_telegram_of_nowhere_is_one_all_the_same() -> None:
    data = said("XYZ5", "1-0:1.7.0(1.000*kW)")
    result = detect(data)
    assert (result.heard, result.candidates) == (Heard.TELEGRAM, ())
    assert result.country is None
    assert result.telegram is not None
    result = detect(data, home=Country.FINLAND)
    assert result.candidates == (Candidate(Country.FINLAND, 1, (Reason.HOME,)),)


@pytest.mark.parametrize(
    ("data", "heard"),
    [
        (b"", Heard.NOTHING),
        (BELGIAN[:-6] + b"0000\r\n", Heard.DAMAGED),
        (BELGIAN[:500], Heard.INCOMPLETE),
        (BELGIAN[500:], Heard.INCOMPLETE),
        (bytes(byte | byte.bit_count() % 2 << 7 for byte in OLD_DUTCH), Heard.PARITY),
        (bytes.fromhex("7ea243418083 13 8512 e6e700 0f40000000") * 3, Heard.BINARY),
        (b"Welcome to ser2net\r\nlogin: ", Heard.TEXT),
        (bytes(range(128, 256)) * 4, Heard.NOISE),
        (bytes(100), Heard.NOISE),
    ],
)
def test_what_else_there_may_be(data: bytes, heard: Heard) -> None:
    result = detect(data, home=Country.BELGIUM)
    assert result.heard is heard
    assert result.telegram is None
    assert result.version is None


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("1-3:0.2.8(50)", "DSMR 5.0"),
        ("1-3:0.2.8(42)", "DSMR 4.2"),
        ("0-0:96.1.4(50217)", "eMUCS 1.7"),
        ("0-0:96.1.4(x)", None),
        ("0-0:96.1.4(1)", None),
        ("1-0:1.8.0(1*kWh)", None),
    ],
)
def test_versions(line: str, version: str | None) -> None:
    assert detect(said("TST5", line, "1-0:1.7.0(1*kW)")).version == version


def test_no_country_is_without_a_clue() -> None:
    """Each profile can be reached by listening."""
    found = {
        detect(data, now=NOW).country
        for data in (
            BELGIAN,
            DUTCH,
            SMARTY,
            HUNGARIAN,
            LITHUANIAN,
            AUSTRIAN,
            SWISS,
            DANISH,
            FINNISH,
        )
    }
    assert found | {Country.SWEDEN} == set(PROFILES)


def test_the_usual_serial_format_is_tried_first() -> None:
    assert SERIAL_FORMATS[:2] == (SerialFormat(115200, 8, "N"), SerialFormat(9600, 7, "E"))


@given(st.binary(max_size=600), st.sampled_from([None, *Country]))
@settings(deadline=None)
def test_never_raises(data: bytes, home: Country | None) -> None:
    assert detect(data, now=NOW, home=home).heard in Heard


@given(st.integers(0, len(BELGIAN) - 1), st.integers(0, 255))
@settings(deadline=None)
def test_never_raises_on_what_is_nearly_a_telegram(position: int, byte: int) -> None:
    damaged = bytearray(BELGIAN)
    damaged[position] = byte
    assert detect(bytes(damaged), now=NOW).heard in Heard
