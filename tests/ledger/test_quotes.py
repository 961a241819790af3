"""The wait told with a number is in the log, in its row, and in the report on how such waits are kept."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from sportello import accuracy
from sportello.accuracy import Line
from sportello.domain import commands as c
from sportello.domain.tickets import ServiceDay
from sportello.ledger import projections, queries, sqlite
from sportello.ledger.queries import By
from tests.ledger.lived import CODE, FIRST_DAY, PLAN, Life, at, visit

BEFORE = [FIRST_DAY - timedelta(days=n) for n in range(1, 41)]
ALL = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def quoting(life: Life) -> Life:
    """A centre where somebody waited seven minutes on each of the forty days before, with a counter open."""
    visits = tuple(visit(0, day, wait_s=420) for day in BEFORE)
    life.do(c.ImportVisits(source="prima", visits=visits, closing=True, days=tuple(BEFORE), total=len(visits)))
    life.do(c.OpenCounter(counter="1", clerk="x"))
    return life


def row(life: Life, ticket: str) -> Any:
    with life.centre.reading() as db:
        return queries.ticket(db, CODE, ticket)


def report(life: Life, **asked: Any) -> accuracy.Accuracy:
    with life.centre.reading() as db:
        return accuracy.accuracy(db, CODE, charters=life.centre.day.charters, first=ALL[0], last=ALL[1], **asked)


def counted(line: Line) -> tuple[int, int, int, int]:
    return line.inside, line.below, line.above, line.untold


def after(life: Life, seconds: float, service: str = "A01") -> str:
    """A number called so long after it was taken, and finished."""
    ticket = life.issue(service)
    life.clock.pass_by(seconds)
    life.do(c.CallNext(counter="1"))
    life.do(c.Finish(ticket=ticket))
    return ticket


def test_a_number_carries_the_range_it_was_told_in_the_log_and_in_its_row(quoting: Life) -> None:
    ticket = quoting.issue()
    told = quoting.centre.day.tickets[ticket].quote_s
    assert told == (300, 600)
    kept = row(quoting, ticket)
    assert (kept["quote_low_s"], kept["quote_high_s"]) == told
    with quoting.centre.reading() as db:
        (event,) = db.rows("SELECT data FROM event WHERE kind = 'TicketIssued'")
    assert json.loads(event["data"])["quote_s"] == [300, 600]


def test_a_rebuild_tells_the_same_quotes(quoting: Life) -> None:
    ticket = quoting.issue()
    quoting.centre.write(lambda db: [*projections.rebuild(db, CODE, ServiceDay(plan=PLAN))])
    assert (row(quoting, ticket)["quote_low_s"], row(quoting, ticket)["quote_high_s"]) == (300, 600)


def test_a_day_that_was_lived_teaches_the_next_one(life: Life) -> None:
    life.do(c.OpenCounter(counter="1", clerk="x"))
    for _ in range(30):
        after(life, 130)
    assert life.centre.day.past.means == {}
    life.do(c.CloseDay())
    life.clock.reach(at(FIRST_DAY + timedelta(days=1), 9))
    life.do(c.OpenCounter(counter="1", clerk="x"))
    assert "A01" in life.centre.day.past.means
    assert life.centre.day.tickets == {}
    ticket = life.issue()
    assert life.centre.day.tickets[ticket].quote_s == (0, 300)


def test_a_service_restarted_in_the_middle_of_the_day_quotes_as_before(quoting: Life) -> None:
    with quoting.centre.reading() as db:
        again = queries.past(db, CODE, quoting.centre.day.plan, before=quoting.centre.day.label)
    assert again == quoting.centre.day.past


def test_the_report_counts_inside_below_above_and_who_was_told_nothing(quoting: Life) -> None:
    for seconds in (300, 450, 600, 299, 601):
        after(quoting, seconds)
    after(quoting, 60, service="B01")  # nobody asked for it before: nothing is told
    quoting.issue()
    quoting.do(c.CloseDay())  # the last one was never called
    first, other = report(quoting).lines
    assert counted(first) == (3, 1, 2, 0)
    assert (first.service, first.n, str(first.share)) == ("A01", 6, "0.5")
    assert counted(other) == (0, 0, 0, 1)
    assert other.share is None


def test_the_report_leaves_out_what_the_standards_leave_out(quoting: Life) -> None:
    for command in (c.Leave, c.Void):
        ticket = quoting.issue()
        quoting.clock.pass_by(60)
        quoting.do(command(ticket=ticket, **({"why": "prova"} if command is c.Void else {})))
    late = quoting.issue()
    quoting.clock.pass_by(700)
    quoting.do(c.Leave(ticket=late))
    quoting.issue()
    found = report(quoting)
    assert [counted(line) for line in found.lines] == [(0, 0, 1, 0)]
    assert found.outside == {"voided": 1, "suspect": 0, "left": 1, "waiting": 1}


@pytest.mark.parametrize("by", By)
def test_a_division_of_the_quotes_loses_nobody(quoting: Life, by: By) -> None:
    for seconds in (100, 400, 900):
        after(quoting, seconds)
    found = report(quoting, by=by)
    assert counted(found.whole) == counted(report(quoting).whole) == (1, 1, 1, 0)
    assert all(line.group for line in found.lines)


def test_quotes_are_counted_as_by_hand(on_sqlite: sqlite.Sqlite) -> None:
    """The lived ledger: every number given there, counted one at a time."""
    hand: Counter[str] = Counter()
    for one in on_sqlite.rows("SELECT * FROM ticket WHERE source = ''"):
        if one["status"] == "voided":
            hand["voided"] += 1
        elif one["called_ms"] is None and one["status"] not in ("left", "unserved"):
            hand["waiting"] += 1
        elif one["quote_low_s"] is None:
            hand["untold"] += 1
        elif (one["called_ms"] is None and one["status"] == "unserved") or one["wait_s"] > one["quote_high_s"]:
            hand["above"] += 1
        elif one["called_ms"] is None:
            hand["left"] += 1
        else:
            hand["below" if one["wait_s"] < one["quote_low_s"] else "inside"] += 1
    found: Counter[str] = Counter()
    for counts in queries.quotes(on_sqlite, CODE, *ALL).values():
        found.update(counts)
    assert found == hand
    assert {"inside", "above", "untold", "voided", "waiting"} <= set(found)
