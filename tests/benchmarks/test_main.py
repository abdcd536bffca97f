"""The benchmarks measure what there is: each of them finds what it needs."""

from importlib import import_module

import pytest

from benchmarks.__main__ import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_can_be_started(name: str) -> None:
    """It takes minutes to run one; that it still fits the demo shows at once."""
    assert callable(import_module(f"benchmarks.{name}").main)
