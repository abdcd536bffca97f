"""What the user says of a house and of its zones, as it is kept and as the rules take it."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from ..heating.model import Preset, SiteSettings, ZoneSettings

ZONE: Final = "zone"

# Of the house. Entities are kept by what outlasts their renaming.
CONF_PRESENCE: Final = "presence"
CONF_OUTDOOR: Final = "outdoor"
CONF_WEATHER: Final = "weather"
CONF_TURN_DOWN_AFTER: Final = "turn_down_after"
CONF_POWER: Final = "power"
CONF_PRICE: Final = "price"
CONF_FUSE: Final = "fuse"
CONF_PHASES: Final = "phases"
CONF_QUARTER: Final = "quarter"
CONF_MONTH_PEAK: Final = "month_peak"
CONF_BASE_LOAD: Final = "base_load"
CONF_INTERVAL: Final = "interval"
# The device of the bridge that the heaters are wired to.
CONF_BRIDGE: Final = "bridge"

# Of a zone.
CONF_WAY: Final = "way"
CONF_TARGET: Final = "target"
CONF_PROFILE: Final = "profile"
CONF_CHANNEL: Final = "channel"
CONF_FUNCTION: Final = "function"
CONF_ROOM: Final = "room"
CONF_HUMIDITY: Final = "humidity"
CONF_RATED_POWER: Final = "rated_power"
CONF_FLOOR: Final = "floor"
CONF_HIGHEST: Final = "highest"
CONF_AWAY_PRESET: Final = "away_preset"
CONF_DRY_MARGIN: Final = "dry_margin"
CONF_BOOST_HOURS: Final = "boost_hours"

VOLTAGE: Final = 230
DEFAULT_INTERVAL: Final = 30
# A house is told by its presets' temperatures; FROST is the floor, DRY follows the weather.
TEMPERATURES: Final = {
    preset.value: celsius for preset, celsius in ZoneSettings().setpoints.items()
}


class Way(StrEnum):
    """How a zone's heater is told what to do."""

    MODBUS = "modbus"
    SWITCH = "switch"
    CLIMATE = "climate"


SITE_ENTITIES: Final = (
    CONF_OUTDOOR,
    CONF_WEATHER,
    CONF_POWER,
    CONF_PRICE,
    CONF_QUARTER,
    CONF_MONTH_PEAK,
)
ZONE_ENTITIES: Final = (CONF_TARGET, CONF_ROOM, CONF_HUMIDITY, CONF_POWER)


def site_settings(data: Mapping[str, Any]) -> SiteSettings:
    """Return what an entry says of the house; the fuse is told in A for each of its phases."""
    hours, fuse = data.get(CONF_TURN_DOWN_AFTER), data.get(CONF_FUSE)
    return SiteSettings(
        turn_down_after=None if hours is None else timedelta(hours=hours),
        use_prices=CONF_PRICE in data,
        fuse=None if fuse is None else fuse * VOLTAGE * int(data[CONF_PHASES]),
        base_load=data[CONF_BASE_LOAD],
    )


def zone_settings(
    data: Mapping[str, Any], *, lowest: float, highest: float, step: float, is_relay: bool
) -> ZoneSettings:
    """Return what a subentry and the device say of a zone.

    Args:
        data: Of the subentry.
        lowest: The least setpoint that the device takes.
        highest: The highest setpoint that the device takes.
        step: What its setpoints are multiples of.
        is_relay: Whether it has no thermostat of its own.

    """
    return ZoneSettings(
        floor=data[CONF_FLOOR],
        lowest=lowest,
        highest=min(data[CONF_HIGHEST], highest),
        step=step,
        setpoints={Preset(key): data[key] for key in TEMPERATURES},
        dry_margin=data[CONF_DRY_MARGIN],
        boost_for=timedelta(hours=data[CONF_BOOST_HOURS]),
        rated_power=data.get(CONF_RATED_POWER),
        is_relay=is_relay,
        away_preset=Preset(data[CONF_AWAY_PRESET]),
    )
