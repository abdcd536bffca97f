"""The options of a meter: how often its sensors tell something new."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from .common import heard, meter_entry, set_up
from .conftest import NOW, Meters
from .test_sensor import Clock, clock

__all__ = ["clock"]


async def test_rates_are_kept_at_once(hass: HomeAssistant, run_meter: Meters, clock: Clock) -> None:
    now = NOW

    def later() -> datetime:
        nonlocal now
        now += timedelta(seconds=30)
        return now

    _, host, port = await run_meter(clock=later)
    entry = meter_entry(hass, host, port)
    await set_up(hass, entry)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    assert form["data_schema"]({}) == {
        "live_interval": 0,
        "register_interval": 60,
        "sidebar": False,
    }
    result = await hass.config_entries.options.async_configure(
        form["flow_id"], {"live_interval": 20, "register_interval": 10}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {"live_interval": 20, "register_interval": 10, "sidebar": False}
    await hass.async_block_till_done()
    await heard(hass, entry, 2)

    changes = async_capture_events(hass, "state_changed")

    def said(entity_id: str) -> int:
        return sum(event.data["entity_id"] == entity_id for event in changes)

    for _ in range(24):
        clock.seconds += 2.5
        await heard(hass, entry)
    await heard(hass, entry)
    assert said("sensor.aidon_meter_power") == 3
    assert 5 <= said("sensor.aidon_meter_energy_import") <= 6


@pytest.mark.parametrize("wrong", [{"live_interval": -1}, {"register_interval": 601}])
async def test_refuses_what_is_out_of_range(hass: HomeAssistant, wrong: dict[str, int]) -> None:
    entry = meter_entry(hass, "192.0.2.1", 23)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    with pytest.raises(InvalidData):
        await hass.config_entries.options.async_configure(
            form["flow_id"], {"live_interval": 0, "register_interval": 60} | wrong
        )
