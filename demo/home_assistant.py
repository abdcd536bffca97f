"""A real Home Assistant as a child process, driven through its own HTTP and WebSocket interfaces."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
import json
import os
from pathlib import Path
import signal
import sys
from typing import Any

import aiohttp

from .errors import DemoError
from .hass import PARENT

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
USERNAME = "demo"
PASSWORD = "lumme-demo"  # printed on the terminal: it protects invented data on the loopback
START_TIMEOUT = 180.0
STOP_TIMEOUT = 20.0
TELL_TIMEOUT = 5.0
RESTART_EXIT_CODE = 100

CONFIGURATION = """\
# Written by scripts/demo at every start.
homeassistant:
  name: Lumme
  country: FI
  currency: EUR
  language: en
  time_zone: Europe/Helsinki
  unit_system: metric
  latitude: 60.1699
  longitude: 24.9384
  elevation: 10
  media_dirs:
    local: MEDIA

frontend:
config:
history:
logbook:
recorder:
energy:
conversation:
assist_pipeline:
media_source:
system_health:
webhook:

# An exchange's price, which an integration such as Nord Pool tells elsewhere.
template:
  - sensor:
      - name: Exchange price
        unique_id: exchange_price
        unit_of_measurement: EUR/kWh
        state_class: measurement
        state: "{{ 0.09 if now().hour in [7, 8, 17, 18, 19] else 0.05 }}"
WEBHOOKS
# Whether anybody is at the cottage, which a zone and persons tell elsewhere.
input_boolean:
  at_the_cottage:
    name: Somebody is at the cottage
    icon: mdi:home-account

logger:
  default: warning
  logs:
    homeassistant.bootstrap: error  # dependencies come from the lock file, not from pip
    aiohttp_fast_zlib: error  # the optional accelerators are not installed
    haffmpeg: critical  # the demo plays no media and shows no camera
    homeassistant.components.camera.img_util: critical
"""

# What the cottage's thermometers and its meter tell over the air.
WEBHOOKS = {
    "cottage_outdoor": ("Cottage outdoors", "temperature", "°C"),
    "cottage_bathroom": ("Cottage bathroom", "temperature", "°C"),
    "cottage_power": ("Cottage power", "power", "W"),
}
WEBHOOK = """\
  - triggers:
      - trigger: webhook
        webhook_id: {key}
        allowed_methods: [POST]
        local_only: true
    sensor:
      - name: {name}
        unique_id: {key}
        device_class: {kind}
        unit_of_measurement: {unit}
        state_class: measurement
        state: "{{{{ trigger.json.value }}}}"
"""

HTTP_SETTINGS = {
    "server_host": [HOST],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": True,
    "ssl_profile": "modern",
    "use_x_frame_options": True,
    "created_at": "2026-01-01T00:00:00+00:00",
    "error": None,
    "error_message": None,
}


class HomeAssistant:
    """One Home Assistant with its own configuration folder and port."""

    def __init__(self, folder: Path, port: int) -> None:
        """Use `folder` for configuration and log, and `port` on the loopback interface."""
        self.config = folder / "config"
        self.log = folder / "home-assistant.log"
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self._process: asyncio.subprocess.Process | None = None

    def prepare(self) -> None:
        """Write what Home Assistant reads at its start, leaving everything else as it was."""
        storage = self.config / ".storage"
        storage.mkdir(parents=True, exist_ok=True)
        # In a container, media would be kept in a folder of the system.
        media = self.config / "media"
        media.mkdir(exist_ok=True)
        webhooks = "".join(
            WEBHOOK.format(key=key, name=name, kind=kind, unit=unit)
            for key, (name, kind, unit) in WEBHOOKS.items()
        )
        (self.config / "configuration.yaml").write_text(
            CONFIGURATION.replace("MEDIA", json.dumps(str(media))).replace("WEBHOOKS\n", webhooks)
        )
        components = self.config / "custom_components"
        if components.is_symlink() or components.exists():
            components.unlink()
        components.symlink_to(ROOT / "custom_components")
        # The address to listen on is no YAML setting any more; it lives in this store.
        _write_store(
            storage / "http",
            2,
            2,
            {
                "stable": {**HTTP_SETTINGS, "server_port": self.port},
                "pending": None,
                "yaml_migration_done": True,
            },
        )
        # These three steps of the onboarding set up weather, radio and analytics, which would
        # reach for the internet. The account is created through the onboarding API itself.
        if not (storage / "onboarding").exists():
            _write_store(
                storage / "onboarding",
                4,
                1,
                {"done": ["core_config", "analytics", "integration"]},
            )

    async def start(self) -> None:
        """Start the process and wait until it serves requests.

        Raises:
            DemoError: It ended, or took too long.

        """
        self.log.unlink(missing_ok=True)
        await self._spawn()
        await self.ready()

    async def ready(self) -> None:
        """Wait until the process serves requests.

        Raises:
            DemoError: It ended, or took too long.

        """
        try:
            async with asyncio.timeout(START_TIMEOUT), aiohttp.ClientSession() as http:
                while not await self._serves(http):
                    if self._process is None or self._process.returncode not in (
                        None,
                        RESTART_EXIT_CODE,
                    ):
                        raise DemoError(f"Home Assistant did not start: see {self.log}")
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise DemoError(f"Home Assistant did not answer in time: see {self.log}") from None

    async def _spawn(self) -> None:
        with self.log.open("a") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "demo.hass",
                "--config",
                str(self.config),
                "--skip-pip",
                "--log-no-color",
                cwd=ROOT,
                env={**os.environ, PARENT: str(os.getpid())},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own process group: a Ctrl-C on the terminal reaches the demo alone, which
                # then ends Home Assistant and everything that it started.
                start_new_session=True,
            )

    async def _serves(self, http: aiohttp.ClientSession) -> bool:
        with suppress(aiohttp.ClientError):
            async with http.get(f"{self.url}/manifest.json") as response:
                return response.ok
        return False

    async def wait(self) -> int:
        """Return its exit code when it ends, starting it again when it was asked to restart."""
        while True:
            assert self._process is not None  # noqa: S101
            if (code := await self._process.wait()) != RESTART_EXIT_CODE:
                return code
            await self._spawn()

    async def stop(self) -> None:
        """End the process and its children: politely, then for certain."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_TIMEOUT):
                    await process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()

    async def tell(self, webhook: str, value: float) -> None:
        """Tell a thermometer's or a meter's number, whether or not anybody listens."""
        timeout = aiohttp.ClientTimeout(total=TELL_TIMEOUT)
        with suppress(aiohttp.ClientError, TimeoutError):
            async with (
                aiohttp.ClientSession(self.url, timeout=timeout) as http,
                http.post(f"/api/webhook/{webhook}", json={"value": value}),
            ):
                pass

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[Session]:
        """Log in as the demo's user, creating the account at the first time."""
        async with aiohttp.ClientSession(self.url, raise_for_status=True) as http:
            if not (self.config / ".storage" / "auth_provider.homeassistant").exists():
                code = await _onboard(http, self.url)
            else:
                code = await _log_in(http, self.url)
            async with http.post(
                "/auth/token",
                data={"grant_type": "authorization_code", "code": code, "client_id": self.url},
            ) as response:
                tokens = await response.json()
            http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
            async with http.ws_connect("/api/websocket", max_msg_size=0) as socket:
                await socket.receive_json()
                await socket.send_json({"type": "auth", "access_token": tokens["access_token"]})
                await socket.receive_json()
                yield Session(http, socket, tokens)
            with suppress(aiohttp.ClientError):  # it may have ended meanwhile
                await http.post("/auth/revoke", data={"token": tokens["refresh_token"]})


class Session:
    """A logged-in user of Home Assistant."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        socket: aiohttp.ClientWebSocketResponse,
        tokens: Mapping[str, Any],
    ) -> None:
        """Talk over an authenticated session and WebSocket."""
        self._http = http
        self._socket = socket
        self.tokens = tokens
        self._last_id = 0

    async def command(self, kind: str, **fields: Any) -> Any:
        """Run one WebSocket command and return its result."""
        self._last_id += 1
        await self._socket.send_json({"id": self._last_id, "type": kind, **fields})
        while True:
            message = await self._socket.receive_json()
            if message.get("id") == self._last_id and message["type"] == "result":
                if not message["success"]:
                    raise DemoError(f"Home Assistant refused {kind}: {message['error']['message']}")
                return message["result"]

    async def running(self) -> None:
        """Wait until everything that was set up before has been started."""
        while (await self.command("get_config"))["state"] != "RUNNING":  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def act(self, action: str, **fields: Any) -> Any:
        """Perform an action of the integration and return its response."""
        result = await self.command(
            "call_service",
            domain="lumme_energy",
            service=action,
            service_data=fields,
            return_response=True,
        )
        return result["response"]

    def flow(self, handler: str) -> Flow:
        """Return a config flow, ready to start."""
        return Flow(self._http, "", handler)

    def options_flow(self, entry: str) -> Flow:
        """Return the options flow of an entry, ready to start."""
        return Flow(self._http, "/options", entry)

    def subentry_flow(self, entry: str, kind: str) -> Flow:
        """Return a flow that adds a subentry to an entry, ready to start."""
        return Flow(self._http, "/subentries", [entry, kind])


class Flow:
    """A config flow walked over the same interface as the frontend's."""

    def __init__(
        self, http: aiohttp.ClientSession, kind: str, handler: str | Sequence[str]
    ) -> None:
        """Prepare a flow of an integration, or of one of its entries."""
        self._http = http
        self._path = f"/api/config/config_entries{kind}/flow"
        self._handler = handler
        self._id = ""

    async def start(self) -> dict[str, Any]:
        """Open the flow and return its first step."""
        return await self._post(self._path, {"handler": self._handler})

    async def answer(self, **user_input: Any) -> dict[str, Any]:
        """Fill in the current form and return the next step, however long that takes."""
        step = await self._post(f"{self._path}/{self._id}", user_input)
        while step["type"] == "progress":
            await asyncio.sleep(0.2)
            async with self._http.get(f"{self._path}/{self._id}") as response:
                step = await response.json()
        return step

    async def choose(self, option: str) -> dict[str, Any]:
        """Choose from the current menu and return the next step."""
        return await self.answer(next_step_id=option)

    async def _post(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        async with self._http.post(path, json=data) as response:
            step: dict[str, Any] = await response.json()
        self._id = step["flow_id"]
        return step


async def _onboard(http: aiohttp.ClientSession, client_id: str) -> str:
    async with http.post(
        "/api/onboarding/users",
        json={
            "client_id": client_id,
            "name": "Demo",
            "username": USERNAME,
            "password": PASSWORD,
            "language": "en",
        },
    ) as response:
        return str((await response.json())["auth_code"])


async def _log_in(http: aiohttp.ClientSession, client_id: str) -> str:
    async with http.post(
        "/auth/login_flow",
        json={
            "client_id": client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": f"{client_id}/",
        },
    ) as response:
        flow = (await response.json())["flow_id"]
    async with http.post(
        f"/auth/login_flow/{flow}",
        json={"client_id": client_id, "username": USERNAME, "password": PASSWORD},
    ) as response:
        return str((await response.json())["result"])


def _write_store(path: Path, version: int, minor: int, data: Mapping[str, Any]) -> None:
    path.write_text(
        json.dumps(
            {"version": version, "minor_version": minor, "key": path.name, "data": data}, indent=2
        )
    )
