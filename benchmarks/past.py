"""Years gone by: imported visits written into the log and the read tables as the ledger itself writes them."""

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from benchmarks.figures import visits
from benchmarks.results import say
from sportello import config
from sportello.domain.events import BlockImported, VisitImported
from sportello.domain.tickets import ServiceDay
from sportello.ledger import log, queries
from sportello.ledger.projections import project
from sportello.ledger.sqlite import connect
from sportello.timekeeping import system_clock

BLOCK = 5_000
SEED = 1


def fill(settings: Path, tickets: int) -> None:
    """Give a founded centre this many past tickets; the service must not run."""
    if not tickets:
        return
    found = config.read(settings)
    database, clock, began = connect(found.database, write=True), system_clock(), time.monotonic()
    plan, charters = queries.plan(database, found.code), queries.charters(database, found.code)
    empty = ServiceDay(plan=plan, charters=charters)
    done, end = 0, log.head(database, found.code)
    for block in _blocks(visits(plan, charters[-1], tickets, SEED)):
        done += len(block)
        happened = [(visit, visit.day) for visit in block]
        days = tuple(sorted({visit.day for visit in block}))
        closing = BlockImported(source="bench", demo=False, visits=len(block), days=days)
        with database.transaction():
            recorded, end = log.append(
                database, end, [*happened, (closing, None)], at=clock(), actor="import", command_id=f"past-{done}"
            )
            project(database, recorded, empty)
        if done % (20 * BLOCK) == 0:
            say(f"{done:,} of {tickets:,} past tickets, {done / (time.monotonic() - began):,.0f} a second")
    database.close()


def _blocks(source: Iterator[VisitImported]) -> Iterator[Sequence[VisitImported]]:
    while block := list(islice(source, BLOCK)):
        yield block
