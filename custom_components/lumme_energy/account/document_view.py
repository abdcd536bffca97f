"""Hands out documents to who is logged in to Home Assistant, or has a signed address."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.hdrs import CACHE_CONTROL, CONTENT_DISPOSITION
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from ..const import CONF_KIND, DOMAIN, KIND_ACCOUNT
from ..portal.errors import PortalError
from .coordinator import AccountCoordinator
from .documents import PDF
from .errors import async_words, document_error

URL: Final = f"/api/{DOMAIN}/documents/{{entry_id}}/{{key}}"


@callback
def loaded_account(hass: HomeAssistant, entry_id: str) -> AccountCoordinator | None:
    """Return a loaded account by its entry's id."""
    entry = hass.config_entries.async_get_entry(entry_id)
    if (
        entry is None
        or entry.domain != DOMAIN
        or entry.data[CONF_KIND] != KIND_ACCOUNT
        or entry.state is not ConfigEntryState.LOADED
    ):
        return None
    coordinator: AccountCoordinator = entry.runtime_data
    return coordinator


@callback
def signed(coordinator: AccountCoordinator, key: str, lifetime: timedelta) -> str:
    """Return an address at which a document can be opened without logging in, for a while."""
    path = URL.format(entry_id=coordinator.config_entry.entry_id, key=key)
    return async_sign_path(coordinator.hass, path, lifetime)


class DocumentView(HomeAssistantView):
    """A document by its account and token. No part of the address is ever used as a path."""

    url = URL
    name = f"api:{DOMAIN}:document"

    async def get(self, request: web.Request, entry_id: str, key: str) -> web.StreamResponse:
        """Return the document, from the archive or from the portal."""
        hass = request.app[KEY_HASS]
        if (coordinator := loaded_account(hass, entry_id)) is None:
            return self.json_message("Not found", HTTPStatus.NOT_FOUND)
        try:
            document = await coordinator.documents.async_open(key)
        except PortalError as err:
            words = await async_words(hass, document_error(coordinator, err))
            return self.json_message(words, HTTPStatus.BAD_GATEWAY)
        if document is None:
            return self.json_message("Not found", HTTPStatus.NOT_FOUND)
        shown = "inline" if document.content_type == PDF else "attachment"
        headers = {
            CONTENT_DISPOSITION: f'{shown}; filename="{document.name}"',
            CACHE_CONTROL: "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        if isinstance(document.content, bytes):
            return web.Response(
                body=document.content, content_type=document.content_type, headers=headers
            )
        return web.FileResponse(
            document.content, headers={**headers, "Content-Type": document.content_type}
        )
