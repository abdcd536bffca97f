"""Import `scripts/setup`, which has no suffix and is no package."""

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def load_setup(checkout: Path = ROOT) -> ModuleType:
    """Return the set-up script of a checkout as a module."""
    module = ModuleType("lumme_setup")
    module.__file__ = str(checkout / "scripts" / "setup")
    SourceFileLoader("lumme_setup", module.__file__).exec_module(module)
    return module
