"""What a bridge really announces is what Home Assistant understands, and leads to its set-up."""

import asyncio
from collections.abc import Iterator
import json
from pathlib import Path
import socket
from typing import Any

from homeassistant.components.zeroconf.discovery import info_from_service
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
import pytest
from zeroconf import DNSIncoming, DNSOutgoing, DNSQuestion
from zeroconf.asyncio import AsyncServiceInfo
from zeroconf.const import _CLASS_IN, _FLAGS_QR_QUERY, _TYPE_PTR

import custom_components.lumme_energy
from tests.firmware.device import HOST, PATIENCE
from tests.firmware.whole.bridge import Bridge

from .common import ID
from .test_flow import found

GROUP, PORT = "224.0.0.251", 5353
MANIFEST = Path(custom_components.lumme_energy.__file__).parent / "manifest.json"
(SERVICE,) = json.loads(MANIFEST.read_text())["zeroconf"]


@pytest.fixture
def listener(socket_enabled: None) -> Iterator[socket.socket]:
    """Return a socket that hears the group on the loopback interface, and on no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        here = socket.inet_aton(HOST)
        sock.bind((GROUP, PORT))
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
        member = socket.inet_aton(GROUP) + here
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        yield sock


def understood(packet: bytes) -> ZeroconfServiceInfo | None:
    """Return what Home Assistant makes of a packet, None if it is no announcement."""
    records: dict[str, Any] = {type(each).__name__: each for each in DNSIncoming(packet).answers()}
    if records.keys() != {"DNSPointer", "DNSService", "DNSText", "DNSAddress"}:
        return None
    where = records["DNSService"]
    return info_from_service(
        AsyncServiceInfo(
            records["DNSPointer"].name,
            records["DNSPointer"].alias,
            port=where.port,
            server=where.server,
            addresses=[records["DNSAddress"].address],
            properties=records["DNSText"].text,
        )
    )


async def test_it_is_found(hass: HomeAssistant, listener: socket.socket, bridge: Bridge) -> None:
    """Other bridges may be tested at the same time, and announce themselves, too."""
    question = DNSOutgoing(_FLAGS_QR_QUERY)
    question.add_question(DNSQuestion(SERVICE, _TYPE_PTR, _CLASS_IN))
    (packet,) = question.packets()
    listener.sendto(packet, (GROUP, PORT))
    async with asyncio.timeout(PATIENCE):
        while True:
            heard = understood(await hass.loop.sock_recv(listener, 1500))
            if heard is not None and heard.port == bridge.port:
                break
    assert (heard.host, heard.type) == (HOST, SERVICE)
    fingerprint = bridge.fingerprint().hex()
    assert heard.properties == {
        "id": ID,
        "model": "lumme-bridge",
        "fw": "0.1.0",
        "api": "1",
        "caps": "modbus,failsafe",
        "fp": fingerprint[:16],
        "paired": "0",
    }
    flow = await found(hass, heard)
    assert (flow["step_id"], flow["description_placeholders"]) == (
        "bridge_pair",
        {"bridge": f"Lumme bridge {ID[-6:]}"},
    )
