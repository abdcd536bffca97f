"""What happens at a bridge, told once."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..bridge_api.model import GuardState
from .coordinator import BridgeConfigEntry, BridgeCoordinator
from .entity import BridgeEntity

RESTARTED: Final = "restarted"
EVENT: Final = EventEntityDescription(
    key="event", translation_key="bridge", event_types=[RESTARTED, *GuardState]
)


async def async_setup(
    hass: HomeAssistant,
    entry: BridgeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event."""
    async_add_entities([BridgeEvent(entry.runtime_data)])


class BridgeEvent(BridgeEntity, EventEntity):
    """Tells of restarts, and whenever somebody else is in charge of the heating."""

    def __init__(self, coordinator: BridgeCoordinator) -> None:
        """Expect that Home Assistant is in charge: if not so, that is news."""
        super().__init__(coordinator, EVENT)
        self._state = GuardState.NORMAL
        self._started = coordinator.started

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        state, started = self.coordinator.data.state, self.coordinator.started
        if started != self._started:
            self._trigger_event(RESTARTED, {"cause": self.coordinator.data.reset_cause})
            self.async_write_ha_state()
        if state is not self._state:
            self._trigger_event(state)
        self._state, self._started = state, started
        super()._handle_coordinator_update()
