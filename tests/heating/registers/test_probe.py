"""What a heater's registers hold is shown before anything is written, and then only what is there."""

from typing import Final

from modbus_connection import ModbusError, ModbusTimeoutError
from pymodbus.constants import ExcCodes
import pytest

from custom_components.lumme_energy.heating.model import Outcome
from custom_components.lumme_energy.heating.registers.device import (
    SetpointRangeError,
    WaterSetpointError,
)
from custom_components.lumme_energy.heating.registers.families import (
    LG_THERMA_V,
    MC6,
    ONOKOM_AIR,
    THERMIA_GENESIS,
    WAVESHARE_RELAY,
)
from custom_components.lumme_energy.heating.registers.probe import (
    Check,
    Finding,
    Verdict,
    check_write,
    probe,
)
from custom_components.lumme_energy.heating.registers.profile import Function
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space

from .conftest import Connect
from .heater import SILENCE

THERMIA: Final = {
    ("coil", 9): 1,
    ("holding", 5): 2000,
    ("input", 121): 215,
}
ONOKOM: Final = {
    ("coil", 1): 1,
    ("holding", 3): 2150,
    ("holding", 5): 2200,
}
LG: Final = {
    ("coil", 0): 1,
    ("holding", 0): 4,
    ("holding", 1): 2,
    ("holding", 2): 200,
    ("holding", 3): 201,
    ("input", 12): 30,
}


async def test_every_register_is_judged(connect: Connect) -> None:
    heater, unit = await connect(THERMIA | {("holding", 5): 20})
    assert await probe(unit, THERMIA_GENESIS) == (
        Finding(
            name="setpoint",
            block=Block(Space.HOLDING, 5, 1),
            words=(20,),
            value=0.2,
            verdict=Verdict.IMPLAUSIBLE,
        ),
        Finding(
            name="room",
            block=Block(Space.INPUT, 121, 1),
            words=(215,),
            value=21.5,
            verdict=Verdict.PLAUSIBLE,
        ),
        Finding(
            name="outdoor",
            block=Block(Space.INPUT, 13, 1),
            words=(),
            value=None,
            verdict=Verdict.MISSING,
        ),
        Finding(
            name="is_on",
            block=Block(Space.COIL, 9, 1),
            words=(1,),
            value=True,
            verdict=Verdict.PLAUSIBLE,
        ),
    )
    assert heater.writes == []
    assert {(table, at, size) for table, at, size in heater.reads} == {
        ("holding", 5, 1),
        ("input", 121, 1),
        ("input", 13, 1),
        ("coil", 9, 1),
    }


async def test_mode_that_nobody_knows(connect: Connect) -> None:
    _, unit = await connect(LG | {("holding", 0): 9})
    verdicts = {finding.name: finding.verdict for finding in await probe(unit, LG_THERMA_V)}
    assert verdicts.pop("is_heat_mode") is Verdict.IMPLAUSIBLE
    assert set(verdicts.values()) == {Verdict.PLAUSIBLE}


async def test_nobody_there(connect: Connect) -> None:
    heater, unit = await connect(THERMIA)
    heater.answers = {1: SILENCE, 3: SILENCE, 4: SILENCE}
    with pytest.raises(ModbusTimeoutError):
        await probe(unit, THERMIA_GENESIS)
    with pytest.raises(ModbusTimeoutError):
        await check_write(unit, THERMIA_GENESIS)


async def test_something_else_there(connect: Connect) -> None:
    _, unit = await connect({("holding", 1000): 1})
    with pytest.raises(ModbusError):
        await probe(unit, THERMIA_GENESIS)


@pytest.mark.parametrize("answer", [ExcCodes.ILLEGAL_FUNCTION, ExcCodes.ILLEGAL_VALUE, SILENCE])
@pytest.mark.parametrize(("deaf_to", "function"), [(6, Function.MULTIPLE), (16, Function.SINGLE)])
async def test_the_function_that_works_is_found(
    connect: Connect, answer: ExcCodes | None, deaf_to: int, function: Function
) -> None:
    heater, unit = await connect(ONOKOM)
    heater.answers = {deaf_to: answer}
    check = await check_write(unit, ONOKOM_AIR, settle=0)
    assert check == Check(outcome=Outcome.KEPT, function=function)
    assert {(address, *values) for _, address, values in heater.writes} == {(5, 2200)}


async def test_neither_function_works(connect: Connect) -> None:
    heater, unit = await connect(ONOKOM)
    heater.answers = {6: ExcCodes.DEVICE_FAILURE, 16: ExcCodes.DEVICE_FAILURE}
    check = await check_write(unit, ONOKOM_AIR, settle=0)
    assert check == Check(outcome=Outcome.REFUSED, function=Function.SINGLE)


async def test_mode_and_power_are_not_touched(connect: Connect) -> None:
    heater, unit = await connect(LG | {("holding", 0): 0, ("coil", 0): 0})
    check = await check_write(unit, LG_THERMA_V, settle=0)
    assert check.outcome is Outcome.KEPT
    assert heater.writes == [(6, 2, [200])]


async def test_setpoint_of_water_or_of_nothing_is_not_written(connect: Connect) -> None:
    heater, unit = await connect(LG | {("holding", 1): 0})
    with pytest.raises(WaterSetpointError):
        await check_write(unit, LG_THERMA_V)
    heater.cells |= {("holding", 1): 2, ("holding", 2): 450}
    with pytest.raises(SetpointRangeError):
        await check_write(unit, LG_THERMA_V)
    assert heater.writes == []


async def test_relay_stays_as_it_is(connect: Connect) -> None:
    heater, unit = await connect({("coil", at): at % 2 for at in range(8)})
    for channel in (4, 5):
        check = await check_write(unit, WAVESHARE_RELAY.at(channel))
        assert check == Check(outcome=Outcome.KEPT, function=Function.SINGLE)
    assert heater.writes == [(5, 4, [0]), (5, 5, [1])]


async def test_thermostat_for_many_registers(connect: Connect) -> None:
    heater, unit = await connect({("holding", 0): 201, ("holding", 61): 1, ("holding", 64): 210})
    heater.answers = {6: SILENCE}
    check = await check_write(unit, MC6)
    assert check == Check(outcome=Outcome.KEPT, function=Function.MULTIPLE)
    assert heater.writes == [(16, 64, [210])]
