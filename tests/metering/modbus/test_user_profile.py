"""A user's own profile: what it may say, and the words that tell what is wrong with it."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st
import pytest
import yaml

from custom_components.lumme_energy.metering.modbus.user_profile import user_profile
from custom_components.lumme_energy.modbus_registers.blocks import Block, Space
from custom_components.lumme_energy.modbus_registers.profile_file import ProfileError

FILE = """
manufacturer: Acme
model: Meter 3
function: input
word_order: low_first
max_registers: 60
max_gap: 4
registers:
  voltage_l1: {address: 0, type: f32, unit: V}
  power: {address: 52, type: i32, unit: -0.1 W}
  energy_import: {address: 72, type: u32, unit: 0.1 kWh, not_a_number: [0xFFFFFFFF]}
  power_factor: {address: 80, type: i16, unit: 0.001, function: holding, word_order: high_first}
  energy_export: {address: 90, type: u32, unit: Wh, exponent_address: 92}
"""


def test_everything_that_can_be_said() -> None:
    profile = user_profile("acme.yaml", yaml.safe_load(FILE))
    assert profile.key == "file:acme.yaml"
    assert (profile.manufacturer, profile.model) == ("Acme", "Meter 3")
    assert (profile.max_registers, profile.max_gap) == (60, 4)
    assert not profile.verified
    registers = {register.measure.forward.value: register for register in profile.registers}
    assert registers["voltage_l1"].blocks == (Block(Space.INPUT, 0, 2),)
    assert registers["voltage_l1"].low_word_first
    assert registers["power_import"].factor == Decimal("-0.0001")
    assert registers["energy_import"].not_a_number == {0xFFFF_FFFF}
    assert registers["power_factor"].space is Space.HOLDING
    assert not registers["power_factor"].low_word_first
    assert registers["power_factor"].factor == Decimal("0.001")
    assert registers["energy_export"].exponent_at == 92


def test_what_may_be_left_out() -> None:
    profile = user_profile(
        "a.yaml",
        {
            "manufacturer": "Acme",
            "model": "1",
            "registers": {"power_factor": {"address": 1, "type": "i16"}},
        },
    )
    assert (profile.max_registers, profile.max_gap) == (125, 16)
    assert profile.registers[0].space is Space.HOLDING
    assert profile.registers[0].factor == 1


_LEFT_OUT = object()


@pytest.mark.parametrize(
    ("path", "value", "key", "allowed"),
    [
        ("manufacturer", _LEFT_OUT, "manufacturer", '"…"'),
        ("model", 3, "model", '"…"'),
        ("model", " ", "model", '"…"'),
        ("function", "coil", "function", "holding | input"),
        ("function", ["input"], "function", "holding | input"),
        ("word_order", "little", "word_order", "high_first | low_first"),
        ("max_registers", 126, "max_registers", "4…125"),
        ("max_registers", "60", "max_registers", "4…125"),
        ("max_gap", True, "max_gap", "0…120"),
        ("colour", "red", "colour", "manufacturer | model | function"),
        ("registers", _LEFT_OUT, "registers", "{…: …}"),
        ("registers", [], "registers", "{…: …}"),
        ("registers", {}, "registers", "power | power_import"),
        ("registers.volts", {}, "registers.volts", "power | power_import"),
        ("registers.power", 52, "registers.power", "{…: …}"),
        ("registers.power.address", _LEFT_OUT, "registers.power.address", "0…65534"),
        ("registers.power.address", 65535, "registers.power.address", "0…65534"),
        ("registers.power.address", "52", "registers.power.address", "0…65534"),
        ("registers.power.type", "float", "registers.power.type", "u16 | i16"),
        ("registers.power.type", _LEFT_OUT, "registers.power.type", "u16 | i16"),
        ("registers.power.unit", "V", "registers.power.unit", "W | kW | 0.1 W"),
        ("registers.power.unit", _LEFT_OUT, "registers.power.unit", "W | kW"),
        ("registers.power_factor.unit", "x", "registers.power_factor.unit", "0.001"),
        ("registers.power.function", 4, "registers.power.function", "holding | input"),
        ("registers.power.word_order", 1, "registers.power.word_order", "high_first"),
        (
            "registers.power.exponent_address",
            -1,
            "registers.power.exponent_address",
            "0…65535",
        ),
        ("registers.power.not_a_number", 5, "registers.power.not_a_number", "[0…0xffffffff]"),
        (
            "registers.power.not_a_number",
            [1 << 32],
            "registers.power.not_a_number",
            "[0…0xffffffff]",
        ),
        ("registers.power.scale", 0.1, "registers.power.scale", "type | address"),
    ],
)
def test_mistakes_are_named(path: str, value: Any, key: str, allowed: str) -> None:
    data = yaml.safe_load(FILE)
    *parents, last = path.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    if value is _LEFT_OUT:
        del place[last]
    else:
        place[last] = value
    with pytest.raises(ProfileError) as raised:
        user_profile("acme.yaml", data)
    assert raised.value.file == "acme.yaml"
    assert raised.value.key == key
    assert allowed in raised.value.allowed
    assert str(raised.value).startswith(f"acme.yaml: {key}: allowed is ")


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
    "max_gap",
    "registers",
    "registers.power",
    "registers.power.address",
    "registers.power.type",
    "registers.power.unit",
    "registers.power.not_a_number",
    "registers.power_factor.unit",
]


@given(st.sampled_from(PLACES), JUNK)
def test_junk_is_a_profile_error_or_a_profile(path: str, junk: Any) -> None:
    data = deepcopy(yaml.safe_load(FILE))
    *parents, last = path.split(".")
    place = data
    for parent in parents:
        place = place[parent]
    place[last] = junk
    try:
        user_profile("acme.yaml", data)
    except ProfileError as err:
        assert err.allowed  # noqa: PT017
