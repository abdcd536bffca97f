"""Keeps an account's money up to date: costs, forecasts, and whether bills are right.

Statistics come once an hour, and so do costs. What rests on years of them (the forecast, and whether
bills are right) is worked out once a day and when the portal tells something new.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import EVENT_RECORDER_HOURLY_STATISTICS_GENERATED
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util

from ..billing.bill_check import BillCheck, Tolerance, check, kwh_per_m3, span
from ..billing.cost import charges, cost
from ..billing.days import add_months
from ..billing.prices import Tariff
from ..billing.settlement import Forecast, forecast
from ..billing.tax import vat_table
from ..billing.usage import Days, Hours, Measured, Usage, portal_days
from ..const import CONF_TOLERANCE_ENERGY, CONF_TOLERANCE_PERCENT, DOMAIN
from ..portal.model import Invoice, SupplyPoint
from . import issues
from .coordinator import AccountCoordinator
from .deposit import plan_of
from .feeds import AccountData
from .history.ids import energy_id
from .meter_link import MeterLink, meter_links
from .money import Costs, Money, Spent
from .usage import async_exchange, async_usage, has_recorder

# A bill is checked by itself as long as something can still be done about it.
RECENT: Final = timedelta(days=90)
TOLERANCE: Final = Tolerance()


def links_of(coordinator: AccountCoordinator) -> dict[str, MeterLink]:
    """Return the linked meters by GSRN of the supply points that the customer has."""
    if not has_recorder(coordinator.hass):
        return {}
    points = {point.gsrn for point in coordinator.data.supply_points or ()}
    links = meter_links(coordinator.hass, coordinator.config_entry)
    return {gsrn: link for gsrn, link in links.items() if gsrn in points}


def tariff_of(coordinator: AccountCoordinator, point: SupplyPoint) -> Tariff:
    """Return what a supply point's energy costs."""
    return Tariff(
        gsrn=point.gsrn,
        contracts=coordinator.data.contracts,
        vat=vat_table(coordinator.supplier.country, point.energy, coordinator.segment),
        told=coordinator.today,
    )


async def async_check(coordinator: AccountCoordinator, invoice: Invoice) -> BillCheck:
    """Lay a bill beside the meters of its supply points."""
    options = coordinator.config_entry.options
    tolerance = Tolerance(
        percent=Decimal(str(options.get(CONF_TOLERANCE_PERCENT, TOLERANCE.percent))),
        energy=Decimal(str(options.get(CONF_TOLERANCE_ENERGY, TOLERANCE.energy))),
    )
    usages: dict[str, Usage] = {}
    if (days := span(invoice)) is not None:
        for gsrn, link in links_of(coordinator).items():
            if gsrn in invoice.gsrns:
                usages[gsrn] = await _async_metered(coordinator, link, *days)

    def meter(gsrn: str, register: str, first: date, last: date) -> Measured | None:
        return usages[gsrn].measured(register, first, last) if gsrn in usages else None

    return await coordinator.hass.async_add_executor_job(check, invoice, meter, tolerance)


class Bookkeeper:
    """Works out what may have changed, the slow part only where it has."""

    def __init__(self, coordinator: AccountCoordinator) -> None:
        """Know nothing yet."""
        self._coordinator = coordinator
        self._lock = asyncio.Lock()
        # What the slow part was last worked out from.
        self._basis: tuple[AccountData, dict[str, MeterLink], date] | None = None

    async def async_refresh(self) -> None:
        """Bring everything up to date, and show it."""
        coordinator = self._coordinator
        async with self._lock:
            links = links_of(coordinator)
            points = {point.gsrn: point for point in coordinator.data.supply_points or ()}
            basis = (coordinator.data, links, coordinator.today)
            money = coordinator.money
            if basis != self._basis:
                money = await self._async_slow(points, links)
                self._basis = basis
            costs = {gsrn: await self._async_costs(points[gsrn], links[gsrn]) for gsrn in links}
            coordinator.money = replace(money, costs=costs)
        issues.async_report_money(
            coordinator.hass,
            coordinator.config_entry,
            coordinator.money.checks,
            is_lost=any(link.lost for link in links.values()),
        )
        coordinator.async_update_listeners()

    async def _async_slow(
        self, points: dict[str, SupplyPoint], links: dict[str, MeterLink]
    ) -> Money:
        """Foresee settlements, and check bills."""
        forecasts = {
            gsrn: found
            for gsrn, point in points.items()
            if (found := await self._async_forecast(point, links.get(gsrn))) is not None
        }
        bills = list(self._recent(links))
        checks = [await async_check(self._coordinator, invoice) for invoice in bills]
        return Money(forecasts=forecasts, checks=tuple(checks))

    def _recent(self, links: dict[str, MeterLink]) -> Iterator[Invoice]:
        """Yield the bills to check, newest first."""
        statement = self._coordinator.data.statement
        oldest = self._coordinator.today - RECENT
        invoices = () if statement is None else statement.invoices
        for invoice in sorted(invoices, key=lambda each: each.issued, reverse=True):
            is_ours = not links.keys().isdisjoint(invoice.gsrns)
            if is_ours and invoice.issued >= oldest and span(invoice) is not None:
                yield invoice

    async def _async_costs(self, point: SupplyPoint, link: MeterLink) -> Costs:
        """Return what has been spent, as far as the meter tells."""
        coordinator = self._coordinator
        today = coordinator.today
        first = today.replace(day=1)
        tariff = tariff_of(coordinator, point)
        usage = await _async_metered(coordinator, link, first, today)
        exchange = await async_exchange(
            coordinator.hass, link, first, today, coordinator.zone, tariff.vat
        )
        collected = charges(coordinator.data.statement, point.gsrn)
        now = dt_util.utcnow()

        def spent(since: date) -> Spent:
            found = cost(tariff, usage, since, today, exchange=exchange, collected=collected)
            return Spent(cost=found, missing_hours=usage.missing_hours(since, today, until=now))

        def work() -> Costs:
            return Costs(today=spent(today), month=spent(first))

        return await coordinator.hass.async_add_executor_job(work)

    async def _async_forecast(self, point: SupplyPoint, link: MeterLink | None) -> Forecast | None:
        """Return the settlement to expect, if there will be one.

        What the meter does not know, because it is not linked or came later, the portal may. It does
        not tell registers apart, so the two complement each other only where the meter has just one.
        """
        coordinator = self._coordinator
        data, yesterday = coordinator.data, coordinator.today - timedelta(days=1)
        plan = plan_of(coordinator, point.gsrn)
        if plan is None or plan.simulation is None or plan.simulation.period_start is None:
            return None
        first = plan.simulation.period_start
        tariff = tariff_of(coordinator, point)
        collected = charges(data.statement, point.gsrn)
        usage = Usage(days={}, zone=coordinator.zone)
        exchange: Hours = {}
        known: Days = {}
        if link is not None:
            usage = await _async_metered(coordinator, link, add_months(first, -12), yesterday)
            exchange = await async_exchange(
                coordinator.hass, link, first, yesterday, coordinator.zone, tariff.vat
            )
        if link is None or link.registers.keys() == {"single"}:
            known = await _async_told(coordinator, point.gsrn, add_months(first, -12), yesterday)

        def work() -> Forecast | None:
            so_far = cost(tariff, usage, first, yesterday, exchange=exchange)
            days = {**known, **usage.known_days()}
            return forecast(plan, tariff, days, collected=collected, so_far=so_far)

        return await coordinator.hass.async_add_executor_job(work)


@callback
def async_start(coordinator: AccountCoordinator) -> None:
    """Keep the books from now on: every hour, and whenever the portal or the user tells more."""
    hass, entry = coordinator.hass, coordinator.config_entry
    bookkeeper = Bookkeeper(coordinator)
    known, links = coordinator.data, links_of(coordinator)

    @callback
    def refresh(*_: Any) -> None:
        entry.async_create_background_task(hass, bookkeeper.async_refresh(), f"{DOMAIN} money")

    @callback
    def polled() -> None:
        nonlocal known
        if coordinator.data is not known:
            known = coordinator.data
            refresh()

    @callback
    def reconfigured(_: ConfigEntryChange, changed: ConfigEntry[Any]) -> None:
        nonlocal links
        is_ours = changed.entry_id == entry.entry_id and entry.state is ConfigEntryState.LOADED
        if is_ours and (now := links_of(coordinator)) != links:
            links = now
            refresh()

    hourly = EVENT_RECORDER_HOURLY_STATISTICS_GENERATED
    entry.async_on_unload(hass.bus.async_listen(hourly, refresh))
    entry.async_on_unload(coordinator.async_add_listener(polled))
    entry.async_on_unload(async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, reconfigured))
    refresh()


async def _async_metered(
    coordinator: AccountCoordinator, link: MeterLink, first: date, last: date
) -> Usage:
    """Return what a linked meter counted."""
    return await async_usage(
        coordinator.hass,
        link.registers,
        first,
        last,
        coordinator.zone,
        kwh_per_m3=kwh_per_m3(coordinator.data.statement, link.gsrn),
    )


async def _async_told(coordinator: AccountCoordinator, gsrn: str, first: date, last: date) -> Days:
    """Return what the portal told: as it was written down, and the newest as it is."""
    factor = kwh_per_m3(coordinator.data.statement, gsrn)
    newest = portal_days(coordinator.data.consumption.get(gsrn, ()), coordinator.zone, factor)
    if not has_recorder(coordinator.hass):
        return newest
    written = await async_usage(
        coordinator.hass,
        {"single": energy_id(gsrn)},
        first,
        last,
        coordinator.zone,
        kwh_per_m3=factor,
        is_meter=False,
    )
    return {**written.known_days(), **newest}
