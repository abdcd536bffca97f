"""Blueprints that come with the integration, and the action that puts them where they are used.

They are never installed by themselves: the folder of blueprints is the user's. The action writes a
digest above each file, so that an earlier version of ours is told from a change of the user's. What
the user has changed, or imported from the web, is kept unless it is to be overwritten.
"""

from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.const import SERVICE_RELOAD
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
import probatio

from ..action import Action
from ..const import DOMAIN

ATTR_OVERWRITE: Final = "overwrite"
# Whose they are; it need not be set up for them to be installed.
AUTOMATION: Final = "automation"
# Where an import from the web puts them, too: the owner of the repository names the folder.
FOLDER: Final = "lumme-energy"
SHIPPED: Final = Path(__file__).parent
MARK: Final = "# Updated by lumme_energy.install_blueprints unless you change it. SHA-256: "


class Outcome(StrEnum):
    """What became of a blueprint."""

    INSTALLED = "installed"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    # It is the user's own now, and stays as it is.
    KEPT = "kept"


async def install_blueprints(call: ServiceCall) -> ServiceResponse:
    """Install the blueprints that are missing, and update those that are as we installed them.

    Raises:
        HomeAssistantError: The folder cannot be written to.

    """
    hass = call.hass
    folder = Path(hass.config.path("blueprints", AUTOMATION, FOLDER))
    try:
        outcomes = await hass.async_add_executor_job(
            _install_all, folder, call.data[ATTR_OVERWRITE]
        )
    except OSError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="blueprints_not_written"
        ) from err
    is_new = not {Outcome.INSTALLED, Outcome.UPDATED}.isdisjoint(outcomes.values())
    if is_new and hass.services.has_service(AUTOMATION, SERVICE_RELOAD):
        # Automations that are made from them follow.
        await hass.services.async_call(
            AUTOMATION, SERVICE_RELOAD, blocking=True, context=call.context
        )
    return {f"{FOLDER}/{name}": outcome for name, outcome in outcomes.items()}


def _install_all(folder: Path, overwrite: bool) -> dict[str, Outcome]:
    folder.mkdir(parents=True, exist_ok=True)
    return {
        path.name: _install(path.read_text(encoding="utf-8"), folder / path.name, overwrite)
        for path in sorted(SHIPPED.glob("*.yaml"))
    }


def _install(text: str, path: Path, overwrite: bool) -> Outcome:
    outcome = Outcome.INSTALLED
    if path.exists():
        there = path.read_text(encoding="utf-8")
        if there == _marked(text):
            return Outcome.UNCHANGED
        _, _, below = there.partition("\n")
        if there != _marked(below) and not overwrite:
            return Outcome.KEPT
        outcome = Outcome.UPDATED
    path.write_text(_marked(text), encoding="utf-8")
    return outcome


def _marked(text: str) -> str:
    """Return a file as the action writes it."""
    return f"{MARK}{sha256(text.encode()).hexdigest()}\n{text}"


ACTIONS: Final = (
    Action(
        name="install_blueprints",
        fields={probatio.Optional(ATTR_OVERWRITE, default=False): cv.boolean},
        handler=install_blueprints,
        supports_response=SupportsResponse.OPTIONAL,
        admin_only=True,
    ),
)
