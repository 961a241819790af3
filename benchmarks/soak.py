"""Whether a print worker grows: a day's slips, one every half second, and what its process holds meanwhile."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.disciplines import progress
from sportello.domain.slips import JobState
from tests.paper.soak import Soaked, soak

MOST_MB = 120.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slips", type=int, default=1200)
    parser.add_argument("--every", type=float, default=0.5, metavar="SECONDS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(Path(folder), slips=asked.slips, every_s=asked.every, told=shown(asked.slips))
    print("\n".join(told(found)))
    whole = found.states[JobState.CONFIRMED] == found.sheets == asked.slips
    sys.exit(not whole or found.more_files > 0 or found.most_mb > MOST_MB)


def shown(slips: int) -> Callable[[int], None]:
    """A bar of 60 steps."""
    return lambda n: progress(n * 60 // slips, 60)


def told(found: Soaked) -> list[str]:
    """The figures, a line each."""
    states = ", ".join(f"{state.value} {n}" for state, n in sorted(found.states.items()))
    held = [f"{one.slips:>7}{one.files:>7}{one.mb:>8.1f} MB" for one in found.samples]
    return [
        f"{found.samples[-1].slips} slips in {found.took_s:.0f} s, {found.sheets} sheets; {states}",
        f"{'slips':>7}{'files':>7}{'resident':>11}",
        *held,
        f"most memory: {found.most_mb:.1f} MB (at most {MOST_MB:.0f})",
        f"descriptors that were added: {found.more_files}",
    ]


if __name__ == "__main__":
    main()
