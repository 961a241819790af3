"""The yearly verification of a large centre that was lived call by call, beside reading and hashing its log."""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median

from benchmarks import centres
from benchmarks.disciplines import OPEN_MIN, progress, visits
from benchmarks.gaming import LOAD, Room
from benchmarks.results import Result, table
from sportello import config as settings
from sportello.centre import found
from sportello.charters import examples, read
from sportello.config import Config
from sportello.domain import commands as c
from sportello.domain.charter import Charter
from sportello.domain.clock import Instant, local_ms
from sportello.domain.errors import Refused
from sportello.domain.events import CharterPublished
from sportello.domain.plan import WEEKDAYS, Opening, Place, Plan, plan_for, sessions
from sportello.domain.queueing import decide
from sportello.domain.tickets import ServiceDay
from sportello.ledger import log, sqlite, walk
from sportello.ledger.projections import project

YEAR = 2026
DOORS_MIN = 9 * 60
COUNTERS = 25  # some 500 people a morning
GOAL_S = 5.0
TIMES = 3
EVENTS = f"SELECT {log.COLUMNS} FROM event WHERE centre = :centre ORDER BY epoch, seq"


@dataclass(slots=True, kw_only=True)
class Lived(Room):
    """A morning of which everything is written into a ledger, as a centre does."""

    db: sqlite.Sqlite
    end: log.Head
    date: date

    def do(self, command: c.Command, at_s: float, name: str = "") -> None:
        at = self.when(at_s)
        try:
            events = decide(self.day, command, c.Occasion(at=at, actor="bench", name=name))
        except Refused:
            return
        happened = [(event, self.date) for event in events]
        recorded, self.end = log.append(
            self.db, self.end, happened, at=at, actor="bench", command_id=f"{self.date}-{self.end.seq}"
        )
        self.day = project(self.db, recorded, self.day)


def large(charter: Charter) -> Plan:
    """A centre of twenty-five counters, open on weekday mornings."""
    site = charter.site(centres.SITE)
    assert site is not None
    places = tuple(Place(code=str(n), name=f"Sportello {n}") for n in range(1, COUNTERS + 1))
    morning = (Opening(start=DOORS_MIN, end=DOORS_MIN + OPEN_MIN),)
    hours = dict.fromkeys(WEEKDAYS[:5], morning)
    return replace(plan_for(charter, site), places=places, hours=hours, early_min=30, always_open=False)


def clock_of(day: date) -> "Clock":
    return Clock(local_ms(day, DOORS_MIN), (day - date(YEAR, 1, 1)).days * 86_400_000 + 10_000_000)


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks of a box, so many seconds after the doors open."""

    wall_ms: int
    mono_ms: int

    def __call__(self, at_s: float = 0) -> Instant:
        return Instant(
            wall_ms=self.wall_ms + round(at_s * 1000), mono_ms=self.mono_ms + round(at_s * 1000), boot="bench"
        )


def live(config: Config, charter: Charter, days: int) -> None:
    """The first `days` working days of a year, each with a crowd of its own."""
    plan = large(charter)
    config.database.unlink()
    sqlite.migrate(config.database)
    first = date(YEAR, 1, 1)
    found(config.database, config.code, clock_of(first), plan, [CharterPublished(charter=charter)])
    everyday = (first + timedelta(days=n) for n in range(365))
    working = [day for day in everyday if sessions(plan, day)][:days]
    with closing(sqlite.connect(config.database, write=True)) as db:
        end, today = log.head(db, config.code), ServiceDay(plan=plan, charters=(charter,))
        for done, day in enumerate(working, start=1):
            chance = Random(done)
            with db.transaction():
                morning = Lived(
                    day=today,
                    comers=visits(charter, COUNTERS, LOAD * chance.uniform(0.85, 1.05), done),
                    chance=chance,
                    cheat=None,
                    often=0,
                    when=clock_of(day),
                    name=f"{day:%m%d}-",
                    db=db,
                    end=end,
                    date=day,
                )
                morning.run()
            end, today = morning.end, morning.day
            progress(done, len(working))


def floor(config: Config) -> tuple[int, float]:
    """How many events there are, and the seconds that reading each and hashing its bytes takes."""
    began, events, sums = time.perf_counter(), 0, hashlib.sha256()
    with closing(sqlite.connect(config.database)) as db:
        for found in db.stream(EVENTS, {"centre": config.code}):
            sums.update(found["data"].encode())
            events += 1
    return events, time.perf_counter() - began


def walked(config: Config) -> float:
    """Seconds of walking the chain."""
    began = time.perf_counter()
    with closing(sqlite.connect(config.database)) as db:
        *_, good = walk.verify(db, config.code)
    assert isinstance(good, int)
    return time.perf_counter() - began


def command(folder: Path, *words: str | Path) -> float:
    """Seconds of a command as a process of its own."""
    began = time.perf_counter()
    centres.sportello(words[0], "--config", folder / "centre.toml", *words[1:])
    return time.perf_counter() - began


def run(folder: Path, *, quick: bool) -> list[Result]:
    charter = read(examples()["como"], "como")
    config = settings.read(centres.found(folder / "centre"))
    live(config, charter, 25 if quick else 252)
    return list(measured(config, folder))


def measured(config: Config, folder: Path) -> Iterator[Result]:
    with closing(sqlite.connect(config.database)) as db:
        tickets = int(db.rows("SELECT count(*) AS n FROM ticket")[0]["n"])
    events, under = floor(config)
    rounds = range(TIMES)
    took = median(walked(config) for _ in rounds)
    yield Result(what="chain walked", of="median", ours=took, unit="s", floor=under, ratio=took / under, n=events)
    year = ("--year", str(YEAR), "--out", folder / "out")
    whole = median(command(folder / "centre", "verification", *year) for _ in rounds)
    yield Result(what="sportello verification", of="median", ours=whole, unit="s", goal=GOAL_S, n=tickets)
    told = ("--from", f"{YEAR}-01-01", "--to", f"{YEAR}-12-31")
    report = median(command(folder / "centre", "report", *told) for _ in rounds)
    yield Result(what="sportello report, a year", of="median", ours=report, unit="s", goal=GOAL_S, n=tickets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a month instead of a year")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-verification-") as folder:
        print("\n".join(table(run(Path(folder), quick=asked.quick))))


if __name__ == "__main__":
    main()
