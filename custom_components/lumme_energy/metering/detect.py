"""Tells what is on a port by listening to it: which country's meter, or what is wrong.

Meters do not say where they are. But what they send differs from country to country, and so does
the time by their clocks. Every clue is weighed the same way each time, and told as a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
import re
from typing import Final

from .encrypted import Decryptor
from .p1 import P1Reader
from .profiles import PROFILES, Country
from .telegram import Quantity, Telegram


@dataclass(frozen=True, slots=True)
class SerialFormat:
    """How characters go over a serial line."""

    baudrate: int
    bits: int
    parity: str


# To be tried in this order: all newer meters; DSMR 2 and 3; gateways that pass those on.
SERIAL_FORMATS: Final = (
    SerialFormat(115200, 8, "N"),
    SerialFormat(9600, 7, "E"),
    SerialFormat(9600, 8, "N"),
    SerialFormat(115200, 7, "E"),
)


class Heard(StrEnum):
    """What came."""

    TELEGRAM = "telegram"
    ENCRYPTED = "encrypted"  # telegrams, but a key is needed
    WRONG_KEY = "wrong_key"
    DAMAGED = "damaged"  # telegrams whose checksum is wrong
    INCOMPLETE = "incomplete"  # a piece of a telegram
    PARITY = "parity"  # telegrams, at 7 bits and even parity
    BINARY = "binary"  # DLMS in HDLC frames: a meter, but no P1 port
    TEXT = "text"  # of somebody else
    NOISE = "noise"  # another speed, an inverted line
    NOTHING = "nothing"


class Reason(StrEnum):
    """Why a country is taken for the meter's."""

    IDENT = "ident"  # the meter's make or model
    OBJECTS = "objects"  # what it sends
    SPELLING = "spelling"  # how it writes that
    ENCRYPTION = "encryption"
    CLOCK = "clock"  # what time it shows
    HOME = "home"  # where the house is said to be


@dataclass(frozen=True, slots=True)
class Candidate:
    """A country that the meter may be in."""

    country: Country
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """What was found.

    Attributes:
        heard: What came.
        candidates: Countries, the likeliest first; none without a telegram.
        telegram: The newest telegram, as the likeliest country means it.

    """

    heard: Heard
    candidates: tuple[Candidate, ...] = ()
    telegram: Telegram | None = None

    @property
    def country(self) -> Country | None:
        """The likeliest country."""
        return self.candidates[0].country if self.candidates else None

    @property
    def version(self) -> str | None:
        """The version of the P1 port, by name."""
        told = self.telegram.values.get(Quantity.VERSION) if self.telegram else None
        if not isinstance(told, str) or not told.isdecimal():
            return None
        if len(told) == 5:
            return f"eMUCS {told[3]}.{told[4]}"
        return f"DSMR {told[0]}.{told[1]}" if len(told) == 2 else None


@dataclass(frozen=True, slots=True)
class _Clue:
    reason: Reason
    weights: dict[Country, int]
    found: Callable[[str, set[str], str], bool]  # in the ident, the codes, the whole text


def _ident(weights: dict[Country, int], *starts: str) -> _Clue:
    return _Clue(Reason.IDENT, weights, lambda ident, _, __: ident.startswith(starts))


_TWO_TARIFFS: Final = {"1-0:1.8.1", "1-0:1.8.2"}
_NORDIC: Final = {"1-0:1.8.0", "1-0:3.8.0", "1-0:23.7.0"}
_NAMES: Final = {"0-0:96.1.0", "0-0:96.1.1", "0-0:42.0.0"}

_CLUES: Final = (
    _ident({Country.BELGIUM: 3}, "flu5", "isk5\\2mie", "isk9\\2mie"),
    _ident({Country.LUXEMBOURG: 3}, "lux5"),
    _ident({Country.LITHUANIA: 3}, "eso5"),
    _ident({Country.AUSTRIA: 2}, "est5"),
    _ident({Country.HUNGARY: 2}, "hly5"),
    _ident({Country.FINLAND: 1, Country.SWEDEN: 1}, "adn", "ell5", "lgf5e360", "kam5", "aux5"),
    _Clue(
        Reason.OBJECTS,
        {Country.BELGIUM: 3},
        lambda _, codes, __: not codes.isdisjoint({"0-0:96.1.4", "1-0:1.4.0"}),
    ),
    _Clue(
        Reason.OBJECTS,
        {Country.LUXEMBOURG: 3},
        lambda _, codes, __: {"0-0:42.0.0", "1-0:9.7.0"} <= codes,
    ),
    _Clue(
        Reason.OBJECTS,
        {Country.HUNGARY: 3},
        lambda _, codes, __: {"1-0:5.8.0", "1-0:15.8.0"} <= codes,
    ),
    _Clue(
        Reason.OBJECTS,
        {Country.NETHERLANDS: 3},
        lambda _, codes, __: codes >= _TWO_TARIFFS and "0-0:1.0.0" not in codes,
    ),
    _Clue(
        Reason.OBJECTS,
        {Country.NETHERLANDS: 2, Country.BELGIUM: 1},
        lambda _, codes, __: _TWO_TARIFFS | {"1-3:0.2.8"} <= codes and "1-0:1.8.0" not in codes,
    ),
    _Clue(
        Reason.OBJECTS,
        {Country.FINLAND: 2, Country.SWEDEN: 2, Country.DENMARK: 1},
        lambda _, codes, __: (
            codes >= _NORDIC and codes.isdisjoint(_NAMES) and "1-0:1.8.1" not in codes
        ),
    ),
    _Clue(Reason.SPELLING, {Country.DENMARK: 5}, lambda _, __, text: "1-0:4:24.7.0(" in text),
    _Clue(Reason.SPELLING, {Country.LITHUANIA: 3}, lambda _, __, text: "*kV)" in text),
    _Clue(Reason.SPELLING, {Country.AUSTRIA: 2}, lambda _, __, text: "*Wh)" in text),
    _Clue(
        Reason.SPELLING,
        {Country.SWITZERLAND: 3},
        lambda _, codes, __: not codes.isdisjoint({"1-1:1.8.0", "1-1:1.8.1", "1-1:1.7.0"}),
    ),
)
_CLOCK_WEIGHT: Final = 2
_HOME_WEIGHT: Final = 1
_CLOCK_ERROR: Final = timedelta(minutes=10)

_CODE: Final = re.compile(r"^(\d-\d{1,2}:\d{1,3}\.\d{1,3}\.\d{1,3})\(", re.ASCII | re.MULTILINE)
_HDLC: Final = re.compile(rb"\x7e[\xa0-\xaf].{3,12}\xe6[\xe6\xe7]\x00", re.DOTALL)
_PRINTABLE: Final = bytes(range(0x20, 0x7F)) + b"\r\n\t"
_WITHOUT_PARITY: Final = bytes(index & 0x7F for index in range(256))

# Reads whatever any country's reader would.
_ANYWHERE: Final = replace(PROFILES[Country.HUNGARY], unchecked=("",))


def detect(
    data: bytes,
    *,
    decryptor: Decryptor | None = None,
    now: datetime | None = None,
    home: Country | None = None,
) -> Detection:
    """Tell what the bytes are that came from a port.

    Args:
        data: All that was heard; one whole telegram is enough.
        decryptor: Opens encrypted telegrams, if the user has a key.
        now: When the last of it came; a meter's clock then tells Finland from Sweden.
        home: Where Home Assistant is said to be; decides between equals.

    """
    reader = P1Reader(_ANYWHERE, decryptor)
    if reader.feed(data):
        return _recognise(reader.last_frame, now, home, is_encrypted=reader.last_frame not in data)
    counters = reader.counters
    if counters.no_key or counters.wrong_key:
        return Detection(
            heard=Heard.ENCRYPTED if counters.no_key else Heard.WRONG_KEY,
            candidates=_ranked({}, home, is_encrypted=True),
        )
    if counters.crc_bad:
        return Detection(heard=Heard.DAMAGED)
    if not data:
        return Detection(heard=Heard.NOTHING)
    if _HDLC.search(data):
        return Detection(heard=Heard.BINARY)
    stripped = data.translate(_WITHOUT_PARITY)
    if _CODE.search(stripped.decode("ascii")):
        return Detection(heard=Heard.INCOMPLETE if data.isascii() else Heard.PARITY)
    unprintable = len(data.translate(None, _PRINTABLE))
    return Detection(heard=Heard.NOISE if 10 * unprintable > len(data) else Heard.TEXT)


def _recognise(
    frame: bytes, now: datetime | None, home: Country | None, *, is_encrypted: bool
) -> Detection:
    text = frame.decode("latin-1")
    ident, codes = text[1:40].lower(), set(_CODE.findall(text))
    # Only a country whose reader takes the telegram can be the meter's.
    read = {
        country: telegrams[0]
        for country, profile in PROFILES.items()
        if (telegrams := P1Reader(profile).feed(frame + b"\r\n"))
    }
    clues: dict[Country, list[tuple[Reason, int]]] = {country: [] for country in read}
    for clue in _CLUES:
        if clue.found(ident, codes, text):
            for country, weight in clue.weights.items():
                if country in clues:
                    clues[country].append((clue.reason, weight))
    for country, told in clues.items():
        at = read[country].meter_time
        if now and at and told and abs(at - now) < _CLOCK_ERROR:
            told.append((Reason.CLOCK, _CLOCK_WEIGHT))
    candidates = _ranked(clues, home, is_encrypted=is_encrypted)
    best = candidates[0].country if candidates else next(iter(read), None)
    return Detection(
        heard=Heard.TELEGRAM, candidates=candidates, telegram=read[best] if best else None
    )


def _ranked(
    clues: dict[Country, list[tuple[Reason, int]]], home: Country | None, *, is_encrypted: bool
) -> tuple[Candidate, ...]:
    """Add up what speaks for each country."""
    if is_encrypted:
        for country in (country for country in Country if PROFILES[country].encrypted):
            clues.setdefault(country, []).append((Reason.ENCRYPTION, 2))
    if home in clues:
        clues[home].append((Reason.HOME, _HOME_WEIGHT))
    candidates = [
        Candidate(
            country,
            sum(weight for _, weight in told),
            tuple(dict.fromkeys(reason for reason, _ in told)),
        )
        for country, told in clues.items()
        if told
    ]
    return tuple(sorted(candidates, key=lambda candidate: -candidate.score))
