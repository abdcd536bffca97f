"""Profiles that a user writes, for a heater that we do not know.

A file of `<config>/lumme_energy/heaters`, in YAML or JSON:

    manufacturer: Acme
    model: Heater 3
    function: holding          # or input, coil, discrete; each register may say otherwise
    word_order: high_first     # or low_first; each register may say otherwise
    write: single              # or multiple; both are tried if left out
    lowest: 7                  # °C; the least setpoint that it takes, 5 if left out
    highest: 28                # °C; 30 if left out
    step: 0.5
    registers:
      setpoint: {address: 10, type: i16, unit: 0.1 °C}
      room: {address: 11, type: i16, unit: 0.1 °C, not_a_number: [0x8000]}
      is_on: {address: 0, yes_if: [1], no_if: [0], write_address: 20}
      is_heat_mode: {address: 2, yes_if: [4, 3], no_if: [0]}

`yes_if` and `no_if` list the numbers that mean yes and no, of which the first is what is written;
YAML takes a plain "yes" or "no" for something else. A relay has no setpoint, only `is_on`;
`channels` says how many there are, in registers one behind the other. `mask` takes some bits of a
register, such as 0xFF00, and `keeps` names those beside it that a write must leave as they are.
`timer` switches on for a while: `offset` is what its register holds beside the time, `longest` the
most seconds.
"""

from typing import Any, Final

from ...modbus_registers.blocks import NUMBERS as NUMBER_SPACES, Space
from ...modbus_registers.profile_file import MAPPING, PREFIX, Section, WordOrder, one_of
from ...modbus_registers.words import WordType
from .profile import (
    FLAGS,
    NUMBERS,
    TYPES,
    UNITS,
    WHOLE,
    Flag,
    Function,
    HeaterProfile,
    Number,
    Timer,
    scale,
)

TIMER: Final = "timer"
_NAMES: Final = (*NUMBERS, *FLAGS, TIMER)
_PLACE: Final = (
    "address",
    "type",
    "function",
    "word_order",
    "mask",
    "keeps",
    "write_address",
    "not_a_number",
)
# What may be the setpoint of a room, in °C.
_COLDEST: Final = 0
_WARMEST: Final = 40


def user_profile(file: str, data: Any) -> HeaterProfile:
    """Return the profile that a file describes.

    Args:
        file: The file's name, for messages and as the key of the profile.
        data: What the file holds, as YAML or JSON reads it.

    Raises:
        ProfileError: The first mistake.

    """
    top = Section(file, "", data)
    manufacturer, model = top.text("manufacturer"), top.text("model")
    space = top.choice("function", Space, Space.HOLDING)
    order = top.choice("word_order", WordOrder, WordOrder.HIGH_FIRST)
    limits = {
        "lowest": top.number("lowest", _COLDEST, _WARMEST, 5),
        "highest": top.number("highest", _COLDEST, _WARMEST, 30),
        "step": top.number("step", 0.1, 5, 0.5),
    }
    if limits["lowest"] >= limits["highest"]:
        raise top.error("highest", f"{limits['lowest']:g}…{_WARMEST}")
    whole = {
        "channels": top.whole("channels", 1, 64, 1),
        "max_registers": top.whole("max_registers", 2, 125, 125),
        "max_gap": top.whole("max_gap", 1, 120, 1),
        "unit_id": top.whole("unit_id", 0, 255, 1),
    }
    function = top.choice("write", Function, None)
    named = top.take("registers", allowed=MAPPING)
    top.end(
        *("manufacturer", "model", "function", "word_order", "write"), *limits, *whole, "registers"
    )
    registers = Section(file, "registers", named)
    for name in named:
        if name not in _NAMES:
            raise registers.error(str(name), one_of(_NAMES))
    if not {"setpoint", "is_on"} & named.keys():
        raise registers.error("", "setpoint | is_on")
    found = {
        name: _register(
            Section(file, f"registers.{name}", place), name, space, order, whole["channels"]
        )
        for name, place in named.items()
    }
    written = ("setpoint" if "setpoint" in found else "is_on", "is_heat_mode", TIMER)
    for name in written:
        if name in found and not found[name].is_writable:
            raise registers.error(f"{name}.write_address", f"0…{WHOLE}")
    setpoint = found.get("setpoint")
    if isinstance(setpoint, Number):
        _check_fit(registers, setpoint, limits["lowest"], limits["highest"])
    return HeaterProfile(
        key=f"{PREFIX}{file}",
        manufacturer=manufacturer,
        model=model,
        source=file,
        function=function,
        **limits,
        **whole,
        **found,  # type: ignore[arg-type]
    )


def _register(
    section: Section, name: str, space: Space, order: WordOrder, channels: int
) -> Number | Flag:
    is_flag = name in FLAGS
    space = section.choice("function", Space if is_flag else NUMBER_SPACES, space)
    kind = WordType.U16 if is_flag else section.choice("type", TYPES, WordType.I16)
    last = 0x10001 - kind.size - channels
    place: dict[str, Any] = {
        "space": space,
        "address": section.whole("address", 0, last),
        "kind": kind,
        "low_word_first": section.choice("word_order", WordOrder, order) is WordOrder.LOW_FIRST,
        "write_at": section.whole("write_address", 0, last, None),
        "not_a_number": frozenset(section.wholes("not_a_number", (1 << 16 * kind.size) - 1, ())),
    }
    if kind is WordType.U16 and space in NUMBER_SPACES:
        place["mask"] = section.whole("mask", 1, WHOLE, WHOLE)
        place["keeps"] = section.whole("keeps", 0, WHOLE, 0)
    return _flag(section, place) if is_flag else _number(section, name, place)


def _flag(section: Section, place: dict[str, Any]) -> Flag:
    highest = Flag(**place).numbers.stop - 1
    yes, no = section.wholes("yes_if", highest, (1,)), section.wholes("no_if", highest, (0,))
    commands = section.wholes("commands", highest, None)
    section.end(*_PLACE, "yes_if", "no_if", "commands")
    if not yes:
        raise section.error("yes_if", f"[0…{highest:#x}]")
    if not no or {*yes} & {*no}:
        raise section.error("no_if", f"[0…{highest:#x}] ≠ {list(yes)}")
    if commands is not None and len(commands) != 2:
        raise section.error("commands", f"[0…{highest:#x}, 0…{highest:#x}]")
    return Flag(yes=yes, no=no, commands=commands, **place)


def _number(section: Section, name: str, place: dict[str, Any]) -> Number:
    quantity = "time" if name == TIMER else NUMBERS[name]
    units = UNITS[quantity]
    allowed = one_of((*units, f"0.1 {next(iter(units))}", "…"))
    try:
        factor, zero = scale(str(section.take("unit", allowed=allowed)), quantity)
    except ValueError:
        raise section.error("unit", allowed) from None
    if name != TIMER:
        section.end(*_PLACE, "unit")
        return Number(factor=factor, zero=zero, **place)
    offset = section.whole("offset", 0, WHOLE, 0)
    longest = section.whole("longest", 1, 86400)
    section.end(*_PLACE, "unit", "offset", "longest")
    timer = Timer(factor=factor, zero=-offset * factor, longest=longest, **place)
    _check_fit(section, timer, longest, longest)
    return timer


def _check_fit(section: Section, number: Number, lowest: float, highest: float) -> None:
    """Refuse a register that cannot hold what is to be written."""
    try:
        for value in (lowest, highest):
            number.encoded(value)
    except OverflowError:
        key = "longest" if isinstance(number, Timer) else "setpoint.unit"
        raise section.error(key, f"{number.kind}") from None
