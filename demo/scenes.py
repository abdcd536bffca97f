"""What has happened at the demo's customers before anybody looks.

The flat and the bakery have their meters linked, with a past in which they agree with the portals,
but for the flat's newest bill, whose index was guessed. The bills of flat and cottage are archived.
The home was granted another deposit; the bakery, which is behind with a bill, would be refused one.
The home's reading was typed in and accepted; the bakery's meter sends its own when it is asked to,
but the first one waits until the user has seen it.
The energy dashboard shows the homes as their portals tell, and the bakery as its meter counts.
Everybody has left the cottage, which is still as warm as for them.
The flat's meter shows each phase, too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate, batched
from typing import Any, Final

from custom_components.lumme_energy.account.history.ids import cost_id, energy_id
from custom_components.lumme_energy.portal.model import ConsumptionSlot, Resolution

from .entries import DOMAIN
from .errors import DemoError
from .home_assistant import Session
from .households import HouseholdOn
from .households.belgium import (
    BAKERY_REGISTERS,
    BRUSSELS,
    HOME_ELECTRICITY,
    HOME_REGISTERS,
    OVEN_ELECTRICITY,
    OVEN_GAS,
    household as belgium,
    months_before,
    register_index,
)
from .households.finland import COTTAGE, FLAT, MARGIN, household as finland

EXCHANGE_PRICE: Final = "sensor.exchange_price"
# Statistics in one message, which Home Assistant limits.
BATCH: Final = 2_000
PATIENCE: Final = 60.0
# Hours of the longest month, for which costs are told.
MONTH: Final = 31 * 24 + 1
# By then a household's meters have told of today.
LATE: Final = timedelta(days=7)
# Before anything that anybody looks at.
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
UNIT_CLASSES: Final = {"kWh": "energy", "kW": "power"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A meter that is linked to a supply point.

    Attributes:
        gsrn: The supply point.
        household: Whose it is.
        meter: The name of its config entry.
        registers: Translation key of the entity of each register.
        shares: What each register counts of the energy.
        months: For how long it has been there.
        price: The entity that tells the exchange's price.
        sends: Whether its readings are sent in when the supplier asks for them.
    """

    gsrn: str
    household: HouseholdOn
    meter: str
    registers: Mapping[str, str]
    shares: Mapping[str, Decimal]
    months: int
    price: str | None = None
    sends: bool = False


FLATS_METER: Final = Link(
    gsrn=FLAT,
    household=finland,
    meter="p1_meter",
    registers={"single": "energy_import"},
    shares={"single": Decimal(1)},
    months=3,
    price=EXCHANGE_PRICE,
)
BAKERYS_METER: Final = Link(
    gsrn=OVEN_ELECTRICITY,
    household=belgium,
    meter="belgian_meter",
    registers={"day": "energy_import_day", "night": "energy_import_night"},
    shares=BAKERY_REGISTERS,
    months=9,
    sends=True,
)
METERS: Final = (FLATS_METER, BAKERYS_METER)


def past(link: Link, now: datetime) -> tuple[ConsumptionSlot, ...]:
    """Return the hours that a linked meter has counted, up to the last whole one."""
    customers = link.household(now.date() + LATE).customers
    begin = months_before(now.date().replace(day=1), link.months)
    # A day here begins before it does in UTC.
    start = datetime.combine(begin, time(), UTC) - timedelta(days=1)
    (hours,) = (
        customer.consumption(link.gsrn, start, now, Resolution.HOUR)
        for customer in customers
        if any(point.gsrn == link.gsrn for point in customer.supply_points)
    )
    return hours


def counted(hours: Sequence[ConsumptionSlot], share: Decimal) -> list[dict[str, Any]]:
    """Return a register's statistics. They lead up to 0, from where Home Assistant goes on.

    Before the first row of a statistic it takes the sum to have been 0, and that row to have changed
    it. So there is one row more, long ago.
    """
    left = accumulate((hour.energy * share for hour in reversed(hours)), initial=Decimal(0))
    starts = [LONG_AGO, *(hour.start for hour in hours)]
    return [
        {"start": start.isoformat(), "sum": -float(rest)}
        for start, rest in zip(reversed(starts), left, strict=True)
    ][::-1]


def drawn(hours: Iterable[ConsumptionSlot]) -> list[dict[str, Any]]:
    """Return the statistics of the power, kW, with which hours used what they did."""
    return [{"start": hour.start.isoformat(), "mean": float(hour.energy)} for hour in hours]


def priced(hours: Iterable[ConsumptionSlot]) -> list[dict[str, Any]]:
    """Return the statistics of the exchange's price that hours were charged at."""
    margin = Decimal(MARGIN).scaleb(-4)
    return [
        {"start": hour.start.isoformat(), "mean": float(hour.cost / hour.energy - margin)}
        for hour in hours
        if hour.cost is not None and hour.energy
    ]


async def link_meter(session: Session, entries: Mapping[str, str], link: Link) -> None:
    """Give a meter a past, and link it.

    Raises:
        DemoError: Home Assistant did not take it.

    """
    hours = past(link, _whole_hour())
    account = await _account_of(session, link.gsrn)
    answers: dict[str, Any] = {}
    for register, key in link.registers.items():
        entity = await _entity(session, entries[link.meter], key)
        answers[register] = entity
        await _remember(session, entity, counted(hours, link.shares[register]), unit="kWh")
    if link.price is not None:
        answers["price"] = link.price
        await _remember(session, link.price, priced(hours[-MONTH:]), unit="EUR/kWh")
    flow = session.subentry_flow(account, "meter_link")
    async with _patience("a demo account does not let a meter be linked"):
        # It is loaded anew when its options have changed.
        while (step := await flow.start())["type"] == "abort":  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    if step.get("step_id") == "user":
        step = await flow.answer(gsrn=link.gsrn)
    if step.get("step_id") == "registers":
        step = await flow.answer(**answers)
    if step.get("step_id") == "submission":
        step = await flow.answer(sends=link.sends)
    if step.get("step_id") == "confirm":
        step = await flow.answer()
    if step["type"] != "create_entry":
        raise DemoError(f"a meter was not linked: {step.get('errors') or step.get('reason')}")
    await _entity(session, account, "bill_check")


async def change_deposit(session: Session, _entries: Mapping[str, str]) -> None:
    """Have the home's deposit changed to what its supplier finds ideal."""
    account = await _account_of(session, HOME_ELECTRICITY)
    await _entity(session, account, "deposit")
    simulated = await session.act(
        "simulate_deposit", config_entry_id=account, supply_point=HOME_ELECTRICITY
    )
    await session.act(
        "set_deposit",
        config_entry_id=account,
        supply_point=HOME_ELECTRICITY,
        amount=simulated["ideal_amount"],
        confirm=True,
    )


async def submit_readings(session: Session, _entries: Mapping[str, str]) -> None:
    """Type a reading of the home in, and have the bakery's meter read for the first time.

    Raises:
        DemoError: The home's was not taken, or the bakery's does not wait for the user.

    """
    today = datetime.now(BRUSSELS).date()
    account = await _account_of(session, HOME_ELECTRICITY)
    await _entity(session, account, "supplier_reading_single")
    await session.act(
        "submit_reading",
        config_entry_id=account,
        supply_point=HOME_ELECTRICITY,
        values={
            register: int(register_index(HOME_ELECTRICITY, today, share))
            for register, share in HOME_REGISTERS.items()
        },
        confirm=True,
    )
    account = await _account_of(session, OVEN_ELECTRICITY)
    await _entity(session, account, "submit_reading")
    # The answer that it waits for the user is an error.
    with suppress(DemoError):
        await session.act(
            "submit_reading",
            config_entry_id=account,
            supply_point=OVEN_ELECTRICITY,
            confirm=True,
        )
    told = await session.act("list_readings", config_entry_id=account)
    if not any(one["state"] == "held" for one in told["submissions"]):
        raise DemoError("the reading of the bakery's meter does not wait for the user")


# What each scene needs to be there, and how it goes.
type Scene = Callable[[Session, Mapping[str, str]], Awaitable[None]]


async def archive(session: Session, _entries: Mapping[str, str]) -> None:
    """Have the bills of the flat and the cottage archived."""
    flow = session.options_flow(await _account_of(session, FLAT))
    await flow.start()
    await flow.answer(archive=True)


async def show_phases(session: Session, entries: Mapping[str, str]) -> None:
    """Have the flat's meter show the power of each phase, which most people do not ask for."""
    meter = entries[FLATS_METER.meter]
    for entity in await session.command("config/entity_registry/list"):
        if (entity["config_entry_id"], entity["translation_key"]) == (meter, "power_import_phase"):
            await session.command(
                "config/entity_registry/update", entity_id=entity["entity_id"], disabled_by=None
            )
    # Home Assistant would do so by itself, but half a minute later.
    for disabled_by in ("user", None):
        await session.command("config_entries/disable", entry_id=meter, disabled_by=disabled_by)


async def link_flat(session: Session, entries: Mapping[str, str]) -> None:
    """Link the flat's meter."""
    await link_meter(session, entries, FLATS_METER)


async def link_bakery(session: Session, entries: Mapping[str, str]) -> None:
    """Tell that the bakery is a business, and link its meter."""
    account = await _account_of(session, OVEN_ELECTRICITY)
    flow = session.options_flow(account)
    await flow.start()
    await flow.answer(segment="business")
    await link_meter(session, entries, BAKERYS_METER)


async def leave_cottage_warm(session: Session, entries: Mapping[str, str]) -> None:
    """Have all of the cottage follow its mode, which nobody has changed when they left."""
    mode = await _entity(session, entries["cottage"], "heating_mode")
    async with _patience("the cottage is not there"):
        while (await _state(session, mode)) in {None, "unavailable", "unknown"}:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    await session.command(
        "call_service",
        domain="select",
        service="select_option",
        target={"entity_id": mode},
        service_data={"option": "home"},
    )


async def show_energy(session: Session, entries: Mapping[str, str]) -> None:
    """Show on the energy dashboard what is used, nothing of it twice: either portal or meter."""
    powers = {link.gsrn: await _power(session, entries, link) for link in METERS}
    meter = entries[BAKERYS_METER.meter]
    day, night = [await _entity(session, meter, key) for key in BAKERYS_METER.registers.values()]
    sources: list[dict[str, Any]] = [
        *(_grid(energy_id(gsrn), stat_cost=cost_id(gsrn)) for gsrn in (COTTAGE, HOME_ELECTRICITY)),
        _grid(energy_id(FLAT), stat_cost=cost_id(FLAT), stat_rate=powers[FLAT]),
        _grid(day, stat_rate=powers[OVEN_ELECTRICITY]),
        _grid(night),
        {"type": "gas", "stat_energy_from": energy_id(OVEN_GAS), "stat_cost": None},
    ]
    wanted = {source[key] for source in sources for key in ("stat_energy_from", "stat_cost")}
    async with _patience("the history of a demo account is not there"):
        while True:
            known = await session.command("recorder/list_statistic_ids")
            if {each["statistic_id"] for each in known} >= wanted - {None}:
                break
            await asyncio.sleep(0.2)
    await session.command("energy/save_prefs", energy_sources=sources)


def _grid(energy: str, *, stat_cost: str | None = None, **more: str) -> dict[str, Any]:
    return {
        "type": "grid",
        "stat_energy_from": energy,
        "stat_cost": stat_cost,
        "cost_adjustment_day": 0.0,
        **more,
    }


async def _power(session: Session, entries: Mapping[str, str], link: Link) -> str:
    """Return the entity of the power that a meter shows, with a past."""
    entity = await _entity(session, entries[link.meter], "power_import")
    await _remember(session, entity, drawn(past(link, _whole_hour())[-MONTH:]), unit="kW")
    return entity


def _whole_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


SCENES: Final[Mapping[str, tuple[tuple[str, ...], Scene]]] = {
    "the archive": (("oma_lumme",), archive),
    "the flat's meter": (("oma_lumme", "p1_meter"), link_flat),
    "the bakery's meter": (("my_luminus", "belgian_meter"), link_bakery),
    "the home's deposit": (("my_luminus",), change_deposit),
    "the readings": (("my_luminus", "belgian_meter"), submit_readings),
    "the cottage left warm": (("cottage",), leave_cottage_warm),
    "the energy dashboard": (
        ("oma_lumme", "my_luminus", "p1_meter", "belgian_meter"),
        show_energy,
    ),
    "the flat's phases": (("p1_meter",), show_phases),
}


async def _state(session: Session, entity: str) -> str | None:
    states = await session.command("get_states")
    return next((each["state"] for each in states if each["entity_id"] == entity), None)


async def _account_of(session: Session, gsrn: str) -> str:
    """Return the entry of the account that has a supply point."""
    async with _patience("a supply point of the demo is not there"):
        while True:
            for device in await session.command("config/device_registry/list"):
                if [DOMAIN, gsrn] in device["identifiers"]:
                    return str(device["config_entries"][0])
            await asyncio.sleep(0.2)


async def _entity(session: Session, entry: str, key: str) -> str:
    """Return an entity of an entry, as soon as it is there."""
    async with _patience("an entity of a demo meter is not there"):
        while True:
            for entity in await session.command("config/entity_registry/list"):
                if (entity["config_entry_id"], entity["translation_key"]) == (entry, key):
                    return str(entity["entity_id"])
            await asyncio.sleep(0.2)


async def _remember(
    session: Session, entity: str, rows: Sequence[Mapping[str, Any]], *, unit: str
) -> None:
    """Give an entity a past in Home Assistant's statistics, and wait until it is there."""
    counts = "sum" in rows[0]
    for some in batched(rows, BATCH, strict=False):
        await session.command(
            "recorder/import_statistics",
            metadata={
                "has_sum": counts,
                "mean_type": 0 if counts else 1,
                "name": None,
                "source": "recorder",
                "statistic_id": entity,
                "unit_class": UNIT_CLASSES.get(unit),
                "unit_of_measurement": unit,
            },
            stats=some,
        )
    async with _patience("the recorder does not take the past of a demo meter"):
        while True:
            known = await session.command(
                "recorder/statistics_during_period",
                start_time=rows[-1]["start"],
                statistic_ids=[entity],
                period="hour",
            )
            if known:
                return
            await asyncio.sleep(0.2)


@asynccontextmanager
async def _patience(what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise DemoError(what) from None
