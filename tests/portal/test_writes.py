"""Changes at both portals, over real HTTP: each arrives once, and one knows what became of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import aiohttp
from openpyxl import load_workbook
import pytest

from custom_components.lumme_energy.portal import session as session_module
from custom_components.lumme_energy.portal.base import Portal
from custom_components.lumme_energy.portal.errors import (
    PortalCapabilityError,
    PortalError,
    PortalOutcomeUnknownError,
    PortalRefusedError,
    PortalUnavailableError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import (
    Account,
    Benefit,
    Delivery,
    DepositChange,
    DepositRefusal,
    DirectDebit,
    ExportFormat,
    ReadingSubmission,
    Settings,
    Unit,
)
from custom_components.lumme_energy.portal.my_luminus import MyLuminusPortal
from custom_components.lumme_energy.portal.oma_lumme import OmaLummePortal
from custom_components.lumme_energy.portal.politeness import MAX_REQUESTS_PER_DAY, Politeness
from custom_components.lumme_energy.portal.session import Credentials
from demo.faults import FaultKind
from demo.households.belgium import BAKERY, HOME, HOME_ELECTRICITY, OVEN_GAS
from demo.households.finland import CUSTOMER
from demo.my_luminus import DemoMyLuminus
from demo.oma_lumme import DemoOmaLumme
from demo.server import DemoPortal

BAKERY_ACCOUNT, HOME_ACCOUNT = Account(account_id=BAKERY), Account(account_id=HOME)
LUMME_ACCOUNT = Account(account_id=CUSTOMER)
CHANGE = DepositChange(gsrn=HOME_ELECTRICITY, amount=Decimal("104.50"))
READING = ReadingSubmission(
    gsrn=OVEN_GAS, day=date(2026, 11, 24), values={"single": Decimal(999_999)}, unit=Unit.M3
)
FREE = Benefit(benefit_id="LT-1", title="")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Stand in November."""
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


async def _connected[P: Portal](
    http: aiohttp.ClientSession, clock: Clock, demo: DemoPortal, portal: type[P]
) -> AsyncIterator[P]:
    async def sleep(seconds: float) -> None:
        clock.now += timedelta(seconds=seconds)

    known = demo.household
    yield portal(
        http,
        Credentials(username=known.username, password=known.password),
        Politeness(clock.stamp),
        address=await demo.start(),
        sleep=sleep,
    )
    await demo.stop()


@pytest.fixture
def my_luminus(clock: Clock) -> DemoMyLuminus:
    return DemoMyLuminus(clock=clock)


@pytest.fixture
def oma_lumme(clock: Clock) -> DemoOmaLumme:
    return DemoOmaLumme(clock=clock)


@pytest.fixture
async def luminus(
    http: aiohttp.ClientSession, clock: Clock, my_luminus: DemoMyLuminus
) -> AsyncIterator[MyLuminusPortal]:
    async for portal in _connected(http, clock, my_luminus, MyLuminusPortal):
        yield portal


@pytest.fixture
async def lumme(
    http: aiohttp.ClientSession, clock: Clock, oma_lumme: DemoOmaLumme
) -> AsyncIterator[OmaLummePortal]:
    async for portal in _connected(http, clock, oma_lumme, OmaLummePortal):
        yield portal


def reasons(demo: DemoPortal) -> list[str | None]:
    """Return what the portal said to each request for a change that arrived."""
    return [write.reason for write in demo.changes.writes]


async def test_a_deposit_is_changed(luminus: MyLuminusPortal, my_luminus: DemoMyLuminus) -> None:
    (before,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert before.permissions.amount
    await luminus.async_set_deposit(HOME_ACCOUNT, CHANGE)
    (after,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert after.amount == Decimal("104.50")
    assert after.permissions.refusal is DepositRefusal.ALREADY_CHANGED
    assert not after.permissions.amount
    assert before.simulation is not None
    assert before.simulation.expected_settlement is not None
    assert after.simulation is not None
    assert before.open_slices is not None
    assert after.simulation.expected_settlement == (
        before.simulation.expected_settlement - Decimal("12.50") * before.open_slices
    )
    with pytest.raises(PortalRefusedError) as caught:
        await luminus.async_set_deposit(HOME_ACCOUNT, replace(CHANGE, amount=Decimal(105)))
    assert caught.value.reason == DepositRefusal.ALREADY_CHANGED
    assert reasons(my_luminus) == [None, "AlreadyUpdated"]
    assert luminus.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_a_deposit_can_be_changed_again_after_the_next(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus, clock: Clock
) -> None:
    await luminus.async_set_deposit(HOME_ACCOUNT, CHANGE)
    clock.now += timedelta(days=31)
    (plan,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert plan.amount == CHANGE.amount
    assert plan.permissions.amount
    await luminus.async_set_deposit(HOME_ACCOUNT, replace(CHANGE, amount=Decimal(100)))
    assert reasons(my_luminus) == [None, None]


async def test_an_empty_house(luminus: MyLuminusPortal) -> None:
    too_little = DepositChange(gsrn=HOME_ELECTRICITY, amount=Decimal("9.99"), is_empty_house=True)
    with pytest.raises(PortalRefusedError, match="out_of_range"):
        await luminus.async_set_deposit(HOME_ACCOUNT, too_little)
    with pytest.raises(PortalRefusedError, match="out_of_range"):
        await luminus.async_set_deposit(HOME_ACCOUNT, replace(CHANGE, amount=Decimal(10)))
    await luminus.async_set_deposit(HOME_ACCOUNT, replace(too_little, amount=Decimal(10)))
    (plan,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert plan.is_empty_house is True
    assert plan.amount == 10


@pytest.mark.parametrize(
    ("account", "change", "reason"),
    [
        (HOME_ACCOUNT, replace(CHANGE, amount=Decimal(1000)), "out_of_range"),
        (HOME_ACCOUNT, replace(CHANGE, amount=Decimal(50)), "out_of_range"),
        (HOME_ACCOUNT, replace(CHANGE, amount=Decimal(-1)), "other"),
        (HOME_ACCOUNT, replace(CHANGE, gsrn=OVEN_GAS), "other"),
        (BAKERY_ACCOUNT, DepositChange(gsrn=OVEN_GAS, amount=Decimal(400)), "unpaid_invoice"),
    ],
)
async def test_a_refusal_has_its_reason(
    luminus: MyLuminusPortal, account: Account, change: DepositChange, reason: str
) -> None:
    with pytest.raises(PortalRefusedError) as caught:
        await luminus.async_set_deposit(account, change)
    assert caught.value.reason == reason
    (plan,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert plan.amount == 92


async def test_settings_of_each_partner(luminus: MyLuminusPortal) -> None:
    assert await luminus.async_settings(HOME_ACCOUNT) == Settings(
        delivery=Delivery.EMAIL, direct_debit=DirectDebit.ALL
    )
    bakery = Settings(delivery=Delivery.E_INVOICE, direct_debit=DirectDebit.OFF)
    assert await luminus.async_settings(BAKERY_ACCOUNT) == bakery
    await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.POST)
    await luminus.async_set_direct_debit(BAKERY_ACCOUNT, DirectDebit.DEPOSITS)
    assert await luminus.async_settings(BAKERY_ACCOUNT) == replace(
        bakery, direct_debit=DirectDebit.DEPOSITS
    )
    assert await luminus.async_settings(HOME_ACCOUNT) == Settings(
        delivery=Delivery.POST, direct_debit=DirectDebit.ALL
    )
    _, contracts = await luminus.async_supply(BAKERY_ACCOUNT)
    assert {contract.direct_debit for contract in contracts} == {True}
    with pytest.raises(PortalRefusedError, match="not_online"):
        await luminus.async_set_direct_debit(BAKERY_ACCOUNT, DirectDebit.OFF)
    with pytest.raises(PortalRefusedError, match="not_online"):
        await luminus.async_set_delivery(BAKERY_ACCOUNT, Delivery.E_INVOICE)
    assert luminus.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_settings_at_oma_lumme(lumme: OmaLummePortal) -> None:
    assert await lumme.async_settings(LUMME_ACCOUNT) == Settings(delivery=Delivery.EMAIL)
    await lumme.async_set_delivery(LUMME_ACCOUNT, Delivery.POST)
    assert await lumme.async_settings(LUMME_ACCOUNT) == Settings(delivery=Delivery.POST)
    with pytest.raises(NotImplementedError):
        await lumme.async_set_direct_debit(LUMME_ACCOUNT, DirectDebit.ALL)
    assert lumme.drift.report() == {"unknown_keys": {}, "unknown_words": {}}


async def test_a_benefit_is_redeemed_once(
    lumme: OmaLummePortal, oma_lumme: DemoOmaLumme, clock: Clock
) -> None:
    await lumme.async_redeem(LUMME_ACCOUNT, FREE)
    benefits = {one.benefit_id: one.redeemed for one in await lumme.async_benefits(LUMME_ACCOUNT)}
    assert benefits == {"LT-1": True, "LT-2": True, "LT-3": None}
    for benefit_id, reason in (("LT-1", "already_redeemed"), ("LT-9", "other")):
        with pytest.raises(PortalRefusedError) as caught:
            await lumme.async_redeem(LUMME_ACCOUNT, Benefit(benefit_id=benefit_id, title=""))
        assert caught.value.reason == reason
    assert reasons(oma_lumme) == [None, "AlreadyRedeemed", "UnknownBenefit"]
    # The rest of a token travels beside what is asked for, and is no part of it.
    assert oma_lumme.changes.writes[0].asked == {"BenefitId": "LT-1"}


async def test_oma_lumme_knows_no_deposit_here(lumme: OmaLummePortal) -> None:
    with pytest.raises(PortalRefusedError, match="other"):
        await lumme.async_set_deposit(LUMME_ACCOUNT, CHANGE)


async def test_exports(luminus: MyLuminusPortal, my_luminus: DemoMyLuminus) -> None:
    bakery = my_luminus.household.customers[0]
    point = bakery.supply_points[0]
    book = load_workbook(
        BytesIO(await luminus.async_export(BAKERY_ACCOUNT, point, ExportFormat.EXCEL))
    )
    assert book.sheetnames == ["Facturen", "Betalingen"]
    document = await luminus.async_export(BAKERY_ACCOUNT, point, ExportFormat.PDF)
    assert document.startswith(b"%PDF-")
    with pytest.raises(PortalCapabilityError):
        await luminus.async_export(HOME_ACCOUNT, point, ExportFormat.PDF)


# How each change is asked for, and of whom.
type Ask = Callable[[Any], Awaitable[None]]
WRITES: dict[str, tuple[str, Ask]] = {
    "deposit": ("luminus", lambda portal: portal.async_set_deposit(HOME_ACCOUNT, CHANGE)),
    "delivery": (
        "luminus",
        lambda portal: portal.async_set_delivery(HOME_ACCOUNT, Delivery.POST),
    ),
    "direct debit": (
        "luminus",
        lambda portal: portal.async_set_direct_debit(BAKERY_ACCOUNT, DirectDebit.ALL),
    ),
    "reading": (
        "luminus",
        lambda portal: portal.async_submit_reading(BAKERY_ACCOUNT, READING),
    ),
    "benefit": ("lumme", lambda portal: portal.async_redeem(LUMME_ACCOUNT, FREE)),
    "delivery at OmaLumme": (
        "lumme",
        lambda portal: portal.async_set_delivery(LUMME_ACCOUNT, Delivery.POST),
    ),
}
PATHS = (
    "/myluminus/api/budget-bill-lines",
    "/myluminus/api/billing-settings",
    "/myluminus/api/insert-meter-reading",
    "/FA-OmaLumme-Prod/v1/customerBenefits",
    "/FA-OmaLumme-Prod/v1/billingSettings",
)


@dataclass(frozen=True)
class Asked:
    """A change that can be asked for of a running portal."""

    portal: Portal
    demo: DemoPortal
    ask: Ask

    async def connect(self) -> None:
        """Begin a session that is known to work."""
        await self.portal.async_settings(self.demo.household.customers[-1].account)

    async def send(self) -> None:
        """Ask for the change."""
        await self.ask(self.portal)


@pytest.fixture(params=WRITES)
def asked(request: pytest.FixtureRequest) -> Asked:
    """Return each change in turn."""
    name, ask = WRITES[request.param]
    demo = {"luminus": "my_luminus", "lumme": "oma_lumme"}[name]
    return Asked(request.getfixturevalue(name), request.getfixturevalue(demo), ask)


@pytest.mark.parametrize(
    ("kind", "details", "arrived", "expected"),
    [
        (FaultKind.ANSWER_LOST, {}, 1, PortalOutcomeUnknownError),
        (FaultKind.ERROR_AFTERWARDS, {}, 1, PortalOutcomeUnknownError),
        (FaultKind.TRUNCATED, {}, 1, PortalOutcomeUnknownError),
        (FaultKind.LATENCY, {"seconds": 0.4}, 1, PortalOutcomeUnknownError),
        (FaultKind.SERVER_ERROR, {}, 0, PortalOutcomeUnknownError),
        (FaultKind.DISCONNECT, {}, 0, PortalOutcomeUnknownError),
        (FaultKind.RATE_LIMITED, {"retry_after": 5}, 0, PortalUnavailableError),
        (FaultKind.MISSING, {}, 0, PortalCapabilityError),
        (FaultKind.HTML, {}, 0, PortalCapabilityError),
        (FaultKind.REFUSED_SESSION, {}, 0, PortalCapabilityError),
    ],
)
async def test_a_change_in_trouble_arrives_once_at_most(
    *,
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    kind: FaultKind,
    details: dict[str, Any],
    arrived: int,
    expected: type[PortalError],
) -> None:
    await asked.connect()
    if kind is FaultKind.LATENCY:
        monkeypatch.setattr(session_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    for path in PATHS:
        asked.demo.faults.add(kind, path=path, method="POST", **details)
    with pytest.raises(expected) as caught:
        await asked.send()
    assert type(caught.value) is expected
    assert reasons(asked.demo) == [None] * arrived


async def test_a_lost_session_is_renewed_for_a_change(asked: Asked) -> None:
    await asked.connect()
    for path in PATHS:
        asked.demo.faults.add(FaultKind.REFUSED_SESSION, path=path, method="POST", times=1)
    await asked.send()
    assert reasons(asked.demo) == [None]
    assert asked.demo.requests.logins == 2


async def test_a_change_that_a_gateway_doubles_is_two(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus
) -> None:
    my_luminus.faults.add(FaultKind.DELIVERED_TWICE, method="POST", path=PATHS[0])
    with pytest.raises(PortalRefusedError, match="already_changed"):
        await luminus.async_set_deposit(HOME_ACCOUNT, CHANGE)
    assert reasons(my_luminus) == [None, "AlreadyUpdated"]
    (plan,) = await luminus.async_deposits(HOME_ACCOUNT)
    assert plan.amount == CHANGE.amount


async def test_a_change_is_made_for_its_own_partner_even_in_a_renewed_session(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus
) -> None:
    await luminus.async_settings(HOME_ACCOUNT)
    # A new session begins with the bakery as the active partner.
    my_luminus.faults.add(FaultKind.EXPIRED_SESSION)
    await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.POST)
    await luminus.async_settings(BAKERY_ACCOUNT)
    for path in ("/myluminus/api/account/active", PATHS[1]):
        my_luminus.faults.add(FaultKind.REFUSED_SESSION, path=path, times=1)
    await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.EMAIL)
    assert [write.account_id for write in my_luminus.changes.writes] == [HOME, HOME]
    assert my_luminus.requests.logins == 4


async def test_a_change_that_was_never_sent_is_not_unknown(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus
) -> None:
    await luminus.async_settings(HOME_ACCOUNT)
    await my_luminus.stop()
    with pytest.raises(PortalUnavailableError):
        await luminus.async_settings(HOME_ACCOUNT)
    with pytest.raises(PortalUnavailableError) as caught:
        await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.POST)
    assert not isinstance(caught.value, PortalOutcomeUnknownError)


async def test_changes_count_but_a_person_is_not_turned_away(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus
) -> None:
    await luminus.async_settings(HOME_ACCOUNT)
    politeness = luminus.session.politeness
    left = politeness.requests_left
    await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.POST)
    assert politeness.requests_left == left - 1
    politeness.state.requests = [politeness.now()] * MAX_REQUESTS_PER_DAY
    await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.EMAIL)
    assert len(my_luminus.changes.writes) == 2


async def test_a_rest_that_the_portal_asks_for_is_kept(
    luminus: MyLuminusPortal, my_luminus: DemoMyLuminus
) -> None:
    await luminus.async_settings(HOME_ACCOUNT)
    my_luminus.faults.add(FaultKind.RATE_LIMITED, path=PATHS[1], times=1, retry_after=3600)
    asked = my_luminus.requests.total
    for _ in range(2):
        with pytest.raises(PortalUnavailableError):
            await luminus.async_set_delivery(HOME_ACCOUNT, Delivery.POST)
    assert my_luminus.requests.total == asked + 1


async def test_a_change_for_a_partner_that_is_not_ours(luminus: MyLuminusPortal) -> None:
    with pytest.raises(PortalUnexpectedAnswerError):
        await luminus.async_set_delivery(Account(account_id="5100000000"), Delivery.POST)
