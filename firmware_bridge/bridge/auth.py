"""Who may talk to the bridge: clients that were paired by somebody who stood before it.

There is no password, and so none that is the same on two devices. Pressing the button opens a
window of half a minute in which one client gets a token. A device that has no button yet says a
code on its serial console instead, which is good for its first client only. What is kept of a
token is its hash.
"""

from binascii import hexlify
from hashlib import sha256
import os

from .doors import Limit

FILE = "clients.json"
CODE_FILE = "pairing.code"
MOST = 4
WINDOW = 30  # s
_TRIES = 5
_PAUSE = 60  # s for another try after too many wrong ones
_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike


class Closed(Exception):
    """Nobody has pressed the button."""


class Full(Exception):
    """As many clients as there may be are paired already."""


class Auth:
    """The paired clients, and the window in which another may be paired."""

    def __init__(self, store, clock, log):
        """Read who is paired; a device with nobody has a code for the first."""
        self._store = store
        self._clock = clock
        self._log = log
        self._clients = store.read(FILE) or []
        self._open_until = 0
        self.attempts = Limit(clock, _TRIES, _PAUSE)
        if not self._clients and store.read_bytes(CODE_FILE) is None:
            letters = "".join(_CODE_LETTERS[byte % 32] for byte in os.urandom(12))
            store.write_bytes(CODE_FILE, letters.encode())

    def code(self):
        """Return the code for the first client, None when there was one."""
        code = None if self._clients else self._store.read_bytes(CODE_FILE)
        return code and code.decode()

    def open(self):
        """Open the window."""
        self._open_until = self._clock.seconds() + WINDOW
        self._log("auth", "pairing is open for %d s" % WINDOW)

    def close(self):
        """Close the window."""
        self._open_until = 0

    def is_open(self):
        """Return whether a client may be paired now."""
        return self._clock.seconds() < self._open_until

    def pair(self, name, code, address, certificate=None):
        """Pair a client; returns its id and its token, which is not kept.

        Args:
            name: What the client calls itself.
            code: The code of the first client, or None.
            address: Where it is, to limit how often it may guess.
            certificate: Its own certificate (DER), for Modbus through TLS.

        """
        expected = self.code()
        known = code is not None and expected is not None and same(code.encode(), expected.encode())
        if not known and not self.is_open():
            if code is not None:
                self.attempts.take(address)
            raise Closed
        if len(self._clients) >= MOST:
            raise Full
        token = hexlify(os.urandom(32)).decode()
        client = hexlify(os.urandom(4)).decode()
        if certificate:
            self._store.write_bytes(_certificate(client), certificate)
        self._clients.append({"id": client, "name": name, "hash": _hash(token)})
        self._store.write(FILE, self._clients)
        self._store.remove(CODE_FILE)
        self.close()
        self.attempts.forget(address)
        self._log("auth", "paired " + client)
        return client, token

    def check(self, token, address):
        """Return the id of the client with that token, or None."""
        presented = _hash(token).encode()
        found = None
        for client in self._clients:  # all of them, so that the time tells nothing
            if same(presented, client["hash"].encode()):
                found = client["id"]
        if found is None:
            self.attempts.take(address)
        return found

    def clients(self):
        """Return the id and name of every paired client."""
        return [{"id": client["id"], "name": client["name"]} for client in self._clients]

    def certificates(self):
        """Return the certificates of the clients that gave one."""
        found = [self._store.read_bytes(_certificate(client["id"])) for client in self._clients]
        return [certificate for certificate in found if certificate]

    def revoke(self, identifier):
        """Unpair a client; returns whether there was one."""
        left = [client for client in self._clients if client["id"] != identifier]
        if len(left) == len(self._clients):
            return False
        self._clients = left
        self._store.write(FILE, left)
        self._store.remove(_certificate(identifier))
        self._log("auth", "unpaired " + identifier)
        return True

    def reset(self):
        """Unpair everybody."""
        for client in self.clients():
            self.revoke(client["id"])


def same(one, two):
    """Compare bytes in a time that does not tell where they differ."""
    if len(one) != len(two):
        return False
    different = 0
    for a, b in zip(one, two):
        different |= a ^ b
    return not different


def _hash(token):
    return hexlify(sha256(token.encode()).digest()).decode()


def _certificate(client):
    return "client-%s.crt" % client
