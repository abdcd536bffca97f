"""Home Assistant's own start, kept to this machine: `python -m demo.hass --config FOLDER`.

Home Assistant's resolver of `.local` names listens on every interface and has no setting for it;
a demo opens nothing to the network. Nothing else differs from `hass`.
"""

import ctypes
import os
import signal
import sys

from homeassistant import __main__
from homeassistant.components import zeroconf

PARENT = "LUMME_DEMO_PID"
PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the kernel end this process when the demo dies without a chance to do it itself."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)


def main() -> int:
    """Start Home Assistant on the loopback interface."""
    if sys.platform == "linux":
        end_with_parent(int(os.environ[PARENT]))
    zeroconf._async_get_zc_args = lambda hass: {"interfaces": ["127.0.0.1"], "unicast": True}  # noqa: SLF001
    return __main__.main()


if __name__ == "__main__":
    sys.exit(main())
