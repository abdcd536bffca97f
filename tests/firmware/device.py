"""A bridge without its box: the firmware in a process of MicroPython, its serial lines in our hand.

The process listens on a port of its own, where it tells how its parts and its memory are.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
import json
import os
from pathlib import Path
import socket
from typing import Any, Final, Self

from tests.scripts.loader import load_setup

HOST: Final = "127.0.0.1"
HEAP: Final = "100k"
PATIENCE: Final = 30.0

# The services that this part of the tests is about. A device starts all of `bridge.main.SERVICES`.
SERVICES: Final = ("network", "bus", "p1", "p1_port", "modbus_port", "led")

_START: Final = """
import sys
bundle, services, port = sys.argv[1:]
sys.path.insert(0, bundle)
import asyncio, gc, hal, json
from bridge.app import App
from bridge.defaults import DEFAULTS
from bridge.supervisor import supervise

config = dict(DEFAULTS)
with open(hal.ROOT + "changes.json") as file:
    changes = json.load(file)
for name, change in changes.items():
    config[name] = dict(config[name], **change) if isinstance(change, dict) else change

async def tell(app):
    async def answer(stream, _):
        gc.collect()
        what = {name: part.status() for name, part in app.parts.items()}
        what["heap"] = {"used": gc.mem_alloc(), "free": gc.mem_free()}
        what["log"] = app.log.since(0)
        what["signals"] = list(app.signals)
        stream.write(json.dumps(what).encode())
        await stream.drain()
        await stream.wait_closed()
    await asyncio.start_server(answer, "127.0.0.1", int(port))
    while True:
        app.beat("tell")
        await asyncio.sleep(1)

async def run():
    app = App(config)
    for name in services.split(","):
        app.start(name, __import__("bridge." + name, None, None, ("run",)).run, 30_000)
    app.start("tell", tell, 30_000)
    await supervise(app)

asyncio.run(run())
"""


def machines() -> list[str]:
    """Return the kinds of MicroPython that were brought here."""
    setup = load_setup()
    return [
        machine
        for machine in setup.MICROPYTHON_PACKAGES
        if setup.find_program("micropython", machine)
    ]


def program(name: str, machine: str = "amd64") -> Path:
    """Return a program that was brought here."""
    found: Path = load_setup().find_program(name, machine)
    return found


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Line:
    """A serial line, whose other end the bridge holds."""

    def __init__(self) -> None:
        """Wait to be opened."""
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter
        self._open = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Be there, at the port that this yields."""
        server = await asyncio.start_server(self._opened, HOST, 0)
        yield server.sockets[0].getsockname()[1]
        server.close()
        if self._open.is_set():
            self.writer.close()

    async def ready(self) -> None:
        """Wait until the bridge has opened it."""
        async with asyncio.timeout(PATIENCE):
            await self._open.wait()

    async def send(self, data: bytes) -> None:
        """Say something."""
        self.writer.write(data)
        await self.writer.drain()

    async def cut(self) -> None:
        """End it, and wait until the bridge has opened it anew."""
        self._open.clear()
        self.writer.close()
        await self.ready()

    async def _opened(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._open.set()


class Device:
    """A running bridge.

    Attributes:
        root: The folder that survives a restart.
        p1: The meter's line.
        rs485: The line of the bus, unless somebody else plays it.
        p1_port, modbus_port: Where it listens.

    """

    def __init__(self, bundle: Path, machine: str, root: Path, heap: str = HEAP) -> None:
        """Prepare a device of a kind, with a folder and that much memory for Python."""
        self.root = root
        self.p1, self.rs485 = Line(), Line()
        self.p1_port, self.modbus_port, self._told_port = (free_port() for _ in range(3))
        self.process: asyncio.subprocess.Process
        self._command = [str(program("micropython", machine)), "-X", f"heapsize={heap}"]
        self._bundle = bundle
        self._clients: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._stack = AsyncExitStack()

    async def start(self, config: Mapping[str, Any], *, bus: int | None = None) -> Self:
        """Switch it on; `bus` is the port of whoever plays the bus."""
        p1 = await self._stack.enter_async_context(self.p1.listening())
        if bus is None:
            bus = await self._stack.enter_async_context(self.rs485.listening())
        full = {
            "p1_port": {"port": self.p1_port, "clients": [HOST]},
            "modbus_port": {"port": self.modbus_port, "clients": [HOST]},
        }
        for name, changes in config.items():
            full[name] = {**full[name], **changes} if name in full else changes
        (self.root / "changes.json").write_text(json.dumps(full))
        self.process = await asyncio.create_subprocess_exec(
            *self._command,
            *("-c", _START, str(self._bundle), ",".join(SERVICES), str(self._told_port)),
            env={
                **os.environ,
                "BRIDGE_ROOT": str(self.root),
                "BRIDGE_P1": str(p1),
                "BRIDGE_RS485": str(bus),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        await self.status()
        return self

    async def stop(self) -> str:
        """Pull its plug and return what it has printed."""
        with suppress(ProcessLookupError):
            self.process.kill()
        printed, _ = await self.process.communicate()
        for _, writer in self._clients:
            writer.close()
        await self._stack.aclose()
        return printed.decode(errors="replace")

    async def connect(self, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to one of its ports as soon as it listens."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(ConnectionRefusedError):
                    client = await asyncio.open_connection(HOST, port)
                    self._clients.append(client)  # a writer that nobody holds closes
                    return client
                if self.process.returncode is not None:
                    raise AssertionError(await self.stop())
                await asyncio.sleep(0.01)

    async def status(self) -> dict[str, Any]:
        """Return how it is."""
        reader, writer = await self.connect(self._told_port)
        async with asyncio.timeout(PATIENCE):
            told = await reader.read()
        writer.close()
        found: dict[str, Any] = json.loads(told)
        return found

    async def until(self, part: str, name: str, value: Any) -> None:
        """Wait until a part tells a value."""
        status: dict[str, Any] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                while status.get(part, {}).get(name) != value:
                    status = await self.status()
        except TimeoutError as err:
            message = f"{part}.{name} is not {value}: {status}"
            raise AssertionError(message) from err
