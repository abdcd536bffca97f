"""Who this device is: its own key and certificate, made at the first boot.

So no secret ships with the firmware, and no two devices share one. Clients pin the certificate by
its SHA-256 fingerprint.
"""

from binascii import hexlify
from hashlib import sha256
import os

import tls

KEY_FILE = "identity.key"
CERT_FILE = "identity.crt"


class Identity:
    """A private key and the certificate that goes with it, both DER."""

    def __init__(self, key, certificate):
        """Hold what was read or made."""
        self.key = key
        self.certificate = certificate
        self.fingerprint = hexlify(sha256(certificate).digest()).decode()


def load(store):
    """Return this device's identity, None when there is none yet."""
    key = store.read_bytes(KEY_FILE)
    certificate = store.read_bytes(CERT_FILE)
    return Identity(key, certificate) if key and certificate else None


def make(store, name):
    """Make an identity and keep it.

    The old certificate goes first and the new one is written last, so that after a power cut in
    between there is none, and a new pair is made.
    """
    from . import cert  # noqa: PLC0415 - needed once in a device's life, then only memory

    key, certificate = cert.make(name, os.urandom)
    store.remove(CERT_FILE)
    store.write_bytes(KEY_FILE, key)
    store.write_bytes(CERT_FILE, certificate)


def server_context(identity, clients=()):
    """Return a TLS server context; with certificates of clients, only these are let in."""
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate, identity.key)
    context.verify_mode = tls.CERT_REQUIRED if clients else tls.CERT_NONE
    for client in clients:
        context.load_verify_locations(client)
    return context


def is_certificate(data):
    """Return whether TLS can read that as a certificate."""
    try:
        tls.SSLContext(tls.PROTOCOL_TLS_SERVER).load_verify_locations(data)
    except (OSError, ValueError):
        return False
    return True
