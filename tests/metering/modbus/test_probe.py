"""Meters that name themselves are known, others are guessed by their mains, the rest is unknown."""

from datetime import datetime

from modbus_connection import ModbusConnectionError, ModbusTimeoutError
from pymodbus.constants import ExcCodes
import pytest

from custom_components.lumme_energy.metering.modbus.families import FAMILIES
from custom_components.lumme_energy.metering.modbus.probe import (
    Certainty,
    Found,
    identify,
    is_there,
    probe,
)
from demo.modbus_meter import HOLDING, INPUT, Fault, Image

from .conftest import Connect
from .layouts import TABLES, _text, constant, sunspec_device, words


def _named(key: str, more: dict[tuple[int, int], list[int]]) -> Image:
    return {**TABLES[key]().bridged(), **more}


NAMED = {
    "abb": (
        {(HOLDING, 0x8960): _text("B23 212-100", 6), (HOLDING, 0x8900): [0x0012, 0xD687]},
        "ABB B23 212-100",
        "1234567",
    ),
    "eastron_3p": (
        {(HOLDING, 0xFC00): [0, 0], (HOLDING, 0xFC02): [137]},
        "Eastron SDM72DM-V2",
        None,
    ),
    "eastron_1p": (
        {(HOLDING, 0xFC00): [0x0001, 0x0001], (HOLDING, 0xFC02): [32]},
        "Eastron SDM120",
        "65537",
    ),
    "carlo_gavazzi_em24": (
        {(INPUT, 0x0B): [71]},
        "Carlo Gavazzi EM24 (RS485)",
        None,
    ),
    "carlo_gavazzi_1p": (
        {(INPUT, 0x0B): [102]},
        "Carlo Gavazzi EM110 / EM111 / EM112 / ET112",
        None,
    ),
    "iskra": (
        {(INPUT, 1): [*_text("WM3M4", 8), *_text("21234567", 4)]},
        "Iskra WM3M4",
        "21234567",
    ),
}


@pytest.mark.parametrize("key", NAMED)
async def test_meter_that_names_itself(connect: Connect, key: str) -> None:
    more, name, serial = NAMED[key]
    _, unit = await connect(constant(_named(key, more)))
    (found,) = await probe(unit)
    assert found.profile is FAMILIES[key]
    assert found.certainty is Certainty.NAMED
    assert f"{found.manufacturer} {found.model}" == name
    assert found.serial == serial
    assert serial is None or serial not in repr(found)
    assert await identify(unit, FAMILIES[key]) == [found]


@pytest.mark.parametrize("base", [40000, 0, 50000])
async def test_sunspec_meters_are_found_where_they_are(connect: Connect, base: int) -> None:
    one, other = TABLES["sunspec_integer"](), TABLES["sunspec_float"]()
    _, unit = await connect(constant(sunspec_device(base, one, other)))
    first, second = await probe(unit)
    assert (first.manufacturer, first.model, first.serial) == (
        "Fictive Meters",
        "Grid 3",
        "SN-4711",
    )
    assert first.profile is FAMILIES["sunspec_integer"]
    assert first.base == base + 2 + 68
    assert second.profile is FAMILIES["sunspec_float"]
    assert second.base == first.base + 107


async def test_sunspec_meter_without_a_common_model(connect: Connect) -> None:
    image = sunspec_device(0, TABLES["sunspec_integer"]())
    bare = {(HOLDING, 0): image[HOLDING, 0]}
    bare |= {
        (HOLDING, address - 68): content for (_, address), content in image.items() if address >= 70
    }
    _, unit = await connect(constant(bare))
    (found,) = await probe(unit)
    assert (found.manufacturer, found.model, found.serial) == ("SunSpec", "SunSpec 203", None)


async def test_sunspec_device_without_a_meter(connect: Connect) -> None:
    _, unit = await connect(constant(sunspec_device(40000)))
    assert await probe(unit) == []


@pytest.mark.parametrize("key", ["schneider_iem3000", "janitza", "janitza_umg604", "eastron_1p"])
async def test_meter_that_only_looks_like_one(connect: Connect, key: str) -> None:
    _, unit = await connect(constant(TABLES[key]().bridged()))
    found = await probe(unit)
    assert FAMILIES[key] in [meter.profile for meter in found]
    assert {meter.certainty for meter in found} == {Certainty.PLAUSIBLE}
    assert await identify(unit, FAMILIES[key]) == []


async def test_unknown_device(connect: Connect) -> None:
    image = {(INPUT, n): [0] for n in range(100)}
    image |= {(HOLDING, n): [7] for n in range(100)}
    _, unit = await connect(constant(image))
    assert await probe(unit) == []


async def test_mains_must_be_sane(connect: Connect) -> None:
    table = TABLES["janitza"]()
    table.image[HOLDING, 19050] = words("f32", "230")
    _, unit = await connect(constant(table.bridged()))
    assert await probe(unit) == []


async def test_meter_that_ignores_what_it_does_not_have(connect: Connect) -> None:
    meter, unit = await connect(constant(TABLES["janitza"]().bridged()))
    meter.faults.registers = [
        Fault(INPUT, 0, 0xFFFF, None),
        Fault(HOLDING, 0, 18999, None),
        Fault(HOLDING, 19078, 0xFFFF, None),
    ]
    with pytest.raises(ModbusTimeoutError):
        await probe(unit)  # none of what it was asked first was its own
    meter.faults.registers[1] = Fault(HOLDING, 1, 18999, None)
    meter.faults.registers.append(Fault(HOLDING, 0, 0, ExcCodes.ILLEGAL_ADDRESS))
    meter.faults.registers.pop(1)
    (found,) = await probe(unit)
    assert found.profile is FAMILIES["janitza"]


async def test_nobody_answers(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.silence = True
    with pytest.raises(ModbusTimeoutError):
        await probe(unit)
    with pytest.raises(ModbusTimeoutError):
        await identify(unit, FAMILIES["eastron_3p"])


async def test_gateway_says_that_nobody_answers(connect: Connect) -> None:
    meter, unit = await connect()
    meter.faults.registers = [
        Fault(function, 0, 0xFFFF, ExcCodes.GATEWAY_NO_RESPONSE) for function in (INPUT, HOLDING)
    ]
    with pytest.raises(Exception, match="read_"):
        await probe(unit)


async def test_is_there(connect: Connect) -> None:
    meter, unit = await connect(constant({(HOLDING, 1): [0]}))
    assert await is_there(unit)
    meter.faults.registers = [Fault(INPUT, 0, 0xFFFF, None)]
    assert await is_there(unit)
    meter.faults.silence = True
    assert not await is_there(unit)


async def test_no_connection(connect: Connect) -> None:
    meter, unit = await connect()
    await meter.stop()
    with pytest.raises(ModbusConnectionError):
        await probe(unit)


async def test_only_few_registers_are_touched(connect: Connect) -> None:
    meter, unit = await connect(constant({(HOLDING, 1): [0]}))
    assert await probe(unit) == []
    assert len(meter.requests) <= 20


def test_found_meter_shows_no_serial_number() -> None:
    found = Found(
        profile=FAMILIES["abb"],
        certainty=Certainty.NAMED,
        manufacturer="ABB",
        model="B23",
        serial="1234567",
    )
    assert "1234567" not in repr(found)
    assert datetime  # the layouts are functions of time
