"""Plans the fewest requests that bring what is wanted, and learns what a meter refuses.

modbus-connection has a planner, and ours asks the same requests (a test compares them). But its
model reads all or nothing: one refused block, and the rest of the meter is lost with it.
"""

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Final

from .blocks import Block

# Modbus has no longer answer than this.
WHOLE_SPACE: Final = 0x10000


def plan(
    wanted: Iterable[Block],
    *,
    max_gap: int,
    max_registers: int,
    refused: Collection[Block] = (),
) -> list[Block]:
    """Return the requests that read all wanted blocks.

    Args:
        wanted: The blocks to read; they may overlap.
        max_gap: How far the next wanted register may be from the last one of the same request.
        max_registers: The most that one request may ask for.
        refused: Blocks that must not be part of any request. A wanted one that has such a part is
            left out.

    """
    requests: list[Block] = []
    for block in sorted(set(wanted)):
        if any(block.covers(bad) for bad in refused):
            continue
        if requests:
            last = requests[-1]
            joined = Block(last.space, last.address, max(last.size, block.end - last.address))
            if (
                block.space == last.space
                and block.address - last.end < max_gap
                and joined.size <= max_registers
                and not any(joined.covers(bad) for bad in refused)
            ):
                requests[-1] = joined
                continue
        requests.append(block)
    return requests


def pieces(wanted: Iterable[Block], request: Block) -> list[Block]:
    """Return the parts of a request that cannot be read apart: the blocks that do not overlap."""
    inside = (block for block in wanted if request.covers(block))
    return plan(inside, max_gap=0, max_registers=WHOLE_SPACE)


def split(parts: list[Block]) -> tuple[list[Block], list[Block], Block]:
    """Cut a refused request in two.

    The cut is made at the widest gap, for most refusals are of registers in a gap; where there is
    none, in the middle.

    Returns:
        The parts before and behind the cut, and what is to blame if both can be read: the gap, or
        the two registers that then must not be read together.

    """
    middle = len(parts) // 2
    cut, (before, behind) = max(
        enumerate(pairwise(parts), 1),
        key=lambda item: (item[1][1].address - item[1][0].end, -abs(item[0] - middle)),
    )
    gap = behind.address - before.end
    blame = Block(before.space, before.end, gap) if gap else Block(before.space, before.end - 1, 2)
    return parts[:cut], parts[cut:], blame
