"""OmaLumme against its stand-in, over real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
import logging
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.portal import oma_lumme, session as session_module
from custom_components.lumme_energy.portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import (
    Account,
    Address,
    Capability,
    ConsumptionSlot,
    PriceComponent,
    PriceKind,
    Resolution,
    SupplyPoint,
)
from custom_components.lumme_energy.portal.oma_lumme import OmaLummePortal
from custom_components.lumme_energy.portal.politeness import Politeness
from custom_components.lumme_energy.portal.session import Credentials
from custom_components.lumme_energy.portal.wire import Drift, Record
from demo.documents import invoice_document
from demo.faults import FaultKind
from demo.households.finland import COTTAGE, FLAT, PASSWORD, USERNAME, household, midnight
from demo.oma_lumme import API, REALM, DemoOmaLumme

HELSINKI = ZoneInfo("Europe/Helsinki")
ACCOUNT = Account(account_id="1004711")
AUTUMN, SPRING = date(2026, 10, 25), date(2026, 3, 29)
DAY = timedelta(days=1)


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


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def demo(clock: Clock) -> DemoOmaLumme:
    return DemoOmaLumme(clock=clock)


@pytest.fixture
async def demo_address(demo: DemoOmaLumme) -> AsyncIterator[str]:
    yield await demo.start()
    await demo.stop()


type Connect = Callable[..., OmaLummePortal]


@pytest.fixture
def connect(http: aiohttp.ClientSession, demo_address: str, clock: Clock) -> Connect:
    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)

    def connect(password: str = PASSWORD, address: str = demo_address) -> OmaLummePortal:
        return OmaLummePortal(
            http,
            Credentials(username=USERNAME, password=password),
            Politeness(clock.stamp),
            address=address,
            sleep=sleep,
        )

    return connect


@pytest.fixture
def portal(connect: Connect) -> OmaLummePortal:
    return connect()


async def everything(portal: OmaLummePortal) -> None:
    """Make every confirmed call but the public one."""
    (account,) = await portal.async_accounts()
    points, _ = await portal.async_supply(account)
    await portal.async_consumption(account, points[0], AUTUMN, AUTUMN, Resolution.HOUR)


UNCONFIRMED = {
    "accountStatement": OmaLummePortal.async_statement,
    "budgetBillLines": OmaLummePortal.async_deposits,
    "customerBenefits": OmaLummePortal.async_benefits,
}


async def test_everything_is_read_as_it_is(portal: OmaLummePortal, clock: Clock) -> None:
    truth = household(clock.now.date())
    (customer,) = truth.customers
    accounts = await portal.async_accounts()
    assert accounts == (customer.account,)
    points, contracts = await portal.async_supply(accounts[0])
    assert points == customer.supply_points
    assert contracts == customer.contracts
    assert await portal.async_statement(accounts[0]) == customer.statement
    assert await portal.async_deposits(accounts[0]) == customer.deposits
    assert await portal.async_benefits(accounts[0]) == customer.benefits
    assert await portal.async_offers() == truth.offers
    assert portal.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_a_document(portal: OmaLummePortal, demo: DemoOmaLumme) -> None:
    (customer,) = demo.household.customers
    newest = customer.statement.invoices[0]
    document = await portal.async_document(ACCOUNT, newest)
    assert document == invoice_document(customer, newest)
    with pytest.raises(PortalCapabilityError):
        await portal.async_document(ACCOUNT, replace(newest, document_id="D0"))


@pytest.mark.parametrize("call", UNCONFIRMED)
@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.MISSING])
async def test_an_unconfirmed_call_that_does_not_exist(
    portal: OmaLummePortal, demo: DemoOmaLumme, call: str, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=f"{API}/{call}")
    with pytest.raises(PortalCapabilityError):
        await UNCONFIRMED[call](portal, ACCOUNT)
    await everything(portal)


@pytest.mark.parametrize("call", UNCONFIRMED)
@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN, FaultKind.TRUNCATED])
async def test_an_unconfirmed_call_in_trouble_is_not_lost(
    portal: OmaLummePortal, demo: DemoOmaLumme, call: str, kind: FaultKind
) -> None:
    demo.faults.add(kind, path=f"{API}/{call}")
    with pytest.raises(PortalUnavailableError):
        await UNCONFIRMED[call](portal, ACCOUNT)
    demo.faults.clear()
    await UNCONFIRMED[call](portal, ACCOUNT)


@pytest.mark.parametrize("offsets", [False, True], ids=["local times", "offsets"])
@pytest.mark.parametrize("resolution", [Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (AUTUMN, AUTUMN),
        (SPRING, SPRING),
        (AUTUMN - DAY, AUTUMN + DAY),
        (date(2025, 12, 31), date(2026, 1, 1)),
        (date(2024, 2, 28), date(2024, 3, 1)),
        (date(2026, 11, 15), date(2026, 11, 24)),
    ],
)
@pytest.mark.parametrize("gsrn", [FLAT, COTTAGE])
async def test_consumption_is_read_as_it_is(
    *,
    portal: OmaLummePortal,
    demo: DemoOmaLumme,
    gsrn: str,
    start: date,
    end: date,
    resolution: Resolution,
    offsets: bool,
) -> None:
    demo.offsets = offsets
    found = await portal.async_consumption(ACCOUNT, SupplyPoint(gsrn=gsrn), start, end, resolution)
    (customer,) = demo.household.customers
    assert found == customer.consumption(gsrn, midnight(start), midnight(end + DAY), resolution)
    assert found


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (date(2026, 6, 1), 24)])
async def test_a_day_has_as_many_slots_as_the_clock_makes_it(
    portal: OmaLummePortal, day: date, hours: int
) -> None:
    point = SupplyPoint(gsrn=COTTAGE)
    slots = {
        resolution: await portal.async_consumption(ACCOUNT, point, day, day, resolution)
        for resolution in (Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY)
    }
    assert [len(found) for found in slots.values()] == [hours * 4, hours, 1]
    assert len({sum(slot.energy for slot in found) for found in slots.values()}) == 1
    for found in slots.values():
        assert found[0].start == midnight(day)
        assert found[-1].end == midnight(day + DAY)
        assert all(one.end == next_.start for one, next_ in pairwise(found))


async def test_what_is_not_there_yet_is_absent(portal: OmaLummePortal) -> None:
    day = date(2026, 11, 24)
    for resolution in (Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY):
        assert (
            await portal.async_consumption(ACCOUNT, SupplyPoint(gsrn=FLAT), day, day, resolution)
            == ()
        )


async def test_a_poll_costs_one_log_in(portal: OmaLummePortal, demo: DemoOmaLumme) -> None:
    await asyncio.gather(*(everything(portal) for _ in range(4)))
    assert demo.requests.logins == 1
    assert demo.requests.paths[f"{API}/oidcAuthorization/"] == 1


async def test_offers_need_no_log_in(connect: Connect, demo: DemoOmaLumme) -> None:
    await connect(password="wrong").async_offers()
    assert demo.requests.total == 1


async def test_an_expired_token_is_renewed(
    portal: OmaLummePortal, demo: DemoOmaLumme, clock: Clock
) -> None:
    await everything(portal)
    clock.now += timedelta(hours=2)
    await everything(portal)
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    await everything(portal)
    assert demo.requests.logins == 3


async def test_a_wrong_password(connect: Connect, demo: DemoOmaLumme) -> None:
    portal = connect(password="wrong")
    for _ in range(3):
        with pytest.raises(PortalAuthenticationError):
            await portal.async_accounts()
    assert demo.requests.logins == 1


async def test_a_changed_password(portal: OmaLummePortal, demo: DemoOmaLumme) -> None:
    await everything(portal)
    demo.faults.add(FaultKind.CHANGED_PASSWORD)
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    for _ in range(3):
        with pytest.raises(PortalAuthenticationError):
            await everything(portal)
    assert demo.requests.logins == 2


STEPS = {
    "log-in page": f"{REALM}/protocol",
    "log-in": f"{REALM}/login-actions",
    "oidcAuthorization": f"{API}/oidcAuthorization",
    "contractBasicData": f"{API}/contractBasicData",
    "consumption": f"{API}/consumption",
}
CALLS = ("contractBasicData", "consumption")


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
    portal: OmaLummePortal,
    demo: DemoOmaLumme,
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
    assert demo.requests.logins <= 1
    assert portal.session.politeness.state.refused_for is None

    demo.faults.clear()
    monkeypatch.undo()
    clock.now += timedelta(hours=6)
    await everything(portal)


@pytest.mark.parametrize("step", ["oidcAuthorization", *CALLS])
async def test_truncated_json_is_an_outage(
    portal: OmaLummePortal, demo: DemoOmaLumme, step: str
) -> None:
    demo.faults.add(FaultKind.TRUNCATED, path=STEPS[step])
    with pytest.raises(PortalUnavailableError):
        await everything(portal)
    assert demo.requests.logins == 1


@pytest.mark.parametrize("step", CALLS)
async def test_one_fault_goes_unnoticed(
    portal: OmaLummePortal, demo: DemoOmaLumme, step: str
) -> None:
    for kind in (FaultKind.SERVER_ERROR, FaultKind.TRUNCATED):
        demo.faults.add(kind, path=STEPS[step], times=1)
        await everything(portal)


async def test_a_storm_of_lost_sessions_for_a_day(
    portal: OmaLummePortal, demo: DemoOmaLumme, clock: Clock
) -> None:
    demo.faults.add(FaultKind.REFUSED_SESSION, path=API + "/contract")
    for _ in range(24 * 6):
        with pytest.raises(PortalUnavailableError):
            await everything(portal)
        clock.now += timedelta(minutes=10)
    assert demo.requests.logins <= 6
    assert demo.requests.paths[f"{API}/contractBasicData/{{customer}}"] <= 24


@pytest.mark.parametrize(
    "kind", [FaultKind.SERVER_ERROR, FaultKind.FORBIDDEN, FaultKind.DISCONNECT]
)
async def test_an_outage_of_a_day(
    portal: OmaLummePortal, demo: DemoOmaLumme, clock: Clock, kind: FaultKind
) -> None:
    demo.faults.add(kind)
    end = clock.now + DAY
    while clock.now < end:
        with pytest.raises(PortalUnavailableError):
            await everything(portal)
        clock.now += timedelta(minutes=10)
    # Five attempts of three tries, which aiohttp doubles where the connection was cut.
    assert demo.requests.total <= 5 * 3 * 2
    assert demo.requests.logins == 0


async def test_an_unknown_word_is_unknown(portal: OmaLummePortal, demo: DemoOmaLumme) -> None:
    demo.faults.add(FaultKind.UNKNOWN_WORD)
    _, contracts = await portal.async_supply(ACCOUNT)
    assert {contract.price_kind for contract in contracts} == {PriceKind.UNKNOWN}
    assert portal.drift.report()["unknown_words"] == {"contractBasicData": ["priceType=Brandnew"]}


class Page:
    """A web server that answers each path with what a test lays down there."""

    def __init__(self) -> None:
        """Know nothing."""
        self.base = ""
        self.answers: dict[str, Callable[[web.Request], web.Response]] = {}
        self.asked: list[str] = []

    async def handle(self, request: web.Request) -> web.Response:
        """Answer by path."""
        self.asked.append(f"{request.method} {request.path}")
        return self.answers[request.path](request)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    served = Page()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield served
    await runner.cleanup()


LOGIN_PAGE = f"{REALM}/protocol/openid-connect/auth"
FORM = '<form method="{method}" action="{action}"><input name="username"><input name="password"></form>'


def html(text: str, status: int = 200) -> Callable[[web.Request], web.Response]:
    return lambda _: web.Response(text=text, content_type="text/html", status=status)


def redirect(query: str) -> Callable[[web.Request], web.Response]:
    return lambda _: web.Response(status=302, headers={"Location": query})


@pytest.mark.parametrize(
    "text",
    [
        "<h1>Welcome to our new log-in</h1>",
        '<form method="post"><input name="email"><input name="password"></form>',
        FORM.format(method="get", action="/in"),
        FORM.format(method="post", action="https://elsewhere.example/in"),
        FORM.format(method="post", action="//elsewhere.example/in"),
        FORM.format(method="post", action="mailto:a"),
        FORM.format(method="post", action="http://[broken/in"),
    ],
)
async def test_a_log_in_page_that_we_do_not_know(connect: Connect, page: Page, text: str) -> None:
    page.answers[LOGIN_PAGE] = html(text)
    with pytest.raises(PortalUnexpectedAnswerError):
        await connect(address=page.base).async_accounts()
    assert page.asked == [f"GET {LOGIN_PAGE}"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (html(FORM), PortalAuthenticationError),
        (html(FORM, 503), PortalUnavailableError),
        (html(FORM, 403), PortalUnavailableError),
        (html(FORM, 429), PortalUnavailableError),
        (html(FORM, 400), PortalUnexpectedAnswerError),
        (html("<form><input name=otp></form>"), PortalUnexpectedAnswerError),
        (redirect("/required-action?execution=TERMS"), PortalUnexpectedAnswerError),
        (redirect("/?error=server_error"), PortalUnexpectedAnswerError),
        (redirect("/?code=1234&state=another"), PortalUnexpectedAnswerError),
        (redirect("http://[broken/?code=1"), PortalUnexpectedAnswerError),
    ],
)
async def test_what_may_come_of_a_log_in(
    connect: Connect,
    page: Page,
    answer: Callable[[web.Request], web.Response],
    expected: type[PortalError],
) -> None:
    page.answers[LOGIN_PAGE] = html(FORM.format(method="post", action="in"))
    page.answers[f"{REALM}/protocol/openid-connect/in"] = answer
    portal = connect(address=page.base)
    with pytest.raises(expected):
        await portal.async_accounts()
    refused = portal.session.politeness.state.refused_for is not None
    assert refused is (expected is PortalAuthenticationError)


@pytest.mark.parametrize(
    "bought",
    [
        {"token": "a\nb", "customerId": 1},
        {"token": "ä", "customerId": 1},
        {"token": "", "customerId": 1},
        {"token": "a"},
        {"customerId": 1},
        [],
    ],
)
async def test_a_token_that_is_none(connect: Connect, page: Page, bought: Any) -> None:
    page.answers[LOGIN_PAGE] = lambda request: html(
        FORM.format(method="post", action=f"/in?state={request.query['state']}")
    )(request)
    page.answers["/in"] = lambda request: redirect(f"/?state={request.query['state']}&code=1")(
        request
    )
    page.answers[f"{API}/oidcAuthorization/"] = lambda _: web.json_response(bought)
    with pytest.raises(PortalUnexpectedAnswerError):
        await connect(address=page.base).async_accounts()


async def test_a_code_that_cannot_travel(connect: Connect, page: Page) -> None:
    page.answers[LOGIN_PAGE] = lambda request: html(
        FORM.format(method="post", action=f"/in?state={request.query['state']}")
    )(request)
    page.answers["/in"] = lambda request: redirect(
        f"/?state={request.query['state']}&code=a%0D%0Ab"
    )(request)
    with pytest.raises(PortalUnexpectedAnswerError):
        await connect(address=page.base).async_accounts()


def test_the_suppliers_own_hosts(http: aiohttp.ClientSession) -> None:
    portal = OmaLummePortal(http, Credentials(username="", password=""), Politeness(lambda: 0.0))
    assert portal._endpoints.authorise.startswith("https://kirjaudu.lumme-energia.fi/auth/realms/")
    assert portal._unconfirmed.statement("1").url == (
        "https://api-omalumme-prod.azure-api.net/FA-OmaLumme-Prod/v1/accountStatement/1"
    )


def contract_of(data: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    drift = Drift()
    record = Record("contractBasicData", data, drift)
    contract = oma_lumme._contract(record, FLAT, drift)
    record.done()
    return contract, drift.report()


def test_a_contract_of_which_only_the_known_is_told() -> None:
    contract, report = contract_of({})
    assert contract == replace(contract, product=None, start=None, end=None, prices=())
    assert contract.price_kind is PriceKind.UNKNOWN
    assert report == {"unknown_keys": {}, "unknown_words": {}}


def test_a_contract_of_another_shape_is_drift() -> None:
    contract, report = contract_of(
        {
            "productName": {"fi": "Spot"},
            "startDate": "1.5.2024",
            "energyPrice": [],
            "priceType": "Pörssi",
            "monthlyFee": "4.90",
            "invoicingAddress": {},
        }
    )
    assert contract.product is None
    assert contract.start is None
    assert contract.prices == (
        PriceComponent(register="fixed", amount=Decimal("4.90"), unit="EUR/month"),
    )
    assert report == {
        "unknown_keys": {"contractBasicData": ["invoicingAddress"]},
        "unknown_words": {
            "contractBasicData": [
                "energyPrice=unreadable",
                "priceType=(not a word)",
                "productName=unreadable",
                "startDate=unreadable",
            ]
        },
    }


@pytest.mark.parametrize("end", ["9999-12-31T00:00:00", "2099-12-31", None])
def test_an_open_end(end: str | None) -> None:
    contract, _ = contract_of({"endDate": end})
    assert contract.end is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)
CONTRACT_KEYS = [
    "contractNumber",
    "productName",
    "priceType",
    "startDate",
    "endDate",
    "energyPrice",
    "margin",
    "monthlyFee",
]


@given(st.dictionaries(st.sampled_from(CONTRACT_KEYS), JSON))
def test_any_contract(data: dict[str, Any]) -> None:
    """What no source confirms can never cost us the supply point."""
    contract, _ = contract_of(data)
    assert contract.gsrn == FLAT


async def test_several_contracts_of_one_place(portal: OmaLummePortal) -> None:
    def contract(gsrn: str, **address: str) -> dict[str, Any]:
        return {"GSRN": gsrn, "meteringpointAddress": address}

    portal.session.json = _returning(  # type: ignore[method-assign]
        [
            contract(FLAT, cityName="Mikkeli"),
            contract(FLAT),
            contract(COTTAGE),
            contract(f"{COTTAGE[:6]} {COTTAGE[6:]}", cityName="Mäntyharju"),
        ]
    )
    points, contracts = await portal.async_supply(ACCOUNT)
    assert [(point.gsrn, point.address.city) for point in points] == [
        (FLAT, "Mikkeli"),
        (COTTAGE, "Mäntyharju"),
    ]
    assert [contract.gsrn for contract in contracts] == [FLAT, FLAT, COTTAGE, COTTAGE]


def test_an_address_in_parts() -> None:
    def of(**parts: Any) -> Address:
        return oma_lumme._address(Record("c", {"meteringpointAddress": parts}, Drift()))

    assert of(streetName="Rantatie", houseNumber=4, houseLetter="B", cityName="Mikkeli") == Address(
        street="Rantatie", house_number="4 B", city="Mikkeli", country="FI"
    )
    assert of(houseLetter="").house_number is None
    assert oma_lumme._address(Record("c", {}, Drift())) == Address()


def slots_of(
    *items: dict[str, Any], resolution: Resolution = Resolution.HOUR
) -> list[ConsumptionSlot]:
    return list(oma_lumme._slots(Record("consumption", {"items": [*items]}, Drift()), resolution))


def hour(text: str, energy: Any = 1) -> dict[str, Any]:
    return {"startTime": f"2026-10-25T{text}", "sum": energy}


def utc(hours: int, minutes: int = 0) -> datetime:
    return datetime(2026, 10, 25, hours, minutes, tzinfo=UTC)


def test_a_gap_in_the_autumn_night() -> None:
    """The second 03:00 is absent, so that 03:15 comes after 03:45 without having been seen."""
    starts = [
        slot.start
        for slot in slots_of(
            hour("03:00"),
            hour("03:30"),
            hour("03:45"),
            hour("03:15"),
            hour("03:30"),
            hour("04:00"),
            resolution=Resolution.QUARTER_HOUR,
        )
    ]
    assert starts == [utc(0), utc(0, 30), utc(0, 45), utc(1, 15), utc(1, 30), utc(2)]


def test_the_first_round_without_values() -> None:
    (slot,) = slots_of(hour("03:00", None), hour("03:00", 2))
    assert (slot.start, slot.end) == (utc(1), utc(2))


def test_doubled_hours_side_by_side() -> None:
    pairs = [hour(text) for text in ("03:00", "03:00", "03:15", "03:15", "03:30", "03:30")]
    starts = [slot.start for slot in slots_of(*pairs, resolution=Resolution.QUARTER_HOUR)]
    assert starts == [utc(0), utc(1), utc(0, 15), utc(1, 15), utc(0, 30), utc(1, 30)]


@pytest.mark.parametrize(
    ("end", "minutes"),
    [
        ("2026-10-25T10:15:00", 15),
        ("2026-10-25T11:00:00", 60),
        ("2026-10-25T10:59:59.999", 60),
        ("2026-10-25T11:00:00+02:00", 60),
        (None, 60),
    ],
)
def test_the_length_of_a_slot(end: str | None, minutes: int) -> None:
    (slot,) = slots_of({**hour("10:00"), "endTime": end})
    assert slot.end - slot.start == timedelta(minutes=minutes)


def test_a_slot_without_a_value_is_not_zero() -> None:
    assert slots_of(hour("10:00", None), {"startTime": "2026-10-25T11:00"}) == []
    (slot,) = slots_of(hour("10:00", 0))
    assert slot.energy == 0
    assert slot.cost is None


@pytest.mark.parametrize("start", [None, "noon", "0001-01-01T00:00:00", "9999-12-31T23:59:59Z"])
def test_a_time_that_makes_no_sense_is_drift(start: str | None) -> None:
    with pytest.raises(PortalUnexpectedAnswerError):
        slots_of({"startTime": start, "sum": 1})


@settings(max_examples=300)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "startTime": st.datetimes().map(datetime.isoformat) | st.text() | st.none(),
                "endTime": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | st.none(),
                "sum": st.none() | st.decimals() | st.text(),
            }
        ),
        max_size=4,
    ),
    st.sampled_from([Resolution.QUARTER_HOUR, Resolution.HOUR, Resolution.DAY]),
)
def test_any_slots(items: list[dict[str, Any]], resolution: Resolution) -> None:
    with suppress(PortalUnexpectedAnswerError):
        for slot in slots_of(*items, resolution=resolution):
            assert slot.start < slot.end


async def test_an_answer_without_items(portal: OmaLummePortal, demo: DemoOmaLumme) -> None:
    demo.faults.add(FaultKind.EXPIRED_SESSION)
    await portal.async_accounts()
    portal.session.json = _returning({"rows": []})  # type: ignore[method-assign]
    with pytest.raises(PortalUnexpectedAnswerError, match="items is missing"):
        await portal.async_consumption(
            ACCOUNT, SupplyPoint(gsrn=FLAT), AUTUMN, AUTUMN, Resolution.HOUR
        )


def _returning(data: Any) -> Any:
    async def json(*_: Any, **__: Any) -> Any:
        return data

    return json


async def test_nothing_secret_is_ever_told(
    portal: OmaLummePortal, demo: DemoOmaLumme, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    for kind in FaultKind:
        demo.faults.clear()
        demo.faults.add(kind, **({"seconds": 0.0} if kind is FaultKind.LATENCY else {}))
        clock.now += DAY
        try:
            await everything(portal)
        except PortalError as err:
            told.append(f"{err!r} {err} {err.__cause__!r} {vars(err)}")
    text = "\n".join((*told, caplog.text, repr(portal), repr(portal.session), repr(portal.drift)))
    for secret in (USERNAME, PASSWORD, portal._token[:40], ACCOUNT.account_id, FLAT, COTTAGE):
        assert secret
        assert secret not in text


def test_capabilities() -> None:
    assert Capability.READINGS not in OmaLummePortal.capabilities
    assert OmaLummePortal.unconfirmed < OmaLummePortal.capabilities
