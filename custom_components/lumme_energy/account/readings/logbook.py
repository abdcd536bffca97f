"""What became of meter readings, as sentences in the logbook."""

from collections.abc import Callable
from datetime import date
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.components.logbook.models import LazyEventPartialState
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ...const import DOMAIN
from ..written import written_day
from .event import EVENT_READING
from .words import REASON_TEXT, REGISTER_TEXT


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[
        [str, str, Callable[[LazyEventPartialState], dict[str, Any]]], None
    ],
) -> None:
    """Describe the events of meter readings in Home Assistant's language."""

    @callback
    def describe(event: LazyEventPartialState) -> dict[str, Any]:
        data = event.data
        language = hass.config.language

        def text(key: str, otherwise: str) -> str:
            category = key.split(".")[2]
            return async_get_cached_translations(hass, language, category, DOMAIN).get(
                key, otherwise
            )

        values = (
            f"{text(REGISTER_TEXT.format(register), register)} {value}"
            for register, value in data["values"].items()
        )
        why = data["reason"] or ""
        sentence = text(f"component.{DOMAIN}.common.logbook_{data['event_type']}", "")
        state = hass.states.get(data[ATTR_ENTITY_ID])
        return {
            LOGBOOK_ENTRY_NAME: data[ATTR_ENTITY_ID] if state is None else state.name,
            LOGBOOK_ENTRY_MESSAGE: sentence.format(
                day=written_day(date.fromisoformat(data["day"]), language),
                values=", ".join(values),
                reason=text(REASON_TEXT.format(why), why),
            ),
            LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_READING, describe)
