"""Tests of what is found odd about a reading before it leaves the house."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.lumme_energy.portal.model import (
    Contract,
    Direction,
    Invoice,
    InvoiceKind,
    MeterReading,
    PriceComponent,
    ReadingSource,
    ReadingSubmission,
    Unit,
)
from custom_components.lumme_energy.readings.plausibility import (
    MOST_DAILY,
    Finding,
    MeterFacts,
    Rule,
    Severity,
    blocking,
    closed_until,
    daily_average,
    findings,
    has_injection,
)

GSRN = "541448820000000008"
TODAY = date(2026, 11, 24)
LAST = date(2026, 10, 25)  # 30 days ago
YEAR_AGO = LAST - timedelta(days=365)
FACTS = MeterFacts()
BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO


def listed(
    day: date,
    values: Mapping[str, int],
    source: ReadingSource = ReadingSource.CUSTOMER,
    unit: Unit = Unit.KWH,
) -> tuple[MeterReading, ...]:
    """Return a reading as the supplier lists it."""
    return tuple(
        MeterReading(
            gsrn=GSRN, day=day, register=name, value=Decimal(value), source=source, unit=unit
        )
        for name, value in values.items()
    )


def sent(on: date = TODAY, /, serial: str | None = None, **values: int | str) -> ReadingSubmission:
    """Return a reading that is to be sent."""
    return ReadingSubmission(
        gsrn=GSRN,
        day=on,
        values={name: Decimal(value) for name, value in values.items()},
        meter_serial=serial,
    )


# 10 kWh a day.
SINGLE = (*listed(LAST, {"single": 13650}), *listed(YEAR_AGO, {"single": 10000}))
# 10 and 5 kWh a day.
DUAL = (
    *listed(LAST, {"day": 23650, "night": 11825}),
    *listed(YEAR_AGO, {"day": 20000, "night": 10000}),
)


def found(
    reading: ReadingSubmission,
    history: tuple[MeterReading, ...] = SINGLE,
    facts: MeterFacts = FACTS,
    override: Collection[Rule] = (),
) -> tuple[Finding, ...]:
    """Return what is odd today."""
    return findings(reading, history, facts, TODAY, override=override)


def told(
    reading: ReadingSubmission,
    history: tuple[MeterReading, ...] = SINGLE,
    facts: MeterFacts = FACTS,
    override: Collection[Rule] = (),
) -> list[tuple[Rule, Severity, bool]]:
    """Return the rules that are broken, what follows, and whether that is final."""
    return [
        (each.rule, each.severity, each.is_final)
        for each in found(reading, history, facts, override)
    ]


def test_nothing_odd() -> None:
    """A household that goes on as before sends its reading."""
    assert found(sent(single=13950)) == ()
    assert found(sent(day=23950, night=11975), DUAL) == ()


def test_day() -> None:
    """A reading is of a day past, the newest, the only one of its day, in an open period."""
    tomorrow = TODAY + timedelta(days=1)
    assert told(sent(tomorrow, single=13960)) == [(Rule.FUTURE, BLOCK, True)]
    closed = MeterFacts(closed_until=TODAY)
    assert told(sent(single=13950), facts=closed) == [(Rule.CLOSED_PERIOD, BLOCK, True)]
    assert told(sent(single=13950), facts=MeterFacts(closed_until=LAST)) == []
    assert told(sent(LAST - timedelta(days=1), single=13640)) == [(Rule.NOT_NEWEST, BLOCK, True)]
    assert told(sent(LAST, single=13651)) == [(Rule.ALREADY_SUBMITTED, BLOCK, True)]
    (finding,) = found(sent(LAST, single=13651))
    assert finding.placeholders == {"day": "2026-10-25"}


def test_other_supply_points_do_not_matter() -> None:
    """Each meter is compared with its own past."""
    other = tuple(replace(each, gsrn="643007572123456788", day=TODAY) for each in SINGLE)
    assert told(sent(single=13950), (*SINGLE, *other)) == []


@pytest.mark.parametrize("serial", ["1SAG1100005678", "5678", "ABC-56 78"])
def test_same_meter(serial: str) -> None:
    """Suppliers know a meter by the end of its number."""
    facts = MeterFacts(serials=("1sag1100005678",))
    assert told(sent(single=13950, serial=serial), facts=facts) == []
    assert told(sent(single=13950), facts=facts) == []


def test_replaced_meter() -> None:
    """A new meter is found out, and compared with itself alone once the user has told."""
    reading = sent(single=12, serial="1SAG1100001234")
    facts = MeterFacts(serials=("1SAG1100005678",))
    assert (Rule.METER_REPLACED, BLOCK, False) in told(reading, facts=facts)
    is_replaced = MeterFacts(is_replaced=True)
    assert told(sent(single=13950), facts=is_replaced) == [(Rule.METER_REPLACED, BLOCK, False)]
    since = MeterFacts(meter_since=TODAY - timedelta(days=2))
    assert told(reading, facts=since) == [(Rule.FIRST_READING, INFO, False)]
    assert told(sent(LAST, single=12), facts=since)[0] == (Rule.ALREADY_SUBMITTED, BLOCK, True)


def test_age() -> None:
    """A value from long before its instant is told, and after a day not sent unasked."""
    for age, expected in (
        (timedelta(minutes=59), []),
        (timedelta(hours=2), [(Rule.OLD_VALUE, WARN, False)]),
        (timedelta(hours=25), [(Rule.OLD_VALUE, BLOCK, False)]),
    ):
        assert told(sent(single=13950), facts=MeterFacts(age=age)) == expected
    (finding,) = found(sent(single=13950), facts=MeterFacts(age=timedelta(hours=25.5)))
    assert finding.placeholders == {"hours": "25"}


def test_registers() -> None:
    """A supplier wants all the registers that it knows, in pairs, and no others."""
    (half,) = found(sent(day=23950), DUAL)
    assert (half.rule, half.is_final) == (Rule.MISSING_REGISTER, True)
    assert half.placeholders == {"registers": "night"}
    assert told(sent(export_night=5), ()) == [
        (Rule.MISSING_REGISTER, BLOCK, True),
        (Rule.FIRST_READING, INFO, False),
    ]
    assert told(sent(single=35925), DUAL) == [
        (Rule.MISSING_REGISTER, BLOCK, False),
        (Rule.UNKNOWN_REGISTER, BLOCK, False),
        (Rule.FIRST_READING, INFO, False),
    ]
    assert told(sent(), ()) == [(Rule.MISSING_REGISTER, BLOCK, True)]


def test_injection() -> None:
    """What is fed in is sent only where somebody pays for it."""
    history = (*SINGLE, *listed(LAST, {"export_single": 400}))
    reading = sent(single=13950, export_single=450)
    assert told(reading, history) == []
    assert told(reading, history, MeterFacts(has_injection=True)) == []
    none = MeterFacts(has_injection=False)
    assert told(reading, history, none) == [(Rule.NO_INJECTION, BLOCK, False)]
    assert told(sent(single=13950), facts=none) == []


def test_unit() -> None:
    """Cubic metres are never compared with kWh."""
    gas = listed(LAST, {"single": 1300}, unit=Unit.M3)
    assert told(sent(single=13950), gas) == [(Rule.WRONG_UNIT, BLOCK, True)]
    assert told(replace(sent(single=1310), unit=Unit.M3), gas) == []


@pytest.mark.parametrize("value", ["100000", "-1", "13950.5", "NaN", "Infinity"])
def test_digits(value: str) -> None:
    """An index is whole and has no more digits than the meter."""
    assert (Rule.WRONG_DIGITS, BLOCK, True) in told(
        sent(single=value), facts=MeterFacts(digits=5), override=list(Rule)
    )


def test_digits_of_any_meter() -> None:
    """Suppliers take eight digits."""
    (finding,) = blocking(found(sent(single=100_000_000), ()))
    assert finding.placeholders == {"value": "100000000", "digits": "8"}
    assert blocking(found(sent(single=99_999_999), ())) == ()


@pytest.mark.parametrize(
    ("value", "rule", "severity"),
    [
        (13650 + 900, None, WARN),
        (13650 + 901, Rule.UNLIKELY_USE, WARN),
        (13650 + 3000, Rule.UNLIKELY_USE, WARN),
        (13650 + 3001, Rule.UNLIKELY_USE, BLOCK),
        (13650, Rule.IDENTICAL, WARN),
        (13649, Rule.BACKWARDS, BLOCK),
        (0, Rule.BACKWARDS, BLOCK),
        (13_950_000, Rule.TIMES_FACTOR, BLOCK),  # Wh
        (139_500, Rule.TIMES_FACTOR, BLOCK),  # a decimal mark that was lost
        (1_395_012, Rule.TIMES_FACTOR, BLOCK),
        (13, Rule.PART_OF_FACTOR, BLOCK),  # MWh
        (1395, Rule.PART_OF_FACTOR, BLOCK),
        (913_950, Rule.EXTRA_DIGIT, BLOCK),
        (1950, Rule.MISSING_DIGIT, BLOCK),
    ],
)
def test_index(value: int, rule: Rule | None, severity: Severity) -> None:
    """Each slip has its own name."""
    expected = [] if rule is None else [(rule, severity)]
    assert [each[:2] for each in told(sent(single=value))] == expected


def test_final() -> None:
    """What runs backwards no supplier takes; the rest is the user's to decide."""
    assert told(sent(single=13), override=[Rule.PART_OF_FACTOR]) == [
        (Rule.PART_OF_FACTOR, BLOCK, True)
    ]
    assert told(sent(single=17000)) == [(Rule.UNLIKELY_USE, BLOCK, False)]
    assert told(sent(single=17000), override=[Rule.UNLIKELY_USE]) == [
        (Rule.UNLIKELY_USE, WARN, False)
    ]
    assert told(sent(single=17000), override=[Rule.TIMES_FACTOR]) == [
        (Rule.UNLIKELY_USE, BLOCK, False)
    ]


def test_placeholders() -> None:
    """A finding tells the numbers that a person compares."""
    (finding,) = found(sent(single=17000))
    assert finding.register == "single"
    assert finding.placeholders == {
        "value": "17000",
        "previous": "13650",
        "previous_day": "2026-10-25",
        "daily": "111",
        "usual": "10",
    }


def test_below_estimate() -> None:
    """The supplier guessed too high: that is for its customer service."""
    history = (*listed(LAST, {"single": 14200}, ReadingSource.ESTIMATED), *SINGLE[1:])
    assert told(sent(single=13950), history) == [(Rule.BELOW_ESTIMATE, BLOCK, True)]


def test_average_of_little() -> None:
    """At a cottage, a weekend is many times the average."""
    history = (*listed(LAST, {"single": 100}), *listed(YEAR_AGO, {"single": 64}))
    assert told(sent(single=400), history) == []
    unknown = listed(LAST, {"single": 100})
    most = 100 + 30 * int(MOST_DAILY)
    assert told(sent(single=most), unknown) == []
    assert blocking(found(sent(single=most + 1), unknown))
    assert found(sent(single=most * 7 + 13), unknown)[0].placeholders


def test_rollover() -> None:
    """A register without digits left begins at zero, if its digits are known."""
    history = (*listed(LAST, {"single": 99900}), *listed(YEAR_AGO, {"single": 96250}))
    facts = MeterFacts(digits=5)
    (finding,) = found(sent(single=150), history, facts)
    assert (finding.rule, finding.severity) == (Rule.ROLLOVER, WARN)
    assert finding.placeholders == {"value": "150", "previous": "99900", "rise": "250"}
    for value, known in ((150, FACTS), (9000, facts), (20000, facts), (150, MeterFacts(digits=6))):
        assert blocking(found(sent(single=value), history, known))


def test_swapped() -> None:
    """Registers that go on from one another are swapped, and not two more slips."""
    assert told(sent(day=11975, night=23950), DUAL) == [
        (Rule.SWAPPED, BLOCK, True),
        (Rule.SWAPPED, BLOCK, False),
    ]
    assert told(sent(day=11975, night=11980), DUAL)[0][0] is not Rule.SWAPPED
    export = tuple(replace(each, register=f"export_{each.register}") for each in DUAL)
    both = told(sent(export_day=11975, export_night=23950), export)
    assert {rule for rule, _, _ in both} == {Rule.SWAPPED}


def test_identical() -> None:
    """One register that rests is usual, all of them are not."""
    assert told(sent(day=23950, night=11825), DUAL) == []
    assert told(sent(day=23650, night=11825), DUAL) == [(Rule.IDENTICAL, WARN, False)]


@given(
    use=st.integers(6, 40),
    start=st.integers(0, 80_000),
    apart=st.integers(1, 300),
    share=st.integers(0, 300),
)
def test_usual_use(use: int, start: int, apart: int, share: int) -> None:
    """Up to three times the average, nothing is odd, whatever the meter shows."""
    history = (
        *listed(TODAY - timedelta(days=apart), {"single": start + 365 * use}),
        *listed(TODAY - timedelta(days=apart + 365), {"single": start}),
    )
    value = start + 365 * use + apart * use * share // 100
    assert [each.rule for each in found(sent(single=value), history)] in ([], [Rule.IDENTICAL])


@given(
    index=st.integers(10_000, 99_999),
    rise=st.integers(0, 300),
    where=st.integers(0, 4),
    digit=st.integers(0, 9),
    is_extra=st.booleans(),
)
def test_no_slip_of_a_digit_leaves(
    *, index: int, rise: int, where: int, digit: int, is_extra: bool
) -> None:
    """A digit too many or too few stops the reading, unless what is left could be right."""
    history = (
        *listed(LAST, {"single": index}),
        *listed(LAST - timedelta(days=365), {"single": index - 3650}),
    )
    right = str(index + rise)
    slipped = int(
        right[:where] + (str(digit) if is_extra else "") + right[where + (not is_extra) :]
    )
    assume(not index <= slipped <= index + 3000)
    assert blocking(found(sent(single=slipped), history))


@given(
    values=st.dictionaries(
        st.sampled_from(["single", "day", "night", "export_day", "export_night"]),
        st.decimals(allow_nan=True, allow_infinity=True),
    ),
    before=st.dictionaries(
        st.sampled_from(["single", "day", "night"]), st.integers(0, 99_999_999), min_size=1
    ),
    apart=st.integers(-5, 900),
    digits=st.none() | st.integers(4, 9),
)
def test_anything(
    values: dict[str, Decimal], before: dict[str, int], apart: int, digits: int | None
) -> None:
    """Whatever an entity says, there is an answer; what is no index never leaves."""
    reading = ReadingSubmission(gsrn=GSRN, day=TODAY, values=values)
    history = listed(TODAY - timedelta(days=apart), before)
    result = findings(reading, history, MeterFacts(digits=digits), TODAY, override=list(Rule))
    assert all(each.is_final for each in blocking(result))
    order = [list(Rule).index(each.rule) for each in result]
    assert order == sorted(order)
    if not blocking(result):
        assert values
        assert apart > 0
        assert all(value == int(value) >= 0 for value in values.values())


def test_daily_average() -> None:
    """An average takes about a year that was read, and no estimates."""
    assert daily_average(SINGLE, "single") == 10
    assert daily_average(SINGLE, "day") is None
    assert daily_average(SINGLE[:1], "single") is None
    estimated = listed(TODAY, {"single": 99_999}, ReadingSource.ESTIMATED)
    assert daily_average((*SINGLE, *estimated), "single") == 10
    long_ago = listed(date(2020, 1, 1), {"single": 0})
    assert daily_average((*SINGLE, *long_ago), "single") == 10
    fallen = (*listed(LAST, {"single": 5}), *SINGLE[1:])
    assert daily_average(fallen, "single") is None


def test_closed_until() -> None:
    """A settlement closes the time that it is about."""
    bill = Invoice(
        number="1",
        kind=InvoiceKind.SETTLEMENT,
        issued=TODAY,
        amount=Decimal(1),
        gsrns=(GSRN,),
        period_end=LAST,
    )
    others = (
        replace(bill, period_end=YEAR_AGO),
        replace(bill, kind=InvoiceKind.DEPOSIT, period_end=TODAY),
        replace(bill, gsrns=(), period_end=TODAY),
        replace(bill, period_end=None),
    )
    assert closed_until((bill, *others), GSRN) == LAST
    assert closed_until(others[1:], GSRN) is None


def test_has_injection() -> None:
    """Only a contract whose prices are known tells."""
    price = PriceComponent(register="single", amount=Decimal("0.1"), unit="EUR/kWh")
    contract = Contract(gsrn=GSRN, prices=(price,))
    assert has_injection(None) is None
    assert has_injection(replace(contract, prices=())) is None
    assert has_injection(contract) is False
    export = replace(price, direction=Direction.EXPORT)
    assert has_injection(replace(contract, prices=(price, export))) is True
