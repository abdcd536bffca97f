"""Chooses which of the two firmware folders runs. The one file that no update replaces.

"a" and "b" hold a whole firmware each. What runs is the good one; or the other, for as many starts
as a trial has (`bridge/ota.py` writes and ends it). The count goes down before the trial starts, so
one that dies at once is left behind as well.
"""

import json
import os
import sys

_DATA = "data/slot.json"


def _root():
    # Only a computer has an environment; on a device the file system is ours.
    return (os.getenv("BRIDGE_ROOT") or ".").rstrip("/") + "/" if hasattr(os, "getenv") else "/"


def choose(root):
    """Return the folder to run, and count its start if it is on trial."""
    try:
        with open(root + _DATA) as file:
            state = json.load(file)
        good, trial, left = state["good"], state.get("trial"), state.get("left", 0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "a"  # there was no update yet
    if not trial:
        return good
    if left <= 0:
        _write(root, {"good": good})
        return good
    _write(root, {"good": good, "trial": trial, "left": left - 1})
    return trial


def _write(root, state):
    # As bridge/store.py does; nothing of the folders can be used here.
    with open(root + _DATA + ".new", "w") as file:
        json.dump(state, file)
    os.rename(root + _DATA + ".new", root + _DATA)


def _run():
    root = _root()
    slot = choose(root)
    sys.path.insert(0, root + slot)
    try:
        from bridge.start import start  # noqa: PLC0415 - there is no path to it before

        start(slot)
    except Exception as err:  # noqa: BLE001 - whatever it is, the next start may choose the other
        sys.print_exception(err)
        import machine  # noqa: PLC0415

        getattr(machine, "reset", sys.exit)()


if __name__ == "__main__":
    _run()
