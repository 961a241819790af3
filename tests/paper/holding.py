"""A centre that begins the sheet of its only number and stops there, for its parent to kill. Run with: FOLDER STEP."""

import sys
import time
from pathlib import Path

from sportello import spooling
from sportello.centre import Centre
from sportello.domain.commands import IssueTicket
from sportello.domain.slips import JobState
from sportello.timekeeping import system_clock
from tests.ledger.lived import CODE
from tests.paper.jobs import TOTEM, mark


def come_to(folder: Path, step: str) -> None:
    centre = Centre(folder / "centre.db", CODE, system_clock(), printers=(TOTEM,))
    centre.handle(IssueTicket(service="A01"), actor="kiosk", command_id="the-only-one")
    job = spooling.peek(centre, "totem", 0)
    assert job is not None
    if step != "queued":
        assert spooling.begin(centre, job.id, "totem", mark(job, counter=41))
    if step in ("sent", "confirmed"):
        assert spooling.sent(centre, job.id)
    if step in ("held", "confirmed"):
        assert spooling.settle(centre, job.id, JobState(step), evidence=4, mm=103)
    print(step, flush=True)  # noqa: T201 - the parent waits for it
    time.sleep(60)


if __name__ == "__main__":
    come_to(Path(sys.argv[1]), sys.argv[2])
