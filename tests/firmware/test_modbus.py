"""The Modbus gateway: an independent client on one side, an independent server on the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from .conftest import StartDevice
from .device import HOST, PATIENCE, Device
from .rtu_device import framed, play, request

QUICK = {"timeout": 150, "pause": 5, "retries": 1}
READ = b"\x03\x00\x10\x00\x02"
ANSWER = b"\x03\x04\x00\x2a\xff\xfe"
SETPOINT = {"unit": 5, "kind": "holding", "first": 16, "last": 20, "min": 50, "max": 300}
LATE = 0x0B
NO_PATH = 0x0A


def asked(transaction: int, unit: int, pdu: bytes) -> bytes:
    """What a client sends."""
    return b"%b\0\0%b%c%b" % (transaction.to_bytes(2), (len(pdu) + 1).to_bytes(2), unit, pdu)


class Client:
    """A client that may send what no library would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on a connection."""
        self.reader, self.writer = reader, writer
        self.transaction = 0

    async def send(self, unit: int, pdu: bytes) -> None:
        """Ask without waiting."""
        self.transaction += 1
        self.writer.write(asked(self.transaction, unit, pdu))
        await self.writer.drain()

    async def receive(self) -> bytes:
        """Return the next answer, which must be the one to the last request."""
        async with asyncio.timeout(PATIENCE):
            head = await self.reader.readexactly(7)
            assert head[:4] == self.transaction.to_bytes(2) + b"\0\0"
            return await self.reader.readexactly(int.from_bytes(head[4:6]) - 1)

    async def ask(self, unit: int, pdu: bytes) -> bytes:
        """Return the answer to a request."""
        await self.send(unit, pdu)
        return await self.receive()


async def client_of(device: Device) -> Client:
    """Connect to the gateway."""
    return Client(*await device.connect(device.modbus_port))


async def ready(start_device: StartDevice, **changes: Any) -> tuple[Device, Client]:
    """A device whose bus a test plays, and a client that may write."""
    config = {
        "bus": {**QUICK, **changes.pop("bus", {})},
        "modbus_port": {"writers": [HOST]},
        "writes": [SETPOINT],
    } | changes
    device = await start_device(config)
    await device.rs485.ready()
    return device, await client_of(device)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """Pymodbus on the bus, as unit 5: an RTU server on a line."""
    registers = SimData(0, values=list(range(100)), datatype=DataType.REGISTERS)
    bits = SimData(0, values=[True, False] * 16, datatype=DataType.BITS)
    server = ModbusTcpServer(
        [SimDevice(5, simdata=([bits], [bits], [registers], [registers]))],
        framer=FramerType.RTU,
        address=(HOST, 0),
        ignore_missing_devices=True,
    )
    await server.serve_forever(background=True)
    listening: Any = server.transport
    yield listening.sockets[0].getsockname()[1]
    await server.shutdown()  # type: ignore[no-untyped-call]


async def test_independent_clients_and_server(start_device: StartDevice) -> None:
    async with served() as bus:
        rules = [SETPOINT, {**SETPOINT, "kind": "coil", "min": 0, "max": 1}]
        device = await start_device(
            {"bus": QUICK, "modbus_port": {"writers": [HOST]}, "writes": rules}, bus=bus
        )
        await client_of(device)
        clients = [AsyncModbusTcpClient(HOST, port=device.modbus_port) for _ in range(4)]
        for client in clients:
            assert await client.connect()
        answers = await asyncio.gather(
            *(
                client.read_holding_registers(10 * number, count=10, device_id=5)
                for number, client in enumerate(clients)
                for _ in range(5)
            )
        )
        assert [answer.registers for answer in answers] == [
            list(range(10 * number, 10 * number + 10)) for number in range(4) for _ in range(5)
        ]
        first = clients[0]
        assert (await first.read_input_registers(99, count=1, device_id=5)).registers == [99]
        assert (await first.read_coils(0, count=9, device_id=5)).bits[:9] == [True, False] * 4 + [
            True
        ]
        assert (await first.read_discrete_inputs(1, count=2, device_id=5)).bits[:2] == [
            False,
            True,
        ]
        assert not (await first.write_register(16, 215, device_id=5)).isError()
        assert not (await first.write_registers(17, [216, 217], device_id=5)).isError()
        assert not (await first.write_coil(17, True, device_id=5)).isError()
        assert not (await first.write_coils(18, [True, True], device_id=5)).isError()
        written = await clients[1].read_holding_registers(15, count=4, device_id=5)
        assert written.registers == [15, 215, 216, 217]
        coils = await clients[1].read_coils(16, count=4, device_id=5)
        assert coils.bits[:4] == [True, True, True, True]
        refused = await first.read_holding_registers(99, count=2, device_id=5)
        assert refused.exception_code == 2  # the server's own
        for client in clients:
            client.close()


async def test_an_answer_is_found(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    for answer in (
        framed(5, ANSWER),
        b"\x00\xff" + framed(5, ANSWER),  # an unterminated line
        framed(7, ANSWER) + framed(5, ANSWER),  # somebody else's
        framed(5, b"\x04" + ANSWER[1:]) + framed(5, ANSWER),
        framed(5, ANSWER)[:-1] + b"\x00" + framed(5, ANSWER),
    ):
        playing = asyncio.create_task(play(device.rs485, answer))
        assert await client.ask(5, READ) == ANSWER, answer
        assert await playing == [b"\x05" + READ]


async def test_a_read_is_tried_again(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    for answer, count in (
        (None, "silent"),
        (framed(5, ANSWER)[:-2] + b"\x00\x00", "garbled"),
        (framed(5, b"\x03\x02\x00\x2a"), "garbled"),  # the answer to another question
        (framed(6, ANSWER), "garbled"),
        (b"\x55" * 600, "garbled"),
    ):
        before = (await device.status())["bus"]
        playing = asyncio.create_task(play(device.rs485, answer, answer, framed(5, ANSWER)))
        assert await client.ask(5, READ) == bytes((0x83, LATE)), answer
        assert await client.ask(5, READ) == ANSWER, answer
        assert len(await playing) == 3
        told = (await device.status())["bus"]
        assert told["answered"] == before["answered"] + 1
        assert told[count] == before[count] + 2


async def test_a_write_is_never_repeated(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    write = b"\x06\x00\x10\x00\xc8"
    wrong = b"\x06\x00\x11\x00\xc8"
    playing = asyncio.create_task(
        play(device.rs485, None, framed(5, wrong), framed(5, write), framed(5, b"\x86\x04"))
    )
    for expected in (bytes((0x86, LATE)), bytes((0x86, LATE)), write, b"\x86\x04"):
        assert await client.ask(5, write) == expected
    assert await playing == [b"\x05" + write] * 4


async def test_a_late_answer_is_nobodys(start_device: StartDevice) -> None:
    device, client = await ready(start_device, bus={"retries": 0, "pause": 300})
    playing = asyncio.create_task(play(device.rs485, None))
    assert await client.ask(5, READ) == bytes((0x83, LATE))
    await playing
    await device.rs485.send(framed(5, b"\x03\x04\x11\x11\x11\x11"))
    playing = asyncio.create_task(play(device.rs485, framed(5, ANSWER)))
    assert await client.ask(5, READ) == ANSWER
    await playing


async def test_refused_before_the_bus(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    for unit, pdu, code in (
        (5, b"\x2b\x0e\x01\x00", 1),  # not among the functions that are let through
        (5, b"\x03\x00\x00\x00\x00", 3),
        (5, b"\x03\x00\x00\x00\x7e", 3),
        (5, b"\x03\x00\x00\x00", 3),
        (5, b"\x03\xff\xff\x00\x02", 2),
        (5, b"\x05\x00\x10\x01\x00", 3),
        (5, b"\x10\x00\x10\x00\x02\x02\x00\x64", 3),
        (5, b"\x10\x00\x10\x00\x01\x02\x00", 3),
        (5, b"\x06\x00\x0f\x00\x64", 2),  # not in the list
        (6, b"\x06\x00\x10\x00\x64", 2),
        (5, b"\x05\x00\x10\xff\x00", 2),
        (5, b"\x10\x00\x14\x00\x02\x04\x00\x64\x00\x64", 2),  # the second is not
        (5, b"\x06\x00\x10\x00\x31", 3),  # 49 < 50
        (5, b"\x06\x00\x10\x01\x2d", 3),  # 301 > 300
        (0, READ, NO_PATH),  # nobody is meant by one that names nobody
        (248, READ, NO_PATH),
    ):
        assert await client.ask(unit, pdu) == bytes((pdu[0] | 0x80, code)), (unit, pdu)
    assert (await device.status())["bus"]["answered"] == 0


async def test_a_client_that_may_not_write(start_device: StartDevice) -> None:
    device, client = await ready(start_device, modbus_port={"writers": []})
    assert await client.ask(5, b"\x06\x00\x10\x00\xc8") == b"\x86\x01"
    playing = asyncio.create_task(play(device.rs485, framed(5, ANSWER)))
    assert await client.ask(5, READ) == ANSWER
    await playing


async def test_the_devices_that_there_are(start_device: StartDevice) -> None:
    device, client = await ready(start_device, bus={"units": [5], "default_unit": 5})
    assert await client.ask(4, READ) == bytes((0x83, NO_PATH))
    for unit in (5, 0, 255):
        playing = asyncio.create_task(play(device.rs485, framed(5, ANSWER)))
        assert await client.ask(unit, READ) == ANSWER
        assert await playing == [b"\x05" + READ]


async def test_a_line_that_breaks(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    await client.send(5, READ)
    await request(device.rs485)
    cut = asyncio.create_task(device.rs485.cut())
    assert await client.receive() == bytes((0x83, NO_PATH))
    assert await client.ask(5, READ) == bytes((0x83, NO_PATH))
    await cut
    playing = asyncio.create_task(play(device.rs485, framed(5, ANSWER)))
    assert await client.ask(5, READ) == ANSWER
    await playing


async def test_one_who_talks_nonsense_is_sent_away(start_device: StartDevice) -> None:
    device, _ = await ready(start_device)
    for nonsense in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x01\x00\x00\x00\x01\x05",
        b"\x00\x01\x00\x00\x01\x00\x05",
    ):
        client = await client_of(device)
        client.writer.write(nonsense)
        with suppress(ConnectionResetError):  # what it has not read is thrown back at us
            assert await client.reader.read() == b""
    await device.until("modbus_port", "clients", 1)


async def test_requests_in_one_piece_and_in_many(start_device: StartDevice) -> None:
    device, client = await ready(start_device)
    playing = asyncio.create_task(play(device.rs485, *[framed(5, ANSWER)] * 3))
    client.writer.write(asked(1, 5, READ) + asked(2, 5, READ))
    for client.transaction in (1, 2):
        assert await client.receive() == ANSWER
    for byte in asked(3, 5, READ):
        client.writer.write(bytes((byte,)))
        await client.writer.drain()
    client.transaction = 3
    assert await client.receive() == ANSWER
    await playing
