"""What customers have changed at a demo portal, on top of what the household's truth says.

A portal does not know a request that it has seen before: one that arrives twice is two requests,
and `Changes.writes` shows both. What was changed lasts as long as the file that it is kept in, or
without one, as long as the portal runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
import math
from pathlib import Path
from typing import Any, TypeIs

from mashumaro.codecs.json import JSONDecoder, JSONEncoder

from custom_components.lumme_energy.portal import unconfirmed as shapes
from custom_components.lumme_energy.portal.model import (
    Delivery,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    DirectDebit,
    InvoiceKind,
    MeterReading,
    ReadingRefusal,
    ReadingSource,
    Settings,
    Unit,
)

from .households import Customer

# The least that each fuel costs an empty house.
EMPTY_HOUSE = {
    "monthly": Decimal(10),
    "bimonthly": Decimal(20),
    "quarterly": Decimal(30),
}
CENT = Decimal("0.01")
MOST = Decimal(10) ** 9
# The portal's words for a request that makes no sense.
UNKNOWN_EAN = "UnknownEan"
UNKNOWN_BENEFIT = "UnknownBenefit"
INVALID = "InvalidValue"
MALFORMED = frozenset({UNKNOWN_EAN, UNKNOWN_BENEFIT, INVALID})
NOT_ALLOWED = "NotAllowed"
NOT_ONLINE = "ContactCustomerService"
REFUSED = {refusal: word for word, refusal in shapes.REFUSALS.items()}
READING_REFUSED = {refusal: word for word, refusal in shapes.READING_REFUSALS.items()}
NO_SUCH_READING = "UnknownReading"
# How long a day's reading is taken.
TAKEN_FOR = timedelta(days=14)
# The first index that is too long.
TOO_LONG = 10**8
SETTLED_BY = frozenset({InvoiceKind.SETTLEMENT, InvoiceKind.CREDIT_NOTE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request for a change, as it arrived.

    Attributes:
        name: What was to be changed.
        account_id: By whom.
        asked: Its body.
        reason: The portal's word for no; None when it made the change.
    """

    name: str
    account_id: str
    asked: Mapping[str, Any]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Deposit:
    """A deposit that was changed, before the one of `period` came."""

    amount: Decimal
    is_empty_house: bool
    period: date | None

    def applied(self, plan: DepositPlan) -> DepositPlan:
        """Return a plan with the new deposit; it cannot be changed again before the next one."""
        changed = replace(plan, amount=self.amount, is_empty_house=self.is_empty_house)
        told = plan.simulation
        if told is not None and told.expected_total is not None and told.paid is not None:
            left = told.expected_total - told.paid - self.amount * (plan.open_slices or 0)
            changed = replace(changed, simulation=replace(told, expected_settlement=left))
        if plan.next_invoice == self.period:
            refused = DepositPermissions(refusal=DepositRefusal.ALREADY_CHANGED)
            changed = replace(changed, permissions=refused)
        return changed


@dataclass(slots=True)
class _Made:
    """All changes: deposits by supply point, settings by account, benefits, and readings."""

    deposits: dict[str, _Deposit] = field(default_factory=dict)
    settings: dict[str, Settings] = field(default_factory=dict)
    redeemed: list[str] = field(default_factory=list)
    readings: list[MeterReading] = field(default_factory=list)


_encoder, _decoder = JSONEncoder(_Made), JSONDecoder(_Made)


class Changes:
    """The changes at one portal.

    Attributes:
        writes: Every request for one, oldest first; those that were refused too.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Begin with those that a file keeps, or with none."""
        self.writes: list[Write] = []
        self._path = path
        self._made = _Made()
        if path is not None and path.exists():
            self._made = _decoder.decode(path.read_text())

    def applied(self, customer: Customer) -> Customer:
        """Return a customer as the changes have left them."""
        settings = self._made.settings.get(customer.account.account_id, customer.settings)
        contracts = customer.contracts
        if settings.direct_debit is not None:
            debited = settings.direct_debit is not DirectDebit.OFF
            contracts = tuple(replace(one, direct_debit=debited) for one in contracts)
        return replace(
            customer,
            settings=settings,
            contracts=contracts,
            deposits=tuple(
                self._made.deposits[plan.gsrn].applied(plan)
                if plan.gsrn in self._made.deposits
                else plan
                for plan in customer.deposits
            ),
            readings=self._readings(customer),
            benefits=tuple(
                replace(one, redeemed=True) if one.benefit_id in self._made.redeemed else one
                for one in customer.benefits
            ),
        )

    def set_deposit(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        """Change a deposit, or return the portal's word for why not."""
        return self._noted("deposit", customer, asked, self._set_deposit)

    def set_settings(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        """Change how bills come or are paid, or return the portal's word for why not."""
        return self._noted("settings", customer, asked, self._set_settings)

    def redeem(self, customer: Customer, asked: Mapping[str, Any], today: date) -> str | None:
        """Hand out a benefit, or return the portal's word for why not."""
        return self._noted(
            "benefit", customer, asked, lambda customer, asked: self._redeem(customer, asked, today)
        )

    def insert_reading(
        self, customer: Customer, asked: Mapping[str, Any], today: date
    ) -> str | None:
        """Take a reading, or return the portal's word for why not."""
        return self._noted(
            "reading",
            customer,
            asked,
            lambda customer, asked: self._insert_reading(customer, asked, today),
        )

    def delete_reading(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        """Delete a reading, or return the portal's word for why not."""
        return self._noted("reading_deletion", customer, asked, self._delete_reading)

    def _noted(
        self,
        name: str,
        customer: Customer,
        asked: Mapping[str, Any],
        change: Callable[[Customer, Mapping[str, Any]], str | None],
    ) -> str | None:
        reason = change(customer, asked)
        if reason is None and self._path is not None:
            self._path.write_text(str(_encoder.encode(self._made)))
        self.writes.append(
            Write(name=name, account_id=customer.account.account_id, asked=asked, reason=reason)
        )
        return reason

    def _set_deposit(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        plan = next((one for one in customer.deposits if one.gsrn == asked.get("Ean")), None)
        amount, empty = _amount(asked.get("Amount")), asked.get("IsEmptyHouse", False)
        if plan is None:
            return UNKNOWN_EAN
        if amount is None or not isinstance(empty, bool):
            return INVALID
        allowed = plan.permissions
        if allowed.refusal is not None:
            return REFUSED[allowed.refusal]
        if not (allowed.empty_house if empty else allowed.amount):
            return NOT_ALLOWED
        minimum = EMPTY_HOUSE.get(plan.frequency or "") if empty else plan.minimum
        if (minimum is not None and amount < minimum) or (
            plan.maximum is not None and amount > plan.maximum
        ):
            return REFUSED[DepositRefusal.OUT_OF_RANGE]
        self._made.deposits[plan.gsrn] = _Deposit(amount, empty, plan.next_invoice)
        return None

    def _set_settings(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        settings = customer.settings
        if "InvoiceDelivery" in asked:
            delivery = shapes.DELIVERIES.get(asked["InvoiceDelivery"])
            if delivery is None:
                return INVALID
            if delivery is Delivery.E_INVOICE:
                return NOT_ONLINE
            settings = replace(settings, delivery=delivery)
        if "DirectDebitSubscription" in asked:
            scope = shapes.DIRECT_DEBITS.get(asked["DirectDebitSubscription"])
            if scope is None or settings.direct_debit is None:
                return INVALID
            if scope is DirectDebit.OFF:
                return NOT_ONLINE
            settings = replace(settings, direct_debit=scope)
        self._made.settings[customer.account.account_id] = settings
        return None

    def _redeem(self, customer: Customer, asked: Mapping[str, Any], today: date) -> str | None:
        wanted = asked.get("BenefitId")
        benefit = next((one for one in customer.benefits if one.benefit_id == wanted), None)
        if benefit is None:
            return UNKNOWN_BENEFIT
        if benefit.redeemed:
            return "AlreadyRedeemed"
        if benefit.valid_until is not None and benefit.valid_until < today:
            return "BenefitExpired"
        self._made.redeemed.append(benefit.benefit_id)
        return None

    def _readings(self, customer: Customer) -> tuple[MeterReading, ...]:
        """Return all readings, newest first; for a day that the customer has read, no others."""
        points = {point.gsrn for point in customer.supply_points}
        own = [reading for reading in self._made.readings if reading.gsrn in points]
        days = {(reading.gsrn, reading.day) for reading in own}
        others = [one for one in customer.readings if (one.gsrn, one.day) not in days]
        return tuple(sorted([*own, *others], key=lambda one: one.day, reverse=True))

    def _insert_reading(
        self, customer: Customer, asked: Mapping[str, Any], today: date
    ) -> str | None:
        ean, day, sent = asked.get("Ean"), _day(asked.get("Date")), _sent(asked.get("Readings"))
        if all(point.gsrn != ean for point in customer.supply_points):
            return UNKNOWN_EAN
        if day is None or sent is None:
            return INVALID
        known = [reading for reading in customer.readings if reading.gsrn == ean]
        newest = max((reading.day for reading in known), default=date.min)
        last = {reading.register: reading for reading in known if reading.day == newest}
        # All registers that the meter has, each in its unit.
        if {(register, unit) for register, (_, unit) in sent.items()} != {
            (register, reading.unit) for register, reading in last.items()
        }:
            return INVALID
        values = {register: value for register, (value, _) in sent.items()}
        refusals = {
            ReadingRefusal.FUTURE: day > today,
            ReadingRefusal.CLOSED_PERIOD: _is_settled(customer, ean, day),
            ReadingRefusal.WINDOW_CLOSED: today - day > TAKEN_FOR,
            ReadingRefusal.ALREADY_SUBMITTED_TODAY: any(reading.day == day for reading in known),
            ReadingRefusal.NOT_NEWEST: day < newest,
            ReadingRefusal.WRONG_DIGITS: any(
                not isinstance(value, int) or not 0 <= value < TOO_LONG for value in values.values()
            ),
            ReadingRefusal.BEFORE_PREVIOUS: any(
                value < last[register].value for register, value in values.items()
            ),
        }
        if (
            refusal := next((one for one, applies in refusals.items() if applies), None)
        ) is not None:
            return READING_REFUSED[refusal]
        self._made.readings += (
            replace(last[register], day=day, value=Decimal(value), source=ReadingSource.CUSTOMER)
            for register, value in values.items()
        )
        return None

    def _delete_reading(self, customer: Customer, asked: Mapping[str, Any]) -> str | None:
        ean, day = asked.get("Ean"), _day(asked.get("Date"))
        if all(point.gsrn != ean for point in customer.supply_points):
            return UNKNOWN_EAN
        others = [one for one in self._made.readings if (one.gsrn, one.day) != (ean, day)]
        if day is None or len(others) == len(self._made.readings):
            return NO_SUCH_READING
        if _is_settled(customer, ean, day):
            return READING_REFUSED[ReadingRefusal.CLOSED_PERIOD]
        if any(one.gsrn == ean and one.day > day for one in customer.readings):
            return READING_REFUSED[ReadingRefusal.NOT_NEWEST]
        self._made.readings = others
        return None


def _is_settled(customer: Customer, ean: object, day: date) -> bool:
    """Whether a day lies in a period that has been settled, or before it."""
    return any(
        invoice.period_end is not None and day <= invoice.period_end
        for invoice in customer.statement.invoices
        if invoice.kind in SETTLED_BY and ean in invoice.gsrns
    )


def _sent(value: Any) -> dict[str, tuple[int | float, Unit]] | None:
    """Return index and unit by register, if that is what was sent."""
    try:
        sent = {
            shapes.REGISTERS[each["Register"]]: (each["Value"], Unit(each["Unit"]))
            for each in value
        }
    except KeyError, TypeError, ValueError:
        return None
    are_numbers = all(_is_number(index) for index, _ in sent.values())
    return sent if are_numbers and len(sent) == len(value) else None


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _day(value: object) -> date | None:
    """Return a day, if it is one."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _amount(value: object) -> Decimal | None:
    """Return an amount in whole cents, if it is one."""
    if not _is_number(value):
        return None
    amount = Decimal(str(value))
    return amount if 0 < amount < MOST and amount == amount.quantize(CENT) else None
