"""One log-in at a portal, shared by the entries of all its customers.

A log-in may act for several customers, each with an entry of its own. The portal sees one visitor
all the same: one conversation, so that it is never asked for two customers at once, and one budget
of requests and log-ins, kept on disk.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
import hashlib
from typing import Any

import aiohttp
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnsupportedStorageVersionError
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import (
    CONF_ACCOUNT_ID,
    CONF_KIND,
    CONF_PORTAL_ADDRESS,
    CONF_SUPPLIER,
    DOMAIN,
    KIND_ACCOUNT,
    LOGGER,
)
from ..portal.base import Portal
from ..portal.politeness import Politeness, PolitenessState, load_state
from ..portal.session import Credentials, new_cookie_jar
from ..portal.suppliers import SUPPLIERS, Supplier

VERSION = 1

_LOGINS: HassKey[dict[str, Login]] = HassKey(f"{DOMAIN}_logins")


def login_key(data: Mapping[str, Any]) -> str:
    """Return what tells the log-ins of entries apart; the e-mail address must not travel in it."""
    username = _credentials(data).username.casefold()
    parts = (data[CONF_SUPPLIER], data.get(CONF_PORTAL_ADDRESS, ""), username)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def siblings(hass: HomeAssistant, entry: ConfigEntry[Any]) -> list[ConfigEntry[Any]]:
    """Return the other entries of the same log-in."""
    return [
        other
        for other in hass.config_entries.async_entries(DOMAIN, include_ignore=False)
        if other.entry_id != entry.entry_id
        and other.data[CONF_KIND] == KIND_ACCOUNT
        and login_key(other.data) == login_key(entry.data)
    ]


def new_http(hass: HomeAssistant) -> aiohttp.ClientSession:
    """Return an HTTP client with a cookie jar of its own that belongs to no entry; detach it."""
    return async_create_clientsession(hass, auto_cleanup=False, cookie_jar=new_cookie_jar())


def new_portal(
    http: aiohttp.ClientSession, data: Mapping[str, Any], politeness: Politeness
) -> Portal:
    """Return the portal that an entry's data, or what is to become them, name."""
    return SUPPLIERS[Supplier(data[CONF_SUPPLIER])].portal(
        http,
        _credentials(data),
        politeness,
        address=data.get(CONF_PORTAL_ADDRESS),
    )


def _credentials(data: Mapping[str, Any]) -> Credentials:
    """Return the customer's log-in; an account without a portal has one of its own, never used."""
    return Credentials(
        username=data.get(CONF_USERNAME, data.get(CONF_ACCOUNT_ID, "")),
        password=data.get(CONF_PASSWORD, ""),
    )


def now() -> float:
    """Return the time by the clock of every log-in."""
    return dt_util.utcnow().timestamp()


class Login:
    """A conversation with a portal and its politeness."""

    def __init__(self, hass: HomeAssistant, key: str) -> None:
        """Name the file that keeps the politeness."""
        self._hass = hass
        self._store = Store[dict[str, Any]](
            hass, VERSION, f"{DOMAIN}.login.{key}", private=True, atomic_writes=True
        )
        self._loading = asyncio.Lock()
        self._politeness: Politeness | None = None
        self._http: aiohttp.ClientSession | None = None
        self._portal: Portal | None = None
        self.users: set[str] = set()

    async def async_portal(self, data: Mapping[str, Any]) -> Portal:
        """Return the portal; entries with the same credentials share it."""
        politeness = await self._async_politeness()
        credentials = _credentials(data)
        if self._portal is None or self._portal.session.credentials != credentials:
            if self._http is None:
                self._http = new_http(self._hass)
            self._portal = new_portal(self._http, data, politeness)
        return self._portal

    async def async_forgive(self) -> None:
        """Let the next log-in pass at once: a person has just logged in with it."""
        politeness = await self._async_politeness()
        state = politeness.state
        state.refused_for, state.fruitless, state.rest_until = None, 0, None
        await self._async_save(state)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    def close(self) -> None:
        """End the conversation."""
        if self._http is not None:
            self._http.detach()

    async def _async_politeness(self) -> Politeness:
        async with self._loading:
            if self._politeness is None:
                try:
                    stored = await self._store.async_load()
                except UnsupportedStorageVersionError:
                    LOGGER.warning("Stored log-in data come from a newer version and are ignored")
                    stored = None
                self._politeness = Politeness(now, state=load_state(stored), save=self._async_save)
            return self._politeness

    async def _async_save(self, state: PolitenessState) -> None:
        await self._store.async_save(asdict(state))


def async_login(hass: HomeAssistant, data: Mapping[str, Any]) -> Login:
    """Return the log-in of an entry, for a moment."""
    key = login_key(data)
    return hass.data.get(_LOGINS, {}).get(key) or Login(hass, key)


def async_acquire(hass: HomeAssistant, entry_id: str, data: Mapping[str, Any]) -> Login:
    """Return the log-in of an entry, to be released when the entry is unloaded."""
    key = login_key(data)
    login = hass.data.setdefault(_LOGINS, {}).setdefault(key, Login(hass, key))
    login.users.add(entry_id)
    return login


def async_release(hass: HomeAssistant, entry_id: str, data: Mapping[str, Any]) -> None:
    """Give a log-in back; the last entry that does so ends the conversation."""
    key = login_key(data)
    login = hass.data[_LOGINS][key]
    login.users.discard(entry_id)
    if not login.users:
        hass.data[_LOGINS].pop(key).close()
