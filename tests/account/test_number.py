"""Tests of the number: a deposit that a customer may move."""

from dataclasses import replace

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.number import DOMAIN as NUMBER, SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from demo.households import Customer
from demo.households.belgium import OVEN_ELECTRICITY

from .common import Demo, pass_time, start

HOME = "number.wolkenlaan_8_2_advance_payment"
BAKERY = "number.krakelingstraat_12_advance_payment"


async def move(
    hass: HomeAssistant, entity_id: str, value: float, context: Context | None = None
) -> None:
    """Move a number as the frontend does."""
    await hass.services.async_call(
        NUMBER,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: entity_id, "value": value},
        blocking=True,
        context=context,
    )


async def test_move(hass: HomeAssistant, my_luminus: Demo, hass_admin_user: MockUser) -> None:
    """To move the number is to confirm: the deposit is changed, and it is known by whom."""
    entry = await start(hass, my_luminus.entry(hass, 1))
    state = hass.states.get(HOME)
    plan = entry.runtime_data.data.deposits[0]
    assert float(state.state) == float(plan.amount)
    assert state.attributes["min"] == float(plan.minimum)
    assert state.attributes["max"] == float(plan.maximum)
    assert state.attributes["unit_of_measurement"] == "EUR"
    await move(hass, HOME, 104.5, Context(user_id=hass_admin_user.id))
    assert hass.states.get(HOME).state == "104.5"
    written = my_luminus.portal.changes.writes
    assert [each.asked["Amount"] for each in written] == [104.5]
    assert entry.runtime_data.outbox.records[0].user_id == hass_admin_user.id
    with pytest.raises(ServiceValidationError) as refused:
        await move(hass, HOME, 90)
    assert refused.value.translation_key == "refused_already_changed"
    assert hass.states.get(HOME).state == "104.5"
    assert len(written) == 1


async def test_refused(hass: HomeAssistant, my_luminus: Demo) -> None:
    """A rule against it is told before anything is sent; so is an amount out of range."""
    await start(hass, my_luminus.entry(hass))
    with pytest.raises(ServiceValidationError) as refused:
        await move(hass, BAKERY, float(hass.states.get(BAKERY).attributes["max"]))
    assert refused.value.translation_key == "refused_unpaid_invoice"
    with pytest.raises(ServiceValidationError):
        await move(hass, BAKERY, 1_000_000)
    assert my_luminus.portal.changes.writes == []


async def test_deposit_goes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, my_luminus: Demo
) -> None:
    """A deposit that is no more is unavailable and cannot be moved."""
    await start(hass, my_luminus.entry(hass))
    entity = hass.data["entity_components"][NUMBER].get_entity(BAKERY)

    def without(customer: Customer) -> Customer:
        kept = (plan for plan in customer.deposits if plan.gsrn != OVEN_ELECTRICITY)
        return replace(customer, deposits=tuple(kept))

    my_luminus.revise(without)
    await pass_time(hass, freezer, hours=25)
    assert hass.states.get(BAKERY).state == STATE_UNAVAILABLE
    change = hass.states.get("sensor.krakelingstraat_12_change_of_advance_payment")
    assert change.state == STATE_UNAVAILABLE
    with pytest.raises(ServiceValidationError) as gone:
        await entity.async_set_native_value(700)
    assert gone.value.translation_key == "no_deposit"
    assert (entity.native_value, entity.native_min_value, entity.native_max_value) == (None, 0, 100)


async def test_range_unknown(hass: HomeAssistant, my_luminus: Demo) -> None:
    """Where the portal does not tell what it accepts, there is no number to move."""

    def untold(customer: Customer) -> Customer:
        plans = (replace(plan, maximum=None) for plan in customer.deposits)
        return replace(customer, deposits=tuple(plans))

    my_luminus.revise(untold)
    entry: MockConfigEntry = my_luminus.entry(hass)
    await start(hass, entry)
    assert hass.states.get(BAKERY) is None
    assert hass.states.get("sensor.krakelingstraat_12_change_of_advance_payment") is not None
