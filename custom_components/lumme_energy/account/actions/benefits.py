"""Actions about what a supplier gives its customers, such as the benefits of Lumme-tiimi."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio

from ...action import Action, invalid
from ...portal.model import Benefit
from ..coordinator import AccountCoordinator
from ..errors import not_offered, refused
from ..writes import Change, async_change
from .common import ACCOUNT_FIELDS, account_of, plain
from .writing import CONFIRM_FIELDS, async_written

ATTR_BENEFIT: Final = "benefit"


async def list_benefits(call: ServiceCall) -> ServiceResponse:
    """Return the benefits on offer."""
    return {"benefits": plain(_benefits(account_of(call)))}


async def redeem_benefit(call: ServiceCall) -> ServiceResponse:
    """Take a benefit, named by its id or its title, if that is confirmed."""
    coordinator = account_of(call)
    asked: str = call.data[ATTR_BENEFIT]
    benefit = _benefit(coordinator, asked)

    def check() -> None:
        if error := _objection(coordinator, _benefit(coordinator, benefit.benefit_id)):
            raise error

    verdict = await async_written(
        call,
        _objection(coordinator, benefit),
        lambda: async_change(
            coordinator,
            Change.BENEFIT,
            {"benefit_id": benefit.benefit_id, "title": benefit.title},
            of=benefit.benefit_id,
            check=check,
            user_id=call.context.user_id,
        ),
    )
    return {"benefit": plain(_benefit(coordinator, benefit.benefit_id)), **verdict}


def _benefits(coordinator: AccountCoordinator) -> tuple[Benefit, ...]:
    if coordinator.data.benefits is None:
        raise not_offered(coordinator)
    return coordinator.data.benefits


def _benefit(coordinator: AccountCoordinator, asked: str) -> Benefit:
    for benefit in _benefits(coordinator):
        if asked == benefit.benefit_id or asked.casefold() == benefit.title.casefold():
            return benefit
    raise invalid("no_such_benefit")


def _objection(coordinator: AccountCoordinator, benefit: Benefit) -> ServiceValidationError | None:
    if benefit.redeemed:
        return refused(coordinator, "already_redeemed")
    if benefit.valid_until is not None and benefit.valid_until < coordinator.today:
        return refused(coordinator, "benefit_expired")
    return None


ACTIONS: Final = (
    Action(name="list_benefits", fields=ACCOUNT_FIELDS, handler=list_benefits),
    Action(
        name="redeem_benefit",
        fields={
            **ACCOUNT_FIELDS,
            probatio.Required(ATTR_BENEFIT): cv.string,
            **CONFIRM_FIELDS,
        },
        handler=redeem_benefit,
        supports_response=SupportsResponse.OPTIONAL,
    ),
)
