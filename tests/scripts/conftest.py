"""The set-up script as a module, and a bare checkout to run it in."""

from importlib.machinery import SourceFileLoader
from pathlib import Path
import shutil
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load(checkout: Path) -> ModuleType:
    """Import `scripts/setup` of a checkout; it has no suffix and is no package."""
    module = ModuleType("lumme_setup")
    module.__file__ = str(checkout / "scripts" / "setup")
    SourceFileLoader("lumme_setup", module.__file__).exec_module(module)
    return module


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
    module = load(checkout)
    module.CACHE.mkdir()
    return module
