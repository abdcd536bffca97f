"""What a meter says, whatever protocol it said it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import NamedTuple

# Numbers are exact, in the unit of their quantity; instants are UTC.
type Value = (
    Decimal
    | str
    | datetime
    | Stamped
    | SwitchState
    | tuple[MonthPeak, ...]
    | tuple[Outage, ...]
    | None
)


class Unit(StrEnum):
    """The units that values are in."""

    KILO_WATT_HOUR = "kWh"
    KILO_VAR_HOUR = "kvarh"
    KILO_WATT = "kW"
    KILO_VAR = "kvar"
    KILO_VOLT_AMPERE = "kVA"
    VOLT = "V"
    AMPERE = "A"
    HERTZ = "Hz"
    CUBIC_METRE = "m³"
    GIGA_JOULE = "GJ"
    NONE = ""


class Stamped(NamedTuple):
    """A number that the meter fixed at an earlier moment; both are None as long as there is none."""

    number: Decimal | None
    unit: Unit
    at: datetime | None


class MonthPeak(NamedTuple):
    """The highest quarter-hour of a month that is over.

    Attributes:
        until: When the month ended.
        at: When that quarter-hour ended.
        power: Its average power in kW.

    """

    until: datetime
    at: datetime
    power: Decimal


class Outage(NamedTuple):
    """A long power failure: when it ended, and how long it lasted."""

    end: datetime | None
    duration: timedelta


class SwitchState(StrEnum):
    """What a breaker, a relay or a valve does."""

    DISCONNECTED = "disconnected"
    CONNECTED = "connected"
    READY = "ready"  # the customer may connect it again


class Quantity(StrEnum):
    """What a value of a meter is the value of.

    Import is what the customer draws from the grid. Tariff registers keep the meter's own
    numbers: which is day and which is night depends on the country (`profiles.Profile.tariffs`).
    """

    __hash__ = str.__hash__  # that of Enum runs in Python, and dictionaries ask for it a lot

    METER_TIME = "meter_time"
    METER_ID = "meter_id"
    DEVICE_NAME = "device_name"  # holds the serial number; the only one that some meters send
    VERSION = "version"

    ENERGY_IMPORT = "energy_import"
    ENERGY_IMPORT_L1 = "energy_import_l1"
    ENERGY_IMPORT_L2 = "energy_import_l2"
    ENERGY_IMPORT_L3 = "energy_import_l3"
    ENERGY_IMPORT_1 = "energy_import_1"
    ENERGY_IMPORT_2 = "energy_import_2"
    ENERGY_IMPORT_3 = "energy_import_3"
    ENERGY_IMPORT_4 = "energy_import_4"
    ENERGY_EXPORT = "energy_export"
    ENERGY_EXPORT_L1 = "energy_export_l1"
    ENERGY_EXPORT_L2 = "energy_export_l2"
    ENERGY_EXPORT_L3 = "energy_export_l3"
    ENERGY_EXPORT_1 = "energy_export_1"
    ENERGY_EXPORT_2 = "energy_export_2"
    ENERGY_EXPORT_3 = "energy_export_3"
    ENERGY_EXPORT_4 = "energy_export_4"
    REACTIVE_ENERGY_IMPORT = "reactive_energy_import"
    REACTIVE_ENERGY_EXPORT = "reactive_energy_export"
    REACTIVE_ENERGY_Q1 = "reactive_energy_q1"
    REACTIVE_ENERGY_Q2 = "reactive_energy_q2"
    REACTIVE_ENERGY_Q3 = "reactive_energy_q3"
    REACTIVE_ENERGY_Q4 = "reactive_energy_q4"

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
    REACTIVE_POWER_Q1 = "reactive_power_q1"
    REACTIVE_POWER_Q2 = "reactive_power_q2"
    REACTIVE_POWER_Q3 = "reactive_power_q3"
    REACTIVE_POWER_Q4 = "reactive_power_q4"
    APPARENT_POWER_IMPORT = "apparent_power_import"
    APPARENT_POWER_EXPORT = "apparent_power_export"
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
    MONTH_PEAKS = "month_peaks"  # of the months before, oldest first

    BREAKER = "breaker"
    POWER_LIMIT = "power_limit"
    APPARENT_POWER_LIMIT = "apparent_power_limit"
    CURRENT_LIMIT = "current_limit"
    FUSE_L1 = "fuse_l1"
    FUSE_L2 = "fuse_l2"
    FUSE_L3 = "fuse_l3"

    POWER_FAILURES = "power_failures"
    LONG_POWER_FAILURES = "long_power_failures"
    OUTAGES = "outages"  # the newest long power failures
    VOLTAGE_SAGS_L1 = "voltage_sags_l1"
    VOLTAGE_SAGS_L2 = "voltage_sags_l2"
    VOLTAGE_SAGS_L3 = "voltage_sags_l3"
    VOLTAGE_SWELLS_L1 = "voltage_swells_l1"
    VOLTAGE_SWELLS_L2 = "voltage_swells_l2"
    VOLTAGE_SWELLS_L3 = "voltage_swells_l3"


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
        channel: The M-Bus channel it reports on.
        identifier: Its serial number; "" if it does not say.
        reading: Its register.
        valve: Its valve or breaker; None if it does not say.

    """

    kind: SubMeterKind
    channel: int
    identifier: str = field(repr=False)
    reading: Stamped
    valve: SwitchState | None = None


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
        value = self.values.get(Quantity.METER_ID) or self.values.get(Quantity.DEVICE_NAME)
        return value if isinstance(value, str) else None

    @property
    def meter_time(self) -> datetime | None:
        """The moment it speaks of, by the meter's own clock."""
        value = self.values.get(Quantity.METER_TIME)
        return value if isinstance(value, datetime) else None
