"""Takes a signed update into the firmware folder that does not run.

A manifest is text, so that it is signed and checked as it is:

    lumme-bridge 0.2.0
    file bridge/main.mpy 3211 <SHA-256, hex>
    …
    signature <r and s, 128 hex digits: ECDSA P-256 of SHA-256 of all lines above>
"""

import asyncio
from binascii import hexlify, unhexlify
from hashlib import sha256
import os

from . import ecdsa
from .ota import Refused
from .store import make_folder
from .version import MODEL, VERSION

_MOST_FILES = 64
_SPARE = 16384  # bytes of the file system that an update leaves free
_FOLDER = 0x4000  # what ilistdir() says of one
_NAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_/"


class Manifest:
    """What a signed manifest says."""

    def __init__(self, data):
        """Parse it. Raises Refused."""
        end = data.rfind(b"signature ")
        if end <= 0:
            raise Refused("bad_manifest")
        self.digest = sha256(data[:end]).digest()
        self.files = {}
        try:
            self.signature = unhexlify(data[end + 10 :].strip())
            lines = data[:end].decode().split("\n")
            self.model, self.version = lines[0].split(" ")
            self.order = version_order(self.version)
            for line in lines[1:-1]:
                kind, name, size, digest = line.split(" ")
                if kind != "file" or not _is_name(name) or len(digest) != 64:
                    raise ValueError
                self.files[name] = (int(size), digest)
        except (ValueError, UnicodeError):
            raise Refused("bad_manifest") from None
        if not 0 < len(self.files) <= _MOST_FILES or self.model != MODEL:
            raise Refused("not_for_this_device")


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


async def take_manifest(data, key, older):
    """Return a manifest that this device may follow. Raises Refused."""
    manifest = Manifest(data)
    good = False
    for good in ecdsa.verify_steps(key, manifest.digest, manifest.signature):
        await asyncio.sleep_ms(0)
    if not good:
        raise Refused("bad_signature")
    if manifest.order < version_order(VERSION) and not older:
        raise Refused("older")
    return manifest


class Update:
    """The files of a manifest as they come in."""

    def __init__(self, manifest, folder):
        """Begin with an empty folder. Raises Refused."""
        self.version = manifest.version
        self._files = manifest.files
        self._folder = folder
        self._missing = set(manifest.files)
        self._name = None
        self._hash = None
        self._size = 0
        clear(folder)
        room = os.statvfs(folder)
        if sum(size for size, _ in self._files.values()) + _SPARE > room[0] * room[3]:
            raise Refused("no_room")

    def missing(self):
        """Return how many files are not there yet."""
        return len(self._missing)

    def add(self, name, offset, data):
        """Take a piece of a file; its first one begins it anew. Raises Refused."""
        if name not in self._files:
            raise Refused("not_in_manifest")
        size, digest = self._files[name]
        if offset == 0:
            self._missing.add(name)
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
            if hexlify(self._hash.digest()).decode() != digest:
                raise Refused("wrong_content")
            self._missing.discard(name)

    async def prove(self):
        """Read everything once more from where it will be run. Raises Refused."""
        if self._missing:
            raise Refused("incomplete")
        for name, (_, digest) in self._files.items():
            if await _digest(self._path(name)) != digest:
                self._missing.add(name)
                raise Refused("wrong_content")

    def _path(self, name):
        return self._folder + "/" + name


async def _digest(path):
    total = sha256()
    with open(path, "rb") as file:
        while piece := file.read(2048):
            total.update(piece)
            await asyncio.sleep_ms(0)
    return hexlify(total.digest()).decode()


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
