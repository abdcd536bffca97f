"""What a bridge is told of heaters, for every family: nothing that it would refuse or get wrong."""

from fractions import Fraction
from math import ceil
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.guard import guarded, writable
from custom_components.lumme_energy.heating.model import Preset, ZoneSettings
from custom_components.lumme_energy.heating.registers.families import FAMILIES
from custom_components.lumme_energy.heating.registers.profile import Function, HeaterProfile
from custom_components.lumme_energy.modbus_registers.blocks import Space

# Their setpoint shares its register with something else, is at times that of the water, or is none.
UNGUARDED = {"hysen_hy", "lg_therma_v", "r421a08_relay", "waveshare_relay"}


def settings(profile: HeaterProfile, **more: Any) -> ZoneSettings:
    return ZoneSettings(lowest=profile.lowest, highest=profile.highest, step=profile.step, **more)


@pytest.mark.parametrize("profile", FAMILIES.values(), ids=lambda profile: profile.key)
def test_families(profile: HeaterProfile) -> None:
    zone = guarded(profile, settings(profile), 7, None)
    assert (zone is None) == (profile.key in UNGUARDED)
    rules = writable(profile, 7)
    assert all(rule["first"] <= rule["last"] and rule["min"] <= rule["max"] for rule in rules)
    if zone is None:
        return
    setpoint = profile.setpoint
    assert setpoint is not None
    # A degree is what the profile says that it is.
    fallback = zone["fallback"] * zone["scale"] / 1000
    assert fallback == pytest.approx(
        float(max(Fraction(10), Fraction(profile.lowest)) / setpoint.factor)
    )
    assert zone["register"] == setpoint.target.address
    assert zone["read_register"] == setpoint.address
    assert zone["floor"] <= zone["fallback"] <= zone["highest"]
    # What is guarded can be written for other reasons, too.
    assert any(rule["first"] == zone["register"] for rule in rules)
    for register, _ in zone["before"]:
        assert any(rule["first"] == register and rule["kind"] == Space.HOLDING for rule in rules)


def test_what_must_hold_before_the_setpoint_counts() -> None:
    nilan = guarded(FAMILIES["nilan_cts602"], ZoneSettings(), 30, None)
    assert nilan is not None
    assert nilan["before"] == [[1002, 1], [1001, 1]]
    # What is written elsewhere than it is read cannot be said.
    beca = guarded(FAMILIES["beca"], ZoneSettings(), 1, Function.MULTIPLE)
    assert beca is not None
    assert (beca["before"], beca["register"], beca["read_register"]) == ([], 13, 4)
    assert beca["write"] == 16


def test_relays_may_be_switched() -> None:
    (coil,) = writable(FAMILIES["waveshare_relay"].at(2), 4)
    assert coil == {"unit": 4, "kind": "coil", "first": 2, "last": 2, "min": 0, "max": 65535}
    (register,) = writable(FAMILIES["r421a08_relay"], 4)  # the switch and the timer are one
    assert register["first"] == 1


@given(
    floor=st.integers(10, 30).map(lambda half: half / 2),
    away=st.integers(10, 60).map(lambda half: half / 2),
    preset=st.sampled_from([Preset.AWAY, Preset.FROST, Preset.DRY]),
    step=st.sampled_from([0.1, 0.5, 1.0]),
)
def test_fallback_is_never_below_the_floor(
    floor: float, away: float, preset: Preset, step: float
) -> None:
    wished = {**ZoneSettings().setpoints, Preset.AWAY: away}
    zone = guarded(
        FAMILIES["mc6"],
        ZoneSettings(floor=floor, setpoints=wished, away_preset=preset, step=step, highest=35),
        1,
        None,
    )
    assert zone is not None
    assert zone["floor"] <= zone["fallback"] <= zone["highest"]
    if preset is Preset.FROST:
        assert zone["fallback"] == pytest.approx(1000 * ceil(floor / step - 1e-9) * step)
    else:
        assert zone["fallback"] >= 1000 * away
