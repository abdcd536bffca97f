"""How the demo narrows Home Assistant's start."""

import ctypes
import os
import signal
from types import SimpleNamespace

from homeassistant.components import zeroconf
import pytest

from demo import hass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """What was asked of the kernel."""
    asked: list[tuple[int, int]] = []
    kernel = SimpleNamespace(prctl=lambda *arguments: asked.append(arguments))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: kernel)
    return asked


def test_it_stays_on_the_loopback_and_ends_with_the_demo(
    monkeypatch: pytest.MonkeyPatch, asked: list[tuple[int, int]]
) -> None:
    """Home Assistant's own entry point runs, with its resolver bound to this machine."""
    monkeypatch.setenv(hass.PARENT, str(os.getppid()))
    monkeypatch.setattr(zeroconf, "_async_get_zc_args", None)
    monkeypatch.setattr(hass.__main__, "main", lambda: 100)
    assert hass.main() == 100
    assert zeroconf._async_get_zc_args(None) == {"interfaces": ["127.0.0.1"], "unicast": True}
    assert asked == [(hass.PR_SET_PDEATHSIG, signal.SIGTERM)]


def test_a_demo_that_died_meanwhile(asked: list[tuple[int, int]]) -> None:
    """The kernel tells nothing about a parent that was gone before it was asked."""
    with pytest.raises(SystemExit):
        hass.end_with_parent(os.getppid() + 1)
