"""The slip: what the visitor's paper says, and how far it has come on its way to paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class JobState(StrEnum):
    """Where a print job stands. Only ``queued`` may be sent; who may go where is in ``MAY``."""

    QUEUED = "queued"
    SENDING = "sending"  # committed before the first byte: from here on paper may come out
    HELD = "held"  # a fault was seen on the way; the printer may still go on when it is mended
    SENT = "sent"  # every byte was accepted; nothing proves that paper came out
    CONFIRMED = "confirmed"  # the printer itself, or a person, vouches for it
    TORN = "torn"  # the head of a slip may hang in the printer; the cut never reached it
    UNKNOWN = "unknown"  # the slip may be on paper or not; only a person can tell
    FAILED = "failed"  # it cannot be printed as it is, and no byte of it went out
    EXPIRED = "expired"  # the visitor has walked away with the number on the screen
    CANCELLED = "cancelled"


IN_FLIGHT = frozenset({JobState.SENDING, JobState.HELD, JobState.SENT})

# Back to `queued` only when the printer proved that no whole slip came out. To `confirmed` also when a person says so.
MAY: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SENDING, JobState.FAILED, JobState.EXPIRED, JobState.CANCELLED}),
    JobState.SENDING: frozenset(
        {
            JobState.HELD,
            JobState.SENT,
            JobState.CONFIRMED,
            JobState.TORN,
            JobState.UNKNOWN,
            JobState.QUEUED,
            JobState.FAILED,
        }
    ),
    JobState.HELD: frozenset({JobState.SENT, JobState.CONFIRMED, JobState.TORN, JobState.UNKNOWN, JobState.QUEUED}),
    JobState.SENT: frozenset({JobState.HELD, JobState.CONFIRMED, JobState.TORN, JobState.UNKNOWN, JobState.QUEUED}),
    JobState.TORN: frozenset({JobState.CONFIRMED}),
    JobState.UNKNOWN: frozenset({JobState.CONFIRMED}),
    JobState.CONFIRMED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.EXPIRED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


def page_of(ticket: str, phones: str) -> str:
    """The address of a ticket's page, under the one by which telephones reach the box; empty where they do not."""
    return f"{phones}/t/{ticket}" if phones else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """The facts on the paper, taken in the ticket's own transaction so that a reprint says the same."""

    centre: str
    number: str
    service: Mapping[str, str] | None  # the kiosk's words by language; None where nobody else must read it
    language: str
    ahead: int
    estimate_s: tuple[int, int] | None  # shortest, longest likely wait; None: no estimate to be trusted
    standard_s: int | None
    standard_share: str | None  # visitors within the standard, a decimal as text: "0.90"
    demonstrative: bool  # the figures of the standard are constructed, and the paper says so
    issued_ms: int  # UTC, milliseconds since 1970
    ticket: str
    copy: int = 0  # 0 is the original, n the n-th copy
    demo: bool = False
    page: str = ""  # the address of the visitor's page for a telephone; empty where none can be reached

    def to_data(self) -> dict[str, Any]:
        """A plain dictionary that JSON can keep."""
        return {
            "centre": self.centre,
            "number": self.number,
            "service": None if self.service is None else dict(self.service),
            "language": self.language,
            "ahead": self.ahead,
            "estimate_s": None if self.estimate_s is None else list(self.estimate_s),
            "standard_s": self.standard_s,
            "standard_share": self.standard_share,
            "demonstrative": self.demonstrative,
            "issued_ms": self.issued_ms,
            "ticket": self.ticket,
            "copy": self.copy,
            "demo": self.demo,
            "page": self.page,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The slip that ``to_data()`` described."""
        estimate = data["estimate_s"]
        return cls(**{**data, "estimate_s": None if estimate is None else (estimate[0], estimate[1])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One sheet to be printed."""

    id: int
    ticket: str
    copy: int
    slip: Slip
    attempt: int = 0  # how often it was begun


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is known before the first byte goes out; kept with the job, for whoever must tell its fate."""

    process_id: str  # four printable characters, of this attempt alone
    counter: int | None  # the cut counter before it; None where the printer has none
    attempt: int  # 1 is the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """A job whose bytes may be in a printer, and the mark it was begun with."""

    job: Job
    state: JobState
    mark: Mark
