"""What happened. Facts, in the past tense, never changed; the log of a centre is made of nothing else."""

from dataclasses import dataclass
from datetime import date

from sportello.domain.charter import Channel, Charter, Outcome
from sportello.domain.clock import Instant
from sportello.domain.codec import decode, encode
from sportello.domain.lep import Delivered
from sportello.domain.plan import Plan
from sportello.domain.slips import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAdopted:
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterPublished:
    """A version adopted. `ends`: id of the open-ended version before it, which now ends the day before."""

    charter: Charter
    ends: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOpened:
    """A service day begins (or begins again, the same `label`); `number` counts the days of this centre."""

    number: int
    label: date
    charter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayClosed:
    label: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterOpened:
    counter: str
    clerk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterClosed:
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterPaused:
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterResumed:
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCalled:
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAnswered:
    """`counter`: who went; empty where somebody on the spot said that it is settled."""

    where: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingStopped:
    service: str  # "" = every service
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingResumed:
    service: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorTurnedAway:
    """Somebody asked for a number and got none; `why` is a refusal code."""

    service: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketIssued:
    ticket: str
    letter: str
    number: int
    service: str
    language: str
    priority: bool
    channel: Channel
    booked_ms: int | None
    clock_start_ms: int
    charter: str
    standard: str | None
    threshold_s: int | None
    quote_s: tuple[int, int] | None = None
    paper: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCalled:
    """`reason` says why this one: a word of `disciplines.Why`; `note` is the clerk's, for a call out of turn."""

    ticket: str
    counter: str
    reason: str
    slack_s: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRecalled:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStarted:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFinished:
    """`at_close`: ended by the close-out, so the service time is not known."""

    ticket: str
    counter: str
    at_close: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketNoShow:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketHeld:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketResumed:
    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRequeued:
    ticket: str
    counter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTransferred:
    ticket: str
    counter: str | None  # from
    service: str
    to_counter: str | None
    back_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLeft:
    ticket: str
    counter: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVoided:
    ticket: str
    counter: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketUnserved:
    """Still in a queue when the day was closed."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityGiven:
    ticket: str
    priority: bool
    threshold_s: int | None
    standard: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActUndone:
    """The last act on a ticket did not happen; the log keeps that it was pressed and taken back."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAsked:
    """A further sheet for a ticket; `copy` is printed on it (COPIA n)."""

    ticket: str
    copy: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipSettled:
    """What became of a sheet. `evidence`: level 0–6 of what proves it (docs/printing.md)."""

    job: int
    ticket: str
    copy: int
    printer: str
    state: JobState
    evidence: int
    detail: str
    mm: int = 0  # of paper it took, as far as is known


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitImported:
    """A visit from the log of the system in use before; marked as such for ever."""

    key: str
    source: str
    demo: bool
    service: str
    day: date
    number: str
    priority: bool
    charter: str | None
    standard: str | None
    threshold_s: int | None
    arrival_ms: int
    called_ms: int | None
    started_ms: int | None
    ended_ms: int | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockImported:
    """Ends an import; `visits`: how many it brought, `days`: the service days it touched."""

    source: str
    demo: bool
    visits: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochBegun:
    """The first event of a centre's log, and of each restart from a backup.

    Numbers of days up to and including `until` go on from `fence`: the lost part of the log may have given lower ones.
    """

    why: str
    version: str
    fence: int = 0
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingResumed:
    """The service starts: from `since_ms` until now nobody was recording. What lies between two other events was."""

    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceMajeureRecorded:
    """An act says that waits between two moments were nobody's fault. `service` "" is every service."""

    record: str
    since_ms: int
    until_ms: int
    service: str
    act: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceMajeureWithdrawn:
    record: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDeclared:
    """What was achieved of a promise verified by hand, in the days `first` to `last`. A later one takes its place."""

    charter: str
    standard: str
    first: date
    last: date
    value: str
    outcome: Outcome
    document: str
    dated: date
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LepDeclared:
    """Whether the centre delivers an essential level (LEP) in a year. A later one takes its place."""

    lep: str
    year: int
    delivered: Delivered
    evidence: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LepLabelled:
    """The letter by which the centre calls an essential level, from the decree at hand."""

    lep: str
    letter: str


Event = (
    PlanAdopted | CharterPublished | DayOpened | DayClosed | CounterOpened | CounterClosed | CounterPaused
    | CounterResumed
    | StaffCalled | StaffAnswered | IssuingStopped
    | IssuingResumed | VisitorTurnedAway | TicketIssued | TicketCalled | TicketRecalled | TicketStarted
    | TicketFinished | TicketNoShow | TicketHeld | TicketResumed | TicketRequeued | TicketTransferred
    | TicketLeft | TicketVoided | TicketUnserved | PriorityGiven | ActUndone | CopyAsked | SlipSettled
    | VisitImported | BlockImported | EpochBegun | RecordingResumed | ForceMajeureRecorded | ForceMajeureWithdrawn
    | EvidenceDeclared | LepDeclared | LepLabelled
)  # fmt: skip

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event in its place in the log."""

    centre: str
    epoch: int
    seq: int  # 1, 2, 3 … per centre and epoch, without gaps
    at: Instant
    day: date | None
    actor: str
    command_id: str
    event: Event
    hash: str = ""


def to_data(event: Event) -> dict[str, object]:
    """The event as plain JSON values."""
    data = encode(event)
    assert isinstance(data, dict)
    return data


def from_data(kind: str, data: object) -> Event:
    """Back again; fields added since an event was written take their defaults."""
    event: Event = decode(KINDS[kind], data)
    return event
