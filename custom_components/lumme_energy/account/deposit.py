"""Deposits: whether one may be changed, what that leads to, and how it is done."""

from datetime import date
from decimal import Decimal
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..action import invalid
from ..billing.deposit import changeable_from, refusal
from ..portal.model import Contract, DepositPlan, DepositRefusal
from ..portal.outbox import WriteRecord
from .coordinator import AccountCoordinator
from .errors import refused
from .writes import Change, async_change, subject

POSSIBLE: Final = "possible"
NOT_OFFERED: Final = "not_offered"
# Whether a deposit can be changed, and if not, why.
STANDINGS: Final = (
    POSSIBLE,
    *(rule for rule in DepositRefusal if rule is not DepositRefusal.OUT_OF_RANGE),
    NOT_OFFERED,
)


def plan_of(coordinator: AccountCoordinator, gsrn: str) -> DepositPlan | None:
    """Return the deposit of a supply point, if it has one."""
    return next((plan for plan in coordinator.data.deposits or () if plan.gsrn == gsrn), None)


def standing(coordinator: AccountCoordinator, plan: DepositPlan) -> str:
    """Return whether a deposit can be changed to any other amount: one of `STANDINGS`."""
    if (rule := _rule(coordinator, plan)) is not None:
        return rule
    return POSSIBLE if plan.permissions.amount else NOT_OFFERED


def possible_from(coordinator: AccountCoordinator, plan: DepositPlan) -> date | None:
    """Return from when a deposit can be changed; None where that is now, or cannot be told."""
    if (rule := _rule(coordinator, plan)) is None:
        return None
    return changeable_from(rule, plan, _contract(coordinator, plan), coordinator.data.statement)


def objection(
    coordinator: AccountCoordinator, plan: DepositPlan, amount: Decimal, *, is_empty_house: bool
) -> ServiceValidationError | None:
    """Return what stands against a deposit, in the order in which the supplier tests its rules."""
    if (rule := _rule(coordinator, plan, amount, is_empty_house=is_empty_house)) is not None:
        return refused(coordinator, rule)
    portal = coordinator.supplier.portal_name
    if not plan.permissions.amount:
        return invalid("deposit_not_changeable", portal=portal)
    if is_empty_house and not (plan.is_empty_house or plan.permissions.empty_house):
        return invalid("no_empty_house", portal=portal)
    return None


async def async_set_deposit(
    coordinator: AccountCoordinator,
    plan: DepositPlan,
    amount: Decimal,
    *,
    is_empty_house: bool,
    user_id: str | None,
) -> WriteRecord | None:
    """Have a deposit changed, from the next one on; see `async_change`.

    Raises:
        ServiceValidationError: a rule stands against it.
        HomeAssistantError: it was not changed, or nobody knows yet.
    """

    def check() -> None:
        now = plan_of(coordinator, plan.gsrn) or plan
        if error := objection(coordinator, now, amount, is_empty_house=is_empty_house):
            raise error

    return await async_change(
        coordinator,
        Change.DEPOSIT,
        {"gsrn": plan.gsrn, "amount": str(amount), "is_empty_house": is_empty_house},
        of=plan.gsrn,
        period=plan.next_invoice,
        check=check,
        user_id=user_id,
    )


def _rule(
    coordinator: AccountCoordinator,
    plan: DepositPlan,
    amount: Decimal | None = None,
    *,
    is_empty_house: bool | None = None,
) -> DepositRefusal | None:
    accepted = coordinator.outbox.latest_accepted(subject(Change.DEPOSIT, plan.gsrn))
    return refusal(
        plan,
        _contract(coordinator, plan),
        coordinator.data.statement,
        coordinator.today,
        amount,
        is_empty_house=is_empty_house,
        changed=None if accepted is None else accepted.changed.astimezone(coordinator.zone).date(),
    )


def _contract(coordinator: AccountCoordinator, plan: DepositPlan) -> Contract | None:
    facts = coordinator.supply_point(plan.gsrn)
    return None if facts is None else facts.contract
