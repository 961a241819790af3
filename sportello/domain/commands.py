"""What people ask of a centre."""

from dataclasses import dataclass
from datetime import date

from sportello.domain.charter import Charter, Outcome
from sportello.domain.clock import Instant
from sportello.domain.lep import Delivered
from sportello.domain.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What the world adds to a command: when, by whom, and one unguessable name for a new ticket."""

    at: Instant
    actor: str  # a counter, a device or a pseudonym, never a person's name
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueTicket:
    """A visitor takes a number."""

    service: str
    language: str = "it"
    priority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A visitor with an appointment says they are here; they become callable at `booked_ms` (UTC ms)."""

    service: str
    booked_ms: int
    language: str = "it"
    priority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """A clerk takes somebody in who has no number and needs no paper; `at_once`: called to this counter now.

    `in_hand` as for `CallNext`.
    """

    counter: str
    service: str
    language: str = "it"
    priority: bool = False
    at_once: bool = False
    in_hand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNext:
    """A counter asks for the next visitor; who was in hand is finished. `in_hand`: what the clerk saw there."""

    counter: str
    in_hand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTicket:
    """A counter calls a given ticket out of turn; `why` is kept on the call. `in_hand` as for `CallNext`."""

    counter: str
    ticket: str
    why: str
    in_hand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoShow:
    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The visitor keeps the place while fetching something."""

    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """A held visitor is back, at `counter`."""

    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue:
    """Back in line, keeping the arrival; also for who was marked absent and came after all."""

    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """On to another service or counter: a new leg of the same journey. `returns`: to come back here afterwards."""

    ticket: str
    service: str
    to_counter: str | None = None
    counter: str | None = None
    returns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """The visitor gives up."""

    ticket: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """A misprint, a test or a duplicate: out of the figures, and counted as such."""

    ticket: str
    why: str
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePriority:
    """Staff set or take away the precedence of a waiting ticket; no reason is asked or kept."""

    ticket: str
    priority: bool = True
    counter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Take back the last act of this counter on a ticket, within `UNDO_S` seconds."""

    ticket: str
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDay:
    """Close-out: whoever still waits is unserved, a counted outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCounter:
    counter: str
    clerk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCounter:
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCounter:
    """Nobody is called here for a while. Why is nobody's business, and is not asked."""

    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCounter:
    counter: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStaff:
    """A visitor asks for a clerk at `where`: a kiosk's name."""

    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStaff:
    """A clerk goes to `where`, or somebody who stands there says that it is settled."""

    where: str
    counter: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopIssuing:
    """An outage or a full room: no more numbers, for one service or ("") for all. Clocks run on."""

    why: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeIssuing:
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPlan:
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishCharter:
    """Adopt a charter version. `closing`: the day the version before it ends, when it had no end."""

    charter: Charter


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """One more sheet for a ticket, marked COPIA."""

    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleSlip:
    """What became of a sheet of paper: the print worker says it, or a person."""

    job: int
    ticket: str
    copy: int
    printer: str
    state: str
    detail: str = ""
    evidence: int = 0
    mm: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit from the log of another system. Times in UTC milliseconds."""

    key: str  # the same row always has the same key
    service: str
    day: date
    arrival_ms: int
    called_ms: int | None
    started_ms: int | None
    ended_ms: int | None
    outcome: str
    priority: bool = False
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportVisits:
    """A block of visits from the system in use before.

    The block that ends an import is `closing`: `days` are all those the import touched, `total` its visits.
    """

    source: str
    visits: tuple[Visit, ...]
    demo: bool = False
    closing: bool = False
    days: tuple[date, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeRecording:
    """The service starts; it last gave a sign of life at `since_ms` (UTC ms)."""

    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForceMajeure:
    """Show the figures also without the waits of a time that an `act` declares nobody's fault. UTC ms."""

    since_ms: int
    until_ms: int
    act: str
    why: str
    service: str = ""  # "" is every service


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawForceMajeure:
    """Take back a record of force majeure: an error, or an act annulled. Both remain in the log."""

    record: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareEvidence:
    """Say what was achieved of a promise verified by hand, and where that is written down."""

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
class DeclareLep:
    """Say whether an essential level is delivered here in a year, and where that is written down."""

    lep: str
    year: int
    delivered: Delivered
    evidence: str
    office: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelLep:
    """Give an essential level the letter that the decree gives it."""

    lep: str
    letter: str


Command = (
    IssueTicket | CheckIn | WalkIn | CallNext | CallTicket | Recall | Start | Finish | NoShow | Hold | Resume | Requeue
    | Transfer | Leave | Void | GivePriority | Undo | OpenDay | CloseDay | OpenCounter | CloseCounter
    | PauseCounter | ResumeCounter | CallStaff | AnswerStaff
    | StopIssuing | ResumeIssuing | AdoptPlan | PublishCharter | Reprint | SettleSlip | ImportVisits
    | ResumeRecording | RecordForceMajeure | WithdrawForceMajeure
    | DeclareEvidence | DeclareLep | LabelLep
)  # fmt: skip
