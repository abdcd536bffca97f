"""The demo's cottage, asked by a client that is not ours."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.constants import ExcCodes
from pymodbus.exceptions import ModbusIOException
import pytest

from demo.cottage import BASE_LOAD, BEGIN, DEFAULT, LEFT_AT, UNITS, DemoCottage


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.seconds = 0.0

    def __call__(self) -> float:
        """Tell the seconds."""
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
async def cottage(socket_enabled: None, clock: Clock) -> AsyncIterator[DemoCottage]:
    """Return a cottage that listens."""
    cottage = DemoCottage(clock=clock)
    await cottage.start()
    yield cottage
    await cottage.stop()
    await cottage.stop()  # once more does no harm


@pytest.fixture
async def client(cottage: DemoCottage) -> AsyncIterator[AsyncModbusTcpClient]:
    """Return who asks it."""
    client = await connect(cottage)
    yield client
    client.close()


async def connect(cottage: DemoCottage) -> AsyncModbusTcpClient:
    client = AsyncModbusTcpClient("127.0.0.1", port=cottage.port, timeout=0.2, retries=0)
    await client.connect()
    return client


async def words(client: AsyncModbusTcpClient, room: str, address: int, count: int) -> list[int]:
    answer = await client.read_holding_registers(address, count=count, device_id=UNITS[room])
    assert not answer.isError()
    return answer.registers


async def test_everything_was_left_warm(cottage: DemoCottage, client: AsyncModbusTcpClient) -> None:
    assert await words(client, "living_room", 0, 2) == [1, 42 << 8 | 42]
    assert await words(client, "kitchen", 61, 4) == [1, 1, 0, 210]
    assert await words(client, "kitchen", 0, 1) == [210]
    coils = await client.read_coils(0, count=8, device_id=UNITS["bathroom"])
    assert coils.bits == [True] + 7 * [False]
    assert cottage.told() == {
        "outdoor": round(cottage.outdoor, 1),
        "bathroom": LEFT_AT,
        "power": BASE_LOAD,
    }
    assert not cottage.writes


async def test_what_is_written_is_kept(cottage: DemoCottage, client: AsyncModbusTcpClient) -> None:
    assert not (await client.write_register(1, 2 * 10, device_id=11)).isError()
    assert not (await client.write_register(0, 0, device_id=12)).isError()
    assert not (await client.write_registers(64, [105], device_id=13)).isError()
    assert not (await client.write_registers(61, [0], device_id=13)).isError()
    assert not (await client.write_coil(0, False, device_id=21)).isError()
    assert not (await client.write_coils(1, [True, False], device_id=21)).isError()
    assert (await words(client, "living_room", 1, 1))[0] & 0xFF == 20
    assert await words(client, "bedroom", 0, 1) == [0]
    assert await words(client, "kitchen", 61, 4) == [0, 1, 0, 105]
    coils = await client.read_coils(0, count=8, device_id=UNITS["bathroom"])
    assert coils.bits[:3] == [False, True, False]
    radiators = cottage.house.radiators
    assert radiators["living_room"].setpoint == 10
    assert radiators["kitchen"].setpoint == 10.5
    assert not radiators["bathroom"].is_on
    assert cottage.writes == [
        ("living_room", 1, 20),
        ("bedroom", 0, 0),
        ("kitchen", 64, 105),
        ("kitchen", 61, 0),
        ("bathroom", 0, 0),
        ("bathroom", 1, 1),
        ("bathroom", 2, 0),
    ]


async def test_each_takes_only_what_its_family_takes(
    cottage: DemoCottage, client: AsyncModbusTcpClient
) -> None:
    refused = [
        (await client.write_registers(1, [20], device_id=11), ExcCodes.ILLEGAL_FUNCTION),
        (await client.write_register(64, 200, device_id=13), ExcCodes.ILLEGAL_FUNCTION),
        (await client.read_holding_registers(0, count=1, device_id=21), ExcCodes.ILLEGAL_FUNCTION),
        (
            await client.read_holding_registers(0x17, count=1, device_id=11),
            ExcCodes.ILLEGAL_ADDRESS,
        ),
        (await client.write_register(1, 4, device_id=11), ExcCodes.ILLEGAL_VALUE),
        (await client.write_registers(64, [0], device_id=13), ExcCodes.ILLEGAL_VALUE),
        (await client.write_coil(9, True, device_id=21), ExcCodes.ILLEGAL_VALUE),
    ]
    assert [answer.exception_code for answer, _ in refused] == [code for _, code in refused]
    with pytest.raises(ModbusIOException):
        await client.read_holding_registers(0, count=1, device_id=1)
    assert not cottage.writes


async def test_time_passes_as_fast_as_one_likes(cottage: DemoCottage, clock: Clock) -> None:
    cottage.rate = 600
    for radiator in cottage.house.radiators.values():
        radiator.is_on = False
    clock.seconds += 60
    cottage.tick()
    assert (cottage.now - BEGIN).total_seconds() == 36_000
    assert all(5 < air < 17 for air in cottage.house.air.values())


async def test_faults(cottage: DemoCottage, client: AsyncModbusTcpClient) -> None:
    cottage.faults.bus = True
    with pytest.raises(ModbusIOException):
        await client.read_coils(0, count=8, device_id=21)
    cottage.faults.bus = False
    cottage.faults.stuck = {"bathroom"}
    assert "bathroom" not in cottage.told()
    await cottage.pull_radiator("living_room")
    with pytest.raises(ModbusIOException):
        await client.read_holding_registers(0, count=1, device_id=11)
    assert await words(client, "bedroom", 0, 1) == [1]
    await cottage.plug_radiator("living_room")
    assert (await words(client, "living_room", 1, 1))[0] & 0xFF == 2 * DEFAULT


async def test_after_a_power_cut_all_come_back_with_their_makers_setpoint(
    cottage: DemoCottage,
) -> None:
    cottage.house.radiators["bedroom"].setpoint = 10.0
    await cottage.cut_power()
    assert not cottage.told()
    assert cottage.house.watts == 0
    client = await connect(cottage)
    assert not client.connected
    await cottage.restore_power()
    client = await connect(cottage)
    assert (await words(client, "bedroom", 1, 1))[0] & 0xFF == 2 * DEFAULT
    coils = await client.read_coils(0, count=8, device_id=21)
    assert coils.bits[0] is False
    client.close()


async def test_it_is_told_what_thermometers_say(socket_enabled: None, clock: Clock) -> None:
    told: asyncio.Queue[tuple[str, float]] = asyncio.Queue()

    async def tell(name: str, value: float) -> None:
        await told.put((name, value))

    cottage = DemoCottage(tell, clock=clock)
    await cottage.start()
    said = dict([await told.get() for _ in range(3)])
    assert said == cottage.told()
    await cottage.stop()


async def test_it_is_as_it_was_left(socket_enabled: None, clock: Clock, tmp_path: Path) -> None:
    memory = tmp_path / "cottage.json"
    cottage = DemoCottage(memory=memory, clock=clock)
    await cottage.start()
    cottage.house.radiators["bedroom"].setpoint = 10.0
    cottage.rate = 60
    clock.seconds += 100
    await cottage.stop()
    again = DemoCottage(memory=memory, clock=clock)
    await again.start()
    assert again.now == cottage.now > BEGIN
    assert again.house.air == cottage.house.air
    assert again.house.radiators["bedroom"].setpoint == 10.0
    await again.stop()
