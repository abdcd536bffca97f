"""Something that speaks HTTPS and is no bridge, or one of tomorrow."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
import hashlib
from pathlib import Path
import ssl
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
import pytest

from tests.firmware.device import HOST


class StandIn:
    """Answers every request with the same.

    Attributes:
        port: Where it listens.
        fingerprint: Of its certificate.
        status, text: What it answers.

    """

    port: int
    fingerprint: str

    def __init__(self) -> None:
        """Answer with nothing."""
        self.status = 200
        self.text = "{}"

    def info(self, **more: Any) -> dict[str, Any]:
        """Return what a bridge of that certificate would say of itself."""
        told = {
            "model": "lumme-bridge",
            "id": "00",
            "version": "0.1.0",
            "api": 1,
            "fingerprint": self.fingerprint,
        }
        return told | more

    async def answer(self, _request: web.Request) -> web.Response:
        """Answer."""
        return web.Response(text=self.text, status=self.status, content_type="application/json")


def _identity(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return what serves TLS with a certificate made just now, and the fingerprint of that."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "stand-in")])
    begin = datetime(2000, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    (folder / "stand-in.pem").write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "stand-in.pem")
    der = certificate.public_bytes(serialization.Encoding.DER)
    return context, hashlib.sha256(der).hexdigest()


@pytest.fixture
async def stand_in(socket_enabled: None, tmp_path: Path) -> AsyncIterator[StandIn]:
    """Return one that listens."""
    stand_in = StandIn()
    context, stand_in.fingerprint = _identity(tmp_path)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stand_in.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0, ssl_context=context)
    await site.start()
    stand_in.port = runner.addresses[0][1]
    yield stand_in
    await runner.cleanup()
