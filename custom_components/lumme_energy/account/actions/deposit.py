"""Actions about deposits: what another one would lead to, and having it changed."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import probatio

from ...action import Action, invalid
from ...billing.deposit import amount_range, empty_house_minimum, simulate
from ...billing.tax import CENT
from ...portal.model import Capability, DepositPlan
from ..coordinator import AccountCoordinator
from ..deposit import async_set_deposit, objection, plan_of, possible_from
from .common import POINT_FIELDS, account_of, plain, point_of, require
from .writing import CONFIRM_FIELDS, async_verdict, async_written

ATTR_AMOUNT: Final = "amount"
ATTR_EMPTY_HOUSE: Final = "empty_house"


def euros(value: Any) -> Decimal:
    """Validate an amount of money.

    Raises:
        probatio.Invalid: it is none, or finer than a cent.
    """
    try:
        amount = Decimal(str(value))
        if amount >= 0 and amount == amount.quantize(CENT):
            return amount.quantize(CENT)
    except InvalidOperation:
        pass
    raise probatio.Invalid("expected an amount of money with at most two decimals")


async def simulate_deposit(call: ServiceCall) -> ServiceResponse:
    """Return what the settlement would be with another deposit, or with the present one."""
    coordinator = account_of(call)
    plan = _plan(call, coordinator)
    amount = call.data.get(ATTR_AMOUNT, plan.amount)
    is_empty_house = bool(plan.is_empty_house)
    error = objection(coordinator, plan, amount, is_empty_house=is_empty_house)
    return {
        **_impact(coordinator, plan, amount, is_empty_house=is_empty_house),
        **await async_verdict(call.hass, error),
    }


async def set_deposit(call: ServiceCall) -> ServiceResponse:
    """Have a deposit changed if that is confirmed; else return what that would lead to."""
    coordinator = account_of(call)
    plan = _plan(call, coordinator)
    is_empty_house = call.data.get(ATTR_EMPTY_HOUSE, bool(plan.is_empty_house))
    amount = call.data.get(ATTR_AMOUNT)
    if amount is None and is_empty_house:
        amount = empty_house_minimum(plan.frequency)
    if amount is None:
        raise invalid("no_amount")
    return {
        **_impact(coordinator, plan, amount, is_empty_house=is_empty_house),
        **await async_written(
            call,
            objection(coordinator, plan, amount, is_empty_house=is_empty_house),
            lambda: async_set_deposit(
                coordinator,
                plan,
                amount,
                is_empty_house=is_empty_house,
                user_id=call.context.user_id,
            ),
        ),
    }


def _plan(call: ServiceCall, coordinator: AccountCoordinator) -> DepositPlan:
    require(coordinator, Capability.DEPOSIT)
    plan = plan_of(coordinator, point_of(call, coordinator).gsrn)
    if plan is None:
        raise invalid("no_deposit")
    return plan


def _impact(
    coordinator: AccountCoordinator, plan: DepositPlan, amount: Decimal, *, is_empty_house: bool
) -> JsonObjectType:
    """Return what a customer would look at before changing a deposit."""
    impact = simulate(plan, amount)
    minimum, maximum = amount_range(plan, is_empty_house=is_empty_house)
    return {
        "amount": plain(amount),
        "present_amount": plain(plan.amount),
        "ideal_amount": plain(plan.ideal),
        "minimum": plain(minimum),
        "maximum": plain(maximum),
        "currency": plan.currency,
        "frequency": plan.frequency,
        "next_invoice": plain(plan.next_invoice),
        "empty_house": is_empty_house,
        "deposits_to_come": None if impact is None else impact.slices,
        "expected_total": None if impact is None else plain(impact.expected_total),
        "expected_settlement": None if impact is None else plain(impact.expected_settlement),
        "possible_from": plain(possible_from(coordinator, plan)),
    }


_AMOUNT: Final = {probatio.Optional(ATTR_AMOUNT): euros}
ACTIONS: Final = (
    Action(
        name="simulate_deposit",
        fields={**POINT_FIELDS, **_AMOUNT},
        handler=simulate_deposit,
    ),
    Action(
        name="set_deposit",
        fields={
            **POINT_FIELDS,
            **_AMOUNT,
            probatio.Optional(ATTR_EMPTY_HOUSE): cv.boolean,
            **CONFIRM_FIELDS,
        },
        handler=set_deposit,
        supports_response=SupportsResponse.OPTIONAL,
    ),
)
