"""How sending a reading in ended, for whoever waits for it."""

from ...action import invalid
from ...readings.plan import PlanState
from ...readings.plausibility import blocking
from ..coordinator import AccountCoordinator
from ..errors import REFUSALS, failed, refused
from .desk import Judged
from .words import async_reason, async_told


async def async_require_sent(coordinator: AccountCoordinator, judged: Judged) -> None:
    """Return where the supplier has accepted a reading.

    Raises:
        ServiceValidationError: it was refused, or it waits for the user.
        HomeAssistantError: it is still on its way.
    """
    plan = judged.plan
    match plan.state:
        case PlanState.ACCEPTED:
            return
        case PlanState.HELD:
            told = await async_told(coordinator, blocking(judged.findings))
            why = " ".join(told) or f"{await async_reason(coordinator, plan)}."
            raise invalid("reading_held", reason=why)
        case PlanState.SENDING | PlanState.UNKNOWN:
            raise failed(coordinator, "change_unknown")
        case PlanState.PLANNED | PlanState.DUE:
            raise failed(coordinator, "reading_waits")
    answer = str(plan.answer)
    raise refused(coordinator, answer if answer in REFUSALS else "other")
