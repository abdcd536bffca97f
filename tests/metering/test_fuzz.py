"""A short run of the fuzzer; `scripts/fuzz_p1` runs it for long."""

import pytest

from tests.metering.fuzz import main


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_makes_the_reader_raise_or_grow(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--telegrams", "2000", "--seed", str(seed)]) == 0
    assert "2,000 telegrams" in capsys.readouterr().out
