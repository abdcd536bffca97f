"""Errors of a bridge, as a user who has asked for something is told them."""

from homeassistant.exceptions import HomeAssistantError

from ..bridge_api.errors import BridgeError, RefusedError
from ..const import DOMAIN
from .bundle import BundleError

# The bridge's words for why it does not take an update.
UPDATE_REFUSALS = frozenset(
    {
        "bad_manifest",
        "bad_signature",
        "no_release_key",
        "no_room",
        "not_for_this_device",
        "not_normal",
        "older",
        "on_trial",
    }
)


def undone(err: BridgeError) -> HomeAssistantError:
    """Return the error that says so in words."""
    key = "bridge_failed"
    if isinstance(err, RefusedError) and err.reason in UPDATE_REFUSALS:
        key = f"bridge_update_{err.reason}"
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)


def bundle_failed(err: BundleError) -> HomeAssistantError:
    """Return the error that says what is wrong with the firmware in the folder."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="bridge_bundle_broken",
        translation_placeholders={"file": str(err)},
    )
