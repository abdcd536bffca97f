"""The set-up script as a module, and a bare checkout to run it in."""

from pathlib import Path
import shutil
from types import ModuleType

import pytest

from .loader import ROOT, load_setup


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone in which nothing was set up yet."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture
def setup(checkout: Path) -> ModuleType:
    """The set-up script of the bare checkout, with its cache folder in place."""
    module = load_setup(checkout)
    module.CACHE.mkdir()
    return module
