"""Reads and writes one Modbus heater: only what its profile names, and only what was asked for."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from modbus_connection import (
    AcknowledgeError,
    GatewayPathUnavailableError,
    GatewayTargetError,
    IllegalFunctionError,
    ModbusConnectionError,
    ModbusDesyncError,
    ModbusError,
    ModbusExceptionError,
    ModbusProtocolError,
    ModbusUnit,
    ServerDeviceBusyError,
)

from ...modbus_registers.blocks import Block, Space, fetch
from ...modbus_registers.reader import PATIENCE, BlockReader, Words
from ..model import Outcome
from .profile import Flag, Function, HeaterProfile, Number, Register

# Seconds after which a device that does not show a new value at once is asked once more.
SETTLE: Final = 1.0

# Exceptions that do not refuse what was asked: later, or nobody was there to be asked.
_NOT_NOW: Final = (
    AcknowledgeError,
    GatewayPathUnavailableError,
    GatewayTargetError,
    ServerDeviceBusyError,
)


class HeaterError(ValueError):
    """Something that this heater is not to be told; nothing was written."""


class SetpointRangeError(HeaterError):
    """A setpoint that the heater does not take.

    Attributes:
        lowest: The least that it takes at the moment, in °C.
        highest: The highest.

    """

    def __init__(self, setpoint: float, lowest: float, highest: float) -> None:
        """Say what would have been right."""
        super().__init__(f"{setpoint:g} °C is not within {lowest:g}…{highest:g} °C")
        self.lowest = lowest
        self.highest = highest


class WaterSetpointError(HeaterError):
    """The heater is set to keep its water at the setpoint, and not the room."""


class NotWritableError(HeaterError):
    """The profile names no register for that."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceState:
    """What a heater tells: temperatures in °C, humidity in %, power in W. None is not known.

    The attributes are those of `HeaterProfile`.
    """

    setpoint: float | None = None
    room: float | None = None
    outdoor: float | None = None
    humidity: float | None = None
    power: float | None = None
    frost: float | None = None
    least: float | None = None
    most: float | None = None
    is_on: bool | None = None
    is_heating: bool | None = None
    is_heat_mode: bool | None = None
    is_for_room: bool | None = None

    @classmethod
    def of(cls, profile: HeaterProfile, words: Words) -> DeviceState:
        """Return what words say by a profile."""
        values = {name: register.value(words) for name, register in profile.registers.items()}
        return cls(**values)  # type: ignore[arg-type]


class HeaterDevice:
    """One heater, or one channel of several, at a unit of a Modbus connection.

    Attributes:
        profile: What is where in it.
        writes: How often each of its registers was written since this was made, refusals left out.

    """

    def __init__(
        self,
        unit: ModbusUnit,
        profile: HeaterProfile,
        *,
        function: Function | None = None,
        settle: float = SETTLE,
    ) -> None:
        """Plan to read and write a unit as a profile says.

        Args:
            unit: Where the heater is.
            profile: What is where in it.
            function: How it is to be written, if that is known better than by the profile.
            settle: Seconds that the device may take to show what was written.

        """
        self.profile = profile
        self.writes: Counter[Block] = Counter()
        self._unit = unit
        self._settle = settle
        self._reader = BlockReader(
            unit, max_gap=profile.max_gap, max_registers=profile.max_registers
        )
        self._blocks = frozenset(register.block for register in profile.registers.values())
        self._reads = 0
        first = function or profile.function or Function.SINGLE
        self._functions = dict.fromkeys((Space.HOLDING, Space.COIL), first)

    @property
    def function(self) -> Function:
        """How registers are written, as far as is known by now."""
        return self._functions[self._written.target.space]

    async def read(self) -> DeviceState:
        """Read everything, and return what came.

        Raises:
            ModbusError: Nothing came.

        """
        return DeviceState.of(self.profile, await self.read_words())

    async def read_words(self) -> Words:
        """Read everything, and return the words that came.

        Raises:
            ModbusError: Nothing came.

        """
        self._reads += 1
        if self._reads % PATIENCE == 0:
            self._reader.forget()
        return await self._reader.read(self._blocks)

    async def write_setpoint(self, celsius: float) -> Outcome:
        """Write the room's setpoint, and read it back.

        Raises:
            HeaterError: It is not to be written; nothing was.

        """
        setpoint = self.profile.setpoint
        if setpoint is None:
            raise NotWritableError("no setpoint")
        self._check(celsius, DeviceState())
        try:
            words = await self.read_words()
        except ModbusError:
            return Outcome.LOST
        self._check(celsius, DeviceState.of(self.profile, words))
        outcome = await self._heat_mode(words)
        if outcome is Outcome.KEPT:
            outcome = await self._write(setpoint, celsius, words)
        return outcome

    async def switch(self, is_on: bool, *, seconds: float | None = None) -> Outcome:
        """Switch on or off, and read it back.

        Args:
            is_on: Whether to switch on.
            seconds: After how many seconds it goes off by itself, if it can count; it may be
                fewer, for no device counts for ever. What cannot count is just switched on.

        Raises:
            HeaterError: It cannot be switched; nothing was written.

        """
        flag, timer = self.profile.is_on, self.profile.timer
        if flag is None or not flag.is_writable:
            raise NotWritableError("no switch")
        try:
            words = await self.read_words()
        except ModbusError:
            return Outcome.LOST
        outcome = await self._heat_mode(words) if is_on else Outcome.KEPT
        if outcome is not Outcome.KEPT:
            return outcome
        if is_on and seconds is not None and timer is not None:
            counted = min(max(seconds, 1), timer.longest)
            return await self._write(timer, counted, words, shown=flag)
        return await self._write(flag, is_on, words)

    async def rewrite(self) -> Outcome:
        """Write what is there already, and read it back: harmless, and it tells whether it works.

        Raises:
            HeaterError: What is there is no setpoint of a room, so that nothing was written.
            ModbusError: What is there cannot be read.

        """
        register = self._written
        words = await self.read_words()
        state = DeviceState.of(self.profile, words)
        value = register.value(words)
        if value is None:
            raise NotWritableError("nothing is there")
        if register is self.profile.setpoint:
            self._check(value, state)
        return await self._write(register, value, words, is_new=False)

    @property
    def _written(self) -> Number | Flag:
        register = self.profile.setpoint or self.profile.is_on
        if register is None:
            raise NotWritableError("neither setpoint nor switch")
        return register

    def _check(self, celsius: float, state: DeviceState) -> None:
        lowest, highest = self.profile.lowest, self.profile.highest
        if state.least is not None and state.most is not None and state.least < state.most:
            lowest, highest = max(lowest, state.least), min(highest, state.most)
        if not lowest <= celsius <= highest:
            raise SetpointRangeError(celsius, lowest, highest)
        if state.is_for_room is False:
            raise WaterSetpointError("the setpoint is that of the water")

    async def _heat_mode(self, words: Words) -> Outcome:
        """See to it that the setpoint is heated to."""
        mode = self.profile.is_heat_mode
        if mode is None or mode.value(words) is not False:
            return Outcome.KEPT
        return await self._write(mode, True, words)

    async def _write(
        self,
        register: Number | Flag,
        value: float | bool,
        words: Words,
        *,
        shown: Flag | None = None,
        is_new: bool = True,
    ) -> Outcome:
        """Write a value, and read it back.

        Args:
            register: Where to write.
            value: What to write.
            words: What was read just before.
            shown: What says yes afterwards, if the register itself cannot be read.
            is_new: Whether to show it proves anything; if not, an answer is needed as well.

        """
        old = words.get((register.space, register.address))
        if register.keeps and old is None:
            return Outcome.LOST  # what must stay is not known
        was_answered = True
        try:
            await self._send(register.target, register.encoded(value, old or 0))
        except ModbusConnectionError:
            return Outcome.LOST
        except ModbusExceptionError as err:
            if not isinstance(err, _NOT_NOW):
                return Outcome.REFUSED
            was_answered = False
        except ModbusProtocolError as err:
            # Some devices echo what the register then holds, and not what they were sent.
            was_answered = not isinstance(err, ModbusDesyncError)
        except ModbusError:
            was_answered = False
        is_kept = await (
            self._shows(register, value) if shown is None else self._shows(shown, True)
        )
        if is_kept and (was_answered or is_new):
            return Outcome.KEPT
        return Outcome.DIFFERENT if was_answered and is_kept is False else Outcome.LOST

    async def _send(self, target: Block, words: list[int]) -> None:
        """Write words by the function that the device takes.

        Raises:
            ModbusError: They were refused, or there was no answer.

        """
        first = self._functions[target.space] if target.size == 1 else Function.MULTIPLE
        other = next(function for function in Function if function is not first)
        try:
            await self._send_by(first, target, words)
        except IllegalFunctionError:
            if target.size > 1:
                raise
            await self._send_by(other, target, words)
            self._functions[target.space] = other

    async def _send_by(self, function: Function, target: Block, words: list[int]) -> None:
        space, address, _ = target
        try:
            match space, function:
                case Space.COIL, Function.SINGLE:
                    await self._unit.write_coil(address, bool(words[0]))
                case Space.COIL, _:
                    await self._unit.write_coils(address, [bool(word) for word in words])
                case _, Function.SINGLE:
                    await self._unit.write_register(address, words[0])
                case _:
                    await self._unit.write_registers(address, words)
        except ModbusExceptionError:
            raise
        except ModbusError:
            self.writes[target] += 1  # it may have arrived
            raise
        self.writes[target] += 1

    async def _shows(self, register: Number | Flag, value: float | bool) -> bool | None:
        """Tell whether a register shows a value, if need be a moment later; None if it is silent."""
        is_shown: bool | None = None
        for pause in (0.0, self._settle):
            await asyncio.sleep(pause)
            try:
                got = await fetch(self._unit, register.block)
            except ModbusError:
                continue
            is_shown = register.is_same(register.value(_words(register, got)), value)
            if is_shown:
                break
        return is_shown


def _words(register: Register, got: Iterable[int]) -> Words:
    return {(register.space, register.address + n): word for n, word in enumerate(got)}
