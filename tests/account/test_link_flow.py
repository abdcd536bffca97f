"""Tests of linking a meter to a supply point."""

from collections.abc import AsyncIterator
from datetime import date, time
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigSubentry,
    SubentryFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.lumme_energy.account.meter_link import METER_LINK, Submission, meter_links
from custom_components.lumme_energy.readings.schedule import Rhythm, Schedule
from demo.households.belgium import OVEN_ELECTRICITY, OVEN_GAS
from demo.households.finland import COTTAGE, FLAT

from .common import Demo, settled, start
from .recorded import COUNTER, PRICE, show, show_counter, show_price

NOT_SENT = {
    "sends": False,
    "rhythm": "when_asked",
    "time": "12:00:00",
    "day_of_month": 1,
    "month": "1",
}


@pytest.fixture(autouse=True)
def _this_integration(
    recorder_mock: Any, no_history: None, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture
async def entry(hass: HomeAssistant, oma_lumme: Demo) -> AsyncIterator[MockConfigEntry]:
    """Return the Finnish account, and let the recorder come to know of sensors."""
    entry = await start(hass, oma_lumme.entry(hass))
    await async_wait_recording_done(hass)
    yield entry
    await settled(hass)


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> SubentryFlowResult:
    """Begin to link a meter."""
    return await hass.config_entries.subentries.async_init(
        (entry.entry_id, METER_LINK), context={"source": SOURCE_USER}
    )


async def go_on(
    hass: HomeAssistant, result: SubentryFlowResult, **user_input: Any
) -> SubentryFlowResult:
    """Fill a form in."""
    return await hass.config_entries.subentries.async_configure(result["flow_id"], user_input)


def only_subentry(entry: MockConfigEntry) -> ConfigSubentry:
    """Return the only subentry."""
    (subentry,) = entry.subentries.values()
    return subentry


async def test_link(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The flat and its counter, with what it says now, and the price of its spot contract."""
    show_counter(hass)
    show_price(hass)
    result = await begin(hass, entry)
    assert result["step_id"] == "user"
    options = result["data_schema"].schema["gsrn"].config["options"]
    assert [option["value"] for option in options] == [FLAT, COTTAGE]
    result = await go_on(hass, result, gsrn=FLAT)
    assert result["step_id"] == "registers"
    assert result["description_placeholders"] == {"place": "Satamalahdenkuja 12 B 7"}
    result = await go_on(hass, result, single=COUNTER, price=PRICE, price_has_vat=False)
    assert result["step_id"] == "confirm"
    assert result["description_placeholders"]["values"] == (
        f"- Taken from the grid, total (1.8.0): **12345.6 kWh** (`{COUNTER}`)\n"
        f"- Exchange price: **5.4 c/kWh** (`{PRICE}`)"
    )
    result = await go_on(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    subentry = only_subentry(entry)
    assert subentry.title == "Satamalahdenkuja 12 B 7"
    assert FLAT not in str(subentry.unique_id)
    found = meter_links(hass, entry)[FLAT]
    assert found.registers == {"single": COUNTER}
    assert (found.price, found.price_has_vat, found.lost) == (PRICE, False, ())

    result = await begin(hass, entry)
    assert result["step_id"] == "registers"
    assert result["description_placeholders"] == {"place": "Kuikkarannantie 140"}
    show(hass, "sensor.day", "unavailable", state_class="total", unit_of_measurement="Wh")
    for name in ("sensor.day", "sensor.night"):
        show(
            hass,
            name,
            "unavailable",
            device_class="energy",
            state_class="total",
            unit_of_measurement="Wh",
        )
    result = await go_on(hass, result, day="sensor.day", night="sensor.night", price_has_vat=True)
    assert "**–**" in result["description_placeholders"]["values"]
    await go_on(hass, result)
    assert meter_links(hass, entry)[COTTAGE].registers == {
        "day": "sensor.day",
        "night": "sensor.night",
    }

    result = await begin(hass, entry)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_errors(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What cannot be right is told beside the field, and can be put right."""
    for name in (COUNTER, "sensor.day", "sensor.night"):
        show_counter(hass, name)
    show_counter(hass, "sensor.gas", "m³")
    show(hass, "sensor.power", "1", state_class="measurement", unit_of_measurement="W")
    show(hass, "sensor.plain", "1", unit_of_measurement="kWh", device_class="energy")
    result = await go_on(hass, await begin(hass, entry), gsrn=FLAT)
    for chosen, errors in (
        ({}, {"base": "no_register"}),
        ({"export_single": COUNTER}, {"base": "no_register"}),
        (
            {"single": COUNTER, "day": "sensor.day", "night": "sensor.night"},
            {"single": "single_or_both"},
        ),
        ({"day": "sensor.day"}, {"night": "both_registers"}),
        ({"night": "sensor.night"}, {"day": "both_registers"}),
        ({"single": COUNTER, "export_night": "sensor.night"}, {"export_day": "both_registers"}),
        ({"day": COUNTER, "night": COUNTER}, {"night": "same_entity"}),
        ({"single": "sensor.gas"}, {"single": "wrong_unit"}),
        ({"single": "sensor.power"}, {"single": "no_statistics"}),
        ({"single": "sensor.plain"}, {"single": "no_statistics"}),
        ({"single": "sensor.nothing"}, {"single": "no_statistics"}),
        ({"single": COUNTER, "price": "sensor.power"}, {"price": "wrong_price_unit"}),
        ({"single": COUNTER, "price": "sensor.day"}, {"price": "no_statistics"}),
        ({"single": COUNTER, "price": "sensor.nothing"}, {"price": "no_statistics"}),
    ):
        result = await go_on(hass, result, **chosen, price_has_vat=True)
        assert result["step_id"] == "registers"
        assert result["errors"] == errors
    result = await go_on(hass, result, single=COUNTER, price_has_vat=True)
    result = await go_on(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_gas(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A gas meter has one register, in m³ or kWh."""
    entry = await start(hass, my_luminus.entry(hass))
    await async_wait_recording_done(hass)
    show_counter(hass, "sensor.gas", "m³")
    result = await go_on(hass, await begin(hass, entry), gsrn=OVEN_GAS)
    assert list(result["data_schema"].schema) == ["single"]
    result = await go_on(hass, result, single="sensor.gas")
    assert result["step_id"] == "submission"
    await go_on(hass, await go_on(hass, result, **NOT_SENT))
    assert meter_links(hass, entry).keys() == {OVEN_GAS}
    result = await begin(hass, entry)
    assert result["description_placeholders"] == {"place": "Krakelingstraat 12"}
    assert OVEN_ELECTRICITY not in meter_links(hass, entry)
    await settled(hass)


async def test_readings_are_sent(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Where the portal takes readings, the user chooses when; the first one is to be confirmed."""
    entry = await start(hass, my_luminus.entry(hass))
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("other", "1")}, serial_number="1SAG01"
    )
    known = entities.async_get_or_create(
        "sensor", "other", "1", suggested_object_id="day", device_id=device.id
    )
    await async_wait_recording_done(hass)
    for name in (known.entity_id, "sensor.night", COUNTER):
        show_counter(hass, name)
    result = await go_on(hass, await begin(hass, entry), gsrn=OVEN_ELECTRICITY)
    result = await go_on(
        hass, result, day=known.entity_id, night="sensor.night", price_has_vat=True
    )
    assert result["step_id"] == "submission"
    chosen = NOT_SENT | {"sends": True, "rhythm": "yearly", "day_of_month": 31, "month": "6"}
    result = await go_on(hass, result, **chosen, digits=6, meter_serial="1SAG01")
    values = result["description_placeholders"]["values"]
    assert "day (1.8.1): **12345.6 kWh**" in values
    assert "night (1.8.2): **12345.6 kWh**" in values
    await go_on(hass, result)
    submission = meter_links(hass, entry)[OVEN_ELECTRICITY].submission
    assert submission == Submission(
        schedule=Schedule(rhythm=Rhythm.YEARLY, at=time(12), day=31, month=6),
        digits=6,
        meter_serial="1SAG01",
        device_serials=("1SAG01",),
    )

    subentry = only_subentry(entry)
    seen = {**subentry.data["submission"], "confirmed": True, "meter_since": "2026-11-01"}
    hass.config_entries.async_update_subentry(
        entry, subentry, data={**subentry.data, "submission": seen}
    )
    for night, is_confirmed in (("sensor.night", True), (COUNTER, False)):
        result = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
        result = await go_on(hass, result, day=known.entity_id, night=night, price_has_vat=True)
        await go_on(hass, await go_on(hass, result, **chosen))
        submission = meter_links(hass, entry)[OVEN_ELECTRICITY].submission
        assert submission is not None
        assert submission.is_confirmed is is_confirmed
        assert submission.meter_since == date(2026, 11, 1)
    await settled(hass)


async def test_reconfigure_after_renaming(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A renamed entity stays linked; another one can be chosen; a deleted one is known to be lost."""
    entity_registry = er.async_get(hass)
    known = entity_registry.async_get_or_create("sensor", "other", "1", suggested_object_id="main")
    show_counter(hass, known.entity_id)
    show_counter(hass)
    show_price(hass)
    result = await go_on(hass, await begin(hass, entry), gsrn=FLAT)
    result = await go_on(hass, result, single=known.entity_id, price=PRICE, price_has_vat=True)
    await go_on(hass, result)
    entity_registry.async_update_entity(known.entity_id, new_entity_id="sensor.renamed")
    assert meter_links(hass, entry)[FLAT].registers == {"single": "sensor.renamed"}

    subentry = only_subentry(entry)
    result = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert result["step_id"] == "registers"
    suggested = {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }
    assert suggested == {"single": "sensor.renamed", "price": PRICE, "price_has_vat": True}
    result = await go_on(hass, result, single=COUNTER, price_has_vat=False)
    result = await go_on(hass, result)
    assert result["reason"] == "reconfigure_successful"
    found = meter_links(hass, entry)[FLAT]
    assert (found.registers, found.price) == ({"single": COUNTER}, None)

    result = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    show_counter(hass, "sensor.renamed")
    result = await go_on(hass, result, single="sensor.renamed", price_has_vat=False)
    await go_on(hass, result)
    entity_registry.async_remove("sensor.renamed")
    found = meter_links(hass, entry)[FLAT]
    assert (found.registers, found.lost) == ({}, ("single",))


async def test_supply_point_is_gone(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Nothing is linked while the account does not show its supply points."""
    show_counter(hass)
    result = await go_on(hass, await begin(hass, entry), gsrn=FLAT)
    await go_on(hass, await go_on(hass, result, single=COUNTER, price_has_vat=True))
    subentry = only_subentry(entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await begin(hass, entry))["reason"] == "no_supply_point"
    result = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert result["reason"] == "no_supply_point"


async def test_sold(hass: HomeAssistant, oma_lumme: Demo, entry: MockConfigEntry) -> None:
    """A link of a supply point that was sold cannot be changed."""
    show_counter(hass)
    result = await go_on(hass, await begin(hass, entry), gsrn=FLAT)
    await go_on(hass, await go_on(hass, result, single=COUNTER, price_has_vat=True))
    points = oma_lumme.customer.supply_points
    coordinator = entry.runtime_data
    coordinator.data = type(coordinator.data)(supply_points=points[1:])
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, METER_LINK),
        context={
            "source": SOURCE_RECONFIGURE,
            "subentry_id": only_subentry(entry).subentry_id,
        },
    )
    assert result["reason"] == "no_supply_point"
