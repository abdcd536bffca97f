"""What the actions of all kinds of entry have in common."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN


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
