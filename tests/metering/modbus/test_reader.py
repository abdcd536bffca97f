"""What can be read comes, whatever else a meter refuses, ignores or loses."""

from modbus_connection import (
    IllegalDataAddressError,
    ModbusConnectionError,
    ModbusTimeoutError,
    ServerDeviceFailureError,
)
from pymodbus.constants import ExcCodes
import pytest

from custom_components.lumme_energy.metering.modbus.families import EASTRON_3P
from custom_components.lumme_energy.metering.modbus.reader import ModbusReader
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.reader import PATIENCE, STRIKES
from demo.modbus_meter import INPUT, Fault

from .conftest import Connect

EVERYTHING = 37  # quantities of an SDM630


def _input(address: int, size: int) -> Block:
    return Block(Space.INPUT, address, size)


async def test_refused_registers_cost_only_themselves(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0x4C, 0x4F)]
    reader = ModbusReader(unit, EASTRON_3P)
    values = await reader.read()
    assert len(values) == EVERYTHING - 2
    assert "reactive_energy_import" not in values
    assert reader.refused == {_input(0x4C, 2), _input(0x4E, 2)}
    # Learnt once: from now on nobody asks for them, and nothing fails.
    failed = reader.requests.failed
    meter.requests.clear()
    assert (await reader.read()).keys() == values.keys()
    assert len(meter.requests) == 2
    assert reader.requests.failed == failed


async def test_what_was_learnt_can_be_given_to_another_reader(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0x4C, 0x4F)]
    reader = ModbusReader(unit, EASTRON_3P, [_input(0x4C, 2), _input(0x4E, 2)])
    assert len(await reader.read()) == EVERYTHING - 2
    assert reader.requests.failed == 0


async def test_refused_gap_is_bridged_no_more(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0x24, 0x25)]
    reader = ModbusReader(unit, EASTRON_3P)
    assert len(await reader.read()) == EVERYTHING
    assert reader.refused == {_input(0x24, 16)}
    meter.requests.clear()
    await reader.read(slow=False)
    assert [(at, size) for _, at, size in meter.requests] == [(0, 36), (52, 20)]


async def test_too_long_requests_are_cut(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.longest = 40
    reader = ModbusReader(unit, EASTRON_3P)
    for _ in range(6):
        assert len(await reader.read()) == EVERYTHING
    meter.requests.clear()
    failed = reader.requests.failed
    await reader.read()
    assert reader.requests.failed == failed
    assert len(meter.requests) <= 4


async def test_silent_registers_are_a_refusal_in_the_end(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0x162, 0x163, None)]
    reader = ModbusReader(unit, EASTRON_3P)
    for strike in range(1, STRIKES + 1):
        values = await reader.read()
        assert len(values) == EVERYTHING - (6 if strike < STRIKES else 1)
    assert reader.refused == {_input(0x162, 2)}
    sent = reader.requests.sent
    assert len(await reader.read()) == EVERYTHING - 1
    assert reader.requests.sent == sent + 3


async def test_first_request_may_be_the_one_that_is_ignored(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0, 1, None)]
    reader = ModbusReader(unit, EASTRON_3P)
    polls = 0
    while not reader.refused:
        polls += 1
        try:
            await reader.read()
        except ModbusTimeoutError:
            assert polls % 2  # each other poll begins with what is answered
    assert polls == 2 * STRIKES
    assert reader.refused == {_input(0, 2)}
    assert len(await reader.read()) == EVERYTHING - 1


async def test_refusal_of_everything_in_a_request_is_believed_only_when_it_lasts(
    connect: Connect,
) -> None:
    meter, unit = await connect()
    reader = ModbusReader(unit, EASTRON_3P)
    starting_up = Fault(INPUT, 0x15A, 0x165)
    for _ in range(STRIKES - 1):
        meter.faults.registers = [starting_up]
        assert len(await reader.read()) == EVERYTHING - 6
        assert not reader.refused
    meter.faults.registers = []
    assert len(await reader.read()) == EVERYTHING
    meter.faults.registers = [starting_up]
    for _ in range(STRIKES):
        assert not reader.refused
        assert len(await reader.read()) == EVERYTHING - 6
    assert len(reader.refused) == 6


async def test_strikes_are_only_counted_in_a_row(connect: Connect) -> None:
    meter, unit = await connect()
    fault = Fault(INPUT, 0x15A, 0x15B, ExcCodes.DEVICE_FAILURE)
    reader = ModbusReader(unit, EASTRON_3P)
    for _ in range(STRIKES):
        meter.faults.registers = [fault]
        assert len(await reader.read()) == EVERYTHING - 6
        meter.faults.registers = []
        assert len(await reader.read()) == EVERYTHING
    assert not reader.refused


async def test_nobody_there_costs_one_request(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.silence = True
    reader = ModbusReader(unit, EASTRON_3P)
    with pytest.raises(ModbusTimeoutError):
        await reader.read()
    assert reader.requests.sent == reader.requests.failed == 1
    meter.faults.silence = False
    assert len(await reader.read()) == EVERYTHING


async def test_no_connection(connect: Connect) -> None:
    meter, unit = await connect()
    await meter.stop()
    with pytest.raises(ModbusConnectionError):
        await ModbusReader(unit, EASTRON_3P).read()


async def test_connection_lost_between_two_requests_keeps_the_first(connect: Connect) -> None:
    meter, unit = await connect()
    reader = ModbusReader(unit, EASTRON_3P)
    answer = meter._answer

    async def stop_at_second(*args):
        if meter.requests:
            await meter.stop()
        return await answer(*args)

    meter._server.context.devices[1].action = stop_at_second
    assert len(await reader.read()) == EVERYTHING - 6
    assert not reader.refused


async def test_meter_that_refuses_everything_is_not_taken_apart_at_each_poll(
    connect: Connect,
) -> None:
    """A gateway may refuse for a meter that is off; that says nothing about its registers."""
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0, 0xFFFF)]
    reader = ModbusReader(unit, EASTRON_3P)
    with pytest.raises(IllegalDataAddressError):
        await reader.read()
    meter.requests.clear()
    for _ in range(PATIENCE - 1):
        with pytest.raises(IllegalDataAddressError):
            await reader.read()
    assert len(meter.requests) == 2 * (PATIENCE - 1)
    assert not reader.refused
    meter.faults.registers = []
    assert len(await reader.read()) == EVERYTHING


async def test_failure_while_looking_closer_learns_nothing_wrong(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [
        Fault(INPUT, 0x4C, 0x4D),
        Fault(INPUT, 0x4E, 0x4F, ExcCodes.DEVICE_FAILURE),
    ]
    reader = ModbusReader(unit, EASTRON_3P)
    await reader.read()
    assert _input(0x4E, 2) not in reader.refused
    meter.faults.registers = []
    assert "reactive_energy_export" in await reader.read()


async def test_device_failure_alone(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0, 0xFFFF, ExcCodes.DEVICE_FAILURE)]
    with pytest.raises(ServerDeviceFailureError):
        await ModbusReader(unit, EASTRON_3P).read()


async def test_connection_lost_while_looking_closer(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [Fault(INPUT, 0x4C, 0x4F)]
    reader = ModbusReader(unit, EASTRON_3P)
    answer = meter._answer

    async def stop_at_third(*args):
        if len(meter.requests) == 3:
            await meter.stop()
        return await answer(*args)

    meter._server.context.devices[1].action = stop_at_third
    assert len(await reader.read()) > 6
    assert not reader.refused


async def test_nothing_left_to_ask(connect: Connect) -> None:
    _, unit = await connect()
    reader = ModbusReader(unit, EASTRON_3P, EASTRON_3P.registers[0].blocks)
    assert "voltage_l1" not in await reader.read()
    refused = {block for register in EASTRON_3P.registers for block in register.blocks}
    with pytest.raises(Exception, match="nothing to read"):
        await ModbusReader(unit, EASTRON_3P, refused).read()
