"""The demo's Modbus meter, asked by a client that is not ours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
import sys

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.exceptions import ModbusIOException
import pytest

from demo.load import FLAT, START
from demo.modbus_meter import HOLDING, INPUT, DemoModbusMeter, Fault, main, sdm630, serve

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

type Run = Callable[..., Awaitable[tuple[DemoModbusMeter, AsyncModbusTcpClient]]]


@pytest.fixture(autouse=True)
def _real_sockets(socket_enabled: None) -> None:
    """Let the client talk to the meter."""


@pytest.fixture
async def run() -> AsyncIterator[Run]:
    """Return what runs a meter and connects to it."""
    running: list[tuple[DemoModbusMeter, AsyncModbusTcpClient]] = []

    async def run(**options: object) -> tuple[DemoModbusMeter, AsyncModbusTcpClient]:
        options = {"clock": lambda: NOW, **options}
        meter = DemoModbusMeter(**options)
        host, port = await meter.start()
        assert host == "127.0.0.1"
        framer = options.get("framer", FramerType.SOCKET)
        client = AsyncModbusTcpClient(host, port=port, framer=framer, timeout=0.2, retries=0)
        await client.connect()
        running.append((meter, client))
        return meter, client

    yield run
    for meter, client in running:
        client.close()
        await meter.stop()
        await meter.stop()  # once more does no harm


async def number(client: AsyncModbusTcpClient, address: int) -> float:
    answer = await client.read_input_registers(address, count=2)
    assert not answer.isError()
    return client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32)


async def test_registers_are_those_of_the_manual(run: Run) -> None:
    meter, client = await run()
    phases = FLAT.power(NOW)
    assert await number(client, 0x34) == pytest.approx(1000 * sum(phases), rel=1e-6)
    for phase in range(3):
        assert await number(client, 0x0C + 2 * phase) == pytest.approx(1000 * phases[phase], 1e-6)
        volts, amperes = (
            await number(client, 2 * phase),
            await number(client, 6 + 2 * phase),
        )
        assert volts * amperes == pytest.approx(1000 * phases[phase], rel=1e-5)
    assert await number(client, 0x46) == pytest.approx(49.98)
    assert await number(client, 0x48) == pytest.approx(8412.5 + FLAT.energy(START, NOW))
    code = await client.read_holding_registers(0xFC02, count=1)
    assert code.registers == [112]
    assert len(meter.requests) == 13


def test_energy_is_the_integral_of_the_power() -> None:
    later = NOW + timedelta(hours=1)
    one, two = (sdm630(when)[INPUT, 0x48] for when in (NOW, later))
    assert one != two


async def test_only_what_there_is_can_be_read(run: Run) -> None:
    meter, client = await run()
    assert (await client.read_input_registers(0x36, count=2)).registers == [0, 0]
    for answer in (
        await client.read_input_registers(0x18D, count=2),
        await client.read_holding_registers(0, count=2),
    ):
        assert answer.exception_code == ExcCodes.ILLEGAL_ADDRESS
    assert meter.requests[-1] == (HOLDING, 0, 2)


async def test_faults(run: Run) -> None:
    meter, client = await run()
    meter.faults.registers = [
        Fault(INPUT, 2, 3),
        Fault(INPUT, 4, 5, ExcCodes.DEVICE_BUSY),
        Fault(INPUT, 6, 7, None),
    ]
    assert (await client.read_input_registers(0, count=2)).registers
    assert (await client.read_input_registers(0, count=3)).exception_code == 2
    assert (await client.read_input_registers(4, count=2)).exception_code == 6
    with pytest.raises(ModbusIOException):
        await client.read_input_registers(6, count=2)
    meter.faults.registers = []
    meter.faults.longest = 10
    assert (await client.read_input_registers(0, count=11)).exception_code == 3
    meter.faults.silence = True
    with pytest.raises(ModbusIOException):
        await client.read_input_registers(0, count=2)


async def test_nobody_answers_at_another_address(run: Run) -> None:
    meter, client = await run(unit_id=7)
    with pytest.raises(ModbusIOException):
        await client.read_input_registers(0, count=2, device_id=1)
    assert not meter.requests
    assert (await client.read_input_registers(0, count=2, device_id=7)).registers


async def test_serial_frames_over_tcp(run: Run) -> None:
    _, client = await run(framer=FramerType.RTU)
    assert await number(client, 0x46) == pytest.approx(49.98)


async def test_runs_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    task = asyncio.create_task(serve(0))
    async with asyncio.timeout(10):
        while "Eastron SDM630 at 127.0.0.1:" not in capsys.readouterr().out:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ports: list[int] = []

    async def remember(port: int) -> None:
        ports.append(port)
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "argv", ["modbus_meter", "--port", "5021"])
    monkeypatch.setattr("demo.modbus_meter.serve", remember)
    main()
    assert ports == [5021]
