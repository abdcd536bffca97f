"""A user's own profile: what it may say, and the words that tell what is wrong with it."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from hypothesis import given, strategies as st
import pytest
import yaml

from custom_components.lumme_energy.metering.modbus.profile import Block, Space
from custom_components.lumme_energy.metering.modbus.user_profile import ProfileError, user_profile

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
        ("manufacturer", _LEFT_OUT, "manufacturer", "a text; it is missing"),
        ("model", 3, "model", "a text"),
        ("model", " ", "model", "a text"),
        ("function", "coil", "function", "one of holding, input"),
        ("function", ["input"], "function", "one of holding, input"),
        ("word_order", "little", "word_order", "one of high_first, low_first"),
        ("max_registers", 126, "max_registers", "a whole number from 4 to 125"),
        ("max_registers", "60", "max_registers", "a whole number from 4 to 125"),
        ("max_gap", True, "max_gap", "a whole number from 0 to 120"),
        ("colour", "red", "colour", "left out; allowed keys are manufacturer, model"),
        ("registers", _LEFT_OUT, "registers", "a mapping of measures to registers; it is missing"),
        ("registers", [], "registers", "a mapping of keys to values"),
        ("registers", {}, "registers", "at least one of power, power_import"),
        ("registers.volts", {}, "registers.volts", "named one of power"),
        ("registers.power", 52, "registers.power", "a mapping of keys to values"),
        ("registers.power.address", _LEFT_OUT, "registers.power.address", "it is missing"),
        ("registers.power.address", 65535, "registers.power.address", "from 0 to 65534"),
        ("registers.power.address", "52", "registers.power.address", "a whole number"),
        ("registers.power.type", "float", "registers.power.type", "one of u16, i16"),
        ("registers.power.type", _LEFT_OUT, "registers.power.type", "it is missing"),
        ("registers.power.unit", "V", "registers.power.unit", "one of W, kW, with a number before"),
        ("registers.power.unit", _LEFT_OUT, "registers.power.unit", "it is missing"),
        ("registers.power_factor.unit", "x", "registers.power_factor.unit", "such as 0.001"),
        ("registers.power.function", 4, "registers.power.function", "one of holding, input"),
        ("registers.power.word_order", 1, "registers.power.word_order", "one of high_first"),
        (
            "registers.power.exponent_address",
            -1,
            "registers.power.exponent_address",
            "a whole number from 0 to 65535",
        ),
        ("registers.power.not_a_number", 5, "registers.power.not_a_number", "a list of bit patt"),
        (
            "registers.power.not_a_number",
            [1 << 32],
            "registers.power.not_a_number",
            "from 0 to 0xffffffff",
        ),
        ("registers.power.scale", 0.1, "registers.power.scale", "left out; allowed keys are type"),
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
    assert str(raised.value).startswith(f"acme.yaml: {key} must be ")


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_no_mapping_at_all(data: Any) -> None:
    with pytest.raises(ProfileError, match=r"a\.yaml: the file must be a mapping"):
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
