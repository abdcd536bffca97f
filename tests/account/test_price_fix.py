"""Tests of watching the prices at which a quarter can be fixed; and that no recorder is needed."""

from dataclasses import replace
from decimal import Decimal

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.bookkeeper import links_of
from custom_components.lumme_energy.account.meter_link import METER_LINK
from demo.households.finland import FLAT as FLAT_GSRN

from .common import FLAT, Demo, pass_time, restart, settled, start
from .recorded import link

NEXT = "sensor.supplier_demo_fixed_price_of_next_quarter"
CHANGE = "sensor.supplier_demo_change_of_next_quarter_s_fixed_price"
CHEAPEST = "sensor.supplier_demo_cheapest_fixed_price"
BELOW = "binary_sensor.supplier_demo_fixed_price_within_target"


@pytest.fixture
async def entry(hass: HomeAssistant, oma_lumme: Demo) -> MockConfigEntry:
    """Return the Finnish account."""
    return await start(hass, oma_lumme.entry(hass))


def reprice(oma_lumme: Demo, factor: str) -> None:
    """Have every quarter offered at another price."""
    before = oma_lumme.portal._household
    oma_lumme.portal._household = lambda today: replace(
        before(today),
        offers=tuple(
            replace(offer, price=offer.price * Decimal(factor)) for offer in before(today).offers
        ),
    )


async def test_offers(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """The next quarter, the cheapest, and what has changed since they were first seen."""
    offers = oma_lumme.household.offers
    state = hass.states.get(NEXT)
    assert Decimal(state.state) == pytest.approx(offers[0].price, abs=Decimal("1e-6"))
    assert state.attributes["quarter"] == "2027-Q1"
    assert state.attributes["first_seen"] == "2026-11-24"
    assert len(state.attributes["quarters"]) == 8
    assert state.attributes["unit_of_measurement"] == "EUR/kWh"
    assert Decimal(hass.states.get(CHANGE).state) == 0
    cheapest = min(offers, key=lambda offer: offer.price)
    assert hass.states.get(CHEAPEST).attributes["quarter"] == f"{cheapest.year}-Q{cheapest.quarter}"
    assert hass.states.get(BELOW) is None

    reprice(oma_lumme, "2")
    await pass_time(hass, freezer, hours=25)
    change = Decimal(hass.states.get(CHANGE).state)
    assert change > Decimal("0.05")
    assert hass.states.get(CHANGE).attributes["first_seen"] == "2026-11-24"
    # Also after a restart.
    await restart(hass, entry)
    assert Decimal(hass.states.get(CHANGE).state) == change


async def test_target(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """A target turns a binary sensor on when any coming quarter costs as little."""
    cents = min(offer.price for offer in oma_lumme.household.offers) * 100
    target = float(cents * Decimal("0.75"))
    hass.config_entries.async_update_entry(entry, options={"target_price": target})
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert hass.states.get(BELOW).state == "off"
    assert hass.states.get(BELOW).attributes["quarters"] == []
    reprice(oma_lumme, "0.5")
    await pass_time(hass, freezer, hours=25)
    assert hass.states.get(BELOW).state == "on"
    assert hass.states.get(BELOW).attributes["quarters"]


async def test_nothing_on_offer(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    entry: MockConfigEntry,
) -> None:
    """Where no quarter is left the prices are unknown."""
    hass.config_entries.async_update_entry(entry, options={"target_price": 5.0})
    await hass.config_entries.async_reload(entry.entry_id)
    before = oma_lumme.portal._household
    oma_lumme.portal._household = lambda today: replace(before(today), offers=())
    await pass_time(hass, freezer, hours=25)
    for entity_id in (NEXT, CHANGE, CHEAPEST, BELOW):
        assert hass.states.get(entity_id).state == "unknown", entity_id
        assert "quarter" not in hass.states.get(entity_id).attributes

    coordinator = entry.runtime_data
    coordinator.async_set_updated_data(replace(coordinator.data, offers=None))
    for entity_id in (NEXT, CHANGE, CHEAPEST, BELOW):
        assert hass.states.get(entity_id).state == "unavailable", entity_id


async def test_no_offers_in_belgium(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Where no price can be fixed there are no such sensors, nor is a target asked for."""
    entry = await start(hass, my_luminus.entry(hass))
    assert hass.states.get(NEXT) is None
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert "target_price" not in result["data_schema"].schema


async def test_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The target and the tolerances are options."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    assert {"segment", "tolerance_percent", "tolerance_energy", "target_price"} <= set(
        result["data_schema"].schema
    )
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"target_price": 4.5, "tolerance_percent": 3}
    )
    await settled(hass)
    assert entry.options["target_price"] == 4.5
    assert entry.options["tolerance_percent"] == 3
    assert entry.options["tolerance_energy"] == 5
    assert hass.states.get(BELOW) is not None


async def test_without_recorder(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Where Home Assistant keeps no statistics, a link does nothing, and none can be added."""
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN)
    await start(hass, entry)
    assert links_of(entry.runtime_data) == {}
    assert hass.states.get(f"{FLAT}_cost_today") is None
    assert hass.states.get(f"{FLAT}_price_type") is not None
    result = await hass.config_entries.subentries.async_init(
        (entry.entry_id, METER_LINK), context={"source": "user"}
    )
    assert result["reason"] == "no_recorder"
    (subentry,) = entry.subentries.values()
    result = await entry.start_subentry_reconfigure_flow(hass, subentry.subentry_id)
    assert result["reason"] == "no_recorder"
