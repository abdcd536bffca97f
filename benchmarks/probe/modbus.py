"""Polls Modbus meters without delay and tells what that costs."""

import asyncio
from collections.abc import Awaitable, Callable
from time import process_time
from typing import Any

from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_component import DATA_INSTANCES
import probatio


@websocket_command(
    {
        probatio.Required("type"): "benchmark_probe/poll",
        probatio.Required("cycles"): int,
        probatio.Exclusive("entity_ids", "whose"): [str],
        probatio.Exclusive("entry_id", "whose"): str,
    }
)
@async_response
async def poll(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Poll core's entities, or the meter of an entry of ours, and tell the CPU time in seconds.

    Core's integration starts a task for each entity when its timer fires; the firing is left out.
    """
    once = _ours(hass, msg["entry_id"]) if "entry_id" in msg else _cores(hass, msg["entity_ids"])
    began = process_time()
    for _ in range(msg["cycles"]):
        await once()
    connection.send_result(msg["id"], process_time() - began)


def _cores(hass: HomeAssistant, entity_ids: list[str]) -> Callable[[], Awaitable[object]]:
    component = hass.data[DATA_INSTANCES]["sensor"]
    entities: list[Any] = [component.get_entity(entity_id) for entity_id in entity_ids]
    return lambda: asyncio.gather(*(entity.async_local_update() for entity in entities))


def _ours(hass: HomeAssistant, entry_id: str) -> Callable[[], Awaitable[object]]:
    coordinator = hass.config_entries.async_get_known_entry(entry_id).runtime_data

    def once() -> Awaitable[object]:
        coordinator._slow_at = None  # noqa: SLF001 - every cycle reads all registers, as core's
        refreshed: Awaitable[object] = coordinator.async_refresh()
        return refreshed

    return once
