"""The profiles of Modbus heaters, and the driver that reads and tells one."""

from time import monotonic
from typing import Final, override

from homeassistant.util import dt as dt_util
from modbus_connection import ModbusError, ModbusUnit

from ..const import LOGGER
from ..heating.model import Command, Outcome, ZoneSeen
from ..heating.registers.device import HeaterDevice, HeaterError
from ..heating.registers.families import FAMILIES
from ..heating.registers.profile import Function, HeaterProfile
from ..heating.registers.user_profile import user_profile
from ..profile_folder import ProfileFolder
from .drivers import UNREACHABLE, Driver

PROFILES: Final = ProfileFolder(name="heaters", families=FAMILIES, parse=user_profile)

# Enough for the longest answer at 2400 baud.
TIMEOUT: Final = 2.0
# Seconds for which a heater that did not answer is left alone, the longer the more often in a row:
# everything else on its bus waits while it is waited for.
LEFT_ALONE: Final = (0, 0, 60, 120, 300)
# A relay that can count opens by itself if nobody tells it anything for so many seconds: without us
# there is no thermostat. Half of that later it is told again.
CLOSED_FOR: Final = 1800


class RegisterDriver(Driver):
    """A heater on Home Assistant's shared Modbus connection."""

    def __init__(self, unit: ModbusUnit, profile: HeaterProfile, function: Function | None) -> None:
        """Read and write a unit as a profile says; function is how the flow saw it be written."""
        self.lowest, self.highest, self.step = profile.lowest, profile.highest, profile.step
        self.is_relay = profile.is_relay
        self.manufacturer, self.model = profile.manufacturer, profile.model
        self.profile = profile
        self.function = function
        self._device = HeaterDevice(unit, profile, function=function)
        self._unit = unit
        self._silences = 0
        self._again_at = float("-inf")
        self._renew_at = float("inf")

    @override
    async def async_read(self) -> ZoneSeen:
        if monotonic() < self._again_at:
            return UNREACHABLE
        # A config flow that looked at this unit has withdrawn its own wish, which was ours, too.
        self._unit.require_timeout(TIMEOUT)
        try:
            state = await self._device.read()
        except ModbusError as err:
            LOGGER.debug("%s %s: %s", self.manufacturer, self.model, err)
            self._again_at = monotonic() + LEFT_ALONE[min(self._silences, len(LEFT_ALONE) - 1)]
            self._silences += 1
            return UNREACHABLE
        self._silences = 0
        if state.is_on and monotonic() >= self._renew_at:
            await self._async_switch(is_on=True)
        return ZoneSeen(
            setpoint=state.setpoint,
            is_on=state.is_on,
            room=state.room,
            room_at=None if state.room is None else dt_util.utcnow(),
            humidity=state.humidity,
            power=state.power,
            is_heating=state.is_on if self.is_relay else state.is_heating,
        )

    @override
    async def async_apply(self, command: Command) -> Outcome:
        """Switch on before a setpoint is written; a thermostat is never switched off."""
        outcome, is_on = Outcome.KEPT, command.is_on
        try:
            if is_on is not None and self.profile.is_on and (is_on or self.is_relay):
                outcome = await self._async_switch(is_on=is_on)
            if command.setpoint is not None and outcome is Outcome.KEPT:
                outcome = await self._device.write_setpoint(command.setpoint)
        except HeaterError as err:
            LOGGER.warning("%s %s: %s", self.manufacturer, self.model, err)
            return Outcome.REFUSED
        return outcome

    async def _async_switch(self, *, is_on: bool) -> Outcome:
        """Switch on or off; a relay that can count only for a while."""
        seconds, timer = None, self.profile.timer
        if self.is_relay and timer is not None:
            seconds = min(CLOSED_FOR, timer.longest)
            self._renew_at = monotonic() + seconds / 2 if is_on else float("inf")
        return await self._device.switch(is_on, seconds=seconds)
