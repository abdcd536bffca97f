"""Reads what dsmr_parser reads, for every kind of meter it knows: generated telegrams, all fields."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from dsmr_parser.parsers import TelegramParser
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.lumme_energy.metering.encrypted import AUTHENTICATION_KEY, Decryptor
from custom_components.lumme_energy.metering.p1 import P1Reader
from custom_components.lumme_energy.metering.profiles import PROFILES, Country
from custom_components.lumme_energy.metering.telegram import (
    Quantity,
    Stamped,
    SwitchState,
    Telegram,
)
from demo.p1_meter import encrypted, telegram
from tests.metering.oracle import COUNTS, METERS, NUMBERS

KEY: Final = bytes(range(16))

# Fields whose value is a text or something of its own.
SPECIAL: Final = {
    "P1_MESSAGE_TIMESTAMP": "0-0:1.0.0(260105120000W)",
    "P1_MESSAGE_HEADER": "1-3:0.2.8(50)",
    "BELGIUM_VERSION_INFORMATION": "0-0:96.1.4(50221)",
    "EQUIPMENT_IDENTIFIER": "0-0:96.1.1(44454D4F)",
    "BELGIUM_EQUIPMENT_IDENTIFIER": "0-0:96.1.1(44454D4F)",
    "LUXEMBOURG_EQUIPMENT_IDENTIFIER": "0-0:42.0.0(44454D4F)",
    "ELECTRICITY_ACTIVE_TARIFF": "0-0:96.14.0(0002)",
    "ACTUAL_SWITCH_POSITION": "0-0:96.3.10(1)",
    "BELGIUM_MAXIMUM_DEMAND_MONTH": "1-0:1.6.0(260103181500W)(04.329*kW)",
    "POWER_EVENT_FAILURE_LOG": "1-0:99.97.0(2)(0-0:96.7.19)"
    "(251108152415W)(0000000240*s)(251201010203W)(0000086400*s)",
}


def read_both(meter: str, lines: list[str]) -> tuple[Telegram, Any]:
    """Read one telegram with either parser."""
    specification, country, is_encrypted = METERS[meter]
    text = telegram(["/TST5\\ORACLE", "", *lines])
    parser = TelegramParser(specification)
    profile = PROFILES[Country(country)]
    if is_encrypted:
        frame = encrypted(text, KEY, 7)
        (ours,) = P1Reader(profile, Decryptor(KEY)).feed(frame)
        return ours, parser.parse(frame.hex(), KEY.hex(), AUTHENTICATION_KEY.hex())
    (ours,) = P1Reader(profile).feed(text)
    return ours, parser.parse(text.decode())


def names(meter: str) -> set[str]:
    """Return the fields dsmr_parser knows of a meter."""
    return {known["value_name"] for known in METERS[meter][0]["objects"]}


@pytest.mark.parametrize("meter", METERS)
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_numbers(meter: str, data: st.DataObject) -> None:
    numbers = {name: NUMBERS[name] for name in sorted(names(meter) & set(NUMBERS))}
    counts = {name: COUNTS[name] for name in sorted(names(meter) & set(COUNTS))}
    lines: list[str] = []
    for code, unit, _ in numbers.values():
        number = data.draw(st.decimals(0, 999999, places=data.draw(st.integers(0, 3))))
        lines.append(f"{code}({number:010f}{'*' if unit else ''}{unit})")
    for code, _ in counts.values():
        lines.append(f"{code}({data.draw(st.integers(0, 99999)):05})")
    ours, theirs = read_both(meter, data.draw(st.permutations(lines)))
    assert len(ours.values) == len(lines) > 5
    for name, (*_, quantity) in numbers.items():
        assert ours.values[quantity] == getattr(theirs, name).value
    for name, (_, quantity) in counts.items():
        assert ours.values[quantity] == Decimal(getattr(theirs, name).value)


@pytest.mark.parametrize("meter", METERS)
def test_everything_else(meter: str) -> None:
    known = names(meter)
    ours, theirs = read_both(
        meter, [line for name, line in SPECIAL.items() if name in known] + ["1-0:1.7.0(01.000*kW)"]
    )
    values = ours.values
    if "P1_MESSAGE_TIMESTAMP" in known:
        assert ours.meter_time == theirs.P1_MESSAGE_TIMESTAMP.value
    if "P1_MESSAGE_HEADER" in known:
        assert values[Quantity.VERSION] == theirs.P1_MESSAGE_HEADER.value
    if "BELGIUM_VERSION_INFORMATION" in known:
        assert values[Quantity.VERSION] == theirs.BELGIUM_VERSION_INFORMATION.value
    for name in (
        "EQUIPMENT_IDENTIFIER",
        "BELGIUM_EQUIPMENT_IDENTIFIER",
        "LUXEMBOURG_EQUIPMENT_IDENTIFIER",
    ):
        if name in known:
            assert ours.meter_id == bytes.fromhex(getattr(theirs, name).value).decode()
    if "ELECTRICITY_ACTIVE_TARIFF" in known:
        assert values[Quantity.TARIFF] == theirs.ELECTRICITY_ACTIVE_TARIFF.value.lstrip("0")
    if "ACTUAL_SWITCH_POSITION" in known:
        assert str(theirs.ACTUAL_SWITCH_POSITION.value) == "1"
        assert values[Quantity.BREAKER] is SwitchState.CONNECTED
    if "BELGIUM_MAXIMUM_DEMAND_MONTH" in known:
        peak = values[Quantity.MONTH_PEAK]
        assert isinstance(peak, Stamped)
        assert peak.number == theirs.BELGIUM_MAXIMUM_DEMAND_MONTH.value
        assert peak.at == theirs.BELGIUM_MAXIMUM_DEMAND_MONTH.datetime
    if "POWER_EVENT_FAILURE_LOG" in known:
        outages = values[Quantity.OUTAGES]
        assert isinstance(outages, tuple)
        buffer = theirs.POWER_EVENT_FAILURE_LOG.buffer
        assert [(end, duration) for end, duration in outages] == [
            (entry.datetime, timedelta(seconds=entry.value)) for entry in buffer
        ]


@pytest.mark.parametrize("count", range(14))
def test_the_peaks_of_the_months_before(count: int) -> None:
    months = [datetime(2024 + month // 12, month % 12 + 1, 1) for month in range(count)]  # noqa: DTZ001
    history = "".join(
        f"({month:%y%m%d}000000W)({month - timedelta(days=9):%y%m%d}081500W)(0{number % 9}.250*kW)"
        for number, month in enumerate(months)
    )
    ours, theirs = read_both(
        "5B", [f"0-0:98.1.0({count})(1-0:1.6.0)(1-0:1.6.0){history}", "1-0:1.7.0(01.000*kW)"]
    )
    peaks = ours.values[Quantity.MONTH_PEAKS]
    assert isinstance(peaks, tuple)
    expected = getattr(theirs, "BELGIUM_MAXIMUM_DEMAND_13_MONTHS", [])
    assert len(peaks) == count
    if count:
        # Instants are left out: dsmr_parser takes the season from the calendar, not from the flag.
        assert [peak[2] for peak in peaks] == [entry.value for entry in expected]


@pytest.mark.parametrize("meter", ["2.2", "3"])
def test_gas_on_two_lines(meter: str) -> None:
    ours, theirs = read_both(
        meter,
        [
            "1-0:1.7.0(0001.01*kW)",
            "0-1:24.1.0(3)",
            "0-1:96.1.0(44454D4F)",
            "0-1:24.3.0(161107190000)(00)(60)(1)(0-1:24.2.1)(m3)",
            "(00001.001)",
            "0-1:24.4.0(1)",
        ],
    )
    (gas,) = ours.sub_meters
    assert gas.reading.number == theirs.GAS_METER_READING.value
    assert gas.reading.at == theirs.GAS_METER_READING.datetime
    assert gas.valve is SwitchState.CONNECTED
    assert gas.identifier == "DEMO"
    assert ours.values == {Quantity.POWER_IMPORT: Decimal("1.01")}


@pytest.mark.parametrize("meter", ["4", "5", "5B"])
def test_meters_behind_the_meter(meter: str) -> None:
    code = "24.2.3" if meter == "5B" else "24.2.1"
    ours, theirs = read_both(
        meter,
        [
            "1-0:1.7.0(0001.01*kW)",
            "0-1:24.1.0(003)",
            f"0-1:96.1.{int(meter == '5B')}(44454D4F)",
            f"0-1:{code}(260105120000W)(00872.234*m3)",
        ],
    )
    (gas,) = ours.sub_meters
    field = (
        theirs.HOURLY_GAS_METER_READING
        if meter == "4"
        else theirs.MBUS_DEVICES[0].MBUS_METER_READING
    )
    assert (gas.reading.number, gas.reading.at) == (field.value, field.datetime)
