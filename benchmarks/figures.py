"""How long the figures take: a month's and a year's compliance, exact, beside plain SQL over the same tickets."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median

from sportello import history, timekeeping
from sportello.centre import Centre, found
from sportello.charters import examples, read
from sportello.domain.charter import Charter, standard_for
from sportello.domain.clock import ROME, local_time, wall_ms
from sportello.domain.commands import ImportVisits
from sportello.domain.events import CharterPublished, VisitImported
from sportello.domain.plan import Plan, plan_for
from sportello.ledger import projections, queries, sqlite, tallies
from sportello.ledger.queries import By
from sportello.reports.compliance import compliance

YEAR = 2026
CENTRE = "bench"
SITE = "cpi-como"
BLOCK = 10_000
COLUMNS = "arrival=Arrivo,called=Chiamata,start=Inizio,end=Fine,service=Servizio,outcome=Esito,number=Numero"
PLAIN = """SELECT service, priority, wait_s, count(*) AS n FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last GROUP BY 1, 2, 3"""


def visits(plan: Plan, charter: Charter, rows: int, seed: int) -> Iterator[VisitImported]:
    """A year of mornings: waits spread as in a busy office, some no-shows, renunciations and unserved."""
    chance = random.Random(seed)
    days = [date(YEAR, 1, 1) + timedelta(days=n) for n in range(365)]
    working = [day for day in days if day.weekday() < 5]
    services = [offer.service for offer in plan.offers]
    for n in range(rows):
        day = working[n * len(working) // rows]
        service, priority = chance.choice(services), chance.random() < 0.08
        standard = standard_for(charter, service=service, site=SITE, priority=priority)
        opening = datetime(day.year, day.month, day.day, 9, tzinfo=ROME).astimezone(UTC)
        arrival = int(opening.timestamp() * 1000) + chance.randrange(4 * 3600) * 1000
        wait = min(7200, int(chance.expovariate(1 / 900))) * 1000
        fate = chance.choices(("finished", "no_show", "left", "unserved"), (88, 6, 4, 2))[0]
        called = arrival + wait if fate in ("finished", "no_show") else None
        yield VisitImported(
            key=f"{n:026d}",
            source="bench",
            demo=False,
            service=service,
            day=day,
            number=f"A{n % 1000:03d}",
            priority=priority,
            charter=charter.id,
            standard=standard.code if standard else None,
            threshold_s=standard.threshold_s if standard else None,
            arrival_ms=arrival,
            called_ms=called,
            started_ms=called + 30_000 if called and fate == "finished" else None,
            ended_ms=called + 600_000 if called and fate == "finished" else arrival + wait if fate == "left" else None,
            outcome=fate,
        )


def fill(path: Path, plan: Plan, charter: Charter, rows: int, seed: int) -> float:
    """Write the tickets and their tallies; the seconds the tallies took."""
    sqlite.migrate(path)
    found(path, CENTRE, timekeeping.system_clock(), plan, [CharterPublished(charter=charter)])
    database = sqlite.connect(path, write=True)
    source = visits(plan, charter, rows, seed)
    done = 0
    while block := list(islice(source, BLOCK)):
        with database.transaction():
            database.many(projections.KEEP_FIRST, [projections.visit_row(CENTRE, visit) for visit in block])
        done += len(block)
        progress(done, rows)
    days = [date.fromisoformat(one["day"]) for one in database.rows("SELECT DISTINCT day FROM ticket")]
    began = time.perf_counter()
    with database.transaction():
        tallies.fill(database, CENTRE, days)
    took = time.perf_counter() - began
    database.close()
    return took


def progress(done: int, rows: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} / {rows:,} tickets", end="\n" if done == rows else "", file=sys.stderr)


def timed(work: Callable[[], object], times: int) -> float:
    """Median milliseconds of `times` runs."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def measure(path: Path, plan: Plan, charter: Charter, times: int) -> Iterator[Sequence[str]]:
    database = sqlite.connect(path)
    periods = {
        "month": (date(YEAR, 3, 1), date(YEAR, 3, 31)),
        "year": (date(YEAR, 1, 1), date(YEAR, 12, 31)),
        "100 odd days": (date(YEAR, 2, 10), date(YEAR, 5, 20)),
    }
    for name, (first, last) in periods.items():
        report = compliance(database, CENTRE, charters=[charter], site=plan.site, first=first, last=last)
        values = {"centre": CENTRE, "first": first.isoformat(), "last": last.isoformat()}
        floor = timed(partial(database.rows, PLAIN, values), max(1, times // 5))
        counted = sum(line.verdict.n + line.left_within for line in report.lines)
        for by in (By.SERVICE, By.MONTH, By.CLASS, By.DAY, By.HOUR):
            runs = 1 if by is By.HOUR else times
            work = partial(
                compliance,
                database,
                CENTRE,
                charters=[charter],
                site=plan.site,
                first=first,
                last=last,
                by=by,
            )
            yield name, by.value, f"{counted:,}", f"{timed(work, runs):.1f}", f"{floor:.0f}"
    database.close()


def export(path: Path, plan: Plan, charter: Charter, rows: int, seed: int) -> None:
    """The log of another system, as Italian spreadsheets write it."""
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write("Numero;Servizio;Arrivo;Chiamata;Inizio;Fine;Esito\r\n")
        for visit in visits(plan, charter, rows, seed):
            moments = (visit.arrival_ms, visit.called_ms, visit.started_ms, visit.ended_ms)
            times = ";".join("" if ms is None else f"{local_time(ms):%d/%m/%Y %H:%M:%S}" for ms in moments)
            file.write(f"{visit.number};{visit.service};{times};{visit.outcome}\r\n")


def bring(folder: Path, plan: Plan, charter: Charter, rows: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """Import a year into a new centre, twice: what, rows a second, and the longest the writer was held, in ms."""
    path, longest = folder / "history.db", 0.0
    export(folder / "waits.csv", plan, charter, rows, seed)
    sqlite.migrate(path)
    found(path, CENTRE, timekeeping.system_clock(), plan, [CharterPublished(charter=charter)])
    centre = Centre(path, CENTRE, timekeeping.system_clock())

    def send(block: ImportVisits, key: str) -> None:
        nonlocal longest
        began = time.perf_counter()
        centre.handle(block, actor="import", command_id=key)
        longest = max(longest, (time.perf_counter() - began) * 1000)

    for what in ("import", "the same file again"):
        began = time.perf_counter()
        with centre.reading() as db:
            summary = history.bring_in(
                folder / "waits.csv",
                history.mapping(COLUMNS),
                timezone="Europe/Rome",
                services=None,
                known=partial(queries.known, db, CENTRE),
                send=send,
                now_ms=wall_ms(datetime(YEAR + 1, 1, 1, tzinfo=ROME)),
            )
        assert summary.taken + summary.known == rows
        yield what, rows / (time.perf_counter() - began), longest
        longest = 0.0
    centre.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="tickets in the year (default: %(default)s)")
    parser.add_argument("--import-rows", type=int, default=300_000, help="rows imported (default: %(default)s)")
    parser.add_argument("--times", type=int, default=11, help="runs of each question (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    charter = read(examples()["como"], "como")
    site = charter.site(SITE)
    assert site is not None
    plan = plan_for(charter, site)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "centre.db"
        took = fill(path, plan, charter, asked.rows, asked.seed)
        print(f"sportello {version('sportello')}, SQLite {sqlite.VERSION}, {asked.rows:,} tickets, seed {asked.seed}")
        print(f"tallies of the year made in {took:.1f} s; file {path.stat().st_size / 1e6:.0f} MB\n")
        form = "{:<14}{:<10}{:>12}{:>16}{:>16}"
        print(form.format("period", "by", "tickets", "compliance ms", "plain SQL ms"))
        for row in measure(path, plan, charter, asked.times):
            print(form.format(*row))
        print(f"\n{'import of ' + format(asked.import_rows, ','):<26}{'rows/s':>10}{'writer held ms, at most':>28}")
        for what, speed, longest in bring(Path(folder), plan, charter, asked.import_rows, asked.seed):
            print(f"{what:<26}{speed:>10,.0f}{longest:>28.0f}")


if __name__ == "__main__":
    main()
