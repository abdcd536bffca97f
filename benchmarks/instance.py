"""A Home Assistant of its own for each thing that is measured."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from functools import lru_cache
from pathlib import Path
import socket
import sqlite3
from typing import Final, override

from demo.errors import DemoError
from demo.home_assistant import HOST, HomeAssistant, Session

PROBE: Final = Path(__file__).parent / "probe"
DSMR: Final = "dsmr"
OURS: Final = "lumme_energy"
POWER: Final = {DSMR: "current_electricity_usage", OURS: "power_import"}

# Not the demo's: nothing runs that none of the two needs.
CONFIGURATION: Final = """\
homeassistant:
  name: Benchmark
  country: BE
  time_zone: Europe/Brussels
frontend:
recorder:
benchmark_probe:
logger:
  default: critical
"""


@lru_cache(maxsize=1)
def _starting(_loop: asyncio.AbstractEventLoop) -> asyncio.Semaphore:
    """Let a few start at a time, for the machine may have no more cores; each benchmark has its loop."""
    return asyncio.Semaphore(2)


class Instance(HomeAssistant):
    """A Home Assistant with nothing but the recorder, and one integration or none.

    Attributes:
        user: Its user, logged in.
        extra: What its configuration holds besides, in YAML.

    """

    user: Session
    extra: str = ""

    @override
    def prepare(self) -> None:
        super().prepare()
        (self.config / "configuration.yaml").write_text(CONFIGURATION + self.extra)
        components = self.config / "custom_components"
        ours = components.resolve() / OURS
        components.unlink()
        components.mkdir()
        # Without it the package of this checkout would be found, where the probe is not.
        (components / "__init__.py").touch()
        (components / OURS).symlink_to(ours)
        (components / "benchmark_probe").symlink_to(PROBE)

    async def cpu(self) -> float:
        """Return the CPU seconds that it has used."""
        return float(await self.user.command("benchmark_probe/clock"))

    async def entities(self, platform: str) -> dict[str, str]:
        """Return the entities in use by what the integration calls them."""
        return {
            entity["unique_id"].partition("_")[2] or entity["unique_id"]: entity["entity_id"]
            for entity in await self.user.command("config/entity_registry/list")
            if entity["platform"] == platform and entity["disabled_by"] is None
        }

    async def keep_only(self, platform: str, keys: Iterable[str]) -> None:
        """Disable every other entity."""
        for key, entity_id in (await self.entities(platform)).items():
            if key not in keys:
                await self.user.command(
                    "config/entity_registry/update", entity_id=entity_id, disabled_by="user"
                )

    async def set_up(self, platform: str, port: int, options: Mapping[str, int] | None) -> None:
        """Add the meter as a user would, and wait for its entities.

        Raises:
            DemoError: A flow did not end well.

        """
        flow = self.user.flow(platform)
        await flow.start()
        if platform == DSMR:
            step = await flow.answer(port=f"socket://{HOST}:{port}", dsmr_version="5B")
        else:
            await flow.choose("meter")
            await flow.choose("p1_network")
            await flow.answer(host=HOST, port=port)
            step = await flow.answer(country="BE")
        if step["type"] != "create_entry":
            raise DemoError(f"the config flow stopped: {step}")
        (entry,) = await self.user.command("config_entries/get", domain=platform)
        await self._wait_for_power(platform)
        if options is not None:
            # Core's dsmr loads a second time without end of the first if it has no entities yet.
            flow = self.user.options_flow(entry["entry_id"])
            await flow.start()
            await flow.answer(**options)
        await self.user.command(
            "benchmark_probe/watch", entity_id=(await self.entities(platform))[POWER[platform]]
        )

    async def _wait_for_power(self, platform: str) -> None:
        async with asyncio.timeout(60):
            while POWER[platform] not in await self.entities(platform):  # noqa: ASYNC110
                await asyncio.sleep(0.5)

    def rows(self, since: float, until: float) -> dict[str, list[tuple[float, str]]]:
        """Return when which states of each entity were written to the database."""
        rows: dict[str, list[tuple[float, str]]] = {}
        database = f"file:{self.config / 'home-assistant_v2.db'}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as connection:
            for entity_id, at, state in connection.execute(
                "SELECT states_meta.entity_id, last_updated_ts, state FROM states"
                " JOIN states_meta USING (metadata_id)"
                " WHERE last_updated_ts BETWEEN ? AND ? ORDER BY last_updated_ts",
                (since, until),
            ):
                rows.setdefault(entity_id, []).append((at, state))
        return rows


@asynccontextmanager
async def running(folder: Path, extra: str = "") -> AsyncGenerator[Instance]:
    """Run a Home Assistant in an empty folder, with more configuration if need be."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    instance = Instance(folder, port)
    instance.extra = extra
    instance.prepare()
    try:
        async with _starting(asyncio.get_running_loop()):
            await instance.start()
        async with instance.session() as session:
            await session.running()
            instance.user = session
            yield instance
    finally:
        await instance.stop()
