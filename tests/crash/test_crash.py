"""A short run of what `scripts/crash_readings` does at length."""

from pathlib import Path

import pytest

from .proof import House


@pytest.mark.usefixtures("socket_enabled")
async def test_killed(tmp_path: Path) -> None:
    """What is due when Home Assistant is killed again and again arrives once, as it was."""
    counts = await House(tmp_path, seed=1).run(lambda counts: len(counts.due) > 0, kills=5)
    assert counts.kills
    assert counts.held == counts.due
    assert set(counts.accepted.values()) == {1}
    assert (counts.needless, counts.deletions, counts.errors) == (0, 0, 0)
