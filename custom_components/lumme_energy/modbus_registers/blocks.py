"""Registers in a row, and how they are read."""

from enum import StrEnum
from typing import Final, NamedTuple

from modbus_connection import ModbusUnit


class Space(StrEnum):
    """The four tables of a Modbus device, by the function codes 3, 4, 1 and 2 that read them."""

    __hash__ = str.__hash__

    HOLDING = "holding"
    INPUT = "input"
    COIL = "coil"
    DISCRETE = "discrete"


# The tables that hold numbers; the two others hold bits.
NUMBERS: Final = (Space.HOLDING, Space.INPUT)


class Block(NamedTuple):
    """Registers in a row. Blocks sort by space and address."""

    space: Space
    address: int
    size: int

    @property
    def end(self) -> int:
        """The address behind the last register."""
        return self.address + self.size

    def covers(self, other: Block) -> bool:
        """Tell whether the other block is part of this one."""
        return self.space == other.space and self.address <= other.address and self.end >= other.end


async def fetch(unit: ModbusUnit, block: Block) -> list[int]:
    """Read a block, in whichever space it is; a bit is 0 or 1.

    Raises:
        ModbusError: It cannot be read.

    """
    space, address, size = block
    match space:
        case Space.HOLDING:
            return await unit.read_holding_registers(address, size)
        case Space.INPUT:
            return await unit.read_input_registers(address, size)
        case Space.COIL:
            return [int(bit) for bit in await unit.read_coils(address, size)]
        case Space.DISCRETE:
            return [int(bit) for bit in await unit.read_discrete_inputs(address, size)]
