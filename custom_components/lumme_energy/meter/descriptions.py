"""Which sensor shows which quantity, and how."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfVolume,
)
from homeassistant.helpers.typing import StateType

from ..metering.profiles import Tariff
from ..metering.telegram import Quantity, SubMeterKind, Unit

type Native = StateType | Decimal | datetime

# Seconds between two states of one sensor. Each state is a row in the recorder, and a meter may
# send every second; a power is of interest at once, a register as a slowly growing sum.
LIVE: Final = 5.0
REGISTER: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a quantity that the meter sends.

    Attributes:
        quantity: Whose sensor this is.
        pace: Seconds that lie at least between two states.
        tariff: Number of the tariff register; the country gives it its name.
        value_fn: Makes a state of the value.

    """

    quantity: Quantity
    pace: float = LIVE
    tariff: int | None = None
    value_fn: Callable[[Any, tuple[Tariff, ...]], Native] = lambda value, _: value


@dataclass(frozen=True, kw_only=True)
class SubMeterSensorDescription(MeterSensorDescription):
    """A sensor of the register of a meter behind the meter."""

    quantity: Quantity = Quantity.ENERGY_IMPORT
    kind: SubMeterKind
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class CounterDescription(SensorEntityDescription):
    """A sensor of one of the counters of what arrived."""

    value_fn: Callable[[Any], int]


def _energy(quantity: Quantity, *, tariff: int | None = None) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity.value,
        translation_key=quantity.value,
        quantity=quantity,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        pace=REGISTER,
        tariff=tariff,
    )


def _reactive_energy(quantity: Quantity) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity.value,
        translation_key=quantity.value,
        quantity=quantity,
        device_class=SensorDeviceClass.REACTIVE_ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfReactiveEnergy.KILO_VOLT_AMPERE_REACTIVE_HOUR,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        pace=REGISTER,
    )


def _phase_energy(quantity: Quantity) -> MeterSensorDescription:
    name, _, phase = quantity.rpartition("_l")
    return replace(
        _energy(quantity),
        translation_key=f"{name}_phase",
        translation_placeholders={"phase": phase},
        entity_registry_enabled_default=False,
    )


def _live(
    quantity: Quantity,
    device_class: SensorDeviceClass,
    unit: str | None,
    precision: int,
    *,
    enabled: bool = True,
) -> MeterSensorDescription:
    """Describe a value of this moment; the three phases share one translated name."""
    name, _, phase = quantity.rpartition("_l")
    return MeterSensorDescription(
        key=quantity.value,
        translation_key=f"{name}_phase" if phase.isdigit() else quantity.value,
        translation_placeholders={"phase": phase} if phase.isdigit() else None,
        quantity=quantity,
        device_class=device_class,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=unit,
        suggested_display_precision=precision,
        entity_registry_enabled_default=enabled,
    )


def _power(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.POWER, UnitOfPower.KILO_WATT, 3)


def _reactive_power(quantity: Quantity) -> MeterSensorDescription:
    return _live(
        quantity,
        SensorDeviceClass.REACTIVE_POWER,
        UnitOfReactivePower.KILO_VOLT_AMPERE_REACTIVE,
        3,
        enabled=False,
    )


def _voltage(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.VOLTAGE, UnitOfElectricPotential.VOLT, 1)


def _current(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE, 1)


def _power_factor(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.POWER_FACTOR, None, 3, enabled=False)


def _tariff(number: str, tariffs: tuple[Tariff, ...]) -> str | None:
    """Return the name of the tariff in force, where the country gives its number one."""
    if number.isdecimal() and 0 < int(number) <= len(tariffs):
        return tariffs[int(number) - 1]
    return None


SENSORS: Final[tuple[MeterSensorDescription, ...]] = (
    _power(Quantity.POWER_IMPORT),
    _power(Quantity.POWER_IMPORT_L1),
    _power(Quantity.POWER_IMPORT_L2),
    _power(Quantity.POWER_IMPORT_L3),
    _power(Quantity.POWER_EXPORT),
    _power(Quantity.POWER_EXPORT_L1),
    _power(Quantity.POWER_EXPORT_L2),
    _power(Quantity.POWER_EXPORT_L3),
    _energy(Quantity.ENERGY_IMPORT),
    _energy(Quantity.ENERGY_IMPORT_1, tariff=1),
    _energy(Quantity.ENERGY_IMPORT_2, tariff=2),
    _energy(Quantity.ENERGY_EXPORT),
    _energy(Quantity.ENERGY_EXPORT_1, tariff=1),
    _energy(Quantity.ENERGY_EXPORT_2, tariff=2),
    _voltage(Quantity.VOLTAGE_L1),
    _voltage(Quantity.VOLTAGE_L2),
    _voltage(Quantity.VOLTAGE_L3),
    _current(Quantity.CURRENT_L1),
    _current(Quantity.CURRENT_L2),
    _current(Quantity.CURRENT_L3),
    _live(Quantity.FREQUENCY, SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, 2, enabled=False),
    _power_factor(Quantity.POWER_FACTOR),
    _power_factor(Quantity.POWER_FACTOR_L1),
    _power_factor(Quantity.POWER_FACTOR_L2),
    _power_factor(Quantity.POWER_FACTOR_L3),
    _phase_energy(Quantity.ENERGY_IMPORT_L1),
    _phase_energy(Quantity.ENERGY_IMPORT_L2),
    _phase_energy(Quantity.ENERGY_IMPORT_L3),
    _phase_energy(Quantity.ENERGY_EXPORT_L1),
    _phase_energy(Quantity.ENERGY_EXPORT_L2),
    _phase_energy(Quantity.ENERGY_EXPORT_L3),
    _reactive_energy(Quantity.REACTIVE_ENERGY_IMPORT),
    _reactive_energy(Quantity.REACTIVE_ENERGY_EXPORT),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L1),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L2),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L3),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L1),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L2),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L3),
    _power(Quantity.QUARTER_HOUR_POWER),
    MeterSensorDescription(
        key=Quantity.MONTH_PEAK.value,
        translation_key=Quantity.MONTH_PEAK.value,
        quantity=Quantity.MONTH_PEAK,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=3,
        value_fn=lambda peak, _: peak.number,
    ),
    MeterSensorDescription(
        key="month_peak_time",
        translation_key="month_peak_time",
        quantity=Quantity.MONTH_PEAK,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda peak, _: peak.at,
    ),
    MeterSensorDescription(
        key=Quantity.TARIFF.value,
        translation_key=Quantity.TARIFF.value,
        quantity=Quantity.TARIFF,
        device_class=SensorDeviceClass.ENUM,
        options=list(Tariff),
        value_fn=_tariff,
    ),
)


def _sub_meter(
    kind: SubMeterKind, unit: Unit, device_class: SensorDeviceClass, native_unit: str
) -> SubMeterSensorDescription:
    name = kind.name.lower()
    return SubMeterSensorDescription(
        key="reading",
        translation_key=f"{name}_consumption",
        kind=kind,
        unit=unit,
        device_class=device_class,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=native_unit,
        suggested_display_precision=2,
        pace=REGISTER,
        value_fn=lambda reading, _: reading.number,
    )


SUB_METER_SENSORS: Final[tuple[SubMeterSensorDescription, ...]] = (
    _sub_meter(
        SubMeterKind.GAS, Unit.CUBIC_METRE, SensorDeviceClass.GAS, UnitOfVolume.CUBIC_METERS
    ),
    _sub_meter(
        SubMeterKind.WATER, Unit.CUBIC_METRE, SensorDeviceClass.WATER, UnitOfVolume.CUBIC_METERS
    ),
    _sub_meter(
        SubMeterKind.HEAT, Unit.GIGA_JOULE, SensorDeviceClass.ENERGY, UnitOfEnergy.GIGA_JOULE
    ),
)


def _counter(key: str, value_fn: Callable[[Any], int]) -> CounterDescription:
    return CounterDescription(
        key=key,
        translation_key=key,
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=value_fn,
    )


COUNTERS: Final[tuple[CounterDescription, ...]] = (
    _counter("telegrams", lambda counters: counters.ok),
    _counter("checksum_errors", lambda counters: counters.crc_bad),
    _counter("missing_checksums", lambda counters: counters.no_crc),
    _counter("framing_errors", lambda counters: counters.framing + counters.overflow),
    _counter("unreadable_lines", lambda counters: counters.line_bad),
)

MODBUS_COUNTERS: Final[tuple[CounterDescription, ...]] = (
    _counter("requests", lambda requests: requests.sent),
    _counter("failed_requests", lambda requests: requests.failed),
)
