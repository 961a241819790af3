"""A small centre on a clock that a test moves: a charter, a plan, and a day that commands change."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import count

from sportello.domain import commands as c
from sportello.domain import events as e
from sportello.domain.charter import (
    Act,
    Area,
    Channel,
    Charter,
    Dimension,
    Indicator,
    Mode,
    Sheet,
    Site,
    Standard,
)
from sportello.domain.clock import ROME, Instant, wall_ms
from sportello.domain.days import fold
from sportello.domain.errors import Reason, Refused
from sportello.domain.plan import Offer, Opening, Place, Plan
from sportello.domain.queueing import decide
from sportello.domain.tickets import ServiceDay, Ticket

TUESDAY = date(2026, 11, 24)
HOURS = (Opening(start=9 * 60, end=13 * 60),)


def sheet(code: str, letter: str) -> Sheet:
    text = {"it": code}
    return Sheet(
        code=code,
        area="A",
        title=text,
        label=text,
        letter=letter,
        what=text,
        who_for=text,
        how=text,
        bring=text,
        modes=(Mode.WALK_IN, Mode.APPOINTMENT),
    )


def standard(code: str, minutes: int, **scope: object) -> Standard:
    made = Standard(
        code=code,
        dimension=Dimension.TIMELINESS,
        title={"it": code},
        indicator=Indicator.WAIT,
        formula="",
        programmed="",
        threshold_s=minutes * 60,
        share=Decimal("0.9"),
    )
    return replace(made, **scope)  # type: ignore[arg-type]


CHARTER = Charter(
    code="prova",
    version="1",
    title="Carta",
    administration="Provincia",
    act=Act(kind="delibera", number="1", date=None),
    valid_from=date(2026, 1, 1),
    valid_to=date(2027, 12, 31),
    areas=(Area(code="A", title={"it": "Area"}),),
    sheets=(sheet("quick", "A"), sheet("slow", "B"), sheet("firm", "B")),
    standards=(
        standard("QUICK", 10, services=("quick",)),
        standard("SLOW", 20, services=("slow",)),
        standard("FIRM", 30, services=("firm",)),
        standard("SLOW-APP", 5, services=("slow",), channel=Channel.APPOINTMENT),
        standard("QUICK-PRIO", 6, services=("quick",), priority=True),
    ),
    sites=(Site(code="here", name="Centro", kind="sede", address="", services=("quick", "slow", "firm")),),
)

PLAN = Plan(
    site="here",
    name="Centro",
    offers=(
        Offer(service="quick", letter="A"),
        Offer(service="slow", letter="B"),
        Offer(service="firm", letter="B"),
    ),
    places=(
        Place(code="1", name="Sportello 1"),
        Place(code="2", name="Sportello 2"),
        Place(code="3", name="Sportello 3", services=("slow", "firm")),
    ),
    hours=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), HOURS),
    early_min=30,
    last_number_min=30,
)


def moment(hour: int, minute: int = 0, day: date = TUESDAY) -> int:
    """A local time as UTC milliseconds."""
    return wall_ms(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME))


class Room:
    """A day under test. `at` is the clock: a test moves it, or steps its wall."""

    def __init__(self, plan: Plan = PLAN, hour: int = 9, minute: int = 0) -> None:
        self.at = Instant(wall_ms=moment(hour, minute), mono_ms=5_000_000, boot="first")
        self.day = ServiceDay(plan=plan, charters=(CHARTER,))
        self._names = count()
        self.log: list[tuple[e.Event, Instant]] = []

    def decide(self, command: c.Command) -> tuple[e.Event, ...]:
        """What would follow; nothing happens."""
        return decide(self.day, command, c.Occasion(at=self.at, actor="test", name=f"t{next(self._names)}"))

    def do(self, command: c.Command) -> tuple[e.Event, ...]:
        happened = self.decide(command)
        self.day = fold(self.day, happened, self.at)
        self.log += [(event, self.at) for event in happened]
        return happened

    def take(self, service: str = "quick", *, priority: bool = False) -> str:
        """A number is taken; the ticket's id."""
        return self._issued(self.do(c.IssueTicket(service=service, priority=priority)))

    def check_in(self, booked_ms: int, service: str = "slow") -> str:
        return self._issued(self.do(c.CheckIn(service=service, booked_ms=booked_ms)))

    def _issued(self, happened: tuple[e.Event, ...]) -> str:
        found = [event.ticket for event in happened if isinstance(event, e.TicketIssued)]
        assert len(found) == 1, happened
        return found[0]

    def call(self, counter: str = "1") -> str | None:
        """The next one is called; the ticket's id."""
        self.do(c.CallNext(counter=counter))
        held = self.day.in_hand(counter)
        return held.id if held else None

    def refused(self, command: c.Command) -> Reason | None:
        """Why a command cannot be done now; None when it can. Nothing happens."""
        try:
            self.decide(command)
        except Refused as refused:
            return refused.reason
        return None

    def ticket(self, name: str) -> Ticket:
        return self.day.tickets[name]

    def forward(self, seconds: float) -> None:
        """Time passes, for both clocks."""
        ms = round(seconds * 1000)
        self.at = replace(self.at, wall_ms=self.at.wall_ms + ms, mono_ms=self.at.mono_ms + ms)

    def step(self, seconds: float, *, trusted: bool = True) -> None:
        """The wall clock is set; no time passes."""
        self.at = replace(self.at, wall_ms=self.at.wall_ms + round(seconds * 1000), trusted=trusted)

    def restart(self, seconds: float = 60, *, wall: int | None = None, trusted: bool = True) -> None:
        """The box is off for a while and starts again; `wall`: what its clock then believes, UTC ms."""
        believed = self.at.wall_ms + round(seconds * 1000) if wall is None else wall
        self.at = Instant(wall_ms=believed, mono_ms=20_000, boot=self.at.boot + "+", trusted=trusted)
