"""The binary sensor that tells whether a reading needs somebody's attention."""

from functools import partial
from typing import Any, Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass

from ..coordinator import AccountCoordinator
from ..entity import Offered
from .entity import ReadingEntity, sent_from
from .words import reason

PROBLEM: Final = BinarySensorEntityDescription(
    key="reading_problem",
    translation_key="reading_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the sensor of every supply point whose readings are sent in."""
    return {
        (point.gsrn, f"{PROBLEM.key}_{link.subentry_id}"): partial(
            ReadingProblem, coordinator, PROBLEM, point
        )
        for point, link in sent_from(coordinator)
    }


class ReadingProblem(ReadingEntity, BinarySensorEntity):
    """Whether the newest reading waits for the user, was refused, or came too late."""

    @property
    @override
    def is_on(self) -> bool:
        return self.desk.problem(self._gsrn) is not None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        if (plan := self.desk.problem(self._gsrn)) is None:
            return {"day": None, "reason": None}
        return {"day": plan.day.isoformat(), "reason": reason(plan)}
