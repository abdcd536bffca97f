"""What a whole bridge says on the network beside its API: Modbus through TLS, and its presence."""

# Another process cannot set an event of ours: it has to be asked.
# ruff: noqa: ASYNC110

import asyncio
import base64
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pymodbus.client import AsyncModbusTlsClient
from pymodbus.exceptions import ModbusException
import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from tests.firmware.device import HOST, PATIENCE

from .bridge import Bridge
from .conftest import StartBridge

_SERVICE = "_lumme-bridge._tcp.local."


def make_client(folder: Path) -> tuple[Path, str]:
    """Make a client's key and certificate; returns the file of both, and the certificate in text."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "home-assistant")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9000))
        .not_valid_after(now + timedelta(days=9000))
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(exist_ok=True)
    path = folder / "client.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path, base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()


def modbus_client(bridge: Bridge, client: Path) -> AsyncModbusTlsClient:
    """Return an independent client, pinning the bridge's certificate as strictly as Python can."""
    context = ssl.create_default_context(
        cadata=(bridge.root / "data" / "identity.crt").read_bytes()
    )
    context.check_hostname = False
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # as a device has it
    context.load_cert_chain(client)
    return AsyncModbusTlsClient(
        HOST, port=bridge.tls_port, sslctx=context, timeout=5, retries=0, reconnect_delay=0
    )


async def test_paired_clients_write_what_the_policy_allows(
    start_bridge: StartBridge, tmp_path: Path
) -> None:
    bridge = await start_bridge()
    ours, certificate = make_client(tmp_path / "ours")
    await bridge.pair(certificate=certificate)
    zone = {"unit": 7, "register": 5, "scale": 10, "floor": 8000, "fallback": 10000}
    await bridge.do("PUT", "failsafe", {"zones": {"living": zone}})
    modbus = modbus_client(bridge, ours)
    async with asyncio.timeout(PATIENCE):
        while not await modbus.connect():  # the port opens a moment after the pairing
            await asyncio.sleep(0.05)
    reply = await modbus.read_holding_registers(5, count=1, device_id=7)
    assert reply.registers == [215]
    await asyncio.sleep(1.1)  # the frost guard tells the bus of a new table once a second
    for value, code in ((200, 0), (79, 3), (80, 0), (301, 3), (0xFFFF, 3)):
        reply = await modbus.write_register(5, value, device_id=7)
        assert (reply.exception_code if reply.isError() else 0) == code
    assert (await modbus.write_register(2, 0, device_id=7)).exception_code == 2
    assert bridge.bus.writes == [(5, 200), (5, 80)]
    modbus.close()
    strange, _ = make_client(tmp_path / "strange")
    modbus = modbus_client(bridge, strange)
    if await modbus.connect():
        with pytest.raises(ModbusException):
            await modbus.read_holding_registers(5, count=1, device_id=7)
    await bridge.do("DELETE", "clients")
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionRefusedError):
            while True:
                _, writer = await asyncio.open_connection(HOST, bridge.tls_port)
                writer.close()


async def test_home_assistant_finds_it(start_bridge: StartBridge) -> None:
    zeroconf = AsyncZeroconf(interfaces=[HOST])
    found: asyncio.Queue[str] = asyncio.Queue()
    browser = AsyncServiceBrowser(
        zeroconf.zeroconf,
        _SERVICE,
        handlers=[lambda name, state_change, **_: (
            found.put_nowait(name) if state_change is ServiceStateChange.Added else None
        )],
    )  # fmt: skip
    bridge = await start_bridge()
    try:
        async with asyncio.timeout(PATIENCE):
            name = await found.get()
        info = AsyncServiceInfo(_SERVICE, name)
        assert await info.async_request(zeroconf.zeroconf, 3000)
    finally:
        await browser.async_cancel()
        await zeroconf.async_close()
    identity = b"lumme1".hex()
    assert name == f"lumme-bridge-{identity[-6:]}.{_SERVICE}"
    assert info.parsed_addresses() == [HOST]
    assert info.port == bridge.port
    assert info.decoded_properties == {
        "id": identity,
        "model": "lumme-bridge",
        "fw": "0.1.0",
        "api": "1",
        "caps": "modbus,failsafe",
        "fp": bridge.fingerprint().hex()[:16],
        "paired": "0",
    }
