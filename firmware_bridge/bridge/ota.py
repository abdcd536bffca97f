"""Updates over the network: signed, written beside what runs, and on trial until proved.

The firmware is in one of two folders, "a" and "b". An update fills the other one; only when all of
it is there and true is that folder put on trial, by one small file that the boot picker
(`main.py`) reads. The trial ends well when the new firmware has served an authenticated request
within ten minutes, that is, when it can be updated again. Otherwise the old folder runs again. A
power cut at any moment leaves a folder that runs.
"""

import asyncio
import os

from .version import VERSION

STATE = "slot.json"
KEY_FILE = "release.pub"
MANIFEST = "update.txt"
MANIFEST_SIZE = 16384
TRIES = 3  # starts that a firmware on trial has
TRIAL_SECONDS = 600


class Refused(Exception):
    """An update is not taken; says in a word why."""


class Ota:
    """The update that comes in, and the trial of the one that runs."""

    def __init__(self, root, store, slot, clock, log):
        """Take the folder that holds both slots, and which of them runs."""
        self._store = store
        self._slot = slot
        self._other = "b" if slot == "a" else "a"
        self._folder = root + self._other
        self._clock = clock
        self._log = log
        self._update = None

    def on_trial(self):
        """Return whether the running firmware has not been proved yet."""
        state = self._store.read(STATE) or {}
        return state.get("trial") == self._slot

    def status(self):
        """Return what the API shows."""
        return {
            "version": VERSION,
            "slot": self._slot,
            "on_trial": self.on_trial(),
            "receiving": self._update and self._update.version,
            "missing": self._update.missing() if self._update else 0,
        }

    def add_manifest(self, offset, data):
        """Take a piece of a manifest; its first one gives up whatever came before. Raises Refused."""
        path = self._store.path(MANIFEST)
        if offset == 0:
            self.abort()
        elif offset != os.stat(path)[6] or offset + len(data) > MANIFEST_SIZE:
            raise Refused("not_in_order")
        with open(path, "ab" if offset else "wb") as file:
            file.write(data)

    async def begin(self, forced):
        """Check the manifest; `forced` by the button takes an older version, too. Raises Refused."""
        # Most of the time there is no update, and its code would only take memory.
        from .update import Update, check  # noqa: PLC0415

        if self.on_trial():
            raise Refused("on_trial")
        key = self._store.read_bytes(KEY_FILE)
        if key is None:
            raise Refused("no_release_key")
        self._update = None
        path = self._store.path(MANIFEST)
        try:
            told = await check(path, key, forced)
        except Refused as err:
            self._log("ota", "refused: " + err.args[0])
            raise
        # A folder that waits for its trial is given up before it is written to.
        self._store.write(STATE, {"good": self._slot})
        self._update = Update(path, told, self._folder)
        self._log("ota", "receiving " + self._update.version)

    def add(self, name, offset, data):
        """Take a piece of a file. Raises Refused."""
        if self._update is None:
            raise Refused("no_manifest")
        self._update.add(name, offset, data)

    async def apply(self):
        """Put the new firmware on trial at the next start. Raises Refused."""
        if self._update is None:
            raise Refused("no_manifest")
        await self._update.prove()
        self._store.write(STATE, {"good": self._slot, "trial": self._other, "left": TRIES})
        self._log("ota", "on trial at the next start: " + self._update.version)

    def abort(self):
        """Forget an update that was not applied."""
        self._update = None
        self._store.remove(MANIFEST)

    def judge(self, proved):
        """See how the trial goes; returns whether the old firmware must be started."""
        if not self.on_trial():
            return False
        if proved:
            self._store.write(STATE, {"good": self._slot})
            self._log("ota", "proved: " + VERSION)
        elif self._clock.seconds() >= TRIAL_SECONDS:
            self._store.write(STATE, {"good": self._other})
            return True
        return False


async def run(app):
    """Judge a firmware on trial until there is nothing to judge."""
    ota = app.parts["ota"]
    while True:
        app.beat("trial")
        if ota.judge(app.proved):
            app.reset()
        await asyncio.sleep_ms(2000)
