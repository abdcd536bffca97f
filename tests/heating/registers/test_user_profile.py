"""A user's own heater: what a file may say, and the words that tell what is wrong with it."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

from hypothesis import given, strategies as st
import pytest
import yaml

from custom_components.lumme_energy.heating.model import Outcome
from custom_components.lumme_energy.heating.registers import user_profile as module
from custom_components.lumme_energy.heating.registers.device import HeaterDevice
from custom_components.lumme_energy.heating.registers.profile import Function
from custom_components.lumme_energy.heating.registers.user_profile import user_profile
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.profile_file import ProfileError
from custom_components.lumme_energy.modbus_registers.words import WordType

from .conftest import Connect

FILE = """
manufacturer: Acme
model: Heater 3
function: holding
word_order: low_first
write: multiple
lowest: 7
highest: 28.5
step: 0.1
max_registers: 20
max_gap: 4
unit_id: 3
registers:
  setpoint: {address: 10, unit: 0.1 °F, write_address: 110}
  room: {address: 11, type: u16, unit: 0.5 °C, mask: 0xFF00, not_a_number: [0xFF]}
  outdoor: {address: 1, type: f32, unit: °C, function: input}
  humidity: {address: 3, unit: 0.1 %, function: input, word_order: high_first}
  power: {address: 4, type: u32, unit: 0.01 kW, function: input}
  is_on: {address: 0, mask: 0x0001, keeps: 0xFF80}
  is_heating: {address: 5, function: discrete}
  is_heat_mode: {address: 2, yes_if: [4, 3], no_if: [0, 1]}
  is_for_room: {address: 7, yes_if: [2], no_if: [0, 1]}
"""

RELAY = """
manufacturer: Acme
model: Relay 4
channels: 4
registers:
  is_on: {address: 1, commands: [0x100, 0x200]}
  timer: {address: 1, type: u16, unit: s, offset: 0x600, longest: 255}
"""


def test_everything_that_can_be_said() -> None:
    profile = user_profile("acme.yaml", yaml.safe_load(FILE))
    assert profile.key == "file:acme.yaml"
    assert (profile.manufacturer, profile.model, profile.source) == (
        "Acme",
        "Heater 3",
        "acme.yaml",
    )
    assert (profile.lowest, profile.highest, profile.step) == (7, 28.5, 0.1)
    assert (profile.max_registers, profile.max_gap, profile.unit_id) == (20, 4, 3)
    assert profile.function is Function.MULTIPLE
    assert not profile.verified
    assert not profile.is_relay
    assert profile.setpoint is not None
    assert profile.setpoint.block == Block(Space.HOLDING, 10, 1)
    assert profile.setpoint.target == Block(Space.HOLDING, 110, 1)
    assert profile.setpoint.kind is WordType.I16
    assert profile.setpoint.factor == Fraction(1, 18)
    assert profile.room is not None
    assert (profile.room.mask, profile.room.not_a_number) == (0xFF00, {0xFF})
    assert profile.outdoor is not None
    assert profile.outdoor.block == Block(Space.INPUT, 1, 2)
    assert profile.outdoor.low_word_first
    assert profile.humidity is not None
    assert not profile.humidity.low_word_first
    assert profile.power is not None
    assert profile.power.factor == 10
    assert profile.is_on is not None
    assert (profile.is_on.mask, profile.is_on.keeps) == (1, 0xFF80)
    assert profile.is_heating is not None
    assert profile.is_heating.block == Block(Space.DISCRETE, 5, 1)
    assert profile.is_heat_mode is not None
    assert (profile.is_heat_mode.yes, profile.is_heat_mode.no) == ((4, 3), (0, 1))
    assert profile.is_for_room is not None


def test_what_may_be_left_out() -> None:
    profile = user_profile(
        "a.json",
        {
            "manufacturer": "Acme",
            "model": "1",
            "registers": {"setpoint": {"address": 1, "unit": "°C"}},
        },
    )
    assert (profile.lowest, profile.highest, profile.step) == (5, 30, 0.5)
    assert (profile.max_registers, profile.max_gap, profile.unit_id) == (125, 1, 1)
    assert profile.function is None
    assert profile.setpoint is not None
    assert profile.setpoint.kind is WordType.I16


async def test_relay_of_the_users_own(connect: Connect) -> None:
    profile = user_profile("relay.yaml", yaml.safe_load(RELAY))
    assert profile.is_relay
    heater, unit = await connect({("holding", at): 0 for at in range(1, 5)})
    heater.on_write = lambda table, at, value: heater.cells.update(
        {(table, at): int(value >> 8 != 2)}
    )
    device = HeaterDevice(unit, profile.at(2))
    assert await device.switch(True, seconds=30) is Outcome.KEPT
    assert await device.switch(False) is Outcome.KEPT
    assert heater.writes == [(6, 3, [0x061E]), (6, 3, [0x0200])]


def test_the_example_in_the_documentation_is_right() -> None:
    assert module.__doc__ is not None
    example = module.__doc__.split("JSON:\n")[1].split("\n\n`yes_if`")[0]
    profile = user_profile("example.yaml", yaml.safe_load(example))
    assert profile.registers.keys() == {"setpoint", "room", "is_on", "is_heat_mode"}


_LEFT_OUT = object()


@pytest.mark.parametrize(
    ("path", "value", "key", "allowed"),
    [
        ("manufacturer", _LEFT_OUT, "manufacturer", '"…"'),
        ("model", 3, "model", '"…"'),
        ("function", "coils", "function", "holding | input | coil | discrete"),
        ("word_order", "little", "word_order", "high_first | low_first"),
        ("write", 6, "write", "single | multiple"),
        ("lowest", "5", "lowest", "0…40"),
        ("lowest", -1, "lowest", "0…40"),
        ("highest", 41, "highest", "0…40"),
        ("highest", float("nan"), "highest", "0…40"),
        ("highest", 7, "highest", "7…40"),
        ("step", 0, "step", "0.1…5"),
        ("channels", 0, "channels", "1…64"),
        ("max_gap", 0, "max_gap", "1…120"),
        ("max_registers", 126, "max_registers", "2…125"),
        ("unit_id", 256, "unit_id", "0…255"),
        ("colour", "red", "colour", "manufacturer | model | function"),
        ("registers", _LEFT_OUT, "registers", "{…: …}"),
        ("registers", [], "registers", "{…: …}"),
        ("registers", {}, "registers", "setpoint | is_on"),
        ("registers", {"room": {"address": 1, "unit": "°C"}}, "registers", "setpoint | is_on"),
        ("registers.heat", {}, "registers.heat", "setpoint | room | outdoor"),
        ("registers.setpoint", 10, "registers.setpoint", "{…: …}"),
        ("registers.setpoint.address", _LEFT_OUT, "registers.setpoint.address", "0…65535"),
        ("registers.outdoor.address", 65535, "registers.outdoor.address", "0…65534"),
        ("registers.setpoint.type", "t5", "registers.setpoint.type", "u16 | i16 | u32"),
        ("registers.setpoint.unit", _LEFT_OUT, "registers.setpoint.unit", "°C | °F | 0.1 °C"),
        ("registers.setpoint.unit", "W", "registers.setpoint.unit", "°C | °F | 0.1 °C"),
        ("registers.setpoint.unit", "0.0001 °C", "registers.setpoint.unit", "i16"),
        ("registers.power.unit", "°C", "registers.power.unit", "W | kW | 0.1 W"),
        ("registers.setpoint.function", "coil", "registers.setpoint.function", "holding | input"),
        ("registers.room.mask", 0, "registers.room.mask", "1…65535"),
        ("registers.setpoint.mask", 255, "registers.setpoint.mask", "address | type"),
        ("registers.room.not_a_number", [1 << 16], "registers.room.not_a_number", "[0…0xffff]"),
        ("registers.room.not_a_number", 5, "registers.room.not_a_number", "[0…0xffff]"),
        ("registers.room.scale", 0.1, "registers.room.scale", "address | type"),
        ("registers.is_on.keeps", 1 << 16, "registers.is_on.keeps", "0…65535"),
        ("registers.is_on.yes_if", [2], "registers.is_on.yes_if", "[0…0x1]"),
        ("registers.is_on.yes_if", [], "registers.is_on.yes_if", "[0…0x1]"),
        (
            "registers.is_heat_mode.no_if",
            [3],
            "registers.is_heat_mode.no_if",
            "[0…0xffff] ≠ [4, 3]",
        ),
        ("registers.is_heat_mode.no_if", [], "registers.is_heat_mode.no_if", "[0…0xffff] ≠ [4, 3]"),
        ("registers.is_heat_mode.commands", [1], "registers.is_heat_mode.commands", "[0…0xffff, "),
        (
            "registers.is_heat_mode.function",
            "input",
            "registers.is_heat_mode.write_address",
            "0…65535",
        ),
        (
            "registers.setpoint",
            {"address": 1, "unit": "°C", "function": "input"},
            "registers.setpoint.write_address",
            "0…65535",
        ),
    ],
)
def test_mistakes_are_named(path: str, value: Any, key: str, allowed: str) -> None:
    data = yaml.safe_load(FILE)
    _put(data, path, value)
    with pytest.raises(ProfileError) as raised:
        user_profile("acme.yaml", data)
    assert raised.value.file == "acme.yaml"
    assert raised.value.key == key
    assert allowed in raised.value.allowed


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("registers.is_on.function", "discrete", "registers.is_on.commands"),
        (
            "registers.is_on",
            {"address": 1, "function": "discrete"},
            "registers.is_on.write_address",
        ),
        ("registers.is_on.address", 65533, "registers.is_on.address"),
        ("registers.timer.longest", _LEFT_OUT, "registers.timer.longest"),
        ("registers.timer.longest", 65535, "registers.timer.longest"),
        ("registers.timer.offset", -1, "registers.timer.offset"),
        ("registers.timer.unit", "°C", "registers.timer.unit"),
        ("registers.timer.function", "input", "registers.timer.write_address"),
    ],
)
def test_mistakes_of_relays_are_named(path: str, value: Any, key: str) -> None:
    data = yaml.safe_load(RELAY)
    _put(data, path, value)
    with pytest.raises(ProfileError) as raised:
        user_profile("relay.yaml", data)
    assert raised.value.key == key


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_no_mapping_at_all(data: Any) -> None:
    with pytest.raises(ProfileError, match=r"a\.yaml: all of it: allowed is \{…: …\}"):
        user_profile("a.yaml", data)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
PLACES = [
    "manufacturer",
    "function",
    "write",
    "lowest",
    "highest",
    "step",
    "channels",
    "registers",
    "registers.setpoint",
    "registers.setpoint.address",
    "registers.setpoint.type",
    "registers.setpoint.unit",
    "registers.room.mask",
    "registers.room.not_a_number",
    "registers.is_on",
    "registers.is_on.yes_if",
    "registers.is_heat_mode.commands",
    "registers.timer",
]


@given(st.sampled_from(PLACES), JUNK)
def test_junk_is_a_profile_error_or_a_profile_that_can_be_written(path: str, junk: Any) -> None:
    data = deepcopy(yaml.safe_load(FILE))
    _put(data, path, junk)
    try:
        profile = user_profile("acme.yaml", data)
    except ProfileError as err:
        assert err.allowed  # noqa: PT017
        return
    if profile.setpoint:
        assert profile.setpoint.encoded(profile.lowest)
        assert profile.setpoint.encoded(profile.highest)
    if profile.is_on:
        assert profile.is_on.encoded(True) != profile.is_on.encoded(False)


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    """Put a value where a path leads to, or take away what is there."""
    *parents, last = path.split(".")
    place: Any = data
    for parent in parents:
        place = place[parent]
    if value is _LEFT_OUT:
        del place[last]
    else:
        place[last] = value
