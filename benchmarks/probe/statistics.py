"""What the recorder's statistics say a register has counted."""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import probatio

PERIOD: Final = timedelta(minutes=5)
_EPOCH: Final = datetime.fromtimestamp(0, dt_util.UTC)


@websocket_command(
    {
        probatio.Required("type"): "benchmark_probe/statistics",
        probatio.Required("entity_ids"): [str],
        probatio.Required("since"): float,
    }
)
@async_response
async def statistics(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell what each has counted since a moment, the running five minutes included."""
    since = dt_util.utc_from_timestamp(msg["since"])
    start = period = since - (since - _EPOCH) % PERIOD
    recorder = get_instance(hass)
    while period < dt_util.utcnow():
        recorder.queue_task(StatisticsTask(period, fire_events=False))
        period += PERIOD
    await recorder.async_block_till_done()
    rows = await recorder.async_add_executor_job(
        statistics_during_period,
        hass,
        start,
        None,
        set(msg["entity_ids"]),
        "5minute",
        None,
        {"sum"},
    )
    connection.send_result(
        msg["id"], {entity_id: found[-1]["sum"] for entity_id, found in rows.items()}
    )
