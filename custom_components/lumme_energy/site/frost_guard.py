"""The frost guard of a house: the bridge that its heaters are wired to, and that we report to.

A bridge takes over when it is not told for a quarter of an hour that this control loop runs. It is
told after each round of the loop that went well, so that a loop that hangs is found out, too.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_TYPE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..bridge_api.errors import BridgeError
from ..bridge_api.model import GuardState
from ..const import CONF_KIND, KIND_BRIDGE, LOGGER
from ..heating.guard import MOST_ZONES, PATIENCE, guarded, writable
from ..heating.registers.profile import HeaterProfile
from ..modbus_link import CONF_UNIT_ID, TYPE_TCP
from .heaters import RegisterDriver
from .settings import CONF_BRIDGE
from .zone import Zone

RENEW_EVERY: Final = timedelta(minutes=1)
# For so long a bridge may be away before somebody is told: it may start again.
LOST_AFTER: Final = timedelta(minutes=5)
# Of a zone's name on the bridge.
_LONGEST: Final = 24


class Bridge(Protocol):
    """What we ask of the bridge, whatever else it is.

    Attributes:
        last_update_success: Whether it has answered when it was last asked how it is.

    """

    last_update_success: bool

    async def async_set_guard(
        self, zones: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]
    ) -> None:
        """Say which heaters to keep from freezing, and what may be written. Raises BridgeError."""

    async def async_allow(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Say what else may be written. Raises BridgeError."""

    async def async_renew(self) -> GuardState:
        """Renew the lease, and return who was in charge until now. Raises BridgeError."""


class FrostGuard:
    """Reports to the bridge of a house, if it has one.

    Attributes:
        heard: When it was last told, and has answered.
        unguarded: The zones behind it that it cannot guard.

    """

    def __init__(
        self, hass: HomeAssistant, data: Mapping[str, Any], zones: Mapping[str, Zone], now: datetime
    ) -> None:
        """Find out what the bridge has to know."""
        self.heard: datetime | None = None
        self.unguarded: list[str] = []
        self._hass = hass
        self._data = data
        self._told: Bridge | None = None
        self._since = now
        self._is_handed_over = False
        self._zones: dict[str, Any] = {}
        self._rules: list[dict[str, Any]] = []
        self._ids: set[str] = set()
        host = _host(hass, data)
        for zone_id, zone in zones.items():
            driver = zone.driver
            if not isinstance(driver, RegisterDriver) or not _is_behind(zone.data, host):
                continue
            unit = zone.data[CONF_UNIT_ID]
            self._rules += writable(driver.profile, unit)
            found = guarded(driver.profile, zone.settings, unit, driver.function)
            if found is None or len(self._zones) == MOST_ZONES:
                self.unguarded.append(zone.name)
            else:
                self._ids.add(zone_id)
                self._zones[zone_id.lower()[-_LONGEST:]] = found

    def is_lost(self, now: datetime) -> bool:
        """Tell whether the bridge has not been told for so long that somebody should know."""
        return CONF_BRIDGE in self._data and abs(now - (self.heard or self._since)) >= LOST_AFTER

    def may_have_acted(self, now: datetime) -> frozenset[str]:
        """Return the zones whose heaters the bridge may have told something since we last did."""
        is_ours = (
            self._is_handed_over
            and self.heard is not None
            and abs(now - self.heard) < timedelta(seconds=PATIENCE)
        )
        return frozenset() if is_ours else frozenset(self._ids)

    async def async_report(self, now: datetime) -> None:
        """Tell the bridge that all is well, once a minute; a bridge that is away is no error."""
        if CONF_BRIDGE not in self._data:
            return
        bridge = _bridge(self._hass, self._data)
        is_due = self.heard is None or abs(now - self.heard) >= RENEW_EVERY
        if bridge is None or not bridge.last_update_success:
            return  # who is known to be away is not waited for
        if not is_due and bridge is self._told:
            return
        try:
            if bridge is not self._told:
                await bridge.async_set_guard(self._zones, self._rules)
                self._told = bridge
            before = await bridge.async_renew()
        except BridgeError as err:
            LOGGER.debug("The frost guard was not told: %s", err)
            self._told = None
            return
        # While it was in charge it may have tried once more after we have looked.
        self._is_handed_over = before in {GuardState.NORMAL, GuardState.GRACE}
        self.heard = now


async def async_forget(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Have the bridge of a house that is removed guard nothing any more."""
    if (bridge := _bridge(hass, data)) is not None:
        with suppress(BridgeError):
            await bridge.async_set_guard({}, ())


async def async_allow(
    hass: HomeAssistant, data: Mapping[str, Any], heater: Mapping[str, Any], profile: HeaterProfile
) -> None:
    """Have the bridge of a house let through what we write to a heater that is wired to it.

    Args:
        hass: Home Assistant.
        data: What the house's entry says.
        heater: What is known of the heater's link.
        profile: What is where in the heater.

    """
    bridge = _bridge(hass, data)
    if bridge is not None and _is_behind(heater, _host(hass, data)):
        with suppress(BridgeError):
            await bridge.async_allow(writable(profile, heater[CONF_UNIT_ID]))


def suggested_link(hass: HomeAssistant, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return where the heaters of a house most likely are: at its bridge, if it has one."""
    host = _host(hass, data)
    return {} if host is None else {CONF_HOST: host}


def _is_behind(data: Mapping[str, Any], host: str | None) -> bool:
    return host is not None and data.get(CONF_TYPE) == TYPE_TCP and data[CONF_HOST] == host


def _entry(hass: HomeAssistant, data: Mapping[str, Any]) -> ConfigEntry[Any] | None:
    """Return the entry of the bridge that a house says it has."""
    device = dr.async_get(hass).async_get(data.get(CONF_BRIDGE, ""))
    for entry_id in device.config_entries if device else ():
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is not None and entry.data.get(CONF_KIND) == KIND_BRIDGE:
            return entry
    return None


def _host(hass: HomeAssistant, data: Mapping[str, Any]) -> str | None:
    entry = _entry(hass, data)
    return entry.data[CONF_HOST] if entry else None


def _bridge(hass: HomeAssistant, data: Mapping[str, Any]) -> Bridge | None:
    """Return the bridge of a house, None while it is not there."""
    entry = _entry(hass, data)
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    bridge: Bridge = entry.runtime_data
    return bridge
