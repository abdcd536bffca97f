"""A Home Assistant with one account and its linked meters, to be killed: `python -m tests.crash.house ORDERS`.

It is Home Assistant's own core with the recorder and this integration, and nothing that those do
not need. Its clock stands still until it is up and its meters' values are in the database; then it
runs from the moment that it was told.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
import json
import os
from pathlib import Path
import signal
import sys
import time
import traceback
from types import MappingProxyType
from typing import Any, Final

from homeassistant.util import dt as dt_util

ENTRY_ID: Final = "01CRASH0000000000000000000"
# A reading is due on this day of each month, at this local time.
DAY, HOUR = 24, 12
# What is due sooner than this is waited for.
SOON: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a process is to do.

    Attributes:
        config: Its configuration folder.
        address: Of the portal.
        clock: Unix seconds at which its clock begins to run.
        meters: What each entity shows: supply point, register, value, unit.
        is_new: Whether the account is to be added first; the process ends then.
        kill_at: Which write to disk it does not survive; 0 is none.
        kill_part: What has been done of that write: `before`, `amid`, `after`.
        kill_files: Writes of which files count: how their names begin and end.
        is_first: Whether writes count only once the clock runs.
    """

    config: str
    address: str
    clock: float
    meters: tuple[tuple[str, str, str, str], ...]
    is_new: bool = False
    kill_at: int = 0
    kill_part: str = "before"
    kill_files: str = "lumme_energy."
    is_first: bool = False


class Clock:
    """Stands still, then runs."""

    def __init__(self, at: float) -> None:
        """Stand still."""
        self._at = at
        self._since: float | None = None

    def run(self) -> None:
        """Run from now on."""
        self._since = time.monotonic()

    @property
    def runs(self) -> bool:
        """Whether it does."""
        return self._since is not None

    def time(self) -> float:
        """Return Unix seconds."""
        return self._at + (0.0 if self._since is None else time.monotonic() - self._since)

    def now(self, zone: Any = UTC) -> datetime:
        """Return the same as Home Assistant wants it."""
        return datetime.fromtimestamp(self.time(), zone)

    def become_the_clock(self) -> None:
        """Be what everything in this process goes by; Home Assistant's core is not imported yet."""
        time.time = self.time
        dt_util.utcnow = self.now  # type: ignore[assignment]
        dt_util.now = lambda time_zone=None: self.now(time_zone or dt_util.get_default_time_zone())


def entity_id(gsrn: str, register: str) -> str:
    """Return the entity that shows a register."""
    return f"sensor.meter_{gsrn[-4:]}_{register}"


def say(**what: Any) -> None:
    """Tell whoever started this process."""
    print(json.dumps(what), flush=True)  # noqa: T201


def die() -> None:
    """End as if the power had failed; what the kernel has been given stays."""
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at_write(orders: Orders, clock: Clock) -> None:
    """Have the process die at one of its writes to disk."""
    from atomicwrites import AtomicWriter  # type: ignore[import-untyped]  # noqa: PLC0415
    from homeassistant.helpers import storage  # noqa: PLC0415

    write, commit = vars(storage)["write_utf8_file_atomic"], AtomicWriter.commit
    begins, _, ends = orders.kill_files.partition("*")
    writes = 0
    is_the_one = False

    def counted(filename: str, *args: Any, **kwargs: Any) -> None:
        nonlocal writes, is_the_one
        name = Path(filename).name
        if name.startswith(begins) and name.endswith(ends) and (clock.runs or not orders.is_first):
            writes += 1
            is_the_one = writes == orders.kill_at
        if is_the_one and orders.kill_part == "before":
            die()
        write(filename, *args, **kwargs)
        if is_the_one:
            die()

    def committed(self: Any, file: Any) -> None:
        if is_the_one and orders.kill_part == "amid":
            die()
        commit(self, file)

    vars(storage)["write_utf8_file_atomic"] = counted
    AtomicWriter.commit = committed


def add_account(hass: Any, orders: Orders) -> Any:
    """Return the account with its meters linked, as the flows create it."""
    from homeassistant.config_entries import (  # noqa: PLC0415
        ConfigEntry,
        ConfigSubentryDataWithId,
    )

    from custom_components.lumme_energy.account import flow, meter_link  # noqa: PLC0415
    from custom_components.lumme_energy.portal.suppliers import Supplier  # noqa: PLC0415
    from custom_components.lumme_energy.readings.schedule import Rhythm  # noqa: PLC0415
    from demo.households.belgium import BAKERY, PASSWORD, USERNAME  # noqa: PLC0415

    registers: dict[str, dict[str, str]] = {}
    for gsrn, register, _, _ in orders.meters:
        registers.setdefault(gsrn, {})[register] = entity_id(gsrn, register)
    return ConfigEntry(
        entry_id=ENTRY_ID,
        domain="lumme_energy",
        title="Bakery (demo)",
        unique_id=flow.unique_id(Supplier.MY_LUMINUS, BAKERY),
        version=1,
        minor_version=1,
        source="user",
        options={},
        discovery_keys=MappingProxyType({}),
        data={
            "kind": "account",
            "supplier": Supplier.MY_LUMINUS.value,
            "username": USERNAME,
            "password": PASSWORD,
            "portal_address": orders.address,
            "account_id": BAKERY,
        },
        subentries_data=[
            ConfigSubentryDataWithId(
                subentry_id=f"LINK{gsrn[-4:]}",
                subentry_type=meter_link.METER_LINK,
                title="Meter",
                unique_id=meter_link.unique_id(gsrn),
                data={
                    meter_link.CONF_GSRN: gsrn,
                    meter_link.CONF_REGISTERS: entities,
                    meter_link.CONF_PRICE_HAS_VAT: True,
                    meter_link.CONF_SUBMISSION: {
                        meter_link.CONF_RHYTHM: Rhythm.MONTHLY,
                        meter_link.CONF_TIME: f"{HOUR}:00:00",
                        meter_link.CONF_DAY: DAY,
                        meter_link.CONF_MONTH: 1,
                        meter_link.CONF_DEVICE_SERIALS: [],
                        meter_link.CONF_CONFIRMED: True,
                    },
                },
            )
            for gsrn, entities in registers.items()
        ],
    )


def show_meters(hass: Any, orders: Orders) -> None:
    """Let the meters' entities say what they are told to, with a bit behind the decimal mark."""
    for gsrn, register, value, unit in orders.meters:
        hass.states.async_set(
            entity_id(gsrn, register),
            str(Decimal(value) + Decimal("0.9")),
            {
                "device_class": "gas" if unit == "m³" else "energy",
                "state_class": "total_increasing",
                "unit_of_measurement": unit,
            },
        )


async def live(orders: Orders, clock: Clock) -> int:
    """Start Home Assistant, and live until somebody puts an end to it."""
    from homeassistant import bootstrap, loader  # noqa: PLC0415
    from homeassistant.core import HomeAssistant  # noqa: PLC0415
    from homeassistant.helpers.recorder import get_instance  # noqa: PLC0415

    bootstrap.DEFAULT_INTEGRATIONS = set()
    hass = HomeAssistant(orders.config)
    loader.async_setup(hass)
    hass.config.skip_pip = True
    config = {
        "homeassistant": {"time_zone": "Europe/Brussels", "country": "BE"},
        "recorder": {"commit_interval": 0, "auto_purge": False},
    }
    if await bootstrap.async_from_config_dict(config, hass) is None:
        return 1
    show_meters(hass, orders)
    await hass.async_start()
    if orders.is_new:
        await hass.config_entries.async_add(add_account(hass, orders))
    await get_instance(hass).async_block_till_done()
    clock.run()
    say(event="up")
    entry = hass.config_entries.async_get_known_entry(ENTRY_ID)
    while True:
        await hass.async_block_till_done(wait_background_tasks=True)
        wakes = entry.runtime_data.readings.wakes
        if wakes is None or (pause := wakes.timestamp() - clock.time()) > SOON:
            break
        await asyncio.sleep(max(pause, 0.0) + 0.05)
    say(
        event="idle",
        plans=[
            {
                "gsrn": plan.gsrn,
                "day": plan.day.isoformat(),
                "state": plan.state,
                "why": plan.hold or plan.answer,
            }
            for plan in entry.runtime_data.readings.plans
        ],
    )
    if orders.is_new:
        await hass.async_stop(force=True)
        return 0
    await asyncio.Event().wait()
    return 0


def main() -> int:
    """Obey."""
    from demo.hass import PARENT, end_with_parent  # noqa: PLC0415

    if sys.platform == "linux":
        end_with_parent(int(os.environ[PARENT]))
    orders = Orders(**json.loads(sys.argv[1]))
    clock = Clock(orders.clock)
    clock.become_the_clock()
    if orders.kill_at:
        kill_at_write(orders, clock)
    try:
        return asyncio.run(live(orders, clock))
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        # The recorder's thread would go on.
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
