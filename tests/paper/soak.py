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

SAMPLES, REST_S = 20, 1.0


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
    rests: list[Held]  # after half of the slips and after all, with nothing left to do
    states: Counter[JobState]
    sheets: int
    took_s: float

    @property
    def most_mb(self) -> float:
        return max(one.mb for one in self.samples)

    @property
    def more_files(self) -> int:
        """How many descriptors were added between the middle and the end, both times at rest."""
        return self.rests[1].files - self.rests[0].files


def soak(folder: Path, *, slips: int, every_s: float, told: Callable[[int], object] = lambda _: None) -> Soaked:
    """Give a number every so many seconds; `told` hears how many there were."""
    plan = Plan(jobs=slips, kills=0, power_cuts=0, paper_outs=0)
    samples, rests, begun = list[Held](), list[Held](), time.monotonic()
    first = begun
    with Emulator(mm_s=plan.mm_s) as paper, centre_at(folder, paper, plan) as centre:
        workers = Workers(folder / "centre.sock", folder)
        try:
            for n in range(1, slips + 1):
                centre.handle(IssueTicket(service="A01"), actor="kiosk", command_id=f"number-{n}")
                time.sleep(max(0.0, begun + n * every_s - time.monotonic()))
                if n % max(1, slips // SAMPLES) == 0:
                    samples.append(held(workers.process, n))
                if n in (slips // 2, slips):
                    settle(centre, paper)
                    rests.append(at_rest(workers.process, n))
                    begun = time.monotonic() - n * every_s  # no hurry after the rest
                told(n)
        finally:
            workers.close()
        states = Counter(one.state for one in jobs_of(centre))
        took_s = time.monotonic() - first
        return Soaked(samples=samples, rests=rests, states=states, sheets=len(paper.sheets), took_s=took_s)


def at_rest(process: int, slips: int) -> Held:
    """What a process holds with nothing to do: the least of a second, for it still asks its printer how it is."""
    ends, found = time.monotonic() + REST_S, [held(process, slips)]
    while time.monotonic() < ends:
        time.sleep(0.05)
        found.append(held(process, slips))
    return min(found, key=lambda one: one.files)


def held(process: int, slips: int) -> Held:
    """What a process holds now."""
    proc = Path("/proc") / str(process)
    sizes = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    kib = int(sizes["VmRSS"].split()[0])
    return Held(slips=slips, files=sum(1 for _ in (proc / "fd").iterdir()), mb=kib * 1024 / 1e6)
