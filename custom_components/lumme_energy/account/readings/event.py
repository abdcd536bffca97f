"""Events of meter readings: what became of each, told once."""

from functools import partial
from typing import Any, Final, override

from homeassistant.components.event import EventEntityDescription
from homeassistant.const import ATTR_ENTITY_ID

from ...const import DOMAIN
from ...readings.plan import Plan, PlanState
from ..coordinator import AccountCoordinator
from ..entity import Offered
from ..news_events import NewsEvents
from .entity import ReadingEntity, sent_from
from .words import reason

# On Home Assistant's bus, for the logbook.
EVENT_READING: Final = f"{DOMAIN}_reading"
# What the user has skipped or deleted is no news to anybody.
TOLD: Final = (
    PlanState.HELD,
    PlanState.ACCEPTED,
    PlanState.REFUSED,
    PlanState.EXPIRED,
)
READING: Final = EventEntityDescription(
    key="reading", translation_key="reading", event_types=[*TOLD]
)


def offered(coordinator: AccountCoordinator) -> Offered:
    """Return the events of every supply point whose readings are sent in."""
    return {
        (point.gsrn, f"{READING.key}_{link.subentry_id}"): partial(
            ReadingEvents, coordinator, READING, point
        )
        for point, link in sent_from(coordinator)
    }


class ReadingEvents(ReadingEntity, NewsEvents):
    """What becomes of the readings of a supply point."""

    @override
    def _notice(self) -> tuple[bool, list[tuple[str, dict[str, Any]]]]:
        store = self.coordinator.store
        before = store.told_readings
        notable = [plan for plan in self.desk.plans if plan.state in TOLD]
        # What goes on from here, such as a reading that was released, may be news again.
        known = {plan.plan_id for plan in notable}
        kept = {plan_id: state for plan_id, state in before.items() if plan_id in known}
        fresh = [
            plan
            for plan in notable
            if plan.gsrn == self._gsrn and kept.get(plan.plan_id) != plan.state
        ]
        store.told_readings = kept | {plan.plan_id: plan.state for plan in fresh}
        return store.told_readings != before, [(plan.state, _attributes(plan)) for plan in fresh]

    @override
    async def _tell(self, found: list[tuple[str, dict[str, Any]]]) -> None:
        """Have it in the logbook too, where it stands in a sentence."""
        await super()._tell(found)
        for event, attributes in found:
            self.hass.bus.async_fire(
                EVENT_READING,
                {ATTR_ENTITY_ID: self.entity_id, "event_type": event, **attributes},
            )


def _attributes(plan: Plan) -> dict[str, Any]:
    return {
        "day": plan.day.isoformat(),
        "values": {register: int(value) for register, value in (plan.values or {}).items()},
        "reason": reason(plan),
    }
