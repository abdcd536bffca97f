"""Tests of the actions about deposits, at a portal that really changes them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from hypothesis import given, strategies as st
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.actions.deposit import euros
from custom_components.lumme_energy.portal.model import (
    DepositPermissions,
    DepositRefusal,
)
from demo.faults import FaultKind
from demo.households.belgium import OVEN_ELECTRICITY
from tests.account.common import Demo, pass_time, start

from .common import call


@pytest.fixture
async def home(hass: HomeAssistant, my_luminus: Demo) -> MockConfigEntry:
    """Return the account of the home, whose deposit can be changed."""
    return await start(hass, my_luminus.entry(hass, 1))


@given(st.decimals(min_value=0, max_value=100_000, places=2))
def test_euros(amount: Decimal) -> None:
    """Every amount in whole cents is taken for what it is, written as a text or a number."""
    assert euros(str(amount)) == amount
    assert euros(float(amount)) == amount


@pytest.mark.parametrize("value", [-1, "-0.01", 1.234, "1,50", "", "many", None, "nan", "inf", []])
def test_no_euros(value: Any) -> None:
    """Anything else is turned away, not rounded."""
    with pytest.raises(probatio.Invalid):
        euros(value)


async def test_simulate(hass: HomeAssistant, my_luminus: Demo, home: MockConfigEntry) -> None:
    """At any amount, the answer is what the portal's slider shows; nobody is asked."""
    plan = my_luminus.portal.household.customers[1].deposits[0]
    requests = my_luminus.portal.requests.total
    as_it_is = await call(hass, "simulate_deposit")
    assert as_it_is["amount"] == as_it_is["present_amount"] == float(plan.amount)
    assert as_it_is["expected_settlement"] == float(plan.simulation.expected_settlement)
    assert as_it_is["possible"] is True
    at_the_ideal = await call(hass, "simulate_deposit", amount=as_it_is["ideal_amount"])
    slices = at_the_ideal["deposits_to_come"]
    assert -slices < at_the_ideal["expected_settlement"] <= 0
    assert at_the_ideal["possible"] is True
    too_much = await call(hass, "simulate_deposit", amount=as_it_is["maximum"] + 1)
    assert too_much["refusal"] == "refused_out_of_range"
    assert "+32 78 150 210" in too_much["message"]
    assert my_luminus.portal.requests.total == requests


async def test_dry_run(hass: HomeAssistant, my_luminus: Demo, home: MockConfigEntry) -> None:
    """Without a confirmation nothing is sent; the answer tells what would happen."""
    requests = my_luminus.portal.requests.total
    answer = await call(hass, "set_deposit", amount=104.5)
    assert (answer["possible"], answer["changed"]) == (True, False)
    assert answer["message"] is None
    assert my_luminus.portal.requests.total == requests
    assert my_luminus.portal.changes.writes == []
    assert (await call(hass, "list_changes"))["changes"] == []


async def test_change(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    my_luminus: Demo,
    home: MockConfigEntry,
) -> None:
    """A confirmed change is made, shown, and told; a second one has to wait for the next period."""
    answer = await call(hass, "set_deposit", amount="104.50", confirm=True)
    assert (answer["possible"], answer["changed"]) == (True, True)
    written = my_luminus.portal.changes.writes
    assert [(each.asked["Amount"], each.reason) for each in written] == [(104.5, None)]
    state = hass.states.get("sensor.wolkenlaan_8_2_change_of_advance_payment")
    assert state.state == "already_changed"
    assert str(state.attributes["possible_from"]) == answer["next_invoice"] == "2026-12-15"

    again = await call(hass, "set_deposit", amount=90)
    assert (again["possible"], again["refusal"]) == (False, "refused_already_changed")
    assert again["message"].startswith("This advance payment was changed")
    assert again["possible_from"] == "2026-12-15"
    with pytest.raises(ServiceValidationError) as refused:
        await call(hass, "set_deposit", amount=90, confirm=True)
    assert refused.value.translation_key == "refused_already_changed"
    as_it_is = await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert as_it_is["changed"] is False
    assert len(written) == 1
    for _ in range(23):
        await pass_time(hass, freezer, days=1)
    assert hass.states.get(state.entity_id).state == "possible"
    assert (await call(hass, "set_deposit", amount=95, confirm=True))["changed"] is True
    assert len(written) == 2


async def test_empty_house(hass: HomeAssistant, my_luminus: Demo, home: MockConfigEntry) -> None:
    """An empty house pays the least there is, far below the usual range."""
    answer = await call(hass, "set_deposit", empty_house=True)
    assert (answer["amount"], answer["minimum"], answer["possible"]) == (10, 10, True)
    assert (await call(hass, "set_deposit", amount=10))["refusal"] == "refused_out_of_range"
    assert (await call(hass, "set_deposit", empty_house=True, confirm=True))["changed"] is True
    written = my_luminus.portal.changes.writes
    assert written[0].asked["IsEmptyHouse"] is True
    assert written[0].asked["Amount"] == 10
    with pytest.raises(ServiceValidationError) as missing:
        await call(hass, "set_deposit", confirm=True, empty_house=False)
    assert missing.value.translation_key == "no_amount"


@pytest.mark.parametrize("language", ["nl", "fr", "fi"])
async def test_language(
    hass: HomeAssistant, my_luminus: Demo, home: MockConfigEntry, language: str
) -> None:
    """A refusal is told in Home Assistant's language."""
    hass.config.language = language
    message = (await call(hass, "set_deposit", amount=1))["message"]
    word = {"nl": "bedrag", "fr": "montant", "fi": "summaa"}[language]
    assert word in message


async def test_the_bakery(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A customer with an overdue bill has to pay first: that is the first thing to say."""
    await start(hass, my_luminus.entry(hass))
    with pytest.raises(ServiceValidationError) as which:
        await call(hass, "set_deposit", amount=700)
    assert which.value.translation_key == "which_supply_point"
    answer = await call(hass, "set_deposit", amount=1_000_000, supply_point=OVEN_ELECTRICITY)
    assert answer["refusal"] == "refused_unpaid_invoice"
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_deposit", amount=700, supply_point=OVEN_ELECTRICITY, confirm=True)
    assert my_luminus.portal.changes.writes == []


@pytest.mark.parametrize("rule", [*DepositRefusal][:5])
async def test_rules_of_the_portal(
    hass: HomeAssistant, my_luminus: Demo, rule: DepositRefusal
) -> None:
    """Each of the supplier's rules is named, and nothing is sent against it."""
    my_luminus.allow(DepositPermissions(refusal=rule), 1)
    await start(hass, my_luminus.entry(hass, 1))
    answer = await call(hass, "set_deposit", amount=104.5)
    assert answer["refusal"] == f"refused_{rule}"
    state = hass.states.get("sensor.wolkenlaan_8_2_change_of_advance_payment")
    assert state.state == rule
    with pytest.raises(ServiceValidationError):
        await call(hass, "set_deposit", amount=104.5, confirm=True)
    assert my_luminus.portal.changes.writes == []


async def test_not_offered(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A portal that allows a change to nobody, or an empty house to nobody, is taken at its word."""
    my_luminus.allow(DepositPermissions(), 1)
    await start(hass, my_luminus.entry(hass, 1))
    answer = await call(hass, "set_deposit", amount=104.5)
    assert answer["refusal"] == "deposit_not_changeable"
    state = hass.states.get("sensor.wolkenlaan_8_2_change_of_advance_payment")
    assert state.state == "not_offered"


async def test_no_empty_house(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Where an empty house is nothing special, there is no special deposit."""
    my_luminus.allow(DepositPermissions(amount=True), 1)
    await start(hass, my_luminus.entry(hass, 1))
    answer = await call(hass, "set_deposit", empty_house=True)
    assert answer["refusal"] == "no_empty_house"


async def test_no_deposit(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Without a deposit there is nothing to change; the portal may not even have them."""
    my_luminus.revise(lambda home: replace(home, deposits=()), 1)
    await start(hass, my_luminus.entry(hass, 1))
    with pytest.raises(ServiceValidationError) as none:
        await call(hass, "simulate_deposit")
    assert none.value.translation_key == "no_deposit"


async def test_no_deposits(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A portal without deposits says so."""
    my_luminus.portal.faults.add(FaultKind.MISSING, path="/myluminus/api/budget-bill-lines")
    await start(hass, my_luminus.entry(hass, 1))
    with pytest.raises(ServiceValidationError) as none:
        await call(hass, "simulate_deposit")
    assert none.value.translation_key == "not_offered"
