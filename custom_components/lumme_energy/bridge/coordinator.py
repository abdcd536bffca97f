"""Asks a bridge how it is, and keeps its frost guard informed for a house."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..address import place
from ..bridge_api.client import BridgeClient
from ..bridge_api.errors import (
    AnotherBridgeError,
    BridgeError,
    RefusedError,
    UnauthorizedError,
)
from ..bridge_api.model import Guard, GuardState, Info, Status
from ..const import DOMAIN, LOGGER
from .issues import async_report
from .versions import is_too_old

type BridgeConfigEntry = ConfigEntry[BridgeCoordinator]

# Shorter than an idle connection is kept (15 s, as aiohttp does): a new one through TLS keeps an
# ESP32 busy for a second, and a question on one that is open for milliseconds.
INTERVAL: Final = timedelta(seconds=10)
# What two answers may differ about when the bridge has started, before that is news.
SLACK: Final = timedelta(seconds=5)


class BridgeCoordinator(DataUpdateCoordinator[Status]):
    """How a bridge is.

    Attributes:
        client: Speaks with it.
        info: What it is.
        started: When it has started.
        leased: When the lease of its frost guard was last renewed; None if never since then.

    """

    config_entry: BridgeConfigEntry
    info: Info
    started: datetime
    leased: datetime | None

    def __init__(self, hass: HomeAssistant, entry: BridgeConfigEntry, client: BridgeClient) -> None:
        """Know nothing yet."""
        super().__init__(
            hass, LOGGER, config_entry=entry, name=entry.title, update_interval=INTERVAL
        )
        self.client = client
        self._seq = 0

    @override
    async def _async_setup(self) -> None:
        self.info = await self._async_ask(self.client.async_info)

    @override
    async def _async_update_data(self) -> Status:
        status: Status = await self._async_ask(self.client.async_status)
        if self.data and status.version != self.data.version:
            # Updated: what it is and what it can may have changed, too.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        now = dt_util.utcnow()
        started = now - timedelta(seconds=status.uptime)
        # The first time, or after a restart; else it would change with every answer's way.
        if not self.data or abs(started - self.started) > SLACK:
            self.started = started
        since = status.parts.failsafe.seconds_since_lease
        self.leased = None if since is None else now - timedelta(seconds=since)
        async_report(
            self.hass,
            self.config_entry,
            state=status.state,
            is_too_old=is_too_old(status.version, self.info.api),
        )
        return status

    async def async_set_guard(
        self, zones: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]
    ) -> None:
        """Say which heaters on the bus the bridge keeps from freezing, and what may be written.

        Only what it does not know yet is told. Its own relays are left as they are.

        Raises:
            BridgeError: It was not told, or does not take it.

        """
        kept = await self.client.async_guard()
        if kept.get("zones") != zones:
            await self.client.async_set_guard({**kept, "zones": zones})
        await self.async_allow(rules)

    async def async_allow(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Say what else may be written on the bus; what was allowed before stays so.

        Raises:
            BridgeError: It was not told, or does not take it.

        """
        known = (await self.client.async_config()).get("writes", [])
        if fresh := [rule for rule in rules if rule not in known]:
            await self.client.async_configure({"writes": [*known, *fresh]})

    async def async_renew(self) -> GuardState:
        """Renew the lease, and return who was in charge until now.

        Raises:
            BridgeError: It is not renewed.

        """
        before = (await self.client.async_status()).state  # what was polled may be old news
        guard = await self._async_renew()
        if guard.state is not before:
            await self.async_request_refresh()
        return before

    async def _async_renew(self) -> Guard:
        now = int(dt_util.utcnow().timestamp())
        self._seq = max(self._seq + 1, now)
        try:
            return await self.client.async_renew(self._seq, now)
        except RefusedError as err:
            if err.last is None:
                raise
            # Our clock was ahead once, and has been put right.
            self._seq = err.last + 1
            return await self.client.async_renew(self._seq, now)

    async def _async_ask[T](self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask something, with errors as Home Assistant takes them."""
        try:
            return await ask()
        except (UnauthorizedError, AnotherBridgeError) as err:
            raise ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key="bridge_unpaired"
            ) from err
        except BridgeError as err:
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="bridge_unreachable",
                translation_placeholders={"address": place(self.config_entry.data)},
            ) from err
