"""Shows what a heater's registers hold before anything is written, and tries whether writing works.

Only what the profile names is read, and never a sweep: there are heat pumps that restart when asked
for the wrong register. And only what is there already is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from modbus_connection import ModbusUnit

from ...modbus_registers.blocks import Block
from ..model import Outcome
from .device import SETTLE, HeaterDevice
from .profile import NUMBERS, Function, HeaterProfile

# What a house may be like, by what a register is said to hold; limits of ranges included.
_USUAL: Final[Mapping[str, tuple[float, float]]] = {
    "setpoint": (5, 35),
    "room": (-25, 40),
    "outdoor": (-50, 45),
    "humidity": (1, 100),
    "power": (0, 30_000),
    "frost": (0, 15),
    "least": (0, 30),
    "most": (10, 95),
}


class Verdict(StrEnum):
    """What to think of a register."""

    PLAUSIBLE = "plausible"  # it holds what it would hold
    IMPLAUSIBLE = "implausible"  # it holds something else: the profile is wrong, or the device
    MISSING = "missing"  # it cannot be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one of a profile's registers holds.

    Attributes:
        name: What it is said to be, as in `HeaterProfile`.
        block: Where it is.
        words: What it holds, as it stands there; nothing if it cannot be read.
        value: What that means by the profile; None if it means nothing.

    """

    name: str
    block: Block
    words: tuple[int, ...]
    value: float | bool | None
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What came of writing what was there already.

    Attributes:
        outcome: KEPT if writing works.
        function: How it works, or how it was tried last.

    """

    outcome: Outcome
    function: Function


async def probe(unit: ModbusUnit, profile: HeaterProfile) -> tuple[Finding, ...]:
    """Read all that a profile names, and say what to think of it.

    Raises:
        ModbusError: Nothing answers, or it has none of these registers.

    """
    words = await HeaterDevice(unit, profile).read_words()
    findings = []
    for name, register in profile.registers.items():
        block = register.block
        held = tuple(
            words[block.space, at]
            for at in range(block.address, block.end)
            if (block.space, at) in words
        )
        value = register.value(words)
        verdict = _verdict(name, value) if held else Verdict.MISSING
        findings.append(Finding(name=name, block=block, words=held, value=value, verdict=verdict))
    return tuple(findings)


def _verdict(name: str, value: float | None) -> Verdict:
    if name not in NUMBERS:
        return Verdict.IMPLAUSIBLE if value is None else Verdict.PLAUSIBLE
    lowest, highest = _USUAL[name]
    is_usual = value is not None and lowest <= value <= highest
    return Verdict.PLAUSIBLE if is_usual else Verdict.IMPLAUSIBLE


async def check_write(unit: ModbusUnit, profile: HeaterProfile, *, settle: float = SETTLE) -> Check:
    """Write the setpoint, or for a relay its state, that is there already, and read it back.

    A device that refuses or ignores one function is told by the other.

    Raises:
        HeaterError: What is there is no setpoint of a room, so that nothing was written.
        ModbusError: What is there cannot be read.

    """
    device = HeaterDevice(unit, profile, settle=settle)
    outcome = await device.rewrite()
    if outcome in {Outcome.REFUSED, Outcome.LOST}:
        other = next(function for function in Function if function is not device.function)
        second = HeaterDevice(unit, profile, function=other, settle=settle)
        if await second.rewrite() is Outcome.KEPT:
            return Check(outcome=Outcome.KEPT, function=second.function)
    return Check(outcome=outcome, function=device.function)
