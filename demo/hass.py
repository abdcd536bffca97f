"""Home Assistant's own start, kept to this machine: `python -m demo.hass -c FOLDER`.

Two things a demo may not do have no setting in Home Assistant: its mDNS resolver listens on every
interface, and its default set-up loads platforms (cameras, infrared) whose libraries nobody here
needs. Both are narrowed before its real entry point runs.
"""

import ctypes
import os
import signal
import sys

from homeassistant import __main__, bootstrap
from homeassistant.components import zeroconf

UNUSED_DEFAULTS = {"ai_task", "camera", "image_processing", "infrared", "radio_frequency"}
PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when the demo dies without a chance to do it itself."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> int:
    """Start Home Assistant on the loopback interface."""
    if sys.platform == "linux":
        end_with_parent(int(os.environ["LUMME_DEMO_PID"]))
    zeroconf._async_get_zc_args = lambda hass: {"interfaces": ["127.0.0.1"], "unicast": True}  # noqa: SLF001
    bootstrap.DEFAULT_INTEGRATIONS -= UNUSED_DEFAULTS
    return __main__.main()


if __name__ == "__main__":
    sys.exit(main())
