"""What presets come to, and within what limits."""

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.heating.model import Preset, ZoneSettings
from custom_components.lumme_energy.heating.targets import highest, is_damp, lowest, target, within

ZONE = ZoneSettings()


@pytest.mark.parametrize(
    ("preset", "setpoint", "key"),
    [
        (Preset.HOME, 21.0, "home"),
        (Preset.ECO, 18.0, "eco"),
        (Preset.AWAY, 10.0, "away"),
        (Preset.FROST, 8.0, "frost_floor"),
    ],
)
def test_presets(preset: Preset, setpoint: float, key: str) -> None:
    """Each preset is what the user set; FROST is the floor."""
    came, reason = target(ZONE, preset, -5.0)
    assert (came, reason.key) == (setpoint, key)
    assert reason.placeholders["setpoint"] == f"{setpoint:.1f}"


@pytest.mark.parametrize(
    ("outdoor", "margin", "humidity", "setpoint", "key"),
    [
        (6.0, 4.0, None, 10.0, "dry"),
        (-10.0, 4.0, None, 8.0, "dry"),
        (6.0, 1.0, None, 9.0, "dry"),
        (6.0, 9.0, None, 11.0, "dry"),
        (6.0, 4.0, 80.0, 11.0, "damp"),
        (6.0, 5.0, 80.0, 11.0, "damp"),
        (None, 4.0, 80.0, 10.0, "dry_unknown_outdoor"),
    ],
)
def test_dry(
    outdoor: float | None, margin: float, humidity: float | None, setpoint: float, key: str
) -> None:
    """DRY is 3 to 5 K above outdoors and never below the floor; unknown weather is base heat."""
    came, reason = target(ZoneSettings(dry_margin=margin), Preset.DRY, outdoor, humidity)
    assert (came, reason.key) == (setpoint, key)


def test_damp_has_hysteresis() -> None:
    """Damp begins at 75 % and ends below 70 %; not knowing leaves it."""
    assert is_damp(75.0, was_damp=False)
    assert not is_damp(74.9, was_damp=False)
    assert is_damp(70.0, was_damp=True)
    assert not is_damp(69.9, was_damp=True)
    assert is_damp(None, was_damp=True)
    assert not is_damp(None, was_damp=False)


@given(
    st.builds(
        ZoneSettings,
        floor=st.floats(5, 15),
        lowest=st.floats(3, 16),
        highest=st.floats(4, 35),
        step=st.sampled_from([0.1, 0.5, 1.0]),
    ),
    st.floats(-50, 60),
)
def test_within(zone: ZoneSettings, celsius: float) -> None:
    """A setpoint is a multiple of the step, above floor and device's least, below the highest."""
    setpoint = within(zone, celsius)
    assert setpoint >= max(zone.floor, zone.lowest) - 1e-6
    assert lowest(zone) <= setpoint <= highest(zone)
    assert setpoint / zone.step == pytest.approx(round(setpoint / zone.step), abs=1e-6)
    if lowest(zone) <= celsius <= highest(zone):
        assert abs(setpoint - celsius) <= zone.step / 2 + 0.01
