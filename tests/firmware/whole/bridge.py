"""A whole bridge: both firmware folders, the boot picker, all services, and a client of its API."""

import asyncio
from contextlib import AsyncExitStack, suppress
import hashlib
from http import HTTPStatus
import json
import os
from pathlib import Path
import shutil
from typing import Any, Final, Self

import aiohttp

from tests.firmware.device import HOST, PATIENCE, free_port, program

from .thermostat import Thermostat

MACHINE: Final = "i386"
# What is left for Python on an ESP32; connections through TLS take theirs elsewhere.
HEAP: Final = "128k"
MAIN: Final = Path(__file__).parents[3] / "firmware_bridge" / "main.py"

# Starts what a device starts, and one service more, which moves the clock of the leases.
_START: Final = """
import sys
sys.path.insert(0, sys.argv[1])
import main
slot = main.choose(main._root())
sys.path.insert(0, main._root() + slot)
del sys.modules["main"]
import asyncio
from bridge import main as services

async def control(app):
    async def answer(stream, _):
        app.clock._seconds += int(await stream.readline())
        stream.write(b"done")
        await stream.drain()
        await stream.wait_closed()
    await asyncio.start_server(answer, "127.0.0.1", int(sys.argv[2]))
    while True:
        app.beat("control")
        await asyncio.sleep(1)

services.SERVICES += (("control", control, 30_000, True),)
from bridge.start import start
start(slot)
"""


class Bridge:
    """A running bridge, and a client of it.

    Attributes:
        root: Its file system.
        port, tls_port: Where it listens.
        token: What its client got when it was paired.
        bus: The device on its bus.

    """

    def __init__(self, bundle: Path, machine: str, root: Path) -> None:
        """Flash a device; it has never been started."""
        self.root = root
        self.port, self.tls_port, self._control = (free_port() for _ in range(3))
        self.token: str | None = None
        self.bus = Thermostat()
        self.process: asyncio.subprocess.Process
        self._command = [str(program("micropython", machine)), "-X", f"heapsize={HEAP}"]
        self._stack = AsyncExitStack()
        shutil.copytree(bundle, root / "a")
        (root / "data").mkdir()
        self.write("config.json", {
            "api": {"port": self.port},
            "modbus_tls": {"port": self.tls_port},
            "p1_port": {"port": free_port()},
            "p1": {"on": False},
        })  # fmt: skip
        self._pin: aiohttp.Fingerprint | None = None
        self._session: aiohttp.ClientSession

    def write(self, name: str, value: Any) -> None:
        """Put a file where the device keeps its own."""
        (self.root / "data" / name).write_text(json.dumps(value))

    def read(self, name: str) -> Any:
        """Read one of the device's files."""
        return json.loads((self.root / "data" / name).read_text())

    async def start(self) -> Self:
        """Switch it on."""
        port = await self._stack.enter_async_context(self.bus.listening())
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))
        )
        await self.boot(port, ready=False)
        assert await self.ended() == 3  # it has made its key and certificate
        return await self.boot()

    async def boot(self, port: int | None = None, *, ready: bool = True) -> Self:
        """Give it power, once more."""
        self._port = port or self._port
        self.process = await asyncio.create_subprocess_exec(
            *self._command,
            *("-c", _START, str(MAIN.parent), str(self._control)),
            env={**os.environ, "BRIDGE_ROOT": str(self.root), "BRIDGE_RS485": str(self._port)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(PATIENCE):
            while ready:
                with suppress(ConnectionRefusedError):
                    _, writer = await asyncio.open_connection(HOST, self.port)
                    writer.close()
                    break
                assert self.process.returncode is None, await self.process.communicate()
                await asyncio.sleep(0.01)
        return self

    async def cut(self) -> str:
        """Take its power away; returns what it has printed."""
        with suppress(ProcessLookupError):
            self.process.kill()
        printed, _ = await self.process.communicate()
        return printed.decode(errors="replace")

    async def ended(self) -> int:
        """Wait until it starts again by itself."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self) -> str:
        """End everything; returns what it has printed."""
        printed = await self.cut()
        await self._stack.aclose()
        return printed

    async def ahead(self, seconds: int) -> None:
        """Let time pass for the leases."""
        reader, writer = await asyncio.open_connection(HOST, self._control)
        writer.write(b"%d\n" % seconds)
        assert await reader.read() == b"done"
        writer.close()

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str | None = "",
        data: bytes | None = None,
    ) -> tuple[int, Any]:
        """Make a request as the paired client, or with another token, or with none."""
        token = self.token if token == "" else token
        if self._pin is None:  # one object, for a connection is kept for the same one only
            self._pin = aiohttp.Fingerprint(self.fingerprint())
        async with self._session.request(
            method,
            f"https://{HOST}:{self.port}{path}",
            data=data if data is not None or body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            ssl=self._pin,
        ) as response:
            if response.content_type != "application/json":
                return response.status, await response.text()
            return response.status, await response.json()

    async def get(self, path: str) -> Any:
        """Get what is there for certain."""
        status, answer = await self.ask("GET", f"/api/v1/{path}")
        assert status == HTTPStatus.OK, answer
        return answer

    async def do(self, method: str, path: str, body: Any = None) -> Any:
        """Do what is allowed for certain."""
        status, answer = await self.ask(method, f"/api/v1/{path}", body)
        assert status == HTTPStatus.OK, answer
        return answer

    def fingerprint(self) -> bytes:
        """Return the fingerprint of the certificate that the device has made."""
        return hashlib.sha256((self.root / "data" / "identity.crt").read_bytes()).digest()

    async def pair(self, **more: str) -> Self:
        """Pair with the code of the first client."""
        code = (self.root / "data" / "pairing.code").read_text()
        answer = await self.do("POST", "pair", {"name": "test", "code": code, **more})
        self.token = answer["token"]
        return self

    def panel(self, **what: Any) -> None:
        """Press the button, or warm a probe."""
        (self.root / "panel.json.new").write_text(json.dumps(what))
        (self.root / "panel.json.new").rename(self.root / "panel.json")
