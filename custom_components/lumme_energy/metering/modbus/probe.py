"""Finds out which meter answers, with as few reads of as well-known registers as possible.

What is certain, and what is not:

- SunSpec devices say so, and list their models: certain (the standard).
- Carlo Gavazzi (code in 0x0B), ABB (type in 0x8960), Eastron (code in 0xFC02) and Iskra (name from
  register 1 on) name themselves in registers that drivers in wide use rely on; a code we do not know
  is no match. Certain as far as those drivers are.
- Schneider, Janitza and older Eastron meters have no such register that we could confirm. They are
  recognised by a mains voltage and a mains frequency where their tables have them: plausible, and
  for the user to judge.

Only reads, and never a sweep: there are devices that restart when asked for the wrong register.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    ModbusConnectionError,
    ModbusError,
    ModbusExceptionError,
    ModbusUnit,
)
from modbus_connection.model.sunspec import SunSpecError, SunSpecModel, scan

from ...modbus_registers.blocks import Block, Space, fetch
from ...modbus_registers.planner import plan
from ...modbus_registers.words import text
from ..telegram import Quantity
from .families import (
    ABB,
    CARLO_GAVAZZI_1P,
    CARLO_GAVAZZI_3P,
    CARLO_GAVAZZI_EM24,
    EASTRON_1P,
    EASTRON_3P,
    FAMILIES,
    ISKRA,
    JANITZA,
    JANITZA_UMG604,
    SCHNEIDER_IEM3000,
)
from .profile import ModbusProfile

SUNSPEC_BASES: Final = (40000, 0, 50000)
MAINS_VOLTAGE: Final = range(80, 300)
MAINS_FREQUENCY: Final = range(45, 66)

_NOBODY: Final = (GatewayTargetError, GatewayPathUnavailableError)

_CARLO_GAVAZZI: Final = {
    **dict.fromkeys((*range(45, 49), *range(71, 74)), CARLO_GAVAZZI_EM24),
    **dict.fromkeys((*range(100, 105), 110, 114, 120, 121), CARLO_GAVAZZI_1P),
    **dict.fromkeys((331, 332, 335, 336, 340, 341, 345, 346), CARLO_GAVAZZI_3P),
    **dict.fromkeys((*range(1648, 1654), *range(1744, 1748)), CARLO_GAVAZZI_3P),
    **dict.fromkeys(range(1760, 1764), CARLO_GAVAZZI_3P),
}
_EASTRON: Final = {
    32: ("SDM120", EASTRON_1P),
    43: ("SDM230", EASTRON_1P),
    112: ("SDM630", EASTRON_3P),
    121: ("SDM630MCT", EASTRON_3P),
    135: ("SDM72D-V2", EASTRON_3P),
    136: ("SDM630MCT", EASTRON_3P),
    137: ("SDM72DM-V2", EASTRON_3P),
}
_SUNSPEC: Final = {
    model: profile for profile in FAMILIES.values() for model in profile.sunspec_models
}
_LIKELY: Final = (EASTRON_3P, EASTRON_1P, SCHNEIDER_IEM3000, JANITZA, JANITZA_UMG604)


class Certainty(StrEnum):
    """How sure we are of what we found."""

    NAMED = "named"  # the device says so
    PLAUSIBLE = "plausible"  # its registers hold what they would hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A meter that may be the one that answers.

    Attributes:
        base: Where its table begins; 0 except for SunSpec models.
        serial: Its serial number, if it tells one.

    """

    profile: ModbusProfile
    certainty: Certainty
    manufacturer: str
    model: str
    base: int = 0
    serial: str | None = field(default=None, repr=False)


class _Asker:
    """Reads registers of a device that may have no such registers.

    Attributes:
        answered: Whether it ever answered, be it with a refusal.

    """

    def __init__(self, unit: ModbusUnit) -> None:
        self.unit = unit
        self.answered = False
        self._silence = ModbusError("no answer")

    async def ask(self, space: Space, address: int, size: int) -> list[int] | None:
        """Return the words, or None where there are none.

        Raises:
            ModbusConnectionError: The connection is lost.

        """
        return await self.outcome(fetch(self.unit, Block(space, address, size)))

    async def outcome[T](self, reading: Awaitable[T]) -> T | None:
        """Return what a reading brings, or None if the device brings nothing."""
        try:
            got = await reading
        except ModbusConnectionError:
            raise
        except _NOBODY as err:
            self._silence = err
            return None
        except ModbusExceptionError:
            self.answered = True
            return None
        except ModbusError as err:
            self._silence = err  # damage, as from a line of another speed
            return None
        self.answered = True
        return got

    def insist(self) -> None:
        """Raise what stands for the silence of a device that never answered."""
        if not self.answered:
            raise self._silence


async def is_there(unit: ModbusUnit) -> bool:
    """Tell whether anybody answers, whatever it is.

    Raises:
        ModbusConnectionError: There is no connection.

    """
    asker = _Asker(unit)
    for space in (Space.INPUT, Space.HOLDING):
        await asker.ask(space, 0, 2)
        if asker.answered:
            return True
    return False


async def probe(unit: ModbusUnit) -> list[Found]:
    """Return what the device may be, likeliest first; empty if it is none that we know.

    Raises:
        ModbusError: Nobody answers.

    """
    asker = _Asker(unit)
    for recognise in _RECOGNISERS.values():
        if named := await recognise(asker):
            return named
    asker.insist()
    return [found for profile in _LIKELY if (found := await _plausible(asker, profile))]


async def identify(unit: ModbusUnit, profile: ModbusProfile) -> list[Found]:
    """Return the meters of the profile's maker as they name themselves.

    Empty if they name themselves to nobody, or are of another maker.

    Raises:
        ModbusError: Nobody answers.

    """
    recognise = _RECOGNISERS.get(profile.manufacturer)
    if recognise is None:
        return []
    asker = _Asker(unit)
    found = await recognise(asker)
    asker.insist()
    return found


async def _sunspec(asker: _Asker) -> list[Found]:
    for base in SUNSPEC_BASES:
        try:
            models = await asker.outcome(scan(asker.unit, base))
        except SunSpecError:
            asker.answered = True
            continue
        if models is None:
            continue
        return [
            await _sunspec_meter(asker, profile, model, common)
            for model, common in _with_common(models.chain)
            if (profile := _SUNSPEC.get(model.model_id))
        ]
    return []


def _with_common(chain: list[SunSpecModel]) -> Iterator[tuple[SunSpecModel, SunSpecModel | None]]:
    """Pair each model with the common model before it, which tells whose it is."""
    common: SunSpecModel | None = None
    for model in chain:
        if model.model_id == 1:
            common = model
        yield model, common


async def _sunspec_meter(
    asker: _Asker, profile: ModbusProfile, model: SunSpecModel, common: SunSpecModel | None
) -> Found:
    """Describe a meter model by the common model before it: maker, model, serial number."""
    words = (await asker.ask(Space.HOLDING, common.address + 2, 64)) if common else None
    maker, name, serial = (text((words or [])[start : start + 16]) for start in (0, 16, 48))
    return Found(
        profile=profile,
        certainty=Certainty.NAMED,
        manufacturer=maker or profile.manufacturer,
        model=name or f"SunSpec {model.model_id}",
        base=model.address,
        serial=serial or None,
    )


async def _carlo_gavazzi(asker: _Asker) -> list[Found]:
    code = await asker.ask(Space.INPUT, 0x0B, 1)
    if code is None or (profile := _CARLO_GAVAZZI.get(code[0])) is None:
        return []
    return [_named(profile, profile.model)]


async def _eastron(asker: _Asker) -> list[Found]:
    code = await asker.ask(Space.HOLDING, 0xFC02, 1)
    if code is None or code[0] not in _EASTRON:
        return []
    model, profile = _EASTRON[code[0]]
    serial = await asker.ask(Space.HOLDING, 0xFC00, 2)
    return [_named(profile, model, _number(serial))]


async def _abb(asker: _Asker) -> list[Found]:
    name = text(await asker.ask(Space.HOLDING, 0x8960, 6) or [])
    if name[:3] not in {"B21", "B23", "B24"}:
        return []
    serial = await asker.ask(Space.HOLDING, 0x8900, 2)
    return [_named(ABB, name, _number(serial))]


async def _iskra(asker: _Asker) -> list[Found]:
    words = await asker.ask(Space.INPUT, 1, 12) or []
    name = text(words[:8])
    if not name.startswith(("WM1", "WM3")):
        return []
    return [_named(ISKRA, name, text(words[8:]) or None)]


async def _plausible(asker: _Asker, profile: ModbusProfile) -> Found | None:
    """Return a profile in whose places a mains voltage and a mains frequency are found."""
    wanted = {Quantity.VOLTAGE_L1: MAINS_VOLTAGE, Quantity.FREQUENCY: MAINS_FREQUENCY}
    registers = [register for register in profile.registers if register.measure.forward in wanted]
    words: dict[tuple[Space, int], int] = {}
    for space, address, size in plan(
        (block for register in registers for block in register.blocks),
        max_gap=0,
        max_registers=profile.max_registers,
    ):
        got = await asker.ask(space, address, size)
        words.update(((space, address + n), word) for n, word in enumerate(got or []))
    values = {
        quantity: value for register in registers for quantity, value in register.values(words)
    }
    if any(
        quantity not in values or int(values[quantity]) not in sane
        for quantity, sane in wanted.items()
    ):
        return None
    return guess(profile)


def guess(profile: ModbusProfile) -> Found:
    """Return what a device is if it is what somebody, or a single profile, says."""
    return Found(
        profile=profile,
        certainty=Certainty.PLAUSIBLE,
        manufacturer=profile.manufacturer,
        model=profile.model,
    )


def _named(profile: ModbusProfile, model: str, serial: str | None = None) -> Found:
    return Found(
        profile=profile,
        certainty=Certainty.NAMED,
        manufacturer=profile.manufacturer,
        model=model,
        serial=serial,
    )


def _number(words: list[int] | None) -> str | None:
    """Return a serial number of two registers; 0 and all ones are none."""
    number = (words[0] << 16 | words[1]) if words else 0
    return str(number) if 0 < number < 0xFFFF_FFFF else None


_RECOGNISERS: Final[dict[str, Callable[[_Asker], Awaitable[list[Found]]]]] = {
    "Eastron": _eastron,
    "ABB": _abb,
    "Iskra": _iskra,
    # Where it has its code, others have half a number: only after all that are surer.
    "Carlo Gavazzi": _carlo_gavazzi,
    "SunSpec": _sunspec,
}
