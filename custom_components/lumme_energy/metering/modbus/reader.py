"""Reads a Modbus meter: what can be read comes, whatever else the meter refuses."""

from collections.abc import Iterable
from decimal import Decimal

from modbus_connection import ModbusUnit

from ...modbus_registers.blocks import Block
from ...modbus_registers.reader import BlockReader, Requests
from ..telegram import Quantity
from .profile import ModbusProfile, Register


class ModbusReader:
    """Reads the registers of one meter in few requests."""

    def __init__(
        self, unit: ModbusUnit, profile: ModbusProfile, refused: Iterable[Block] = ()
    ) -> None:
        """Read a unit as a profile says; refused is what was learnt earlier."""
        self._reader = BlockReader(
            unit,
            max_gap=profile.max_gap,
            max_registers=profile.max_registers,
            refused=refused,
        )
        self._registers: dict[bool, tuple[Register, ...]] = {
            True: profile.registers,
            False: tuple(register for register in profile.registers if not register.slow),
        }
        self._wanted = {
            slow: frozenset(block for register in registers for block in register.blocks)
            for slow, registers in self._registers.items()
        }

    @property
    def refused(self) -> set[Block]:
        """The smallest blocks that the meter is known to refuse."""
        return self._reader.refused

    @property
    def requests(self) -> Requests:
        """What became of the requests so far."""
        return self._reader.requests

    async def read(self, *, slow: bool = True) -> dict[Quantity, Decimal]:
        """Read everything, or without the slow registers, and return what there is.

        Raises:
            ModbusError: Nothing could be read at all.

        """
        words = await self._reader.read(self._wanted[slow])
        return {
            quantity: value
            for register in self._registers[slow]
            for quantity, value in register.values(words)
        }

    def plan(self, *, slow: bool) -> list[Block]:
        """Return the requests that the next read sends if all goes well."""
        return self._reader.plan(self._wanted[slow])
