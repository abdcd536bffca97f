"""Shapes that no public source confirms: statuses, exact money, and no surprise on any answer."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.lumme_energy.portal import unconfirmed
from custom_components.lumme_energy.portal.errors import (
    PortalCapabilityError,
    PortalError,
    PortalOutcomeUnknownError,
    PortalRefusedError,
    PortalUnexpectedAnswerError,
)
from custom_components.lumme_energy.portal.model import (
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
    ReadingSource,
    ReadingSubmission,
    ReadingWindow,
    Settings,
    Unit,
)
from custom_components.lumme_energy.portal.session import Answer, Call
from custom_components.lumme_energy.portal.wire import Drift

TODAY = date(2026, 3, 15)
EAN = "541448820000000008"


def euros(value: Any) -> dict[str, Any]:
    return {"Value": value, "CurrencyCode": "EUR"}


def invoice_json(**changes: Any) -> dict[str, Any]:
    return {
        "InvoiceNumber": "1000000001",
        "InvoiceType": "Deposit",
        "InvoiceDate": "2026-03-01",
        "DueDate": "2026-03-19",
        "Amount": euros(100),
        "AmountOpen": euros(100),
        "Status": None,
        "Eans": [EAN],
        "PeriodFrom": "2026-03-01",
        "PeriodUntil": "2026-03-31",
        "PaymentReference": "+++090/9337/55493+++",
        "DocumentId": "doc-1",
    } | changes


def invoice_line_json(**changes: Any) -> dict[str, Any]:
    return {
        "Type": "Energy",
        "Description": "Energie",
        "Amount": 12.5,
        "Ean": EAN,
        "Register": "Night",
        "Energy": 80.25,
        "From": "2026-02-01",
        "Until": "2026-02-28",
        "MeterStart": 1000,
        "MeterEnd": 1080.25,
        "Estimated": True,
        "VatPercentage": 6,
    } | changes


def statement_json(*invoices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "AmountOpen": euros(100),
        "AmountOpenOnlinePaymentAllowed": True,
        "InvoiceDownloadIsInMaintenance": False,
        "Invoices": list(invoices),
        "Payments": [],
    } | changes


def read_invoice(drift: Drift | None = None, **changes: Any) -> Invoice:
    data = statement_json(invoice_json(**changes))
    statement = unconfirmed.statement("statement", data, drift or Drift(), TODAY)
    return statement.invoices[0]


def test_a_statement_is_read_whole_and_newest_first() -> None:
    drift = Drift()
    older = invoice_json(InvoiceNumber="1000000000", InvoiceDate="2026-02-01")
    payments = [
        {
            "PaymentId": "p1",
            "PaymentDate": "2026-01-05",
            "Amount": euros("81.10"),
            "InvoiceNumber": "0999999999",
        },
        {"PaymentId": "p2", "PaymentDate": "2026-02-05", "Amount": euros(-5)},
    ]
    data = statement_json(older, invoice_json(), Payments=payments)
    statement = unconfirmed.statement("statement", data, drift, TODAY)
    assert statement.balance == Balance(amount=Decimal(100), overdue=Decimal(0))
    assert [invoice.number for invoice in statement.invoices] == ["1000000001", "1000000000"]
    assert statement.invoices[0] == Invoice(
        number="1000000001",
        kind=InvoiceKind.DEPOSIT,
        issued=date(2026, 3, 1),
        amount=Decimal(100),
        due=date(2026, 3, 19),
        open_amount=Decimal(100),
        status=InvoiceStatus.OPEN,
        gsrns=(EAN,),
        period_start=date(2026, 3, 1),
        period_end=date(2026, 3, 31),
        payment_reference="+++090/9337/55493+++",
        document_id="doc-1",
    )
    assert statement.payments == (
        Payment(booked=date(2026, 2, 5), amount=Decimal(-5), payment_id="p2"),
        Payment(
            booked=date(2026, 1, 5),
            amount=Decimal("81.10"),
            payment_id="p1",
            invoice_number="0999999999",
        ),
    )
    assert drift.report() == {"unknown_keys": {}, "unknown_words": {}}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, InvoiceStatus.OPEN),
        ({"DueDate": "2026-03-15"}, InvoiceStatus.OPEN),
        ({"DueDate": "2026-03-14"}, InvoiceStatus.OVERDUE),
        ({"DueDate": None}, InvoiceStatus.OPEN),
        ({"AmountOpen": euros("99.99")}, InvoiceStatus.PARTLY_PAID),
        ({"AmountOpen": euros("99.99"), "DueDate": "2026-03-14"}, InvoiceStatus.OVERDUE),
        ({"AmountOpen": euros(0), "DueDate": "2026-03-14"}, InvoiceStatus.PAID),
        ({"AmountOpen": euros(-3)}, InvoiceStatus.PAID),
        ({"AmountOpen": None}, InvoiceStatus.UNKNOWN),
        ({"AmountOpen": None, "Status": "Paid"}, InvoiceStatus.PAID),
        ({"AmountOpen": None, "Status": "Open"}, InvoiceStatus.OPEN),
        ({"AmountOpen": None, "Status": "open", "DueDate": "2026-03-14"}, InvoiceStatus.OVERDUE),
        ({"Status": "Open", "AmountOpen": euros(40)}, InvoiceStatus.PARTLY_PAID),
        ({"Status": "PartlyPaid", "AmountOpen": None}, InvoiceStatus.PARTLY_PAID),
        ({"Status": "Paid"}, InvoiceStatus.PAID),
        ({"Status": "Overdue"}, InvoiceStatus.OVERDUE),
        ({"Status": "Disputed", "DueDate": "2026-03-14"}, InvoiceStatus.UNKNOWN),
        ({"Amount": euros(-12)}, InvoiceStatus.CREDIT_NOTE),
        ({"InvoiceType": "CreditNote", "Amount": euros(12)}, InvoiceStatus.CREDIT_NOTE),
    ],
)
def test_status_follows_word_amounts_and_due_date(
    changes: dict[str, Any], status: InvoiceStatus
) -> None:
    assert read_invoice(**changes).status is status


def test_unknown_words_are_noted_never_fatal() -> None:
    drift = Drift()
    invoice = read_invoice(drift, InvoiceType="Peppol", Status="Disputed", Eans=["123"], New=1)
    assert invoice.kind is InvoiceKind.OTHER
    assert drift.report() == {
        "unknown_keys": {"statement.Invoices": ["New"]},
        "unknown_words": {
            "statement.Invoices": [
                "Eans=wrong check digit",
                "InvoiceType=Peppol",
                "Status=Disputed",
            ]
        },
    }


def test_an_invoice_says_whom_to_pay_how_and_what_for() -> None:
    drift = Drift()
    lines = [
        invoice_line_json(),
        invoice_line_json(Type="Injection", Register="InjectionDay", Amount="-3.005"),
        {"Type": "Other", "Description": "A heading"},
        {"Type": "Gift", "Register": "Dawn", "Amount": 0},
    ]
    invoice = read_invoice(
        drift,
        Payee={"Name": "Luminus", "Iban": "BE71096123456769", "Bic": "DEMOBEBB"},
        DirectDebitDate="2026-03-19",
        Lines=lines,
    )
    assert invoice.payee == Payee(name="Luminus", iban="BE71096123456769", bic="DEMOBEBB")
    assert invoice.collected == date(2026, 3, 19)
    energy = InvoiceLine(
        kind=LineKind.ENERGY,
        amount=Decimal("12.50"),
        text="Energie",
        gsrn=EAN,
        register="night",
        energy=Decimal("80.25"),
        start=date(2026, 2, 1),
        end=date(2026, 2, 28),
        meter_start=Decimal(1000),
        meter_end=Decimal("1080.25"),
        estimated=True,
        vat_percent=Decimal(6),
    )
    assert invoice.lines == (
        energy,
        replace(energy, kind=LineKind.EXPORT, amount=Decimal("-3.01"), register="day"),
        InvoiceLine(kind=LineKind.OTHER, amount=Decimal(0), register="Dawn"),
    )
    assert drift.report() == {
        "unknown_keys": {},
        "unknown_words": {"statement.Invoices.Lines": ["Register=Dawn", "Type=Gift"]},
    }


@pytest.mark.parametrize("payee", [None, {}, {"Name": "Luminus"}, {"Iban": "BE71096123456769"}])
def test_half_a_payee_is_none(payee: dict[str, str] | None) -> None:
    assert read_invoice(Payee=payee).payee is None


@pytest.mark.parametrize("sign", [1, -1])
def test_a_credit_note_is_negative_however_the_portal_writes_it(sign: int) -> None:
    invoice = read_invoice(
        InvoiceType="CreditNote", Amount=euros(sign * 12), AmountOpen=euros(sign * 2)
    )
    assert (invoice.amount, invoice.open_amount) == (Decimal(-12), Decimal(-2))


def test_no_document_is_offered_during_maintenance() -> None:
    data = statement_json(invoice_json(), InvoiceDownloadIsInMaintenance=True)
    statement = unconfirmed.statement("statement", data, Drift(), TODAY)
    assert statement.invoices[0].document_id is None


def test_overdue_is_a_sum_or_unknown_never_a_wrong_zero() -> None:
    late = invoice_json(DueDate="2026-02-01", AmountOpen=euros("20.50"))

    def overdue(*invoices: dict[str, Any]) -> Decimal | None:
        data = statement_json(*invoices)
        balance = unconfirmed.statement("statement", data, Drift(), TODAY).balance
        assert balance is not None
        return balance.overdue

    assert overdue(invoice_json()) == Decimal(0)
    assert overdue(late, late, invoice_json()) == Decimal("41.00")
    assert overdue(late, invoice_json(Status="Disputed")) is None
    assert overdue(late, invoice_json(Status="Overdue", AmountOpen=None)) is None
    no_balance = statement_json(late, AmountOpen=None)
    assert unconfirmed.statement("statement", no_balance, Drift(), TODAY).balance is None
    unsaid = statement_json(late, AmountOpen={"CurrencyCode": "EUR"})
    assert unconfirmed.statement("statement", unsaid, Drift(), TODAY).balance is None


@pytest.mark.parametrize(
    "changes",
    [
        {"InvoiceNumber": None},
        {"InvoiceDate": None},
        {"InvoiceDate": "yesterday"},
        {"Amount": None},
        {"Amount": 12},
        {"Eans": "x"},
        {"Eans": [5]},
        {"Payee": "Luminus"},
        {"DirectDebitDate": "soon"},
        {"Lines": {}},
        {"Lines": [invoice_line_json(Amount="much")]},
        {"Lines": [invoice_line_json(Estimated="no")]},
    ],
)
def test_an_invoice_that_cannot_be_read_is_drift(changes: dict[str, Any]) -> None:
    with pytest.raises(PortalUnexpectedAnswerError):
        read_invoice(**changes)


def line_json(**changes: Any) -> dict[str, Any]:
    return {
        "Ean": EAN,
        "NextInvoiceDate": "2026-04-01T00:00:00",
        "Frequency": "Monthly",
        "CurrentAmount": 185.5,
        "IdealAmount": 192,
        "MinimumAmount": 150,
        "MaximumAmount": 290,
        "CurrentSettlementAmount": 65,
        "SubTotal": 1915.19,
        "OpenSlices": 10,
        "IsEmptyHouse": False,
        "UpdateAmountAllowed": True,
        "UpdateFrequencyAllowed": False,
        "UpdateEmptyHouseAllowed": True,
        "Simulation": {
            "FromDate": "2025-11-01",
            "ToDate": "2026-10-31",
            "IdealAmount": 192,
            "MinimumAmount": 150,
            "MaximumAmount": 290,
            "PaidAmount": 371,
            "EstimatedOpenAmount": 1915.19,
            "EstimatedTotalAmount": 2286.19,
            "CurrentFinalInvoiceAmount": 60.19,
            "OpenInvoicesCount": 10,
            "PaidInvoicesCount": 2,
        },
    } | changes


def test_a_deposit_line_becomes_a_plan() -> None:
    drift = Drift()
    data = json.loads(json.dumps({"Lines": [line_json()]}), parse_float=Decimal)
    assert unconfirmed.deposit_plans("deposit", data, drift) == (
        DepositPlan(
            gsrn=EAN,
            amount=Decimal("185.50"),
            ideal=Decimal(192),
            minimum=Decimal(150),
            maximum=Decimal(290),
            frequency="monthly",
            next_invoice=date(2026, 4, 1),
            open_slices=10,
            is_empty_house=False,
            simulation=DepositSimulation(
                period_start=date(2025, 11, 1),
                period_end=date(2026, 10, 31),
                paid=Decimal(371),
                expected_total=Decimal("2286.19"),
                expected_settlement=Decimal("60.19"),
            ),
            permissions=DepositPermissions(amount=True, empty_house=True),
        ),
    )
    assert drift.report() == {"unknown_keys": {}, "unknown_words": {}}


def test_a_refused_deposit_change_has_its_reason() -> None:
    drift = Drift()
    lines = [
        line_json(UpdateAmountAllowed=False, UpdateRefusedReason="OpenInvoice"),
        line_json(UpdateAmountAllowed=None, UpdateRefusedReason="Other", Frequency="Weekly"),
    ]
    first, second = unconfirmed.deposit_plans("deposit", {"Lines": lines}, drift)
    assert first.permissions.amount is False
    assert first.permissions.refusal is DepositRefusal.UNPAID_INVOICE
    assert second.permissions.amount is False
    assert second.permissions.refusal is None
    assert second.frequency is None
    assert drift.report()["unknown_words"] == {
        "deposit.Lines": ["Frequency=Weekly", "UpdateRefusedReason=Other"]
    }


def test_a_contract_without_deposit_has_no_plan() -> None:
    drift = Drift()
    lines = [line_json(CurrentAmount=None), line_json(Simulation=None)]
    (plan,) = unconfirmed.deposit_plans("deposit", {"Lines": lines}, drift)
    assert plan.simulation is None
    assert drift.report()["unknown_keys"] == {}


def test_readings_keep_source_register_and_unit() -> None:
    drift = Drift()
    data = {
        "Readings": [
            {
                "Ean": EAN,
                "Date": day,
                "Register": register,
                "Value": value,
                "Unit": unit,
                "Source": source,
            }
            for day, register, value, unit, source in (
                ("2026-01-01", "Day", 1200, "kWh", "GridOperator"),
                ("2026-02-01", "Odd", "7.5", "m3", "Robot"),
            )
        ]
    }
    assert unconfirmed.readings("readings", data, drift) == (
        MeterReading(
            gsrn=EAN,
            day=date(2026, 2, 1),
            register="Odd",
            value=Decimal("7.5"),
            unit=Unit.M3,
            source=ReadingSource.UNKNOWN,
        ),
        MeterReading(
            gsrn=EAN,
            day=date(2026, 1, 1),
            register="day",
            value=Decimal(1200),
            source=ReadingSource.GRID_OPERATOR,
        ),
    )
    assert drift.report()["unknown_words"] == {
        "readings.Readings": ["Register=Odd", "Source=Robot"]
    }
    data["Readings"][0]["Unit"] = "MWh"
    with pytest.raises(PortalUnexpectedAnswerError):
        unconfirmed.readings("readings", data, drift)


def test_windows_that_are_past_are_left_out() -> None:
    windows = [
        {"Ean": EAN, "From": "2026-06-01", "Until": "2026-06-14"},
        {"Ean": EAN, "From": "2026-03-01", "Until": "2026-03-14"},
        {"Ean": EAN, "From": "2026-03-10", "Until": "2026-03-15"},
    ]
    assert unconfirmed.reading_windows("windows", {"Windows": windows}, Drift(), TODAY) == (
        ReadingWindow(gsrn=EAN, start=date(2026, 3, 10), end=TODAY),
        ReadingWindow(gsrn=EAN, start=date(2026, 6, 1), end=date(2026, 6, 14)),
    )


@given(
    values=st.dictionaries(
        st.sampled_from([*unconfirmed.REGISTERS.values(), "Peak"]),
        st.integers(0, 10**8 - 1).map(Decimal),
        min_size=1,
    ),
    unit=st.sampled_from(Unit),
)
def test_a_reading_is_read_back_as_it_was_sent(values: dict[str, Decimal], unit: Unit) -> None:
    sent = ReadingSubmission(gsrn=EAN, day=TODAY, values=values, unit=unit)
    body = json.loads(json.dumps(unconfirmed.reading_body(sent)))
    data = {
        "Readings": [
            {"Ean": body["Ean"], "Date": body["Date"], **one, "Source": "Customer"}
            for one in body["Readings"]
        ]
    }
    shown = unconfirmed.readings("readings", data, Drift())
    assert {(one.gsrn, one.day, one.source) for one in shown} == {
        (EAN, TODAY, ReadingSource.CUSTOMER)
    }
    assert {one.register: (one.value, one.unit) for one in shown} == {
        register: (value, unit) for register, value in values.items()
    }


def test_consumption_skips_what_is_not_there_yet() -> None:
    drift = Drift()
    slot = {"From": "2026-01-02T00:00:00+01:00", "Until": "2026-01-03T00:00:00+01:00"}
    data = {
        "Consumptions": [
            slot | {"Value": 8.25, "Unit": "kWh", "Cost": 2.5},
            slot | {"Value": None, "Unit": "kWh"},
            {
                "From": "2025-12-31T23:00:00Z",
                "Until": "2026-01-01T23:00:00Z",
                "Value": 0,
                "Unit": "m³",
            },
        ]
    }
    assert unconfirmed.consumption("consumption", data, drift) == (
        ConsumptionSlot(
            start=datetime(2025, 12, 31, 23, tzinfo=UTC),
            end=datetime(2026, 1, 1, 23, tzinfo=UTC),
            energy=Decimal(0),
            unit=Unit.M3,
        ),
        ConsumptionSlot(
            start=datetime(2026, 1, 1, 23, tzinfo=UTC),
            end=datetime(2026, 1, 2, 23, tzinfo=UTC),
            energy=Decimal("8.25"),
            cost=Decimal("2.5"),
        ),
    )
    assert drift.report()["unknown_keys"] == {}


def test_benefits_are_read() -> None:
    data = {
        "Benefits": [
            {"BenefitId": 7, "Title": "Museum", "ValidUntil": "2026-06-30", "Redeemed": False}
        ]
    }
    assert unconfirmed.benefits("benefits", data, Drift()) == (
        Benefit(benefit_id="7", title="Museum", valid_until=date(2026, 6, 30), redeemed=False),
    )


def test_settings_are_read() -> None:
    drift = Drift()
    data = {"InvoiceDelivery": "Post", "DirectDebitSubscription": "AllInvoices", "New": 1}
    assert unconfirmed.settings("settings", data, drift) == Settings(
        delivery=Delivery.POST, direct_debit=DirectDebit.ALL
    )
    odd = {"InvoiceDelivery": "Pigeon"}
    assert unconfirmed.settings("settings", odd, drift) == Settings()
    assert drift.report() == {
        "unknown_keys": {"settings": ["New"]},
        "unknown_words": {"settings": ["InvoiceDelivery=Pigeon"]},
    }


CHANGE = Call(name="change", method="POST", url="", capability=Capability.DEPOSIT)


def say(data: Any, status: int = 200, *, call: Call = CHANGE) -> None:
    answer = Answer(status=status, content_type="application/json", body=b"", data=data)
    unconfirmed.outcome(call, answer, Drift())


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_yes(status: int) -> None:
    say({"Success": True, "New": 1}, status)


@pytest.mark.parametrize("status", [200, 400, 409, 422])
@pytest.mark.parametrize(
    ("word", "reason"),
    [
        *((word, refusal.value) for word, refusal in unconfirmed.REFUSALS.items()),
        ("contactcustomerservice", "not_online"),
        ("AlreadyRedeemed", "already_redeemed"),
        ("BenefitExpired", "benefit_expired"),
        ("MercuryRetrograde", "other"),
        (None, "other"),
        (7, "other"),
    ],
)
def test_a_no_has_its_reason(word: Any, reason: str, status: int) -> None:
    with pytest.raises(PortalRefusedError) as caught:
        say({"Success": False, "Reason": word}, status)
    assert caught.value.reason == reason


def test_every_refusal_has_a_word() -> None:
    assert set(unconfirmed.REFUSALS.values()) == set(DepositRefusal)


def test_a_no_without_a_reason() -> None:
    with pytest.raises(PortalRefusedError, match="other"):
        say({"Success": False})


@pytest.mark.parametrize("data", [None, [], {}, {"message": "Resource not found"}, "x"])
@pytest.mark.parametrize("status", [400, 404, 405])
def test_an_error_without_a_reason_is_no_such_call(data: Any, status: int) -> None:
    with pytest.raises(PortalCapabilityError):
        say(data, status)


@pytest.mark.parametrize(
    "data", [None, [], {}, {"ok": 1}, {"Success": "yes"}, {"Success": None}, "x", 1]
)
@pytest.mark.parametrize("status", [200, 202, 204, 302, 303])
def test_neither_yes_nor_no_is_unknown(data: Any, status: int) -> None:
    with pytest.raises(PortalOutcomeUnknownError):
        say(data, status)


@given(cents=st.integers(1, 10**11), empty=st.booleans())
def test_a_deposit_is_written_to_the_cent(cents: int, *, empty: bool) -> None:
    amount = Decimal(cents) / 100
    change = DepositChange(gsrn=EAN, amount=amount, is_empty_house=empty)
    sent = json.loads(json.dumps(unconfirmed.deposit_body(change)), parse_float=Decimal)
    assert sent == {"Ean": EAN, "Amount": amount, "IsEmptyHouse": empty}


def test_every_setting_is_written_as_it_is_read() -> None:
    for delivery in Delivery:
        body = unconfirmed.delivery_body(delivery)
        assert unconfirmed.settings("s", body, Drift()).delivery is delivery
    for scope in DirectDebit:
        body = {"InvoiceDelivery": None, **unconfirmed.direct_debit_body(scope)}
        assert unconfirmed.settings("s", body, Drift()).direct_debit is scope


PARSERS: dict[Capability, Callable[[Any], object]] = {
    Capability.STATEMENT: lambda data: unconfirmed.statement("call", data, Drift(), TODAY),
    Capability.DEPOSIT: lambda data: unconfirmed.deposit_plans("call", data, Drift()),
    Capability.READINGS: lambda data: unconfirmed.readings("call", data, Drift()),
    Capability.READING_SUBMISSION: lambda data: unconfirmed.reading_windows(
        "call", data, Drift(), TODAY
    ),
    Capability.CONSUMPTION: lambda data: unconfirmed.consumption("call", data, Drift()),
    Capability.BENEFITS: lambda data: unconfirmed.benefits("call", data, Drift()),
    Capability.SETTINGS: lambda data: unconfirmed.settings("call", data, Drift()),
}


@pytest.mark.parametrize("capability", PARSERS)
@pytest.mark.parametrize("data", [None, [], "x", 5, {}, {"Error": "none of your business"}])
def test_an_answer_about_something_else_means_not_offered(
    capability: Capability, data: Any
) -> None:
    with pytest.raises(PortalCapabilityError) as caught:
        PARSERS[capability](data)
    assert caught.value.capability is capability


def test_an_answer_about_something_else_is_reported_by_key_names() -> None:
    drift = Drift()
    with pytest.raises(PortalCapabilityError):
        unconfirmed.statement("statement", {"Error": "secret"}, drift, TODAY)
    assert drift.report()["unknown_keys"] == {"statement": ["Error"]}


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.text(max_size=12)
    | st.dates().map(date.isoformat)
    | st.datetimes().map(datetime.isoformat)
)
KEYS = st.sampled_from(
    sorted(
        {
            *("Invoices", "Payments", "Lines", "Readings", "Consumptions", "Benefits", "Eans"),
            *("Windows", "Ean"),
            *("BenefitId", "Title", "ValidUntil", "Redeemed", "Register", "Unit", "Source"),
            *("Value", "CurrencyCode", "PaymentDate", "PaymentId", "From", "Until", "Date"),
            *("AmountOpen", *invoice_json(), *line_json(), *line_json()["Simulation"]),
            *("InvoiceDelivery", "DirectDebitSubscription", "Success", "Reason"),
            *("Payee", "Name", "Iban", "Bic", "DirectDebitDate", *invoice_line_json()),
        }
    )
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=8)
    ),
    max_leaves=40,
)


@given(
    data=ANYTHING
    | st.fixed_dictionaries(
        {
            key: st.lists(ANYTHING, max_size=3)
            for key in (
                *("Invoices", "Payments", "Lines", "Readings", "Consumptions", "Benefits"),
                "Windows",
            )
        }
    )
)
def test_any_answer_is_read_or_ends_in_a_portal_error(data: Any) -> None:
    for parse in PARSERS.values():
        with suppress(PortalError):
            parse(data)


@given(data=ANYTHING, status=st.sampled_from([200, 204, 302, 400, 404, 409]))
def test_any_answer_to_a_change_is_a_yes_or_a_portal_error(data: Any, status: int) -> None:
    with suppress(PortalError):
        say(data, status)
        assert data["Success"] is True


@given(changed=st.dictionaries(st.sampled_from(sorted(invoice_json())), ANYTHING, max_size=3))
def test_any_invoice_is_read_or_ends_in_a_portal_error(changed: dict[str, Any]) -> None:
    with suppress(PortalError):
        read_invoice(**changed)


@given(changed=st.dictionaries(st.sampled_from(sorted(invoice_line_json())), ANYTHING, max_size=3))
def test_any_line_is_read_or_ends_in_a_portal_error(changed: dict[str, Any]) -> None:
    with suppress(PortalError):
        read_invoice(Lines=[invoice_line_json(**changed)])


@given(cents=st.integers(-(10**11), 10**11), as_text=st.booleans())
def test_money_is_exact_to_the_cent(cents: int, *, as_text: bool) -> None:
    amount = Decimal(cents) / 100
    wire = json.loads(
        json.dumps({"Value": str(amount)} if as_text else {"Value": float(amount)}),
        parse_float=Decimal,
    )
    assert read_invoice(Amount=wire, AmountOpen=None).amount == amount
