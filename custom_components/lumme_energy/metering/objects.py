"""What the objects of a P1 telegram mean, by their OBIS codes (IEC 62056-6-1)."""

from typing import Final

from .telegram import Quantity, SubMeterKind, SwitchState, Unit

# The meter's own quantities that are one number, and the unit that we keep them in.
MEASURES: Final[dict[str, tuple[Quantity, Unit]]] = {
    "1-0:1.8.0": (Quantity.ENERGY_IMPORT, Unit.KILO_WATT_HOUR),
    "1-0:1.8.1": (Quantity.ENERGY_IMPORT_1, Unit.KILO_WATT_HOUR),
    "1-0:1.8.2": (Quantity.ENERGY_IMPORT_2, Unit.KILO_WATT_HOUR),
    "1-0:1.8.3": (Quantity.ENERGY_IMPORT_3, Unit.KILO_WATT_HOUR),
    "1-0:1.8.4": (Quantity.ENERGY_IMPORT_4, Unit.KILO_WATT_HOUR),
    "1-0:2.8.0": (Quantity.ENERGY_EXPORT, Unit.KILO_WATT_HOUR),
    "1-0:2.8.1": (Quantity.ENERGY_EXPORT_1, Unit.KILO_WATT_HOUR),
    "1-0:2.8.2": (Quantity.ENERGY_EXPORT_2, Unit.KILO_WATT_HOUR),
    "1-0:2.8.3": (Quantity.ENERGY_EXPORT_3, Unit.KILO_WATT_HOUR),
    "1-0:2.8.4": (Quantity.ENERGY_EXPORT_4, Unit.KILO_WATT_HOUR),
    "1-0:3.8.0": (Quantity.REACTIVE_ENERGY_IMPORT, Unit.KILO_VAR_HOUR),
    "1-0:4.8.0": (Quantity.REACTIVE_ENERGY_EXPORT, Unit.KILO_VAR_HOUR),
    "1-0:5.8.0": (Quantity.REACTIVE_ENERGY_Q1, Unit.KILO_VAR_HOUR),
    "1-0:6.8.0": (Quantity.REACTIVE_ENERGY_Q2, Unit.KILO_VAR_HOUR),
    "1-0:7.8.0": (Quantity.REACTIVE_ENERGY_Q3, Unit.KILO_VAR_HOUR),
    "1-0:8.8.0": (Quantity.REACTIVE_ENERGY_Q4, Unit.KILO_VAR_HOUR),
    "1-0:1.7.0": (Quantity.POWER_IMPORT, Unit.KILO_WATT),
    "1-0:2.7.0": (Quantity.POWER_EXPORT, Unit.KILO_WATT),
    "1-0:3.7.0": (Quantity.REACTIVE_POWER_IMPORT, Unit.KILO_VAR),
    "1-0:4.7.0": (Quantity.REACTIVE_POWER_EXPORT, Unit.KILO_VAR),
    "1-0:5.7.0": (Quantity.REACTIVE_POWER_Q1, Unit.KILO_VAR),
    "1-0:6.7.0": (Quantity.REACTIVE_POWER_Q2, Unit.KILO_VAR),
    "1-0:7.7.0": (Quantity.REACTIVE_POWER_Q3, Unit.KILO_VAR),
    "1-0:8.7.0": (Quantity.REACTIVE_POWER_Q4, Unit.KILO_VAR),
    "1-0:9.7.0": (Quantity.APPARENT_POWER_IMPORT, Unit.KILO_VOLT_AMPERE),
    "1-0:10.7.0": (Quantity.APPARENT_POWER_EXPORT, Unit.KILO_VOLT_AMPERE),
    "1-0:21.7.0": (Quantity.POWER_IMPORT_L1, Unit.KILO_WATT),
    "1-0:41.7.0": (Quantity.POWER_IMPORT_L2, Unit.KILO_WATT),
    "1-0:61.7.0": (Quantity.POWER_IMPORT_L3, Unit.KILO_WATT),
    "1-0:22.7.0": (Quantity.POWER_EXPORT_L1, Unit.KILO_WATT),
    "1-0:42.7.0": (Quantity.POWER_EXPORT_L2, Unit.KILO_WATT),
    "1-0:62.7.0": (Quantity.POWER_EXPORT_L3, Unit.KILO_WATT),
    "1-0:23.7.0": (Quantity.REACTIVE_POWER_IMPORT_L1, Unit.KILO_VAR),
    "1-0:43.7.0": (Quantity.REACTIVE_POWER_IMPORT_L2, Unit.KILO_VAR),
    "1-0:63.7.0": (Quantity.REACTIVE_POWER_IMPORT_L3, Unit.KILO_VAR),
    "1-0:24.7.0": (Quantity.REACTIVE_POWER_EXPORT_L1, Unit.KILO_VAR),
    "1-0:44.7.0": (Quantity.REACTIVE_POWER_EXPORT_L2, Unit.KILO_VAR),
    "1-0:64.7.0": (Quantity.REACTIVE_POWER_EXPORT_L3, Unit.KILO_VAR),
    "1-0:32.7.0": (Quantity.VOLTAGE_L1, Unit.VOLT),
    "1-0:52.7.0": (Quantity.VOLTAGE_L2, Unit.VOLT),
    "1-0:72.7.0": (Quantity.VOLTAGE_L3, Unit.VOLT),
    "1-0:31.7.0": (Quantity.CURRENT_L1, Unit.AMPERE),
    "1-0:51.7.0": (Quantity.CURRENT_L2, Unit.AMPERE),
    "1-0:71.7.0": (Quantity.CURRENT_L3, Unit.AMPERE),
    "1-0:13.7.0": (Quantity.POWER_FACTOR, Unit.NONE),
    "1-0:33.7.0": (Quantity.POWER_FACTOR_L1, Unit.NONE),
    "1-0:53.7.0": (Quantity.POWER_FACTOR_L2, Unit.NONE),
    "1-0:73.7.0": (Quantity.POWER_FACTOR_L3, Unit.NONE),
    "1-0:14.7.0": (Quantity.FREQUENCY, Unit.HERTZ),
    "1-0:1.4.0": (Quantity.QUARTER_HOUR_POWER, Unit.KILO_WATT),
    "1-0:31.4.0": (Quantity.FUSE_L1, Unit.AMPERE),
    "1-0:51.4.0": (Quantity.FUSE_L2, Unit.AMPERE),
    "1-0:71.4.0": (Quantity.FUSE_L3, Unit.AMPERE),
    "0-0:96.7.21": (Quantity.POWER_FAILURES, Unit.NONE),
    "0-0:96.7.9": (Quantity.LONG_POWER_FAILURES, Unit.NONE),
    "1-0:32.32.0": (Quantity.VOLTAGE_SAGS_L1, Unit.NONE),
    "1-0:52.32.0": (Quantity.VOLTAGE_SAGS_L2, Unit.NONE),
    "1-0:72.32.0": (Quantity.VOLTAGE_SAGS_L3, Unit.NONE),
    "1-0:32.36.0": (Quantity.VOLTAGE_SWELLS_L1, Unit.NONE),
    "1-0:52.36.0": (Quantity.VOLTAGE_SWELLS_L2, Unit.NONE),
    "1-0:72.36.0": (Quantity.VOLTAGE_SWELLS_L3, Unit.NONE),
}

# What a meter behind the meter says, on whatever channel.
SUB_METER_TEXTS: Final = {
    "24.1.0": "kind",
    "96.1.0": "identifier",
    "96.1.1": "identifier",
    "24.4.0": "valve",
    "96.3.10": "valve",
}
SUB_METER_READINGS: Final = {"24.2.1", "24.2.3"}  # the latter: gas at the temperature it has
SUB_METER_OLD_READING: Final = "24.3.0"  # DSMR 2 and 3
SUB_METER_KINDS: Final = {str(kind.value): kind for kind in SubMeterKind} | {
    "12": SubMeterKind.HEAT
}

SWITCH_STATES: Final = {str(number): state for number, state in enumerate(SwitchState)}

# What the threshold of a limiter is told in decides what it limits.
LIMITS: Final = {
    Unit.KILO_WATT: Quantity.POWER_LIMIT,
    Unit.KILO_VOLT_AMPERE: Quantity.APPARENT_POWER_LIMIT,
    Unit.AMPERE: Quantity.CURRENT_LIMIT,
}

# Units as meters write them, in lower case: what they are, and the power of ten between.
UNITS: Final[dict[str, tuple[Unit, int]]] = {
    "kwh": (Unit.KILO_WATT_HOUR, 0),
    "wh": (Unit.KILO_WATT_HOUR, -3),
    "kvarh": (Unit.KILO_VAR_HOUR, 0),
    "varh": (Unit.KILO_VAR_HOUR, -3),
    "kw": (Unit.KILO_WATT, 0),
    "w": (Unit.KILO_WATT, -3),
    "kvar": (Unit.KILO_VAR, 0),
    "var": (Unit.KILO_VAR, -3),
    "kva": (Unit.KILO_VOLT_AMPERE, 0),
    "va": (Unit.KILO_VOLT_AMPERE, -3),
    "v": (Unit.VOLT, 0),
    "kv": (Unit.VOLT, 3),
    "a": (Unit.AMPERE, 0),
    "ka": (Unit.AMPERE, 3),
    "hz": (Unit.HERTZ, 0),
    "khz": (Unit.HERTZ, 3),
    "m3": (Unit.CUBIC_METRE, 0),
    "gj": (Unit.GIGA_JOULE, 0),
}
