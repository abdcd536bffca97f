"""Tests of the action that prepares a move."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
import json
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from demo.households.belgium import OVEN_ELECTRICITY, OVEN_GAS
from demo.households.finland import FLAT
from tests.account.common import Demo, start
from tests.account.paper import texts
from tests.account.recorded import COUNTER, hourly, link, record_counter, show_counter

from .common import call

PARTIES = {
    "leaving_name": "Bäckerei Beispiel",
    "leaving_address": "Voorbeeldstraat 1, 1000 Brussel",
    "arriving_name": "Nieuwe Huurder",
    "arriving_phone": "+32 2 555 01 23",
}


@pytest.fixture(autouse=True)
def _this_integration(
    recorder_mock: Any, no_history: None, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must be."""


async def paper(client: ClientSessionGenerator, told: dict[str, Any]) -> str:
    """Return what the document says."""
    response = await (await client()).get(told["url"])
    assert response.status == HTTPStatus.OK
    assert response.content_type == "application/pdf"
    return texts(await response.read())


async def test_belgian_document(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, my_luminus: Demo
) -> None:
    """Both meters of the address, blank where no meter is linked, and both parties."""
    await start(hass, my_luminus.entry(hass))
    told = await call(hass, "prepare_move", language="nl", day="2026-12-01", **PARTIES)
    assert [each["supply_point"] for each in told["meters"]] == [OVEN_ELECTRICITY, OVEN_GAS]
    assert [each["readings"] for each in told["meters"]] == [{}, {}]
    assert told["left_blank"] == [
        "leaving_phone",
        "leaving_email",
        "arriving_address",
        "arriving_email",
    ]
    shown = await paper(hass_client_no_auth, told)
    for text in (
        "Energieovernamedocument",
        OVEN_ELECTRICITY,
        OVEN_GAS,
        "01/12/2026",
        *PARTIES.values(),
        my_luminus.customer.account.account_id,
        "Luminus, +32 78 150 210",
    ):
        assert text in shown, text
    assert shown.count("Datum en handtekening") == 2


async def test_finnish_document(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """Finland has no form: it is a record, which says who has to tell whom."""
    await start(hass, oma_lumme.entry(hass))
    told = await call(hass, "prepare_move", supply_point=FLAT, language="fi")
    assert told["day"] == "2026-11-24"
    shown = await paper(hass_client_no_auth, told)
    assert "Muuttopöytäkirja" in shown
    assert "takautuvasti" in shown
    assert FLAT in shown


async def test_which_home(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """A customer with two homes has to say which."""
    await start(hass, oma_lumme.entry(hass))
    with pytest.raises(ServiceValidationError) as refusal:
        await call(hass, "prepare_move")
    assert refusal.value.translation_key == "which_supply_point"


async def test_without_an_address(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Supply points of which no address is known are not taken for neighbours."""
    oma_lumme.revise(
        lambda each: replace(
            each,
            supply_points=tuple(
                replace(point, address=type(point.address)()) for point in each.supply_points
            ),
        )
    )
    await start(hass, oma_lumme.entry(hass))
    told = await call(hass, "prepare_move", supply_point=FLAT)
    assert [each["supply_point"] for each in told["meters"]] == [FLAT]


async def test_who_you_are(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """The customer number stands with the party whose it is."""
    await start(hass, oma_lumme.entry(hass))
    told = await call(
        hass, "prepare_move", supply_point=FLAT, you="arriving", arriving_name="Uusi Asukas"
    )
    shown = await paper(hass_client_no_auth, told)
    assert shown.index("Uusi Asukas") < shown.index(oma_lumme.customer.account.account_id)


async def test_readings_of_now(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """On the day itself the linked meter tells, in whole kilowatt-hours, and its number."""
    entry = oma_lumme.entry(hass)
    meter = MockConfigEntry(domain="dsmr")
    meter.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=meter.entry_id, identifiers={("dsmr", "1")}, serial_number="E0042"
    )
    entity = er.async_get(hass).async_get_or_create(
        "sensor", "dsmr", "1", suggested_object_id="main_meter", device_id=device.id
    )
    assert entity.entity_id == COUNTER
    show_counter(hass, unit="Wh")
    hass.states.async_set(COUNTER, "12345678.9", hass.states.get(COUNTER).attributes)
    link(hass, entry, FLAT)
    await start(hass, entry)
    await async_wait_recording_done(hass)
    told = await call(hass, "prepare_move", supply_point=FLAT)
    (found,) = told["meters"]
    assert found["meter_number"] == "E0042"
    assert found["readings"] == {"single": 12345.6789}
    assert json.dumps(told)
    shown = await paper(hass_client_no_auth, told)
    assert " 12345 " in shown
    assert "E0042" in shown


@pytest.mark.parametrize(
    ("day", "reading"), [("2026-11-22", {"single": 48.0}), ("2026-11-26", {}), ("2026-01-01", {})]
)
async def test_readings_of_another_day(
    hass: HomeAssistant, oma_lumme: Demo, day: str, reading: dict[str, float]
) -> None:
    """Of an earlier day the last reading is known, of a later one none."""
    entry = oma_lumme.entry(hass)
    # Two local days of 1 kWh an hour.
    first = datetime(2026, 11, 20, 22, tzinfo=UTC)
    await record_counter(hass, hourly(first, datetime(2026, 11, 22, 22, tzinfo=UTC), "1"))
    link(hass, entry, FLAT)
    await start(hass, entry)
    told = await call(hass, "prepare_move", supply_point=FLAT, day=day)
    assert told["meters"][0]["readings"] == reading


async def test_what_is_no_reading(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A meter that is silent, and a gas meter that tells kilowatt-hours, are left to the pen."""
    entry = my_luminus.entry(hass)
    show_counter(hass)
    show_counter(hass, "sensor.gas_energy")
    link(hass, entry, OVEN_ELECTRICITY)
    link(hass, entry, OVEN_GAS, {"single": "sensor.gas_energy"})
    await start(hass, entry)
    await async_wait_recording_done(hass)
    hass.states.async_set(COUNTER, "unavailable", hass.states.get(COUNTER).attributes)
    told = await call(hass, "prepare_move")
    assert [each["readings"] for each in told["meters"]] == [{}, {}]


async def test_gas(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Gas is read in cubic metres."""
    entry = my_luminus.entry(hass)
    show_counter(hass, "sensor.gas", unit="m³")
    link(hass, entry, OVEN_GAS, {"single": "sensor.gas"})
    await start(hass, entry)
    await async_wait_recording_done(hass)
    told = await call(hass, "prepare_move")
    assert told["meters"][1]["readings"] == {"single": 12345.6}
    hass.states.async_remove("sensor.gas")
    told = await call(hass, "prepare_move")
    assert told["meters"][1]["readings"] == {}


async def test_what_cannot_be_printed(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, oma_lumme: Demo
) -> None:
    """A name that the fonts lack is not spoilt: there is a line to write it on."""
    await start(hass, oma_lumme.entry(hass))
    told = await call(
        hass, "prepare_move", supply_point=FLAT, leaving_name="Łukasz", arriving_name="<b>&"
    )
    assert "leaving_name" in told["left_blank"]
    shown = await paper(hass_client_no_auth, told)
    assert "ukasz" not in shown
    assert "< b > &" in shown


async def test_nothing_is_stored(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    tmp_path: Path,
    oma_lumme: Demo,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who the other party is stays in memory alone."""
    entry = await start(hass, oma_lumme.entry(hass))
    await call(hass, "prepare_move", supply_point=FLAT, **PARTIES)
    assert list(tmp_path.rglob("*.pdf")) == []  # noqa: ASYNC240
    await entry.runtime_data.store.async_save()
    assert PARTIES["arriving_name"] not in str(hass_storage)
    ours = [each.getMessage() for each in caplog.records if "lumme_energy" in each.name]
    assert PARTIES["arriving_name"] not in " ".join(ours)
