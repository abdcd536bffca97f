"""What a meter says, whatever protocol it said it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

# Numbers are exact, in the unit of their quantity; instants are UTC.
type Value = Decimal | str | datetime | Stamped | None


class Unit(StrEnum):
    """The units that values are in."""

    KILO_WATT_HOUR = "kWh"
    KILO_VAR_HOUR = "kvarh"
    KILO_WATT = "kW"
    KILO_VAR = "kvar"
    VOLT = "V"
    AMPERE = "A"
    HERTZ = "Hz"
    CUBIC_METRE = "m³"
    GIGA_JOULE = "GJ"


class Stamped(NamedTuple):
    """A number that the meter fixed at an earlier moment; both are None as long as there is none."""

    number: Decimal | None
    unit: Unit
    at: datetime | None


class Quantity(StrEnum):
    """What a value of a meter is the value of.

    Import is what the customer draws from the grid. Tariff registers keep the meter's own
    numbers: which is day and which is night depends on the country (`profiles.Profile.tariffs`).
    """

    __hash__ = str.__hash__  # that of Enum runs in Python, and dictionaries ask for it a lot

    METER_TIME = "meter_time"
    METER_ID = "meter_id"

    ENERGY_IMPORT = "energy_import"
    ENERGY_IMPORT_L1 = "energy_import_l1"
    ENERGY_IMPORT_L2 = "energy_import_l2"
    ENERGY_IMPORT_L3 = "energy_import_l3"
    ENERGY_IMPORT_1 = "energy_import_1"
    ENERGY_IMPORT_2 = "energy_import_2"
    ENERGY_EXPORT = "energy_export"
    ENERGY_EXPORT_L1 = "energy_export_l1"
    ENERGY_EXPORT_L2 = "energy_export_l2"
    ENERGY_EXPORT_L3 = "energy_export_l3"
    ENERGY_EXPORT_1 = "energy_export_1"
    ENERGY_EXPORT_2 = "energy_export_2"
    REACTIVE_ENERGY_IMPORT = "reactive_energy_import"
    REACTIVE_ENERGY_EXPORT = "reactive_energy_export"

    POWER_IMPORT = "power_import"
    POWER_IMPORT_L1 = "power_import_l1"
    POWER_IMPORT_L2 = "power_import_l2"
    POWER_IMPORT_L3 = "power_import_l3"
    POWER_EXPORT = "power_export"
    POWER_EXPORT_L1 = "power_export_l1"
    POWER_EXPORT_L2 = "power_export_l2"
    POWER_EXPORT_L3 = "power_export_l3"
    REACTIVE_POWER_IMPORT = "reactive_power_import"
    REACTIVE_POWER_IMPORT_L1 = "reactive_power_import_l1"
    REACTIVE_POWER_IMPORT_L2 = "reactive_power_import_l2"
    REACTIVE_POWER_IMPORT_L3 = "reactive_power_import_l3"
    REACTIVE_POWER_EXPORT = "reactive_power_export"
    REACTIVE_POWER_EXPORT_L1 = "reactive_power_export_l1"
    REACTIVE_POWER_EXPORT_L2 = "reactive_power_export_l2"
    REACTIVE_POWER_EXPORT_L3 = "reactive_power_export_l3"
    VOLTAGE_L1 = "voltage_l1"
    VOLTAGE_L2 = "voltage_l2"
    VOLTAGE_L3 = "voltage_l3"
    CURRENT_L1 = "current_l1"
    CURRENT_L2 = "current_l2"
    CURRENT_L3 = "current_l3"
    FREQUENCY = "frequency"
    POWER_FACTOR = "power_factor"
    POWER_FACTOR_L1 = "power_factor_l1"
    POWER_FACTOR_L2 = "power_factor_l2"
    POWER_FACTOR_L3 = "power_factor_l3"

    TARIFF = "tariff"
    QUARTER_HOUR_POWER = "quarter_hour_power"
    MONTH_PEAK = "month_peak"


class SubMeterKind(IntEnum):
    """Kinds of M-Bus sub-meters, by their device type in EN 13757-3."""

    GAS = 3
    HEAT = 4
    WATER = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SubMeter:
    """A meter behind the meter.

    Known by kind and serial number: the channel it reports on may change at any time.

    Attributes:
        identifier: Its serial number; "" if it does not say.
        reading: Its register.

    """

    kind: SubMeterKind
    identifier: str = field(repr=False)
    reading: Stamped


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """Everything a meter told at one moment.

    Attributes:
        ident: How the meter names its make and model; may hold a serial number.
        values: What it sent, of the meter itself. A quantity it did not send has no key.
        sub_meters: The meters behind it.

    """

    ident: str = field(repr=False)
    values: Mapping[Quantity, Value] = field(repr=False)
    sub_meters: tuple[SubMeter, ...] = ()

    @property
    def meter_id(self) -> str | None:
        """The meter's serial number, if it sends one."""
        value = self.values.get(Quantity.METER_ID)
        return value if isinstance(value, str) else None

    @property
    def meter_time(self) -> datetime | None:
        """The moment it speaks of, by the meter's own clock."""
        value = self.values.get(Quantity.METER_TIME)
        return value if isinstance(value, datetime) else None
