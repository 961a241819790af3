"""Print jobs of a real centre, taken as a worker takes them."""

from sportello import spooling
from sportello.centre import Centre
from sportello.domain.printing import PrinterSetup
from sportello.domain.slips import Job, JobState, Mark

TOTEM = PrinterSetup(name="totem", uri="virtual:")


def mark(job: Job, counter: int | None = None) -> Mark:
    return Mark(process_id=f"{job.id % 10_000:04d}", counter=counter, attempt=job.attempt + 1)


def begun(centre: Centre, printer: str = "totem") -> Job:
    """The next job, its first byte about to go out."""
    job = spooling.peek(centre, printer, 0)
    assert job is not None
    assert spooling.begin(centre, job.id, printer, mark(job))
    return job


def become(centre: Centre, state: JobState, printer: str = "totem") -> Job:
    """The next job, come as far as that."""
    if state in (JobState.FAILED, JobState.EXPIRED):
        job = spooling.peek(centre, printer, 0)
        assert job is not None
    else:
        job = begun(centre, printer)
    if state is not JobState.SENDING:
        assert spooling.settle(centre, job.id, state)
    return job
