"""Every rule of the definition, worked out by hand in known_answers.md, on both databases."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sportello.centre import Centre, found
from sportello.domain import commands as c
from sportello.domain.charter import Charter, Indicator, LegRule
from sportello.domain.clock import ROME, Instant, wall_ms
from sportello.domain.errors import Refused
from sportello.domain.events import CharterPublished
from sportello.domain.plan import Offer, Opening, Place, Plan
from sportello.domain.tickets import ServiceDay
from sportello.ledger import log, postgres, projections, queries, sqlite
from sportello.ledger.db import Db
from sportello.reports.compliance import Compliance, compliance
from sportello.reports.rendering import to_data
from tests.ledger import lived
from tests.ledger.conftest import EVENT

BOOK = Path(__file__).with_name("known_answers.md")
THURSDAY = date(2026, 6, 25)
SERVICES = ("A01", "B01", "C01", "D01")


def promised(code: str, service: str, minutes: int, **changes: object) -> object:
    return lived.standard(code, minutes, services=(service,), **changes)


STANDARDS = (
    promised("T-A", "A01", 15),
    promised("T-A-P", "A01", 5, priority=True),
    promised("S-A", "A01", 20, indicator=Indicator.WAIT_START),
    promised("D-A", "A01", 30, indicator=Indicator.SERVICE_TIME),
    promised("T-B", "B01", 10, leg=LegRule.ANY),
    promised("T-C", "C01", 20, leg=LegRule.SUM),
    lived.standard("G", 1, indicator=Indicator.OPEN_DAYS_SHARE, threshold_s=None),
)


def charter(version: str, valid_from: date) -> Charter:
    first = replace(STANDARDS[0], threshold_s=1200 if version == "2" else 900)  # type: ignore[type-var]
    return lived.charter(version, valid_from, (first, *STANDARDS[1:]))  # type: ignore[arg-type]


HOURS = {day: (Opening(start=9 * 60, end=13 * 60),) for day in ("mon", "tue", "wed", "thu", "fri")}
PLAN = Plan(
    site=lived.SITE,
    name="Centro di prova",
    offers=tuple(Offer(service=service, letter=service[0]) for service in SERVICES),
    places=tuple(Place(code=str(n), name=f"Sportello {n}") for n in range(1, 41)),
    hours=HOURS,
    early_min=15,
    last_number_min=0,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A life and its answer."""

    n: int
    title: str
    acts: tuple[tuple[datetime, tuple[str, ...]], ...]
    answer: tuple[str, ...]

    @property
    def code(self) -> str:
        return f"caso-{self.n}"


def cases() -> Iterator[Case]:
    for n, (title, body) in enumerate(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", BOOK.read_text("utf-8"), re.M | re.S)):
        blocks = re.findall(r"(?:^    .+\n?)+", body, re.M)
        assert len(blocks) == 2, title
        acts, answer = ([line.strip() for line in block.splitlines()] for block in blocks)
        yield Case(n, title, tuple(_acts(acts)), tuple(answer))


def _acts(lines: Sequence[str]) -> Iterator[tuple[datetime, tuple[str, ...]]]:
    for line in lines:
        day, time, *act = line.split() if line[4] == "-" else (str(THURSDAY), *line.split())
        yield _moment(day, time), tuple(act)


def _moment(day: str, time: str) -> datetime:
    time, _, offset = time.partition("+")
    zone = timezone(timedelta(hours=int(offset))) if offset else ROME
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)


class Boxed(lived.Ticking):
    """A clock of a machine that restarts, and is put right."""

    boot, trusted = 0, True

    def __call__(self) -> Instant:
        return Instant(wall_ms=self.wall_ms, mono_ms=self.mono_ms, boot=f"boot-{self.boot}", trusted=self.trusted)


class Room:
    """A centre in which a case is lived, act by act."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        always = any("always" in act for _, act in case.acts)
        self.clock = Boxed(case.acts[0][0] - timedelta(hours=1))
        self.path = folder / f"{case.code}.db"
        sqlite.migrate(self.path)
        begins = date(2026, 1, 1)
        plan = replace(PLAN, always_open=always)
        found(self.path, case.code, self.clock, plan, [CharterPublished(charter=charter("1", begins))])
        self.centre = Centre(self.path, case.code, self.clock)
        self.tickets: dict[str, str] = {}
        self.counters: dict[str, str] = {}
        self.acts = 0

    def live(self) -> None:
        for moment, act in self.case.acts:
            self.clock.reach(moment)
            if act[0] == "step":
                self.clock.wall_ms += int(act[1]) * 1000
            elif act[0] == "reboot":
                self.clock.boot, self.clock.mono_ms = self.clock.boot + 1, 0
                self.clock.trusted = "untrusted" not in act
            else:
                self._do(moment, act)
        self.centre.close()

    def _do(self, moment: datetime, act: tuple[str, ...]) -> None:
        verb, *rest = act
        for name in _names(rest[0] if rest else ""):
            command = self._command(verb, name, [name, *rest[1:]], moment)
            self.acts += 1
            try:
                recorded = self.centre.handle(command, actor="prova", command_id=f"atto-{self.acts}")
            except Refused:
                assert verb == "away", (self.case.title, act)
                continue
            if verb in ("issue", "book"):
                self.tickets[name] = recorded[-1].event.ticket  # type: ignore[union-attr]
            if verb == "act":
                self.tickets["act"] = recorded[-1].event.record  # type: ignore[union-attr]

    def _command(self, verb: str, name: str, words: list[str], moment: datetime) -> c.Command:
        ticket = self.tickets.get(name, "")
        counter = self.counters.setdefault(name, str(len(self.counters) + 1)) if ticket else "1"
        match verb:
            case "issue":
                return c.IssueTicket(service=words[1])
            case "book":
                return c.CheckIn(service=words[1], booked_ms=_at(moment, words[2]))
            case "call":
                return c.CallTicket(counter=counter, ticket=ticket, why="prova")
            case "send":
                return c.Transfer(ticket=ticket, service=words[1])
            case "undo":
                return c.Undo(ticket=ticket, counter=counter)
            case "resume":
                return c.Resume(ticket=ticket, counter=counter)
            case "void":
                return c.Void(ticket=ticket, why="prova")
            case "away":
                return c.IssueTicket(service=words[0])
            case "outage":
                return c.StopIssuing(why="prova")
            case "restored":
                return c.ResumeIssuing()
            case "open":
                return c.OpenCounter(counter="1")
            case "act":
                since, until = _at(moment, words[0]), _at(moment, words[1])
                return c.RecordForceMajeure(
                    since_ms=since, until_ms=until, service=words[2], act="Prot. 1", why="prova"
                )
            case "withdraw":
                return c.WithdrawForceMajeure(record=self.tickets["act"], why="prova")
            case "silent":
                return c.ResumeRecording(since_ms=_at(moment, words[0]))
            case "publish":
                return c.PublishCharter(charter=charter("2", moment.date()))
            case "day":
                return c.OpenDay()
            case "close":
                return c.CloseDay()
        acts: dict[str, type[Any]] = {
            "start": c.Start,
            "finish": c.Finish,
            "absent": c.NoShow,
            "hold": c.Hold,
            "requeue": c.Requeue,
            "leave": c.Leave,
            "recall": c.Recall,
            "priority": c.GivePriority,
        }
        command: c.Command = acts[verb](ticket=ticket)
        return command


def _at(moment: datetime, written: str) -> int:
    day, _, time = written.rpartition("T")
    return wall_ms(_moment(day or str(moment.date()), f"{time}:00"))


def _names(word: str) -> list[str]:
    name, _, times = word.partition("*")
    return [f"{name}{n}" for n in range(int(times))] if times else [name]


CASES = tuple(cases())


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Every case lived, each in a file of its own."""
    folder = tmp_path_factory.mktemp("casi")
    rooms = [Room(case, folder) for case in CASES]
    for room in rooms:
        room.live()
    return {room.case.code: room.path for room in rooms}


@pytest.fixture(scope="module")
def region(lives: Mapping[str, Path], postgres_dsn: str) -> Iterator[postgres.Postgres]:
    """All of them as the centres of one database in PostgreSQL."""
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE known")
    database = postgres.connect(psycopg.conninfo.make_conninfo(postgres_dsn, dbname="known"))
    postgres.migrate(database)
    with database.transaction():
        for code, path in lives.items():
            source = sqlite.connect(path)
            database.many(EVENT, [dict(row) for row in source.rows(f"SELECT {log.COLUMNS} FROM event")])
            source.close()
            for _ in projections.rebuild(database, code, ServiceDay(plan=PLAN)):
                pass
    yield database
    database.close()


def report(db: Db, case: Case) -> Compliance:
    days = [moment.date() for moment, _ in case.acts]
    adopted = queries.charters(db, case.code)
    first, last = min(days), max(days)
    return compliance(db, case.code, charters=adopted, site=lived.SITE, first=first, last=last, check=True)


def told(found: Compliance, line: str) -> None:
    """Compare one line of an answer with the report."""
    name, _, wanted = line.partition(":")
    if name == "outside":
        assert {word.split()[0]: str(found.outside()[word.split()[0]]) for word in _words(wanted)} == _pairs(wanted)
        return
    service, standard, *version = name.split()
    lines = [
        one
        for one in found.lines
        if (one.service or "-", one.standard.code if one.standard else "-") == (service, standard)
        and (not version or one.charter == version[0])
    ]
    if wanted.strip() == "no":
        assert not lines
        return
    (one,) = lines
    verdict, without = one.verdict, one.without
    figures = {
        "n": verdict.n,
        "within": verdict.within,
        "share": verdict.share,
        "p50": verdict.p50,
        "p90": verdict.p90,
        "max": verdict.longest,
        "outcome": verdict.outcome.value,
        "unserved": verdict.waits.unserved,
        "no_show": verdict.waits.no_show,
        "left": one.left,
        "voided": verdict.waits.voided,
        "suspect": verdict.waits.suspect,
        "turned_away": verdict.waits.turned_away,
        "unmeasured": verdict.waits.unmeasured,
        "excused": one.excused,
        "without_n": without.n if without else "-",
        "without_share": without.share if without else "-",
        "coverage": one.coverage.share,
    }
    pairs = _pairs(wanted)
    assert {name: _text(figures[name]) for name in pairs} == pairs


def _text(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, Decimal) else str(value)


def _words(wanted: str) -> list[str]:
    return [word.strip() for word in wanted.split(",")]


def _pairs(wanted: str) -> dict[str, str]:
    return dict(word.split() for word in _words(wanted))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_answer_is_the_one_worked_out_by_hand(case: Case, lives: Mapping[str, Path], region: Db) -> None:
    on_sqlite = sqlite.connect(lives[case.code])
    first = report(on_sqlite, case)
    on_sqlite.close()
    for line in case.answer:
        told(first, line)
    assert first.fault is None
    second = report(region, case)
    assert json.dumps(to_data(first), sort_keys=True) == json.dumps(to_data(second), sort_keys=True)
