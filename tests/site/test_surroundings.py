"""What Home Assistant knows about a house: who is there, weather, prices; in whatever words."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import itertools
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall, State, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.site.prices import price_slots
from custom_components.lumme_energy.site.states import is_anyone_there, percent, temperature, watts
from custom_components.lumme_energy.site.surroundings import Surroundings

NOW = datetime(2026, 1, 9, 17, 20, tzinfo=UTC)
HOUR = datetime(2026, 1, 9, 17, tzinfo=UTC)
WEATHER = "weather.cottage"


def priced(value: str, unit: str | None = "EUR/kWh", **attributes: Any) -> State:
    """Return the state of a price."""
    return State("sensor.price", value, {"unit_of_measurement": unit, **attributes})


@pytest.mark.parametrize(
    ("unit", "price"),
    [("EUR/kWh", "5.5"), ("c/kWh", "0.055"), ("EUR/MWh", "0.0055"), (None, "5.5")],
)
def test_plain_price(unit: str | None, price: str) -> None:
    """A price without a list is that of this hour."""
    (slot,) = price_slots(priced("5.5", unit), NOW)
    assert (slot.start, slot.end, slot.price) == (HOUR, HOUR + timedelta(hours=1), Decimal(price))


@pytest.mark.parametrize(
    ("start", "end", "price"),
    [
        ("start", "end", "value"),
        ("startsAt", None, "total"),
        ("time", None, "price"),
        ("start_time", "end_time", "price_per_kwh"),
    ],
)
@pytest.mark.parametrize("minutes", [15, 60])
def test_lists(start: str, end: str | None, price: str, minutes: int) -> None:
    """Quarters and hours, instants and texts, with an end or without, negative too."""
    length = timedelta(minutes=minutes)
    slots = []
    for n in range(-4, 8):
        slot = {start: HOUR + n * length, price: n / 100}
        slots.append({**slot, **({end: HOUR + (n + 1) * length} if end else {})})
    texts = [
        {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in s.items()
        }
        for s in slots
    ]
    for given_slots in (slots, texts):
        found = price_slots(
            priced("1", raw_today=given_slots[:6], raw_tomorrow=given_slots[6:]), NOW
        )
        assert found[0].start <= NOW < found[0].end
        assert [slot.end - slot.start for slot in found] == [length] * len(found)
        assert all(one.end == other.start for one, other in itertools.pairwise(found))
        assert found[-1].price == Decimal("0.07")


@given(
    st.dictionaries(
        st.sampled_from(["raw_today", "prices", "today", "x"]),
        st.lists(
            st.dictionaries(
                st.sampled_from(["start", "end", "value", "price"]),
                st.one_of(st.none(), st.floats(), st.text(max_size=20), st.datetimes()),
            )
        )
        | st.text(),
    ),
    st.text(max_size=8),
    st.text(max_size=8) | st.none(),
)
def test_anything(attributes: dict[str, Any], value: str, unit: str | None) -> None:
    """Whatever an entity says, the slots are in order, and none is past."""
    found = price_slots(priced(value, unit, **attributes), NOW)
    assert [slot.start for slot in found] == sorted(slot.start for slot in found)
    assert all(slot.start < slot.end > NOW for slot in found)


@pytest.mark.parametrize(
    ("states", "there"),
    [
        ({}, None),
        ({"zone.cottage": "0"}, False),
        ({"zone.cottage": "2"}, True),
        ({"zone.cottage": "?"}, None),
        ({"person.a": "not_home", "person.b": "home"}, True),
        ({"device_tracker.a": "not_home", "zone.cottage": "unknown"}, None),
        ({"binary_sensor.motion": "off", "input_boolean.guest": "on"}, True),
        ({"binary_sensor.motion": "off"}, False),
    ],
)
async def test_who_is_there(
    hass: HomeAssistant, states: dict[str, str], there: bool | None
) -> None:
    """One that says yes is enough; no is only what all say."""
    for entity_id, state in states.items():
        hass.states.async_set(entity_id, state)
    assert is_anyone_there(hass, list(states)) is there


async def test_units(hass: HomeAssistant) -> None:
    """Temperatures in °C, powers in W; a number that is none, or of something else, is not known."""
    hass.states.async_set("sensor.a", "50", {"unit_of_measurement": "°F"})
    assert temperature(hass, "sensor.a") == pytest.approx(10)
    assert watts(hass, "sensor.a") is None
    hass.states.async_set("sensor.a", "1.5", {"unit_of_measurement": "kW"})
    assert watts(hass, "sensor.a") == 1500
    assert temperature(hass, "sensor.a") is None
    hass.states.async_set("sensor.a", "nan", {"unit_of_measurement": "°C"})
    assert temperature(hass, "sensor.a") is None
    assert percent(hass, "sensor.a") is None
    assert percent(hass, "sensor.gone") is None
    assert watts(hass, None) is None


async def test_weather(hass: HomeAssistant) -> None:
    """The forecast is asked for once an hour; the weather's temperature stands in for a thermometer."""
    asked: list[ServiceCall] = []
    answer: Any = {
        WEATHER: {
            "forecast": [
                {"datetime": "2026-01-09T19:00:00+00:00", "temperature": 14},
                {"datetime": "2026-01-09T18:00:00+00:00", "temperature": 23},
                {"datetime": "soon", "temperature": 1},
                {"datetime": "2026-01-09T20:00:00+00:00", "temperature": None},
            ]
        }
    }

    async def forecast(call: ServiceCall) -> Any:
        asked.append(call)
        if isinstance(answer, Exception):
            raise answer
        return answer

    hass.services.async_register(
        "weather", "get_forecasts", forecast, supports_response=SupportsResponse.ONLY
    )
    around = Surroundings(hass, {"weather": WEATHER, "outdoor": "sensor.outdoor"})
    seen = await around.async_look({}, NOW)
    assert (seen.outdoor, seen.forecast, asked) == (None, (), [])
    hass.states.async_set(WEATHER, "snowy", {"temperature": 14, "temperature_unit": "°F"})
    seen = await around.async_look({}, NOW)
    assert seen.outdoor == pytest.approx(-10)
    assert [at.hour for at, _ in seen.forecast] == [18, 19]
    assert seen.forecast[0][1] == pytest.approx(-5)
    await around.async_look({}, NOW + timedelta(minutes=59))
    assert len(asked) == 1
    # A clock that was set back does not put the next one off.
    await around.async_look({}, NOW - timedelta(days=9))
    assert len(asked) == 2
    hass.states.async_set("sensor.outdoor", "-12", {"unit_of_measurement": "°C"})
    answer = HomeAssistantError("no")
    seen = await around.async_look({}, NOW + timedelta(hours=1))
    assert seen.outdoor == -12
    assert len(seen.forecast) == 2
    await around.async_look({}, NOW + timedelta(hours=1, minutes=4))
    assert len(asked) == 3
    await around.async_look({}, NOW + timedelta(hours=1, minutes=5))
    assert len(asked) == 4
