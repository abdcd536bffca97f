"""Lays a reading beside everything that is known of its meter."""

from dataclasses import replace
from datetime import date
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util

from ...billing.contracts import current_contract
from ...const import DOMAIN
from ...readings.plan import Plan, Step, without
from ...readings.plausibility import (
    Finding,
    MeterFacts,
    closed_until,
    findings,
    has_injection,
)
from ..coordinator import AccountCoordinator
from ..meter_link import MeterLink, device_serials

# Issues by which a meter of this integration says that it is another one now.
REPLACED: Final = ("meter_replaced_", "sub_meter_replaced_")


@callback
def is_replaced(hass: HomeAssistant, link: MeterLink) -> bool:
    """Whether the entities of a link seem to be of another meter than when they were linked."""
    assert link.submission is not None  # noqa: S101
    linked = link.registers.values()
    if device_serials(hass, linked) != link.submission.device_serials:
        return True
    registry, since = er.async_get(hass), link.submission.meter_since
    entities = map(registry.async_get, linked)
    prefixes = tuple(
        f"{prefix}{entity.config_entry_id}" for entity in entities if entity for prefix in REPLACED
    )
    return any(
        domain == DOMAIN
        and issue_id.startswith(prefixes)
        and issue.active
        and (since is None or dt_util.as_local(issue.created).date() > since)
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
    )


@callback
def judged(
    coordinator: AccountCoordinator, plan: Plan, link: MeterLink | None
) -> tuple[Finding, ...]:
    """Return what is odd about a reading that has values.

    Args:
        coordinator: The account; what the supplier has was read just now.
        plan: The reading.
        link: The linked meter of its supply point, if there is one.
    """
    assert plan.values is not None  # noqa: S101
    data = coordinator.data
    history = data.readings or ()
    if plan.replaces is not None:
        history = without(history, plan.gsrn, plan.day)
    reading = replace(plan, step=Step.SEND).submission
    return findings(
        reading, history, _facts(coordinator, plan, link), coordinator.today, override=plan.override
    )


@callback
def settled_until(coordinator: AccountCoordinator, gsrn: str) -> date | None:
    """Return the last day of a supply point that a settlement has been made for."""
    statement = coordinator.data.statement
    return None if statement is None else closed_until(statement.invoices, gsrn)


def _facts(coordinator: AccountCoordinator, plan: Plan, link: MeterLink | None) -> MeterFacts:
    data, today = coordinator.data, coordinator.today
    point = next((each for each in data.supply_points or () if each.gsrn == plan.gsrn), None)
    known = None if link is None else link.submission
    since = None if known is None else known.meter_since
    serial = None if point is None or since is not None else point.meter_serial
    return MeterFacts(
        digits=None if known is None else known.digits,
        serials=() if serial is None else (serial,),
        is_replaced=link is not None and known is not None and is_replaced(coordinator.hass, link),
        meter_since=since,
        closed_until=settled_until(coordinator, plan.gsrn),
        has_injection=has_injection(current_contract(data.contracts, plan.gsrn, today)),
        age=plan.at - (plan.taken or plan.at),
    )
