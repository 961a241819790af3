"""A centre that has lived: a real ledger with days, people and history in it, the same at each run."""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

from sportello.centre import Centre, found
from sportello.domain import commands as c
from sportello.domain.charter import Act, Area, Charter, Dimension, Indicator, Outcome, Provenance, Sheet, Standard
from sportello.domain.clock import ROME, Instant, wall_ms
from sportello.domain.errors import Refused
from sportello.domain.events import CharterPublished, Recorded
from sportello.domain.lep import Delivered
from sportello.domain.plan import Offer, Place, Plan
from sportello.domain.printing import PrinterSetup
from sportello.ledger import sqlite
from sportello.timekeeping import Clock
from tests.paper.jobs import TOTEM

CODE = "prova"
SITE = "sede"
FIRST_DAY = date(2026, 6, 25)


class Ticking:
    """A clock that goes only when it is told to."""

    def __init__(self, start: datetime) -> None:
        self.wall_ms = wall_ms(start)
        self.mono_ms = 0

    def __call__(self) -> Instant:
        return Instant(wall_ms=self.wall_ms, mono_ms=self.mono_ms, boot="boot")

    def pass_by(self, seconds: float) -> None:
        self.wall_ms += round(seconds * 1000)
        self.mono_ms += round(seconds * 1000)

    def reach(self, moment: datetime) -> None:
        self.pass_by((wall_ms(moment) - self.wall_ms) / 1000)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ROME)


def standard(code: str, minutes: int, **changes: object) -> Standard:
    promised = Standard(
        code=code,
        dimension=Dimension.TIMELINESS,
        title={"it": f"Attesa {code}"},
        indicator=Indicator.WAIT,
        formula="chiamati entro la soglia / validi",
        programmed=f"90 % entro {minutes} minuti",
        threshold_s=minutes * 60,
        share=Decimal("0.90"),
    )
    return replace(promised, **changes)  # type: ignore[arg-type]


def charter(version: str, valid_from: date, standards: Sequence[Standard], valid_to: date | None = None) -> Charter:
    sheets = [
        Sheet(
            code=code,
            area="A",
            title={"it": f"Servizio {code}", "en": f"Service {code}"},
            label={"it": code},
            letter=letter,
            what={"it": "…"},
            who_for={"it": "…"},
            how={"it": "…"},
            bring={"it": "…"},
            modes=(),
        )
        for code, letter in (("A01", "A"), ("B01", "B"), ("C01", "B"))
    ]
    return Charter(
        code="carta",
        version=version,
        title="Carta di prova",
        administration="Prova",
        act=Act(kind="", number="", date=None),
        valid_from=valid_from,
        valid_to=valid_to,
        areas=(Area(code="A", title={"it": "Area"}),),
        sheets=tuple(sheets),
        standards=tuple(standards),
        sites=(),
    )


OLD = charter(
    "1",
    date(2026, 1, 1),
    (
        standard("T-A", 15, services=("A01",), provenance=Provenance.OFFICIAL),
        standard("T-A-P", 5, services=("A01",), priority=True),
        standard("T-B", 10, services=("B01",)),
    ),
)
BY_HAND = standard("RECLAMI", 0, indicator=Indicator.MANUAL, threshold_s=None, share=None, programmed="30 giorni")
NEW = charter(
    "2",
    date(2026, 7, 1),
    (standard("T-A2", 20, services=("A01",)), standard("T-B", 10, services=("B01",)), BY_HAND),
)

PLAN = Plan(
    site=SITE,
    name="Centro di prova",
    offers=(
        Offer(service="A01", letter="A"),
        Offer(service="B01", letter="B"),
        Offer(service="C01", letter="B", quota=4),
    ),
    places=tuple(Place(code=str(n), name=f"Sportello {n}") for n in (1, 2, 3)),
    hours={},
    always_open=True,
)


def new_centre(folder: Path, clock: Clock, *, printers: Sequence[PrinterSetup] = ()) -> Centre:
    """A centre founded in an empty folder."""
    path = folder / "centre.db"
    sqlite.migrate(path)
    found(path, CODE, clock, PLAN, [CharterPublished(charter=OLD)])
    return Centre(path, CODE, clock, printers=printers)


class Life:
    """Commands sent to a centre one after the other, each with an id of its own."""

    def __init__(self, centre: Centre, clock: Ticking) -> None:
        self.centre, self.clock = centre, clock
        self._ids = count(1)

    def do(self, command: c.Command) -> Sequence[Recorded]:
        return self.centre.handle(command, actor="prova", command_id=f"c-{next(self._ids)}")

    def tries(self, command: c.Command) -> None:
        """A command that may be refused."""
        with suppress(Refused):
            self.do(command)

    def issue(self, service: str = "A01", *, priority: bool = False) -> str:
        recorded = self.do(c.IssueTicket(service=service, priority=priority))
        return recorded[-1].event.ticket  # type: ignore[union-attr]

    def day(self, day: date, people: int, chance: random.Random) -> None:
        """A day on which everything that happens in a queue happens."""
        self.clock.reach(at(day, 9))
        for _ in range(people):
            self.clock.pass_by(chance.uniform(5, 200))
            service, priority = chance.choice(("A01", "A01", "B01", "C01")), chance.random() < 0.2
            self.tries(c.IssueTicket(service=service, priority=priority))
            if chance.random() < 0.1:
                self.tries(c.CheckIn(service="A01", booked_ms=self.clock.wall_ms + 600_000))
            if chance.random() < 0.85:
                self._at_counter(str(chance.randint(1, 3)), chance)
        self.clock.reach(at(day, 18))
        self.do(c.CloseDay())

    def _at_counter(self, counter: str, chance: random.Random) -> None:
        self.clock.pass_by(chance.uniform(1, 120))
        self.tries(c.CallNext(counter=counter))
        held = self.centre.day.in_hand(counter)
        waiting = self.centre.day.waiting()
        self.clock.pass_by(chance.uniform(1, 60))
        act = chance.choice(("start", "start", "start", "absent", "undo", "hold", "send", "back", "left", "void", "on"))
        if waiting and act == "left":
            self.tries(c.Leave(ticket=chance.choice(waiting).id))
        elif waiting and act == "void":
            self.tries(c.Void(ticket=chance.choice(waiting).id, why="prova"))
        elif waiting and act == "on":
            self.tries(c.Transfer(ticket=chance.choice(waiting).id, service="B01"))
        elif held:
            commands = {
                "start": c.Start(ticket=held.id),
                "absent": c.NoShow(ticket=held.id),
                "undo": c.Undo(ticket=held.id, counter=counter),
                "hold": c.Hold(ticket=held.id),
                "send": c.Transfer(ticket=held.id, service="B01"),
                "back": c.Requeue(ticket=held.id),
            }
            self.tries(commands.get(act, c.Recall(ticket=held.id)))  # type: ignore[arg-type]


def visit(n: int, day: date, *, service: str = "A01", wait_s: int | None = 300, outcome: str = "finished") -> c.Visit:
    """A visit from another system; not called when `wait_s` is None."""
    arrival = wall_ms(at(day, 9)) + n * 1000
    called = None if wait_s is None else arrival + wait_s * 1000
    return c.Visit(
        key=f"{day:%y%m%d}{n:020d}",
        service=service,
        day=day,
        arrival_ms=arrival,
        called_ms=called,
        started_ms=called,
        ended_ms=called + 600_000 if called else None,
        outcome=outcome,
    )


def declared(value: str) -> c.DeclareEvidence:
    """What an office says was achieved of the promise that is verified by hand."""
    return c.DeclareEvidence(
        charter="carta/2",
        standard="RECLAMI",
        first=date(2026, 7, 1),
        last=date(2026, 12, 31),
        value=value,
        outcome=Outcome.KEPT,
        document="Relazione 4/2027",
        dated=date(2027, 1, 10),
        office="Ufficio relazioni con il pubblico",
    )


def a_life(folder: Path) -> Centre:
    """Eight days over a change of charter, a history imported before them, and a ninth day still open."""
    clock = Ticking(at(FIRST_DAY, 8))
    centre = new_centre(folder, clock, printers=(TOTEM,))
    life, chance = Life(centre, clock), random.Random(7)
    past = [date(2026, 4, 29) + timedelta(days=n) for n in range(6)]
    visits = tuple(visit(n, day, wait_s=n * 37 % 1900) for day in past for n in range(40))
    life.do(c.ImportVisits(source="prima", visits=visits))
    life.do(c.ImportVisits(source="prima", visits=(), closing=True, days=tuple(past), total=len(visits)))
    for n in range(8):
        if n == 6:
            life.do(c.PublishCharter(charter=NEW))
            life.do(c.ResumeRecording(since_ms=clock.wall_ms - 60_000))
            since_ms = wall_ms(at(FIRST_DAY + timedelta(days=2), 9, 30))
            life.do(c.RecordForceMajeure(since_ms=since_ms, until_ms=since_ms + 1_800_000, act="Prot. 1", why="prova"))
            for value in ("31 giorni", "27 giorni"):  # the second puts the first right
                life.do(declared(value))
            life.do(c.DeclareLep(lep="did", year=2026, delivered=Delivered.YES, evidence="Prot. 2", office="URP"))
            life.do(c.LabelLep(lep="did", letter="B1"))
        life.day(FIRST_DAY + timedelta(days=n), 45, chance)
    clock.reach(at(FIRST_DAY + timedelta(days=8), 9))
    for n in range(12):
        clock.pass_by(30)
        life.tries(c.IssueTicket(service=("A01", "B01", "C01")[n % 3]))
    life.do(c.CallNext(counter="1"))
    return centre
