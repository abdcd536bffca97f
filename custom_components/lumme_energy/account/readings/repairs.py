"""What a user has to know or to decide about readings: repairs, and the flow that answers them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ...readings.plan import Hold, Plan, PlanState
from ...readings.plausibility import Severity, blocking
from ..coordinator import AccountConfigEntry, AccountCoordinator
from ..facts import place
from ..issues import raised
from ..written import written_day
from .words import async_reason, async_register_names, async_told

if TYPE_CHECKING:
    from .desk import ReadingDesk

HELD: Final = "reading_held"
WINDOW_CLOSES: Final = "reading_window_closes"
NOT_SENT: Final = "reading_not_sent"
LOST: Final = "reading_lost"
KEYS: Final = (HELD, WINDOW_CLOSES, NOT_SENT, LOST)
# How long before it is too late the user is told that a reading has not arrived yet.
WARN_BEFORE: Final = timedelta(days=1)


async def async_report(coordinator: AccountCoordinator, desk: ReadingDesk) -> None:
    """Raise what the user has to know, and take back what is over."""
    hass, entry = coordinator.hass, coordinator.config_entry
    wanted = {
        _issue_id(entry, key, plan): (key, plan)
        for gsrn in {plan.gsrn for plan in desk.plans}
        for key, plan in _found(desk, gsrn)
    }
    for issue_id in raised(hass, entry, *KEYS) - wanted.keys():
        ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, (key, plan) in wanted.items():
        is_held = key == HELD
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data={"entry_id": entry.entry_id, "plan_id": plan.plan_id} if is_held else None,
            is_fixable=is_held,
            severity=ir.IssueSeverity.ERROR if key == LOST else ir.IssueSeverity.WARNING,
            translation_key=f"{key}_{plan.hold}" if is_held else key,
            translation_placeholders=await _async_placeholders(coordinator, desk, key, plan),
        )


@callback
def async_clear(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Take back all that was raised of an entry that goes away."""
    for issue_id in raised(hass, entry, *KEYS):
        ir.async_delete_issue(hass, DOMAIN, issue_id)


class HeldReadingFlow(RepairsFlow):
    """Asks what is to become of a reading that was not sent by itself."""

    def __init__(self, entry: AccountConfigEntry, plan_id: str) -> None:
        """Remember which one."""
        super().__init__()
        self._coordinator = entry.runtime_data
        self._plan_id = plan_id

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show it, and what can be done."""
        desk = self._coordinator.readings
        plan = next((each for each in desk.plans if each.plan_id == self._plan_id), None)
        if plan is None or plan.hold is None or plan.state is not PlanState.HELD:
            return self.async_abort(reason="reading_not_held")
        return self.async_show_menu(
            step_id="init",
            menu_options=_answers(desk, plan),
            description_placeholders=await _async_placeholders(self._coordinator, desk, HELD, plan),
        )

    async def async_step_send(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Send it, whatever is odd about it."""
        desk = self._coordinator.readings
        stopped = {finding.rule for finding in blocking(desk.findings(self._plan_id))}
        await desk.async_release(self._plan_id, stopped)
        return self.async_create_entry(data={})

    async def async_step_skip(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Do not send it."""
        await self._coordinator.readings.async_skip(self._plan_id)
        return self.async_create_entry(data={})

    async def async_step_meter_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Take it for one of a new meter."""
        await self._coordinator.readings.async_meter_changed(self._plan_id)
        return self.async_create_entry(data={})


def _answers(desk: ReadingDesk, plan: Plan) -> list[str]:
    """Return what the user can say about a held reading."""
    stopped = blocking(desk.findings(plan.plan_id))
    answers = []
    if plan.values is not None and not any(finding.is_final for finding in stopped):
        answers.append("send")
    answers.append("skip")
    if plan.hold in {Hold.FINDINGS, Hold.METER_REPLACED} and desk.link(plan.gsrn) is not None:
        answers.append("meter_changed")
    return answers


def _found(desk: ReadingDesk, gsrn: str) -> Iterator[tuple[str, Plan]]:
    """Yield what is to be raised about a supply point."""
    now = dt_util.utcnow()
    for plan in desk.plans:
        if plan.gsrn != gsrn:
            continue
        if plan.state is PlanState.HELD:
            yield HELD, plan
        elif plan.state is PlanState.DUE and plan.until - now <= WARN_BEFORE:
            yield WINDOW_CLOSES, plan
    problem = desk.problem(gsrn)
    if problem is not None and problem.lost is not None:
        yield LOST, problem
    elif problem is not None and problem.state is not PlanState.HELD:
        yield NOT_SENT, problem


def _issue_id(entry: ConfigEntry[Any], key: str, plan: Plan) -> str:
    return f"{key}_{entry.entry_id}_{plan.plan_id}"


async def _async_placeholders(
    coordinator: AccountCoordinator, desk: ReadingDesk, key: str, plan: Plan
) -> dict[str, str]:
    """Return what the text of a repair names. A supply point's number is not among it."""
    hass = coordinator.hass
    language = hass.config.language
    points = coordinator.data.supply_points or ()
    point = next((each for each in points if each.gsrn == plan.gsrn), None)
    told = {
        "title": coordinator.config_entry.title,
        "portal": coordinator.supplier.portal_name,
        "place": coordinator.config_entry.title if point is None else place(point),
        "day": written_day(plan.day, language),
    }
    if key == HELD and plan.hold is Hold.NO_VALUE:
        return told
    values = (plan.lost if key == LOST else plan.values) or {}
    names = await async_register_names(hass)
    told["values"] = "\n".join(
        f"- {names.get(register, register)}: **{value:f} {plan.unit}**"
        for register, value in values.items()
    )
    if key == HELD:
        told["until"] = written_day(plan.until.astimezone(coordinator.zone).date(), language)
        odd = [each for each in desk.findings(plan.plan_id) if each.severity is not Severity.INFO]
        sentences = await async_told(coordinator, odd)
        told["findings"] = "\n".join(f"- {sentence}" for sentence in sentences) or "–"
    if key in {NOT_SENT, LOST}:
        told["reason"] = await async_reason(coordinator, plan)
        told["contact"] = coordinator.contact.label
    return told
