"""A heater is told what was asked for and nothing else, and is believed when it shows it."""

from dataclasses import replace
from typing import Final
from unittest.mock import AsyncMock

from modbus_connection import ModbusError, ModbusTimeoutError
from pymodbus.constants import ExcCodes
import pytest

from custom_components.lumme_energy.heating.model import Outcome
from custom_components.lumme_energy.heating.registers.device import (
    DeviceState,
    HeaterDevice,
    HeaterError,
    NotWritableError,
    SetpointRangeError,
    WaterSetpointError,
)
from custom_components.lumme_energy.heating.registers.families import (
    BECA,
    HYSEN_HY,
    INTESIS_TENTHS,
    LG_THERMA_V,
    MC6,
    NILAN_CTS602,
    R421A08_RELAY,
    WAVESHARE_RELAY,
)
from custom_components.lumme_energy.heating.registers.profile import (
    Function,
    HeaterProfile,
    Number,
    scale,
)
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.reader import PATIENCE
from custom_components.lumme_energy.modbus_registers.words import WordType

from .conftest import Connect
from .heater import SILENCE

# On and heating, locked; 21 °C wished, 18.5 °C there; 5…35 °C allowed.
HYSEN: Final = {
    **{("holding", at): 0 for at in range(0x17)},
    ("holding", 0): 0x0111,
    ("holding", 1): 37 << 8 | 42,
    ("holding", 4): 35 << 8 | 5,
}
INTESIS: Final = {
    ("holding", 0): 0,
    ("holding", 1): 4,
    ("holding", 4): 220,
    ("holding", 5): 195,
}
MC6_CELLS: Final = {
    ("holding", 0): 185,
    ("holding", 61): 1,
    ("holding", 64): 210,
}
COILS: Final = {("coil", at): 0 for at in range(8)}


def _plain(**more: object) -> HeaterProfile:
    """Return a thermostat whose setpoint is in tenths in register 10, to be written either way."""
    factor, zero = scale("0.1 °C", "temperature")
    setpoint = Number(space=Space.HOLDING, address=10, kind=WordType.I16, factor=factor, zero=zero)
    profile = HeaterProfile(key="plain", manufacturer="A", model="B", setpoint=setpoint)
    return replace(profile, **more)  # type: ignore[arg-type]


PLAIN: Final = {("holding", 10): 210}


async def test_everything_is_read_in_one_request(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    assert await HeaterDevice(unit, HYSEN_HY).read() == DeviceState(
        setpoint=21, room=18.5, least=5, most=35, is_on=True, is_heating=True
    )
    assert heater.reads == [("holding", 0, 5)]


async def test_what_is_refused_costs_only_itself_and_is_asked_for_again(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    heater.refused = {("holding", 4)}
    device = HeaterDevice(unit, HYSEN_HY)
    state = await device.read()
    assert (state.setpoint, state.is_on, state.least) == (21, True, None)
    heater.reads.clear()
    assert await device.read() == state
    assert heater.reads == [("holding", 0, 2)]
    heater.refused.clear()
    for _ in range(PATIENCE):
        state = await device.read()
    assert state.least == 5


async def test_nothing_answers(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    heater.answers = {3: SILENCE}
    device = HeaterDevice(unit, HYSEN_HY)
    with pytest.raises(ModbusTimeoutError):
        await device.read()
    assert await device.write_setpoint(20) is Outcome.LOST
    assert await device.switch(True) is Outcome.LOST
    assert heater.writes == []
    assert not device.writes


async def test_setpoint_in_a_byte(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    device = HeaterDevice(unit, HYSEN_HY)
    heater.on_write = lambda table, at, value: heater.cells.update(
        {(table, at): value | 37 << 8 if at == 1 else value}
    )
    assert await device.write_setpoint(8.5) is Outcome.KEPT
    assert heater.writes == [(6, 1, [17])]
    assert device.writes == {Block(Space.HOLDING, 1, 1): 1}
    assert await device.read() == DeviceState(
        setpoint=8.5, room=18.5, least=5, most=35, is_on=True, is_heating=True
    )


async def test_echo_of_something_else_is_an_answer(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    heater.echoes_cells = True
    heater.on_write = lambda table, at, value: heater.cells.update({(table, at): value | 37 << 8})
    device = HeaterDevice(unit, HYSEN_HY)
    assert await device.rewrite() is Outcome.KEPT
    assert await device.write_setpoint(8.5) is Outcome.KEPT
    assert heater.writes == [(6, 1, [42]), (6, 1, [17])]


async def test_bits_that_must_stay_stay(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    assert await HeaterDevice(unit, HYSEN_HY).switch(False) is Outcome.KEPT
    assert heater.writes == [(6, 0, [0x0100])]  # still locked, though off


async def test_nothing_is_written_over_bits_that_are_not_known(connect: Connect) -> None:
    heater, unit = await connect(HYSEN)
    heater.refused = {("holding", 0)}
    assert await HeaterDevice(unit, HYSEN_HY).switch(False) is Outcome.LOST
    assert heater.writes == []


async def test_device_that_takes_many_registers_only(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    heater.answers = {6: ExcCodes.ILLEGAL_FUNCTION}
    device = HeaterDevice(unit, _plain())
    assert device.function is Function.SINGLE
    assert await device.write_setpoint(8) is Outcome.KEPT
    assert device.function is Function.MULTIPLE
    assert heater.writes == [(16, 10, [80])]
    # Learnt once: now the other one is not even tried.
    heater.answers = {6: SILENCE}
    assert await device.write_setpoint(9) is Outcome.KEPT
    assert device.writes == {Block(Space.HOLDING, 10, 1): 2}


async def test_device_that_takes_one_register_only(connect: Connect) -> None:
    heater, unit = await connect(MC6_CELLS)
    heater.answers = {16: ExcCodes.ILLEGAL_FUNCTION}
    device = HeaterDevice(unit, MC6)
    assert device.function is Function.MULTIPLE
    assert await device.write_setpoint(8) is Outcome.KEPT
    assert device.function is Function.SINGLE
    assert heater.writes == [(6, 64, [80])]


async def test_device_that_takes_neither(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    heater.answers = {6: ExcCodes.ILLEGAL_FUNCTION, 16: ExcCodes.ILLEGAL_FUNCTION}
    device = HeaterDevice(unit, _plain())
    assert await device.write_setpoint(8) is Outcome.REFUSED
    assert device.function is Function.SINGLE
    assert not device.writes


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (ExcCodes.ILLEGAL_VALUE, Outcome.REFUSED),
        (ExcCodes.ILLEGAL_ADDRESS, Outcome.REFUSED),
        (ExcCodes.DEVICE_FAILURE, Outcome.REFUSED),
        (ExcCodes.GATEWAY_NO_RESPONSE, Outcome.LOST),
        (SILENCE, Outcome.LOST),
    ],
)
async def test_write_that_fails(
    connect: Connect, answer: ExcCodes | None, outcome: Outcome
) -> None:
    heater, unit = await connect(PLAIN)
    heater.answers = {6: answer}
    device = HeaterDevice(unit, _plain(), settle=0)
    assert await device.write_setpoint(8) is outcome
    assert heater.cells["holding", 10] == 210
    # What was lost on the way may have arrived, and wears a register out.
    assert device.writes.total() == (1 if answer is SILENCE else 0)


async def test_setpoint_that_is_there_was_written_though_the_answer_was_lost(
    connect: Connect,
) -> None:
    heater, unit = await connect(PLAIN)
    heater.answers = {6: SILENCE}
    heater.cells["holding", 10] = 80
    assert await HeaterDevice(unit, _plain()).write_setpoint(8) is Outcome.KEPT


async def test_device_that_does_not_keep_it(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    heater.obeys = False
    assert await HeaterDevice(unit, _plain(), settle=0).write_setpoint(8) is Outcome.DIFFERENT


async def test_device_that_shows_it_later(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    heater.deaf = 1
    assert await HeaterDevice(unit, _plain(), settle=0).write_setpoint(8) is Outcome.KEPT


async def test_read_back_that_is_lost(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    heater.on_write = lambda *_: heater.answers.update({3: SILENCE})
    assert await HeaterDevice(unit, _plain(), settle=0).write_setpoint(8) is Outcome.LOST
    assert heater.cells["holding", 10] == 80


async def test_line_that_breaks_while_writing(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    heater, unit = await connect(PLAIN)
    device = HeaterDevice(unit, _plain(), settle=0)
    words = await device.read_words()
    await heater.stop()
    monkeypatch.setattr(device, "read_words", AsyncMock(return_value=words))
    assert await device.write_setpoint(8) is Outcome.LOST


@pytest.mark.parametrize("celsius", [4.9, 30.1, -10, 1000])
async def test_setpoint_out_of_range_is_refused_and_not_clamped(
    connect: Connect, celsius: float
) -> None:
    heater, unit = await connect(PLAIN)
    with pytest.raises(SetpointRangeError, match="is not within 5…30 °C") as raised:
        await HeaterDevice(unit, _plain()).write_setpoint(celsius)
    assert (raised.value.lowest, raised.value.highest) == (5, 30)
    assert not heater.reads
    assert not heater.writes


async def test_the_devices_own_limits_count(connect: Connect) -> None:
    heater, unit = await connect(HYSEN | {("holding", 4): 25 << 8 | 10})
    device = HeaterDevice(unit, HYSEN_HY)
    with pytest.raises(SetpointRangeError, match=r"9\.5 °C is not within 10…25 °C"):
        await device.write_setpoint(9.5)
    assert heater.writes == []
    # Limits the wrong way round are no limits.
    heater.cells["holding", 4] = 5 << 8 | 35
    assert await device.write_setpoint(9.5) is Outcome.KEPT


async def test_heat_mode_comes_first_and_only_if_need_be(connect: Connect) -> None:
    heater, unit = await connect(INTESIS)
    device = HeaterDevice(unit, INTESIS_TENTHS)
    assert await device.switch(True) is Outcome.KEPT
    assert heater.writes == [(6, 1, [1]), (6, 0, [1])]
    heater.writes.clear()
    assert await device.write_setpoint(17.5) is Outcome.KEPT
    assert heater.writes == [(6, 4, [175])]
    heater.writes.clear()
    heater.cells["holding", 1] = 2
    assert await device.switch(False) is Outcome.KEPT
    assert heater.writes == [(6, 0, [0])]


async def test_setpoint_is_not_written_in_a_mode_that_stays(connect: Connect) -> None:
    heater, unit = await connect(INTESIS)
    heater.refused = set()
    heater.obeys = False
    device = HeaterDevice(unit, INTESIS_TENTHS, settle=0)
    assert await device.write_setpoint(17.5) is Outcome.DIFFERENT
    assert await device.switch(True) is Outcome.DIFFERENT
    assert {address for _, address, _ in heater.writes} == {1}


async def test_other_modes_that_heat_are_left_alone(connect: Connect) -> None:
    cells = {
        ("holding", 1001): 1,
        ("holding", 1002): 3,
        ("holding", 1004): 2000,
        ("input", 208): 0xFE0C,
        ("input", 1203): 1875,
    }
    heater, unit = await connect(cells)
    device = HeaterDevice(unit, NILAN_CTS602)
    state = await device.read()
    assert (state.outdoor, state.room, state.is_heat_mode) == (-5, 18.75, True)
    assert await device.write_setpoint(8) is Outcome.KEPT
    assert heater.writes == [(16, 1004, [800])]


async def test_setpoint_of_the_water_is_left_alone(connect: Connect) -> None:
    cells = {
        ("coil", 0): 1,
        ("holding", 0): 4,
        ("holding", 1): 0,
        ("holding", 2): 350,
        ("holding", 3): 201,
        ("input", 12): 0xFFD8,
    }
    heater, unit = await connect(cells)
    device = HeaterDevice(unit, LG_THERMA_V)
    with pytest.raises(WaterSetpointError):
        await device.write_setpoint(20)
    assert heater.writes == []
    heater.cells["holding", 1] = 2
    assert await device.write_setpoint(20) is Outcome.KEPT
    state = await device.read()
    assert (state.outdoor, state.is_on, state.is_for_room) == (-4, True, True)


async def test_read_and_write_may_be_elsewhere(connect: Connect) -> None:
    cells = {("holding", at): 0 for at in range(14)}
    heater, unit = await connect(cells | {("holding", 0): 0xA5, ("holding", 4): 42})
    heater.on_write = lambda table, at, value: heater.cells.update({(table, at - 9): value})
    device = HeaterDevice(unit, BECA)
    assert await device.write_setpoint(8.5) is Outcome.KEPT
    assert await device.switch(False) is Outcome.KEPT
    assert heater.writes == [(6, 13, [17]), (6, 9, [0x5A])]
    assert (await device.read()).is_on is False


async def test_tenths_of_fahrenheit(connect: Connect) -> None:
    factor, zero = scale("0.1 °F", "temperature")
    setpoint = Number(space=Space.HOLDING, address=10, factor=factor, zero=zero)
    heater, unit = await connect({("holding", 10): 698})
    device = HeaterDevice(unit, _plain(setpoint=setpoint))
    assert (await device.read()).setpoint == 21
    assert await device.write_setpoint(8) is Outcome.KEPT
    assert heater.writes == [(6, 10, [464])]
    assert (await device.read()).setpoint == 8
    assert await device.write_setpoint(20.3) is Outcome.KEPT
    assert heater.writes[-1] == (6, 10, [685])


async def test_number_in_two_registers_is_written_at_once(connect: Connect) -> None:
    setpoint = Number(space=Space.HOLDING, address=10, kind=WordType.F32, low_word_first=True)
    heater, unit = await connect({("holding", 10): 0, ("holding", 11): 0x41A8})
    device = HeaterDevice(unit, _plain(setpoint=setpoint))
    assert (await device.read()).setpoint == 21
    assert await device.write_setpoint(8.5) is Outcome.KEPT
    assert heater.writes == [(16, 10, [0, 0x4108])]
    heater.answers = {16: ExcCodes.ILLEGAL_FUNCTION}
    assert await device.write_setpoint(9) is Outcome.REFUSED


async def test_relay(connect: Connect) -> None:
    heater, unit = await connect(COILS)
    device = HeaterDevice(unit, WAVESHARE_RELAY.at(3))
    assert await device.read() == DeviceState(is_on=False)
    assert await device.switch(True, seconds=60) is Outcome.KEPT
    assert heater.writes == [(5, 3, [1])]
    assert (await device.read()).is_on
    heater.answers = {5: ExcCodes.ILLEGAL_FUNCTION}
    assert await device.switch(False) is Outcome.KEPT
    assert heater.writes[-1] == (15, 3, [0])
    with pytest.raises(NotWritableError):
        await device.write_setpoint(20)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(None, 0x0100), (10, 0x060A), (3600, 0x06FF), (0, 0x0601), (59.6, 0x063C)],
)
async def test_relay_that_goes_off_by_itself(
    connect: Connect, seconds: float | None, written: int
) -> None:
    heater, unit = await connect({("holding", at): 0 for at in range(1, 9)})
    heater.on_write = lambda table, at, value: heater.cells.update(
        {(table, at): int(value >> 8 != 2)}
    )
    device = HeaterDevice(unit, R421A08_RELAY.at(7))
    assert await device.switch(True, seconds=seconds) is Outcome.KEPT
    assert heater.writes == [(6, 8, [written])]
    assert (await device.read()).is_on
    assert await device.switch(False, seconds=seconds) is Outcome.KEPT
    assert heater.writes[-1] == (6, 8, [0x0200])


async def test_thermostat_without_a_switch(connect: Connect) -> None:
    _, unit = await connect(PLAIN)
    with pytest.raises(HeaterError):
        await HeaterDevice(unit, _plain()).switch(True)


async def test_what_is_there_is_written_once_more(connect: Connect) -> None:
    heater, unit = await connect(PLAIN)
    device = HeaterDevice(unit, _plain())
    assert await device.rewrite() is Outcome.KEPT
    assert heater.writes == [(6, 10, [210])]
    heater.cells["holding", 10] = 450
    with pytest.raises(SetpointRangeError):
        await device.rewrite()
    heater.refused = {("holding", 10)}
    with pytest.raises(ModbusError):
        await device.rewrite()
    assert len(heater.writes) == 1


async def test_nothing_there_is_not_written(connect: Connect) -> None:
    heater, unit = await connect(INTESIS | {("holding", 4): 0x8000})
    with pytest.raises(NotWritableError):
        await HeaterDevice(unit, INTESIS_TENTHS).rewrite()
    with pytest.raises(NotWritableError):
        await HeaterDevice(unit, _plain(setpoint=None)).rewrite()
    assert heater.writes == []
