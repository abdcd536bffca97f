"""Reading telegrams: what they say, what they do not say, and everything that may be wrong."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
import random
from typing import Any

from dsmr_parser import telegram_specifications
from dsmr_parser.parsers import TelegramParser
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.metering.crc import crc16, crc16_x25
from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from custom_components.lumme_energy.metering.telegram import (
    MonthPeak,
    Outage,
    Quantity,
    Stamped,
    SubMeterKind,
    SwitchState,
    Telegram,
    Unit,
    Value,
)
from demo.p1_meter import KINDS, telegram
from tests.meter.conftest import NOW

FINNISH = telegram(KINDS["FI"].render(NOW))
BELGIAN = telegram(KINDS["BE"].render(NOW))


def reader(country: str = "FI") -> P1Reader:
    """Return a reader of a country."""
    return P1Reader(PROFILES[Country(country)])


def read(*lines: str, country: str = "FI") -> Telegram:
    """Read a telegram of these lines and a power, which is good."""
    result = reader(country).feed(telegram(["/TST5X", "", "1-0:1.7.0(1.000*kW)", *lines]))
    assert len(result) == 1
    return result[0]


def value(line: str, quantity: Quantity, country: str = "FI") -> Value:
    """Read one line."""
    return read(line, country=country).values.get(quantity)


# The oracle.

ORACLE: dict[str, tuple[dict[str, Any], dict[str, Quantity]]] = {
    "NL": (
        telegram_specifications.V5,
        {
            "ELECTRICITY_USED_TARIFF_1": Quantity.ENERGY_IMPORT_1,
            "ELECTRICITY_USED_TARIFF_2": Quantity.ENERGY_IMPORT_2,
            "ELECTRICITY_DELIVERED_TARIFF_1": Quantity.ENERGY_EXPORT_1,
            "ELECTRICITY_DELIVERED_TARIFF_2": Quantity.ENERGY_EXPORT_2,
            "CURRENT_ELECTRICITY_USAGE": Quantity.POWER_IMPORT,
            "CURRENT_ELECTRICITY_DELIVERY": Quantity.POWER_EXPORT,
            "INSTANTANEOUS_ACTIVE_POWER_L1_POSITIVE": Quantity.POWER_IMPORT_L1,
            "INSTANTANEOUS_ACTIVE_POWER_L3_NEGATIVE": Quantity.POWER_EXPORT_L3,
            "INSTANTANEOUS_VOLTAGE_L2": Quantity.VOLTAGE_L2,
            "INSTANTANEOUS_CURRENT_L3": Quantity.CURRENT_L3,
            "P1_MESSAGE_TIMESTAMP": Quantity.METER_TIME,
        },
    ),
    "BE": (
        telegram_specifications.BELGIUM_FLUVIUS,
        {
            "ELECTRICITY_USED_TARIFF_1": Quantity.ENERGY_IMPORT_1,
            "ELECTRICITY_USED_TARIFF_2": Quantity.ENERGY_IMPORT_2,
            "CURRENT_ELECTRICITY_USAGE": Quantity.POWER_IMPORT,
            "INSTANTANEOUS_ACTIVE_POWER_L2_POSITIVE": Quantity.POWER_IMPORT_L2,
            "INSTANTANEOUS_VOLTAGE_L1": Quantity.VOLTAGE_L1,
            "INSTANTANEOUS_CURRENT_L1": Quantity.CURRENT_L1,
            "BELGIUM_CURRENT_AVERAGE_DEMAND": Quantity.QUARTER_HOUR_POWER,
            "BELGIUM_MAXIMUM_DEMAND_MONTH": Quantity.MONTH_PEAK,
            "P1_MESSAGE_TIMESTAMP": Quantity.METER_TIME,
        },
    ),
    "FI": (
        telegram_specifications.SWEDEN,
        {
            "ELECTRICITY_IMPORTED_TOTAL": Quantity.ENERGY_IMPORT,
            "ELECTRICITY_EXPORTED_TOTAL": Quantity.ENERGY_EXPORT,
            "ELECTRICITY_REACTIVE_IMPORTED_TOTAL": Quantity.REACTIVE_ENERGY_IMPORT,
            "ELECTRICITY_REACTIVE_EXPORTED_TOTAL": Quantity.REACTIVE_ENERGY_EXPORT,
            "CURRENT_ELECTRICITY_USAGE": Quantity.POWER_IMPORT,
            "CURRENT_ELECTRICITY_DELIVERY": Quantity.POWER_EXPORT,
            "INSTANTANEOUS_ACTIVE_POWER_L1_POSITIVE": Quantity.POWER_IMPORT_L1,
            "INSTANTANEOUS_REACTIVE_POWER_L3_POSITIVE": Quantity.REACTIVE_POWER_IMPORT_L3,
            "INSTANTANEOUS_VOLTAGE_L3": Quantity.VOLTAGE_L3,
            "INSTANTANEOUS_CURRENT_L2": Quantity.CURRENT_L2,
        },
    ),
}


@given(
    country=st.sampled_from(sorted(ORACLE)),
    day=st.integers(0, 364),
    second=st.integers(0, 86399),
)
@settings(deadline=None, max_examples=60)
def test_agrees_with_dsmr_parser(country: str, day: int, second: int) -> None:
    specification, fields = ORACLE[country]
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day, seconds=second)
    frame = telegram(KINDS[country].render(moment))
    ours = reader(country).feed(frame)[0]
    theirs = TelegramParser(specification).parse(frame.decode())
    for field, quantity in fields.items():
        mine = ours.values[quantity]
        assert (mine.number if isinstance(mine, Stamped) else mine) == getattr(theirs, field).value


# What a telegram says.


def test_the_finnish_list() -> None:
    result = reader().feed(FINNISH)[0]
    assert len(result.values) == 27
    assert result.ident == "ADN9 DEMO"
    assert result.meter_id is None
    assert result.meter_time == NOW
    assert result.sub_meters == ()
    assert all(isinstance(number, (Decimal, datetime)) for number in result.values.values())
    assert "DEMO" not in repr(result)


def test_a_belgian_telegram() -> None:
    result = reader("BE").feed(BELGIAN)[0]
    assert result.meter_id == "DEMO-BE-0001"
    peak = result.values[Quantity.MONTH_PEAK]
    assert isinstance(peak, Stamped)
    assert peak.unit is Unit.KILO_WATT
    gas, water = result.sub_meters
    assert (gas.kind, gas.channel, gas.identifier) == (SubMeterKind.GAS, 1, "DEMO-GAS-0002")
    assert gas.reading.unit is Unit.CUBIC_METRE
    assert gas.reading.at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert (water.kind, water.identifier) == (SubMeterKind.WATER, "")
    assert water.reading == Stamped(None, Unit.CUBIC_METRE, None)


@pytest.mark.parametrize(
    ("line", "quantity", "expected"),
    [
        ("1-0:3.7.0(0001.279*kvar)", Quantity.REACTIVE_POWER_IMPORT, Decimal("1.279")),
        ("1-0:3.8.0(0001.279*kVarh)", Quantity.REACTIVE_ENERGY_IMPORT, Decimal("1.279")),
        ("1-0:1.8.0(006545766*Wh)", Quantity.ENERGY_IMPORT, Decimal("6545.766")),
        ("1-0:21.7.0*255(000747.85*W)", Quantity.POWER_IMPORT_L1, Decimal("0.74785")),
        ("1-0:1.8.0.255(12.5*kWh)", Quantity.ENERGY_IMPORT, Decimal("12.5")),
        ("1-0:31.7.0(002*A)", Quantity.CURRENT_L1, Decimal(2)),
        ("1-0:2.7.0(-00.120*kW)", Quantity.POWER_EXPORT, Decimal("-0.120")),
        ("1-0:32.7.0(0000.242*kV)", Quantity.VOLTAGE_L1, Decimal(242)),
        ("1-0:31.7.0(0000.005*kA)", Quantity.CURRENT_L1, Decimal(5)),
        ("1-0:14.7.0(0000.049*kHz)", Quantity.FREQUENCY, Decimal(49)),
        ("1-0:13.7.0(0.336)", Quantity.POWER_FACTOR, Decimal("0.336")),
        ("1-0:9.7.0(00.913*kVA)", Quantity.APPARENT_POWER_IMPORT, Decimal("0.913")),
        ("1-0:10.7.0(913*VA)", Quantity.APPARENT_POWER_EXPORT, Decimal("0.913")),
        ("0-0:96.7.21(00914)", Quantity.POWER_FAILURES, Decimal(914)),
        ("0-0:96.7.9(00002)", Quantity.LONG_POWER_FAILURES, Decimal(2)),
        ("1-0:72.32.0(00012)", Quantity.VOLTAGE_SAGS_L3, Decimal(12)),
        ("1-0:52.36.0(00001)", Quantity.VOLTAGE_SWELLS_L2, Decimal(1)),
        ("0-0:17.0.0(999.9*kW)", Quantity.POWER_LIMIT, Decimal("999.9")),
        ("0-0:17.0.0(069.0*kVA)", Quantity.APPARENT_POWER_LIMIT, Decimal(69)),
        ("0-0:17.0.0(016*A)", Quantity.CURRENT_LIMIT, Decimal(16)),
        ("1-0:31.4.0(999*A)", Quantity.FUSE_L1, Decimal(999)),
        ("0-0:96.3.10(0)", Quantity.BREAKER, SwitchState.DISCONNECTED),
        ("0-0:96.3.10(2)", Quantity.BREAKER, SwitchState.READY),
        ("0-0:96.3.10()", Quantity.BREAKER, None),
        ("0-0:96.1.4(50221)", Quantity.VERSION, "50221"),
        ("1-3:0.2.8(50)", Quantity.VERSION, "50"),
        ("0-0:42.0.0(53414730313233)", Quantity.DEVICE_NAME, "SAG0123"),
        ("0-0:42.0.0(AUX1030303218166)", Quantity.DEVICE_NAME, "AUX1030303218166"),
        ("1-0:99.97.0(0)(0-0:96.7.19)", Quantity.OUTAGES, ()),
        ("1-0:99.97.0()", Quantity.OUTAGES, ()),
        (
            "1-0:99.97.0(2)(0-0:96.7.19)(000104180320W)(0000237126*s)(x)(99999999999*s)",
            Quantity.OUTAGES,
            (
                Outage(datetime(2000, 1, 4, 16, 3, 20, tzinfo=UTC), timedelta(seconds=237126)),
                Outage(None, timedelta(seconds=2**32)),
            ),
        ),
        ("0-0:98.1.0(0)(1-0:1.6.0)(1-0:1.6.0)", Quantity.MONTH_PEAKS, ()),
        (
            (
                "0-0:98.1.0(2)(1-0:1.6.0)(1-0:1.6.0)"
                "(231101000000W)(231031120000W)(01.747*kW)(231001000000S)(632525252525S)(00.000*kW)"
            ),
            Quantity.MONTH_PEAKS,
            (
                MonthPeak(
                    datetime(2023, 10, 31, 22, tzinfo=UTC),
                    datetime(2023, 10, 31, 10, tzinfo=UTC),
                    Decimal("1.747"),
                ),
            ),
        ),
        ("1-0:32.7.0(230.1)", Quantity.VOLTAGE_L1, Decimal("230.1")),
        ("0-0:96.14.0(0002)", Quantity.TARIFF, "2"),
        ("0-0:96.1.0(734412)", Quantity.METER_ID, "734412"),
        ("0-0:96.1.1(E4F6)", Quantity.METER_ID, "E4F6"),
        ("0-0:96.1.1(4B3845)", Quantity.METER_ID, "K8E"),
        ("0-0:96.1.1()", Quantity.METER_ID, None),
        (
            "1-0:1.6.0(632525252525W)(00.000*kW)",
            Quantity.MONTH_PEAK,
            Stamped(None, Unit.KILO_WATT, None),
        ),
    ],
)
def test_lines(line: str, quantity: Quantity, expected: Value) -> None:
    assert value(line, quantity) == expected


@pytest.mark.parametrize(
    ("country", "stamp", "expected"),
    [
        # A flag says which offset the meter used, whatever the season.
        ("FI", "240708164940W", datetime(2024, 7, 8, 14, 49, 40, tzinfo=UTC)),
        ("FI", "240708164940S", datetime(2024, 7, 8, 13, 49, 40, tzinfo=UTC)),
        ("SE", "240407122854S", datetime(2024, 4, 7, 10, 28, 54, tzinfo=UTC)),
        ("SE", "240708122854W", datetime(2024, 7, 8, 11, 28, 54, tzinfo=UTC)),
        ("NL", "170531201444s", datetime(2017, 5, 31, 18, 14, 44, tzinfo=UTC)),
        ("BE", "261025023000S", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("BE", "261025023000W", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        # Without one, it is the wall clock; of two equal hours, the first.
        ("NL", "170531201444", datetime(2017, 5, 31, 18, 14, 44, tzinfo=UTC)),
        ("FI", "261025033000", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("BE", "632525252525S", None),
        ("BE", "2610250230", None),
        ("BE", "", None),
    ],
)
def test_instants(country: str, stamp: str, expected: datetime | None) -> None:
    result = read(f"0-0:1.0.0({stamp})", country=country)
    assert result.meter_time == expected


def test_transformer_constants_are_no_powers() -> None:
    result = read("1-0:1.4.2(100)", "1-0:1.4.3(5)")
    assert set(result.values) == {Quantity.POWER_IMPORT}


def test_sub_meters_of_other_kinds_and_without_a_reading_are_left_out() -> None:
    result = read(
        "0-1:24.1.0(002)",
        "0-1:24.2.1(261124093000W)(00001.000*kWh)",
        "0-2:24.1.0(003)",
        "0-2:96.1.0(414243)",
        "0-3:24.1.0(004)",
        "0-3:96.1.0(414244)",
        "0-3:24.2.1(261124093000W)(00001.500*GJ)",
        "0-3:24.4.0(1)",
    )
    (heat,) = result.sub_meters
    assert (heat.kind, heat.channel, heat.identifier) == (SubMeterKind.HEAT, 3, "ABD")
    assert heat.reading.number == Decimal("1.500")
    assert heat.reading.unit is Unit.GIGA_JOULE


# What may be wrong with it.


@pytest.mark.parametrize(
    "line",
    [
        "1-0:1.8.0(--*kWh)",
        "1-0:1.8.0()",
        "1-0:1.8.0(1.2.3*kWh)",
        "1-0:1.8.0(NaN*kWh)",
        "1-0:1.8.0(12*V)",
        "1-0:1.8.0(12*furlong)",
        "1-0:1.8.0(12*kWh",
        "1-0:4:24.7.0(1)",
        "1-0:72:32.0(00000)",
        "(00001.001)",
        "nonsense",
        "\x00",
        "0-1:24.2.1(261124093000W)",
        "0-1:24.2.1(261124093000W)(12)",
        "0-1:24.2.1(261124093000W)(12*parsec)",
        "0-1:24.2.1(261124093000W)(x*m3)",
        "1-0:1.6.0(12.5*kW)",
        "1-0:32.32.0(1*V)",
        "0-0:17.0.0(12)",
        "0-0:17.0.0(12*V)",
        "0-0:17.0.0(x)",
        "1-0:99.97.0(1)(0-0:96.7.19)(000104180320W)(12*kW)",
        "1-0:99.97.0(1)(0-0:96.7.19)(000104180320W)(x)",
        "0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(x)(231031120000W)(01.747*kW)",
        "0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(231101000000W)(231031120000W)(01.747*V)",
        "0-0:98.1.0(1)(1-0:1.6.0)(1-0:1.6.0)(231101000000W)(231031120000W)(x)",
        "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)",
        "0-1:24.3.0(161107190000)(00)(60)",
    ],
)
def test_a_bad_line_costs_itself_alone(line: str) -> None:
    one = reader()
    for count in (1, 2):
        (result,) = one.feed(telegram(["/TST5X", "", line, "1-0:1.7.0(1.000*kW)"]))
        assert result.values == {Quantity.POWER_IMPORT: Decimal("1.000")}
        assert one.counters.line_bad == count
        assert one.counters.ok == count


@pytest.mark.parametrize(
    "line",
    [
        "0-0:96.13.0(\xff\xff)",
        "0-0:96.50.68(ON)",
        # Hungary's registers of the month before stand where Belgium's peaks do.
        "0-0:98.1.0(230801000000S)(000663.924*kWh)(000383.623*kWh)",
        "0-0:96.1.2(353431343430303132333435363738393030)",
        "0-1:24.9.9(1)",
    ],
)
def test_what_is_of_no_use_is_passed_over(line: str) -> None:
    one = reader()
    body = f"/TST5X\r\n\r\n{line}\r\n1-0:1.7.0(1.000*kW)\r\n!".encode("latin-1")
    (result,) = one.feed(body + b"%04X\r\n" % crc16(body))
    assert set(result.values) == {Quantity.POWER_IMPORT}
    assert one.counters.line_bad == 0


def test_a_value_sent_twice_is_the_last_one() -> None:
    one = reader()
    for first in range(3):
        for last in range(3):
            (result,) = one.feed(
                telegram(["/TST5X", "", f"1-0:1.7.0({first}*kW)", f"1-0:1.7.0({last}*kW)"])
            )
            assert result.values == {Quantity.POWER_IMPORT: Decimal(last)}


def test_lines_that_change_what_they_say() -> None:
    """What was remembered of the last telegram is never taken for what this one says."""
    one = reader("BE")
    lines = ["/TST5X", "", "1-0:1.7.0(1*kW)", "0-1:24.1.0(003)", "0-1:24.2.3(260105120000W)(1*m3)"]
    for number, line, values, readings in (
        (2, "1-0:1.7.0(2*kW)", {Quantity.POWER_IMPORT: 2}, [1]),
        (2, "1-0:2.7.0(3*kW)", {Quantity.POWER_EXPORT: 3}, [1]),
        (4, "0-1:24.2.3(260105120500W)(2*m3)", {Quantity.POWER_EXPORT: 3}, [2]),
        (2, "nonsense", {}, [2]),
        (2, "nonsense", {}, [2]),
        (3, "0-1:24.1.0(002)", None, []),
        (2, "1-0:1.7.0(5*kW)", {Quantity.POWER_IMPORT: 5}, []),
        (0, "/TST5Y", {Quantity.POWER_IMPORT: 5}, []),
    ):
        lines[number] = line
        results = one.feed(telegram(lines))
        if values is None:
            assert results == []
            continue
        (result,) = results
        assert result.values == values
        assert [meter.reading.number for meter in result.sub_meters] == readings
    assert result.ident == "TST5Y"
    assert one.counters.line_bad == 2


def test_lines_that_say_nothing_may_change() -> None:
    one = reader("LT")
    for number in range(3):
        (result,) = one.feed(
            telegram(
                ["/ESO5", "", f"1-0:90.7.0({number}*A)", f"{number}?", f"1-0:1.7.0({number}*kW)"]
            )
        )
        assert result.values == {Quantity.POWER_IMPORT: Decimal(number)}
    assert one.counters.line_bad == 3


LINES = [
    "",
    "nonsense",
    "1-0:1.7.0(1*kW)",
    "1-0:1.7.0(1*W)",
    "1-0:1.7.0(x*kW)",
    "1-0:1.7.0(2*kW)",
    "1-0:2.7.0(3*kW)",
    "0-0:1.0.0(261124113000W)",
    "0-0:1.0.0(261124113010W)",
    "0-0:1.0.0(x)",
    "0-0:96.1.1(261124113000W)",
    "0-0:96.1.0(4142)",
    "0-0:42.0.0(43)",
    "0-0:96.3.10(1)",
    "0-0:17.0.0(12*kW)",
    "0-0:17.0.0(12*A)",
    "0-1:24.1.0(003)",
    "0-1:24.1.0(007)",
    "0-1:24.2.1(260105120000W)(1*m3)",
    "0-1:24.2.1(260105120500W)(2*m3)",
    "0-1:96.1.0(44)",
    "(1)",
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["X", "Y"]), st.lists(st.sampled_from(LINES), min_size=4, max_size=4)
        ),
        max_size=12,
    )
)
@settings(deadline=None, max_examples=300)
def test_what_is_remembered_changes_nothing(telegrams: list[tuple[str, list[str]]]) -> None:
    """A reader that has read before reads as one that has not."""
    one = reader()
    bad = 0
    for ident, lines in telegrams:
        frame = telegram([f"/{ident}", "", *lines])
        other = reader()
        assert one.feed(frame) == other.feed(frame)
        bad += other.counters.line_bad
    assert one.counters.line_bad == bad


SCALED = [
    "/TST5X",
    "",
    "0-0:17.0.0(000*A)",
    "1-0:1.7.0(000*W)",
    "1-0:2.8.0(-0.00*Wh)",
    "1-0:2.7.0(0)",
]


@given(st.sampled_from([*KINDS, "scaled"]), st.data())
@settings(deadline=None, max_examples=300)
def test_digits_that_change_anywhere_are_read_as_if_for_the_first_time(
    kind: str, data: st.DataObject
) -> None:
    """A telegram of the same shape may still have other codes, impossible instants and values."""
    text = list("\n".join(KINDS[kind].render(NOW) if kind in KINDS else SCALED))
    country = kind if kind in KINDS else "FI"
    places = [at for at, letter in enumerate(text) if letter.isdecimal()]
    one = reader(country)
    changes = st.lists(
        st.tuples(st.sampled_from(places), st.sampled_from("0123456789")), max_size=9
    )
    for _ in range(5):
        for at, digit in data.draw(changes):
            text[at] = digit
        frame = telegram("".join(text).split("\n"))
        other = reader(country)
        before = one.counters.line_bad
        assert one.feed(frame) == other.feed(frame)
        assert one.counters.line_bad - before == other.counters.line_bad


def test_a_telegram_handed_out_stays_as_it_was() -> None:
    one = reader()
    first = one.feed(FINNISH)[0]
    before = dict(first.values)
    one.feed(telegram(KINDS["FI"].render(NOW + timedelta(seconds=10))))
    assert first.values == before


def test_old_dutch_gas_in_any_line_end() -> None:
    lines = [
        "/ISk5\\2MT382-1004",
        "",
        "1-0:1.7.0(0001.01*kW)",
        "0-1:24.1.0(3)",
        "0-1:96.1.0(000000000000)",
        "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)",
        "(00001.001)",
        "!",
        "",
    ]
    for line_end in ("\r\n", "\n"):
        (result,) = reader("NL").feed(line_end.join(lines).encode())
        (gas,) = result.sub_meters
        assert gas.reading == Stamped(
            Decimal("1.001"), Unit.CUBIC_METRE, datetime(2016, 11, 7, 18, tzinfo=UTC)
        )
        assert gas.valve is None


def test_the_serial_number_is_in_the_device_name_if_nowhere_else() -> None:
    assert read("0-0:42.0.0(41)").meter_id == "A"
    assert read("0-0:42.0.0(41)", "0-0:96.1.0(42)").meter_id == "B"


def test_swiss_codes_have_another_channel() -> None:
    line = "1-1:1.8.0(012.5*kWh)"
    assert value(line, Quantity.ENERGY_IMPORT, "CH") == Decimal("12.5")
    assert value(line, Quantity.ENERGY_IMPORT, "LU") is None


def test_lithuanian_fuses_are_average_currents() -> None:
    line = "1-0:31.4.0(0000.003*kA)"
    assert value(line, Quantity.FUSE_L1, "LT") is None
    assert value(line, Quantity.FUSE_L1, "HU") == 3


def test_the_other_checksum_where_meters_use_it() -> None:
    body = FINNISH[: FINNISH.rindex(b"!") + 1]
    frame = body + b"%04X\r\n" % crc16_x25(body)
    assert len(reader("HU").feed(frame)) == 1
    assert len(reader("HU").feed(FINNISH)) == 1
    assert reader("FI").feed(frame) == []


def test_a_value_is_gone_when_its_line_is() -> None:
    one = reader()
    one.feed(FINNISH)
    (result,) = one.feed(telegram(["/ADN9 DEMO", "", "1-0:2.7.0(0000.000*kW)"]))
    assert set(result.values) == {Quantity.POWER_EXPORT}


@pytest.mark.parametrize("change", [bytes.lower, lambda crc: crc.lstrip(b"0")])
def test_checksums_in_other_spellings(change: Any) -> None:
    for power in range(2000):
        frame = telegram(["/TST5X", "", f"1-0:1.7.0({power:04}*W)"])
        head, _, crc = frame.rpartition(b"!")
        if crc.strip() != change(crc.strip()):
            assert len(reader().feed(head + b"!" + change(crc))) == 1
            return
    pytest.fail("no telegram with such a checksum")


def test_lf_only_streams() -> None:
    assert (
        reader().feed(FINNISH.replace(b"\r\n", b"\n"))[0].values == reader().feed(FINNISH)[0].values
    )


def test_high_bytes_and_nul_are_a_bad_line_or_a_bad_checksum_but_no_more() -> None:
    one = reader()
    assert one.feed(FINNISH.replace(b"1-0:2.8.0", b"1-0:\xff\x00.0")) == []
    assert one.counters.crc_bad == 1
    assert len(one.feed(FINNISH)) == 1


@pytest.mark.parametrize(("country", "accepted"), [("NL", 1), ("FI", 0), ("SE", 0), ("BE", 0)])
def test_no_checksum_is_for_old_dutch_meters_only(country: str, accepted: int) -> None:
    one = reader(country)
    assert len(one.feed(FINNISH[:-6] + b"\r\n")) == accepted
    assert one.counters.no_crc == 1
    assert one.counters.ok == accepted


def test_a_meter_that_has_checksums_cannot_do_without() -> None:
    one = reader("NL")
    bare = FINNISH[:-6] + b"\r\n"
    assert len(one.feed(bare + FINNISH)) == 2
    assert one.feed(bare) == []
    assert one.counters.no_crc == 2


@pytest.mark.parametrize("ident", ["ISk5\\2MIE5T-200", "ISk9\\2MIE7T-200"])
def test_a_belgian_model_has_none_either(ident: str) -> None:
    assert len(reader("BE").feed(f"/{ident}\r\n\r\n1-0:1.7.0(1*kW)\r\n!\r\n".encode())) == 1


def test_a_telegram_that_says_nothing_is_none() -> None:
    one = reader()
    assert one.feed(telegram(["/TST5X", "", "9-9:9.9.9(1)"])) == []
    assert one.counters.framing == 1
    assert one.counters.ok == 0


def test_a_telegram_behind_noise_with_a_slash_is_found() -> None:
    one = reader()
    assert len(one.feed(b"\x80/\x00noise" + FINNISH)) == 1
    assert one.last_frame == FINNISH.strip()


def test_reset_forgets_half_a_telegram() -> None:
    one = reader()
    one.feed(FINNISH[:200])
    one.reset()
    assert one.feed(FINNISH[200:]) == []


def test_memory_does_not_grow() -> None:
    one = reader("NL")
    for row in range(3000):
        log = "(251108152415W)(0000000240*s)" * (row % 500)
        one.feed(telegram(["/TST5X", "", "1-0:1.7.0(1*kW)", f"1-0:99.97.0({row})(x){log}"]))
    assert len(one._lines) == len(one._keys) == 5
    assert len(one._values) == 2


@given(st.binary(max_size=400))
def test_arbitrary_bytes(data: bytes) -> None:
    one = reader()
    one.feed(data)
    assert one.feed(b"\r\n" + FINNISH)[-1:] or one.feed(FINNISH)


@given(st.binary(max_size=200).map(lambda data: b"/" + data.replace(b"!", b"") + b"\n!\r\n"))
def test_arbitrary_telegrams_without_checksum(data: bytes) -> None:
    reader("NL").feed(data)


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_arbitrary_lines(line: str) -> None:
    one = reader("NL")
    frame = f"/X\n1-0:1.7.0(1*kW)\n{line}\n!\r\n".encode("latin-1")
    one.feed(frame)


@given(st.integers(0, len(BELGIAN) - 1), st.integers(1, 255))
def test_a_flipped_byte_costs_one_telegram_at_most(position: int, flip: int) -> None:
    damaged = bytearray(BELGIAN)
    damaged[position] ^= flip
    one = reader("BE")
    whole = one.feed(BELGIAN)[0]
    results = one.feed(bytes(damaged) + BELGIAN + BELGIAN)
    assert 1 <= len(results) <= 3
    assert all(result.values == whole.values for result in results)


def test_noise_on_the_line() -> None:
    """One bad byte in twenty telegrams, and a stream cut anywhere: all others arrive."""
    rand = random.Random(1)  # noqa: S311
    one = reader("BE")
    stream = bytearray()
    for index in range(200):
        part = bytearray(BELGIAN)
        if index % 20 == 7:
            part[rand.randrange(len(part))] = 0xF3
        stream += part
    heard = 0
    while stream:
        size = rand.randrange(1, 3000)
        heard += len(one.feed(bytes(stream[:size])))
        del stream[:size]
    assert heard >= 188
