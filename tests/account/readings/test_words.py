"""Tests that what is odd about readings, and what became of them, is told in every language."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.account.readings.desk import Judged
from custom_components.lumme_energy.account.readings.outcome import async_require_sent
from custom_components.lumme_energy.account.readings.words import (
    async_reason,
    async_told,
)
from custom_components.lumme_energy.readings.plan import Hold, Plan, PlanState
from custom_components.lumme_energy.readings.plausibility import Finding, Rule, Severity
from demo.households.belgium import OVEN_ELECTRICITY

from ..common import Demo, start

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PLAN = Plan(
    plan_id="one",
    gsrn=OVEN_ELECTRICITY,
    day=date(2026, 11, 24),
    at=NOW,
    until=NOW + timedelta(days=7),
    state=PlanState.DUE,
).read({"day": Decimal(8123)}, NOW)
# All that the rules' texts may name.
PLACEHOLDERS = {
    "day": "2026-11-24",
    "previous_day": "2026-11-01",
    "value": "8123",
    "previous": "8000.0",
    "daily": "5",
    "usual": "4",
    "factor": "10",
    "registers": "day, night",
    "hours": "3",
    "digits": "5",
    "rise": "12",
}


@pytest.fixture
async def entry(hass: HomeAssistant, my_luminus: Demo) -> MockConfigEntry:
    """Return the account of the bakery."""
    return await start(hass, my_luminus.entry(hass))


@pytest.mark.parametrize("language", ["en", "fi", "sv", "nl", "fr", "de"])
async def test_findings(hass: HomeAssistant, entry: MockConfigEntry, language: str) -> None:
    """Every rule makes a sentence with nothing left open."""
    hass.config.language = language
    found = [
        Finding(rule=rule, severity=Severity.BLOCK, register="day", placeholders=PLACEHOLDERS)
        for rule in Rule
    ]
    told = await async_told(entry.runtime_data, found)
    assert len(set(told)) == len(Rule)
    assert not any("{" in each or "8000.0" in each for each in told)
    # English has days in their standard form; the others as people write them.
    assert any("2026-11-01" in each for each in told) is (language == "en")


async def test_in_english(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Registers are called what the user linked them as."""
    finding = Finding(
        rule=Rule.BELOW_ESTIMATE,
        severity=Severity.BLOCK,
        register="day",
        placeholders=PLACEHOLDERS,
    )
    (told,) = await async_told(entry.runtime_data, [finding])
    assert told == (
        "Taken from the grid, day: the meter shows 8123, but the supplier estimated 8000 for "
        "2026-11-01. Call customer service with these numbers: +32 78 150 210."
    )


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (replace(PLAN, state=PlanState.HELD, hold=Hold.FINDINGS), "Something looks wrong"),
        (replace(PLAN, state=PlanState.EXPIRED, answer="too_late"), "Too late"),
        (
            replace(PLAN, state=PlanState.REFUSED, answer="closed_period"),
            "My Luminus has settled this period already; its readings cannot be changed any more.",
        ),
        (replace(PLAN, state=PlanState.REFUSED, answer="something new"), "something new"),
    ],
)
async def test_reasons(hass: HomeAssistant, entry: MockConfigEntry, plan: Plan, told: str) -> None:
    """Why a reading waits or was not taken is told in words, the portal's own if need be."""
    assert await async_reason(entry.runtime_data, plan) == told


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        (replace(PLAN, state=PlanState.ACCEPTED), None),
        (replace(PLAN, state=PlanState.HELD, hold=Hold.FIRST_SUBMISSION), "reading_held"),
        (replace(PLAN, state=PlanState.UNKNOWN), "change_unknown"),
        (replace(PLAN, state=PlanState.DUE), "reading_waits"),
        (
            replace(PLAN, state=PlanState.REFUSED, answer="before_previous"),
            "refused_before_previous",
        ),
        (replace(PLAN, state=PlanState.EXPIRED, answer="too_late"), "refused_other"),
    ],
)
async def test_outcomes(
    hass: HomeAssistant, entry: MockConfigEntry, plan: Plan, key: str | None
) -> None:
    """Whoever waits for a reading to be sent hears how that ended."""
    judged = Judged(plan=plan, findings=())
    if key is None:
        await async_require_sent(entry.runtime_data, judged)
        return
    with pytest.raises(HomeAssistantError) as told:
        await async_require_sent(entry.runtime_data, judged)
    assert told.value.translation_key == key
