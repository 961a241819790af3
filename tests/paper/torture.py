"""A real centre prints on an emulated printer while workers are killed, the power goes and the paper ends."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from printers import slip
from sportello.centre import Centre
from sportello.domain.commands import IssueTicket
from sportello.domain.printing import Capability, PrinterSetup
from sportello.domain.slips import IN_FLIGHT, JobState
from sportello.i18n import translator
from sportello.ledger import spool
from sportello.ledger.db import row
from sportello.ledger.spool import Printing
from sportello.local import Line
from sportello.timekeeping import system_clock
from tests.ledger import lived
from tests.paper.emulator import Emulator

ALL = frozenset({Capability.STATUS, Capability.FENCE, Capability.PROCESS_ID, Capability.COUNTERS, Capability.CLEAR})
AHEAD = 3  # numbers that wait for paper at once
PATIENCE_S = 60.0  # for the last ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of everything there is to be, at least."""

    jobs: int
    kills: int
    power_cuts: int
    paper_outs: int
    seed: int = 1
    capabilities: frozenset[Capability] = ALL
    mm_s: float = 600.0


@dataclass(slots=True, kw_only=True)
class Found:
    """What came of it. `whole`: how many whole originals of each ticket are on paper. `struck`: how many of the kills,
    power cuts and ends of paper met a slip between its first byte and its cut.
    """

    jobs: list[Printing]
    whole: Counter[str]
    kills: int = 0
    power_cuts: int = 0
    paper_outs: int = 0
    struck: int = 0
    took_s: float = 0.0

    def states(self) -> Counter[JobState]:
        return Counter(one.state for one in self.jobs)

    @property
    def duplicates(self) -> list[str]:
        return [ticket for ticket, n in self.whole.items() if n > 1]

    @property
    def false_confirmations(self) -> list[str]:
        sure = (one.job.ticket for one in self.jobs if one.state is JobState.CONFIRMED)
        return [ticket for ticket in sure if self.whole[ticket] != 1]

    @property
    def unended(self) -> list[str]:
        return [one.job.ticket for one in self.jobs if one.state in IN_FLIGHT or one.state is JobState.QUEUED]

    @property
    def unknown(self) -> float:
        return self.states()[JobState.UNKNOWN] / max(1, len(self.jobs))


class Workers:
    """The one print worker there is at a time."""

    def __init__(self, socket: Path, folder: Path) -> None:
        words = [sys.executable, "-m", "tests.paper.nursery", str(socket), str(folder)]
        self._nursery = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.killed = 0
        self.process = self._bear()

    def _bear(self) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write("\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def kill(self) -> None:
        """End it in the middle of whatever it does, and begin another."""
        os.kill(self.process, signal.SIGKILL)
        self.killed += 1
        self.process = self._bear()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)
        self._nursery.kill()
        self._nursery.communicate()


@contextmanager
def centre_at(folder: Path, paper: Emulator, plan: Plan) -> Iterator[Centre]:
    """A centre of the tests with this printer, and its local line."""
    setup = PrinterSetup(name="totem", uri=paper.uri, capabilities=plan.capabilities)
    lived.new_centre(folder, lived.Ticking(lived.at(lived.FIRST_DAY, 8))).close()
    centre = Centre(folder / "centre.db", lived.CODE, system_clock(), printers=(setup,))
    line = Line(folder / "centre.sock", centre)
    try:
        yield centre
    finally:
        line.close()
        centre.close()


def torture(folder: Path, plan: Plan, told: Callable[[int], object] = lambda _: None) -> Found:
    """Print until everything planned has happened; `told` hears how many jobs there are."""
    chance, begun, outs, struck = random.Random(plan.seed), time.monotonic(), 0, 0
    with Emulator(mm_s=plan.mm_s) as paper, centre_at(folder, paper, plan) as centre:
        workers = Workers(folder / "centre.sock", folder)
        try:
            given = 0
            next_at = begun
            while given < plan.jobs or not _enough(plan, workers.killed, paper.power_cuts, outs):
                if _waiting(centre) < AHEAD:
                    given += 1
                    centre.handle(IssueTicket(service="A01"), actor="kiosk", command_id=f"number-{given}")
                    told(given)
                if time.monotonic() < next_at:
                    time.sleep(0.01)
                    continue
                next_at = time.monotonic() + chance.uniform(0.15, 0.7)
                left = (plan.kills - workers.killed, plan.power_cuts - paper.power_cuts, plan.paper_outs - outs)
                blow = chance.choices(("kill", "power", "paper", "nothing"), [*(max(0.05, one) for one in left), 1])[0]
                struck += blow != "nothing" and paper.busy
                match blow:
                    case "kill":
                        workers.kill()
                    case "power":
                        paper.cut_power(chance.uniform(0.1, 0.5))
                    case "paper":
                        outs += 1
                        paper.refill_s = chance.uniform(0.1, 0.8)
                        paper.end_paper()
            settle(centre, paper)
        finally:
            workers.close()
        jobs = jobs_of(centre)
        return Found(
            jobs=jobs,
            whole=whole(paper.sheets, jobs),
            kills=workers.killed,
            power_cuts=paper.power_cuts,
            paper_outs=outs,
            struck=struck,
            took_s=time.monotonic() - begun,
        )


def _enough(plan: Plan, kills: int, cuts: int, outs: int) -> bool:
    return kills >= plan.kills and cuts >= plan.power_cuts and outs >= plan.paper_outs


def _waiting(centre: Centre) -> int:
    with centre.reading() as db:
        found = row(db, "SELECT count(*) AS n FROM print_job WHERE state IN ('queued', 'sending', 'sent', 'held')")
    return int(found["n"]) if found else 0


def settle(centre: Centre, paper: Emulator) -> None:
    """Leave everything in peace until every job has ended."""
    ends = time.monotonic() + PATIENCE_S
    while _waiting(centre) and time.monotonic() < ends:
        paper.refill()
        time.sleep(0.05)


def jobs_of(centre: Centre) -> list[Printing]:
    with centre.reading() as db:
        return [spool.read(one) for one in db.rows(f"{spool.SELECT} ORDER BY id")]


def whole(sheets: list[Image.Image], jobs: list[Printing]) -> Counter[str]:
    """How often each ticket's slip stands whole at the end of a sheet, dot by dot."""
    pictures = {one.job.ticket: slip.draw(one.job.slip, width=576, translator=translator).tobytes() for one in jobs}
    papers = [sheet.tobytes() for sheet in sheets]
    return Counter(ticket for paper in papers for ticket, picture in pictures.items() if paper.endswith(picture))
