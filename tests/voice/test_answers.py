"""Tests of what is answered, by what is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.lumme_energy.account.coordinator import AccountCoordinator
from custom_components.lumme_energy.account.errors import refused
from custom_components.lumme_energy.account.feeds import Feed
from custom_components.lumme_energy.account.money import Costs, Money, Spent
from custom_components.lumme_energy.billing.cost import Cost, CostLine
from custom_components.lumme_energy.billing.settlement import Expectation, Forecast
from custom_components.lumme_energy.heating.model import (
    Action,
    Alarm,
    Arrival,
    Mode,
    Preset,
    Proof,
    Reason,
    SitePlan,
    ZonePlan,
    ZoneSeen,
)
from custom_components.lumme_energy.portal.model import (
    Balance,
    Contract,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    Invoice,
    InvoiceKind,
    InvoiceStatus,
    LineKind,
    MeterReading,
    PriceComponent,
    PriceKind,
    Statement,
    Unit,
)
from custom_components.lumme_energy.voice.answers import bills, contracts, heating, readings, usage
from custom_components.lumme_energy.voice.places import Bills, Supplied
from custom_components.lumme_energy.voice.speech import Speech
from custom_components.lumme_energy.voice.texts import async_speech, told
from demo.cottage import DemoCottage
from tests.account.common import Demo

from .common import account as set_up_account, house as set_up_house
from .test_speech import speaker

BILL = Invoice(
    number="1",
    kind=InvoiceKind.CONSUMPTION,
    issued=date(2026, 11, 20),
    amount=Decimal("84.20"),
    due=date(2026, 12, 4),
    status=InvoiceStatus.OPEN,
    gsrns=("1",),
)
CAME = "The latest bill is 84 euros and 20 cents and came on 20 November."
WHO = "Lumme Energia (demo)"


@pytest.fixture
async def account(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, oma_lumme: Demo
) -> AccountCoordinator:
    """Return a Finnish account."""
    entry = await set_up_account(assist, oma_lumme)
    found: AccountCoordinator = entry.runtime_data
    return found


@pytest.fixture
async def speech(assist: HomeAssistant, clock: FrozenDateTimeFactory) -> Speech:
    """Return somebody who speaks English."""
    return await async_speech(assist, "en")


def tell(account: AccountCoordinator, **known: Any) -> None:
    """Let the portal have told this."""
    account.data = replace(account.data, **known)


async def test_bills(account: AccountCoordinator, speech: Speech) -> None:
    """A bill is paid, due, collected, late, or nobody knows; old news has its age."""
    cases: list[tuple[Mapping[str, Any], str]] = [
        ({}, "It is still to be paid, by 4 December at the latest."),
        ({"due": None}, "It is still to be paid."),
        ({"status": InvoiceStatus.PAID}, "It has been paid."),
        ({"collected": date(2026, 12, 3)}, "Direct debit will take it on 3 December."),
        (
            {"status": InvoiceStatus.OVERDUE, "due": date(2026, 11, 23)},
            "It is overdue: it was to be paid by 23 November.",
        ),
        (
            {"status": InvoiceStatus.PARTLY_PAID, "open_amount": Decimal(4)},
            "4 euros of it is still open. It is still to be paid, by 4 December at the latest.",
        ),
        ({"status": InvoiceStatus.UNKNOWN}, f"{WHO} does not tell whether it has been paid."),
    ]
    for changes, said in cases:
        tell(account, statement=Statement(invoices=(replace(BILL, **changes),)))
        first, *then = bills.latest_bill(speech, Bills(account=account))
        assert first == CAME
        assert " ".join(then) == said
    tell(account, fetched={Feed.STATEMENT: datetime(2026, 11, 20, tzinfo=UTC)})
    *_, age = bills.latest_bill(speech, Bills(account=account))
    assert age == f"This is what {WHO} told 4 days ago."
    tell(account, statement=Statement())
    assert list(bills.latest_bill(speech, Bills(account=account))) == ["There is no bill yet."]
    tell(account, statement=None)
    for question in (bills.latest_bill, bills.bill_arrived, bills.balance):
        (said,) = question(speech, Bills(account=account))
        assert said.startswith(f"I do not know: {WHO}")


async def test_bill_of_a_place(account: AccountCoordinator, speech: Speech) -> None:
    """Of several supply points' bills those are told that were asked for."""
    other = replace(BILL, number="2", issued=date(2026, 11, 22), amount=Decimal(9), gsrns=("2",))
    tell(account, statement=Statement(invoices=(other, BILL), balance=Balance(amount=Decimal(1))))
    about = Bills(account=account, gsrns=frozenset({"1"}))
    assert next(bills.latest_bill(speech, about)) == CAME
    # A balance is that of all together; of one there are its bills.
    assert list(bills.balance(speech, about)) == [
        "Bills of 84 euros and 20 cents in all are still to be paid."
    ]


async def test_news_of_bills(account: AccountCoordinator, speech: Speech) -> None:
    """A new bill is one that came lately, or waits to be paid."""
    paid = replace(BILL, status=InvoiceStatus.PAID)
    tell(account, statement=Statement(invoices=(paid,)))
    assert list(bills.bill_arrived(speech, Bills(account=account))) == [
        "Yes, a bill has come: 84 euros and 20 cents, on 20 November.",
        "It has been paid.",
    ]
    tell(account, statement=Statement(invoices=(replace(paid, issued=date(2026, 10, 20)),)))
    assert list(bills.bill_arrived(speech, Bills(account=account))) == [
        "No, no new bill has come. The last one came on 20 October and was 84 euros and 20 cents."
    ]


async def test_balance(account: AccountCoordinator, speech: Speech) -> None:
    """Who owes whom is said in words, not by a sign."""
    cases = [
        (Balance(amount=Decimal(0)), [f"You owe {WHO} nothing."]),
        (
            Balance(amount=Decimal("-5.50")),
            [f"You have a credit of 5 euros and 50 cents: {WHO} owes it to you."],
        ),
        (
            Balance(amount=Decimal(90), overdue=Decimal(10)),
            [f"You owe {WHO} 90 euros.", "10 euros of that is overdue."],
        ),
    ]
    for balance, said in cases:
        tell(account, statement=Statement(balance=balance))
        assert list(bills.balance(speech, Bills(account=account))) == said
    tell(account, statement=Statement(invoices=(replace(BILL, status=InvoiceStatus.PAID),)))
    assert list(bills.balance(speech, Bills(account=account))) == [f"You owe {WHO} nothing."]


def supplied(account: AccountCoordinator) -> Supplied:
    """Return the account's first supply point."""
    point = (account.data.supply_points or ())[0]
    return Supplied(account=account, point=point)


async def test_contracts(account: AccountCoordinator, speech: Speech) -> None:
    """A contract's price is said as it is agreed upon; what is not told is not known."""
    about = supplied(account)

    def said(prices: Mapping[str, str], **contract: Any) -> str:
        components = tuple(
            PriceComponent(register=register, amount=Decimal(amount), unit="EUR/kWh")
            for register, amount in prices.items()
        )
        found = Contract(gsrn=about.point.gsrn, prices=components, **contract)
        tell(account, contracts=(found,))
        return " ".join(contracts.contract(speech, about))

    assert said({"day": "0.12", "night": "0.085"}, price_kind=PriceKind.VARIABLE) == (
        "Its price varies. A kilowatt-hour costs 12 cents by day and 8.5 cents by night."
    )
    assert said({"single": "0.0039"}, price_kind=PriceKind.SPOT, start=date(2026, 1, 1)) == (
        "Its price follows the power exchange. The margin is 0.39 cents a kilowatt-hour. "
        "It runs until further notice."
    )
    assert said({}, price_kind=PriceKind.SPOT) == "Its price follows the power exchange."
    assert said({}, product="Green") == (
        f"The contract is called Green. {WHO} does not tell its price."
    )
    tell(account, contracts=())
    assert list(contracts.contract(speech, about)) == [
        f"I do not know: {WHO} does not tell about a contract."
    ]


async def test_deposits(account: AccountCoordinator, speech: Speech) -> None:
    """Whether an advance payment may be changed, why not, and from when."""
    about = supplied(account)
    plan = DepositPlan(
        gsrn=about.point.gsrn,
        amount=Decimal(95),
        frequency="monthly",
        next_invoice=date(2026, 12, 10),
        permissions=DepositPermissions(amount=True),
    )
    first = ["The advance payment is 95 euros a month.", "The next one comes on 10 December."]
    cases: list[tuple[Mapping[str, Any], list[str]]] = [
        ({}, ["You may change it."]),
        (
            {"minimum": Decimal(60), "maximum": Decimal(140)},
            ["You may change it to anything from 60 euros to 140 euros."],
        ),
        (
            {"permissions": DepositPermissions()},
            [speech.reason("deposit_not_changeable", {"portal": "OmaLumme"})],
        ),
        (
            {"permissions": DepositPermissions(refusal=DepositRefusal.ALREADY_CHANGED)},
            [
                told(speech, refused(account, DepositRefusal.ALREADY_CHANGED)),
                "It can be changed again from 10 December.",
            ],
        ),
    ]
    for changes, said in cases:
        tell(account, deposits=(replace(plan, **changes),), statement=None, contracts=())
        assert list(contracts.deposit(speech, about)) == first + said
    tell(account, deposits=(replace(plan, frequency=None, next_invoice=None),))
    assert next(contracts.deposit(speech, about)) == "The advance payment is 95 euros."


async def test_settlements(account: AccountCoordinator, speech: Speech) -> None:
    """A settlement is paid or comes back, and a guess is called one."""
    about = supplied(account)
    gsrn = about.point.gsrn
    assert list(contracts.settlement(speech, about)) == ["There is no advance payment here."]
    tell(account, deposits=(DepositPlan(gsrn=gsrn, amount=Decimal(95)),))
    (said,) = contracts.settlement(speech, about)
    assert said.startswith(f"It cannot be foreseen: {WHO}")
    sure = Expectation(energy={}, measured=300, last_year=65, mean=0)
    forecast = Forecast(
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        cost=Cost(lines=(CostLine(kind=LineKind.ENERGY, amount=Decimal(1200)),)),
        paid=Decimal(1000),
        to_come=Decimal(95),
        suggested=Decimal(112),
        expectation=sure,
    )
    account.money = Money(forecasts={gsrn: forecast})
    assert list(contracts.settlement(speech, about)) == [
        "At the settlement on 31 December you will probably have to pay 105 euros.",
        "With an advance payment of 112 euros it would come out even.",
    ]
    unsure = replace(sure, mean=400)
    account.money = Money(
        forecasts={gsrn: replace(forecast, paid=Decimal(1500), suggested=None, expectation=unsure)}
    )
    assert list(contracts.settlement(speech, about)) == [
        "At the settlement on 31 December you will probably get 395 euros back.",
        "That is a rough guess: too little of the consumption is known.",
    ]


async def test_usage(account: AccountCoordinator, speech: Speech) -> None:
    """What a linked meter counted is told with its cost, and what has no price apart."""
    about = supplied(account)
    line = CostLine(kind=LineKind.ENERGY, amount=Decimal("1.84"), energy=Decimal("8.4"))
    spent = Spent(cost=Cost(lines=(line,)), missing_hours=0)
    more = Spent(cost=Cost(lines=(line,), unpriced=Decimal(2)), missing_hours=0)
    account.money = Money(costs={about.point.gsrn: Costs(today=spent, month=more)})
    assert list(usage.used_today(speech, about)) == [
        "So far today it is 8.4 kilowatt-hours, which costs 1 euro and 84 cents."
    ]
    assert list(usage.used_month(speech, about)) == [
        "So far this month it is 8.4 kilowatt-hours, which costs 1 euro and 84 cents.",
        "On top of that comes 2 kilowatt-hours whose price is not known.",
    ]
    # Of gas, the portal's own unit.
    account.money = Money()
    slots = account.data.consumption[about.point.gsrn]
    gas = tuple(replace(slot, unit=Unit.M3) for slot in slots)
    tell(account, consumption={about.point.gsrn: gas})
    (said,) = usage.used_today(speech, about)
    assert "cubic metres" in said
    tell(account, consumption={})
    (said,) = usage.used_month(speech, about)
    assert said.startswith("I do not know: no meter is linked here")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"power_import": Decimal("1.25")}, "Right now 1.2 kilowatts comes from the grid."),
        (
            {"power_import": Decimal(0), "power_export": Decimal("0.8")},
            "Right now 800 watts goes into the grid.",
        ),
        ({}, "I do not know: the meter does not tell how much is used right now."),
    ],
)
def test_power(values: Mapping[str, Decimal], said: str) -> None:
    """Power flows one way or the other, or the meter does not say."""
    meter: Any = SimpleNamespace(last_update_success=True, data=SimpleNamespace(values=values))
    assert list(usage.power_now(speaker("en"), meter)) == [said]


async def test_readings(account: AccountCoordinator, speech: Speech) -> None:
    """The newest reading is told register by register."""
    about = supplied(account)
    day = date(2026, 11, 1)

    def reading(register: str, value: int, day: date = day) -> MeterReading:
        return MeterReading(gsrn=about.point.gsrn, day=day, register=register, value=Decimal(value))

    tell(account, readings=None)
    assert next(readings.readings(speech, about)) == "No reading is known yet."
    tell(account, readings=(reading("single", 12345), reading("single", 12000, date(2026, 10, 1))))
    assert list(readings.readings(speech, about)) == [
        "The last reading is from 1 November: 12,345 kilowatt-hours.",
        "None is going to be sent in by itself.",
    ]
    tell(account, readings=(reading("day", 500), reading("night", 700)))
    assert next(readings.readings(speech, about)) == (
        "The last reading is from 1 November: "
        f"{speech.registers['day']} 500 kilowatt-hours and "
        f"{speech.registers['night']} 700 kilowatt-hours."
    )


def plan(mode: Mode, **more: Any) -> SitePlan:
    """Return what follows for a house of two rooms."""
    zone = ZonePlan(
        preset=Preset.AWAY,
        setpoint=10.0,
        reason=Reason(key="at_target"),
        action=Action.IDLE,
        alarms=more.pop("alarms", frozenset()),
    )
    return SitePlan(mode=mode, zones={"living_room": zone, "bedroom": zone}, **more)


async def test_cottage(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage, speech: Speech
) -> None:
    """Each radiator's proof is told, and what is not known is said to be unknown."""
    house = (await set_up_house(assist, cottage)).runtime_data
    at = datetime(2026, 11, 27, 16, tzinfo=UTC)
    arrival = Arrival(
        at=at, start=at, expected=20, is_reachable=True, ready_at=at, energy=9.5, cost=None
    )

    def proofs(living_room: Proof, bedroom: Proof) -> dict[str, Proof]:
        return {"living_room": living_room, "bedroom": bedroom}

    cases = [
        (
            plan(Mode.AWAY, is_left_high=False, turned_down=proofs(Proof.PROVEN, Proof.READ_BACK)),
            (
                "Yes, the heating is turned down. The power shows it: Living room. "
                "The device itself says so: Bedroom."
            ),
        ),
        (
            plan(Mode.AWAY, turned_down=proofs(Proof.NOT_YET, Proof.UNKNOWN)),
            "Not everything is turned down yet. Not down yet: Living room. No answer from: Bedroom.",
        ),
        (
            plan(Mode.FROST_GUARD, turned_down=proofs(Proof.UNKNOWN, Proof.UNKNOWN)),
            "I do not know: nothing answers there. No answer from: Living room and Bedroom.",
        ),
        (
            plan(
                Mode.AWAY,
                is_left_high=True,
                left_high=("bedroom",),
                turned_down=proofs(Proof.PROVEN, Proof.NOT_YET),
            ),
            (
                "No: nobody is there, and these are still set too warm: Bedroom. "
                "The power shows it: Living room."
            ),
        ),
        (
            plan(Mode.HOME, is_left_high=True),
            "No: nobody is there, but the house draws more power than it should.",
        ),
        (
            plan(
                Mode.ARRIVING,
                is_left_high=False,
                turned_down=proofs(Proof.PROVEN, Proof.PROVEN),
                arrival=arrival,
            ),
            (
                "Yes, the heating is turned down. The power shows it: Living room and Bedroom. "
                "It will be warm again Friday 27 November at 18:00."
            ),
        ),
    ]
    for data, said in cases:
        house.data = data
        assert " ".join(heating.turned_down(speech, house)) == said

    house.data = plan(Mode.AWAY, alarms=frozenset({Alarm.COLD}))
    house.seen = replace(
        house.seen,
        zones={"living_room": ZoneSeen(room=8.25), "bedroom": ZoneSeen()},
        outdoor=-21.0,
    )
    assert list(heating.warmth(speech, house)) == [
        "Living room 8.2 degrees.",
        "No temperature is known from: Bedroom.",
        "Outdoors it is -21 degrees.",
        "Take care, these are getting too cold: Living room and Bedroom.",
    ]
    house.seen = replace(house.seen, zones={"bedroom": ZoneSeen()}, outdoor=None)
    house.data = plan(Mode.AWAY)
    assert list(heating.warmth(speech, house)) == ["No temperature is known from: Bedroom."]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "That takes about 9.5 kilowatt-hours. Mökki: shall I have it warm {at}?"),
        (
            {"cost": Decimal("1.20")},
            (
                "That takes about 9.5 kilowatt-hours and costs about 1 euro and 20 cents. "
                "Mökki: shall I have it warm {at}?"
            ),
        ),
        (
            {"is_reachable": False, "ready_at": datetime(2026, 11, 27, 20, tzinfo=UTC)},
            (
                "That takes about 9.5 kilowatt-hours. Mökki: it cannot be warm by then, only "
                "Friday 27 November at 22:00. Shall I heat all the same?"
            ),
        ),
        (
            {"is_reachable": False, "ready_at": None, "energy": None},
            "Mökki: it will not get as warm as wished by then. Shall I heat all the same?",
        ),
    ],
)
async def test_what_an_arrival_takes(
    assist: HomeAssistant,
    clock: FrozenDateTimeFactory,
    cottage: DemoCottage,
    speech: Speech,
    changes: Mapping[str, Any],
    said: str,
) -> None:
    """The question says what is promised, and what it takes."""
    house = (await set_up_house(assist, cottage)).runtime_data
    at = datetime(2026, 11, 27, 16, tzinfo=UTC)
    arrival = Arrival(
        at=at, start=at, expected=20, is_reachable=True, ready_at=at, energy=9.5, cost=None
    )
    house.preview = lambda _: replace(arrival, **changes)
    asker = heating.Asker(place="Mökki", when="friday at six")
    proposal = await heating.warm_up(speech, house, asker)
    assert isinstance(proposal, heating.Proposal)
    assert proposal.question == said.format(at="Friday 27 November at 18:00")
    # Nothing was planned by asking.
    assert house.engine.arrival_at is None


async def test_heating_begins(
    assist: HomeAssistant, clock: FrozenDateTimeFactory, cottage: DemoCottage, speech: Speech
) -> None:
    """After a yes it is said when heating begins, as far as that is known."""
    house = (await set_up_house(assist, cottage)).runtime_data
    at = datetime(2026, 11, 27, 16, tzinfo=UTC)
    arrival = Arrival(
        at=at,
        start=at - timedelta(hours=9),
        expected=20,
        is_reachable=True,
        ready_at=at,
        energy=9.5,
        cost=None,
    )
    house.data = plan(Mode.ARRIVING, arrival=arrival)
    assert heating._begins(speech, house) == (
        "All right. Heating begins Friday 27 November at 09:00."
    )
    house.data = plan(Mode.ARRIVING, arrival=replace(arrival, start=None))
    assert heating._begins(speech, house) == "All right. Heating begins now."
    house.data = plan(Mode.HOME, arrival=arrival)
    assert heating._begins(speech, house) == "All right. It is kept warm already."
