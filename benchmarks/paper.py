"""Whether paper can be believed: a centre prints while workers are killed, the power goes and the paper ends."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.disciplines import progress
from sportello.domain.printing import Capability
from sportello.domain.slips import JobState
from tests.paper.torture import ALL, Found, Plan, torture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=500, help="workers ended by SIGKILL in mid-flight")
    parser.add_argument("--power-cuts", type=int, default=100)
    parser.add_argument("--paper-outs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--can", default=",".join(sorted(ALL)), help="what the printer answers; without counters, for one"
    )
    asked = parser.parse_args()
    plan = Plan(
        jobs=asked.jobs,
        kills=asked.kills,
        power_cuts=asked.power_cuts,
        paper_outs=asked.paper_outs,
        seed=asked.seed,
        capabilities=frozenset(map(Capability, asked.can.split(","))),
    )
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), plan, lambda n: progress(min(n // 10, asked.jobs // 10), asked.jobs // 10))
    print("\n".join(told(found)))
    sys.exit(bool(found.duplicates or found.false_confirmations or found.unended))


def told(found: Found) -> list[str]:
    """The figures, a line each."""
    states = ", ".join(f"{state.value} {n}" for state, n in sorted(found.states().items()))
    return [
        f"{len(found.jobs)} jobs, {found.kills} kills, {found.power_cuts} power cuts, {found.paper_outs} ends of paper,"
        f" {found.struck} of all these in the middle of a slip, {found.took_s:.0f} s",
        f"states: {states}",
        f"originals printed twice: {len(found.duplicates)} {found.duplicates[:5]}",
        f"confirmed and not on paper: {len(found.false_confirmations)} {found.false_confirmations[:5]}",
        f"without a final state: {len(found.unended)}",
        f"unknown: {found.unknown:.1%}; of these {_out(found)} are on paper",
    ]


def _out(found: Found) -> int:
    return sum(found.whole[one.job.ticket] > 0 for one in found.jobs if one.state is JobState.UNKNOWN)


if __name__ == "__main__":
    main()
