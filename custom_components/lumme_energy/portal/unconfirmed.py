"""UNCONFIRMED answer shapes: what no public source knows of today's portals, in one place.

The withdrawn mobile API of Luminus (GetAccountStatement, GetBudgetBillLines, GetConsumptions,
InsertMeterReading, DeleteMeterReading) is the only public model of a statement and a deposit. Of it we know the keys around the lists and
those of a deposit line, and that a reading is deleted by `{Ean, Date}`; the keys of an invoice,
payment, reading, slot and benefit, and every enumeration word, are our own assumption in the same
style. An answer that lacks the list it is
about is not the call we hoped for: the portal is then taken not to offer that capability.

Amounts are objects `{Value, CurrencyCode}` in a statement, plain numbers in the currency of the
invoice in its lines, and plain euros in a deposit line.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from . import gsrn
from .errors import (
    PortalCapabilityError,
    PortalOutcomeUnknownError,
    PortalRefusedError,
    PortalUnexpectedAnswerError,
)
from .model import (
    Balance,
    Benefit,
    Capability,
    ConsumptionSlot,
    Delivery,
    DepositChange,
    DepositPermissions,
    DepositPlan,
    DepositRefusal,
    DepositSimulation,
    DirectDebit,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    LineKind,
    MeterReading,
    Payee,
    Payment,
    ReadingRefusal,
    ReadingSource,
    ReadingSubmission,
    ReadingWindow,
    Settings,
    Statement,
    Unit,
)
from .session import Answer, Call
from .wire import Drift, Record

KINDS: Final = {
    "Consumption": InvoiceKind.CONSUMPTION,
    "Deposit": InvoiceKind.DEPOSIT,
    "Settlement": InvoiceKind.SETTLEMENT,
    "CreditNote": InvoiceKind.CREDIT_NOTE,
    "Other": InvoiceKind.OTHER,
}
STATUSES: Final = {
    "Open": InvoiceStatus.OPEN,
    "PartlyPaid": InvoiceStatus.PARTLY_PAID,
    "Paid": InvoiceStatus.PAID,
    "Overdue": InvoiceStatus.OVERDUE,
    "CreditNote": InvoiceStatus.CREDIT_NOTE,
}
LINES: Final = {
    "Energy": LineKind.ENERGY,
    "Injection": LineKind.EXPORT,
    "FixedFee": LineKind.FIXED_FEE,
    "Network": LineKind.NETWORK,
    "Tax": LineKind.TAX,
    "Deposits": LineKind.DEPOSITS,
    "ReminderFee": LineKind.REMINDER_FEE,
    "Other": LineKind.OTHER,
}
FREQUENCIES: Final = {
    "Monthly": "monthly",
    "BiMonthly": "bimonthly",
    "Quarterly": "quarterly",
    "Yearly": "yearly",
}
REFUSALS: Final = {
    "AlreadyUpdated": DepositRefusal.ALREADY_CHANGED,
    "NextInvoiceIsSettlement": DepositRefusal.SETTLEMENT_NEXT,
    "ContractEnding": DepositRefusal.CONTRACT_ENDING,
    "OpenInvoice": DepositRefusal.UNPAID_INVOICE,
    "InsufficientConsumption": DepositRefusal.TOO_LITTLE_HISTORY,
    "AmountOutOfRange": DepositRefusal.OUT_OF_RANGE,
}
# Why a portal says no to a change, as translation keys; any other word is `OTHER_REASON`.
REASONS: Final[Mapping[str, str]] = {
    **REFUSALS,
    "ContactCustomerService": "not_online",
    "AlreadyRedeemed": "already_redeemed",
    "BenefitExpired": "benefit_expired",
}
OTHER_REASON: Final = "other"
# And to a reading or its deletion; any other word is `ReadingRefusal.UNKNOWN`.
READING_REFUSALS: Final = {
    "ReadingAlreadySubmitted": ReadingRefusal.ALREADY_SUBMITTED_TODAY,
    "PeriodClosed": ReadingRefusal.CLOSED_PERIOD,
    "IndexBelowPrevious": ReadingRefusal.BEFORE_PREVIOUS,
    "DateInFuture": ReadingRefusal.FUTURE,
    "NotNewestReading": ReadingRefusal.NOT_NEWEST,
    "InvalidIndex": ReadingRefusal.WRONG_DIGITS,
    "SubmissionClosed": ReadingRefusal.WINDOW_CLOSED,
}
DELIVERIES: Final = {
    "Email": Delivery.EMAIL,
    "Post": Delivery.POST,
    "EInvoice": Delivery.E_INVOICE,
}
# `AllInvoices` is a word of today's portal, for a contract.
DIRECT_DEBITS: Final = {
    "None": DirectDebit.OFF,
    "Deposits": DirectDebit.DEPOSITS,
    "AllInvoices": DirectDebit.ALL,
}
REGISTERS: Final = {
    "Single": "single",
    "Day": "day",
    "Night": "night",
    "ExclusiveNight": "exclusive_night",
    "InjectionSingle": "export_single",
    "InjectionDay": "export_day",
    "InjectionNight": "export_night",
}
SOURCES: Final = {
    "GridOperator": ReadingSource.GRID_OPERATOR,
    "Customer": ReadingSource.CUSTOMER,
    "Estimated": ReadingSource.ESTIMATED,
}
# What is expected of a line of an invoice, a deposit line and a slot, also of one that is skipped.
INVOICE_LINE: Final = (
    "Type",
    "Description",
    "Ean",
    "Register",
    "Energy",
    "From",
    "Until",
    "MeterStart",
    "MeterEnd",
    "Estimated",
    "VatPercentage",
)
DEPOSIT_LINE: Final = (
    "Ean",
    "NextInvoiceDate",
    "Frequency",
    "IdealAmount",
    "MinimumAmount",
    "MaximumAmount",
    "CurrentSettlementAmount",
    "SubTotal",
    "OpenSlices",
    "IsEmptyHouse",
    "UpdateAmountAllowed",
    "UpdateFrequencyAllowed",
    "UpdateEmptyHouseAllowed",
    "UpdateRefusedReason",
    "Simulation",
)
SLOT: Final = ("From", "Until", "Unit", "Cost")
UNITS: Final[Mapping[str, Unit | None]] = {"kWh": Unit.KWH, "m3": Unit.M3, "m³": Unit.M3}


def statement(call: str, data: Any, drift: Drift, today: date) -> Statement:
    """Read a statement; `today`, the supplier's, decides what is overdue.

    `{AmountOpen{Value, CurrencyCode}, AmountOpenOnlinePaymentAllowed,
    InvoiceDownloadIsInMaintenance, Invoices[], Payments[]}`

    Raises:
        PortalCapabilityError: this is no statement.
        PortalUnexpectedAnswerError: it is one, but cannot be read.
    """
    answer = _answer(
        call,
        data,
        drift,
        Capability.STATEMENT,
        "Invoices",
        known=("AmountOpenOnlinePaymentAllowed",),
    )
    downloadable = not answer.flag("InvoiceDownloadIsInMaintenance")
    invoices = sorted(
        (
            _invoice(record, today, drift, downloadable=downloadable)
            for record in answer.records("Invoices")
        ),
        key=lambda invoice: invoice.issued,
        reverse=True,
    )
    payments = sorted(
        (_payment(record) for record in answer.records("Payments")),
        key=lambda payment: payment.booked,
        reverse=True,
    )
    balance = None
    if (amount := _amount(answer, "AmountOpen")) is not None:
        value, currency = amount
        balance = Balance(amount=value, overdue=_overdue(invoices), currency=currency)
    answer.done()
    return Statement(balance=balance, invoices=tuple(invoices), payments=tuple(payments))


def deposit_plans(call: str, data: Any, drift: Drift) -> tuple[DepositPlan, ...]:
    """Read the deposit of each supply point that pays one.

    `{Lines[{Ean, CurrentAmount, IdealAmount, MinimumAmount, MaximumAmount, Frequency,
    NextInvoiceDate, OpenSlices, IsEmptyHouse, Update…Allowed, Simulation{…}}]}`;
    `UpdateRefusedReason` is our assumption.

    Raises:
        PortalCapabilityError: these are no deposit lines.
        PortalUnexpectedAnswerError: they are, but cannot be read.
    """
    answer = _answer(call, data, drift, Capability.DEPOSIT, "Lines")
    plans = tuple(
        DepositPlan(
            gsrn=gsrn.read(record, "Ean", drift),
            amount=amount,
            ideal=record.money("IdealAmount"),
            minimum=record.money("MinimumAmount"),
            maximum=record.money("MaximumAmount"),
            frequency=record.choice("Frequency", FREQUENCIES, None),
            next_invoice=record.day("NextInvoiceDate"),
            open_slices=record.count("OpenSlices"),
            is_empty_house=record.flag("IsEmptyHouse"),
            simulation=_simulation(record),
            permissions=DepositPermissions(
                amount=record.flag("UpdateAmountAllowed") is True,
                frequency=record.flag("UpdateFrequencyAllowed") is True,
                empty_house=record.flag("UpdateEmptyHouseAllowed") is True,
                refusal=record.choice("UpdateRefusedReason", REFUSALS, None),
            ),
        )
        for record in answer.records("Lines", known=DEPOSIT_LINE)
        if (amount := record.money("CurrentAmount")) is not None
    )
    answer.done()
    return plans


def readings(call: str, data: Any, drift: Drift) -> tuple[MeterReading, ...]:
    """Read register readings, newest first: `{Readings[{Ean, Date, Register, Value, Unit, Source}]}`.

    A reading without a unit we know is refused: kWh and m³ of gas differ tenfold.

    Raises:
        PortalCapabilityError: these are no readings.
        PortalUnexpectedAnswerError: they are, but cannot be read.
    """
    answer = _answer(call, data, drift, Capability.READINGS, "Readings")
    found = sorted(
        (
            MeterReading(
                gsrn=gsrn.read(record, "Ean", drift),
                day=record.need_day("Date"),
                register=record.choice("Register", REGISTERS, record.need_text("Register")),
                value=record.need_number("Value"),
                unit=_unit(record),
                source=record.choice("Source", SOURCES, ReadingSource.UNKNOWN),
            )
            for record in answer.records("Readings")
        ),
        key=lambda reading: reading.day,
        reverse=True,
    )
    answer.done()
    return tuple(found)


def reading_windows(call: str, data: Any, drift: Drift, today: date) -> tuple[ReadingWindow, ...]:
    """Read when readings are asked for, soonest first: `{Windows[{Ean, From, Until}]}`.

    Those that ended before `today`, the supplier's, are left out.

    Raises:
        PortalCapabilityError: these are no windows.
        PortalUnexpectedAnswerError: they are, but cannot be read.
    """
    answer = _answer(call, data, drift, Capability.READING_SUBMISSION, "Windows")
    found = sorted(
        (
            ReadingWindow(
                gsrn=gsrn.read(record, "Ean", drift),
                start=record.need_day("From"),
                end=record.need_day("Until"),
            )
            for record in answer.records("Windows")
        ),
        key=lambda window: window.start,
    )
    answer.done()
    return tuple(window for window in found if window.end >= today)


def consumption(call: str, data: Any, drift: Drift) -> tuple[ConsumptionSlot, ...]:
    """Read consumption, oldest first: `{Consumptions[{From, Until, Value, Unit, Cost}]}`.

    Times must carry an offset; a slot without a value is not there yet and is left out.

    Raises:
        PortalCapabilityError: this is no consumption.
        PortalUnexpectedAnswerError: it is, but cannot be read.
    """
    answer = _answer(call, data, drift, Capability.CONSUMPTION, "Consumptions")
    slots = sorted(
        (
            ConsumptionSlot(
                start=record.need_instant("From"),
                end=record.need_instant("Until"),
                energy=value,
                cost=record.number("Cost"),
                unit=_unit(record),
            )
            for record in answer.records("Consumptions", known=SLOT)
            if (value := record.number("Value")) is not None
        ),
        key=lambda slot: slot.start,
    )
    answer.done()
    return tuple(slots)


def benefits(call: str, data: Any, drift: Drift) -> tuple[Benefit, ...]:
    """Read customer benefits: `{Benefits[{BenefitId, Title, ValidUntil, Redeemed}]}`.

    Raises:
        PortalCapabilityError: these are no benefits.
        PortalUnexpectedAnswerError: they are, but cannot be read.
    """
    answer = _answer(call, data, drift, Capability.BENEFITS, "Benefits")
    found = tuple(
        Benefit(
            benefit_id=record.need_text("BenefitId"),
            title=record.need_text("Title"),
            valid_until=record.day("ValidUntil"),
            redeemed=record.flag("Redeemed"),
        )
        for record in answer.records("Benefits")
    )
    answer.done()
    return found


def settings(call: str, data: Any, drift: Drift) -> Settings:
    """Read how a customer gets and pays bills: `{InvoiceDelivery, DirectDebitSubscription}`.

    Raises:
        PortalCapabilityError: these are no such settings.
    """
    answer = _answer(call, data, drift, Capability.SETTINGS, "InvoiceDelivery")
    found = Settings(
        delivery=answer.choice("InvoiceDelivery", DELIVERIES, None),
        direct_debit=answer.choice("DirectDebitSubscription", DIRECT_DEBITS, None),
    )
    answer.done()
    return found


def deposit_body(change: DepositChange) -> dict[str, Any]:
    """Write a deposit as its line names it; a float tells cents of any real amount exactly."""
    return {
        "Ean": change.gsrn,
        "Amount": float(change.amount),
        "IsEmptyHouse": change.is_empty_house,
    }


def delivery_body(delivery: Delivery) -> dict[str, Any]:
    """Write how bills are to come."""
    return {"InvoiceDelivery": _word(DELIVERIES, delivery)}


def direct_debit_body(scope: DirectDebit) -> dict[str, Any]:
    """Write what is to be collected."""
    return {"DirectDebitSubscription": _word(DIRECT_DEBITS, scope)}


def reading_body(submission: ReadingSubmission) -> dict[str, Any]:
    """Write a reading, all registers of the meter at once."""
    return {
        "Ean": submission.gsrn,
        "Date": submission.day.isoformat(),
        "MeterNumber": submission.meter_serial,
        "Readings": [
            {
                # A register that we have no name for goes back by the portal's own.
                "Register": next(
                    (word for word, known in REGISTERS.items() if known == register), register
                ),
                "Value": int(value),
                "Unit": submission.unit.value,
            }
            for register, value in submission.values.items()
        ],
    }


def deletion_body(number: str, day: date) -> dict[str, Any]:
    """Write which reading is to go."""
    return {"Ean": number, "Date": day.isoformat()}


def outcome(
    call: Call,
    answer: Answer,
    drift: Drift,
    *,
    reasons: Mapping[str, str] = REASONS,
    otherwise: str = OTHER_REASON,
) -> None:
    """Read what a portal says to a change: `{Success, Reason}`, or an error with a reason.

    Args:
        call: What was asked.
        answer: What it answered.
        drift: Where a reason is noted that we do not know.
        reasons: What its reasons mean.
        otherwise: What any other means.

    Raises:
        PortalRefusedError: it says no.
        PortalCapabilityError: it does not know the call.
        PortalOutcomeUnknownError: it says neither yes nor no.
    """
    said = Record(call.name, answer.data if isinstance(answer.data, Mapping) else {}, drift)
    success, refused = said.raw("Success"), answer.status >= 400
    if success is True and not refused:
        return
    if "Reason" in said or (success is False and not refused):
        raise PortalRefusedError(said.choice("Reason", reasons, otherwise))
    said.done()
    if refused and call.capability is not None:
        raise PortalCapabilityError(call.capability, call.name)
    raise PortalOutcomeUnknownError(f"{call.name}: {answer.status} without a yes or no")


def _word[T](words: Mapping[str, T], meaning: T) -> str:
    """Return the portal's word for what we mean."""
    return next(word for word, known in words.items() if known == meaning)


def _answer(
    call: str,
    data: Any,
    drift: Drift,
    capability: Capability,
    key: str,
    *,
    known: Iterable[str] = (),
) -> Record:
    """Open an answer that is about the list `key`; without it, the capability is not there."""
    if not isinstance(data, Mapping):
        raise PortalCapabilityError(capability, call)
    answer = Record(call, data, drift, known=known)
    if key not in answer:
        answer.done()
        raise PortalCapabilityError(capability, call)
    return answer


def _amount(record: Record, key: str) -> tuple[Decimal, str] | None:
    """Return an amount and its currency."""
    amount = record.record(key)
    if amount is None or (value := amount.money("Value")) is None:
        return None
    currency = amount.text("CurrencyCode") or "EUR"
    amount.done()
    return value, currency


def _invoice(record: Record, today: date, drift: Drift, *, downloadable: bool) -> Invoice:
    kind = record.choice("InvoiceType", KINDS, InvoiceKind.OTHER)
    amount, currency = record.need(_amount(record, "Amount"), "Amount")
    still_open = _amount(record, "AmountOpen")
    open_amount = None if still_open is None else still_open[0]
    if kind is InvoiceKind.CREDIT_NOTE:
        # Whether the portal writes a credit with a minus sign is unknown; ours always has one.
        amount = -abs(amount)
        open_amount = None if open_amount is None else -abs(open_amount)
    due = record.day("DueDate")
    document_id = record.text("DocumentId")
    return Invoice(
        number=record.need_text("InvoiceNumber"),
        kind=kind,
        issued=record.need_day("InvoiceDate"),
        amount=amount,
        due=due,
        open_amount=open_amount,
        status=_status(record, amount, open_amount, due, today),
        currency=currency,
        gsrns=_gsrns(record, drift),
        period_start=record.day("PeriodFrom"),
        period_end=record.day("PeriodUntil"),
        payment_reference=record.text("PaymentReference"),
        document_id=document_id if downloadable else None,
        payee=_payee(record),
        collected=record.day("DirectDebitDate"),
        lines=tuple(_lines(record, drift)),
    )


def _payee(record: Record) -> Payee | None:
    """Return whom to pay; one without a name or an account is nobody."""
    found = record.record("Payee")
    if found is None:
        return None
    name, iban, bic = (found.text(key) for key in ("Name", "Iban", "Bic"))
    found.done()
    return None if name is None or iban is None else Payee(name=name, iban=iban, bic=bic)


def _lines(record: Record, drift: Drift) -> Iterator[InvoiceLine]:
    """Yield the lines of an invoice; one without an amount is a heading."""
    for line in record.records("Lines", known=INVOICE_LINE):
        if (amount := line.money("Amount")) is None:
            continue
        register = line.choice("Register", REGISTERS, line.text("Register"))
        yield InvoiceLine(
            kind=line.choice("Type", LINES, LineKind.OTHER),
            amount=amount,
            text=line.text("Description"),
            gsrn=gsrn.read(line, "Ean", drift) if line.raw("Ean") else None,
            # A line of its own kind needs no prefix to tell what was sold from what was bought.
            register=None if register is None else register.removeprefix("export_"),
            energy=line.number("Energy"),
            start=line.day("From"),
            end=line.day("Until"),
            meter_start=line.number("MeterStart"),
            meter_end=line.number("MeterEnd"),
            estimated=line.flag("Estimated"),
            vat_percent=line.number("VatPercentage"),
        )


def _status(
    record: Record,
    amount: Decimal,
    open_amount: Decimal | None,
    due: date | None,
    today: date,
) -> InvoiceStatus:
    """Tell where an invoice stands: from the portal's word, then the amounts, then the due date.

    A word we do not know (disputed? in instalments?) must not raise an alarm: unknown.
    """
    word = record.choice("Status", STATUSES, InvoiceStatus.UNKNOWN)
    if amount < 0:
        return InvoiceStatus.CREDIT_NOTE
    if word is InvoiceStatus.UNKNOWN and record.raw("Status") is not None:
        return word
    status = word
    if word in {InvoiceStatus.OPEN, InvoiceStatus.UNKNOWN} and open_amount is not None:
        if open_amount <= 0:
            status = InvoiceStatus.PAID
        elif open_amount < amount:
            status = InvoiceStatus.PARTLY_PAID
        else:
            status = InvoiceStatus.OPEN
    still_due = status in {InvoiceStatus.OPEN, InvoiceStatus.PARTLY_PAID}
    return InvoiceStatus.OVERDUE if still_due and due is not None and due < today else status


def _overdue(invoices: Iterable[Invoice]) -> Decimal | None:
    """Add up what is overdue; None where an invoice leaves that in doubt."""
    total = Decimal("0.00")
    for invoice in invoices:
        if invoice.status is InvoiceStatus.UNKNOWN:
            return None
        if invoice.status is InvoiceStatus.OVERDUE:
            if invoice.open_amount is None:
                return None
            total += invoice.open_amount
    return total


def _payment(record: Record) -> Payment:
    amount, currency = record.need(_amount(record, "Amount"), "Amount")
    return Payment(
        booked=record.need_day("PaymentDate"),
        amount=amount,
        currency=currency,
        payment_id=record.text("PaymentId"),
        invoice_number=record.text("InvoiceNumber"),
    )


def _gsrns(record: Record, drift: Drift) -> tuple[str, ...]:
    """Return the supply points an invoice is about."""
    numbers = record.raw("Eans") or []
    if not isinstance(numbers, list) or not all(isinstance(number, str) for number in numbers):
        raise PortalUnexpectedAnswerError(record.call, "Eans is not a list of texts")
    return tuple(gsrn.checked(record.call, "Eans", number, drift) for number in numbers)


def _simulation(record: Record) -> DepositSimulation | None:
    known = (
        "IdealAmount",
        "MinimumAmount",
        "MaximumAmount",
        "EstimatedOpenAmount",
        "OpenInvoicesCount",
        "PaidInvoicesCount",
    )
    found = record.record("Simulation", known=known)
    if found is None:
        return None
    simulation = DepositSimulation(
        period_start=found.day("FromDate"),
        period_end=found.day("ToDate"),
        paid=found.money("PaidAmount"),
        expected_total=found.money("EstimatedTotalAmount"),
        expected_settlement=found.money("CurrentFinalInvoiceAmount"),
    )
    found.done()
    return simulation


def _unit(record: Record) -> Unit:
    return record.need(record.choice("Unit", UNITS, None), "Unit")
