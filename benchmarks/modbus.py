"""A cycle of a Modbus meter: requests and CPU time, ours, modbus-connection's and core's `modbus`.

All of them read the same pymodbus servers, which run in a process of their own, over TCP. What
they read is compared first, register by register. Core's integration, configured in YAML, and the
whole of ours run in one real Home Assistant, and take turns there; what is measured of our reader
and of the library alone is measured here, in this process.

`python -m benchmarks.modbus`
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
import json
from math import isclose
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any, Final

from modbus_connection import ModbusTcpParams, ModbusUnit
from modbus_connection.model import (
    ManualComponent,
    RegisterField,
    float32,
    gauge,
    int32,
    int64,
    uint32,
    uint64,
)
from modbus_connection.tmodbus import ModbusConnection

from custom_components.lumme_energy.metering.modbus.families import FAMILIES
from custom_components.lumme_energy.metering.modbus.profile import (
    Measure,
    ModbusProfile,
    Register,
)
from custom_components.lumme_energy.metering.modbus.reader import ModbusReader
from custom_components.lumme_energy.metering.telegram import Quantity
from custom_components.lumme_energy.modbus_registers.blocks import Space
from custom_components.lumme_energy.modbus_registers.words import WordType
from demo.errors import DemoError
from demo.home_assistant import HOST, Session
from demo.modbus_meter import HOLDING, DemoModbusMeter, Image, float32 as float32_words
from tests.metering.modbus.layouts import TABLES, constant

from . import REPETITIONS, ratio, show, summary
from .instance import OURS, running

CORE: Final = "modbus"
MILLISECOND: Final = 1e-3
CYCLES: Final = 200
CORE_CYCLES: Final = 20
FIELDS: Final = 50
SPARSE: Final = ("eastron_3p", "schneider_iem3000", "abb")
# Polls until all that is refused is known: each finds some.
LEARNING: Final = 5
SETTING_UP: Final = 120.0  # seconds
# Core rounds to this many decimals, the library reckons with floats.
DECIMALS: Final = 6

_LIBRARY: Final[dict[WordType, Callable[[int, float], RegisterField[Any]]]] = {
    WordType.U16: lambda at, scale: gauge(at, scale, signed=False),
    WordType.I16: gauge,
    WordType.U32: lambda at, scale: uint32(at, scale=scale),
    WordType.I32: lambda at, scale: int32(at, scale=scale),
    WordType.U64: lambda at, scale: uint64(at, scale=scale),
    WordType.I64: lambda at, scale: int64(at, scale=scale),
    # With a scale, it would round the number to as many decimals as the scale has.
    WordType.F32: lambda at, _: float32(at),
}
_CORE: Final = {
    WordType.U16: "uint16",
    WordType.I16: "int16",
    WordType.U32: "uint32",
    WordType.I32: "int32",
    WordType.U64: "uint64",
    WordType.I64: "int64",
    WordType.F32: "float32",
}


@dataclass(kw_only=True)
class Map:
    """What is where in a meter, and what came out.

    Attributes:
        image: What is in its registers; it refuses all others.
        is_told: Whether the library is told which registers there are. Otherwise it would read
            nothing of a meter that refuses something.
        port: Where it is served.
        numbers: What each register says, by its place in the profile.
        shown: How many entities of ours there are.
        requests: Requests of a cycle, by who reads.
        cpu: CPU seconds of a cycle, by who reads.
        reads: What reads it in this process, by who reads.

    """

    profile: ModbusProfile
    image: Image
    is_told: bool = False
    port: int = 0
    numbers: dict[int, float] = field(default_factory=dict)
    shown: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=dict)
    reads: dict[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)

    def took(self, who: str, cpu: float) -> None:
        """Note the CPU seconds that somebody took for a cycle."""
        self.cpu.setdefault(who, []).append(cpu)


def maps() -> dict[str, Map]:
    """Return the meters by name."""
    quantities = list(Quantity)[:FIELDS]
    dense = replace(
        FAMILIES["abb"],
        key="dense",
        registers=tuple(
            Register(
                measure=Measure(quantity, None, None),
                space=Space.HOLDING,
                address=2 * number,
                kind=WordType.F32,
                factor=Decimal(1),
            )
            for number, quantity in enumerate(quantities)
        ),
    )
    numbers = {(HOLDING, 2 * n): float32_words(230.4 + n / 8) for n in range(FIELDS)}
    lacking = TABLES["abb"]()
    del lacking.image[HOLDING, 0x5B04]  # the voltage of the third phase
    every = {f"dense, {FIELDS} floats": Map(profile=dense, image=numbers)}
    for key in SPARSE:
        profile = FAMILIES[key]
        name = f"{profile.manufacturer} {profile.model}"
        every[name] = Map(profile=profile, image=TABLES[key]().bridged())
    every["ABB, gaps and a voltage refused"] = Map(
        profile=FAMILIES["abb"], image=lacking.image, is_told=True
    )
    return every


# The servers.


async def _serve(images: Iterable[Image], pipe: Connection) -> None:
    meters = [DemoModbusMeter(constant(image)) for image in images]  # type: ignore[arg-type]
    pipe.send([(await meter.start())[1] for meter in meters])
    while await asyncio.to_thread(pipe.recv):
        pipe.send([len(meter.requests) for meter in meters])
        for meter in meters:
            meter.requests.clear()


def _run_servers(images: Iterable[Image], pipe: Connection) -> None:
    asyncio.run(_serve(images, pipe))


class Servers:
    """The meters, in a process of their own."""

    def __init__(self, every: Iterable[Map]) -> None:
        """Start them and note their ports."""
        self._maps = list(every)
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        images = [one.image for one in self._maps]
        context.Process(target=_run_servers, args=(images, theirs), daemon=True).start()
        for one, port in zip(self._maps, self._pipe.recv(), strict=True):
            one.port = port

    def requests(self) -> list[int]:
        """Return how many requests each meter got since this was asked last."""
        self._pipe.send(True)
        counted: list[int] = self._pipe.recv()
        return counted

    def stop(self) -> None:
        """Let the process end."""
        self._pipe.send(False)


# Our reader, and the library's.


def library(unit: ModbusUnit, one: Map) -> ManualComponent:
    """Return modbus-connection's own model of the registers."""
    ranges: dict[str, Any] = {}
    known = sorted(at + n for (_, at), words in one.image.items() for n in range(len(words)))
    if one.is_told:
        runs = groupby(enumerate(known), lambda item: item[1] - item[0])
        ends = [[address for _, address in run] for _, run in runs]
        ranges["holding_ranges"] = tuple((run[0], run[-1]) for run in ends)
    component = ManualComponent(
        unit, max_gap=one.profile.max_gap, max_span=one.profile.max_registers, **ranges
    )
    for number, register in enumerate(one.profile.registers):
        if not one.is_told or register.address in known:
            field = _LIBRARY[register.kind](register.address, float(register.factor))
            component.add(str(number), field, space=register.space.value)
    return component


def _numbers(profile: ModbusProfile, values: Mapping[Quantity, Decimal]) -> dict[int, float]:
    numbers = {}
    for number, register in enumerate(profile.registers):
        forward, backward, _ = register.measure
        if forward in values:
            numbers[number] = float(values[forward])
            if backward:
                numbers[number] -= float(values[backward])
    return numbers


def _library_numbers(profile: ModbusProfile, values: Mapping[str, Any]) -> dict[int, float]:
    numbers = {int(key): float(value) for key, value in values.items()}
    for number in numbers:
        register = profile.registers[number]
        if register.kind is WordType.F32:
            numbers[number] *= float(register.factor)
    return numbers


def _is_equal(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-6, abs_tol=10**-DECIMALS)


def _insist_on_equal(name: str, one: Map, others: Mapping[int, float]) -> None:
    if one.numbers.keys() != others.keys():
        raise ValueError(f"{name}: other registers were read")
    for number, value in one.numbers.items():
        if not _is_equal(value, others[number]):
            raise ValueError(f"{name}: register {number} differs")


async def _time(read: Callable[[], Awaitable[object]]) -> float:
    began = process_time()
    for _ in range(CYCLES):
        await read()
    return (process_time() - began) / CYCLES


async def compare_readers(
    every: Mapping[str, Map], servers: Servers, stack: AsyncExitStack
) -> None:
    """Connect our reader and the library's for as long as the stack lasts, and compare them."""
    for number, (name, one) in enumerate(every.items()):
        connection = ModbusConnection(ModbusTcpParams(host=HOST, port=one.port))
        stack.push_async_callback(connection.close)
        unit = connection.for_unit(1)
        reader, component = ModbusReader(unit, one.profile), library(unit, one)
        servers.requests()
        for _ in range(LEARNING):
            one.numbers = _numbers(one.profile, await reader.read())
        one.requests["learning"] = servers.requests()[number]
        theirs = await component.async_update()
        one.requests["library"] = servers.requests()[number]
        _insist_on_equal(name, one, _library_numbers(one.profile, theirs))
        # What a restart keeps.
        again = ModbusReader(unit, one.profile, reader.refused)
        await again.read()
        one.requests["ours"] = servers.requests()[number]
        one.requests["learning"] -= LEARNING * one.requests["ours"]
        one.reads = {"library": component.async_update, "ours": again.read}


# The same in Home Assistant.


def yaml(every: Mapping[str, Map]) -> str:
    """Return the configuration of core's integration, which polls once and then when told.

    An interval longer than all of this: each poll sets the timer for the next, as it always does.
    """
    hubs = [
        {
            "name": name,
            "type": "tcp",
            "host": HOST,
            "port": one.port,
            "sensors": [
                {
                    "name": f"{name} {number}",
                    "unique_id": f"{one.port}_{number}",
                    "slave": 1,
                    "address": register.address,
                    "input_type": register.space.value,
                    "data_type": _CORE[register.kind],
                    "scale": float(register.factor),
                    "precision": DECIMALS,
                    "scan_interval": 3600,
                }
                for number, register in enumerate(one.profile.registers)
            ],
        }
        for name, one in every.items()
    ]
    return f"modbus: {json.dumps(hubs)}\n"


async def _add_ours(user: Session, one: Map) -> str:
    """Add the meter to our integration as a user would, and return its entry."""
    known = {entry["entry_id"] for entry in await user.command("config_entries/get", domain=OURS)}
    flow = user.flow(OURS)
    await flow.start()
    await flow.choose("meter")
    await flow.choose("modbus_tcp")
    await flow.answer(host=HOST, port=one.port, more={"unit_id": 1, "type": "tcp"})
    step = await flow.answer(profile=one.profile.key)
    if step["type"] != "create_entry":
        raise DemoError(f"the config flow stopped: {step}")
    (entry,) = [
        entry["entry_id"]
        for entry in await user.command("config_entries/get", domain=OURS)
        if entry["entry_id"] not in known
    ]
    return str(entry)


async def _core_entities(user: Session, one: Map) -> dict[int, str]:
    """Return core's entities of a meter by the register, as soon as all have been read."""
    while True:
        entities = {
            int(entity["unique_id"].rpartition("_")[2]): entity["entity_id"]
            for entity in await user.command("config/entity_registry/list")
            if entity["platform"] == CORE and entity["unique_id"].startswith(f"{one.port}_")
        }
        states = {state["entity_id"]: state["state"] for state in await user.command("get_states")}
        numbers = {
            number: float(states[entity_id])
            for number, entity_id in entities.items()
            if states.get(entity_id, "unknown") not in {"unknown", "unavailable"}
        }
        if numbers.keys() == one.numbers.keys():
            _insist_on_equal(CORE, one, numbers)
            return entities
        await asyncio.sleep(0.5)


async def _enable_all(user: Session, entry_id: str) -> dict[str, str]:
    """Enable all our entities of a meter, and return what each shows."""
    ours = {}
    for entity in await user.command("config/entity_registry/list"):
        if entity["unique_id"].startswith(entry_id):
            ours[entity["entity_id"]] = entity["unique_id"].removeprefix(f"{entry_id}_")
            await user.command(
                "config/entity_registry/update", entity_id=entity["entity_id"], disabled_by=None
            )
    return ours


async def _wait_for_ours(user: Session, one: Map, ours: Mapping[str, str]) -> None:
    """Wait until our entities show all that was read; they are set up half a minute later."""
    missing: set[str] = set()
    while not one.shown or missing:
        await asyncio.sleep(0.5)
        shown = {
            ours[state["entity_id"]]: state["state"]
            for state in await user.command("get_states")
            if state["entity_id"] in ours
        }
        one.shown = len(shown)
        measures = [one.profile.registers[number].measure for number in one.numbers]
        missing = {
            quantity
            for measure in measures
            for quantity in (measure.forward, measure.backward)
            if quantity and shown.get(quantity, "unknown") in {"unknown", "unavailable"}
        }
    for number, (forward, backward, _) in zip(one.numbers, measures, strict=True):
        value = float(shown[forward]) - (float(shown[backward]) if backward else 0)
        if not _is_equal(value, one.numbers[number]):
            raise ValueError(f"our {forward} differs")


async def measure(every: Mapping[str, Map], servers: Servers) -> None:
    """Measure everybody in turns: the readers here, core's integration and ours over there."""
    async with AsyncExitStack() as stack:
        await compare_readers(every, servers, stack)
        await _measure(every, servers)


async def _measure(every: Mapping[str, Map], servers: Servers) -> None:
    with TemporaryDirectory() as folder:
        async with running(Path(folder), yaml(every)) as instance:
            user = instance.user

            async def poll(cycles: int, **whose: Any) -> float:
                used = await user.command("benchmark_probe/poll", cycles=cycles, **whose)
                return float(used) / cycles

            entries = {
                name: await _add_ours(user, one)
                for name, one in every.items()
                if one.profile.key in FAMILIES
            }
            enabled = {name: await _enable_all(user, entry) for name, entry in entries.items()}
            async with asyncio.timeout(SETTING_UP):
                for name, ours in enabled.items():
                    await _wait_for_ours(user, every[name], ours)
            for number, (name, one) in enumerate(every.items()):
                async with asyncio.timeout(SETTING_UP):
                    entities = list((await _core_entities(user, one)).values())
                servers.requests()
                await poll(1, entity_ids=entities)
                one.requests["core"] = servers.requests()[number]
                for _ in range(REPETITIONS):
                    for who, read in one.reads.items():
                        one.took(who, await _time(read))
                    one.took("core", await poll(CORE_CYCLES, entity_ids=entities))
                    if name in entries:
                        one.took("whole", await poll(CYCLES, entry_id=entries[name]))


def main() -> None:
    """Print the tables."""
    every = maps()
    servers = Servers(every.values())
    try:
        asyncio.run(measure(every, servers))
    finally:
        servers.stop()
    show(
        "Requests of a cycle of a Modbus meter",
        ("map", "registers, equal in all", "core modbus", "modbus-connection", "ours", "once more"),
        (
            [
                name,
                str(len(one.numbers)),
                *(str(one.requests[who]) for who in ("core", "library", "ours", "learning")),
            ]
            for name, one in every.items()
        ),
    )
    show(
        "CPU of a cycle of a Modbus meter",
        (
            "map",
            "core modbus, ms",
            "modbus-connection, ms",
            "our reader, ms",
            "core / ours",
            "library / ours",
        ),
        (
            [
                name,
                *(summary(one.cpu[who], MILLISECOND, 2) for who in ("core", "library", "ours")),
                ratio(one.cpu["core"], one.cpu["ours"]),
                ratio(one.cpu["library"], one.cpu["ours"], 2),
            ]
            for name, one in every.items()
        ),
    )
    show(
        "CPU of a cycle of the whole integration in Home Assistant",
        ("map", "core modbus, ms", "entities", "ours, ms", "entities", "ratio"),
        (
            [
                name,
                summary(one.cpu["core"], MILLISECOND, 2),
                str(len(one.profile.registers)),
                summary(one.cpu["whole"], MILLISECOND, 2),
                str(one.shown),
                ratio(one.cpu["core"], one.cpu["whole"]),
            ]
            for name, one in every.items()
            if "whole" in one.cpu
        ),
    )


if __name__ == "__main__":
    main()
