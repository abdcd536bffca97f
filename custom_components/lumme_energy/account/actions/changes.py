"""The action that returns the record of everything that was asked to be changed."""

from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.util.json import JsonValueType

from ...action import Action
from ...portal.outbox import WriteRecord
from .common import ACCOUNT_FIELDS, account_of, plain


async def list_changes(call: ServiceCall) -> ServiceResponse:
    """Return who asked for what, when, and what the portal answered, newest first."""
    records = reversed(account_of(call).outbox.records)
    return {"changes": [await _told(call.hass, record) for record in records]}


async def _told(hass: HomeAssistant, record: WriteRecord) -> JsonValueType:
    """Return a record in plain words. A user's name is looked up, never kept."""
    user = await hass.auth.async_get_user(record.user_id) if record.user_id else None
    return {
        "change": record.kind,
        "wanted": dict(record.payload),
        "state": record.state,
        "refusal": record.answer,
        "asked": plain(record.created),
        "decided": plain(record.changed) if record.state.is_settled else None,
        "attempts": record.attempts,
        "user": None if user is None else user.name,
    }


ACTIONS: Final = (Action(name="list_changes", fields=ACCOUNT_FIELDS, handler=list_changes),)
