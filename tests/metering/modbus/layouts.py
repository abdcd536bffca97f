"""The register tables of the families, written down once more, and filled by pymodbus.

Nothing here comes from the integration: addresses are those of the makers' documents and of the
drivers that are named in the reference, and the words are made by pymodbus or by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pymodbus.client.mixin import ModbusClientMixin

from demo.modbus_meter import HOLDING, INPUT, Image

TYPE = ModbusClientMixin.DATATYPE
VOLTS = ("230.4", "231.7", "229.3")
AMPERES = ("1.25", "2.5", "0.75")
WATTS = ("287.5", "578", "171.9")
TOTAL = "1037.4"
BACKWARDS = "-512.5"


def words(kind: str, number: str | int, *, low_word_first: bool = False) -> list[int]:
    """Return the words of a number, by a type's name as in the reference."""
    if kind in {"t5", "t6"}:
        value = Decimal(number)
        sign, digits, exponent = value.as_tuple()
        assert isinstance(exponent, int)
        mantissa = int("".join(map(str, digits))) * (-1 if sign else 1)
        raw = (exponent & 0xFF) << 24 | mantissa & 0xFFFFFF
        return [raw >> 16, raw & 0xFFFF]
    if kind == "t7":
        value = Decimal(number)
        return [0xFF00 if value < 0 else 0, int(abs(value) * 10000)]
    data_type = {
        "f32": TYPE.FLOAT32,
        "f64": TYPE.FLOAT64,
        "i16": TYPE.INT16,
        "u16": TYPE.UINT16,
        "i32": TYPE.INT32,
        "u32": TYPE.UINT32,
        "i64": TYPE.INT64,
        "u64": TYPE.UINT64,
    }[kind]
    value = float(number) if kind.startswith("f") else int(number)
    return ModbusClientMixin.convert_to_registers(
        value, data_type, word_order="little" if low_word_first else "big"
    )


@dataclass
class Table:
    """A meter's registers, and the quantities that they say.

    Attributes:
        function: The function code that reads them.
        image: What is in them.
        truth: What must be read from that, by quantity.

    """

    function: int
    low_word_first: bool = False
    image: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    truth: dict[str, Decimal] = field(default_factory=dict)

    def put(self, address: int, kind: str, number: str | int) -> None:
        """Fill registers."""
        self.image[self.function, address] = words(kind, number, low_word_first=self.low_word_first)

    def say(self, name: str, address: int, kind: str, value: str, scale: str = "1") -> None:
        """Fill registers with a value of which 1 in the register is scale, and remember it.

        Powers and energies are in W and Wh; the truth is in kW and kWh.
        """
        number = Decimal(value) / Decimal(scale)
        self.put(address, kind, str(number) if kind[0] in "ft" else int(number))
        exact = Decimal(value)
        if name.startswith(("power_factor", "voltage", "current", "frequency")):
            self.truth[name] = exact
        elif "import" in name or "export" in name:
            self.truth[name] = exact / 1000
        else:
            stem, way, phase = name.partition("_l")
            self.truth[f"{stem}_import{way}{phase}"] = max(exact, Decimal(0)) / 1000
            self.truth[f"{stem}_export{way}{phase}"] = max(-exact, Decimal(0)) / 1000

    def phases(
        self, name: str, address: int, kind: str, values: tuple[str, ...], scale: str = "1"
    ) -> None:
        """Fill the registers of three phases that follow one another."""
        step = 1 if kind.endswith("16") else 4 if kind.endswith("64") else 2
        for phase, value in enumerate(values):
            self.say(f"{name}_l{phase + 1}", address + step * phase, kind, value, scale)

    def bridged(self) -> Image:
        """Return the image of a meter that answers 0 for registers that it does not have."""
        filled = {
            at: word
            for (_, first), content in self.image.items()
            for at, word in enumerate(content, first)
        }
        addresses = range(min(filled), max(filled) + 1)
        return {(self.function, at): [filled.get(at, 0)] for at in addresses}


def eastron_1p() -> Table:
    table = Table(INPUT)
    table.say("voltage_l1", 0x00, "f32", VOLTS[0])
    table.say("current_l1", 0x06, "f32", AMPERES[0])
    table.say("power", 0x0C, "f32", BACKWARDS)
    table.say("reactive_power", 0x18, "f32", "61.5")
    table.say("power_factor", 0x1E, "f32", "-0.98")
    table.say("frequency", 0x46, "f32", "49.98")
    table.say("energy_import", 0x48, "f32", "12345600", "1000")
    table.say("energy_export", 0x4A, "f32", "78900", "1000")
    table.say("reactive_energy_import", 0x4C, "f32", "4321000", "1000")
    table.say("reactive_energy_export", 0x4E, "f32", "12000", "1000")
    return table


def eastron_3p() -> Table:
    table = Table(INPUT)
    table.phases("voltage", 0x00, "f32", VOLTS)
    table.phases("current", 0x06, "f32", AMPERES)
    table.phases("power", 0x0C, "f32", WATTS)
    table.phases("reactive_power", 0x18, "f32", ("10", "-20.5", "30"))
    table.phases("power_factor", 0x1E, "f32", ("0.98", "0.97", "1"))
    table.say("power", 0x34, "f32", TOTAL)
    table.say("reactive_power", 0x3C, "f32", "19.5")
    table.say("power_factor", 0x3E, "f32", "0.98")
    table.say("frequency", 0x46, "f32", "49.98")
    table.say("energy_import", 0x48, "f32", "12345600", "1000")
    table.say("energy_export", 0x4A, "f32", "78900", "1000")
    table.say("reactive_energy_import", 0x4C, "f32", "4321000", "1000")
    table.say("reactive_energy_export", 0x4E, "f32", "0", "1000")
    table.phases("energy_import", 0x15A, "f32", ("4000000", "4300500", "4045100"), "1000")
    table.phases("energy_export", 0x160, "f32", ("78900", "0", "0"), "1000")
    return table


def carlo_gavazzi_em24() -> Table:
    table = Table(INPUT, low_word_first=True)
    table.phases("voltage", 0x00, "i32", VOLTS, "0.1")
    table.phases("current", 0x0C, "i32", AMPERES, "0.001")
    table.phases("power", 0x12, "i32", WATTS, "0.1")
    table.say("power", 0x28, "i32", BACKWARDS, "0.1")
    table.phases("power_factor", 0x32, "i16", ("0.98", "-0.97", "1"), "0.001")
    table.say("power_factor", 0x35, "i16", "0.98", "0.001")
    table.say("frequency", 0x37, "u16", "49.9", "0.1")
    table.say("energy_import", 0x42, "i32", "12345600", "100")
    table.phases("energy_import", 0x46, "i32", ("4000000", "4300500", "4045100"), "100")
    table.say("energy_export", 0x5C, "i32", "78900", "100")
    return table


def carlo_gavazzi_3p() -> Table:
    table = Table(INPUT, low_word_first=True)
    table.phases("voltage", 0x00, "i32", VOLTS, "0.1")
    table.phases("current", 0x0C, "i32", AMPERES, "0.001")
    table.phases("power", 0x12, "i32", WATTS, "0.1")
    table.say("power", 0x28, "i32", BACKWARDS, "0.1")
    table.phases("power_factor", 0x2E, "i16", ("0.98", "-0.97", "1"), "0.001")
    table.say("power_factor", 0x31, "i16", "0.98", "0.001")
    table.say("frequency", 0x33, "u16", "49.9", "0.1")
    table.say("energy_import", 0x34, "i32", "12345600", "100")
    table.phases("energy_import", 0x40, "i32", ("4000000", "4300500", "4045100"), "100")
    table.say("energy_export", 0x4E, "i32", "78900", "100")
    return table


def carlo_gavazzi_1p() -> Table:
    table = Table(INPUT, low_word_first=True)
    table.say("voltage_l1", 0x00, "i32", VOLTS[0], "0.1")
    table.say("current_l1", 0x02, "i32", AMPERES[0], "0.001")
    table.say("power", 0x04, "i32", TOTAL, "0.1")
    table.say("power_factor", 0x0E, "i16", "0.98", "0.001")
    table.say("frequency", 0x0F, "u16", "49.9", "0.1")
    table.say("energy_import", 0x10, "i32", "12345600", "100")
    table.say("energy_export", 0x20, "i32", "78900", "100")
    return table


def abb() -> Table:
    table = Table(HOLDING)
    table.phases("voltage", 0x5B00, "u32", VOLTS, "0.1")
    table.phases("current", 0x5B0C, "u32", AMPERES, "0.01")
    table.say("power", 0x5B14, "i32", BACKWARDS, "0.01")
    table.phases("power", 0x5B16, "i32", WATTS, "0.01")
    table.say("frequency", 0x5B2C, "u16", "49.98", "0.01")
    table.say("power_factor", 0x5B3A, "i16", "0.98", "0.001")
    table.phases("power_factor", 0x5B3B, "i16", ("0.98", "-0.97", "1"), "0.001")
    table.say("energy_import", 0x5000, "u64", "12345600", "10")
    table.say("energy_export", 0x5004, "u64", "78900", "10")
    table.phases("energy_import", 0x5460, "u64", ("4000000", "4300500", "4045100"), "10")
    table.phases("energy_export", 0x546C, "u64", ("78900", "0", "0"), "10")
    return table


def schneider_iem3000() -> Table:
    table = Table(HOLDING)
    table.phases("current", 0x0BB7, "f32", AMPERES)
    table.phases("voltage", 0x0BD3, "f32", VOLTS)
    table.phases("power", 0x0BED, "f32", WATTS, "1000")
    table.say("power", 0x0BF3, "f32", BACKWARDS, "1000")
    table.say("frequency", 0x0C25, "f32", "49.98")
    table.say("energy_import", 0x0C83, "i64", "12345678")
    table.say("energy_export", 0x0C87, "i64", "78901")
    return table


def janitza() -> Table:
    table = Table(HOLDING)
    table.phases("voltage", 19000, "f32", VOLTS)
    table.phases("current", 19012, "f32", AMPERES)
    table.phases("power", 19020, "f32", WATTS)
    table.say("power", 19026, "f32", TOTAL)
    table.phases("power_factor", 19044, "f32", ("0.98", "-0.97", "1"))
    table.say("frequency", 19050, "f32", "49.98")
    table.phases("energy_import", 19062, "f32", ("4000000", "4300500", "4045100"))
    table.say("energy_import", 19068, "f32", "12345600")
    table.phases("energy_export", 19070, "f32", ("78900", "0", "0"))
    table.say("energy_export", 19076, "f32", "78900")
    return table


def janitza_umg604() -> Table:
    table = Table(HOLDING)
    table.phases("voltage", 1317, "f32", VOLTS)
    table.phases("current", 1325, "f32", AMPERES)
    table.phases("power", 1333, "f32", WATTS)
    table.say("power", 1369, "f32", TOTAL)
    table.say("frequency", 1439, "f32", "49.98")
    table.say("energy_import", 9851, "f32", "12345600")
    table.say("energy_export", 9863, "f32", "78900")
    return table


def iskra() -> Table:
    table = Table(INPUT)
    table.say("frequency", 105, "t5", "49.98")
    table.phases("voltage", 107, "t5", VOLTS)
    table.phases("current", 126, "t5", AMPERES)
    table.say("power", 140, "t6", BACKWARDS)
    table.phases("power", 142, "t6", WATTS)
    table.say("reactive_power", 148, "t6", "19.5")
    table.phases("reactive_power", 150, "t6", ("10", "-20.5", "30"))
    table.say("power_factor", 164, "t7", "-0.98")
    table.phases("power_factor", 166, "t7", ("0.98", "-0.97", "1"))
    table.say("energy_import", 406, "i32", "12345600", "100")
    table.put(401, "i16", 2)
    table.say("energy_export", 408, "i32", "78900", "0.1")
    table.put(402, "i16", -1)
    return table


def sunspec_integer() -> Table:
    """Fill the model 203; its table counts from the register of the model's number."""
    table = Table(HOLDING)
    table.put(0, "u16", 203)
    table.put(1, "u16", 105)
    table.phases("current", 3, "i16", AMPERES, "0.01")
    table.put(6, "i16", -2)
    table.phases("voltage", 8, "i16", VOLTS, "0.1")
    table.put(15, "i16", -1)
    table.say("frequency", 16, "i16", "49.98", "0.01")
    table.put(17, "i16", -2)
    table.say("power", 18, "i16", BACKWARDS, "0.1")
    table.phases("power", 19, "i16", WATTS, "0.1")
    table.put(22, "i16", -1)
    table.say("reactive_power", 28, "i16", "19.5", "0.1")
    table.phases("reactive_power", 29, "i16", ("10", "-20.5", "30"), "0.1")
    table.put(32, "i16", -1)
    table.say("power_factor", 33, "i16", "-0.98", "0.001")
    table.phases("power_factor", 34, "i16", ("0.98", "-0.97", "1"), "0.001")
    table.put(37, "i16", -1)
    table.say("energy_export", 38, "u32", "78900", "100")
    table.phases("energy_export", 40, "u32", ("70000", "8000", "900"), "100")
    table.say("energy_import", 46, "u32", "12345600", "100")
    table.phases("energy_import", 48, "u32", ("4000000", "4300500", "4045100"), "100")
    table.put(54, "i16", 2)
    return table


def sunspec_float() -> Table:
    """Fill the model 213; its table counts from the register of the model's number."""
    table = Table(HOLDING)
    table.put(0, "u16", 213)
    table.put(1, "u16", 124)
    table.phases("current", 4, "f32", AMPERES)
    table.phases("voltage", 12, "f32", VOLTS)
    table.say("frequency", 26, "f32", "49.98")
    table.say("power", 28, "f32", BACKWARDS)
    table.phases("power", 30, "f32", WATTS)
    table.say("reactive_power", 44, "f32", "19.5")
    table.phases("reactive_power", 46, "f32", ("10", "-20.5", "30"))
    table.say("power_factor", 52, "f32", "-0.98")
    table.phases("power_factor", 54, "f32", ("0.98", "-0.97", "1"))
    table.say("energy_export", 60, "f32", "78900")
    table.phases("energy_export", 62, "f32", ("78900", "0", "0"))
    table.say("energy_import", 68, "f32", "12345600")
    table.phases("energy_import", 70, "f32", ("4000000", "4300500", "4045100"))
    return table


TABLES = {
    make.__name__: make
    for make in (
        abb,
        carlo_gavazzi_1p,
        carlo_gavazzi_3p,
        carlo_gavazzi_em24,
        eastron_1p,
        eastron_3p,
        iskra,
        janitza,
        janitza_umg604,
        schneider_iem3000,
        sunspec_float,
        sunspec_integer,
    )
}


def sunspec_device(base: int, *models: Table) -> Image:
    """Return the registers of a SunSpec device: marker, common model, meters, end."""
    image = {(HOLDING, base): [0x5375, 0x6E53]}
    at = base + 2
    common = [1, 66, *_text("Fictive Meters", 16), *_text("Grid 3", 16), *_text("1.0", 16)]
    common += [*_text("SN-4711", 16), 1, 0]
    image[HOLDING, at] = common
    at += len(common)
    for model in models:
        length = model.image[HOLDING, 1][0] + 2
        moved = {(HOLDING, at + offset): content for (_, offset), content in model.image.items()}
        known = {first + n for (_, first), content in moved.items() for n in range(len(content))}
        image |= {(HOLDING, n): [0] for n in range(at, at + length) if n not in known}
        image |= moved
        at += length
    image[HOLDING, at] = [0xFFFF, 0]
    return image


def _text(text: str, size: int) -> list[int]:
    data = text.encode().ljust(2 * size, b"\0")
    return [int.from_bytes(data[n : n + 2]) for n in range(0, 2 * size, 2)]


def constant(image: Mapping[tuple[int, int], list[int]]) -> object:
    """Return what a demo meter takes for a layout: the same at any time."""

    def layout(_now: datetime) -> Image:
        return image

    return layout
