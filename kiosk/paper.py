"""The paper of a ticket as a visitor meets it: on its way, out, or not to be expected."""

from enum import StrEnum

from sportello.domain.slips import JobState
from sportello.ledger.spool import Printing


class Paper(StrEnum):
    COMING = "coming"
    OUT = "out"
    FAILED = "failed"  # or nobody knows: the visitor must not wait for it
    NONE = "none"  # this centre prints nothing


def paper(printing: Printing | None) -> Paper:
    if printing is None:
        return Paper.NONE
    if printing.state in (JobState.QUEUED, JobState.SENDING):
        return Paper.COMING
    if printing.state in (JobState.SENT, JobState.CONFIRMED):
        return Paper.OUT
    return Paper.FAILED
