"""What goes wrong, in the words of whoever asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.translation import async_get_translations

from ..action import invalid
from ..const import DOMAIN
from ..portal.errors import (
    PortalAuthenticationError,
    PortalCapabilityError,
    PortalError,
    PortalUnexpectedAnswerError,
)
from ..portal.model import DepositRefusal, ReadingRefusal
from ..portal.outbox import reason
from .coordinator import AccountCoordinator

CATEGORY: Final = "exceptions"
# Why a change may not be made: by a rule that we know too, or in the portal's own words.
REFUSALS: Final = frozenset(
    {
        *DepositRefusal,
        *ReadingRefusal,
        "not_online",
        "already_redeemed",
        "benefit_expired",
        "other",
    }
)


def not_offered(coordinator: AccountCoordinator) -> ServiceValidationError:
    """Return the error that tells a user that this portal does not have what was asked for."""
    return invalid("not_offered", portal=coordinator.supplier.portal_name)


def refused(coordinator: AccountCoordinator, answer: str) -> ServiceValidationError:
    """Return the error that names the rule against a change, and who can help.

    Args:
        coordinator: The account.
        answer: One of `REFUSALS`.
    """
    return invalid(
        f"refused_{answer}",
        portal=coordinator.supplier.portal_name,
        contact=coordinator.contact.label,
    )


def failed(coordinator: AccountCoordinator, key: str) -> HomeAssistantError:
    """Return the error that tells a user, in words, what is the matter with the portal."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"portal": coordinator.supplier.portal_name},
    )


def document_error(coordinator: AccountCoordinator, err: PortalError) -> HomeAssistantError:
    """Return the error that tells why the portal does not hand a document out, and who can help."""
    if isinstance(err, PortalCapabilityError | PortalUnexpectedAnswerError):
        return invalid(
            "document_failed",
            portal=coordinator.supplier.portal_name,
            contact=coordinator.contact.label,
        )
    if isinstance(err, PortalAuthenticationError):
        coordinator.config_entry.async_start_reauth(coordinator.hass)
    return failed(coordinator, reason(err))


@contextmanager
def portal_errors(coordinator: AccountCoordinator) -> Iterator[None]:
    """Tell in the user's words what is the matter with the portal.

    Raises:
        HomeAssistantError: instead of any `PortalError`.
    """
    try:
        yield
    except PortalError as err:
        if isinstance(err, PortalAuthenticationError):
            coordinator.config_entry.async_start_reauth(coordinator.hass)
        raise failed(coordinator, reason(err)) from err


async def async_words(hass: HomeAssistant, error: HomeAssistantError) -> str:
    """Return in Home Assistant's language what an error would tell, for use in an answer."""
    texts = await async_get_translations(hass, hass.config.language, CATEGORY, {DOMAIN})
    text = texts[f"component.{DOMAIN}.{CATEGORY}.{error.translation_key}.message"]
    return text.format(**(error.translation_placeholders or {}))
