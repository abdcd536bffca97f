"""Takes a signed update into the firmware folder that does not run.

A manifest is text, so that it is signed and checked as it is, and line by line, which takes little
memory:

    lumme-bridge 0.2.0
    file bridge/main.mpy 3211 <SHA-256, hex>
    …
    signature <r and s, 128 hex digits: ECDSA P-256 of SHA-256 of all lines above>
"""

import asyncio
from binascii import unhexlify
from hashlib import sha256
import os

from . import ecdsa
from .ota import Refused
from .store import make_folder
from .version import MODEL, VERSION

_SPARE = 16384  # bytes of the file system that an update leaves free
_FOLDER = 0x4000  # what ilistdir() says of one
_NAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_/"


def version_order(version):
    """Return what versions are compared by. Raises ValueError."""
    major, minor, patch = version.split(".")
    return int(major), int(minor), int(patch)


def _is_name(name):
    stem = name[:-4]
    return (
        name[-4:] == ".mpy"
        and all(letter in _NAME_LETTERS for letter in stem)
        and all(part for part in stem.split("/"))
    )


async def check(path, key, older):
    """Return the version, number of files and size that a manifest tells. Raises Refused.

    Args:
        path: Where the manifest is.
        key: The public key of whoever may sign it.
        older: Whether an older version than this one is welcome.

    """
    digest = sha256()
    signature = version = None
    size = files = 0
    try:
        with open(path, "rb") as file:
            for line in file:
                if signature is not None:
                    raise ValueError  # noqa: TRY301 - as good as any other mistake in it
                if line.startswith(b"signature "):
                    signature = unhexlify(line[10:].strip())
                    continue
                digest.update(line)
                if version is None:
                    model, version = line.decode().strip().split(" ")
                    order = version_order(version)
                else:
                    size += _entry(line)[1]
                    files += 1
        if signature is None:
            raise ValueError  # noqa: TRY301
    except (OSError, ValueError, UnicodeError):
        raise Refused("bad_manifest") from None
    good = False
    for step in ecdsa.verify_steps(key, digest.digest(), signature):
        good = step
        await asyncio.sleep_ms(0)
    if not good:
        raise Refused("bad_signature")
    if model != MODEL or not files:
        raise Refused("not_for_this_device")
    if order < version_order(VERSION) and not older:
        raise Refused("older")
    return version, files, size


def _entry(line):
    """Return the name, size and digest that a line tells. Raises ValueError."""
    kind, name, size, digest = line.decode().strip().split(" ")
    if kind != "file" or not _is_name(name) or len(digest) != 64:
        raise ValueError
    return name, int(size), unhexlify(digest)


class Update:
    """The files of a checked manifest as they come in."""

    def __init__(self, manifest, told, folder):
        """Begin with an empty folder. `told` is what `check` returned. Raises Refused."""
        self.version, self._number, size = told
        self._manifest = manifest
        self._folder = folder
        self._whole = set()
        self._name = None
        self._hash = None
        self._size = 0
        clear(folder)
        room = os.statvfs(folder)
        if size + _SPARE > room[0] * room[3]:
            raise Refused("no_room")

    def missing(self):
        """Return how many files are not there yet."""
        return self._number - len(self._whole)

    def add(self, name, offset, data):
        """Take a piece of a file; its first one begins it anew. Raises Refused."""
        size, digest = self._find(name)
        if offset == 0:
            self._whole.discard(name)
            self._name, self._hash, self._size = name, sha256(), 0
            make_folder(self._path(name).rsplit("/", 1)[0])
        if name != self._name or offset != self._size or offset + len(data) > size:
            raise Refused("not_in_order")
        with open(self._path(name), "ab" if offset else "wb") as file:
            file.write(data)
        self._hash.update(data)
        self._size += len(data)
        if self._size == size:
            self._name = None
            if self._hash.digest() != digest:
                raise Refused("wrong_content")
            self._whole.add(name)

    async def prove(self):
        """Read everything once more from where it will be run. Raises Refused."""
        if self.missing():
            raise Refused("incomplete")
        for name in self._whole:
            if await _digest(self._path(name)) != self._find(name)[1]:
                self._whole.discard(name)
                raise Refused("wrong_content")

    def _find(self, name):
        with open(self._manifest, "rb") as file:
            for line in file:
                if line.startswith(b"file ") and _entry(line)[0] == name:
                    return _entry(line)[1:]
        raise Refused("not_in_manifest")

    def _path(self, name):
        return self._folder + "/" + name


async def _digest(path):
    total = sha256()
    piece = memoryview(bytearray(512))
    with open(path, "rb") as file:
        while size := file.readinto(piece):
            total.update(piece[:size])
            await asyncio.sleep_ms(0)
    return total.digest()


def clear(folder):
    """Empty a folder and all below it; make it when it is not there."""
    make_folder(folder)
    for entry in list(os.ilistdir(folder)):
        path = folder + "/" + entry[0]
        if entry[1] == _FOLDER:
            clear(path)
            os.rmdir(path)
        else:
            os.remove(path)
