"""Readings in a user's words: what is odd about them, and what became of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.translation import async_get_translations

from ...action import invalid
from ...const import DOMAIN
from ...readings.plan import Plan, PlanState
from ...readings.plausibility import Finding
from ..coordinator import AccountCoordinator
from ..errors import REFUSALS, async_words, refused
from ..meter_link import METER_LINK
from ..written import written_day

DAYS: Final = frozenset({"day", "previous_day"})
REGISTER_TEXT: Final = f"component.{DOMAIN}.config_subentries.{METER_LINK}.step.registers.data.{{}}"
REASON_TEXT: Final = (
    f"component.{DOMAIN}.entity.binary_sensor.reading_problem.state_attributes.reason.state.{{}}"
)


async def async_register_names(hass: HomeAssistant) -> Mapping[str, str]:
    """Return the names of the registers, as the user linked them, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "config_subentries", {DOMAIN})
    prefix = REGISTER_TEXT.format("")
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}


@callback
def objection(
    coordinator: AccountCoordinator, finding: Finding, names: Mapping[str, str]
) -> ServiceValidationError:
    """Return the error that tells a finding.

    Args:
        coordinator: The account: its customer service is named where only that can help.
        finding: What is odd.
        names: Of the registers.
    """
    language = coordinator.hass.config.language
    told = {
        name: (
            written_day(date.fromisoformat(text), language)
            if name in DAYS
            # A portal's whole number may come as one with decimals.
            else text.removesuffix(".0")
        )
        for name, text in finding.placeholders.items()
    }
    if "registers" in told:
        told["registers"] = ", ".join(
            names.get(each, each) for each in told["registers"].split(", ") if each
        )
    if finding.register is not None:
        told["register"] = names.get(finding.register, finding.register)
    return invalid(f"finding_{finding.rule}", **told, contact=coordinator.contact.label)


async def async_told(coordinator: AccountCoordinator, found: Iterable[Finding]) -> tuple[str, ...]:
    """Return a sentence for each finding, in Home Assistant's language."""
    names = await async_register_names(coordinator.hass)
    return tuple(
        [await async_words(coordinator.hass, objection(coordinator, each, names)) for each in found]
    )


def reason(plan: Plan) -> str | None:
    """Return the key of why a reading waits, was refused, or was given up."""
    return plan.hold if plan.state is PlanState.HELD else plan.answer


async def async_reason(coordinator: AccountCoordinator, plan: Plan) -> str:
    """Return why a reading waits, was refused, or was given up, in Home Assistant's language."""
    key = str(reason(plan))
    if key in REFUSALS:
        return await async_words(coordinator.hass, refused(coordinator, key))
    hass = coordinator.hass
    texts = await async_get_translations(hass, hass.config.language, "entity", {DOMAIN})
    return texts.get(REASON_TEXT.format(key), key)
