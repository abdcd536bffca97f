"""The meter's telegrams on their way through the bridge."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
import socket

from demo.p1_meter import belgian, finnish, telegram

from .conftest import StartDevice
from .device import PATIENCE, Device

_START = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_TICKS = (_START + timedelta(seconds=second) for second in count())


def new_telegram() -> bytes:
    """What a Finnish meter says next."""
    return telegram(finnish(next(_TICKS)))


async def read(reader: asyncio.StreamReader, size: int) -> bytes:
    """What a client gets."""
    async with asyncio.timeout(PATIENCE):
        return await reader.readexactly(size)


async def readers(device: Device, number: int) -> list[asyncio.StreamReader]:
    """Connect clients and wait until the bridge knows them."""
    found = [(await device.connect(device.p1_port))[0] for _ in range(number)]
    await device.until("p1", "readers", number)
    return found


async def test_four_clients_get_every_byte(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    clients = await readers(device, 4)
    sent = [telegram(render(next(_TICKS))) for render in (finnish, belgian) * 10]
    for data in sent:
        for start in range(0, len(data), 200):
            await device.p1.send(data[start : start + 200])
    whole = b"".join(sent)
    assert [await read(client, len(whole)) for client in clients] == [whole] * 4
    status = await device.status()
    assert status["p1"]["telegrams"] == 20
    assert status["p1"]["crc_bad"] == status["p1"]["framing"] == 0
    assert status["p1"]["age"] < PATIENCE * 1000


async def test_a_new_client_gets_the_last_telegram(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    await device.p1.send(new_telegram())
    await device.p1.send(last := new_telegram())
    await device.until("p1", "telegrams", 2)
    (client,) = await readers(device, 1)
    assert await read(client, len(last)) == last


async def test_damage_is_counted_and_not_passed_on(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    (client,) = await readers(device, 1)
    good = new_telegram()
    await device.p1.send(good[100:])  # we came in its middle
    await device.p1.send(good.replace(b"kWh", b"kWn", 1))
    await device.p1.send(good[: good.rindex(b"!") + 1] + b"\r\n")  # lost its checksum
    await device.p1.send(b"\x00\xff" * 4000)
    await device.p1.send(good)
    assert await read(client, len(good)) == good
    told = (await device.status())["p1"]
    assert (told["telegrams"], told["crc_bad"], told["framing"]) == (1, 2, 1)


async def test_a_meter_without_checksums(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    (client,) = await readers(device, 1)
    old = b"/KMP5 old\r\n\r\n1-0:1.8.1(1*kWh)\r\n!\r\n"
    await device.p1.send(old)
    assert await read(client, len(old)) == old
    assert (await device.status())["p1"]["no_crc"] == 1


async def test_checksums_of_another_kind_may_be_let_pass(start_device: StartDevice) -> None:
    line = {"on": True, "baud": 115200, "parity": None, "stop": 1, "crc": False}
    device = await start_device({"p1": line})
    await device.p1.ready()
    (client,) = await readers(device, 1)
    other = b"/EON5\r\n\r\n1-0:1.8.1(1*kWh)\r\n!0001\r\n"
    await device.p1.send(other)
    assert await read(client, len(other)) == other
    assert (await device.status())["p1"]["crc_bad"] == 1


async def test_a_slow_client_is_dropped_and_delays_nobody(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    (good,) = await readers(device, 1)
    data = new_telegram()
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        slow.connect(("127.0.0.1", device.p1_port))
        await device.until("p1", "readers", 2)
        sent = 0
        async with asyncio.timeout(PATIENCE):
            while (await device.status())["p1"]["readers"] == 2:
                for _ in range(500):
                    await device.p1.send(data)
                assert await good.readexactly(500 * len(data)) == 500 * data
                sent += 500
    assert (await device.status())["p1"]["telegrams"] == sent


async def test_what_a_client_says_is_ignored_and_its_end_is_noticed(
    start_device: StartDevice,
) -> None:
    device = await start_device()
    await device.p1.ready()
    reader, writer = await device.connect(device.p1_port)
    await device.until("p1", "readers", 1)
    writer.write(b"GET / HTTP/1.1\r\n\r\n" * 100)
    await writer.drain()
    await device.p1.send(data := new_telegram())
    assert await read(reader, len(data)) == data
    writer.close()
    await device.until("p1", "readers", 0)


async def test_only_so_many_clients(start_device: StartDevice) -> None:
    device = await start_device()
    clients = await readers(device, 6)
    reader, _ = await device.connect(device.p1_port)
    assert await read(reader, 0) == await reader.read() == b""
    assert (await device.status())["p1_port"] == {"clients": 6, "refused": 1}
    assert len(clients) == 6


async def test_a_stranger_is_refused(start_device: StartDevice) -> None:
    device = await start_device({"p1_port": {"clients": ["192.0.2.0/24"]}})
    reader, _ = await device.connect(device.p1_port)
    assert await reader.read() == b""
    assert (await device.status())["p1_port"] == {"clients": 0, "refused": 1}


async def test_no_port_is_open_by_default(start_device: StartDevice) -> None:
    device = await start_device({"p1_port": {"clients": []}, "modbus_port": {"clients": []}})
    for port in (device.p1_port, device.modbus_port):
        try:
            await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            continue
        raise AssertionError(port)


async def test_the_line_comes_back(start_device: StartDevice) -> None:
    device = await start_device()
    await device.p1.ready()
    (client,) = await readers(device, 1)
    await device.p1.send(new_telegram()[:300])
    await device.p1.cut()
    await device.p1.send(data := new_telegram())
    assert await read(client, len(data)) == data
    assert any("OSError" in line[3] for line in (await device.status())["log"])
    assert (await device.status())["p1"]["framing"] == 0
