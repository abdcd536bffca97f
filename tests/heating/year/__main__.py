"""Lives a year at a cottage with everything that goes wrong in it, and prints what came of it."""

import argparse
from datetime import UTC, datetime
import sys

from .report import fair, lines, live, quantile

START = datetime(2025, 9, 1, tzinfo=UTC)


def main() -> int:
    """Return 0 if the rules let nothing freeze, and rooms were warm when somebody came."""
    parser = argparse.ArgumentParser(prog="scripts/simulate_cottage", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    year = live(chosen.seed, START, chosen.days)
    head = f"{chosen.days} days from September on, seed {chosen.seed}"
    print("\n".join([head, "", *lines(year)]))  # noqa: T201
    counts = year.world.counts
    short = quantile([each.short for each in fair(year, counts.arrivals)], 0.9)
    return 0 if not (counts.cold["rules"] or year.ours.below) and short <= 1 else 1


if __name__ == "__main__":
    sys.exit(main())
