"""Whether paper can be believed: a centre prints while workers are killed, the power goes and the paper ends."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.disciplines import progress
from printers import slip
from printers.machine import DOTS_MM
from sportello.domain.slips import JobState
from sportello.i18n import translator
from tests.paper.torture import Found, Plan, torture

MM_S = 200.0  # a usual desk printer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=500, help="workers ended by SIGKILL in mid-flight")
    parser.add_argument("--power-cuts", type=int, default=100)
    parser.add_argument("--paper-outs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", type=int, help="instead: so many slips in peace at 200 mm/s, how long each took")
    asked = parser.parse_args()
    if asked.calm:
        print("\n".join(calm(asked.calm)))
        return
    plan = Plan(
        jobs=asked.jobs,
        kills=asked.kills,
        power_cuts=asked.power_cuts,
        paper_outs=asked.paper_outs,
        seed=asked.seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), plan, lambda n: progress(min(n // 10, asked.jobs // 10), asked.jobs // 10))
    print("\n".join(told(found)))
    sys.exit(bool(found.duplicates or found.false_confirmations or found.unended))


def calm(slips: int) -> list[str]:
    """From the number to the proof that its slip is cut, one after the other; and what a worker weighs."""
    plan = Plan(jobs=slips, kills=0, power_cuts=0, paper_outs=0, mm_s=MM_S, ahead=1)
    with tempfile.TemporaryDirectory() as folder:
        found = torture(Path(folder), plan)
    waits, heights = (
        found.waits_ms,
        [slip.draw(one.job.slip, width=576, translator=translator).height for one in found.jobs],
    )
    floor_ms = sum(heights) / len(heights) / DOTS_MM / MM_S * 1000
    ranked = [waits[min(len(waits) - 1, len(waits) * rank // 100)] for rank in (50, 95)]
    return [
        f"{len(waits)} slips confirmed, the paper alone takes {floor_ms:.0f} ms at {MM_S:.0f} mm/s",
        f"number to proof: p50 {ranked[0]} ms ({ranked[0] / floor_ms:.2f} × the paper), p95 {ranked[1]} ms",
        f"worker: {found.worker_kb / 1024:.0f} MB, open files {found.worker_files[0]} -> {found.worker_files[1]}",
    ]


def told(found: Found) -> list[str]:
    """The figures, a line each."""
    states = ", ".join(f"{state.value} {n}" for state, n in sorted(found.states().items()))
    return [
        f"{len(found.jobs)} jobs, {found.kills} kills, {found.power_cuts} power cuts, {found.paper_outs} ends of paper,"
        f" {found.took_s:.0f} s",
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
