"""How a zone's heater is read and told: over Modbus, as a switch, or as somebody else's thermostat.

A driver never decides anything. It says what it sees, carries out a command, and says what became
of that. It raises nothing: a heater that does not answer is a fact, not an error.
"""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, override

from homeassistant.components.climate.const import (
    ATTR_CURRENT_HUMIDITY,
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_ACTION,
    ATTR_HVAC_MODE,
    ATTR_HVAC_MODES,
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_TARGET_TEMP_STEP,
    DOMAIN as CLIMATE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_TEMPERATURE,
    HVACAction,
    HVACMode,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_TEMPERATURE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_ON,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import TemperatureConverter
from probatio import Invalid

from ..const import LOGGER
from ..entity_ids import entity_id_of
from ..heating.model import Command, Outcome, ZoneSeen
from .states import celsius, known, number

# Seconds that an integration may take to carry out a command and to show that it has.
PATIENCE: Final = 10.0
HEATING_ACTIONS: Final = {HVACAction.HEATING, HVACAction.PREHEATING}
# Modes in which a thermostat heats, best first.
HEATING_MODES: Final = (HVACMode.HEAT, HVACMode.HEAT_COOL, HVACMode.AUTO)
UNREACHABLE: Final = ZoneSeen(is_reachable=False)


class Driver(ABC):
    """A zone's heater.

    Attributes:
        lowest: The least setpoint that it takes, in °C.
        highest: The highest.
        step: What its setpoints are multiples of.
        is_relay: Whether it has no thermostat of its own.
        manufacturer: Who made it, if we know.
        model: What it is, if we know.

    """

    lowest: float = 5.0
    highest: float = 30.0
    step: float = 0.5
    is_relay: bool = False
    manufacturer: str | None = None
    model: str | None = None

    @abstractmethod
    async def async_read(self) -> ZoneSeen:
        """Return what there is to see of the heater now."""

    @abstractmethod
    async def async_apply(self, command: Command) -> Outcome:
        """Tell the heater, and return what became of it as far as the heater shows it."""


class NoDriver(Driver):
    """A heater that cannot be driven as things are; the reason is a repair."""

    @override
    async def async_read(self) -> ZoneSeen:
        return UNREACHABLE

    @override
    async def async_apply(self, command: Command) -> Outcome:
        return Outcome.LOST


class EntityDriver(Driver):
    """A heater that some other integration of Home Assistant controls."""

    def __init__(self, hass: HomeAssistant, target: str) -> None:
        """Name the entity, by what outlasts its renaming."""
        self._hass = hass
        self._target = target

    @property
    def _state(self) -> State | None:
        return known(self._hass, self._target)

    async def _async_call(
        self, domain: str, action: str, is_done: Callable[[], bool], **data: Any
    ) -> Outcome:
        """Call an action on the entity, and wait a little until the entity shows what it did."""
        entity_id = entity_id_of(self._hass, self._target)
        if entity_id is None or self._state is None:
            return Outcome.LOST
        shown = asyncio.Event()

        @callback
        def look(_event: object) -> None:
            if is_done():
                shown.set()

        stop = async_track_state_change_event(self._hass, entity_id, look)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._hass.services.async_call(
                    domain, action, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
                )
                if not is_done():
                    await shown.wait()
        except TimeoutError:
            return Outcome.LOST if self._state is None else Outcome.DIFFERENT
        except (HomeAssistantError, Invalid) as err:
            LOGGER.debug("%s refuses %s.%s: %s", entity_id, domain, action, err)
            return Outcome.REFUSED
        finally:
            stop()
        return Outcome.KEPT


class SwitchDriver(EntityDriver):
    """A plug or relay with a heater behind it."""

    is_relay = True

    @override
    async def async_read(self) -> ZoneSeen:
        if (state := self._state) is None:
            return UNREACHABLE
        is_on = state.state == STATE_ON
        return ZoneSeen(is_on=is_on, is_heating=is_on)

    @override
    async def async_apply(self, command: Command) -> Outcome:
        wished = command.is_on
        if wished is None:
            return Outcome.KEPT

        def is_done() -> bool:
            return (state := self._state) is not None and (state.state == STATE_ON) is wished

        action = SERVICE_TURN_ON if wished else SERVICE_TURN_OFF
        return await self._async_call("homeassistant", action, is_done)


class ClimateDriver(EntityDriver):
    """A thermostat of another integration. It is never switched off, only told a temperature."""

    def __init__(self, hass: HomeAssistant, target: str) -> None:
        """Find out what the thermostat can be told, as far as that is known already."""
        super().__init__(hass, target)
        self._unit = hass.config.units.temperature_unit
        told = self._capabilities()
        for name, value in (
            ("lowest", self._celsius(told.get(ATTR_MIN_TEMP))),
            ("highest", self._celsius(told.get(ATTR_MAX_TEMP))),
            ("step", self._kelvin(told.get(ATTR_TARGET_TEMP_STEP))),
        ):
            if value is not None:
                setattr(self, name, value)

    @override
    async def async_read(self) -> ZoneSeen:
        if (state := self._state) is None:
            return UNREACHABLE
        told = state.attributes
        action, room = told.get(ATTR_HVAC_ACTION), self._celsius(told.get(ATTR_CURRENT_TEMPERATURE))
        return ZoneSeen(
            setpoint=self._setpoint(),
            is_on=state.state != HVACMode.OFF,
            room=room,
            # As long as the thermostat is there, it is its integration that answers for its age.
            room_at=None if room is None else dt_util.utcnow(),
            humidity=number(told.get(ATTR_CURRENT_HUMIDITY)),
            is_heating=None if action is None else action in HEATING_ACTIONS,
        )

    @override
    async def async_apply(self, command: Command) -> Outcome:
        outcome = Outcome.KEPT
        if command.is_on and (mode := self._heating_mode()) is not None:
            outcome = await self._async_call(
                CLIMATE, SERVICE_SET_HVAC_MODE, self._is_on, **{ATTR_HVAC_MODE: mode}
            )
        if command.setpoint is None or outcome is not Outcome.KEPT:
            return outcome
        wished = min(max(command.setpoint, self.lowest), self.highest)

        def is_done() -> bool:
            shown = self._setpoint()
            return shown is not None and abs(shown - wished) <= self.step / 2

        return await self._async_call(
            CLIMATE,
            SERVICE_SET_TEMPERATURE,
            is_done,
            **{ATTR_TEMPERATURE: round(self._local(wished), 2)},
        )

    def _is_on(self) -> bool:
        return (state := self._state) is not None and state.state != HVACMode.OFF

    def _heating_mode(self) -> str | None:
        """Return the mode to switch to so that it heats; None if it does, or has no such mode."""
        if self._is_on():
            return None
        modes = self._capabilities().get(ATTR_HVAC_MODES, ())
        return next((mode for mode in HEATING_MODES if mode in modes), None)

    def _capabilities(self) -> Mapping[str, Any]:
        """Return what the thermostat can do, if need be as it was when it was last there."""
        if (state := self._state) is not None:
            return state.attributes
        entry = er.async_get(self._hass).async_get(
            entity_id_of(self._hass, self._target) or self._target
        )
        return (entry and entry.capabilities) or {}

    def _setpoint(self) -> float | None:
        state = self._state
        return None if state is None else self._celsius(state.attributes.get(ATTR_TEMPERATURE))

    def _celsius(self, value: object) -> float | None:
        return celsius(value, self._unit)

    def _local(self, value: float) -> float:
        return TemperatureConverter.convert(value, UnitOfTemperature.CELSIUS, self._unit)

    def _kelvin(self, value: object) -> float | None:
        if not (step := number(value)):
            return None
        return TemperatureConverter.convert_interval(step, self._unit, UnitOfTemperature.CELSIUS)
