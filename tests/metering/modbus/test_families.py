"""Every family, word for word: what a server says is what is read, in as few requests as can be."""

from decimal import Decimal
from itertools import groupby

from modbus_connection.model import ManualComponent, RawField
import pytest

from custom_components.lumme_energy.metering.modbus.families import FAMILIES
from custom_components.lumme_energy.metering.modbus.profile import ModbusProfile
from custom_components.lumme_energy.metering.modbus.reader import ModbusReader
from custom_components.lumme_energy.modbus_registers.blocks import Space

from .conftest import Connect
from .layouts import TABLES, Table, constant

# Requests of a fast and of a full poll of a meter that answers 0 for registers it does not have.
REQUESTS = {
    "abb": (2, 4),
    "carlo_gavazzi_1p": (1, 1),
    "carlo_gavazzi_3p": (2, 2),
    "carlo_gavazzi_em24": (2, 3),
    "eastron_1p": (2, 2),
    "eastron_3p": (1, 2),
    "iskra": (1, 2),
    "janitza": (2, 2),
    "janitza_umg604": (3, 4),
    "schneider_iem3000": (2, 3),
    "sunspec_float": (1, 1),
    "sunspec_integer": (1, 1),
}


def library(unit, profile: ModbusProfile, *, slow: bool, table: Table | None = None):
    """Return modbus-connection's own model of the same registers.

    With a table, it is told where the meter has registers; ours has to find that out.
    """
    ranges = {}
    if table:
        addresses = sorted(
            first + n for (_, first), content in table.image.items() for n in range(len(content))
        )
        runs = [
            [address for _, address in run]
            for _, run in groupby(enumerate(addresses), lambda item: item[1] - item[0])
        ]
        space = "holding" if table.function == 3 else "input"
        ranges[f"{space}_ranges"] = tuple((run[0], run[-1]) for run in runs)
    component = ManualComponent(
        unit, max_gap=profile.max_gap, max_span=profile.max_registers, **ranges
    )
    for register in profile.registers:
        if slow or not register.slow:
            for block in register.blocks:
                component.add(
                    f"{block}", RawField(block.address, count=block.size), space=block.space.value
                )
    return component


def test_every_family_has_a_table() -> None:
    assert TABLES.keys() == FAMILIES.keys() == REQUESTS.keys()


def test_no_family_claims_to_be_verified() -> None:
    assert not any(profile.verified for profile in FAMILIES.values())
    assert all(profile.source for profile in FAMILIES.values())


@pytest.mark.parametrize("key", TABLES)
async def test_meter_is_read_exactly(connect: Connect, key: str) -> None:
    table = TABLES[key]()
    meter, unit = await connect(constant(table.bridged()))
    reader = ModbusReader(unit, FAMILIES[key])
    assert await reader.read() == table.truth
    assert len(meter.requests) == REQUESTS[key][1]
    assert not reader.refused


@pytest.mark.parametrize("key", TABLES)
async def test_fast_poll_leaves_the_slow_registers(connect: Connect, key: str) -> None:
    table = TABLES[key]()
    meter, unit = await connect(constant(table.bridged()))
    values = await ModbusReader(unit, FAMILIES[key]).read(slow=False)
    assert values == {name: value for name, value in table.truth.items() if "energy" not in name}
    assert len(meter.requests) == REQUESTS[key][0]


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize("key", TABLES)
async def test_requests_are_those_of_the_library(connect: Connect, key: str, slow: bool) -> None:
    table = TABLES[key]()
    meter, unit = await connect(constant(table.bridged()))
    await ModbusReader(unit, FAMILIES[key]).read(slow=slow)
    ours = sorted(meter.requests)
    meter.requests.clear()
    await library(unit, FAMILIES[key], slow=slow).async_update()
    assert ours == sorted(meter.requests)


@pytest.mark.parametrize("key", TABLES)
async def test_meter_that_refuses_its_gaps_is_read_as_well(connect: Connect, key: str) -> None:
    """A refusal costs requests once; then there are as many as if the gaps had been known."""
    table = TABLES[key]()
    meter, unit = await connect(constant(table.image))
    reader = ModbusReader(unit, FAMILIES[key])
    for _ in range(4):  # a refused request may hide several gaps; each poll finds some
        assert await reader.read() == table.truth
        assert await reader.read(slow=False)
    meter.requests.clear()
    assert await reader.read() == table.truth
    ours = sorted(meter.requests)
    failed = reader.requests.failed
    meter.requests.clear()
    await library(unit, FAMILIES[key], slow=True, table=table).async_update()
    assert len(ours) == len(meter.requests)
    await ModbusReader(unit, FAMILIES[key], reader.refused).read()
    assert reader.requests.failed == failed


@pytest.mark.parametrize("key", ["abb", "sunspec_integer", "schneider_iem3000", "janitza"])
async def test_what_is_not_available_is_absent(connect: Connect, key: str) -> None:
    patterns = {
        "abb": (0x5B00, [0xFFFF, 0xFFFF], "voltage_l1"),
        "sunspec_integer": (8, [0x8000], "voltage_l1"),
        "schneider_iem3000": (0x0C83, [0x8000, 0, 0, 0], "energy_import"),
        "janitza": (19000, [0x7FC0, 0], "voltage_l1"),
    }
    address, pattern, quantity = patterns[key]
    table = TABLES[key]()
    table.image[table.function, address] = pattern
    _, unit = await connect(constant(table.bridged()))
    values = await ModbusReader(unit, FAMILIES[key]).read()
    del table.truth[quantity]
    assert values == table.truth


def test_moved_table_keeps_everything_else() -> None:
    profile = FAMILIES["sunspec_integer"]
    moved = profile.at(40069)
    assert profile.at(0) is profile
    for before, after in zip(profile.registers, moved.registers, strict=True):
        assert after.address == before.address + 40069
        assert after.exponent_at == before.exponent_at + 40069
        assert (after.measure, after.kind, after.factor) == (
            before.measure,
            before.kind,
            before.factor,
        )


def test_signs_are_two_positive_quantities() -> None:
    truth = TABLES["carlo_gavazzi_3p"]().truth
    assert truth["power_import"] == 0
    assert truth["power_export"] == Decimal("0.5125")
    assert Space("input") is Space.INPUT
