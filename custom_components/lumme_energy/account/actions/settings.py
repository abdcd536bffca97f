"""Actions about how bills come and are paid."""

from typing import Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
import probatio

from ...action import Action
from ...portal.model import Delivery, DirectDebit
from ..settings import DELIVERY, DIRECT_DEBIT, Setting, Value, async_choose, objection
from .common import ACCOUNT_FIELDS, account_of
from .writing import CONFIRM_FIELDS, async_written

ATTR_DELIVERY: Final = "delivery"
ATTR_SCOPE: Final = "scope"


async def set_delivery(call: ServiceCall) -> ServiceResponse:
    """Have bills sent by e-mail or by post."""
    return await _choose(call, DELIVERY, call.data[ATTR_DELIVERY])


async def set_direct_debit(call: ServiceCall) -> ServiceResponse:
    """Have deposits, or all bills, collected from the customer's bank account."""
    return await _choose(call, DIRECT_DEBIT, call.data[ATTR_SCOPE])


async def _choose(call: ServiceCall, setting: Setting, value: Value) -> ServiceResponse:
    coordinator = account_of(call)
    present = setting.value(coordinator)
    verdict = await async_written(
        call,
        objection(coordinator, setting, value),
        lambda: async_choose(coordinator, setting, value, user_id=call.context.user_id),
    )
    return {"present": present, "wanted": value, **verdict}


ACTIONS: Final = (
    Action(
        name="set_delivery",
        fields={
            **ACCOUNT_FIELDS,
            probatio.Required(ATTR_DELIVERY): probatio.Coerce(Delivery),
            **CONFIRM_FIELDS,
        },
        handler=set_delivery,
        supports_response=SupportsResponse.OPTIONAL,
    ),
    Action(
        name="set_direct_debit",
        fields={
            **ACCOUNT_FIELDS,
            probatio.Required(ATTR_SCOPE): probatio.Coerce(DirectDebit),
            **CONFIRM_FIELDS,
        },
        handler=set_direct_debit,
        supports_response=SupportsResponse.OPTIONAL,
    ),
)
