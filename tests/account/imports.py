"""Helpers of the tests about bills that come as files."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.lumme_energy.const import (
    CONF_ACCOUNT_ID,
    CONF_KIND,
    CONF_SUPPLIER,
    DOMAIN,
    KIND_ACCOUNT,
)


def files_entry(hass: HomeAssistant, supplier: str = "files_be", **options: Any) -> MockConfigEntry:
    """Add an account without a portal, as the config flow creates it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Voorbeeld Energie",
        unique_id=f"unique-{supplier}",
        data={
            CONF_KIND: KIND_ACCOUNT,
            CONF_SUPPLIER: supplier,
            CONF_ACCOUNT_ID: f"account-{supplier}",
            "name": "Voorbeeld Energie",
        },
        options=options,
    )
    entry.add_to_hass(hass)
    return entry


def allowed(hass: HomeAssistant, folder: Path) -> Path:
    """Return a folder from which Home Assistant may read for others; it is the media folder too."""
    folder = folder / "media"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    hass.config.media_dirs = {"local": str(folder)}
    return folder


def found(folder: Path, pattern: str) -> list[Path]:
    """Return what is in a folder."""
    return sorted(folder.glob(pattern))


def moved(path: Path, target: Path) -> Path:
    """Move a file or a folder."""
    return path.rename(target)
