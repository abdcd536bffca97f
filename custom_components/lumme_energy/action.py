"""What the actions of all kinds of entry have in common."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import async_get_config_entry

from .const import CONF_KIND, DOMAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of the integration: its name, the fields it takes, and what it does."""

    name: str
    fields: Mapping[Any, Any]
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    supports_response: SupportsResponse = SupportsResponse.ONLY
    admin_only: bool = False


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that tells a user, in words, what cannot be done as asked."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def entry_of(call: ServiceCall, kind: str, *, which: str, other: str) -> ConfigEntry[Any]:
    """Return the entry that a call is about; where there is only one, it need not say which.

    Args:
        call: What was asked.
        kind: The kind of entry that the action is for.
        which: The key of the error where the call does not say which, and there is not one alone.
        other: The key of the error about an entry of another kind.

    Raises:
        ServiceValidationError: There is no such entry, or it is not loaded.
    """
    if (entry_id := call.data.get(ATTR_CONFIG_ENTRY_ID)) is None:
        entries = [
            entry
            for entry in call.hass.config_entries.async_entries(DOMAIN, include_ignore=False)
            if entry.data[CONF_KIND] == kind and entry.state is ConfigEntryState.LOADED
        ]
        if len(entries) != 1:
            raise invalid(which)
        entry_id = entries[0].entry_id
    entry = async_get_config_entry(call.hass, DOMAIN, entry_id)
    if entry.data[CONF_KIND] != kind:
        raise invalid(other, title=entry.title)
    return entry
