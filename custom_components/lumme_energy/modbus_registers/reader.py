"""Reads registers in few requests: what can be read comes, whatever else the device refuses."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Final

from modbus_connection import (
    GatewayPathUnavailableError,
    GatewayTargetError,
    IllegalDataAddressError,
    IllegalDataValueError,
    IllegalFunctionError,
    ModbusConnectionError,
    ModbusError,
    ModbusTimeoutError,
    ModbusUnit,
)

from .blocks import Block, Space, fetch
from .planner import pieces, plan, split

# What was read, by where it is.
type Words = dict[tuple[Space, int], int]

# "I have no such registers": it will not change its mind, so there is no point in asking again.
REFUSALS: Final = (IllegalDataAddressError, IllegalDataValueError, IllegalFunctionError)

# "Nobody is there", said by nobody or by a gateway that has waited long enough.
SILENCE: Final = (ModbusTimeoutError, GatewayTargetError, GatewayPathUnavailableError)

# Any other failure, so often in a row and while the rest of the device answers, is a refusal too:
# many devices are silent where they should refuse. A refusal of which no part can be read is
# believed no sooner: it might be a gateway that is starting up.
STRIKES: Final = 3

# A device that refuses everything does so for another reason. It is not taken apart at each poll.
PATIENCE: Final = 120


@dataclass(slots=True, kw_only=True)
class Requests:
    """What became of the requests.

    Attributes:
        sent: Requests that were sent.
        failed: Those without a usable answer, refusals included.

    """

    sent: int = 0
    failed: int = 0


class BlockReader:
    """Reads registers of one device in few requests.

    Attributes:
        refused: The smallest blocks that are known to be refused: registers that the device does
            not have, gaps that must not be read, neighbours that must not be read together.
        requests: What became of the requests so far.

    """

    def __init__(
        self,
        unit: ModbusUnit,
        *,
        max_gap: int,
        max_registers: int,
        refused: Iterable[Block] = (),
    ) -> None:
        """Read a unit in requests that a planner makes; refused is what was learnt earlier."""
        self.refused = set(refused)
        self.requests = Requests()
        self._unit = unit
        self._max_gap = max_gap
        self._max_registers = max_registers
        self._plans: dict[frozenset[Block], list[Block]] = {}
        self._strikes: Counter[Block] = Counter()
        self._fruitless = 0

    async def read(self, wanted: frozenset[Block]) -> Words:
        """Read blocks, and return the words that came.

        Raises:
            ModbusError: Nothing could be read at all.

        """
        words: Words = {}
        failures: dict[Block, ModbusError] = {}
        learnt: set[Block] = set()
        requests = self.plan(wanted)
        # A device that ignores just the first request would look dead for ever.
        first = self._fruitless % max(len(requests), 1)
        for request in requests[first:] + requests[:first]:
            try:
                await self._fetch(request, words)
            except ModbusConnectionError as err:
                failures[request] = err
                break
            except SILENCE as err:
                failures[request] = err
                if not words and len(failures) == 1:
                    break  # each further request would only wait, too
            except ModbusError as err:
                failures[request] = err
            else:
                del self._strikes[request]
        await self._explore(wanted, failures, words, learnt)
        if not words:
            self._fruitless += 1
            raise next(iter(failures.values()), ModbusError("nothing to read"))
        self._fruitless = 0
        if learnt - self.refused:
            self.refused |= learnt
            self._plans.clear()
        return words

    def plan(self, wanted: frozenset[Block]) -> list[Block]:
        """Return the requests that the next read sends if all goes well."""
        if wanted not in self._plans:
            self._plans[wanted] = plan(
                wanted,
                max_gap=self._max_gap,
                max_registers=self._max_registers,
                refused=self.refused,
            )
        return self._plans[wanted]

    def forget(self) -> None:
        """Ask again for what was refused: a device may have been starting up, or be another one."""
        self.refused.clear()
        self._plans.clear()

    async def _fetch(self, request: Block, words: Words) -> None:
        space, address, size = request
        self.requests.sent += 1
        try:
            got = await fetch(self._unit, request)
        except ModbusError:
            self.requests.failed += 1
            raise
        words.update(zip(zip(repeat(space), range(address, address + size)), got, strict=False))

    async def _explore(
        self,
        wanted: frozenset[Block],
        failures: dict[Block, ModbusError],
        words: Words,
        learnt: set[Block],
    ) -> None:
        """Find out what exactly is refused in the requests that failed."""
        if not words and self._fruitless % PATIENCE:
            return
        for request, err in failures.items():
            refusal = isinstance(err, REFUSALS)
            if isinstance(err, ModbusConnectionError) or not (refusal or words):
                continue
            self._strikes[request] += 1
            sure = self._strikes[request] >= STRIKES
            if not (refusal or sure):
                continue
            known = len(words)
            found: set[Block] = set()
            parts = pieces(wanted, request)
            try:
                await self._narrow(parts, words, found, REFUSALS if refusal else (ModbusError,))
            except ModbusError:
                return  # something is wrong beside that: another time
            if sure or len(words) > known:
                # What cannot be read at all might be able to tomorrow; once is not enough.
                learnt |= found

    async def _narrow(
        self,
        parts: list[Block],
        words: Words,
        learnt: set[Block],
        tolerated: tuple[type[ModbusError], ...],
    ) -> None:
        """Learn the smallest blocks that are refused in parts that cannot be read together."""
        if len(parts) == 1:
            learnt.add(parts[0])
            return
        *halves, blame = split(parts)
        whole = True
        for half in halves:
            whole &= await self._try(half, words, learnt, tolerated)
        if whole:
            learnt.add(blame)

    async def _try(
        self,
        parts: list[Block],
        words: Words,
        learnt: set[Block],
        tolerated: tuple[type[ModbusError], ...],
    ) -> bool:
        """Read parts together; where that is refused, narrow it down. Return whether it was not."""
        request = Block(parts[0].space, parts[0].address, parts[-1].end - parts[0].address)
        try:
            await self._fetch(request, words)
        except ModbusConnectionError:
            raise
        except tolerated:
            await self._narrow(parts, words, learnt, tolerated)
            return False
        return True
