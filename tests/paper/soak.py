"""A print worker through many ordinary slips, one soon after the other: what it holds must not grow."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sportello.domain.commands import IssueTicket
from sportello.domain.slips import JobState
from tests.paper.emulator import Emulator
from tests.paper.torture import Plan, Workers, centre_at, jobs_of, settle

SAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the worker's process holds after so many slips."""

    slips: int
    files: int  # open descriptors
    mb: float  # resident, 10⁶ bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """What came of it."""

    samples: list[Held]
    states: Counter[JobState]
    sheets: int
    took_s: float

    @property
    def most_mb(self) -> float:
        return max(one.mb for one in self.samples)

    @property
    def more_files(self) -> int:
        """By how many descriptors the floor rose from the second quarter to the last one.

        In the first everything needed is opened; and now and then one more is open for a moment.
        """
        quarter = len(self.samples) // 4
        second, last = self.samples[quarter : 2 * quarter], self.samples[-quarter:]
        return min(one.files for one in last) - min(one.files for one in second)


def soak(folder: Path, *, slips: int, every_s: float, told: Callable[[int], object] = lambda _: None) -> Soaked:
    """Give a number every so many seconds; `told` hears how many there were."""
    plan = Plan(jobs=slips, kills=0, power_cuts=0, paper_outs=0)
    samples, begun = list[Held](), time.monotonic()
    with Emulator(mm_s=plan.mm_s) as paper, centre_at(folder, paper, plan) as centre:
        workers = Workers(folder / "centre.sock", folder)
        try:
            for n in range(1, slips + 1):
                centre.handle(IssueTicket(service="A01"), actor="kiosk", command_id=f"number-{n}")
                time.sleep(max(0.0, begun + n * every_s - time.monotonic()))
                if n % max(1, slips // SAMPLES) == 0:
                    samples.append(held(workers.process, n))
                told(n)
            settle(centre, paper)
            samples.append(held(workers.process, slips))
        finally:
            workers.close()
        states = Counter(one.state for one in jobs_of(centre))
        return Soaked(samples=samples, states=states, sheets=len(paper.sheets), took_s=time.monotonic() - begun)


def held(process: int, slips: int) -> Held:
    """What a process holds now."""
    proc = Path("/proc") / str(process)
    sizes = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    kib = int(sizes["VmRSS"].split()[0])
    return Held(slips=slips, files=sum(1 for _ in (proc / "fd").iterdir()), mb=kib * 1024 / 1e6)
