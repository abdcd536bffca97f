"""The families of Modbus meters that we know, each as a table of registers.

All tables are taken from drivers and documents that are public, named as `source`. None was tried
with a real meter: each is a default to be checked against what the display of the meter shows.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ...modbus_registers.blocks import Space
from ...modbus_registers.words import WordType
from .profile import MEASURES, ModbusProfile, Register, resolution

type Row = tuple[str, int, WordType, str]

_MBMD: Final = "github.com/volkszaehler/mbmd"
_EVCC: Final = "github.com/evcc-io/evcc"
_SUNSPEC: Final = "github.com/sunspec/models"

# The patterns by which meters say "not available", by how a number is laid down.
_SUNSPEC_NAN: Final = {
    WordType.I16: frozenset({0x8000}),
    WordType.U16: frozenset({0xFFFF}),
    WordType.U32: frozenset({0}),  # "not accumulated"
}
_ABB_NAN: Final = {
    WordType.I16: frozenset({0x7FFF}),
    WordType.U16: frozenset({0xFFFF}),
    WordType.I32: frozenset({0x7FFF_FFFF}),
    WordType.U32: frozenset({0xFFFF_FFFF}),
    WordType.U64: frozenset({0xFFFF_FFFF_FFFF_FFFF}),
}
_OVERFLOW: Final = {
    WordType.I16: frozenset({0x7FFF}),
    WordType.I32: frozenset({0x7FFF_FFFF}),
}
_LOWEST: Final = {WordType.I64: frozenset({0x8000_0000_0000_0000})}


def _phases(stem: str, address: int, kind: WordType, unit: str) -> Iterator[Row]:
    """List the rows of three phases whose registers follow one another."""
    for phase in range(3):
        yield f"{stem}_l{phase + 1}", address + phase * kind.size, kind, unit


def _table(
    space: Space,
    *rows: Row,
    low_word_first: bool = False,
    not_a_number: Mapping[WordType, frozenset[int]] = MappingProxyType({}),
    exponents: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Register, ...]:
    """Make registers of rows: measure, address, type, and what a 1 in the register means.

    Exponents are the addresses of powers of ten, by measure or by what its name begins with.
    """
    return tuple(
        Register(
            measure=MEASURES[name],
            space=space,
            address=address,
            kind=kind,
            factor=resolution(unit, MEASURES[name].unit),
            low_word_first=low_word_first,
            exponent_at=next((at for stem, at in exponents.items() if name.startswith(stem)), None),
            not_a_number=not_a_number.get(kind, frozenset()),
        )
        for name, address, kind, unit in rows
    )


_U16, _I16, _U32, _I32 = WordType.U16, WordType.I16, WordType.U32, WordType.I32
_F32, _I64, _U64 = WordType.F32, WordType.I64, WordType.U64
_T5, _T6, _T7 = WordType.T5, WordType.T6, WordType.T7

EASTRON_1P: Final = ModbusProfile(
    key="eastron_1p",
    manufacturer="Eastron",
    model="SDM120 / SDM220 / SDM230",
    max_registers=80,
    max_gap=24,
    line="2400 8N1",
    source=_MBMD,
    registers=_table(
        Space.INPUT,
        ("voltage_l1", 0x00, _F32, "V"),
        ("current_l1", 0x06, _F32, "A"),
        ("power", 0x0C, _F32, "W"),
        ("reactive_power", 0x18, _F32, "var"),
        ("power_factor", 0x1E, _F32, ""),
        ("frequency", 0x46, _F32, "Hz"),
        ("energy_import", 0x48, _F32, "kWh"),
        ("energy_export", 0x4A, _F32, "kWh"),
        ("reactive_energy_import", 0x4C, _F32, "kvarh"),
        ("reactive_energy_export", 0x4E, _F32, "kvarh"),
    ),
)

EASTRON_3P: Final = ModbusProfile(
    key="eastron_3p",
    manufacturer="Eastron",
    model="SDM630 / SDM72D-M-V2",
    max_registers=80,
    max_gap=24,
    line="9600 8N1",
    source=_MBMD,
    registers=_table(
        Space.INPUT,
        *_phases("voltage", 0x00, _F32, "V"),
        *_phases("current", 0x06, _F32, "A"),
        *_phases("power", 0x0C, _F32, "W"),
        *_phases("reactive_power", 0x18, _F32, "var"),
        *_phases("power_factor", 0x1E, _F32, ""),
        ("power", 0x34, _F32, "W"),
        ("reactive_power", 0x3C, _F32, "var"),
        ("power_factor", 0x3E, _F32, ""),
        ("frequency", 0x46, _F32, "Hz"),
        ("energy_import", 0x48, _F32, "kWh"),
        ("energy_export", 0x4A, _F32, "kWh"),
        ("reactive_energy_import", 0x4C, _F32, "kvarh"),
        ("reactive_energy_export", 0x4E, _F32, "kvarh"),
        *_phases("energy_import", 0x15A, _F32, "kWh"),
        *_phases("energy_export", 0x160, _F32, "kWh"),
    ),
)

CARLO_GAVAZZI_EM24: Final = ModbusProfile(
    key="carlo_gavazzi_em24",
    manufacturer="Carlo Gavazzi",
    model="EM24 (RS485)",
    max_registers=50,
    line="9600 8N1",
    source=_MBMD,
    registers=_table(
        Space.INPUT,
        *_phases("voltage", 0x00, _I32, "0.1 V"),
        *_phases("current", 0x0C, _I32, "0.001 A"),
        *_phases("power", 0x12, _I32, "0.1 W"),
        ("power", 0x28, _I32, "0.1 W"),
        *_phases("power_factor", 0x32, _I16, "0.001"),
        ("power_factor", 0x35, _I16, "0.001"),
        ("frequency", 0x37, _U16, "0.1 Hz"),
        ("energy_import", 0x42, _I32, "0.1 kWh"),
        *_phases("energy_import", 0x46, _I32, "0.1 kWh"),
        ("energy_export", 0x5C, _I32, "0.1 kWh"),
        low_word_first=True,
        not_a_number=_OVERFLOW,
    ),
)

CARLO_GAVAZZI_3P: Final = ModbusProfile(
    key="carlo_gavazzi_3p",
    manufacturer="Carlo Gavazzi",
    model="EM330 / EM340 / ET340 / EM530 / EM540 / EM24 E1",
    max_registers=50,
    line="9600 8N1",
    source=_MBMD,
    registers=_table(
        Space.INPUT,
        *_phases("voltage", 0x00, _I32, "0.1 V"),
        *_phases("current", 0x0C, _I32, "0.001 A"),
        *_phases("power", 0x12, _I32, "0.1 W"),
        ("power", 0x28, _I32, "0.1 W"),
        *_phases("power_factor", 0x2E, _I16, "0.001"),
        ("power_factor", 0x31, _I16, "0.001"),
        ("frequency", 0x33, _U16, "0.1 Hz"),
        ("energy_import", 0x34, _I32, "0.1 kWh"),
        *_phases("energy_import", 0x40, _I32, "0.1 kWh"),
        ("energy_export", 0x4E, _I32, "0.1 kWh"),
        low_word_first=True,
        not_a_number=_OVERFLOW,
    ),
)

CARLO_GAVAZZI_1P: Final = ModbusProfile(
    key="carlo_gavazzi_1p",
    manufacturer="Carlo Gavazzi",
    model="EM110 / EM111 / EM112 / ET112",
    max_registers=50,
    line="9600 8N1",
    source=_EVCC,
    registers=_table(
        Space.INPUT,
        ("voltage_l1", 0x00, _I32, "0.1 V"),
        ("current_l1", 0x02, _I32, "0.001 A"),
        ("power", 0x04, _I32, "0.1 W"),
        ("power_factor", 0x0E, _I16, "0.001"),
        ("frequency", 0x0F, _U16, "0.1 Hz"),
        ("energy_import", 0x10, _I32, "0.1 kWh"),
        ("energy_export", 0x20, _I32, "0.1 kWh"),
        low_word_first=True,
        not_a_number=_OVERFLOW,
    ),
)

ABB: Final = ModbusProfile(
    key="abb",
    manufacturer="ABB",
    model="B21 / B23 / B24",
    line="19200 8E1",
    source=_MBMD,
    registers=_table(
        Space.HOLDING,
        *_phases("voltage", 0x5B00, _U32, "0.1 V"),
        *_phases("current", 0x5B0C, _U32, "0.01 A"),
        ("power", 0x5B14, _I32, "0.01 W"),
        *_phases("power", 0x5B16, _I32, "0.01 W"),
        ("frequency", 0x5B2C, _U16, "0.01 Hz"),
        ("power_factor", 0x5B3A, _I16, "0.001"),
        *_phases("power_factor", 0x5B3B, _I16, "0.001"),
        ("energy_import", 0x5000, _U64, "0.01 kWh"),
        ("energy_export", 0x5004, _U64, "0.01 kWh"),
        *_phases("energy_import", 0x5460, _U64, "0.01 kWh"),
        *_phases("energy_export", 0x546C, _U64, "0.01 kWh"),
        not_a_number=_ABB_NAN,
    ),
)

SCHNEIDER_IEM3000: Final = ModbusProfile(
    key="schneider_iem3000",
    manufacturer="Schneider Electric",
    model="iEM3155",
    max_gap=25,
    line="19200 8E1",
    source=_EVCC,
    registers=_table(
        Space.HOLDING,
        *_phases("current", 0x0BB7, _F32, "A"),
        *_phases("voltage", 0x0BD3, _F32, "V"),
        *_phases("power", 0x0BED, _F32, "kW"),
        ("power", 0x0BF3, _F32, "kW"),
        ("frequency", 0x0C25, _F32, "Hz"),
        ("energy_import", 0x0C83, _I64, "Wh"),
        ("energy_export", 0x0C87, _I64, "Wh"),
        not_a_number=_LOWEST,
    ),
)

JANITZA: Final = ModbusProfile(
    key="janitza",
    manufacturer="Janitza",
    model="B series / UMG 96RM / UMG 103",
    line="9600 8N1",
    source=_MBMD,
    registers=_table(
        Space.HOLDING,
        *_phases("voltage", 19000, _F32, "V"),
        *_phases("current", 19012, _F32, "A"),
        *_phases("power", 19020, _F32, "W"),
        ("power", 19026, _F32, "W"),
        *_phases("power_factor", 19044, _F32, ""),
        ("frequency", 19050, _F32, "Hz"),
        *_phases("energy_import", 19062, _F32, "Wh"),
        ("energy_import", 19068, _F32, "Wh"),
        *_phases("energy_export", 19070, _F32, "Wh"),
        ("energy_export", 19076, _F32, "Wh"),
    ),
)

JANITZA_UMG604: Final = ModbusProfile(
    key="janitza_umg604",
    manufacturer="Janitza",
    model="UMG 604",
    line="9600 8N1",
    source=_EVCC,
    registers=_table(
        Space.HOLDING,
        *_phases("voltage", 1317, _F32, "V"),
        *_phases("current", 1325, _F32, "A"),
        *_phases("power", 1333, _F32, "W"),
        ("power", 1369, _F32, "W"),
        ("frequency", 1439, _F32, "Hz"),
        ("energy_import", 9851, _F32, "Wh"),
        ("energy_export", 9863, _F32, "Wh"),
    ),
)

# Which of its counters an Iskra meter uses for what can be changed. Import and export, in this
# order, is what a WM3M4 has when it is new.
ISKRA: Final = ModbusProfile(
    key="iskra",
    manufacturer="Iskra",
    model="WM1M4 / WM3M4",
    unit_id=33,
    line="115200 8N2",
    source="github.com/Iskramis/pyiskra",
    registers=_table(
        Space.INPUT,
        ("frequency", 105, _T5, "Hz"),
        *_phases("voltage", 107, _T5, "V"),
        *_phases("current", 126, _T5, "A"),
        ("power", 140, _T6, "W"),
        *_phases("power", 142, _T6, "W"),
        ("reactive_power", 148, _T6, "var"),
        *_phases("reactive_power", 150, _T6, "var"),
        ("power_factor", 164, _T7, ""),
        *_phases("power_factor", 166, _T7, ""),
        ("energy_import", 406, _I32, "Wh"),
        ("energy_export", 408, _I32, "Wh"),
        exponents={"energy_import": 401, "energy_export": 402},
    ),
)

SUNSPEC_INTEGER: Final = ModbusProfile(
    key="sunspec_integer",
    manufacturer="SunSpec",
    model="201 / 202 / 203 / 204",
    source=_SUNSPEC,
    sunspec_models=(201, 202, 203, 204),
    registers=_table(
        Space.HOLDING,
        *_phases("current", 3, _I16, "A"),
        *_phases("voltage", 8, _I16, "V"),
        ("frequency", 16, _I16, "Hz"),
        ("power", 18, _I16, "W"),
        *_phases("power", 19, _I16, "W"),
        ("reactive_power", 28, _I16, "var"),
        *_phases("reactive_power", 29, _I16, "var"),
        ("power_factor", 33, _I16, "0.01"),
        *_phases("power_factor", 34, _I16, "0.01"),
        ("energy_export", 38, _U32, "Wh"),
        *_phases("energy_export", 40, _U32, "Wh"),
        ("energy_import", 46, _U32, "Wh"),
        *_phases("energy_import", 48, _U32, "Wh"),
        not_a_number=_SUNSPEC_NAN,
        exponents={
            "current": 6,
            "voltage": 15,
            "frequency": 17,
            "power_factor": 37,
            "power": 22,
            "reactive_power": 32,
            "energy": 54,
        },
    ),
)

SUNSPEC_FLOAT: Final = ModbusProfile(
    key="sunspec_float",
    manufacturer="SunSpec",
    model="211 / 212 / 213 / 214",
    source=_SUNSPEC,
    sunspec_models=(211, 212, 213, 214),
    registers=_table(
        Space.HOLDING,
        *_phases("current", 4, _F32, "A"),
        *_phases("voltage", 12, _F32, "V"),
        ("frequency", 26, _F32, "Hz"),
        ("power", 28, _F32, "W"),
        *_phases("power", 30, _F32, "W"),
        ("reactive_power", 44, _F32, "var"),
        *_phases("reactive_power", 46, _F32, "var"),
        ("power_factor", 52, _F32, ""),
        *_phases("power_factor", 54, _F32, ""),
        ("energy_export", 60, _F32, "Wh"),
        *_phases("energy_export", 62, _F32, "Wh"),
        ("energy_import", 68, _F32, "Wh"),
        *_phases("energy_import", 70, _F32, "Wh"),
    ),
)

FAMILIES: Final[Mapping[str, ModbusProfile]] = MappingProxyType(
    {
        profile.key: profile
        for profile in (
            ABB,
            CARLO_GAVAZZI_1P,
            CARLO_GAVAZZI_3P,
            CARLO_GAVAZZI_EM24,
            EASTRON_1P,
            EASTRON_3P,
            ISKRA,
            JANITZA,
            JANITZA_UMG604,
            SCHNEIDER_IEM3000,
            SUNSPEC_FLOAT,
            SUNSPEC_INTEGER,
        )
    }
)
