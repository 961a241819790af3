"""How long the figures take for a year of a large centre and for ten, exact, beside plain SQL over the same tickets."""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from itertools import islice, product
from pathlib import Path
from statistics import median

from sportello import history, timekeeping
from sportello.centre import Centre, found
from sportello.charters import examples, read
from sportello.domain.charter import TIMED, Charter, Indicator, LegRule, Standard, standard_for
from sportello.domain.clock import ROME, local_time, wall_ms
from sportello.domain.commands import ImportVisits
from sportello.domain.events import CharterPublished, VisitImported
from sportello.domain.plan import Plan, plan_for
from sportello.ledger import log, projections, queries, sqlite, tallies, walk
from sportello.ledger.db import Db
from sportello.ledger.queries import By
from sportello.reports.compliance import compliance
from sportello.reports.rendering import csv_lines, table, to_data

YEAR = 2026
CENTRE = "bench"
SITE = "cpi-como"
BLOCK = 10_000
COLUMNS = "arrival=Arrivo,called=Chiamata,start=Inizio,end=Fine,service=Servizio,outcome=Esito,number=Numero"
PLAIN = """SELECT service, priority, wait_s, count(*) AS n FROM ticket
    WHERE centre = :centre AND day BETWEEN :first AND :last GROUP BY 1, 2, 3"""


def visits(plan: Plan, charter: Charter, rows: int, seed: int, years: int = 1) -> Iterator[VisitImported]:
    """Years of mornings: waits spread as in a busy office, some no-shows, renunciations and unserved."""
    chance = random.Random(seed)
    begins = date(YEAR + 1 - years, 1, 1)
    days = [begins + timedelta(days=n) for n in range((date(YEAR + 1, 1, 1) - begins).days)]
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


def fill(path: Path, plan: Plan, charter: Charter, rows: int, seed: int, years: int) -> float:
    """Write the tickets and their tallies; the seconds the tallies took."""
    sqlite.migrate(path)
    found(path, CENTRE, timekeeping.system_clock(), plan, [CharterPublished(charter=charter)])
    database = sqlite.connect(path, write=True)
    source = visits(plan, charter, rows, seed, years)
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


SPANS: Mapping[str, tuple[date, date]] = {
    "month": (date(YEAR, 3, 1), date(YEAR, 3, 31)),
    "100 odd days": (date(YEAR, 2, 10), date(YEAR, 5, 20)),
    "year": (date(YEAR, 1, 1), date(YEAR, 12, 31)),
}


def questions(database: Db, plan: Plan, charter: Charter) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """What managers ask, period by period: (period, what, the asking)."""
    service = plan.offers[0].service
    ask = partial(compliance, database, CENTRE, charters=[charter], site=plan.site)
    several = replace(charter, standards=(*charter.standards, *_others(charter)))
    for name, (first, last) in SPANS.items():
        span = partial(ask, first=first, last=last)
        for by in (By.SERVICE, By.MONTH, By.DAY, By.HOUR):
            yield name, f"by {by.value}", partial(span, by=by)
        yield name, "one service", partial(span, service=service)
        yield name, "one language", partial(span, language="it")
        yield name, "every indicator and leg", partial(span, charters=[several])


def _others(charter: Charter) -> Iterator[Standard]:
    """A standard of each kind that no example charter has."""
    known = next(one for one in charter.standards if one.threshold_s)
    for n, (indicator, leg) in enumerate(product(TIMED, LegRule)):
        if (indicator, leg) != (Indicator.WAIT, LegRule.FIRST):
            yield replace(known, code=f"X{n}", indicator=indicator, leg=leg, services=(), areas=(), priority=True)


def measure(database: Db, plan: Plan, charter: Charter, times: int) -> dict[tuple[str, str], float]:
    """Median milliseconds of each question, and of plain SQL over the same tickets."""
    found = {}
    for name, (first, last) in SPANS.items():
        values = {"centre": CENTRE, "first": first.isoformat(), "last": last.isoformat()}
        found[name, "plain SQL"] = timed(partial(database.rows, PLAIN, values), times)
    for name, what, work in questions(database, plan, charter):
        found[name, what] = timed(work, times)
    return found


def annual(database: Db, plan: Plan, charter: Charter) -> float:
    """Seconds of a year's report whole: by service and by month, with its seal, its gaps and its renderings."""
    began = time.perf_counter()
    for by in (By.SERVICE, By.MONTH):
        first, last = SPANS["year"]
        report = compliance(
            database, CENTRE, charters=[charter], site=plan.site, first=first, last=last, by=by, check=True
        )
        to_data(report), list(csv_lines(report)), table(report)
    return time.perf_counter() - began


def walked(folder: Path, plan: Plan, charter: Charter, events: int) -> float:
    """Events of a chain checked in a second."""
    path = folder / "chain.db"
    sqlite.migrate(path)
    database, clock = sqlite.connect(path, write=True), timekeeping.system_clock()
    source = ((visit, visit.day) for visit in visits(plan, charter, events, 1))
    with database.transaction():
        log.append(database, log.head(database, CENTRE), list(source), at=clock(), actor="bench", command_id="bench")
    began = time.perf_counter()
    *_, good = walk.verify(database, CENTRE)
    took = time.perf_counter() - began
    database.close()
    assert good == events
    return events / took


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
    parser.add_argument("--rows", type=int, default=125_000, help="tickets a year (default: %(default)s)")
    parser.add_argument("--years", type=int, default=10, help="of the longer past (default: %(default)s)")
    parser.add_argument("--import-rows", type=int, default=300_000, help="rows imported (default: %(default)s)")
    parser.add_argument("--times", type=int, default=5, help="runs of each question (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    charter = read(examples()["como"], "como")
    site = charter.site(SITE)
    assert site is not None
    plan = plan_for(charter, site)
    print(
        f"sportello {version('sportello')}, SQLite {sqlite.VERSION}, {asked.rows:,} tickets a year, seed {asked.seed}"
    )
    with tempfile.TemporaryDirectory() as folder:
        taken = [_past(Path(folder), plan, charter, years, asked) for years in (1, asked.years)]
        compare(taken[0], taken[1], asked.years)
        speed = walked(Path(folder), plan, charter, asked.rows)
        print(f"\nchain: {speed:,.0f} events checked in a second")
        print(f"\n{'import of ' + format(asked.import_rows, ','):<26}{'rows/s':>10}{'writer held ms, at most':>28}")
        for what, rate, longest in bring(Path(folder), plan, charter, asked.import_rows, asked.seed):
            print(f"{what:<26}{rate:>10,.0f}{longest:>28.0f}")


def _past(
    folder: Path, plan: Plan, charter: Charter, years: int, asked: argparse.Namespace
) -> dict[tuple[str, str], float]:
    """Fill a past of so many years and ask everything of it."""
    path = folder / f"{years}.db"
    took = fill(path, plan, charter, asked.rows * years, asked.seed, years)
    size = path.stat().st_size / 1e6
    database = sqlite.connect(path)
    found = measure(database, plan, charter, asked.times)
    found["year", "annual report, whole"] = 1000 * annual(database, plan, charter)
    database.close()
    print(
        f"{years} years, {asked.rows * years:,} tickets: tallies made in {took:.1f} s; file {size:.0f} MB", flush=True
    )
    return found


def compare(one: Mapping[tuple[str, str], float], many: Mapping[tuple[str, str], float], years: int) -> None:
    """The same questions of a short and of a long past; and how a year costs against a month."""
    print(f"\n{'period':<14}{'question':<26}{'1 year, ms':>12}{f'{years} years, ms':>14}{'ratio':>8}")
    for (period, what), taken in one.items():
        longer = many[period, what]
        print(f"{period:<14}{what:<26}{taken:>12.1f}{longer:>14.1f}{longer / taken:>8.2f}")
    shown = many["year", "by service"] / many["month", "by service"]
    print(f"\n{years} times the tickets stored cost the ratio above; 12 times the days shown cost {shown:.1f} times")


if __name__ == "__main__":
    main()
