"""Kills Home Assistant 200 times, or as often as the argument says, and prints what came of it."""

import asyncio
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from .proof import Counts, House

HOUSES = 2
KILLS_A_MONTH = 5


async def crash(kills: int) -> int:
    """Kill, count, print; return 0 if everything arrived once."""
    with TemporaryDirectory() as folder:
        houses = [House(Path(folder) / str(seed), seed) for seed in range(HOUSES)]

        def is_enough(_: Counts) -> bool:
            return sum(house.counts.all_kills for house in houses) >= kills

        done = await asyncio.gather(*(house.run(is_enough, KILLS_A_MONTH) for house in houses))
    sums = Counts()
    for counts in done:
        sums.add(counts)
    print(f"killed: {sums.all_kills}")  # noqa: T201
    print(f"  with nothing to do before the next try: {sums.idle}")  # noqa: T201
    for place, times in sums.kills.most_common():
        print(f"  at {place}: {times}")  # noqa: T201
    lost = sum(len(counts.lost) for counts in done)
    invented = sum(len(counts.invented) for counts in done)
    doubled = sum(len(counts.doubled) for counts in done)
    for name, number in (
        ("readings due", sum(len(counts.due) for counts in done)),
        ("held by the portals", sum(len(counts.held) for counts in done)),
        ("lost", lost),
        ("invented or altered", invented),
        ("taken twice", doubled),
        ("requests to take one", sums.requests),
        ("of those for one it had", sums.needless),
        ("deletions", sums.deletions),
        ("exceptions nobody caught", sums.errors),
    ):
        print(f"{name}: {number}")  # noqa: T201
    is_proven = not (lost or invented or doubled or sums.needless or sums.deletions or sums.errors)
    return 0 if is_proven else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(crash(int(sys.argv[1]) if len(sys.argv) > 1 else 200)))
