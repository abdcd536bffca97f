"""What the presets come to: setpoints that a zone may have, never below its floor."""

from math import ceil, floor
from typing import Final

from .model import Preset, Reason, ZoneSettings
from .reasons import Because, because

# Less than 3 K above outdoors the air indoors is nearly as damp as it is outside; more than 5 K is
# heating, not drying.
LEAST_DRY: Final = 3.0
MOST_DRY: Final = 5.0
# From here on damp is near what mould needs (80 %); a kelvin more brings it down by some 5 %.
DAMP: Final = 75.0
NOT_DAMP: Final = 70.0
DAMP_EXTRA: Final = 1.0
# So little that a device's rounding does not look like another setpoint.
SAME: Final = 0.1

_PLAIN: Final = {
    Preset.HOME: Because.HOME,
    Preset.ECO: Because.ECO,
    Preset.AWAY: Because.AWAY,
    Preset.FROST: Because.FROST_FLOOR,
}


def lowest(settings: ZoneSettings) -> float:
    """Return the least setpoint of a zone: its floor, as the device can have it."""
    least = max(settings.floor, settings.lowest)
    return round(ceil(round(least / settings.step, 6)) * settings.step, 2)


def highest(settings: ZoneSettings) -> float:
    """Return the highest setpoint of a zone; that is its floor where limits contradict each other."""
    most = floor(round(settings.highest / settings.step, 6)) * settings.step
    return max(lowest(settings), round(most, 2))


def within(settings: ZoneSettings, celsius: float) -> float:
    """Return the setpoint nearest to a wish that a zone may have."""
    rounded = round(round(celsius / settings.step) * settings.step, 2)
    return min(max(rounded, lowest(settings)), highest(settings))


def is_same(one: float, other: float) -> bool:
    """Whether two setpoints are one and the same."""
    return abs(one - other) < SAME


def is_damp(humidity: float | None, *, was_damp: bool) -> bool:
    """Whether a room's air is so damp that it is to be drier; unknown leaves it as it was."""
    if humidity is None:
        return was_damp
    return humidity >= (NOT_DAMP if was_damp else DAMP)


def target(
    settings: ZoneSettings, preset: Preset, outdoor: float | None, humidity: float | None = None
) -> tuple[float, Reason]:
    """Return what a preset comes to, and why.

    Args:
        settings: Of the zone.
        preset: Any but one that lapses: for how long BOOST lasts, the zone tells.
        outdoor: What DRY goes by; without it, DRY is the base heat.
        humidity: The room's, if its air is damp.

    """
    if preset is Preset.DRY and outdoor is not None:
        margin = min(max(settings.dry_margin, LEAST_DRY), MOST_DRY)
        if humidity is None:
            setpoint = within(settings, outdoor + margin)
            return setpoint, because(Because.DRY, setpoint=setpoint, outdoor=outdoor)
        setpoint = within(settings, outdoor + min(margin + DAMP_EXTRA, MOST_DRY))
        return setpoint, because(
            Because.DAMP, setpoint=setpoint, outdoor=outdoor, humidity=humidity
        )
    if preset is Preset.FROST:
        setpoint = lowest(settings)
    else:
        setpoint = within(
            settings, settings.setpoints[Preset.AWAY if preset is Preset.DRY else preset]
        )
    return setpoint, because(_PLAIN.get(preset, Because.DRY_UNKNOWN_OUTDOOR), setpoint=setpoint)
