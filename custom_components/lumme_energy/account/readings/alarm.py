"""Wakes the desk: at the minute when a reading is due, and whenever something may have changed."""

import asyncio
from datetime import datetime
from typing import Any

from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.start import async_at_started

from ...const import DOMAIN
from ..coordinator import AccountCoordinator


class Alarm:
    """Lets a desk do its work in the background, once more if it is called meanwhile."""

    def __init__(self, coordinator: AccountCoordinator) -> None:
        """Sleep."""
        self._coordinator = coordinator
        self._task: asyncio.Task[None] | None = None
        self._is_called = False
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def call(self, *_: Any) -> None:
        """Wake the desk."""
        self._is_called = True
        if self._task is None or self._task.done():
            coordinator = self._coordinator
            self._task = coordinator.config_entry.async_create_background_task(
                coordinator.hass, self._async_work(), f"{DOMAIN} readings"
            )

    @callback
    def stop(self) -> None:
        """Wake nobody any more."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    async def _async_work(self) -> None:
        self.stop()
        while self._is_called:
            self._is_called = False
            await self._coordinator.readings.async_wake()
        self.stop()
        if (time := self._coordinator.readings.wakes) is not None:
            self._cancel = async_track_point_in_utc_time(self._coordinator.hass, self._rings, time)

    @callback
    def _rings(self, _: datetime) -> None:
        self._cancel = None
        self.call()


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Wake the desk from now on."""
    hass, entry = coordinator.hass, coordinator.config_entry
    alarm = Alarm(coordinator)

    @callback
    def reconfigured(_: ConfigEntryChange, changed: ConfigEntry[Any]) -> None:
        if changed.entry_id == entry.entry_id:
            alarm.call()

    entry.async_on_unload(alarm.stop)
    entry.async_on_unload(coordinator.async_add_listener(alarm.call))
    entry.async_on_unload(coordinator.outbox.async_add_listener(alarm.call))
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, reconfigured))
    # Before, no other integration's entities are there, nor the recorder.
    entry.async_on_unload(async_at_started(hass, alarm.call))
