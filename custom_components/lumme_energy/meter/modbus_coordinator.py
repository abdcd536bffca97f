"""Polls a Modbus meter through Home Assistant's shared connection."""

from collections.abc import Mapping
from datetime import timedelta
from time import monotonic
from typing import Final, override

from homeassistant.components.modbus import async_get_unit
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers.update_coordinator import UpdateFailed
from modbus_connection import ModbusError, ModbusUnit

from ..address import place
from ..const import DOMAIN, LOGGER
from ..metering.modbus.probe import identify
from ..metering.modbus.profile import ModbusProfile
from ..metering.modbus.reader import ModbusReader
from ..metering.telegram import Quantity, Telegram, Value
from ..modbus_link import CONF_UNIT_ID, link
from ..modbus_registers.blocks import Block, Space
from ..modbus_registers.profile_file import PREFIX, ProfileError
from ..modbus_registers.reader import Requests
from .base import BaseMeterCoordinator, Make, MeterConfigEntry
from .descriptions import MODBUS_COUNTERS
from .modbus_profiles import PROFILES

CONF_PROFILE: Final = "profile"
CONF_BASE: Final = "base"
CONF_MANUFACTURER: Final = "manufacturer"
CONF_MODEL: Final = "model"
# Only in entries of a meter that named itself; the serial number is None if it told none.
CONF_SERIAL: Final = "serial"
CONF_REFUSED: Final = "refused"

FAST: Final = timedelta(seconds=5)
SLOW: Final = timedelta(seconds=60)
SILENCE: Final = timedelta(seconds=20)
# A register that is read once a minute may be missed once.
SLOW_SILENCE: Final = timedelta(seconds=150)
# Enough for the longest answer at 2400 baud. The library's 10 s would use up half the silence.
TIMEOUT: Final = 2.0


async def async_setup_modbus(
    hass: HomeAssistant, entry: MeterConfigEntry
) -> ModbusMeterCoordinator:
    """Borrow the shared connection and read the meter once.

    Raises:
        ConfigEntryNotReady: The meter does not answer.
        ConfigEntryError: The user has something to put right first.

    """
    try:
        profile = await PROFILES.async_get(hass, entry.data[CONF_PROFILE])
    except ProfileError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="profile_file_invalid",
            translation_placeholders=err.placeholders,
        ) from err
    try:
        unit = async_get_unit(hass, entry, link(entry.data), entry.data[CONF_UNIT_ID])
    except HomeAssistantError as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="modbus_link_in_use",
            translation_placeholders={"address": place(entry.data)},
        ) from err
    unit.require_timeout(TIMEOUT)
    base = await _async_find(entry, unit, profile)
    coordinator = ModbusMeterCoordinator(hass, entry, unit, profile, base)
    await coordinator.async_remember()
    await coordinator.async_config_entry_first_refresh()
    return coordinator


async def _async_find(entry: MeterConfigEntry, unit: ModbusUnit, profile: ModbusProfile) -> int:
    """Return where the meter's table begins, having made sure that it is still the same meter.

    Addresses are handed out anew and meters are replaced; the registers of another meter would be
    shown as this one's. A meter that has never named itself is taken as it is.
    """
    base: int = entry.data[CONF_BASE]
    if CONF_SERIAL not in entry.data:
        return base
    try:
        found = await identify(unit, profile)
    except ModbusError as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN,
            translation_key="modbus_unreachable",
            translation_placeholders={"address": place(entry.data)},
        ) from err
    same = [
        meter.base
        for meter in found
        if meter.profile.key == profile.key and meter.serial == entry.data[CONF_SERIAL]
    ]
    if found and not same:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="another_meter")
    return base if base in same or not same else same[0]


class ModbusMeterCoordinator(BaseMeterCoordinator):
    """Reads the powers of a Modbus meter every few seconds, and its registers once a minute.

    A poll that fails is no news until the meter has been silent for too long, and a part that
    fails takes nothing else with it: its own quantities end as unknown.

    Attributes:
        profile: The kind of meter.
        reader: What reads it, with its counters.

    """

    counter_descriptions = MODBUS_COUNTERS

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MeterConfigEntry,
        unit: ModbusUnit,
        profile: ModbusProfile,
        base: int,
    ) -> None:
        """Prepare to read a unit whose table begins at base."""
        super().__init__(hass, entry, SILENCE, FAST)
        self.make = Make(entry.data[CONF_MANUFACTURER], entry.data[CONF_MODEL])
        self.profile = profile
        self.reader = ModbusReader(
            unit,
            profile.at(base),
            (
                Block(Space(space), address, size)
                for space, address, size in entry.data.get(CONF_REFUSED, ())
            ),
        )
        self._unit = unit
        self._slow_at: float | None = None
        self._read_at: dict[Quantity, float] = {}
        self._patience = {
            quantity: (SLOW_SILENCE if register.slow else SILENCE).total_seconds()
            for register in profile.registers
            for quantity in (register.measure.forward, register.measure.backward)
            if quantity
        }
        self._missing: set[Quantity] = set()
        entry.async_on_unload(self._stop_watching)

    @property
    @override
    def counters(self) -> Requests:
        """What became of the requests."""
        return self.reader.requests

    @override
    async def _async_update_data(self) -> Telegram | None:
        """Read what is due; say again what is known for as long as the meter may be silent."""
        slow = self._slow_at is None or monotonic() - self._slow_at >= SLOW.total_seconds()
        # A config flow that looked at this unit has withdrawn its own wish, which was ours, too.
        self._unit.require_timeout(TIMEOUT)
        try:
            values = await self.reader.read(slow=slow)
        except ModbusError as err:
            LOGGER.debug("%s: %s", self.name, err)
            self._slow_at = None
            if self._silence is None:
                raise self._silent_because(err) from err
            return self.data
        self._heard(self.config_entry.data.get(CONF_SERIAL))
        if slow:
            self._slow_at = self.received
        self._remember_refused()
        return self._with_demand(self._telegram(values))

    def _silent_because(self, err: ModbusError) -> UpdateFailed:
        if self.data is not None:
            return self._silent()
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="modbus_unreachable",
            translation_placeholders={"address": place(self.config_entry.data)},
        )

    def _telegram(self, values: Mapping[Quantity, Value]) -> Telegram:
        """Put together what was read and what can no longer be."""
        now = self.received
        self._read_at.update(dict.fromkeys(values, now))
        missing = {
            quantity
            for quantity, read_at in self._read_at.items()
            if now - read_at > self._patience[quantity]
        }
        if lost := missing - self._missing:
            LOGGER.warning("%s: cannot read %s any more", self.name, ", ".join(sorted(lost)))
        if back := self._missing - missing:
            LOGGER.info("%s: can read %s again", self.name, ", ".join(sorted(back)))
        self._missing = missing
        told: dict[Quantity, Value] = {**dict.fromkeys(missing, None), **values}
        if serial := self.config_entry.data.get(CONF_SERIAL):
            told[Quantity.METER_ID] = serial
        return Telegram(ident=self.profile.key, values=told)

    def _remember_refused(self) -> None:
        """Keep what the meter refuses over a restart, except of a table that the user may edit."""
        refused = sorted(list(block) for block in self.reader.refused)
        data = self.config_entry.data
        if refused != data.get(CONF_REFUSED, []) and not self.profile.key.startswith(PREFIX):
            self.hass.config_entries.async_update_entry(
                self.config_entry, data={**data, CONF_REFUSED: refused}
            )
