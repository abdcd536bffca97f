"""Tests of the blueprint that tells about meter readings."""

from typing import Any

from homeassistant.core import HomeAssistant

from .conftest import Automate, Told

EVENT = "event.home_meter_reading"


async def test_tells(hass: HomeAssistant, automate: Automate, told: Told) -> None:
    """What happened is told in words, and only what one wants to hear."""

    def happens(at: int, event: str, **attributes: Any) -> None:
        hass.states.async_set(
            EVENT,
            f"2026-11-24T09:30:{at:02}.000+00:00",
            {"event_type": event, "friendly_name": "Home Meter reading", **attributes},
        )

    happens(0, "held", day="2026-11-01", reason="findings", values={"day": 1})
    await automate("meter_reading", {"readings": [EVENT]})
    assert told() == []
    happens(1, "accepted", day="2026-11-24", reason=None, values={"day": 4711})
    happens(2, "refused", day="2026-11-24", reason="closed_period", values={"day": 1, "night": 2})
    await hass.async_block_till_done()
    assert told() == [("Home Meter reading", "2026-11-24 (1 / 2): refused. closed_period")]
    hass.states.async_set(EVENT, "unavailable")
    happens(2, "refused", day="2026-11-24", reason="closed_period", values={})
    await hass.async_block_till_done()
    assert told() == []
