"""What a bridge must know of a heater to keep its room from freezing by itself, in its own words.

The bridge knows one kind of heater: a setpoint that fills a register, a whole number of which is a
degree. Whatever is laid down otherwise it can pass on, but not guard. Its temperatures are whole
thousandths of a degree (`firmware_bridge/API.md`).
"""

from fractions import Fraction
from math import ceil
from typing import Any, Final

from ..modbus_registers.blocks import Space
from ..modbus_registers.words import WordType
from .model import Preset, ZoneSettings
from .registers.profile import Flag, Function, HeaterProfile, Number, Register

# Seconds after which the bridge takes over. Home Assistant may start again meanwhile.
PATIENCE: Final = 900
# So many zones a bridge guards.
MOST_ZONES: Final = 8
_READ: Final = {Space.HOLDING: 3, Space.INPUT: 4}
_WRITE: Final = {Function.SINGLE: 6, Function.MULTIPLE: 16}
_ONE_REGISTER: Final = (WordType.U16, WordType.I16)
_MOST_COUNTS: Final = 1000
_ANY: Final = (0, 0xFFFF)


def guarded(
    profile: HeaterProfile, settings: ZoneSettings, unit: int, function: Function | None
) -> dict[str, Any] | None:
    """Return the zone of a bridge's table that says how to guard a heater, None if it cannot.

    Args:
        profile: What is where in the heater.
        settings: How warm it is to be.
        unit: Its Modbus address.
        function: How it is written, if that is known better than by its profile.

    """
    setpoint = profile.setpoint
    if setpoint is None or (counts := _counts(setpoint)) is None:
        return None
    if profile.is_for_room is not None:
        return None  # at times it is the water's, which the bridge does not look at
    fallback = _fallback(settings)
    return {
        "unit": unit,
        "register": setpoint.target.address,
        "scale": counts,
        "floor": _thousandths(settings.floor),
        "fallback": _thousandths(fallback),
        "highest": _thousandths(max(settings.highest, fallback)),
        "ttl": PATIENCE,
        "write": _WRITE[function or profile.function or Function.SINGLE],
        "read": _READ[setpoint.space],
        "read_register": setpoint.address,
        "before": [
            [flag.address, flag.yes[0]]
            for flag in (profile.is_heat_mode, profile.is_on)
            if flag is not None and _is_settable(flag)
        ],
    }


def writable(profile: HeaterProfile, unit: int) -> list[dict[str, Any]]:
    """Return the rules by which a bridge lets through all that we ever write to a heater.

    The setpoint only within what the heater takes, where a register holds nothing else; what a
    bridge guards it never lets go below the floor, whatever the rules say.
    """
    written: list[Register | None] = [
        *(profile.setpoint, profile.is_on, profile.is_heat_mode, profile.timer)
    ]
    rules: dict[tuple[str, int, int], dict[str, Any]] = {}
    for register in written:
        if register is None or not register.is_writable:
            continue
        space, first, size = register.target
        least, most = _ANY
        if register is profile.setpoint and (counts := _counts(profile.setpoint)) is not None:
            least, most = int(profile.lowest * counts), ceil(profile.highest * counts)
        rules[space, first, size] = {
            "unit": unit,
            "kind": space.value,
            "first": first,
            "last": first + size - 1,
            "min": least,
            "max": most,
        }
    return list(rules.values())


def _counts(setpoint: Number) -> int | None:
    """Return what a setpoint's register counts for one degree, None if a bridge cannot say that."""
    counts = 1 / setpoint.factor
    is_known = (
        setpoint.kind in _ONE_REGISTER
        and not setpoint.zero
        and setpoint.mask == 0xFFFF
        and setpoint.space in _READ
        and counts.denominator == 1
        and 1 <= counts <= _MOST_COUNTS
    )
    return int(counts) if is_known else None


def _is_settable(flag: Flag) -> bool:
    """Tell whether a flag is a register that reads as it is written, with nothing else in it."""
    return (
        flag.space is Space.HOLDING
        and flag.kind in _ONE_REGISTER
        and flag.mask == 0xFFFF
        and flag.write_at is None
        and flag.commands is None
    )


def _fallback(settings: ZoneSettings) -> float:
    """Return what a zone keeps when nobody is in charge: its base heat, as its device takes it."""
    wished = settings.floor
    if settings.away_preset is not Preset.FROST:
        wished = max(wished, settings.setpoints[Preset.AWAY])
    steps = ceil(Fraction(str(max(wished, settings.lowest))) / Fraction(str(settings.step)))
    return steps * settings.step


def _thousandths(celsius: float) -> int:
    return round(celsius * 1000)
