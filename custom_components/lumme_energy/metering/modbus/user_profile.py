"""Profiles that a user writes, for a meter that we do not know.

A file of `<config>/lumme_energy/meters`, in YAML or JSON:

    manufacturer: Acme
    model: Meter 3
    function: input            # or holding; each register may say otherwise
    word_order: high_first     # or low_first; each register may say otherwise
    max_registers: 80          # the most that one request may ask for; 125 if left out
    max_gap: 16                # registers that nobody wants, read to save a request
    registers:
      voltage_l1: {address: 0, type: f32, unit: V}
      power: {address: 52, type: i32, unit: 0.1 W}
      energy_import: {address: 72, type: u32, unit: 0.1 kWh, not_a_number: [0xFFFFFFFF]}
"""

from decimal import Decimal
from typing import Any

from ...modbus_registers.blocks import NUMBERS, Space
from ...modbus_registers.profile_file import MAPPING, PREFIX, Section, WordOrder, one_of
from ...modbus_registers.words import WordType
from .profile import MEASURES, UNITS, Measure, ModbusProfile, Register, resolution


def user_profile(file: str, data: Any) -> ModbusProfile:
    """Return the profile that a file describes.

    Args:
        file: The file's name, for messages and as the key of the profile.
        data: What the file holds, as YAML or JSON reads it.

    Raises:
        ProfileError: The first mistake.

    """
    top = Section(file, "", data)
    manufacturer, model = top.text("manufacturer"), top.text("model")
    space = top.choice("function", NUMBERS, Space.HOLDING)
    order = top.choice("word_order", WordOrder, WordOrder.HIGH_FIRST)
    max_registers = top.whole("max_registers", 4, 125, 125)
    max_gap = top.whole("max_gap", 0, 120, 16)
    registers = top.take("registers", allowed=MAPPING)
    top.end(
        "manufacturer", "model", "function", "word_order", "max_registers", "max_gap", "registers"
    )
    section = Section(file, "registers", registers)
    if not registers:
        raise section.error("", one_of(MEASURES))
    for name in registers:
        if name not in MEASURES:
            raise section.error(str(name), one_of(MEASURES))
    return ModbusProfile(
        key=f"{PREFIX}{file}",
        manufacturer=manufacturer,
        model=model,
        max_registers=max_registers,
        max_gap=max_gap,
        source=file,
        registers=tuple(
            _register(Section(file, f"registers.{name}", data), MEASURES[name], space, order)
            for name, data in registers.items()
        ),
    )


def _register(section: Section, measure: Measure, space: Space, order: WordOrder) -> Register:
    kind = section.choice("type", WordType)
    address = section.whole("address", 0, 0x10000 - kind.size)
    space = section.choice("function", NUMBERS, space)
    order = section.choice("word_order", WordOrder, order)
    exponent_at = section.whole("exponent_address", 0, 0xFFFF, None)
    factor = _factor(section, measure)
    patterns = section.wholes("not_a_number", (1 << 16 * kind.size) - 1, ())
    section.end(
        "type", "address", "unit", "function", "word_order", "exponent_address", "not_a_number"
    )
    return Register(
        measure=measure,
        space=space,
        address=address,
        kind=kind,
        factor=factor,
        low_word_first=order is WordOrder.LOW_FIRST,
        exponent_at=exponent_at,
        not_a_number=frozenset(patterns),
    )


def _factor(section: Section, measure: Measure) -> Decimal:
    units = UNITS[measure.unit]
    if measure.unit is None:
        allowed = "0.001 | 0.1 | 1 | …"
        written = section.take("unit", "1", allowed=allowed)
    else:
        allowed = one_of((*units, f"0.1 {units[0]}", "…"))
        written = section.take("unit", allowed=allowed)
    try:
        return resolution(str(written), measure.unit)
    except ValueError:
        raise section.error("unit", allowed) from None
