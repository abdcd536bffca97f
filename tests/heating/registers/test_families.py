"""The tables of the families, written down once more from their sources, and read by ours."""

from typing import Final

import pytest

from custom_components.lumme_energy.heating.registers.device import DeviceState, HeaterDevice
from custom_components.lumme_energy.heating.registers.families import FAMILIES
from custom_components.lumme_energy.heating.registers.profile import Function, HeaterProfile
from custom_components.lumme_energy.modbus_registers.blocks import Space
from custom_components.lumme_energy.modbus_registers.planner import WHOLE_SPACE

from .conftest import Connect
from .heater import Cells

# What the registers of each hold, and what its maker or a driver in use says that this means.
TABLES: Final[dict[str, tuple[Cells, DeviceState]]] = {
    "beca": (
        {("holding", 0): 0x5A, ("holding", 3): 37, ("holding", 4): 42},
        DeviceState(is_on=False, room=18.5, setpoint=21),
    ),
    "daikin_homehub": (
        {("holding", 3): 1, ("holding", 5): 21},
        DeviceState(is_on=True, setpoint=21),
    ),
    "hysen_hy": (
        {
            ("holding", 0): 0b1000_0001,
            ("holding", 1): 0x252A,
            ("holding", 2): 0,
            ("holding", 3): 0x2A02,
            ("holding", 4): 0x2305,
        },
        DeviceState(is_on=True, is_heating=False, room=18.5, setpoint=21, most=35, least=5),
    ),
    "intesis_tenths": (
        {("holding", 0): 1, ("holding", 1): 1, ("holding", 4): 215, ("holding", 5): 0x8000},
        DeviceState(is_on=True, is_heat_mode=True, setpoint=21.5),
    ),
    "intesis_whole": (
        {("holding", 0): 0, ("holding", 1): 4, ("holding", 4): 21, ("holding", 5): 0xFFFB},
        DeviceState(is_on=False, is_heat_mode=False, setpoint=21, room=-5),
    ),
    "lg_therma_v": (
        {
            ("coil", 0): 1,
            ("holding", 0): 3,
            ("holding", 1): 2,
            ("holding", 2): 210,
            ("holding", 3): 205,
            ("input", 12): 0xFF38,
        },
        DeviceState(
            is_on=True, is_heat_mode=True, is_for_room=True, setpoint=21, room=20.5, outdoor=-20
        ),
    ),
    "mc6": (
        {("holding", 0): 185, ("holding", 61): 0, ("holding", 64): 210},
        DeviceState(is_on=False, room=18.5, setpoint=21),
    ),
    "nibe_s": (
        {("holding", 206): 210, ("input", 1): 0xFF38},
        DeviceState(setpoint=21, outdoor=-20),
    ),
    "nilan_cts602": (
        {
            ("holding", 1001): 1,
            ("holding", 1002): 2,
            ("holding", 1004): 2100,
            ("input", 208): 0xF830,
            ("input", 1203): 2050,
        },
        DeviceState(is_on=True, is_heat_mode=False, setpoint=21, room=20.5, outdoor=-20),
    ),
    "onokom_air": (
        {("coil", 1): 0, ("holding", 3): 2050, ("holding", 5): 2100},
        DeviceState(is_on=False, room=20.5, setpoint=21),
    ),
    "r421a08_relay": ({("holding", 1): 1}, DeviceState(is_on=True)),
    "thermia_genesis": (
        {("coil", 9): 1, ("holding", 5): 2100, ("input", 121): 205, ("input", 13): 0xF830},
        DeviceState(is_on=True, setpoint=21, room=20.5, outdoor=-20),
    ),
    "waveshare_relay": ({("coil", 0): 1}, DeviceState(is_on=True)),
}


@pytest.mark.parametrize("key", FAMILIES)
async def test_table(connect: Connect, key: str) -> None:
    cells, state = TABLES[key]
    heater, unit = await connect(cells)
    assert await HeaterDevice(unit, FAMILIES[key]).read() == state
    read = {(table, at + n) for table, at, size in heater.reads for n in range(size)}
    assert read <= cells.keys()


@pytest.mark.parametrize("profile", FAMILIES.values(), ids=FAMILIES)
def test_every_family_can_be_used(profile: HeaterProfile) -> None:
    assert FAMILIES[profile.key] is profile
    assert profile.source
    assert not profile.verified
    written = profile.setpoint or profile.is_on
    assert written is not None
    assert written.is_writable
    assert profile.is_relay is (profile.setpoint is None)
    assert profile.lowest < profile.highest
    if profile.setpoint:
        for celsius in (profile.lowest, profile.highest, 21):
            words = profile.setpoint.encoded(celsius)
            held = {(profile.setpoint.space, profile.setpoint.address): words[0]}
            assert profile.setpoint.value(held) == celsius
    assert profile.is_heat_mode is None or profile.is_heat_mode.is_writable


@pytest.mark.parametrize("profile", FAMILIES.values(), ids=FAMILIES)
def test_channels_follow_one_another(profile: HeaterProfile) -> None:
    assert profile.at(0) is profile
    last = profile.at(profile.channels - 1)
    for name, register in last.registers.items():
        first = profile.registers[name]
        assert register.address == first.address + profile.channels - 1
        assert register.block.end <= WHOLE_SPACE
        assert register.target.address - first.target.address == profile.channels - 1
    assert (last.timer is None) == (profile.timer is None)


def test_how_they_are_written_and_found() -> None:
    single = {key for key, profile in FAMILIES.items() if profile.function is Function.SINGLE}
    multiple = {key for key, profile in FAMILIES.items() if profile.function is Function.MULTIPLE}
    assert single == {"hysen_hy", "r421a08_relay"}
    assert multiple == {"mc6", "nilan_cts602"}
    relays = {key for key, profile in FAMILIES.items() if profile.is_relay}
    assert relays == {"waveshare_relay", "r421a08_relay"}
    assert FAMILIES["nilan_cts602"].line == "19200 8E1"
    assert FAMILIES["waveshare_relay"].is_on is not None
    assert FAMILIES["waveshare_relay"].is_on.space is Space.COIL
