"""The forms of a zone, and the words for what a heater says."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    CONF_DEVICE,
    CONF_HOST,
    CONF_NAME,
    CONF_PORT,
    CONF_TYPE,
    UnitOfPower,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..const import DOMAIN
from ..heating.model import FLOOR, Preset, ZoneSettings
from ..heating.registers.probe import Finding, Verdict
from ..heating.registers.profile import NUMBERS, HeaterProfile
from ..modbus_link import CONF_LINE, CONF_UNIT_ID, DEFAULT_PORT, FRAMES, LINES, TYPE_TCP, UNIT_ID
from .flow import number, sensor
from .settings import (
    CONF_AWAY_PRESET,
    CONF_BOOST_HOURS,
    CONF_CHANNEL,
    CONF_DRY_MARGIN,
    CONF_FLOOR,
    CONF_HIGHEST,
    CONF_HUMIDITY,
    CONF_POWER,
    CONF_RATED_POWER,
    CONF_ROOM,
    TEMPERATURES,
)

SECTION: Final = "more"
DEFAULTS: Final = ZoneSettings()
AWAY_PRESETS: Final = (Preset.AWAY, Preset.FROST, Preset.DRY)
UNITS: Final = {"temperature": "°C", "humidity": "%", "power": "W"}


def _celsius(least: float, most: float) -> Any:
    return number(least, most, UnitOfTemperature.CELSIUS, 0.5)


def link_schema(profile: HeaterProfile, *, is_serial: bool) -> probatio.Schema:
    """Return the form of a link, filled in with what the heater has when it is new."""
    fields: dict[Any, Any]
    if is_serial:
        line = SelectSelectorConfig(
            options=[*LINES], custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
        fields = {
            probatio.Required(CONF_DEVICE): SerialPortSelector(),
            probatio.Required(CONF_LINE, default=profile.line or LINES[0]): SelectSelector(line),
        }
    else:
        fields = {
            probatio.Required(CONF_HOST): TextSelector(),
            probatio.Required(CONF_PORT, default=DEFAULT_PORT): cv.port,
            probatio.Required(CONF_TYPE, default=TYPE_TCP): FRAMES,
        }
    fields[probatio.Required(CONF_UNIT_ID, default=profile.unit_id)] = UNIT_ID
    if profile.channels > 1:
        fields[probatio.Required(CONF_CHANNEL, default=1)] = number(1, profile.channels)
    return probatio.Schema(fields)


def zone_schema(*, is_relay: bool) -> probatio.Schema:
    """Return the form of a zone; a heater without a thermostat needs somebody to tell the room."""
    room = probatio.Required if is_relay else probatio.Optional
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME): TextSelector(),
            room(CONF_ROOM): sensor(SensorDeviceClass.TEMPERATURE),
            probatio.Required(CONF_FLOOR, default=FLOOR): _celsius(5, 15),
            **{
                probatio.Required(preset, default=celsius): _celsius(5, 30)
                for preset, celsius in TEMPERATURES.items()
            },
            probatio.Optional(CONF_RATED_POWER): number(50, 30000, UnitOfPower.WATT),
            probatio.Required(SECTION): section(
                probatio.Schema(
                    {
                        probatio.Required(CONF_HIGHEST, default=DEFAULTS.highest): _celsius(10, 35),
                        probatio.Required(
                            CONF_AWAY_PRESET, default=DEFAULTS.away_preset.value
                        ): SelectSelector(
                            SelectSelectorConfig(
                                options=[*AWAY_PRESETS], translation_key=CONF_AWAY_PRESET
                            )
                        ),
                        probatio.Required(CONF_DRY_MARGIN, default=DEFAULTS.dry_margin): number(
                            3, 5, "K", 0.5
                        ),
                        probatio.Required(
                            CONF_BOOST_HOURS, default=DEFAULTS.boost_for.total_seconds() / 3600
                        ): number(0.5, 12, UnitOfTime.HOURS, 0.5),
                        probatio.Optional(CONF_POWER): sensor(SensorDeviceClass.POWER),
                        probatio.Optional(CONF_HUMIDITY): sensor(SensorDeviceClass.HUMIDITY),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def objections(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what contradicts itself among a zone's temperatures."""
    if told[CONF_HIGHEST] < told[CONF_FLOOR]:
        yield CONF_FLOOR, "floor_above_highest"
        return
    for preset in TEMPERATURES:
        if told[preset] < told[CONF_FLOOR]:
            yield preset, "below_floor"
        elif told[preset] > told[CONF_HIGHEST]:
            yield preset, "above_highest"


async def async_told(hass: HomeAssistant, findings: Iterable[Finding]) -> str:
    """Return a line for each register: what it is said to be, and what it holds."""
    texts = await async_get_translations(hass, hass.config.language, "selector", {DOMAIN})

    def word(selector: str, key: str) -> str:
        return texts[f"component.{DOMAIN}.selector.{selector}.options.{key}"]

    lines = []
    for finding in findings:
        told = word("verdict", finding.verdict)
        if finding.value is not None:
            told = (
                f"{finding.value:g} {UNITS[NUMBERS[finding.name]]}"
                if finding.name in NUMBERS
                else word("yes_no", "yes" if finding.value else "no")
            )
            if finding.verdict is not Verdict.PLAUSIBLE:
                told += f" ({word('verdict', finding.verdict)})"
        lines.append(f"- {word('heater_register', finding.name)}: **{told}**")
    return "\n".join(lines)
