"""Every benchmark, one after another: `python -m benchmarks [NAME …]`."""

from collections.abc import Sequence
from importlib import import_module
import sys
from typing import Final

# The quick ones first; those in a running Home Assistant take minutes.
NAMES: Final = (
    "p1_parse",
    "garbage",
    "memory",
    "modbus",
    "noise",
    "history",
    "home_assistant",
)


def main(names: Sequence[str]) -> int:
    """Run those that are named, or all."""
    if unknown := set(names) - set(NAMES):
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(NAMES)}")  # noqa: T201
        return 2
    for name in names or NAMES:
        import_module(f".{name}", __package__).main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
