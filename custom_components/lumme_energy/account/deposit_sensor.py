"""The sensor that tells whether a deposit can be changed, and if not, why and from when it can."""

from functools import partial
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)

from ..portal.model import DepositPlan
from .coordinator import AccountCoordinator
from .deposit import STANDINGS, plan_of, possible_from, standing
from .entity import Offered, SupplyPointEntity

DEPOSIT_CHANGE: Final = SensorEntityDescription(
    key="deposit_change",
    translation_key="deposit_change",
    device_class=SensorDeviceClass.ENUM,
    options=[*STANDINGS],
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensor of every supply point that has a deposit."""
    return {
        (point.gsrn, DEPOSIT_CHANGE.key): partial(
            DepositChangeSensor, coordinator, DEPOSIT_CHANGE, point
        )
        for point in coordinator.data.supply_points or ()
        if plan_of(coordinator, point.gsrn) is not None
    }


class DepositChangeSensor(SupplyPointEntity, SensorEntity):
    """Whether a deposit can be changed."""

    @property
    def _plan(self) -> DepositPlan | None:
        return plan_of(self.coordinator, self._gsrn)

    @property
    @override
    def available(self) -> bool:
        return self._plan is not None

    @property
    @override
    def native_value(self) -> str | None:
        return None if self._plan is None else standing(self.coordinator, self._plan)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        day = None if self._plan is None else possible_from(self.coordinator, self._plan)
        return {"possible_from": day}
