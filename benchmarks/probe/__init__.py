"""An integration for benchmarks only: what no one outside a running Home Assistant can tell.

Times are in seconds of `time.monotonic`, which all processes of a machine share on Linux.
"""

import asyncio
from time import monotonic, process_time
from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.typing import ConfigType
import probatio

from .modbus import poll
from .statistics import statistics

DOMAIN: Final = "benchmark_probe"
TICK: Final = 0.01


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Offer the commands."""
    hass.data[DOMAIN] = []
    for command in (clock, watch, seen, lag, poll, statistics):
        async_register_command(hass, command)
    return True


@websocket_command({probatio.Required("type"): f"{DOMAIN}/clock"})
@callback
def clock(_hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell how much CPU time all threads of this process have used, to the nanosecond."""
    connection.send_result(msg["id"], process_time())


@websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/watch", probatio.Required("entity_id"): str}
)
@callback
def watch(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Note from now on when the state of an entity changes, and to what."""
    changes: list[tuple[float, str]] = hass.data[DOMAIN]

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        changes.append((monotonic(), state.state if state else "removed"))

    async_track_state_change_event(hass, msg["entity_id"], note)
    connection.send_result(msg["id"])


@websocket_command({probatio.Required("type"): f"{DOMAIN}/seen"})
@callback
def seen(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell what was noted."""
    connection.send_result(msg["id"], hass.data[DOMAIN])


@websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/lag", probatio.Required("seconds"): float}
)
@async_response
async def lag(_hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Tell by how much the event loop was late, many times a second for so many seconds."""
    late: list[float] = []
    end = monotonic() + msg["seconds"]
    while (began := monotonic()) < end:
        await asyncio.sleep(TICK)
        late.append(monotonic() - began - TICK)
    connection.send_result(msg["id"], late)
