"""Everything the demo runs: portals and meters in this process, Home Assistant beside it."""

from collections.abc import Callable, Collection, Iterator
from contextlib import AsyncExitStack
from datetime import date
import errno
import fcntl
from functools import partial
import json
from pathlib import Path
import shutil
import socket
from typing import Any, Self

from yarl import URL

from .cables import Cable, CablePanel
from .changes import Changes
from .cottage import DemoCottage
from .cottage_cables import things as cottage_things
from .entries import add_account, add_cottage, add_meter, add_modbus_meter
from .errors import DemoError
from .home_assistant import HOST, HomeAssistant, Session
from .households.belgium import (
    BAKERY_REGISTERS,
    OVEN_ELECTRICITY,
    midnight,
    register_index,
)
from .modbus_meter import DemoModbusMeter
from .my_luminus import DemoMyLuminus
from .oma_lumme import DemoOmaLumme
from .p1_meter import DemoP1Meter, belgian_since
from .scenes import SCENES
from .server import DemoPortal

DASHBOARD = "lumme-demo"
STRATEGY = {"strategy": {"type": "custom:lumme-energy"}}
CABLES = "cables"
COTTAGE = "cottage"
ENTRIES = {
    "oma_lumme": "the OmaLumme account",
    "my_luminus": "the My Luminus accounts",
    "p1_meter": "the Finnish P1 meter",
    "belgian_meter": "the Belgian P1 meter",
    "modbus_meter": "the Modbus meter",
    COTTAGE: "the cottage",
}
SILENCE = {"p1_meter": 35, "belgian_meter": 15, "modbus_meter": 20}  # seconds
NEEDED_DISK = 300 * 1024**2


class Demo:
    """The demo in one folder, from `async with` to its end.

    The folder remembers the ports, so that the entries of an earlier run find their portals, and
    what was set up already, so that a warm start takes seconds and keeps what a user changed.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        fresh: bool = False,
        entries: Collection[str] = ENTRIES,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Plan a demo.

        Args:
            folder: Where everything is kept.
            port: Home Assistant's port on the loopback interface.
            fresh: Forget what earlier runs left in the folder.
            entries: The config entries to add, of `ENTRIES`.
            say: Told what is going on, a line at a time.

        """
        self.folder = folder
        self.home_assistant = HomeAssistant(folder, port)
        self.oma_lumme = DemoOmaLumme()
        self.my_luminus = DemoMyLuminus()
        self._portals: dict[str, DemoPortal] = {
            "oma_lumme": self.oma_lumme,
            "my_luminus": self.my_luminus,
        }
        self._belgian_meter = DemoP1Meter("BE")
        self.meters: dict[str, DemoP1Meter | DemoModbusMeter] = {
            "p1_meter": DemoP1Meter("FI"),
            "belgian_meter": self._belgian_meter,
            "modbus_meter": DemoModbusMeter(),
        }
        self.cottage = DemoCottage(self._tell_of_cottage, memory=folder / f"{COTTAGE}.json")
        self.ports: dict[str, int] = {}
        self._done: list[str] = []
        self._ids: dict[str, str] = {}
        # Since when the bakery's meter goes on from what its supplier has read.
        self._begun: str | None = None
        self._fresh = fresh
        self._entries = entries
        self._say = say
        self._stack = AsyncExitStack()
        self._memory = folder / "demo.json"

    async def __aenter__(self) -> Self:
        """Start everything and set up what is not set up yet.

        Raises:
            DemoError: Something the user can act on stands in the way.

        """
        async with AsyncExitStack() as stack:
            self._claim(stack)
            self._recall()
            self._say("starting the demo portals and meters")
            await self._start_servers(stack)
            self._say("starting Home Assistant")
            self.home_assistant.prepare()
            stack.push_async_callback(self.home_assistant.stop)
            await self.home_assistant.start()
            async with self.home_assistant.session() as session:
                await session.running()
                await self._set_up(session)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything that was started."""
        await self._stack.aclose()

    def hints(self) -> list[str]:
        """Return where everything is, for those who want to add an entry by hand."""
        oma_lumme, my_luminus = self.oma_lumme.household, self.my_luminus.household
        ports = self.ports
        return [
            f"OmaLumme   http://{HOST}:{ports['oma_lumme']}  {oma_lumme.username} / {oma_lumme.password}",
            f"My Luminus http://{HOST}:{ports['my_luminus']}  {my_luminus.username} / {my_luminus.password}",
            *(
                f"{ENTRIES[name].removeprefix('the ')}  {HOST}:{ports[name]}"
                for name in (*self.meters, COTTAGE)
            ),
            f"pull a cable at http://{HOST}:{ports[CABLES]}",
        ]

    async def arrange(self, session: Session) -> None:
        """Make the integration's dashboard the first page that a user sees."""
        pages = await session.command("lovelace/dashboards/list")
        if DASHBOARD not in {page["url_path"] for page in pages}:
            await session.command(
                "lovelace/dashboards/create",
                url_path=DASHBOARD,
                title="Lumme Energy",
                icon="mdi:flower",
            )
        await session.command("lovelace/config/save", url_path=DASHBOARD, config=STRATEGY)
        await session.command(
            "frontend/set_system_data", key="core", value={"default_panel": DASHBOARD}
        )

    def _claim(self, stack: AsyncExitStack) -> None:
        """Make sure that folder, disk and port are ours before anything is started."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context((self.folder / "lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(f"a demo is already running in {self.folder}") from None
        if (free := shutil.disk_usage(self.folder).free) < NEEDED_DISK:
            raise DemoError(
                f"needs {NEEDED_DISK // 1024**2} MB of free disk, {free // 1024**2} MB left"
            )
        if not _is_free(self.home_assistant.port):
            raise DemoError(
                f"port {self.home_assistant.port} on {HOST} is in use: choose another with --port"
            )

    def _recall(self) -> None:
        """Read what earlier runs left, or remove it."""
        if self._fresh:
            shutil.rmtree(self.home_assistant.config, ignore_errors=True)
            for left in self.folder.glob("*.json"):
                left.unlink()
        if self._memory.exists():
            memory: dict[str, Any] = json.loads(self._memory.read_text())
            self.ports, self._done = memory["ports"], memory["done"]
            self._ids = memory.get("ids", {})
            self._begun = memory.get("begun")
        else:
            self._begun = self.my_luminus.today.isoformat()

    def _remember(self, done: str | None = None) -> None:
        """Write down the ports and what has been set up."""
        if done is not None:
            self._done.append(done)
        partial = self._memory.with_suffix(".partial")
        partial.write_text(
            json.dumps(
                {
                    "ports": self.ports,
                    "done": self._done,
                    "ids": self._ids,
                    "begun": self._begun,
                }
            )
        )
        partial.replace(self._memory)

    async def _start_servers(self, stack: AsyncExitStack) -> None:
        """Start everything on the ports of the last run: the entries point there."""
        try:
            for name, portal in self._portals.items():
                portal.changes = Changes(self.folder / f"{name}.json")
                address = await portal.start(self.ports.get(name, 0))
                stack.push_async_callback(portal.stop)
                self.ports[name] = URL(address).port or 0
            if self._begun is not None:
                self._go_on(date.fromisoformat(self._begun))
            for name, meter in self.meters.items():
                _, self.ports[name] = await meter.start(self.ports.get(name, 0))
                stack.push_async_callback(meter.stop)
            _, self.ports[COTTAGE] = await self.cottage.start(self.ports.get(COTTAGE, 0))
            stack.push_async_callback(self.cottage.stop)
            things = [*cottage_things(self.cottage), *self._cables()]
            panel = CablePanel(things, self.home_assistant.url)
            address = await panel.start(self.ports.get(CABLES, 0))
            stack.push_async_callback(panel.stop)
            self.ports[CABLES] = URL(address).port or 0
        except OSError as err:
            if err.errno != errno.EADDRINUSE:
                raise
            raise DemoError(
                "a port of the last demo is taken by another program: start over with --fresh"
            ) from None
        self._remember()

    def _go_on(self, begun: date) -> None:
        """Have the bakery's meter show what its supplier would have read as a day began."""
        day, night = (
            float(register_index(OVEN_ELECTRICITY, begun, BAKERY_REGISTERS[register]))
            for register in ("day", "night")
        )
        self._belgian_meter.render = belgian_since(midnight(begun), day, night)

    async def _tell_of_cottage(self, name: str, value: float) -> None:
        await self.home_assistant.tell(f"{COTTAGE}_{name}", value)

    def _cables(self) -> Iterator[Cable]:
        """Say what can be pulled out of what runs."""
        for name, meter in self.meters.items():
            bus, box = (
                ("RS-485 cable", "gateway")
                if isinstance(meter, DemoModbusMeter)
                else ("P1 cable", "bridge")
            )
            group, seconds = ENTRIES[name], SILENCE[name]
            yield Cable(
                key=f"{name}_bus",
                group=group,
                name=bus,
                effect=f"The {box} answers and hears nothing: unavailable within {seconds} s.",
                pull=partial(_silence, meter, is_silent=True),
                plug=partial(_silence, meter, is_silent=False),
            )
            yield Cable(
                key=f"{name}_power",
                group=group,
                name=f"Power of the {box}",
                effect=f"Connections are refused: unavailable within {seconds} s.",
                pull=meter.stop,
                plug=partial(meter.start, self.ports[name]),
            )
        for name, portal in self._portals.items():
            yield Cable(
                key=name,
                group=ENTRIES[name],
                name="The portal",
                effect="Connections are refused: what is known stays, and the portal is "
                "disconnected from the next time that it is asked.",
                pull=portal.stop,
                plug=partial(portal.start, self.ports[name]),
            )

    async def _set_up(self, session: Session) -> None:
        """Add the entries and the dashboard that no earlier run has added."""
        for name in self._entries:
            if name not in self._done:
                self._say(f"adding {ENTRIES[name]} through the config flow")
                self._ids[name] = await self._add(session, name)
                self._remember(name)
        for name, (needed, scene) in SCENES.items():
            if name not in self._done and self._ids.keys() >= set(needed):
                self._say(f"telling the story of {name}")
                await scene(session, self._ids)
                self._remember(name)
        if self._entries and DASHBOARD not in self._done:
            await self.arrange(session)
            self._remember(DASHBOARD)

    async def _add(self, session: Session, name: str) -> str:
        """Add an entry and return its id; of a log-in with several customers, the last one's."""
        if name in self.meters:
            add = add_modbus_meter if name == "modbus_meter" else add_meter
            return await add(session, HOST, self.ports[name])
        if name == COTTAGE:
            return await add_cottage(session, HOST, self.ports[COTTAGE])
        household, entry = self._portals[name].household, ""
        for customer in household.customers:
            entry = await add_account(
                session,
                supplier=name,
                address=f"http://{HOST}:{self.ports[name]}",
                username=household.username,
                password=household.password,
                customer=customer.account.account_id,
            )
        return entry


async def _silence(meter: DemoP1Meter | DemoModbusMeter, *, is_silent: bool) -> None:
    meter.faults.silence = is_silent


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as err:
            if err.errno != errno.EADDRINUSE:
                raise
            return False
    return True
