"""My Luminus against its stand-in, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import logging
from typing import Any, override

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler
from hypothesis import example, given, strategies as st
import pytest
from yarl import URL

from custom_components.lumme_energy.portal import my_luminus, session as session_module
from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import (
    Account,
    Capability,
    Contract,
    Direction,
    Energy,
    PriceComponent,
    PriceKind,
    Resolution,
    SupplyPoint,
)
from custom_components.lumme_energy.portal.my_luminus import MyLuminusPortal
from custom_components.lumme_energy.portal.politeness import MAX_REQUESTS_PER_DAY, Politeness
from custom_components.lumme_energy.portal.session import Credentials
from custom_components.lumme_energy.portal.wire import Drift, Record
from demo.documents import invoice_document
from demo.faults import FaultKind
from demo.households.belgium import (
    BAKERY,
    HOME,
    HOME_ELECTRICITY,
    OVEN_ELECTRICITY,
    OVEN_GAS,
    PASSWORD,
    USERNAME,
    household,
    midnight,
)
from demo.my_luminus import API, WEB, DemoMyLuminus

BAKERY_ACCOUNT, HOME_ACCOUNT = Account(account_id=BAKERY), Account(account_id=HOME)
OVEN = SupplyPoint(gsrn=OVEN_ELECTRICITY)
DAY = timedelta(days=1)
AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Stand in November, after both changes of the clock in 2026."""
        self.now = datetime(2026, 11, 24, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def stamp(self) -> float:
        """Tell the time in Unix seconds."""
        return self.now.timestamp()


type Answer = Callable[[], web.Response]


class ScriptedMyLuminus(DemoMyLuminus):
    """The stand-in, with other answers in place of some of its own."""

    def __init__(self, clock: Clock) -> None:
        """Answer as the stand-in does until told otherwise."""
        super().__init__(clock=clock)
        self.instead: dict[tuple[str, str], Answer] = {}

    @override
    def _add_routes(self, app: web.Application) -> None:
        super()._add_routes(app)

        @web.middleware
        async def script(request: web.Request, handler: Handler) -> web.StreamResponse:
            answer = self.instead.get((request.method, request.path))
            return await handler(request) if answer is None else answer()

        app.middlewares.append(script)

    def json(self, path: str, data: Any) -> None:
        """Answer a call with other data."""
        self.instead["GET", f"{API}/{path}"] = lambda: web.json_response(data)

    def page(self, method: str, path: str, html: str, status: int = 200) -> None:
        """Answer with another page."""
        self.instead[method, path] = lambda: web.Response(
            text=html, content_type="text/html", status=status
        )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock) -> ScriptedMyLuminus:
    return ScriptedMyLuminus(clock)


@pytest.fixture
async def demo_address(demo: ScriptedMyLuminus) -> AsyncIterator[str]:
    yield await demo.start()
    await demo.stop()


type Connect = Callable[..., MyLuminusPortal]


@pytest.fixture
def connect(http: aiohttp.ClientSession, demo_address: str, clock: Clock) -> Connect:
    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)

    def connect(username: str = USERNAME, password: str = PASSWORD) -> MyLuminusPortal:
        return MyLuminusPortal(
            http,
            Credentials(username=username, password=password),
            Politeness(clock.stamp),
            address=demo_address,
            sleep=sleep,
        )

    return connect


@pytest.fixture
def portal(connect: Connect) -> MyLuminusPortal:
    return connect()


async def everything(portal: MyLuminusPortal) -> None:
    """Make every confirmed call, and a consumption's."""
    accounts = await portal.async_accounts()
    points, _ = await portal.async_supply(accounts[-1])
    await portal.async_consumption(accounts[-1], points[0], AUTUMN, AUTUMN, Resolution.HOUR)


UNCONFIRMED = {
    "account-statement": lambda portal: portal.async_statement(HOME_ACCOUNT),
    "budget-bill-lines": lambda portal: portal.async_deposits(HOME_ACCOUNT),
    "meter-readings": lambda portal: portal.async_readings(HOME_ACCOUNT, ()),
    "consumptions": lambda portal: portal.async_consumption(
        BAKERY_ACCOUNT, OVEN, AUTUMN, AUTUMN, Resolution.DAY
    ),
}


async def test_everything_is_read_as_it_is(portal: MyLuminusPortal, clock: Clock) -> None:
    truth = household(clock.now.date())
    accounts = await portal.async_accounts()
    assert accounts == tuple(customer.account for customer in truth.customers)
    assert len(accounts) == 2
    for customer in (*truth.customers, truth.customers[0]):
        account = customer.account
        points, contracts = await portal.async_supply(account)
        assert points == customer.supply_points
        assert contracts == customer.contracts
        assert await portal.async_statement(account) == customer.statement
        assert await portal.async_deposits(account) == customer.deposits
        assert await portal.async_readings(account, points) == customer.readings
        one = points[:1]
        assert {reading.gsrn for reading in await portal.async_readings(account, one)} == {
            one[0].gsrn
        }
    assert portal.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_today_is_the_suppliers(portal: MyLuminusPortal, clock: Clock) -> None:
    clock.now = datetime(2026, 7, 31, 22, 5, tzinfo=UTC)
    assert portal.today == date(2026, 8, 1)


async def test_documents_of_both_partners(portal: MyLuminusPortal, demo: ScriptedMyLuminus) -> None:
    for customer in demo.household.customers:
        newest = customer.statement.invoices[0]
        document = await portal.async_document(customer.account, newest)
        assert document == invoice_document(customer, newest)
        for wrong in ("doc-0", None):
            with pytest.raises(PortalCapabilityError):
                await portal.async_document(customer.account, replace(newest, document_id=wrong))


async def test_partners_read_at_once_are_never_mixed_up(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    bakery, home = demo.household.customers
    found = await asyncio.gather(
        *(
            portal.async_statement(account)
            for account in (BAKERY_ACCOUNT, HOME_ACCOUNT, BAKERY_ACCOUNT, HOME_ACCOUNT)
        )
    )
    assert found == [bakery.statement, home.statement, bakery.statement, home.statement]
    assert demo.requests.logins == 1


async def test_a_renewed_session_is_switched_again(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    _, home = demo.household.customers
    assert await portal.async_statement(HOME_ACCOUNT) == home.statement
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    assert await portal.async_statement(HOME_ACCOUNT) == home.statement
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    await portal.async_accounts()
    demo.faults.add(FaultKind.REFUSED_SESSION, path=f"{API}/account/active", times=1)
    assert await portal.async_statement(BAKERY_ACCOUNT) != home.statement
    assert demo.requests.logins == 3


async def test_a_session_lost_after_every_switch(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    def forget() -> web.Response:
        demo.expire_sessions()
        return web.json_response({"ok": True})

    demo.instead["POST", f"{API}/account/active-business-partner"] = forget
    with pytest.raises(PortalUnavailableError):
        await portal.async_statement(HOME_ACCOUNT)
    assert demo.requests.logins == 3


async def test_a_partner_that_is_not_ours(portal: MyLuminusPortal) -> None:
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_supply(Account(account_id="5100000000"))


async def test_as_few_requests_as_the_format_allows(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    for _ in range(3):
        await portal.async_accounts()
        await portal.async_statement(HOME_ACCOUNT)
        await portal.async_consumption(
            HOME_ACCOUNT, SupplyPoint(gsrn=HOME_ELECTRICITY), AUTUMN, AUTUMN, Resolution.DAY
        )
    counted = {
        path.removeprefix(f"{API}/"): count
        for path, count in demo.requests.paths.items()
        if path.startswith(f"{API}/") and "/auth/" not in path
    }
    assert counted == {
        "account/overview": 1,
        "account/active-business-partner": 1,
        "account-statement": 3,
        "meter-readings/available-sources": 1,
        "consumptions": 3,
    }
    assert portal.session.politeness.requests_left == MAX_REQUESTS_PER_DAY - sum(counted.values())


@pytest.mark.parametrize("call", UNCONFIRMED)
@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.MISSING, FaultKind.FORBIDDEN])
async def test_an_unconfirmed_call_that_does_not_exist(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, call: str, kind: FaultKind
) -> None:
    await everything(portal)
    demo.faults.add(kind, path=f"{API}/{call}")
    with pytest.raises(PortalCapabilityError):
        await UNCONFIRMED[call](portal)
    assert await portal.async_supply(BAKERY_ACCOUNT)


@pytest.mark.parametrize("call", UNCONFIRMED)
@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.TRUNCATED])
async def test_an_unconfirmed_call_in_trouble_is_not_lost(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, call: str, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=f"{API}/{call}")
    with pytest.raises(PortalUnavailableError):
        await UNCONFIRMED[call](portal)
    demo.faults.clear()
    await UNCONFIRMED[call](portal)


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (AUTUMN, AUTUMN),
        (SPRING - DAY, SPRING + DAY),
        (date(2025, 12, 31), date(2026, 1, 1)),
        (date(2024, 2, 1), date(2024, 3, 31)),
        (date(2026, 11, 15), date(2026, 11, 24)),
    ],
)
@pytest.mark.parametrize(
    ("account", "point"),
    [
        (BAKERY_ACCOUNT, OVEN),
        (BAKERY_ACCOUNT, SupplyPoint(gsrn=OVEN_GAS, energy=Energy.GAS)),
        (HOME_ACCOUNT, SupplyPoint(gsrn=HOME_ELECTRICITY)),
    ],
)
async def test_consumption_is_read_as_it_is(
    *,
    portal: MyLuminusPortal,
    demo: ScriptedMyLuminus,
    account: Account,
    point: SupplyPoint,
    start: date,
    end: date,
    resolution: Resolution,
) -> None:
    found = await portal.async_consumption(account, point, start, end, resolution)
    customer = next(one for one in demo.household.customers if one.account == account)
    assert found == customer.consumption(
        point.gsrn, midnight(start), midnight(end + DAY), resolution
    )
    assert found or resolution is Resolution.MONTH


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2026, 6, 1), 24)])
async def test_a_day_has_as_many_slots_as_the_clock_makes_it(
    portal: MyLuminusPortal, day: date, hours: int
) -> None:
    slots = {
        resolution: await portal.async_consumption(BAKERY_ACCOUNT, OVEN, day, day, resolution)
        for resolution in (Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY)
    }
    assert [len(found) for found in slots.values()] == [hours * 4, hours, 1]
    assert len({sum(slot.energy for slot in found) for found in slots.values()}) == 1
    for found in slots.values():
        assert found[0].start == midnight(day)
        assert found[-1].end == midnight(day + DAY)
        assert all(one.end == next_.start for one, next_ in pairwise(found))


@pytest.mark.parametrize(
    ("sources", "asked"),
    [
        ([{"sourceProvider": "SAP"}], "SAP"),
        (
            [
                {"sourceProvider": "SAP"},
                {"sourceProvider": "BasicMonitoring", "status": "NonEligible"},
            ],
            "SAP",
        ),
        ([{"sourceProvider": "BasicMonitoring", "status": "NonEligible"}], None),
        ([], None),
    ],
)
async def test_the_source_of_consumption(
    portal: MyLuminusPortal,
    demo: ScriptedMyLuminus,
    sources: list[dict[str, str]],
    asked: str | None,
) -> None:
    meter = {"ean": OVEN_ELECTRICITY, "energyType": "Electricity", "sources": sources}
    demo.json("meter-readings/available-sources", {"meters": [meter]})
    reading = portal.async_consumption(BAKERY_ACCOUNT, OVEN, AUTUMN, AUTUMN, Resolution.DAY)
    if asked is None:
        assert await reading == ()
        again = portal.async_consumption(BAKERY_ACCOUNT, OVEN, AUTUMN, AUTUMN, Resolution.DAY)
        assert await again == ()
    else:
        # The stand-in knows no other source than monitoring and says so.
        with pytest.raises(PortalCapabilityError):
            await reading
    assert demo.requests.paths[f"{API}/consumptions"] == (asked is not None)
    assert demo.requests.paths[f"{API}/meter-readings/available-sources"] == 1


def contract_json(**changes: Any) -> dict[str, Any]:
    return {
        "id": "X1",
        "energyType": "Gas",
        "ean": OVEN_GAS,
        "street": "Wolkenlaan",
        "houseNr": "8",
        "box": "",
        "postalCode": "9000",
        "city": "Gent",
        "product": "Iets",
        "priceVariability": "Dynamic",
        "priceInfoAvailable": True,
        "paymentMethod": "DirectDebit",
        **changes,
    }


async def only_contract(portal: MyLuminusPortal) -> Contract:
    _, (contract,) = await portal.async_supply(BAKERY_ACCOUNT)
    return contract


@pytest.mark.parametrize(
    ("end", "read"),
    [("2100-12-31", None), ("2027-06-30T00:00:00", date(2027, 6, 30)), (None, None)],
)
async def test_an_open_end_is_none(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, end: str | None, read: date | None
) -> None:
    demo.json("active-contracts", [contract_json(endDate=end)])
    contract = await only_contract(portal)
    assert contract.end == read
    assert contract.price_kind is PriceKind.SPOT
    assert contract.direct_debit is True


async def test_unknown_words_and_keys_of_a_contract_are_noted(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    changes = {
        "priceVariability": "Lunar",
        "paymentMethod": "Barter",
        "ean": "541448820000000001",
        "priceInfoAvailable": False,
        "brandNewKey": 1,
    }
    demo.json("active-contracts", [contract_json(**changes)])
    contract = await only_contract(portal)
    assert contract.price_kind is PriceKind.UNKNOWN
    assert contract.direct_debit is None
    assert contract.prices == ()
    assert portal.drift.report() == {
        "unknown_keys": {"active-contracts": ["brandNewKey"]},
        "unknown_words": {
            "active-contracts": [
                "ean=wrong check digit",
                "paymentMethod=Barter",
                "priceVariability=Lunar",
            ]
        },
    }
    assert not any("price-information" in path for path in demo.requests.paths)


SEASONAL = {
    "productName": "Luminus SmartFlex",
    "disclaimer": "…",
    "activeMeterType": "single",
    "prices": {"single": {"fixed": {"rate": 60}, "single": {"rate": 14}}},
    "seasonalPrices": {
        "fixed": {"rate": 65},
        "peak": {"rate": 21.5, "formula": "0.0015 x Belpex [88.41] + 0.02"},
        "offPeak": {"rate": 15.25},
        "superOffPeak": {"rate": None},
    },
    "promotionsContent": [],
}


@pytest.mark.parametrize(
    ("answer", "prices"),
    [
        (
            SEASONAL,
            (
                PriceComponent(register="fixed", amount=Decimal(65), unit="EUR/year"),
                PriceComponent(
                    register="peak",
                    amount=Decimal("0.215"),
                    unit="EUR/kWh",
                    formula="0.0015 x Belpex [88.41] + 0.02",
                ),
                PriceComponent(register="off_peak", amount=Decimal("0.1525"), unit="EUR/kWh"),
            ),
        ),
        (
            SEASONAL
            | {
                "seasonalPrices": None,
                "activeMeterType": "dualExclusiveNight",
                "prices": {
                    "single": {},
                    "dualExclusiveNight": {
                        "exclusiveNight": {"rate": 7.99},
                        "injectionDualNight": {"rate": -0.5},
                    },
                },
            },
            (
                PriceComponent(
                    register="exclusive_night", amount=Decimal("0.0799"), unit="EUR/kWh"
                ),
                PriceComponent(
                    register="night",
                    amount=Decimal("-0.005"),
                    unit="EUR/kWh",
                    direction=Direction.EXPORT,
                ),
            ),
        ),
        (SEASONAL | {"seasonalPrices": None, "activeMeterType": "triple"}, ()),
        (SEASONAL | {"seasonalPrices": None, "activeMeterType": "dual"}, ()),
        (SEASONAL | {"seasonalPrices": None, "prices": None}, ()),
        (None, ()),
    ],
)
async def test_prices_of_the_meter_the_customer_has(
    portal: MyLuminusPortal,
    demo: ScriptedMyLuminus,
    answer: Any,
    prices: tuple[PriceComponent, ...],
) -> None:
    demo.json("active-contracts", [contract_json()])
    demo.json(f"price-information/{OVEN_GAS}", answer)
    contract = await only_contract(portal)
    assert contract.prices == prices
    assert portal.drift.unknown_keys == {}


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.MISSING])
async def test_contracts_stand_without_prices(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=f"{API}/price-information")
    points, contracts = await portal.async_supply(BAKERY_ACCOUNT)
    assert len(points) == 2
    assert [contract.prices for contract in contracts] == [(), ()]
    assert portal.drift.report()["unknown_words"] == {"price-information": ["answer=not offered"]}


async def test_a_poll_costs_one_log_in(portal: MyLuminusPortal, demo: ScriptedMyLuminus) -> None:
    await asyncio.gather(*(everything(portal) for _ in range(4)))
    assert demo.requests.logins == 1


async def test_logged_in_although_the_last_step_says_500(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    demo.stumbles = True
    await everything(portal)
    assert demo.requests.logins == 1


async def test_a_lost_session_is_renewed_once(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    await everything(portal)
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    await everything(portal)
    assert demo.requests.logins == 2
    demo.faults.add(FaultKind.REFUSED_SESSION, path=f"{API}/active-contracts")
    with pytest.raises(PortalUnavailableError):
        await everything(portal)
    assert demo.requests.logins == 3


async def test_a_day_of_403_takes_few_log_ins(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, clock: Clock
) -> None:
    """Only the account is still told, so that each log-in by itself seems to work."""
    await everything(portal)
    for call in ("account/active", "active-contracts", "meter-readings"):
        demo.faults.add(FaultKind.FORBIDDEN, path=f"{API}/{call}")
    end = clock.now + DAY
    while clock.now < end:
        with pytest.raises(PortalUnavailableError):
            await everything(portal)
        clock.now += timedelta(minutes=10)
    assert demo.requests.logins - 1 <= 6


@pytest.mark.parametrize(
    ("username", "password"),
    [(USERNAME, "wrong"), ("nobody@example.com", PASSWORD), ("no address", PASSWORD)],
)
async def test_a_wrong_e_mail_or_password(
    connect: Connect, demo: ScriptedMyLuminus, username: str, password: str
) -> None:
    portal = connect(username, password)
    for _ in range(3):
        with pytest.raises(PortalAuthenticationError):
            await portal.async_accounts()
    assert demo.requests.logins <= 1
    assert demo.requests.paths[f"{API}/account/overview"] == 1


async def test_a_changed_password(portal: MyLuminusPortal, demo: ScriptedMyLuminus) -> None:
    await everything(portal)
    demo.faults.add(FaultKind.CHANGED_PASSWORD)
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    for _ in range(3):
        with pytest.raises(PortalAuthenticationError):
            await everything(portal)
    assert demo.requests.logins == 2


STEPS = {
    "web": WEB,
    "authorize": "/authorize",
    "identifier": "/u/login/identifier",
    "password": "/u/login/password",
    "resume": "/authorize/resume",
    "callback": f"{API}/auth/callback",
    "overview": f"{API}/account/overview",
    "switch": f"{API}/account/active-business-partner",
    "contracts": f"{API}/active-contracts",
    "sources": f"{API}/meter-readings/available-sources",
}
CALLS = ("overview", "switch", "contracts", "sources")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("kind", "details", "expected"),
    [
        (FaultKind.RATE_LIMITED, {}, PortalUnavailableError),
        (FaultKind.RATE_LIMITED, {"retry_after": 3600}, PortalUnavailableError),
        (FaultKind.SERVER_ERROR, {}, PortalUnavailableError),
        (FaultKind.FORBIDDEN, {}, PortalUnavailableError),
        (FaultKind.DISCONNECT, {}, PortalUnavailableError),
        (FaultKind.LATENCY, {"seconds": 0.4}, PortalUnavailableError),
        (FaultKind.HTML, {}, PortalUnexpectedAnswerError),
        (FaultKind.MISSING, {}, PortalUnexpectedAnswerError),
    ],
)
async def test_a_fault_at_every_step_is_told_and_passes(
    *,
    portal: MyLuminusPortal,
    demo: ScriptedMyLuminus,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    kind: FaultKind,
    details: dict[str, Any],
    expected: type[PortalError],
) -> None:
    if kind is FaultKind.LATENCY:
        monkeypatch.setattr(session_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    demo.faults.add(kind, path=STEPS[step], **details)
    with pytest.raises(expected):
        await everything(portal)
    with pytest.raises((expected, PortalUnavailableError)):
        await everything(portal)
    # A call that is answered by 403 costs a second log-in each time, but no more.
    most = 3 if kind is FaultKind.FORBIDDEN else 1
    assert demo.requests.logins <= most
    assert portal.session.politeness.state.refused_for is None

    demo.faults.clear()
    monkeypatch.undo()
    clock.now += timedelta(hours=6)
    await everything(portal)


@pytest.mark.parametrize("step", CALLS)
async def test_truncated_json_is_an_outage(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, step: str
) -> None:
    demo.faults.add(FaultKind.TRUNCATED, path=STEPS[step])
    with pytest.raises(PortalUnavailableError):
        await everything(portal)
    assert demo.requests.logins == 1


@pytest.mark.parametrize("step", CALLS)
@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.RATE_LIMITED])
async def test_one_fault_goes_unnoticed(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, step: str, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=STEPS[step], times=1, retry_after=5)
    await everything(portal)
    assert demo.requests.logins == 1


async def test_unknown_words_are_noted_never_fatal(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    demo.faults.add(FaultKind.UNKNOWN_WORD)
    points, contracts = await portal.async_supply(BAKERY_ACCOUNT)
    assert [contract.price_kind for contract in contracts] == [PriceKind.UNKNOWN] * 2
    await portal.async_statement(BAKERY_ACCOUNT)
    await portal.async_deposits(BAKERY_ACCOUNT)
    await portal.async_readings(BAKERY_ACCOUNT, points)
    words = portal.drift.report()["unknown_words"]
    assert words["active-contracts"] == ["paymentMethod=Brandnew", "priceVariability=Brandnew"]
    assert words["price-information"] == ["activeMeterType=Brandnew"]


GOOD_FORM = '<form method="post"><input name="username"><input name="password"></form>'


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nothing here</p>",
        GOOD_FORM.replace('"post"', '"get"'),
        GOOD_FORM.replace("<form", '<form action="https://example.com/"'),
        GOOD_FORM.replace("<form", '<form action="http://["'),
        GOOD_FORM.replace("<form", '<form action="mailto:someone"'),
    ],
)
@pytest.mark.parametrize("step", ["identifier", "password"])
async def test_a_password_goes_nowhere_else(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, step: str, html: str
) -> None:
    demo.page("GET", STEPS[step], html)
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_accounts()
    assert demo.requests.logins == 0


@pytest.mark.parametrize("location", ["https://example.com/", "http://[", "data:,x"])
async def test_a_redirect_to_elsewhere_is_not_followed(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, location: str
) -> None:
    demo.instead["GET", WEB] = lambda: web.Response(status=302, headers={"Location": location})
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_accounts()


async def test_redirects_without_end(portal: MyLuminusPortal, demo: ScriptedMyLuminus) -> None:
    demo.instead["GET", WEB] = lambda: web.Response(status=302, headers={"Location": WEB})
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_accounts()
    assert demo.requests.total == 10


@pytest.mark.parametrize(
    "html",
    [
        '<form method="post"><input name="password"><input name="captcha"></form>',
        '<form method="post"><input name="code"></form>',
    ],
)
async def test_a_captcha_or_second_factor_is_no_wrong_password(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, html: str
) -> None:
    demo.page("POST", "/u/login/password", html, status=400)
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_accounts()
    assert portal.session.politeness.state.refused_for is None


async def test_the_form_again_after_a_good_log_in_is_no_refusal(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus
) -> None:
    """The account tells, not the page: here the portal's own page shows a log-in form."""
    await everything(portal)
    demo.expire_sessions()
    demo.page("GET", STEPS["callback"], GOOD_FORM)
    demo.json("account/overview", {"businessPartners": [{"businessPartnerNumber": 1}]})
    await portal.session.ensure_login()
    with pytest.raises(PortalUnavailableError):
        await portal.async_supply(BAKERY_ACCOUNT)
    assert portal.session.politeness.state.refused_for is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted(contract_json() | SEASONAL)), inner, max_size=6)
        | st.dictionaries(
            st.sampled_from(["single", "fixed", "peak", "rate", "formula", "dual", "endDate"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(data=ANYTHING, changes=st.dictionaries(st.sampled_from(sorted(contract_json())), ANYTHING))
def test_any_contract_and_price_is_read_or_ends_in_a_portal_error(
    data: Any, changes: dict[str, Any]
) -> None:
    drift = Drift()
    for answer in (data, SEASONAL | {"seasonalPrices": data}, SEASONAL | changes):
        with suppress(PortalError):
            my_luminus._read_prices(Record("price-information", answer, drift))
    with suppress(PortalError):
        my_luminus._contract(Record("active-contracts", contract_json(**changes), drift), "", ())
    with suppress(PortalError):
        my_luminus._supply_point(Record("active-contracts", contract_json(**changes), drift), "")


@example(location="0://:0")
@given(location=st.none() | st.text() | st.from_regex(r"[a-z]{1,6}:(//)?[^ ]{0,12}(:\d{1,6})?/?"))
def test_any_location_leads_to_a_host_or_nowhere(location: str | None) -> None:
    here = URL("https://login.example.com/u/login")
    target = my_luminus._target(here, location)
    assert target is None or target.host


@pytest.mark.parametrize("overview", [[], {}, {"businessPartners": [{}]}, "x"])
async def test_an_overview_that_cannot_be_read(
    portal: MyLuminusPortal, demo: ScriptedMyLuminus, overview: Any
) -> None:
    demo.json("account/overview", overview)
    with pytest.raises(PortalUnexpectedAnswerError):
        await portal.async_accounts()


async def test_nothing_secret_is_ever_told(
    connect: Connect, demo: ScriptedMyLuminus, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    for step in STEPS.values():
        for kind in (FaultKind.HTML, FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN):
            demo.faults.add(kind, path=step)
            portal = connect()
            with suppress(PortalError):
                await everything(portal)
            try:
                await portal.async_document(
                    HOME_ACCOUNT, demo.household.customers[1].statement.invoices[0]
                )
            except PortalError as err:
                told.append(f"{err!r} {err.__cause__!r} {err.__context__!r}")
            demo.faults.clear()
    wrong = connect(password="wrong-secret")
    with pytest.raises(PortalAuthenticationError) as caught:
        await wrong.async_accounts()
    told += [repr(caught.value), repr(wrong.session.credentials), caplog.text]
    secrets = (USERNAME, PASSWORD, "wrong-secret", BAKERY, HOME, OVEN_GAS, HOME_ELECTRICITY, "doc-")
    assert not [secret for secret in secrets if secret in "".join(told)]


def test_what_is_confirmed() -> None:
    assert MyLuminusPortal.unconfirmed < MyLuminusPortal.capabilities
    assert Capability.PRICES not in MyLuminusPortal.unconfirmed
    assert Capability.OFFERS not in MyLuminusPortal.capabilities


async def test_the_suppliers_own_hosts(http: aiohttp.ClientSession) -> None:
    portal = MyLuminusPortal(
        http, Credentials(username=USERNAME, password=PASSWORD), Politeness(lambda: 0.0)
    )
    assert {str(host) for host in portal._hosts} == {
        "https://www.luminus.be",
        "https://login.luminus.be",
    }
