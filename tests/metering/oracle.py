"""What dsmr_parser and we call the same field, and its kinds of meters: for tests and benchmarks."""

from typing import Any, Final

from dsmr_parser import telegram_specifications as specifications

from custom_components.lumme_energy.metering.telegram import Quantity

# How dsmr_parser names a field, the field's code, its unit, and how we name it.
NUMBERS: Final = {
    "ELECTRICITY_IMPORTED_TOTAL": ("1-0:1.8.0", "kWh", Quantity.ENERGY_IMPORT),
    "ELECTRICITY_USED_TARIFF_1": ("1-0:1.8.1", "kWh", Quantity.ENERGY_IMPORT_1),
    "ELECTRICITY_USED_TARIFF_2": ("1-0:1.8.2", "kWh", Quantity.ENERGY_IMPORT_2),
    "ELECTRICITY_USED_TARIFF_3": ("1-0:1.8.3", "kWh", Quantity.ENERGY_IMPORT_3),
    "ELECTRICITY_USED_TARIFF_4": ("1-0:1.8.4", "kWh", Quantity.ENERGY_IMPORT_4),
    "ELECTRICITY_EXPORTED_TOTAL": ("1-0:2.8.0", "kWh", Quantity.ENERGY_EXPORT),
    "ELECTRICITY_DELIVERED_TARIFF_1": ("1-0:2.8.1", "kWh", Quantity.ENERGY_EXPORT_1),
    "ELECTRICITY_DELIVERED_TARIFF_2": ("1-0:2.8.2", "kWh", Quantity.ENERGY_EXPORT_2),
    "ELECTRICITY_DELIVERED_TARIFF_3": ("1-0:2.8.3", "kWh", Quantity.ENERGY_EXPORT_3),
    "ELECTRICITY_DELIVERED_TARIFF_4": ("1-0:2.8.4", "kWh", Quantity.ENERGY_EXPORT_4),
    "ELECTRICITY_REACTIVE_IMPORTED_TOTAL": ("1-0:3.8.0", "kVArh", Quantity.REACTIVE_ENERGY_IMPORT),
    "ELECTRICITY_REACTIVE_EXPORTED_TOTAL": ("1-0:4.8.0", "kvarh", Quantity.REACTIVE_ENERGY_EXPORT),
    "EON_HU_ELECTRICITY_REACTIVE_TOTAL_Q1": ("1-0:5.8.0", "kvarh", Quantity.REACTIVE_ENERGY_Q1),
    "EON_HU_ELECTRICITY_REACTIVE_TOTAL_Q2": ("1-0:6.8.0", "kvarh", Quantity.REACTIVE_ENERGY_Q2),
    "EON_HU_ELECTRICITY_REACTIVE_TOTAL_Q3": ("1-0:7.8.0", "kvarh", Quantity.REACTIVE_ENERGY_Q3),
    "EON_HU_ELECTRICITY_REACTIVE_TOTAL_Q4": ("1-0:8.8.0", "kvarh", Quantity.REACTIVE_ENERGY_Q4),
    "CURRENT_ELECTRICITY_USAGE": ("1-0:1.7.0", "kW", Quantity.POWER_IMPORT),
    "CURRENT_ELECTRICITY_DELIVERY": ("1-0:2.7.0", "kW", Quantity.POWER_EXPORT),
    "CURRENT_REACTIVE_IMPORTED": ("1-0:3.7.0", "kvar", Quantity.REACTIVE_POWER_IMPORT),
    "CURRENT_REACTIVE_EXPORTED": ("1-0:4.7.0", "kVAr", Quantity.REACTIVE_POWER_EXPORT),
    "EON_HU_INSTANTANEOUS_REACTIVE_POWER_Q1": ("1-0:5.7.0", "kvar", Quantity.REACTIVE_POWER_Q1),
    "EON_HU_INSTANTANEOUS_REACTIVE_POWER_Q2": ("1-0:6.7.0", "kvar", Quantity.REACTIVE_POWER_Q2),
    "EON_HU_INSTANTANEOUS_REACTIVE_POWER_Q3": ("1-0:7.7.0", "kvar", Quantity.REACTIVE_POWER_Q3),
    "EON_HU_INSTANTANEOUS_REACTIVE_POWER_Q4": ("1-0:8.7.0", "kvar", Quantity.REACTIVE_POWER_Q4),
    "MSN_INSTANTANEOUS_APPARENT_POWER_POSITIVE": (
        "1-0:9.7.0",
        "kVA",
        Quantity.APPARENT_POWER_IMPORT,
    ),
    "MSN_INSTANTANEOUS_APPARENT_POWER_NEGATIVE": (
        "1-0:10.7.0",
        "kVA",
        Quantity.APPARENT_POWER_EXPORT,
    ),
    **{
        f"INSTANTANEOUS_{name}_L{phase}{sign}": (
            f"1-0:{20 * phase + code}.7.0",
            unit,
            Quantity(f"{ours}_l{phase}"),
        )
        for phase in (1, 2, 3)
        for name, sign, code, unit, ours in (
            ("ACTIVE_POWER", "_POSITIVE", 1, "kW", "power_import"),
            ("ACTIVE_POWER", "_NEGATIVE", 2, "kW", "power_export"),
            ("REACTIVE_POWER", "_POSITIVE", 3, "kvar", "reactive_power_import"),
            ("REACTIVE_POWER", "_NEGATIVE", 4, "kvar", "reactive_power_export"),
            ("CURRENT", "", 11, "A", "current"),
            ("VOLTAGE", "", 12, "V", "voltage"),
        )
    },
    "EON_HU_INSTANTANEOUS_POWER_FACTOR_TOTAL": ("1-0:13.7.0", "", Quantity.POWER_FACTOR),
    "EON_HU_INSTANTANEOUS_POWER_FACTOR_L1": ("1-0:33.7.0", "", Quantity.POWER_FACTOR_L1),
    "EON_HU_INSTANTANEOUS_POWER_FACTOR_L2": ("1-0:53.7.0", "", Quantity.POWER_FACTOR_L2),
    "EON_HU_INSTANTANEOUS_POWER_FACTOR_L3": ("1-0:73.7.0", "", Quantity.POWER_FACTOR_L3),
    "EON_HU_FREQUENCY": ("1-0:14.7.0", "Hz", Quantity.FREQUENCY),
    "BELGIUM_CURRENT_AVERAGE_DEMAND": ("1-0:1.4.0", "kW", Quantity.QUARTER_HOUR_POWER),
    "ACTUAL_TRESHOLD_ELECTRICITY": ("0-0:17.0.0", "kW", Quantity.POWER_LIMIT),
    "FUSE_THRESHOLD_L1": ("1-0:31.4.0", "A", Quantity.FUSE_L1),
    "FUSE_THRESHOLD_L2": ("1-0:51.4.0", "A", Quantity.FUSE_L2),
    "FUSE_THRESHOLD_L3": ("1-0:71.4.0", "A", Quantity.FUSE_L3),
}
COUNTS: Final = {
    "SHORT_POWER_FAILURE_COUNT": ("0-0:96.7.21", Quantity.POWER_FAILURES),
    "LONG_POWER_FAILURE_COUNT": ("0-0:96.7.9", Quantity.LONG_POWER_FAILURES),
    **{
        f"VOLTAGE_{name}_L{phase}_COUNT": (
            f"1-0:{20 * phase + 12}.{code}.0",
            Quantity(f"voltage_{name.lower()}s_l{phase}"),
        )
        for phase in (1, 2, 3)
        for name, code in (("SAG", 32), ("SWELL", 36))
    },
}

# dsmr_parser's specification, our country, and whether such a meter encrypts.
METERS: Final[dict[str, tuple[dict[str, Any], str, bool]]] = {
    "2.2": (specifications.V2_2, "NL", False),
    "3": (specifications.V3, "NL", False),
    "4": (specifications.V4, "NL", False),
    "5": (specifications.V5, "NL", False),
    "5B": (specifications.BELGIUM_FLUVIUS, "BE", False),
    "5L": (specifications.LUXEMBOURG_SMARTY, "LU", False),
    "MSN": (specifications.MSN, "LU", True),
    "5S": (specifications.SWEDEN, "SE", False),
    "Q3D": (specifications.Q3D, "NL", False),
    "SAGEMCOM": (specifications.SAGEMCOM_T210_D_R, "AT", True),
    "ISKRA_IE": (specifications.ISKRA_IE, "BE", False),
    "5EONHU": (specifications.EON_HUNGARY, "HU", False),
}
