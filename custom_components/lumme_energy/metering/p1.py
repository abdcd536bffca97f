"""Reads the telegrams of a P1 port (IEC 62056-21 mode D, as DSMR, eMUCS, SESKO SK 13-1 shape it).

Lines are read one by one, whatever their order, so a meter may leave out, add or garble any of
them. Between two telegrams few lines change: a line that was in the last one is not read again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
import re
from typing import Final, cast

from .crc import crc16
from .framing import Framer
from .profiles import Profile
from .telegram import Quantity, Stamped, SubMeter, SubMeterKind, Telegram, Unit, Value

_SUMMER: Final = timedelta(hours=1)

# What a line says: one value of the meter, or (its channel, its meaning) of a meter behind it.
type _Key = Quantity | tuple[str, str] | bool | None
type _Said = tuple[_Key, Value]

_NOTHING: Final[_Said] = (None, None)
_UNREADABLE: Final[_Said] = (False, None)

_MEASURES: Final[dict[str, tuple[Quantity, Unit]]] = {
    "1-0:1.8.0": (Quantity.ENERGY_IMPORT, Unit.KILO_WATT_HOUR),
    "1-0:1.8.1": (Quantity.ENERGY_IMPORT_1, Unit.KILO_WATT_HOUR),
    "1-0:1.8.2": (Quantity.ENERGY_IMPORT_2, Unit.KILO_WATT_HOUR),
    "1-0:2.8.0": (Quantity.ENERGY_EXPORT, Unit.KILO_WATT_HOUR),
    "1-0:2.8.1": (Quantity.ENERGY_EXPORT_1, Unit.KILO_WATT_HOUR),
    "1-0:2.8.2": (Quantity.ENERGY_EXPORT_2, Unit.KILO_WATT_HOUR),
    "1-0:3.8.0": (Quantity.REACTIVE_ENERGY_IMPORT, Unit.KILO_VAR_HOUR),
    "1-0:4.8.0": (Quantity.REACTIVE_ENERGY_EXPORT, Unit.KILO_VAR_HOUR),
    "1-0:1.7.0": (Quantity.POWER_IMPORT, Unit.KILO_WATT),
    "1-0:2.7.0": (Quantity.POWER_EXPORT, Unit.KILO_WATT),
    "1-0:3.7.0": (Quantity.REACTIVE_POWER_IMPORT, Unit.KILO_VAR),
    "1-0:4.7.0": (Quantity.REACTIVE_POWER_EXPORT, Unit.KILO_VAR),
    "1-0:21.7.0": (Quantity.POWER_IMPORT_L1, Unit.KILO_WATT),
    "1-0:41.7.0": (Quantity.POWER_IMPORT_L2, Unit.KILO_WATT),
    "1-0:61.7.0": (Quantity.POWER_IMPORT_L3, Unit.KILO_WATT),
    "1-0:22.7.0": (Quantity.POWER_EXPORT_L1, Unit.KILO_WATT),
    "1-0:42.7.0": (Quantity.POWER_EXPORT_L2, Unit.KILO_WATT),
    "1-0:62.7.0": (Quantity.POWER_EXPORT_L3, Unit.KILO_WATT),
    "1-0:23.7.0": (Quantity.REACTIVE_POWER_IMPORT_L1, Unit.KILO_VAR),
    "1-0:43.7.0": (Quantity.REACTIVE_POWER_IMPORT_L2, Unit.KILO_VAR),
    "1-0:63.7.0": (Quantity.REACTIVE_POWER_IMPORT_L3, Unit.KILO_VAR),
    "1-0:24.7.0": (Quantity.REACTIVE_POWER_EXPORT_L1, Unit.KILO_VAR),
    "1-0:44.7.0": (Quantity.REACTIVE_POWER_EXPORT_L2, Unit.KILO_VAR),
    "1-0:64.7.0": (Quantity.REACTIVE_POWER_EXPORT_L3, Unit.KILO_VAR),
    "1-0:32.7.0": (Quantity.VOLTAGE_L1, Unit.VOLT),
    "1-0:52.7.0": (Quantity.VOLTAGE_L2, Unit.VOLT),
    "1-0:72.7.0": (Quantity.VOLTAGE_L3, Unit.VOLT),
    "1-0:31.7.0": (Quantity.CURRENT_L1, Unit.AMPERE),
    "1-0:51.7.0": (Quantity.CURRENT_L2, Unit.AMPERE),
    "1-0:71.7.0": (Quantity.CURRENT_L3, Unit.AMPERE),
    "1-0:1.4.0": (Quantity.QUARTER_HOUR_POWER, Unit.KILO_WATT),
}

# What a meter behind the meter says, on whatever channel.
_SUB_METER_TEXTS: Final = {"24.1.0": "kind", "96.1.0": "identifier", "96.1.1": "identifier"}
_SUB_METER_READINGS: Final = {"24.2.1", "24.2.3"}
_KINDS: Final = {str(kind.value): kind for kind in SubMeterKind}

# Units as meters write them, in lower case: what they are, and the power of ten between.
_UNITS: Final[dict[str, tuple[Unit, int]]] = {
    "kwh": (Unit.KILO_WATT_HOUR, 0),
    "wh": (Unit.KILO_WATT_HOUR, -3),
    "kvarh": (Unit.KILO_VAR_HOUR, 0),
    "varh": (Unit.KILO_VAR_HOUR, -3),
    "kw": (Unit.KILO_WATT, 0),
    "w": (Unit.KILO_WATT, -3),
    "kvar": (Unit.KILO_VAR, 0),
    "var": (Unit.KILO_VAR, -3),
    "v": (Unit.VOLT, 0),
    "a": (Unit.AMPERE, 0),
    "m3": (Unit.CUBIC_METRE, 0),
    "gj": (Unit.GIGA_JOULE, 0),
}

_NUMBER: Final = r"(-?\d{1,15}(?:\.\d{1,9})?)(?:\*(\w{1,8}))?"
_FIELD: Final = re.compile(_NUMBER, re.ASCII)
_MEASURE_LINE: Final = re.compile(rf"([\d:.-]{{9,12}})\({_NUMBER}\)\r?", re.ASCII)
_OBJECT_LINE: Final = re.compile(
    r"(\d-\d{1,2}:\d{1,3}\.\d{1,3}\.\d{1,3})(?:[.*]255)?\((.*)\)\r?", re.ASCII
)
_SUB_METER_CODE: Final = re.compile(r"0-([1-9]\d?):([\d.]+)", re.ASCII)
_STAMP: Final = re.compile(r"(\d{6})(\d{6})([SWsw]?)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What became of the bytes that arrived.

    Attributes:
        ok: Telegrams read.
        crc_bad: Telegrams thrown away because their checksum was wrong.
        no_crc: Telegrams without a checksum, read or not.
        framing: Pieces without a beginning, an end or any content.
        overflow: Pieces too long to be a telegram.
        line_bad: Lines that could not be read in telegrams that could.

    """

    ok: int
    crc_bad: int
    no_crc: int
    framing: int
    overflow: int
    line_bad: int


class P1Reader:
    """Turns the bytes of a P1 port into telegrams. No input makes it raise or grow.

    Attributes:
        last_frame: The newest telegram as it came; holds serial numbers.

    """

    def __init__(self, profile: Profile) -> None:
        """Read as the country does."""
        self.last_frame = b""
        self._profile = profile
        self._framer = Framer()
        self._known: dict[str, _Said] = {}
        self._ok = self._crc_bad = self._no_crc = self._empty = self._line_bad = 0

    @property
    def counters(self) -> Counters:
        """What became of everything so far."""
        return Counters(
            ok=self._ok,
            crc_bad=self._crc_bad,
            no_crc=self._no_crc,
            framing=self._framer.framing + self._empty,
            overflow=self._framer.overflow,
            line_bad=self._line_bad,
        )

    def reset(self) -> None:
        """Forget an unfinished telegram: the stream was interrupted."""
        self._framer.reset()

    def feed(self, data: bytes) -> list[Telegram]:
        """Take what has arrived and return the telegrams it completes, oldest first."""
        return [
            telegram
            for frame in self._framer.feed(data)
            if (whole := self._checked(frame)) and (telegram := self._read(whole))
        ]

    def _checked(self, frame: bytes) -> bytes | None:
        """Return the part of the frame that its checksum proves whole, if any."""
        end = frame.rindex(b"!") + 1
        if end == len(frame):
            self._no_crc += 1
            return None if self._profile.crc_required else frame
        crc = int(frame[end:], 16)
        # Noise that held a "/" may stand before the true beginning.
        for start in dict.fromkeys((0, frame.rindex(b"/"))):
            body = frame[start:end]
            if crc16(body) == crc or (
                # Something on the way took the CR that the meter counted.
                b"\r" not in body and crc16(body.replace(b"\n", b"\r\n")) == crc
            ):
                return frame[start:]
        self._crc_bad += 1
        return None

    def _read(self, frame: bytes) -> Telegram | None:
        ident, *lines = frame[: frame.rindex(b"!")].decode("latin-1").split("\n")
        known = self._known
        for line in lines:
            if line not in known:
                known[line] = self._read_line(line)
        if len(known) > 4 * len(lines):
            self._known = known = {line: known[line] for line in lines}
        said = dict(map(known.__getitem__, lines))
        said.pop(None, None)
        if False in said:
            del said[False]
            self._line_bad += sum(known[line] is _UNREADABLE for line in lines)
        sub_meters = _take_sub_meters(said)
        if not said:
            self._empty += 1
            return None
        self._ok += 1
        self.last_frame = frame
        return Telegram(
            ident=ident[1:].rstrip("\r"),
            values=cast(dict[Quantity, Value], said),
            sub_meters=sub_meters,
        )

    def _read_line(self, line: str) -> _Said:
        """Read a line; one that is well-formed and unknown says nothing."""
        if (match := _MEASURE_LINE.fullmatch(line)) and (measure := _MEASURES.get(match[1])):
            return _measure(measure, match[2], match[3])
        if (match := _OBJECT_LINE.fullmatch(line)) is None:
            return _UNREADABLE if line.strip() else _NOTHING
        code, fields = match[1], match[2].split(")(")
        if measure := _MEASURES.get(code):
            match = _FIELD.fullmatch(fields[0])
            return _measure(measure, match[1], match[2]) if match else _UNREADABLE
        if match := _SUB_METER_CODE.fullmatch(code):
            channel, meaning = match.groups()
            if meaning in _SUB_METER_READINGS:
                reading = self._stamped(fields)
                return ((channel, "reading"), reading) if reading else _UNREADABLE
            if meaning in _SUB_METER_TEXTS:
                return (channel, _SUB_METER_TEXTS[meaning]), fields[0]
        match code:
            case "0-0:1.0.0":
                return Quantity.METER_TIME, self._instant(fields[0])
            case "0-0:96.1.0" | "0-0:96.1.1":
                return Quantity.METER_ID, _identifier(fields[0])
            case "0-0:96.14.0":
                return Quantity.TARIFF, fields[0].lstrip("0")
            case "1-0:1.6.0":
                peak = self._stamped(fields)
                return (Quantity.MONTH_PEAK, peak) if peak else _UNREADABLE
        return _NOTHING

    def _stamped(self, fields: list[str]) -> Stamped | None:
        """Read (instant)(value), where no instant means that there is no value yet."""
        if len(fields) != 2 or not (match := _FIELD.fullmatch(fields[1])) or not match[2]:
            return None
        unit, exponent = _UNITS.get(match[2].lower(), (None, 0))
        if unit is None:
            return None
        at = self._instant(fields[0])
        return Stamped(Decimal(match[1]).scaleb(exponent) if at else None, unit, at)

    def _instant(self, stamp: str) -> datetime | None:
        """Return the instant of YYMMDDhhmmss and a season flag; None if there is no such instant.

        A flag says which offset the meter used: never look up whether that was the one in force,
        for some Nordic meters keep winter time (W) all year and mean it.
        """
        if (match := _STAMP.fullmatch(stamp)) is None:
            return None
        day, time, flag = match.groups()
        try:
            local = datetime.fromisoformat(f"20{day}T{time}")
        except ValueError:
            return None
        if not flag:
            return local.replace(tzinfo=self._profile.time_zone).astimezone(UTC)
        offset = self._profile.standard
        return local.replace(tzinfo=UTC) - (offset if flag in "Ww" else offset + _SUMMER)


def _measure(measure: tuple[Quantity, Unit], digits: str, written: str | None) -> _Said:
    """Read a number in the unit of its quantity, which need not be the unit it is written in."""
    quantity, unit = measure
    if written is None or written == unit:
        return quantity, Decimal(digits)
    given, exponent = _UNITS.get(written.lower(), (None, 0))
    return (quantity, Decimal(digits).scaleb(exponent)) if given is unit else _UNREADABLE


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
            identifier=_identifier(str(content.get("identifier", ""))) or "",
            reading=reading,
        )
        for content in channels.values()
        if (kind := _KINDS.get(str(content.get("kind", "")).lstrip("0")))
        and isinstance(reading := content.get("reading"), Stamped)
    )
