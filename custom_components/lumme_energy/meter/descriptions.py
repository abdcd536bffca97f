"""Which sensor shows which quantity, and how."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfReactivePower,
    UnitOfTime,
    UnitOfVolume,
)
from homeassistant.helpers.typing import StateType

from ..metering.clock import offset
from ..metering.demand import billed_power, month_peaks, month_share, projection
from ..metering.profiles import Tariff
from ..metering.registers import NO_LIMIT
from ..metering.telegram import (
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
from .steps import DEMAND_STEP, STEPS, Step

CURRENCY: Final = "EUR"

# What a country's tariff registers count, in the order of their numbers.
type Tariffs = tuple[Tariff, ...]
type Native = StateType | Decimal | datetime


class Pace(Enum):
    """How often a sensor tells something new, and the seconds in between unless the user wants others.

    A live value is of interest at once if it has changed by a step that matters; a register is a
    slowly growing sum, and what a live value has changed by less than a step can wait as long.
    """

    LIVE = 0
    REGISTER = 60


LIVE: Final = Pace.LIVE
REGISTER: Final = Pace.REGISTER


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a quantity that the meter sends.

    Attributes:
        quantity: Whose sensor this is: it is there when the meter sends that.
        pace: What lies at least between two states.
        step: What change of a live value is told at once; None is any.
        tariff: Number of the tariff register; the country gives it its name.
        value_fn: Makes a state of the value.
        telegram_fn: Makes a value of the whole telegram and the moment when it came, where the
            quantity alone does not tell it; raises KeyError if what it needs was not sent.
        attributes_fn: Makes the attributes that say what the value rests on.

    """

    quantity: Quantity
    pace: Pace = LIVE
    step: Step | None = None
    tariff: int | None = None
    value_fn: Callable[[Any, Tariffs], Native] = lambda value, _: value
    telegram_fn: Callable[[Telegram, datetime], Value] | None = None
    attributes_fn: Callable[[Telegram], dict[str, StateType]] | None = None


@dataclass(frozen=True, kw_only=True)
class SubMeterSensorDescription(MeterSensorDescription):
    """A sensor of the register of a meter behind the meter."""

    quantity: Quantity = Quantity.ENERGY_IMPORT
    kind: SubMeterKind
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class CostDescription(MeterSensorDescription):
    """A sensor of what something costs.

    Attributes:
        cost_fn: Makes it of the price and the telegram; raises KeyError as telegram_fn does.

    """

    cost_fn: Callable[[Decimal, Telegram], Decimal | None]


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
        # What a household looks at is the whole: phases are for those who look for something.
        entity_registry_enabled_default=enabled and not phase.isdigit(),
        step=STEPS[device_class],
    )


def _power(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.POWER, UnitOfPower.KILO_WATT, 3)


def _demand(key: str) -> MeterSensorDescription:
    return replace(
        _power(Quantity.QUARTER_HOUR_POWER), key=key, translation_key=key, step=DEMAND_STEP
    )


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


def _apparent_power(quantity: Quantity) -> MeterSensorDescription:
    return _live(
        quantity,
        SensorDeviceClass.APPARENT_POWER,
        UnitOfApparentPower.KILO_VOLT_AMPERE,
        3,
        enabled=False,
    )


def _power_factor(quantity: Quantity) -> MeterSensorDescription:
    return _live(quantity, SensorDeviceClass.POWER_FACTOR, None, 3, enabled=False)


def _switch(quantity: Quantity) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=quantity.value,
        translation_key=quantity.value,
        quantity=quantity,
        device_class=SensorDeviceClass.ENUM,
        options=list(SwitchState),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _diagnostic(
    key: str,
    quantity: Quantity,
    device_class: SensorDeviceClass | None,
    *,
    unit: str | None = None,
    state_class: SensorStateClass | None = None,
    value_fn: Callable[[Any, Tariffs], Native] = lambda value, _: value,
    telegram_fn: Callable[[Telegram, datetime], Value] | None = None,
) -> MeterSensorDescription:
    """Describe what is good to know when something is wrong."""
    name, _, phase = key.rpartition("_l")
    return MeterSensorDescription(
        key=key,
        translation_key=f"{name}_phase" if phase.isdigit() else key,
        translation_placeholders={"phase": phase} if phase.isdigit() else None,
        quantity=quantity,
        device_class=device_class,
        state_class=state_class,
        native_unit_of_measurement=unit,
        suggested_display_precision=0 if unit else None,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        pace=REGISTER,
        value_fn=value_fn,
        telegram_fn=telegram_fn,
    )


def _limit(
    quantity: Quantity, device_class: SensorDeviceClass, unit: str
) -> MeterSensorDescription:
    return _diagnostic(
        quantity.value,
        quantity,
        device_class,
        unit=unit,
        value_fn=lambda limit, _: limit if limit < NO_LIMIT else None,
    )


def _quality(quantity: Quantity) -> MeterSensorDescription:
    return _diagnostic(
        quantity.value, quantity, None, state_class=SensorStateClass.TOTAL_INCREASING
    )


def _earlier_peak(months: int) -> MeterSensorDescription:
    def peak(peaks: tuple[MonthPeak, ...], _: Tariffs) -> Decimal | None:
        return sorted(peaks)[-months].power if months <= len(peaks) else None

    return MeterSensorDescription(
        key=f"month_peak_{months}",
        translation_key="month_peak_earlier",
        translation_placeholders={"months": str(months)},
        quantity=Quantity.MONTH_PEAKS,
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=3,
        entity_registry_enabled_default=False,
        pace=REGISTER,
        value_fn=peak,
    )


def _projection(telegram: Telegram, received: datetime) -> Value:
    """Return what the running quarter-hour comes to if everything stays as it is."""
    average = telegram.values[Quantity.QUARTER_HOUR_POWER]
    power = telegram.values[Quantity.POWER_IMPORT]
    if not (isinstance(average, Decimal) and isinstance(power, Decimal)):
        return None
    return round(projection(telegram.meter_time or received, average, power), 3)


def _capacity_power(telegram: Telegram, _: datetime) -> Value:
    """Return the power that the capacity tariff charges."""
    power = billed_power(month_peaks(telegram.values))
    return None if power is None else round(power, 3)


def _capacity_cost(price: Decimal, telegram: Telegram) -> Decimal | None:
    """Return what the capacity tariff charges for a year, in EUR."""
    power = billed_power(month_peaks(telegram.values))
    return None if power is None else round(power * price, 2)


def _month_cost(price: Decimal, telegram: Telegram) -> Decimal | None:
    """Return what the running month's peak costs in the year that it counts, in EUR."""
    running = telegram.values[Quantity.MONTH_PEAK]
    if not isinstance(running, Stamped) or running.number is None:
        return None
    return round(month_share(running.number) * price, 2)


def _known_months(telegram: Telegram) -> dict[str, StateType]:
    """Return how many of the twelve months the meter knows."""
    try:
        return {"known_months": len(month_peaks(telegram.values))}
    except KeyError:
        return {}


def _clock_offset(telegram: Telegram, received: datetime) -> Value:
    """Return how many seconds the meter's clock is fast."""
    at = telegram.values[Quantity.METER_TIME]
    return (
        Decimal(round(offset(at, received).total_seconds())) if isinstance(at, datetime) else None
    )


def _newest(outages: tuple[Outage, ...]) -> Outage:
    return max(outages, key=lambda outage: (outage.end is not None, outage.end))


def _tariff(number: str, tariffs: Tariffs) -> str | None:
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
    _energy(Quantity.ENERGY_IMPORT_3, tariff=3),
    _energy(Quantity.ENERGY_IMPORT_4, tariff=4),
    _energy(Quantity.ENERGY_EXPORT),
    _energy(Quantity.ENERGY_EXPORT_1, tariff=1),
    _energy(Quantity.ENERGY_EXPORT_2, tariff=2),
    _energy(Quantity.ENERGY_EXPORT_3, tariff=3),
    _energy(Quantity.ENERGY_EXPORT_4, tariff=4),
    _voltage(Quantity.VOLTAGE_L1),
    _voltage(Quantity.VOLTAGE_L2),
    _voltage(Quantity.VOLTAGE_L3),
    _current(Quantity.CURRENT_L1),
    _current(Quantity.CURRENT_L2),
    _current(Quantity.CURRENT_L3),
    _phase_energy(Quantity.ENERGY_IMPORT_L1),
    _phase_energy(Quantity.ENERGY_IMPORT_L2),
    _phase_energy(Quantity.ENERGY_IMPORT_L3),
    _phase_energy(Quantity.ENERGY_EXPORT_L1),
    _phase_energy(Quantity.ENERGY_EXPORT_L2),
    _phase_energy(Quantity.ENERGY_EXPORT_L3),
    _reactive_energy(Quantity.REACTIVE_ENERGY_IMPORT),
    _reactive_energy(Quantity.REACTIVE_ENERGY_EXPORT),
    _reactive_energy(Quantity.REACTIVE_ENERGY_Q1),
    _reactive_energy(Quantity.REACTIVE_ENERGY_Q2),
    _reactive_energy(Quantity.REACTIVE_ENERGY_Q3),
    _reactive_energy(Quantity.REACTIVE_ENERGY_Q4),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L1),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L2),
    _reactive_power(Quantity.REACTIVE_POWER_IMPORT_L3),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L1),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L2),
    _reactive_power(Quantity.REACTIVE_POWER_EXPORT_L3),
    _reactive_power(Quantity.REACTIVE_POWER_Q1),
    _reactive_power(Quantity.REACTIVE_POWER_Q2),
    _reactive_power(Quantity.REACTIVE_POWER_Q3),
    _reactive_power(Quantity.REACTIVE_POWER_Q4),
    _apparent_power(Quantity.APPARENT_POWER_IMPORT),
    _apparent_power(Quantity.APPARENT_POWER_EXPORT),
    _power_factor(Quantity.POWER_FACTOR),
    _power_factor(Quantity.POWER_FACTOR_L1),
    _power_factor(Quantity.POWER_FACTOR_L2),
    _power_factor(Quantity.POWER_FACTOR_L3),
    _live(Quantity.FREQUENCY, SensorDeviceClass.FREQUENCY, UnitOfFrequency.HERTZ, 2, enabled=False),
    _demand(Quantity.QUARTER_HOUR_POWER.value),
    replace(_demand("quarter_hour_projection"), telegram_fn=_projection),
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
    MeterSensorDescription(
        key="capacity_power",
        translation_key="capacity_power",
        quantity=Quantity.MONTH_PEAKS,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=3,
        pace=REGISTER,
        telegram_fn=_capacity_power,
        attributes_fn=_known_months,
    ),
    *(_earlier_peak(months) for months in range(1, 13)),
    _switch(Quantity.BREAKER),
    _limit(Quantity.POWER_LIMIT, SensorDeviceClass.POWER, UnitOfPower.KILO_WATT),
    _limit(
        Quantity.APPARENT_POWER_LIMIT,
        SensorDeviceClass.APPARENT_POWER,
        UnitOfApparentPower.KILO_VOLT_AMPERE,
    ),
    _limit(Quantity.CURRENT_LIMIT, SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _limit(Quantity.FUSE_L1, SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _limit(Quantity.FUSE_L2, SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _limit(Quantity.FUSE_L3, SensorDeviceClass.CURRENT, UnitOfElectricCurrent.AMPERE),
    _quality(Quantity.POWER_FAILURES),
    _quality(Quantity.LONG_POWER_FAILURES),
    _quality(Quantity.VOLTAGE_SAGS_L1),
    _quality(Quantity.VOLTAGE_SAGS_L2),
    _quality(Quantity.VOLTAGE_SAGS_L3),
    _quality(Quantity.VOLTAGE_SWELLS_L1),
    _quality(Quantity.VOLTAGE_SWELLS_L2),
    _quality(Quantity.VOLTAGE_SWELLS_L3),
    _diagnostic(
        "last_outage_end",
        Quantity.OUTAGES,
        SensorDeviceClass.TIMESTAMP,
        value_fn=lambda outages, _: _newest(outages).end if outages else None,
    ),
    _diagnostic(
        "last_outage_duration",
        Quantity.OUTAGES,
        SensorDeviceClass.DURATION,
        unit=UnitOfTime.SECONDS,
        value_fn=lambda outages, _: (
            round(_newest(outages).duration.total_seconds()) if outages else None
        ),
    ),
    _diagnostic(
        "clock_offset",
        Quantity.METER_TIME,
        SensorDeviceClass.DURATION,
        unit=UnitOfTime.SECONDS,
        telegram_fn=_clock_offset,
    ),
)


def _cost(
    key: str,
    cost_fn: Callable[[Decimal, Telegram], Decimal | None],
    attributes_fn: Callable[[Telegram], dict[str, StateType]] | None = None,
) -> CostDescription:
    return CostDescription(
        key=key,
        translation_key=key,
        quantity=Quantity.MONTH_PEAKS,
        device_class=SensorDeviceClass.MONETARY,
        native_unit_of_measurement=CURRENCY,
        suggested_display_precision=2,
        pace=REGISTER,
        cost_fn=cost_fn,
        attributes_fn=attributes_fn,
    )


CAPACITY_COSTS: Final[tuple[CostDescription, ...]] = (
    _cost("capacity_cost", _capacity_cost, _known_months),
    _cost("capacity_cost_month", _month_cost),
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

# Of the valve or breaker of a meter behind the meter, whatever its kind.
VALVE: Final = replace(_switch(Quantity.BREAKER), key="valve", translation_key="valve")


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
