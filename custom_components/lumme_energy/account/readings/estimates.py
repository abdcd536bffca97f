"""Looks for estimated readings that a linked meter contradicts, and says whom to call."""

from collections.abc import Iterable
from typing import Any

from homeassistant.const import EVENT_RECORDER_HOURLY_STATISTICS_GENERATED
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from ...const import DOMAIN
from ...portal.model import SupplyPoint
from ...readings.estimates import Doubt, doubt, newest_estimates
from .. import issues
from ..bookkeeper import links_of
from ..coordinator import AccountCoordinator
from ..facts import place
from ..index import async_indexes
from ..meter_link import unique_id
from ..written import written_day
from .words import async_register_names


async def async_doubts(coordinator: AccountCoordinator, point: SupplyPoint) -> tuple[Doubt, ...]:
    """Return the newest estimates of a supply point that its linked meter contradicts."""
    history = coordinator.data.readings or ()
    estimates = newest_estimates(history, point.gsrn)
    link = links_of(coordinator).get(point.gsrn)
    if link is None or not estimates:
        return ()
    hass, zone = coordinator.hass, coordinator.zone
    today = coordinator.today
    now = await async_indexes(hass, link, point.energy, today, zone)
    then = {
        day: await async_indexes(hass, link, point.energy, day, zone)
        for day in {estimate.day for estimate in estimates}
    }
    found = (
        doubt(estimate, history, then=then[estimate.day], now=now, today=today)
        for estimate in estimates
    )
    return tuple(each for each in found if each is not None)


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Look from now on, whenever the portal tells something new or an hour has been counted."""
    hass, entry = coordinator.hass, coordinator.config_entry
    known = coordinator.data.readings

    @callback
    def look(*_: Any) -> None:
        entry.async_create_background_task(
            hass, _async_report(coordinator), f"{DOMAIN} estimated readings"
        )

    @callback
    def polled() -> None:
        nonlocal known
        if coordinator.data.readings is not known:
            known = coordinator.data.readings
            look()

    entry.async_on_unload(hass.bus.async_listen(EVENT_RECORDER_HOURLY_STATISTICS_GENERATED, look))
    entry.async_on_unload(coordinator.async_add_listener(polled))


async def _async_report(coordinator: AccountCoordinator) -> None:
    """Raise a repair for every supply point with an estimate in doubt."""
    doubtful: dict[str, dict[str, str]] = {}
    for point in coordinator.data.supply_points or ():
        if found := await async_doubts(coordinator, point):
            doubtful[unique_id(point.gsrn)] = {
                "portal": coordinator.supplier.portal_name,
                "place": place(point),
                "contact": coordinator.contact.label,
                "lines": await async_numbers(coordinator.hass, found),
            }
    issues.async_report_estimates(coordinator.hass, coordinator.config_entry, doubtful)


async def async_numbers(hass: HomeAssistant, found: Iterable[Doubt]) -> str:
    """Return the numbers to quote on the telephone, a line for each register, in Markdown."""
    language = hass.config.language
    texts = await async_get_translations(hass, language, "common", {DOMAIN})
    names = await async_register_names(hass)
    line = texts[f"component.{DOMAIN}.common.estimate_line"]
    return "\n".join(
        "- "
        + line.format(
            register=names.get(each.estimate.register, each.estimate.register),
            estimated=f"{each.estimate.value.normalize():f} {each.estimate.unit}",
            estimated_day=written_day(each.estimate.day, language),
            metered=f"{each.metered:f} {each.estimate.unit}",
            metered_day=written_day(each.day, language),
        )
        for each in found
    )
