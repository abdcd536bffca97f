"""Sensors of meter readings: what the supplier has, what was sent in, and what comes next.

They have no state class on purpose: readings arrive days late, and the meter counts by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import UnitOfEnergy, UnitOfVolume

from ...billing.usage import EXPORT_REGISTERS, IMPORT_REGISTERS
from ...portal.model import Energy, MeterReading, SupplyPoint, Unit
from ...readings.plan import PlanState
from ..coordinator import AccountCoordinator
from ..entity import Offered, SupplyPointEntity
from .desk import ReadingDesk
from .entity import ReadingEntity, sent_from

REGISTERS: Final = (*IMPORT_REGISTERS, *EXPORT_REGISTERS)


@dataclass(frozen=True, kw_only=True)
class RegisterSensorDescription(SensorEntityDescription):
    """Describes a sensor about one register."""

    register: str


@dataclass(frozen=True, kw_only=True)
class ReadingSensorDescription(SensorEntityDescription):
    """Describes a sensor about what is sent in of a supply point, given by its GSRN."""

    value_fn: Callable[[ReadingDesk, str], str | date | datetime | None]


def _registers(prefix: str) -> dict[str, RegisterSensorDescription]:
    return {
        register: RegisterSensorDescription(
            key=f"{prefix}_{register}",
            translation_key=f"{prefix}_{register}",
            suggested_display_precision=0,
            register=register,
        )
        for register in REGISTERS
    }


def _state(desk: ReadingDesk, gsrn: str) -> PlanState | None:
    """Return how far the newest reading has come; a day that is still to come is news last."""
    if (plan := desk.newest(gsrn)) is not None:
        return plan.state
    return None if desk.next_due(gsrn) is None else PlanState.PLANNED


SUPPLIER_READINGS: Final = _registers("supplier_reading")
SUBMITTED_READINGS: Final = _registers("submitted_reading")
READING_SENSORS: Final = (
    ReadingSensorDescription(
        key="reading_submission",
        translation_key="reading_submission",
        device_class=SensorDeviceClass.ENUM,
        options=[*PlanState],
        value_fn=_state,
    ),
    ReadingSensorDescription(
        key="submitted_day",
        translation_key="submitted_day",
        device_class=SensorDeviceClass.DATE,
        value_fn=lambda desk, gsrn: plan.day if (plan := desk.latest(gsrn)) else None,
    ),
    ReadingSensorDescription(
        key="next_reading",
        translation_key="next_reading",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda desk, gsrn: due.at if (due := desk.next_due(gsrn)) else None,
    ),
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensors of registers that the supplier knows, and of readings that are sent in."""
    points = {point.gsrn: point for point in coordinator.data.supply_points or ()}
    found: Offered = {
        (each.gsrn, description.key): partial(
            SupplierReading, coordinator, description, points[each.gsrn], each.unit
        )
        for each in reversed(coordinator.data.readings or ())
        if each.gsrn in points and (description := SUPPLIER_READINGS.get(each.register)) is not None
    }
    for point, link in sent_from(coordinator):
        for sensor in READING_SENSORS:
            found[point.gsrn, f"{sensor.key}_{link.subentry_id}"] = partial(
                ReadingSensor, coordinator, sensor, point
            )
        for register in link.registers:
            of_register = SUBMITTED_READINGS[register]
            found[point.gsrn, f"{of_register.key}_{link.subentry_id}"] = partial(
                SubmittedReading, coordinator, of_register, point
            )
    return found


class _RegisterSensor(SensorEntity):
    """What sensors about indexes have in common."""

    def _count_in(self, unit: Unit) -> None:
        is_energy = unit is Unit.KWH
        self._attr_device_class = SensorDeviceClass.ENERGY if is_energy else SensorDeviceClass.GAS
        self._attr_native_unit_of_measurement = (
            UnitOfEnergy.KILO_WATT_HOUR if is_energy else UnitOfVolume.CUBIC_METERS
        )


class SupplierReading(SupplyPointEntity, _RegisterSensor):
    """The newest index of a register that the supplier has, and who read it."""

    entity_description: RegisterSensorDescription

    def __init__(
        self,
        coordinator: AccountCoordinator,
        description: RegisterSensorDescription,
        point: SupplyPoint,
        unit: Unit,
    ) -> None:
        """Count in the supplier's unit."""
        super().__init__(coordinator, description, point)
        self._count_in(unit)

    @property
    def _reading(self) -> MeterReading | None:
        register = self.entity_description.register
        of_register = (
            each
            for each in self.coordinator.data.readings or ()
            if each.gsrn == self._gsrn and each.register == register
        )
        return max(of_register, key=lambda each: each.day, default=None)

    @property
    @override
    def available(self) -> bool:
        return self._reading is not None

    @property
    @override
    def native_value(self) -> Decimal | None:
        return None if self._reading is None else self._reading.value

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if (reading := self._reading) is None:
            return {}
        return {"day": reading.day.isoformat(), "source": reading.source}


class SubmittedReading(ReadingEntity, _RegisterSensor):
    """The index of a register that the supplier has accepted last."""

    entity_description: RegisterSensorDescription

    def __init__(
        self,
        coordinator: AccountCoordinator,
        description: RegisterSensorDescription,
        point: SupplyPoint,
    ) -> None:
        """Count as the meter does."""
        super().__init__(coordinator, description, point)
        plan = self.desk.latest(point.gsrn)
        usual = Unit.M3 if point.energy is Energy.GAS else Unit.KWH
        self._count_in(usual if plan is None else plan.unit)

    @property
    @override
    def native_value(self) -> Decimal | None:
        plan = self.desk.latest(self._gsrn)
        values = None if plan is None else plan.values
        return None if values is None else values.get(self.entity_description.register)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        plan = self.desk.latest(self._gsrn)
        return {"day": None if plan is None else plan.day.isoformat()}


class ReadingSensor(ReadingEntity, SensorEntity):
    """A sensor about what is sent in."""

    entity_description: ReadingSensorDescription

    @property
    @override
    def native_value(self) -> str | date | datetime | None:
        return self.entity_description.value_fn(self.desk, self._gsrn)
