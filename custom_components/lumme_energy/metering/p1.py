"""Reads the telegrams of a P1 port (IEC 62056-21 mode D, as DSMR, eMUCS, SESKO SK 13-1 shape it).

Lines are read one by one, whatever their order, so a meter may leave out, add or garble any of
them. Between two telegrams few lines change, and in those only digits: a line that was in the last
one is not read again, and one of the same shape is read where the last one had its number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import compress, count
from operator import ne
import re
from typing import Final, cast

from .crc import crc16, crc16_x25
from .encrypted import Decryptor, Unwrapper
from .framing import Framer
from .objects import (
    LIMITS,
    MEASURES,
    SUB_METER_KINDS,
    SUB_METER_OLD_READING,
    SUB_METER_READINGS,
    SUB_METER_TEXTS,
    SWITCH_STATES,
    UNITS,
)
from .profiles import Profile
from .telegram import (
    MonthPeak,
    Outage,
    Quantity,
    Stamped,
    SubMeter,
    Telegram,
    Unit,
    Value,
)

_SUMMER: Final = timedelta(hours=1)

# No meter has more; one that claims to is not believed.
_MOST_OUTAGES: Final = 10
_MOST_PEAKS: Final = 13
_LONGEST_OUTAGE: Final = 2**32  # seconds, of which a meter counts no more

# What a line says: one value of the meter, or (its channel, its meaning) of a meter behind it.
type _Key = Quantity | tuple[str, str] | bool | None
type _Said = tuple[_Key, Value]

_NOTHING: Final[_Said] = (None, None)
_UNREADABLE: Final[_Said] = (False, None)

# How to read a line like this one once more: what it must begin with, what it is about, where the
# text of its value is, and what makes a value of it.
type _Way = tuple[str, Quantity, slice, Callable[[str], Value]]

# Telegrams of the same shape differ in their digits only.
_SHAPE: Final = bytes.maketrans(b"123456789", b"000000000")

_FIELD: Final = re.compile(r"(-?\d{1,15}(?:\.\d{1,9})?)(?:\*(\w{1,8}))?", re.ASCII)
_LINE: Final = re.compile(
    r"(\d-\d{1,2}:\d{1,3}\.\d{1,3}\.\d{1,3})(?:[.*]255)?\((.*)\)\r?", re.ASCII
)
_SIMPLE_LINE: Final = re.compile(r"([^(]*\()([^*()]*)[^()]*\)\r?")
_VALUE_LINE: Final = re.compile(r"\)\r?\n\(")
_SUB_METER_CODE: Final = re.compile(r"0-([1-9]\d?):([\d.]+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What became of the bytes that arrived.

    Attributes:
        ok: Telegrams read.
        crc_bad: Telegrams thrown away because they were damaged on the way.
        no_crc: Telegrams without a checksum, read or not.
        framing: Pieces without a beginning, an end or any content.
        overflow: Pieces too long to be a telegram.
        line_bad: Lines that could not be read in telegrams that could.
        no_key: Encrypted telegrams that nobody gave us a key for.
        wrong_key: Encrypted telegrams that the key does not fit.

    """

    ok: int
    crc_bad: int
    no_crc: int
    framing: int
    overflow: int
    line_bad: int
    no_key: int
    wrong_key: int


class P1Reader:
    """Turns the bytes of a P1 port into telegrams. No input makes it raise or grow.

    Attributes:
        last_frame: The newest telegram as it came, decrypted; holds serial numbers.

    """

    def __init__(self, profile: Profile, decryptor: Decryptor | None = None) -> None:
        """Read as the country does; with a decryptor, encrypted telegrams, too."""
        self.last_frame = b""
        self._profile = profile
        winter, summer = profile.standard, profile.standard + _SUMMER
        self._offsets = {"W": winter, "w": winter, "S": summer, "s": summer, "": None}
        self._decryptor = decryptor
        self._unwrapper = Unwrapper(decryptor or self._miss_key)
        self._framer = Framer()
        self._has_crc = False
        self._ok = self._crc_bad = self._no_crc = self._empty = self._line_bad = self._no_key = 0
        # The last telegram: its shape, its lines, what each is about, how to read it once more if
        # that is known, and what all of them say.
        self._shape = b""
        self._lines: list[str] = [""]
        self._keys: list[_Key] = []
        self._ways: list[_Way | None] = []
        self._values: dict[Quantity, Value] = {}
        self._sub_meters: tuple[SubMeter, ...] = ()
        self._unreadable = 0

    @property
    def counters(self) -> Counters:
        """What became of everything so far."""
        decryptor = self._decryptor
        return Counters(
            ok=self._ok,
            crc_bad=self._crc_bad + (decryptor.damaged if decryptor else 0),
            no_crc=self._no_crc,
            framing=self._framer.framing + self._unwrapper.broken + self._empty,
            overflow=self._framer.overflow,
            line_bad=self._line_bad,
            no_key=self._no_key,
            wrong_key=decryptor.wrong_key if decryptor else 0,
        )

    def reset(self) -> None:
        """Forget an unfinished telegram: the stream was interrupted."""
        self._unwrapper.reset()
        self._framer.reset()

    def feed(self, data: bytes) -> list[Telegram]:
        """Take what has arrived and return the telegrams it completes, oldest first."""
        return [
            telegram
            for frame in self._framer.feed(self._unwrapper.feed(data))
            if (whole := self._checked(frame)) and (telegram := self._read(whole))
        ]

    def _miss_key(self, _frame: bytes) -> None:
        self._no_key += 1

    def _checked(self, frame: bytes) -> bytes | None:
        """Return the part of the frame that its checksum proves whole, if any."""
        end = frame.rindex(b"!") + 1
        if end == len(frame):
            self._no_crc += 1
            ident = frame[1:32].decode("latin-1").lower()
            # A meter that has sent one always does.
            is_usual = ident.startswith(self._profile.unchecked) and not self._has_crc
            return frame if is_usual else None
        crc = int(frame[end:], 16)
        body = frame[:end]
        if crc16(body) == crc or self._is_other_spelling(body, crc):
            self._has_crc = True
            return frame
        # Noise that held a "/" may stand before the true beginning.
        body = body[body.rindex(b"/") :]
        if crc16(body) == crc or self._is_other_spelling(body, crc):
            return body + frame[end:]
        self._crc_bad += 1
        return None

    def _is_other_spelling(self, body: bytes, crc: int) -> bool:
        """Tell whether the checksum is right of what the meter had sent, or in its own way."""
        # Something on the way took the CR that the meter counted.
        return (b"\r" not in body and crc16(body.replace(b"\n", b"\r\n")) == crc) or (
            self._profile.x25 and crc16_x25(body) == crc
        )

    def _read(self, frame: bytes) -> Telegram | None:
        content = frame[: frame.rindex(b"!")]
        shape = content.translate(_SHAPE)
        text = content.decode("latin-1")
        if "\n(" in text:  # a value on a line of its own, as in DSMR 2 and 3
            text = _VALUE_LINE.sub(")(", text)
        lines = text.split("\n")
        if not self._read_changes(lines, is_same_shape=shape == self._shape):
            self._read_all(lines)
        self._shape = shape
        if not (self._values or self._sub_meters):
            self._empty += 1
            return None
        self._ok += 1
        self._line_bad += self._unreadable
        self.last_frame = frame
        return Telegram(
            ident=lines[0][1:].rstrip("\r"), values=self._values, sub_meters=self._sub_meters
        )

    def _read_changes(self, lines: list[str], *, is_same_shape: bool) -> bool:
        """Read what is new in a telegram built like the last one; tell whether it is."""
        if len(lines) != len(self._lines):
            return False
        if not is_same_shape:
            self._ways = [None] * len(lines)
        values = self._values.copy()
        for number in compress(count(), map(ne, lines, self._lines, strict=True)):
            line = lines[number]
            if (way := self._ways[number]) and line.startswith(way[0]):
                _, quantity, place, read = way
                values[quantity] = read(line[place])
                continue
            key, value = self._read_line(line)
            if key is not self._keys[number]:
                return False
            if isinstance(key, Quantity):
                values[key] = value
                self._ways[number] = self._way(line, key, value)
        self._lines = lines
        self._values = values
        return True

    def _way(self, line: str, quantity: Quantity, value: Value) -> _Way | None:
        """Return how to read a line of the same shape, if there is a short way."""
        if not (match := _SIMPLE_LINE.fullmatch(line)):
            return None
        read: Callable[[str], Value]
        if isinstance(value, Decimal) and value.same_quantum(Decimal(match[2])):
            read = Decimal  # written in the unit that we keep it in
        elif quantity is Quantity.METER_TIME:
            read = self._instant
        else:
            return None
        return match[1], quantity, slice(*match.span(2)), read

    def _read_all(self, lines: list[str]) -> None:
        says = [_NOTHING, *map(self._read_line, lines[1:])]
        self._keys = [key for key, _ in says]
        self._ways = [None] * len(lines)
        self._unreadable = self._keys.count(False)
        said = dict(says)
        said.pop(None, None)
        said.pop(False, None)
        told = len(self._keys) - self._keys.count(None) - self._unreadable
        # Of a value that is sent twice the last counts: such a telegram is always read as a whole.
        self._lines = lines if told == len(said) else [""]
        self._sub_meters = _take_sub_meters(said)
        self._values = cast(dict[Quantity, Value], said)

    def _read_line(self, line: str) -> _Said:
        """Read a line; one that is well-formed and unknown says nothing."""
        if (match := _LINE.fullmatch(line)) is None:
            return _UNREADABLE if line.strip() else _NOTHING
        code, fields = match[1], match[2].split(")(")
        if code in self._profile.ignored:
            return _NOTHING
        if code.startswith(self._profile.objects):
            code = "1-0:" + code[4:]
        if measure := MEASURES.get(code):
            return _measure(*measure, fields[0])
        if match := _SUB_METER_CODE.fullmatch(code):
            return self._read_sub_meter(match[1], match[2], fields)
        match code:
            case "0-0:1.0.0":
                return Quantity.METER_TIME, self._instant(fields[0])
            case "0-0:96.1.0" | "0-0:96.1.1":
                return Quantity.METER_ID, _identifier(fields[0])
            case "0-0:42.0.0":
                return Quantity.DEVICE_NAME, _identifier(fields[0])
            case "1-3:0.2.8" | "0-0:96.1.4":
                return Quantity.VERSION, fields[0]
            case "0-0:96.14.0":
                return Quantity.TARIFF, fields[0].lstrip("0")
            case "0-0:96.3.10":
                return Quantity.BREAKER, SWITCH_STATES.get(fields[0])
            case "0-0:17.0.0":
                return _limit(fields[0])
            case "1-0:1.6.0":
                peak = self._stamped(fields)
                return (Quantity.MONTH_PEAK, peak) if peak else _UNREADABLE
            case "0-0:98.1.0" if fields[1:3] == ["1-0:1.6.0", "1-0:1.6.0"]:
                return self._month_peaks(fields[3:])
            case "1-0:99.97.0":
                return self._outages(fields[2:])
        return _NOTHING

    def _read_sub_meter(self, channel: str, meaning: str, fields: list[str]) -> _Said:
        if text := SUB_METER_TEXTS.get(meaning):
            return (channel, text), fields[0]
        if meaning == SUB_METER_OLD_READING:
            # The instant, three numbers about the record, what was read, its unit, its value.
            fields = [fields[0], "*".join(fields[:4:-1])]
        elif meaning not in SUB_METER_READINGS:
            return _NOTHING
        reading = self._stamped(fields)
        return ((channel, "reading"), reading) if reading else _UNREADABLE

    def _month_peaks(self, fields: list[str]) -> _Said:
        peaks: list[MonthPeak] = []
        for month, at, power in zip(*[iter(fields)] * 3, strict=False):
            until = self._instant(month)
            peak = self._stamped([at, power])
            if until is None or peak is None or peak.unit is not Unit.KILO_WATT:
                return _UNREADABLE
            if peak.number is not None and peak.at is not None:
                peaks.append(MonthPeak(until, peak.at, peak.number))
        return Quantity.MONTH_PEAKS, tuple(sorted(peaks)[-_MOST_PEAKS:])

    def _outages(self, fields: list[str]) -> _Said:
        outages: list[Outage] = []
        for end, duration in zip(*[iter(fields[: 2 * _MOST_OUTAGES])] * 2, strict=False):
            match = _FIELD.fullmatch(duration)
            if match is None or match[2] != "s":
                return _UNREADABLE
            seconds = min(int(Decimal(match[1])), _LONGEST_OUTAGE)
            outages.append(Outage(self._instant(end), timedelta(seconds=seconds)))
        return Quantity.OUTAGES, tuple(outages)

    def _stamped(self, fields: list[str]) -> Stamped | None:
        """Read (instant)(value), where no instant means that there is no value yet."""
        if len(fields) != 2 or not (match := _FIELD.fullmatch(fields[1])) or not match[2]:
            return None
        unit, exponent = UNITS.get(match[2].lower(), (None, 0))
        if unit is None:
            return None
        at = self._instant(fields[0])
        return Stamped(Decimal(match[1]).scaleb(exponent) if at else None, unit, at)

    def _instant(self, stamp: str) -> datetime | None:
        """Return the instant of YYMMDDhhmmss and a season flag; None if there is no such instant.

        A flag says which offset the meter used: never look up whether that was the one in force,
        for some Nordic meters keep winter time (W) all year and mean it.
        """
        digits, flag = stamp[:12], stamp[12:]
        if len(digits) != 12 or not digits.isdecimal() or flag not in self._offsets:
            return None
        try:
            local = datetime.fromisoformat(f"20{digits[:6]}T{digits[6:]}Z")
        except ValueError:
            return None
        offset = self._offsets[flag]
        if offset is None:
            return local.replace(tzinfo=self._profile.time_zone).astimezone(UTC)
        return local - offset


def _measure(quantity: Quantity, unit: Unit, field: str) -> _Said:
    """Read a number in the unit of its quantity, which need not be the unit it is written in."""
    if (match := _FIELD.fullmatch(field)) is None:
        return _UNREADABLE
    digits, written = match.groups()
    if written is None:
        return quantity, Decimal(digits)
    given, exponent = UNITS.get(written.lower(), (None, 0))
    return (quantity, Decimal(digits).scaleb(exponent)) if given is unit else _UNREADABLE


def _limit(field: str) -> _Said:
    match = _FIELD.fullmatch(field)
    if match is None or match[2] is None:
        return _UNREADABLE
    unit, exponent = UNITS.get(match[2].lower(), (None, 0))
    if unit not in LIMITS:
        return _UNREADABLE
    return LIMITS[unit], Decimal(match[1]).scaleb(exponent)


def _identifier(text: str) -> str | None:
    """Return a serial number, which most meters send as the hexadecimal codes of its letters."""
    try:
        decoded = bytes.fromhex(text).decode("ascii").strip()
    except ValueError:
        decoded = ""
    return decoded if decoded.isprintable() and decoded else text.strip() or None


def _take_sub_meters(said: dict[_Key, Value]) -> tuple[SubMeter, ...]:
    """Take out what the lines say of the meters behind this one, and put it together."""
    channels: dict[str, dict[str, Value]] = {}
    for key in [key for key in said if type(key) is tuple]:
        channel, meaning = key
        channels.setdefault(channel, {})[meaning] = said.pop(key)
    return tuple(
        SubMeter(
            kind=kind,
            channel=int(channel),
            identifier=_identifier(str(content.get("identifier", ""))) or "",
            reading=reading,
            valve=SWITCH_STATES.get(str(content.get("valve"))),
        )
        for channel, content in channels.items()
        if (kind := SUB_METER_KINDS.get(str(content.get("kind", "")).lstrip("0")))
        and isinstance(reading := content.get("reading"), Stamped)
    )
