"""The paper of a ticket as a visitor meets it: on its way, out, in doubt, or not to be expected."""

from enum import StrEnum

from sportello import web
from sportello.domain.commands import Reprint
from sportello.domain.slips import JobState
from sportello.ledger import spool
from sportello.ledger.spool import Printing
from sportello.spooling import stuck, vouched


class Paper(StrEnum):
    COMING = "coming"
    OUT = "out"
    ASK = "ask"  # only the visitor can tell whether it came out
    LATE = "late"  # the printer is not ready: it may still come, and nobody must wait for it
    FAILED = "failed"  # it will not come
    NONE = "none"  # this centre prints nothing


IN_DOUBT = (JobState.HELD, JobState.TORN, JobState.UNKNOWN)


def newest(ticket: str) -> Printing | None:
    """The newest sheet of a ticket."""
    with web.reading() as db:
        return spool.of_ticket(db, ticket)


def paper(printing: Printing | None) -> Paper:
    if printing is None:
        return Paper.NONE
    if printing.state in IN_DOUBT or (printing.state is JobState.SENT and printing.done):
        return Paper.ASK
    if printing.state is JobState.QUEUED and stuck(web.centre(), printing):
        return Paper.LATE
    if printing.state in (JobState.QUEUED, JobState.SENDING, JobState.SENT):
        return Paper.COMING
    return Paper.OUT if printing.state is JobState.CONFIRMED else Paper.FAILED


def told(printing: Printing | None) -> dict[str, object]:
    """What the page of a number follows: how far, which sheet, and the printer where it is another than usual."""
    elsewhere = printing.printer if printing and printing.diverted_from else ""
    return {"paper": paper(printing).value, "copy": printing.job.copy if printing else 0, "elsewhere": elsewhere}


def answer(ticket: str, *, copy: int, out: bool, actor: str) -> None:
    """*È uscito il biglietto?* What the visitor says of the sheet that was asked about, if it is still in doubt."""
    asked = newest(ticket)
    if asked is None or asked.job.copy != copy or paper(asked) is not Paper.ASK:
        return
    if not out:
        web.do(Reprint(ticket=ticket), actor=actor)
        return
    web.do(vouched(asked, "visitor"), actor=actor)
