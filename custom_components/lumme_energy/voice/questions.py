"""What can be asked, and what can be wished: one table for sentences, intents and language models."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..const import KIND_ACCOUNT, KIND_HEATING, KIND_METER
from .answers import bills, contracts, heating, readings, usage
from .places import Place, bills as billed, houses, meters, submitting, supplied
from .proposal import Asker, Proposal
from .speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject[About]:
    """What questions and wishes have in common.

    Attributes:
        key: Of its phrases, and the name of its tool.
        intent_type: The intent by which it can be asked, too.
        kind: Of config entry, without which nobody listens for its phrases.
        places: Finds what it is about, by the name that was said.
        nothing: What to say where there is no such place.
        rests_on: The translation keys of the entities that show the answer; a language model gets
            it only if the user exposes one of them.
        title: For people who look at a language model's tools.
        description: For the language model.
    """

    key: str
    intent_type: str
    kind: str
    places: Callable[[HomeAssistant, str | None], list[Place[About]]]
    nothing: str
    rests_on: frozenset[str]
    title: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question[About](Subject[About]):
    """What is answered at once, for each place."""

    answer: Callable[[Speech, About], Iterator[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish[About](Subject[About]):
    """What changes something, and so is asked back first, for one place at a time.

    Attributes:
        propose: Makes the question, or says why there is none.
        takes_when: Whether one can say when.
    """

    propose: Callable[[Speech, About, Asker], Awaitable[Proposal | str]]
    takes_when: bool = False


REGISTERS: Final = ("single", "day", "night", "export_single", "export_day", "export_night")
READINGS: Final = frozenset(
    f"{prefix}_reading_{register}" for prefix in ("supplier", "submitted") for register in REGISTERS
)

SUBJECTS: Final[tuple[Question[Any] | Wish[Any], ...]] = (
    Question(
        key="latest_bill",
        intent_type="LummeLatestBill",
        kind=KIND_ACCOUNT,
        places=billed,
        answer=bills.latest_bill,
        nothing="nothing_account",
        rests_on=frozenset({"latest_invoice"}),
        title="Latest energy bill",
        description="Tells the latest energy bill: its amount, its due date, and whether it is paid.",
    ),
    Question(
        key="bill_arrived",
        intent_type="LummeBillArrived",
        kind=KIND_ACCOUNT,
        places=billed,
        answer=bills.bill_arrived,
        nothing="nothing_account",
        rests_on=frozenset({"latest_invoice"}),
        title="New energy bill",
        description="Tells whether a new energy bill has come.",
    ),
    Question(
        key="balance",
        intent_type="LummeBalance",
        kind=KIND_ACCOUNT,
        places=billed,
        answer=bills.balance,
        nothing="nothing_account",
        rests_on=frozenset({"balance", "open_amount"}),
        title="Energy account balance",
        description="Tells what is owed to the energy supplier, or what the supplier owes.",
    ),
    Question(
        key="contract",
        intent_type="LummeContract",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=contracts.contract,
        nothing="nothing_account",
        rests_on=frozenset({"product", "price_kind", "energy_price", "energy_price_day"}),
        title="Energy contract",
        description="Tells which energy contract there is, what a kilowatt-hour costs, and its end.",
    ),
    Question(
        key="power_now",
        intent_type="LummePowerNow",
        kind=KIND_METER,
        places=meters,
        answer=usage.power_now,
        nothing="nothing_meter",
        rests_on=frozenset({"power_import", "power_export"}),
        title="Power used now",
        description="Tells the power that the house draws from the grid, or feeds into it, just now.",
    ),
    Question(
        key="used_today",
        intent_type="LummeUsedToday",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=usage.used_today,
        nothing="nothing_account",
        rests_on=frozenset({"cost_today", "day_consumption"}),
        title="Energy used today",
        description="Tells the energy used today and what it costs.",
    ),
    Question(
        key="used_month",
        intent_type="LummeUsedMonth",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=usage.used_month,
        nothing="nothing_account",
        rests_on=frozenset({"cost_month", "month_consumption"}),
        title="Energy used this month",
        description="Tells the energy used this month and what it costs.",
    ),
    Question(
        key="deposit",
        intent_type="LummeDeposit",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=contracts.deposit,
        nothing="nothing_account",
        rests_on=frozenset({"deposit", "deposit_change"}),
        title="Advance payment",
        description="Tells the advance payment for energy, and whether, why not, and from when it may be changed.",
    ),
    Question(
        key="settlement",
        intent_type="LummeSettlement",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=contracts.settlement,
        nothing="nothing_account",
        rests_on=frozenset({"expected_settlement"}),
        title="Expected settlement",
        description="Tells what is expected to be paid or given back at the next settlement.",
    ),
    Question(
        key="readings",
        intent_type="LummeReadings",
        kind=KIND_ACCOUNT,
        places=supplied,
        answer=readings.readings,
        nothing="nothing_account",
        rests_on=READINGS | {"next_reading"},
        title="Meter readings",
        description="Tells the last meter reading, and when the next one is sent to the supplier.",
    ),
    Question(
        key="turned_down",
        intent_type="LummeTurnedDown",
        kind=KIND_HEATING,
        places=houses,
        answer=heating.turned_down,
        nothing="nothing_heating",
        rests_on=frozenset({"left_high", "zone"}),
        title="Cottage turned down",
        description="Tells whether the cottage's heating is turned down, and what proves it.",
    ),
    Question(
        key="warmth",
        intent_type="LummeWarmth",
        kind=KIND_HEATING,
        places=houses,
        answer=heating.warmth,
        nothing="nothing_heating",
        rests_on=frozenset({"zone"}),
        title="Cottage temperature",
        description="Tells how warm it is at the cottage, room by room, and outdoors.",
    ),
    Wish(
        key="turn_down",
        intent_type="LummeTurnDown",
        kind=KIND_HEATING,
        places=houses,
        propose=heating.turn_down,
        nothing="nothing_heating",
        rests_on=frozenset({"turn_down", "heating_mode", "zone"}),
        title="Turn the cottage down",
        description="Turns the cottage's heating down to base heat.",
    ),
    Wish(
        key="warm_up",
        intent_type="LummeWarmUp",
        kind=KIND_HEATING,
        places=houses,
        propose=heating.warm_up,
        nothing="nothing_heating",
        rests_on=frozenset({"arrival", "heating_mode", "zone"}),
        title="Warm the cottage up",
        description="Has the cottage warm by a moment, or now.",
        takes_when=True,
    ),
    Wish(
        key="submit_reading",
        intent_type="LummeSubmitReading",
        kind=KIND_ACCOUNT,
        places=submitting,
        propose=readings.submit_reading,
        nothing="nothing_submitted",
        rests_on=frozenset({"submit_reading"}),
        title="Send the meter reading",
        description="Reads the meter and sends the reading to the energy supplier.",
    ),
)
