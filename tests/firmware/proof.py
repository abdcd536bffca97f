"""Proves what takes too long for a test: a day of telegrams, load, and much that is hostile.

    scripts/prove_firmware                      all of it
    scripts/prove_firmware --telegrams 5000 --inputs 2000

Everything runs on MicroPython with words of 32 bits, as the device has, and 100 kB of memory.
"""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
import random
from statistics import median, quantiles
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from pymodbus.client import AsyncModbusTcpClient

from demo.p1_meter import finnish, telegram
from firmware_bridge.build import build

from .device import HOST, PATIENCE, Device, program
from .test_modbus import SETPOINT, asked, served

DAY = 86_400
CLIENTS = 4
MACHINE = "i386"
_START = datetime(2026, 1, 15, tzinfo=UTC)
_TOGETHER = 40  # telegrams on the line before the clients are waited for
_AT_ONCE = 6  # attackers, as many as a port takes

type Found = dict[str, object]


def said_in(number: int) -> list[bytes]:
    """Return what a meter says in so many seconds; it repeats itself after an hour."""
    return [telegram(finnish(_START + timedelta(seconds=second))) for second in range(number)]


async def day(device: Device, telegrams: int, _: int) -> Found:
    """Send a day's telegrams to four clients as fast as they take them, and compare every byte."""
    clients = [(await device.connect(device.p1_port))[0] for _ in range(CLIENTS)]
    await device.until("p1", "readers", CLIENTS)
    said = said_in(min(telegrams, 3600))
    free = (await device.status())["heap"]["free"]
    least, started = free, perf_counter()
    for first in range(0, telegrams, _TOGETHER):
        count = min(_TOGETHER, telegrams - first)
        piece = b"".join(said[number % len(said)] for number in range(first, first + count))
        await device.p1.send(piece)
        got = await asyncio.gather(*(client.readexactly(len(piece)) for client in clients))
        if got != [piece] * CLIENTS:
            raise AssertionError(first)
        if first % (_TOGETHER * 50) == 0:
            least = min(least, (await device.status())["heap"]["free"])
    seconds = perf_counter() - started
    told = (await device.status())["p1"]
    if told["telegrams"] != telegrams or told["crc_bad"] or told["readers"] != CLIENTS:
        raise AssertionError(told)
    return {
        "telegrams, each to four clients": telegrams,
        "telegrams a second": round(telegrams / seconds),
        "free memory at first, B": free,
        "least free memory, B": least,
    }


async def latency(device: Device, telegrams: int, _: int) -> Found:
    """Measure how much later a telegram's end is at four clients than it was on the line."""
    clients = [(await device.connect(device.p1_port))[0] for _ in range(CLIENTS)]
    await device.until("p1", "readers", CLIENTS)
    for client in clients:
        with suppress(TimeoutError):  # the last telegram of before
            async with asyncio.timeout(0.2):
                await client.read(4096)
    (data,) = said_in(1)
    took = []
    for _ in range(min(telegrams, 1000)):
        await device.p1.send(data)
        sent = perf_counter()
        await asyncio.gather(*(client.readexactly(len(data)) for client in clients))
        took.append(1000 * (perf_counter() - sent))
        await asyncio.sleep(0.005)  # a meter leaves a pause, too
    return {"median, ms": round(median(took), 2), "p99, ms": round(quantiles(took, n=100)[98], 2)}


async def modbus(device: Device, _: int, inputs: int) -> Found:
    """Read by pymodbus and by mbpoll what pymodbus serves, several clients at a time."""
    clients = [AsyncModbusTcpClient(HOST, port=device.modbus_port) for _ in range(CLIENTS)]
    took = []

    async def read(number: int, client: AsyncModbusTcpClient) -> None:
        await client.connect()
        for _ in range(max(1, min(inputs, 2000) // CLIENTS)):
            started = perf_counter()
            answer = await client.read_holding_registers(10 * number, count=10, device_id=5)
            took.append(1000 * (perf_counter() - started))
            if answer.registers != list(range(10 * number, 10 * number + 10)):
                raise AssertionError(answer)

    started = perf_counter()
    await asyncio.gather(*(read(number, client) for number, client in enumerate(clients)))
    seconds = perf_counter() - started
    for client in clients:
        client.close()
    poll = [
        program("mbpoll"),
        "-0",
        "-a",
        "5",
        "-r",
        "16",
        "-t",
        "4",
        "-1",
        "-p",
        str(device.modbus_port),
    ]
    write = await _run(*poll, HOST, "--", "215")
    polled = await _run(*poll, "-c", "2", HOST)
    if "Written 1 references" not in write or "[16]: \t215" not in polled:
        raise AssertionError(write + polled)
    return {
        "requests of four clients": len(took),
        "a second": round(len(took) / seconds),
        "p99 with four at a time, ms": round(quantiles(took, n=100)[98], 2),
        "mbpoll has written and read back": 215,
    }


async def _run(*command: str | Path) -> str:
    """Run a program and return what it says."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return said.decode()


def hostile(dice: random.Random) -> bytes:
    """Return what somebody might send to a port who means no good, or does not know better."""
    kind = dice.randrange(6)
    noise = dice.randbytes(dice.randrange(1, 300))
    if kind == 0:
        return noise
    if kind == 1:  # a head that promises something else
        return dice.randbytes(2) + b"\0\0" + dice.randbytes(2) + noise[:20]
    if kind == 2:  # well-formed, of any content; no unit answers, so that nothing is waited for
        return asked(dice.randrange(65536), 250, noise[:250])
    if kind == 3:
        function = dice.choice((1, 2, 3, 4, 5, 6, 15, 16, 43))
        return asked(7, dice.choice((0, 250, 255)), bytes((function,)) + noise[:5])
    if kind == 4:
        return dice.choice(
            (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\xff\xfb\x1f", b"\0")
        )
    return (
        asked(1, 250, b"\x03\x00\x00\x00\x01") * dice.randrange(1, 5) + noise[: dice.randrange(9)]
    )


async def fuzz(device: Device, _: int, inputs: int) -> Found:
    """Send hostile inputs to every plain port, and noise down both serial lines, all at once."""
    dice = random.Random(1)  # noqa: S311
    before = (await device.status())["heap"]["used"]
    most = before

    async def attack(port: int) -> None:
        with suppress(OSError):
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(hostile(dice))
            if dice.random() < 0.5:
                await asyncio.sleep(dice.random() * 0.01)
            if dice.random() < 0.3:
                writer.transport.abort()
            writer.close()

    for first in range(0, inputs, _AT_ONCE):
        ports = (device.p1_port, device.modbus_port)
        await asyncio.gather(
            *(attack(dice.choice(ports)) for _ in range(min(_AT_ONCE, inputs - first))),
            device.p1.send(dice.randbytes(dice.randrange(200))),
            device.rs485.send(dice.randbytes(dice.randrange(20))),
        )
        if first % (_AT_ONCE * 200) == 0:
            most = max(most, (await device.status())["heap"]["used"])
    await device.until("p1", "readers", 0)
    await device.until("modbus_port", "clients", 0)
    used = (await device.status())["heap"]["used"]
    if used > before + 6000:  # the newest lines of the log, a started telegram
        raise AssertionError((before, used))
    # It still does what it is for.
    reader, _ = await device.connect(device.p1_port)
    (data,) = said_in(1)
    got = asyncio.create_task(reader.readuntil(data[-6:]))
    async with asyncio.timeout(PATIENCE):
        while not got.done():
            await device.p1.send(b"\r\n" + data)
            await asyncio.wait([got], timeout=1)
    if not got.result().endswith(data):
        raise AssertionError(got.result())
    return {
        "inputs": inputs,
        "memory used before, B": before,
        "most": max(most, used),
        "after": used,
    }


PROOFS: dict[str, Callable[[Device, int, int], Awaitable[Found]]] = {
    "day": day,
    "latency": latency,
    "modbus": modbus,
    "fuzz": fuzz,
}


async def prove(name: str, bundle: Path, telegrams: int, inputs: int) -> Found:
    """Run a proof on a device of its own, which must print nothing."""
    with TemporaryDirectory() as root:
        device = Device(bundle, MACHINE, Path(root))
        config: dict[str, Any] = {"modbus_port": {"writers": [HOST]}, "writes": [SETPOINT]}
        if name == "modbus":
            async with served() as bus:
                await device.start({**config, "bus": {"pause": 0}}, bus=bus)
                found = await PROOFS[name](device, telegrams, inputs)
        else:
            await device.start({**config, "bus": {"timeout": 20, "pause": 0}})
            await device.p1.ready()
            await device.rs485.ready()
            found = await PROOFS[name](device, telegrams, inputs)
        if printed := await device.stop():
            raise AssertionError(printed)
        return found


def main() -> None:
    """Run the proofs that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[[], *PROOFS])
    parser.add_argument("--telegrams", type=int, default=DAY)
    parser.add_argument("--inputs", type=int, default=100_000)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        build(Path(folder), "unix")
        for name in arguments.names or PROOFS:
            found = asyncio.run(prove(name, Path(folder), arguments.telegrams, arguments.inputs))
            sys.stdout.write(f"{name}: " + "; ".join(f"{k} {v}" for k, v in found.items()) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
