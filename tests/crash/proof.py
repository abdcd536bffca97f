"""Kills Home Assistant while it sends readings in, starts it again, and counts what arrived.

Each month one reading of each of two meters is due, while the portal loses answers, is handed
requests twice by the network, or is down. Home Assistant is killed at a point that differs from
time to time, until the portal has some peace; then the next month comes. In the end the portal
has to have what the meters showed at each due moment, and nothing else.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
import json
import os
from pathlib import Path
import random
import socket
import sys
from typing import Any, Final, override

from aiohttp import web

from custom_components.lumme_energy.portal.model import ConsumptionSlot
from demo.errors import DemoError
from demo.faults import FaultKind
from demo.hass import PARENT
from demo.home_assistant import HOST, ROOT, HomeAssistant
from demo.households import Household
from demo.households.belgium import (
    BAKERY_REGISTERS,
    BRUSSELS,
    GAS_REGISTERS,
    OVEN_ELECTRICITY,
    OVEN_GAS,
    household,
    register_index,
)
from demo.my_luminus import DemoMyLuminus

from .house import DAY, HOUR, Orders

REGISTERS: Final = {
    OVEN_ELECTRICITY: (BAKERY_REGISTERS, "kWh"),
    OVEN_GAS: (GAS_REGISTERS, "m³"),
}
START: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
INSERT: Final = "/myluminus/api/insert-meter-reading"
DELETE: Final = "/myluminus/api/delete-meter-reading"
# Ahead of the minute at which a reading is due.
EVE: Final = timedelta(seconds=0.4)
# A machine that does much else starts Home Assistant slowly, above all the first time.
PATIENCE: Final = 300.0
# In how many processes a month's readings have to reach the portal once it has peace.
ENOUGH: Final = 16
OPEN: Final = {"due", "sending", "unknown"}

# Where a process can be killed.
AT_WRITES: Final = {
    "a write of the plans": "lumme_energy.*.readings",
    "a write of the outbox": "lumme_energy.*.outbox",
    "any write": "lumme_energy.*",
}
AT_PORTAL: Final = (
    "the portal received it",
    "the portal acted",
    "the portal answered",
)
BY_TIME: Final = "any moment"
PLACES: Final = (*AT_WRITES, *AT_PORTAL, BY_TIME)

FAULTS: Final = (
    (FaultKind.ANSWER_LOST, INSERT),
    (FaultKind.ERROR_AFTERWARDS, INSERT),
    (FaultKind.DELIVERED_TWICE, INSERT),
    (FaultKind.DISCONNECT, INSERT),
    (FaultKind.SERVER_ERROR, INSERT),
    (FaultKind.ANSWER_LOST, "/"),
    (FaultKind.DISCONNECT, "/"),
    (FaultKind.SERVER_ERROR, "/"),
)

type Values = dict[str, Decimal]
type Key = tuple[str, date]


@dataclass(slots=True)
class Counts:
    """What came of it.

    Attributes:
        kills: By where, while there was something to do.
        idle: How many had nothing left to do when they were killed.
        due: What the portal has to have.
        held: What it has of the customer.
        accepted: How often it took a reading.
        requests: How often it was sent one.
        needless: How often it was sent one that it had already.
        deletions: How often it was to delete one.
        errors: How many exceptions nobody caught.
    """

    kills: Counter[str] = field(default_factory=Counter)
    idle: int = 0
    due: dict[Key, Values] = field(default_factory=dict)
    held: dict[Key, Values] = field(default_factory=dict)
    accepted: Counter[Key] = field(default_factory=Counter)
    requests: int = 0
    needless: int = 0
    deletions: int = 0
    errors: int = 0

    @property
    def all_kills(self) -> int:
        """How often Home Assistant was killed."""
        return self.kills.total() + self.idle

    @property
    def lost(self) -> set[Key]:
        """What the portal ought to have, and has not."""
        return self.due.keys() - self.held.keys()

    @property
    def invented(self) -> set[Key]:
        """What it has and ought not to, or with other values."""
        return {key for key, values in self.held.items() if self.due.get(key) != values}

    @property
    def doubled(self) -> set[Key]:
        """What it took more than once."""
        return {key for key, times in self.accepted.items() if times > 1}

    def add(self, other: Counts) -> None:
        """Count another house's as well; each has a portal of its own."""
        self.kills += other.kills
        self.idle += other.idle
        self.requests += other.requests
        self.needless += other.needless
        self.deletions += other.deletions
        self.errors += other.errors


def _without_history(today: date) -> Household:
    """Return a bakery of whose consumption nothing is known: to read months of it takes long."""
    known = household(today)
    return replace(
        known, customers=tuple(replace(one, consumption=_nothing) for one in known.customers)
    )


def _nothing(*_: Any) -> tuple[ConsumptionSlot, ...]:
    return ()


class Portal(DemoMyLuminus):
    """My Luminus, that sees when a reading comes in, and tells."""

    def __init__(self) -> None:
        """Begin."""
        self.at = START
        super().__init__(_without_history, clock=lambda: self.at)
        self.requests_to_insert = self.needless = self.deletions = 0
        self.watch: Callable[[str], Awaitable[bool]] | None = None

    def held(self) -> dict[Key, Values]:
        """Return what customers have sent in and is kept."""
        found: dict[Key, Values] = {}
        for each in self.changes._made.readings:
            found.setdefault((each.gsrn, each.day), {})[each.register] = each.value
        return found

    def accepted(self) -> Counter[Key]:
        """Return how often each reading was taken."""
        return Counter(
            (write.asked["Ean"], date.fromisoformat(write.asked["Date"]))
            for write in self.changes.writes
            if write.name == "reading" and not write.reason
        )

    @override
    def _add_routes(self, app: web.Application) -> None:
        super()._add_routes(app)
        # Outside of the faults: it sees each request of Home Assistant's once.
        app.middlewares.insert(0, self._seen)

    @web.middleware
    async def _seen(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == DELETE:
            self.deletions += 1
        if request.path != INSERT:
            answer: web.StreamResponse = await handler(request)
            return answer
        asked = await request.json()
        self.requests_to_insert += 1
        self.needless += (asked["Ean"], date.fromisoformat(asked["Date"])) in self.held()
        if await self._is_over("the portal received it"):
            return web.Response(status=503)
        answer = await handler(request)
        await self._is_over("the portal acted")
        await self._is_over("the portal answered")
        return answer

    async def _is_over(self, place: str) -> bool:
        return self.watch is not None and await self.watch(place)


class _Configuration(HomeAssistant):
    """Where Home Assistant keeps everything."""

    @override
    def prepare(self) -> None:
        super().prepare()
        (self.config / "configuration.yaml").write_text("")


class House:
    """One account at a portal of its own, and one Home Assistant after the other."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Begin in an empty folder; the same seed does the same as far as it is not a race."""
        with socket.socket() as free:
            free.bind((HOST, 0))
            self._config = _Configuration(folder, free.getsockname()[1])
        self._config.prepare()
        self._bytecode = folder / "bytecode"
        self._random = random.Random(seed)  # noqa: S311
        self._portal = Portal()
        self._address = ""
        self._now = START
        self._plans: list[dict[str, Any]] = []
        self.counts = Counts()

    async def run(self, is_enough: Callable[[Counts], bool], kills: int) -> Counts:
        """Let months pass until it is enough, with so many kills in each.

        Raises:
            DemoError: Home Assistant did not come up, or a reading never arrived.
        """
        self._address = await self._portal.start()
        try:
            self._portal.at = self._now
            await self._process(is_new=True)
            month = START.date().replace(day=DAY)
            while not is_enough(self.counts):
                await self._month(month, kills)
                month = (month.replace(day=1) + timedelta(days=32)).replace(day=DAY)
        finally:
            await self._portal.stop()
        counts, portal = self.counts, self._portal
        counts.held, counts.accepted = portal.held(), portal.accepted()
        counts.requests, counts.needless = portal.requests_to_insert, portal.needless
        counts.deletions = portal.deletions
        counts.errors = self._config.log.read_text().count("Traceback")
        return counts

    async def _month(self, day: date, kills: int) -> None:
        """Let the readings of a day become due, kill, and then leave everything in peace."""
        for gsrn, (registers, _) in REGISTERS.items():
            self.counts.due[gsrn, day] = {
                register: register_index(gsrn, day, share) for register, share in registers.items()
            }
        self._now = datetime.combine(day, time(HOUR), BRUSSELS).astimezone(UTC) - EVE
        for number in range(kills):
            self._trouble()
            await self._process(self._random.choice(PLACES), is_first=number == 0)
            if self._is_done(day):
                return
            self._now += timedelta(minutes=self._random.randint(20, 240))
        self._portal.faults.clear()
        for _ in range(ENOUGH):
            await self._process()
            if self._is_done(day):
                return
            self._now += timedelta(hours=5)
        raise DemoError(f"the readings of {day} do not arrive: {self._plans[-6:]}")

    def _is_done(self, day: date) -> bool:
        """Whether nothing of a day is open, and the next ones are planned."""
        ahead = {plan["gsrn"] for plan in self._plans if plan["state"] == "planned"}
        begun = {
            plan["gsrn"]
            for plan in self._plans
            if plan["day"] == day.isoformat() and plan["state"] not in {"planned", *OPEN}
        }
        return ahead == begun == set(REGISTERS)

    def _trouble(self) -> None:
        """Let the portal be in other trouble than before."""
        self._portal.faults.clear()
        for kind, path in self._random.sample(FAULTS, 2):
            self._portal.faults.add(kind, path=path, chance=0.4 if path == INSERT else 0.1)

    async def _process(
        self, place: str = "", *, is_first: bool = False, is_new: bool = False
    ) -> None:
        """Start Home Assistant, and kill it where it says, or when it has nothing left to do."""
        orders = self._orders(place, is_first=is_first, is_new=is_new)
        self._plans = []
        self._portal.at = self._now + 2 * EVE
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.crash.house",
            json.dumps(asdict(orders)),
            cwd=ROOT,
            env={
                **os.environ,
                PARENT: str(os.getpid()),
                # Where bytecode is not kept, each start would take several times as long.
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(self._bytecode),
            },
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._config.log.open("a"),
            limit=2**20,
        )
        killed = ""

        async def watch(reached: str) -> bool:
            """Kill it if this is the place."""
            nonlocal killed
            if reached != place or killed:
                return False
            killed = place
            if place == "the portal answered":
                asyncio.get_running_loop().call_later(self._random.uniform(0, 0.05), end)
                return False
            end()
            await process.wait()
            return True

        def end() -> None:
            if process.returncode is None:
                process.kill()

        self._portal.watch = watch
        try:
            async with asyncio.timeout(PATIENCE):
                is_idle = await self._follow(
                    process, end, is_by_time=place == BY_TIME, is_first=is_first
                )
                if not is_new:
                    end()
                code = await process.wait()
        except TimeoutError:
            raise DemoError(f"Home Assistant hangs: see {self._config.log}") from None
        finally:
            self._portal.watch = None
            end()
            await process.wait()
        if code != (0 if is_new else -9):
            raise DemoError(f"Home Assistant ended by itself ({code}): see {self._config.log}")
        if is_idle and not killed:
            self.counts.idle += not is_new
        else:
            self.counts.kills[place] += 1

    async def _follow(
        self,
        process: asyncio.subprocess.Process,
        end: Callable[[], None],
        *,
        is_by_time: bool,
        is_first: bool,
    ) -> bool:
        """Listen to a process until it is dead, or idle; return whether it is."""
        assert process.stdout is not None
        loop = asyncio.get_running_loop()
        if is_by_time and not is_first:
            loop.call_later(self._random.uniform(0.5, 5), end)
        async for line in process.stdout:
            said = json.loads(line)
            if said["event"] == "up" and is_by_time and is_first:
                loop.call_later(self._random.uniform(0, 2.5), end)
            if said["event"] == "idle":
                self._plans = said["plans"]
                return True
        return False

    def _orders(self, place: str, *, is_first: bool, is_new: bool) -> Orders:
        today = self._now.astimezone(BRUSSELS).date()
        orders = Orders(
            config=str(self._config.config),
            address=self._address,
            clock=self._now.timestamp(),
            meters=tuple(
                (gsrn, register, str(register_index(gsrn, today, share)), unit)
                for gsrn, (registers, unit) in REGISTERS.items()
                for register, share in registers.items()
            ),
            is_first=is_first,
            is_new=is_new,
        )
        if place not in AT_WRITES:
            return orders
        return replace(
            orders,
            kill_files=AT_WRITES[place],
            kill_at=self._random.randint(1, 30 if place == "any write" else 6),
            kill_part=self._random.choice(("before", "amid", "after")),
        )
