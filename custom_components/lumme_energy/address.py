"""Where a device on the network or on a serial port is: what an entry says of it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT


def address(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an entry's data that no two entries may share."""
    if CONF_HOST in data:
        return {CONF_HOST: data[CONF_HOST], CONF_PORT: data[CONF_PORT]}
    return {CONF_DEVICE: data[CONF_DEVICE]}


def place(data: Mapping[str, Any]) -> str:
    """Return the address as one would write it."""
    return ":".join(map(str, address(data).values()))


def tidy_host(host: str) -> str:
    """Return a host's name in one spelling: one connection is shared per host and port."""
    return host.strip().lower()
