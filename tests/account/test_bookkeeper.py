"""Tests of what a linked meter tells: costs, the settlement to expect, and whether bills are right."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_RECORDER_HOURLY_STATISTICS_GENERATED
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.lumme_energy.account.history.ids import energy_id
from custom_components.lumme_energy.account.history.statistics import async_tell, energy_metadata
from custom_components.lumme_energy.billing.cost import charges
from custom_components.lumme_energy.billing.days import HOUR, days_between, midnight
from custom_components.lumme_energy.billing.tax import cents
from custom_components.lumme_energy.const import DOMAIN
from custom_components.lumme_energy.portal.model import Unit
from demo.households import Customer
from demo.households.belgium import BRUSSELS, HOME_ELECTRICITY, OVEN_GAS
from demo.households.finland import COTTAGE as COTTAGE_GSRN, FLAT as FLAT_GSRN, HELSINKI

from .common import COTTAGE, FLAT, Demo, pass_time, settled, start
from .conftest import START
from .recorded import (
    COUNTER,
    PRICE,
    counted,
    hourly,
    link,
    now,
    record_counter,
    record_price,
    show_counter,
)

HOME = "sensor.wolkenlaan_8_2"
GAS = "sensor.krakelingstraat_12_gas"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


@pytest.fixture(autouse=True)
def _this_integration(
    recorder_mock: Any, no_history: None, enable_custom_integrations: None
) -> None:
    """Start the recorder first, as it must be."""


@pytest.fixture(autouse=True)
async def _settle(_this_integration: None, hass: HomeAssistant) -> AsyncIterator[None]:
    """Leave nothing running when the recorder stops.

    Thousands of hours of history, which has tests of its own, would take most of the time.
    """
    with patch("custom_components.lumme_energy.account.historian.async_start"):
        yield
    await settled(hass)


async def told(hass: HomeAssistant, entity_id: str) -> tuple[str, dict[str, Any]]:
    """Let an hour's statistics be done, and return what a sensor then tells."""
    hass.bus.async_fire(EVENT_RECORDER_HOURLY_STATISTICS_GENERATED)
    await settled(hass)
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state, dict(state.attributes)


def at(day: date, zone: Any = HELSINKI) -> datetime:
    """Return when a day begins."""
    return midnight(day, zone)


def autumn(demo: Demo, gsrn: str) -> Iterator[tuple[datetime, Decimal]]:
    """Yield what was used in October, and a kWh an hour since."""
    yield from counted(demo, gsrn, date(2026, 9, 30), OCTOBER[1])
    yield from hourly(at(date(2026, 11, 1)), now(), "1")


@pytest.fixture
async def cottage(hass: HomeAssistant, oma_lumme: Demo) -> MockConfigEntry:
    """Return the Finnish account with the cottage's meter linked."""
    await record_counter(hass, autumn(oma_lumme, COTTAGE_GSRN))
    entry = oma_lumme.entry(hass)
    link(hass, entry, COTTAGE_GSRN)
    return await start(hass, entry)


@pytest.fixture
async def flat(hass: HomeAssistant, oma_lumme: Demo) -> MockConfigEntry:
    """Return the Finnish account with the flat's meter linked, and the price of its contract."""
    await record_counter(hass, autumn(oma_lumme, FLAT_GSRN))
    await record_price(hass, hourly(at(OCTOBER[0]), now(), "12.55"))
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN, price=PRICE)
    return await start(hass, entry)


async def test_costs(hass: HomeAssistant, cottage: MockConfigEntry) -> None:
    """A fixed price, and the days' share of the month's fee."""
    state, attributes = await told(hass, f"{COTTAGE}_cost_today")
    assert state == "1.11"
    assert attributes["last_reset"] == "2026-11-23T22:00:00+00:00"
    assert attributes["unit_of_measurement"] == "EUR"
    assert attributes["energy"] == 11
    assert attributes["energy_cost"] == 0.98
    assert attributes["fees"] == 0.13
    assert attributes["missing_hours"] == 0
    state, attributes = await told(hass, f"{COTTAGE}_cost_this_month")
    assert state == "53.51"
    assert attributes["last_reset"] == "2026-10-31T22:00:00+00:00"
    assert attributes["network_and_taxes"] == 0
    assert hass.states.get(f"{COTTAGE}_expected_settlement") is None
    assert hass.states.get(f"{FLAT}_cost_today") is None


async def test_next_hours(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    cottage: MockConfigEntry,
) -> None:
    """What came in the last hour is added; hours that did not come are counted."""
    freezer.move_to(START + 2 * HOUR)
    assert (await told(hass, f"{COTTAGE}_cost_today"))[1]["missing_hours"] == 2
    before = sum((kwh for _, kwh in autumn(oma_lumme, COTTAGE_GSRN)), Decimal()) - 2
    await record_counter(hass, hourly(START.replace(minute=0), now(), "2"), base=before)
    state, attributes = await told(hass, f"{COTTAGE}_cost_today")
    assert attributes["missing_hours"] == 0
    assert attributes["energy"] == 11 + 2 * 2
    assert state == "1.47"


async def test_spot(hass: HomeAssistant, flat: MockConfigEntry) -> None:
    """The exchange's price of each hour with its VAT, and the margin."""
    state, attributes = await told(hass, f"{FLAT}_cost_today")
    assert attributes["energy_cost"] == float(cents(11 * Decimal("0.1304")))
    assert Decimal(state) == cents(11 * Decimal("0.1304")) + cents(Decimal("4.90") / 30)
    assert attributes["energy_without_price"] == 0


@pytest.mark.parametrize(
    ("unit", "value", "price_has_vat"), [("EUR/MWh", "100", False), ("EUR/kWh", "0.1255", True)]
)
async def test_units_of_prices(
    hass: HomeAssistant, oma_lumme: Demo, unit: str, value: str, *, price_has_vat: bool
) -> None:
    """Prices come in many units, with VAT or without, and not for every hour."""
    today = at(date(2026, 11, 24))
    await record_counter(hass, hourly(today - HOUR, now(), "1"))
    await record_price(hass, hourly(today, now() - HOUR, value), unit)
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN, price=PRICE, price_has_vat=price_has_vat)
    await start(hass, entry)
    _, attributes = await told(hass, f"{FLAT}_cost_today")
    assert attributes["energy_cost"] == float(cents(10 * Decimal("0.1304")))
    assert attributes["energy_without_price"] == 1


@pytest.mark.parametrize("price", [PRICE, COUNTER])
async def test_price_in_a_strange_unit(hass: HomeAssistant, oma_lumme: Demo, price: str) -> None:
    """A price that is none, or has come to be told in another currency, is none."""
    await record_counter(hass, autumn(oma_lumme, FLAT_GSRN))
    await record_price(hass, hourly(at(OCTOBER[0]), now(), "100"), "SEK/kWh")
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN, price=price)
    await start(hass, entry)
    assert (await told(hass, f"{FLAT}_cost_today"))[0] == "unknown"


async def test_spot_without_a_price(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Without a price entity a spot contract has no cost, least of all 0."""
    await record_counter(hass, autumn(oma_lumme, FLAT_GSRN))
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN)
    await start(hass, entry)
    state, attributes = await told(hass, f"{FLAT}_cost_today")
    assert state == "unknown"
    assert attributes["missing_hours"] == 0


async def test_matching_bill(
    hass: HomeAssistant, cottage: MockConfigEntry, issue_registry_: ir.IssueRegistry
) -> None:
    """The cottage's bill is what its meter counted in October, 745 hours."""
    state, attributes = await told(hass, f"{COTTAGE}_bill_check")
    assert state == "matches"
    assert attributes["energy_difference"] == pytest.approx(0, abs=0.001)
    assert attributes["amount_difference"] == 0
    assert attributes["estimated"] is False
    assert not differing(issue_registry_)


async def test_differing_bill(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    oma_lumme: Demo,
    flat: MockConfigEntry,
    issue_registry_: ir.IssueRegistry,
) -> None:
    """The flat's was guessed: a repair shows the calculation, until the bill is corrected."""
    state, attributes = await told(hass, f"{FLAT}_bill_check")
    assert state == "differs"
    assert attributes["estimated"] is True
    assert attributes["energy_difference"] > 5
    (issue,) = differing(issue_registry_)
    bill = oma_lumme.customer.statement.invoices[0]
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert placeholders["number"] == bill.number == attributes["invoice"]
    assert placeholders["amount"] == f"{attributes['amount_difference']:+.2f} EUR"
    (row,) = placeholders["lines"].splitlines()
    assert row.startswith("| Energia 2026-10-01 – 2026-10-31 ≈ | ")
    assert f" {bill.lines[0].energy:.1f} kWh |" in row
    energy = sum((kwh for _, kwh in counted(oma_lumme, FLAT_GSRN, *OCTOBER)), Decimal())

    def corrected(customer: Customer) -> Customer:
        first, *others = customer.statement.invoices
        line = replace(first.lines[0], energy=energy, estimated=False)
        first = replace(first, lines=(line, *first.lines[1:]))
        return replace(customer, statement=replace(customer.statement, invoices=(first, *others)))

    oma_lumme.revise(corrected)
    await pass_time(hass, freezer, hours=9)
    assert (await told(hass, f"{FLAT}_bill_check"))[0] == "matches"
    assert not differing(issue_registry_)


async def test_tolerance(
    hass: HomeAssistant, flat: MockConfigEntry, issue_registry_: ir.IssueRegistry
) -> None:
    """The user says how far a bill may be from the meter."""
    assert differing(issue_registry_)
    hass.config_entries.async_update_entry(
        flat, options={"tolerance_percent": 2.0, "tolerance_energy": 1000.0}
    )
    await hass.config_entries.async_reload(flat.entry_id)
    assert (await told(hass, f"{FLAT}_bill_check"))[0] == "matches"
    assert not differing(issue_registry_)


@pytest.fixture
def issue_registry_(hass: HomeAssistant) -> ir.IssueRegistry:
    """Return the repairs; the test kit's own fixture would start Home Assistant too early."""
    return ir.async_get(hass)


def differing(registry: ir.IssueRegistry) -> list[ir.IssueEntry]:
    """Return the repairs about bills."""
    return [
        issue
        for (domain, issue_id), issue in registry.issues.items()
        if domain == DOMAIN and issue_id.startswith("bill_differs_")
    ]


async def check_bill(hass: HomeAssistant, entry: MockConfigEntry, **data: Any) -> dict[str, Any]:
    """Call the action."""
    answer = await hass.services.async_call(
        DOMAIN,
        "check_bill",
        {"config_entry_id": entry.entry_id, **data},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return dict(answer)


async def test_action(hass: HomeAssistant, oma_lumme: Demo, flat: MockConfigEntry) -> None:
    """The action tells line by line; without a number it is about the newest bill with a meter."""
    bills = [bill for bill in oma_lumme.customer.statement.invoices if FLAT_GSRN in bill.gsrns]
    answer = await check_bill(hass, flat)
    assert answer["invoice"] == bills[0].number
    assert answer["verdict"] == "differs"
    assert answer["lines_do_not_add_up_by"] == 0
    assert answer["estimated"] is True
    (line,) = answer["lines"]
    assert line["billed_energy"] == float(bills[0].lines[0].energy or 0)
    assert line["billed_energy"] - line["measured_energy"] == pytest.approx(
        line["energy_difference"]
    )
    assert (line["start"], line["end"]) == ("2026-10-01", "2026-10-31")
    assert line["missing_hours"] == 0
    assert line["vat"] == pytest.approx(line["amount"] * 25.5 / 125.5, abs=0.006)

    answer = await check_bill(hass, flat, invoice=bills[1].number)
    assert answer["verdict"] == "not_comparable"
    assert answer["lines"][0]["measured_energy"] is None
    with pytest.raises(ServiceValidationError) as error:
        await check_bill(hass, flat, invoice="nonsense")
    assert error.value.translation_key == "no_such_invoice"
    elsewhere = next(
        bill for bill in oma_lumme.customer.statement.invoices if FLAT_GSRN not in bill.gsrns
    )
    with pytest.raises(ServiceValidationError) as error:
        await check_bill(hass, flat, invoice=elsewhere.number)
    assert error.value.translation_key == "no_meter_linked"


async def test_action_without_vat(
    hass: HomeAssistant, oma_lumme: Demo, flat: MockConfigEntry
) -> None:
    """A bill that does not tell its VAT has none that could be told."""
    coordinator = flat.runtime_data
    statement = coordinator.data.statement
    bill = next(each for each in statement.invoices if FLAT_GSRN in each.gsrns)
    bare = replace(bill, lines=tuple(replace(line, vat_percent=None) for line in bill.lines))
    coordinator.data = replace(coordinator.data, statement=replace(statement, invoices=(bare,)))
    (line,) = (await check_bill(hass, flat))["lines"]
    assert line["vat"] is None


async def test_action_without_energy(hass: HomeAssistant, flat: MockConfigEntry) -> None:
    """A bill that tells nothing about energy cannot be compared with a meter."""
    coordinator = flat.runtime_data
    statement = coordinator.data.statement
    bill = next(each for each in statement.invoices if FLAT_GSRN in each.gsrns)
    bare = replace(bill, lines=())
    coordinator.data = replace(coordinator.data, statement=replace(statement, invoices=(bare,)))
    with pytest.raises(ServiceValidationError):
        await check_bill(hass, flat)
    answer = await check_bill(hass, flat, invoice=bill.number)
    assert answer["verdict"] == "not_comparable"
    assert answer["lines_do_not_add_up_by"] is None


async def test_action_without_meter(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Without a meter there is nothing to lay beside a bill."""
    entry = await start(hass, oma_lumme.entry(hass))
    with pytest.raises(ServiceValidationError) as error:
        await check_bill(hass, entry)
    assert error.value.translation_key == "no_meter_linked"


def daily(first: date, last: date, energy: str) -> Iterator[tuple[datetime, Decimal]]:
    """Yield a day's energy in its last hour, as a meter tells that is looked at once a day."""
    for day in days_between(first, last):
        yield at(day + timedelta(days=1), BRUSSELS) - HOUR, Decimal(energy)


async def test_forecast(hass: HomeAssistant, my_luminus: Demo) -> None:
    """The home's year: what the meter counted, last year's days, the last bill's charges."""
    await record_counter(hass, daily(date(2025, 6, 30), date(2026, 11, 23), "10"))
    entry = my_luminus.entry(hass, customer=1)
    link(hass, entry, HOME_ELECTRICITY)
    await start(hass, entry)
    state, attributes = await told(hass, f"{HOME}_expected_settlement")
    customer = my_luminus.household.customers[1]
    others = charges(customer.statement, HOME_ELECTRICITY)
    assert others is not None
    assert others.per_day > 0
    total = (
        cents(3650 * Decimal("0.1496"))
        + Decimal("65.00")
        + cents(3650 * others.per_kwh + 365 * others.per_day)
    )
    assert Decimal(str(attributes["expected_total"])) == total
    assert attributes["deposits_paid"] == 460
    assert attributes["deposits_to_come"] == 644
    assert Decimal(state) == total - 460 - 644
    assert attributes["basis"] == "last_year"
    assert attributes["confidence"] == "high"
    assert attributes["days_measured"] == 146
    assert attributes["days_like_last_year"] == 219
    assert attributes["days_like_the_mean"] == 0
    assert (attributes["period_start"], attributes["period_end"]) == ("2026-07-01", "2027-06-30")
    suggested, _ = await told(hass, f"{HOME}_suggested_advance_payment")
    plan = customer.deposits[0]
    assert plan.minimum is not None
    assert plan.maximum is not None
    assert plan.minimum <= Decimal(suggested) <= plan.maximum


async def test_forecast_without_a_meter(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """Without a meter what the portal tells has to do; it is told how little that is."""
    freezer.move_to(datetime(2026, 12, 10, 12, tzinfo=UTC))
    entry = await start(hass, my_luminus.entry(hass, customer=1))
    state, attributes = await told(hass, f"{HOME}_expected_settlement")
    assert state != "unknown"
    assert (attributes["basis"], attributes["confidence"]) == ("mean", "low")
    days = attributes["days_measured"]
    assert 28 <= days <= 40
    assert attributes["days_like_the_mean"] == 365 - days

    # What was written down of its past is last year's.
    winter = hourly(at(date(2026, 1, 1), BRUSSELS), at(date(2026, 1, 11), BRUSSELS), "0.5")
    metadata = energy_metadata(energy_id(HOME_ELECTRICITY), "Home", Unit.KWH)
    await async_tell(hass, metadata, dict(winter))
    await pass_time(hass, freezer, hours=25)
    attributes = (await told(hass, f"{HOME}_expected_settlement"))[1]
    assert attributes["days_like_last_year"] == 10

    # A meter with one register is complemented by it, one with two is not.
    await record_counter(hass, daily(date(2026, 11, 30), date(2026, 12, 9), "10"))
    subentry_id = link(hass, entry, HOME_ELECTRICITY)
    await settled(hass)
    assert (await told(hass, f"{HOME}_expected_settlement"))[1]["days_measured"] > days
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    link(hass, entry, HOME_ELECTRICITY, {"day": COUNTER, "night": "sensor.nothing"})
    await settled(hass)
    assert (await told(hass, f"{HOME}_expected_settlement"))[0] == "unknown"


async def test_no_forecast_yet(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A meter that has been there for two weeks, and a portal that shows no more, foresee no year."""
    await record_counter(hass, daily(date(2026, 11, 10), date(2026, 11, 23), "10"))
    my_luminus.revise(lambda customer: replace(customer, consumption=lambda *_: ()), customer=1)
    entry = my_luminus.entry(hass, customer=1)
    link(hass, entry, HOME_ELECTRICITY)
    await start(hass, entry)
    assert await told(hass, f"{HOME}_expected_settlement") == (
        "unknown",
        {
            "device_class": "monetary",
            "friendly_name": "Wolkenlaan 8/2 Expected settlement",
            "unit_of_measurement": "EUR",
        },
    )
    assert (await told(hass, f"{HOME}_suggested_advance_payment"))[0] == "unknown"
    assert (await told(hass, f"{HOME}_bill_check"))[0] == "unknown"


async def test_gas(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Cubic metres become kWh at the rate of the last bill."""
    today = at(date(2026, 11, 24), BRUSSELS)
    await record_counter(hass, hourly(today - HOUR, now(), "0.5"), unit="m³")
    entry = my_luminus.entry(hass)
    link(hass, entry, OVEN_GAS)
    await start(hass, entry)
    state, attributes = await told(hass, f"{GAS}_cost_today")
    assert state != "unknown"
    assert attributes["energy"] == pytest.approx(10 * 0.5 * 11.4)
    assert attributes["energy_cost"] == pytest.approx(10 * 0.5 * 11.4 * 0.0587, abs=0.005)
    assert attributes["network_and_taxes"] > 0


async def test_gas_without_a_bill(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Nobody knows what a cubic metre holds before a bill tells."""
    today = at(date(2026, 11, 24), BRUSSELS)
    await record_counter(hass, hourly(today - HOUR, now(), "0.5"), unit="m³")
    my_luminus.revise(
        lambda customer: replace(customer, statement=replace(customer.statement, invoices=()))
    )
    entry = my_luminus.entry(hass)
    link(hass, entry, OVEN_GAS)
    await start(hass, entry)
    assert (await told(hass, f"{GAS}_cost_today"))[0] == "unknown"


async def test_link_later_and_no_more(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """Sensors come and go with the link, without a reload, as often as it does."""
    registry = er.async_get(hass)
    await record_counter(hass, autumn(oma_lumme, COTTAGE_GSRN))
    entry = await start(hass, oma_lumme.entry(hass))
    for _ in range(2):
        assert registry.async_get(f"{COTTAGE}_cost_today") is None
        subentry_id = link(hass, entry, COTTAGE_GSRN)
        await settled(hass)
        assert (await told(hass, f"{COTTAGE}_cost_today"))[0] == "1.11"
        hass.config_entries.async_remove_subentry(entry, subentry_id)
        await settled(hass)
        assert hass.states.get(f"{COTTAGE}_cost_today") is None


async def test_lost_meter(
    hass: HomeAssistant, oma_lumme: Demo, issue_registry_: ir.IssueRegistry
) -> None:
    """An entity that is gone is told, until the link is put right or removed."""
    registry = er.async_get(hass)
    known = registry.async_get_or_create("sensor", "other", "1", suggested_object_id="main")
    show_counter(hass, known.entity_id)
    entry = oma_lumme.entry(hass)
    subentry_id = link(hass, entry, COTTAGE_GSRN, {"single": known.id})
    await start(hass, entry)
    issue = (DOMAIN, f"meter_link_lost_{entry.entry_id}")
    assert issue not in issue_registry_.issues
    registry.async_remove(known.entity_id)
    assert (await told(hass, f"{COTTAGE}_cost_today"))[0] == "unknown"
    assert issue in issue_registry_.issues
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await settled(hass)
    assert issue not in issue_registry_.issues


async def test_restart_and_removal(
    hass: HomeAssistant, flat: MockConfigEntry, issue_registry_: ir.IssueRegistry
) -> None:
    """A restart brings everything back; a removed account takes its repairs along."""
    await hass.config_entries.async_reload(flat.entry_id)
    assert (await told(hass, f"{FLAT}_bill_check"))[0] == "differs"
    assert differing(issue_registry_)
    await hass.config_entries.async_remove(flat.entry_id)
    assert not issue_registry_.issues


async def test_unknown_entity_has_no_statistics(hass: HomeAssistant, oma_lumme: Demo) -> None:
    """An entity of which nothing was recorded tells nothing."""
    entry = oma_lumme.entry(hass)
    link(hass, entry, FLAT_GSRN, {"single": COUNTER}, price=PRICE)
    await start(hass, entry)
    await async_wait_recording_done(hass)
    assert (await told(hass, f"{FLAT}_cost_today"))[0] == "unknown"


async def test_nothing_is_told_before_it_is_worked_out(
    hass: HomeAssistant, my_luminus: Demo
) -> None:
    """A start of Home Assistant must not look as if a bill had become unknown, and then wrong."""
    with patch("custom_components.lumme_energy.account.bookkeeper.async_start"):
        await start(hass, my_luminus.entry(hass, customer=1))
    state = hass.states.get(f"{HOME}_expected_settlement")
    assert state is not None
    assert state.state == "unavailable"
