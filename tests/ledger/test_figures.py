"""The figures are exact, whatever they are read from, and the same on both databases."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from sportello import accuracy as quotes
from sportello import history
from sportello.domain import commands as c
from sportello.domain.charter import Channel, Outcome, Waits
from sportello.ledger import log, queries, sqlite, tallies, walk
from sportello.ledger.db import Db
from sportello.ledger.queries import By, Cell
from sportello.reports.compliance import Compliance, Line, compliance, together
from sportello.reports.rendering import CSV_COLUMNS, csv_lines, table, to_data
from tests.ledger import lived
from tests.ledger.lived import CODE, FIRST_DAY, NEW, OLD, SITE

ALL = (date(2026, 1, 1), date(2026, 12, 31))
PERIODS = [ALL, (date(2026, 4, 30), date(2026, 6, 28)), (FIRST_DAY, FIRST_DAY), (date(2026, 5, 1), date(2026, 5, 31))]


def plain(waits: Waits) -> dict[str, Any]:
    return {**asdict(waits), "called": list(waits.called), "left": list(waits.left)}


def by_hand(db: Db, first: date, last: date) -> dict[tuple[str, int, str, str], dict[str, Any]]:
    """The waits counted one ticket at a time, in the simplest way there is."""
    found: dict[tuple[str, int, str, str], dict[str, Any]] = {}
    for row in db.rows("SELECT * FROM ticket WHERE centre = :centre", {"centre": CODE}):
        if not first.isoformat() <= row["day"] <= last.isoformat():
            continue
        key = (row["service"], row["priority"], row["channel"], row["charter"] or "")
        cell = found.setdefault(key, {"called": [], "left": [], "counts": {}})
        counts = cell["counts"]
        if row["status"] == "voided":
            counts["voided"] = counts.get("voided", 0) + 1
        elif row["called_ms"] is not None:
            cell["called"].append(row["wait_s"])
            if row["status"] == "no_show":
                counts["no_show"] = counts.get("no_show", 0) + 1
        elif row["status"] == "left":
            cell["left"].append(row["wait_s"])
        else:
            name = "unserved" if row["status"] == "unserved" else "waiting"
            counts[name] = counts.get(name, 0) + 1
    return found


def spread(histogram: Any) -> list[int]:
    """Every single wait of a histogram, in order."""
    return [second for second, n in enumerate(histogram) for _ in range(n)]


@pytest.mark.parametrize("period", PERIODS)
def test_waits_from_tallies_are_those_counted_by_hand(ledger: Db, period: tuple[date, date]) -> None:
    waits = queries.waits(ledger, CODE, *period)
    expected = by_hand(ledger, *period)
    for cell, found in waits.items():
        hand = expected.pop((cell.service, int(cell.priority), cell.channel.value, cell.charter), None)
        hand = hand or {"called": [], "left": [], "counts": {}}
        assert spread(found.called) == sorted(hand["called"]), cell
        assert spread(found.left) == sorted(hand["left"]), cell
        counted = {name: getattr(found, name) for name in ("voided", "no_show", "unserved", "waiting")}
        assert counted == {name: hand["counts"].get(name, 0) for name in counted}, cell
    assert expected == {}


def test_the_lived_ledger_holds_every_kind_of_ending(ledger: Db) -> None:
    found = together(list(queries.waits(ledger, CODE, *ALL).values()))
    kinds = {name for name, value in plain(found).items() if value and value != [0]}
    assert kinds == {"called", "left", "unserved", "waiting", "no_show", "voided", "turned_away"}


def named(db: Db, **asked: Any) -> dict[str, dict[str, Any]]:
    return {str(cell): plain(waits) for cell, waits in queries.waits(db, CODE, *PERIODS[1], **asked).items()}


QUESTIONS: dict[str, Callable[[Db], Any]] = {
    **{f"waits by {by}": partial(named, by=by) for by in By},
    "waits of one service": partial(named, service="B01"),
    "charters": lambda db: queries.charters(db, CODE),
    "plan": lambda db: queries.plan(db, CODE),
    "service day": lambda db: queries.service_day(db, CODE),
    "tickets": lambda db: [dict(row) for row in queries.tickets(db, CODE, *ALL)],
    "a ticket": lambda db: dict(queries.ticket(db, CODE, next(queries.tickets(db, CODE, *ALL))["id"]) or {}),
    "no ticket": lambda db: queries.ticket(db, CODE, "nobody"),
    "known": lambda db: queries.known(db, CODE, [f"260430{n:020d}" for n in range(50)]),
    "csv": lambda db: list(history.csv_lines(db, CODE, *ALL)),
    **{f"quotes by {by}": partial(lambda by, db: queries.quotes(db, CODE, *ALL, by=by), by) for by in By},
    "past": lambda db: queries.past(db, CODE, queries.plan(db, CODE), before=None),
    "accuracy": lambda db: quotes.to_data(quotes.accuracy(db, CODE, charters=(), first=ALL[0], last=ALL[1])),
    "compliance": lambda db: to_data(report(db)),
    "log": lambda db: list(log.since(db, CODE, 1, 200)),
    "head": lambda db: log.head(db, CODE),
    "verify": lambda db: list(walk.verify(db, CODE)),
}


def report(db: Db, **changes: Any) -> Compliance:
    asked = {"charters": queries.charters(db, CODE), "site": SITE, "first": ALL[0], "last": ALL[1], **changes}
    return compliance(db, CODE, **asked)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_one_answer_on_both_databases(ledger: Db, on_sqlite: sqlite.Sqlite, question: str) -> None:
    ask = QUESTIONS[question]
    assert ask(ledger) == ask(on_sqlite)


@pytest.mark.parametrize("by", By)
def test_a_division_loses_nobody(on_sqlite: sqlite.Sqlite, by: By) -> None:
    whole = together(list(queries.waits(on_sqlite, CODE, *ALL).values()))
    parts = together(list(queries.waits(on_sqlite, CODE, *ALL, by=by).values()))
    assert plain(parts) == plain(whole)


def test_days_of_a_period_add_up_to_it(on_sqlite: sqlite.Sqlite) -> None:
    first, last = PERIODS[1]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    single = [waits for day in days for waits in queries.waits(on_sqlite, CODE, day, day).values()]
    whole = list(queries.waits(on_sqlite, CODE, first, last).values())
    assert plain(together(single)) == plain(together(whole))


def test_two_charter_versions_in_a_period_give_two_lines(on_sqlite: sqlite.Sqlite) -> None:
    lines = [line for line in report(on_sqlite).lines if line.service == "A01"]
    assert [(line.charter, line.standard.code if line.standard else None) for line in lines] == [
        (OLD.id, "T-A"),
        (OLD.id, "T-A-P"),
        (NEW.id, "T-A2"),
    ]
    assert all(line.verdict.n for line in lines)


def test_a_service_without_a_timed_standard_is_shown_and_not_judged(on_sqlite: sqlite.Sqlite) -> None:
    lines = [line for line in report(on_sqlite).lines if line.service == "C01"]
    assert lines
    assert all(line.standard is None and line.verdict.outcome is Outcome.NOT_ASSESSABLE for line in lines)
    assert sum(line.verdict.waits.turned_away for line in lines) > 0


def test_a_wait_of_exactly_the_threshold_is_within_and_one_second_more_is_not(life: lived.Life) -> None:
    visits = [lived.visit(n, FIRST_DAY, wait_s=900) for n in range(27)]
    visits += [lived.visit(n + 100, FIRST_DAY, wait_s=901) for n in range(3)]
    imported(life, visits)
    line = only_line(life)
    assert (line.verdict.n, line.verdict.within, line.verdict.share) == (30, 27, Decimal("0.9000"))
    assert (line.verdict.p50, line.verdict.p90, line.verdict.longest) == (900, 900, 901)
    assert line.verdict.outcome is Outcome.KEPT


def test_who_was_never_called_breaks_the_standard_that_the_others_kept(life: lived.Life) -> None:
    visits = [lived.visit(n, FIRST_DAY, wait_s=60) for n in range(27)]
    visits += [lived.visit(n + 100, FIRST_DAY, wait_s=None, outcome="unserved") for n in range(4)]
    imported(life, visits)
    line = only_line(life)
    assert (line.verdict.n, line.verdict.within) == (31, 27)
    assert line.verdict.outcome is Outcome.BROKEN


def imported(life: lived.Life, visits: list[c.Visit], *, ended: bool = True) -> None:
    life.do(c.ImportVisits(source="prima", visits=tuple(visits)))
    if ended:
        days = tuple(sorted({visit.day for visit in visits}))
        life.do(c.ImportVisits(source="prima", visits=(), closing=True, days=days, total=len(visits)))


def only_line(life: lived.Life) -> Line:
    with life.centre.reading() as db:
        (line,) = report(db).lines
    return line


def test_imported_visits_rank_like_tickets_given_here(life: lived.Life) -> None:
    waits = [30 * n for n in range(40)]
    for wait in waits:
        life.issue()
        life.clock.pass_by(wait)
        life.do(c.CallNext(counter="1"))
    life.do(c.CloseDay())
    with life.centre.reading() as db:
        here = report(db).lines[0].verdict
    earlier = FIRST_DAY - timedelta(days=30)
    imported(life, [lived.visit(n, earlier, wait_s=wait) for n, wait in enumerate(waits)])
    with life.centre.reading() as db:
        before = report(db, first=earlier, last=earlier).lines[0].verdict
    assert plain(before.waits) == plain(here.waits)
    assert (before.n, before.within, before.outcome, before.p90) == (here.n, here.within, here.outcome, here.p90)


def test_an_import_that_did_not_end_is_in_the_figures_all_the_same(life: lived.Life) -> None:
    month = date(2026, 5, 4)
    imported(life, [lived.visit(n, month + timedelta(days=n % 3)) for n in range(30)])
    imported(life, [lived.visit(n + 500, month + timedelta(days=1)) for n in range(12)], ended=False)
    other_day = [lived.visit(n, month + timedelta(days=9)) for n in range(5)]
    imported(life, other_day)  # its month is made again while that one day still waits
    assert only_line(life).verdict.n == 47


def test_a_day_still_open_is_counted_as_it_stands(life: lived.Life) -> None:
    life.issue()
    imported(life, [lived.visit(n, FIRST_DAY) for n in range(3)])
    life.issue()
    life.do(c.CallNext(counter="1"))
    waits = only_line(life).verdict.waits
    assert (sum(waits.called), waits.waiting) == (4, 1)


def test_a_day_opened_again_is_counted_again(life: lived.Life) -> None:
    life.issue()
    life.do(c.CloseDay())
    assert only_line(life).verdict.waits.unserved == 1
    life.do(c.OpenDay())
    life.issue()
    assert only_line(life).verdict.waits.waiting == 1
    life.do(c.CloseDay())
    assert only_line(life).verdict.waits.unserved == 2


def test_the_first_call_counts_even_in_another_queue(life: lived.Life) -> None:
    ticket = life.issue("A01")
    life.clock.pass_by(60)
    life.do(c.Transfer(ticket=ticket, service="B01"))
    life.clock.pass_by(60)
    life.do(c.CallNext(counter="1"))
    line = only_line(life)
    assert (line.service, spread(line.verdict.waits.called)) == ("A01", [120])


def test_a_report_sees_one_moment_while_the_centre_goes_on(life: lived.Life) -> None:
    life.issue()
    with life.centre.reading() as db, db.snapshot():
        before = queries.waits(db, CODE, *ALL)
        life.issue()
        assert queries.waits(db, CODE, *ALL) == before
    with life.centre.reading() as db:
        assert queries.waits(db, CODE, *ALL) != before


def test_a_month_that_is_over_is_read_from_one_tally(on_sqlite: sqlite.Sqlite) -> None:
    months = tallies.marked(on_sqlite, CODE, tallies.Level.MONTH, "2026-01", "2026-12")
    assert months == {"2026-04", "2026-05", "2026-06"}  # July is not over
    assert (FIRST_DAY + timedelta(days=8)).isoformat() not in tallies.marked(
        on_sqlite, CODE, tallies.Level.DAY, "2026-01-01", "2026-12-31"
    )


def test_a_cell_says_channel_class_and_version(on_sqlite: sqlite.Sqlite) -> None:
    cells = queries.waits(on_sqlite, CODE, *ALL, by=By.MONTH)
    wanted = Cell(service="A01", priority=False, channel=Channel.APPOINTMENT, charter=OLD.id, group="2026-06")
    assert sum(cells[wanted].called) > 0


# --- in other shapes -------------------------------------------------------------------------------


def test_the_report_is_plain_data_with_its_definition(on_sqlite: sqlite.Sqlite) -> None:
    data = json.loads(json.dumps(to_data(report(on_sqlite, by="month"))))
    assert (data["from"], data["to"], data["by"]) == ("2026-01-01", "2026-12-31", "month")
    assert any("mai stato chiamato" in sentence for sentence in data["definition"]["it"])
    assert len(data["definition"]["it"]) == len(data["definition"]["en"])
    row = next(row for row in data["rows"] if row["group"] == "2026-06" and row["service"] == "A01")
    assert row["standard"] == {
        "code": "T-A",
        "threshold_s": 900,
        "share": "0.90",
        "programmed": "90 % entro 15 minuti",
        "demonstrative": False,
    }
    assert row["outcome"] in ("kept", "broken", "not_assessable")


def test_the_report_in_words_marks_constructed_figures_and_says_how_it_measures(on_sqlite: sqlite.Sqlite) -> None:
    lines = table(report(on_sqlite))
    assert lines[0] == "Attese dal 01/01/2026 al 31/12/2026"
    assert any(line.startswith("B01") and "T-B*" in line for line in lines)
    assert "* valore dimostrativo, non adottato con un atto" in lines
    assert any(line.strip().startswith("non accolti") for line in lines)
    assert lines[-1].startswith("- Ogni numero è giudicato con la versione della Carta")


def test_the_report_as_csv_has_one_line_for_each_judgement(on_sqlite: sqlite.Sqlite) -> None:
    found = report(on_sqlite)
    head, *body = csv_lines(found)
    assert head.strip().split(",") == list(CSV_COLUMNS)
    assert len(body) == len(found.lines)


def test_tickets_csv_begins_with_the_promised_columns_and_tells_no_language(on_sqlite: sqlite.Sqlite) -> None:
    head, first, *_ = history.csv_lines(on_sqlite, CODE, *ALL)
    assert head.startswith("ticket_id,service,arrival_ts,called_ts,start_ts,end_ts,outcome,")
    assert "language" not in head
    assert first.split(",")[2] == "2026-04-29T09:00:00.000+02:00"


def test_tickets_csv_is_read_a_day_at_a_time(life: lived.Life) -> None:
    imported(life, [lived.visit(n, date(2026, 5, 4) + timedelta(days=n // 10)) for n in range(30)])
    with life.centre.reading() as db:
        lines = history.csv_lines(db, CODE, *ALL)
        next(lines), next(lines)
        imported(life, [lived.visit(n + 100, date(2026, 5, 5)) for n in range(5)])  # the reader holds nobody up
        assert len(list(lines)) == 29 + 5


def test_nothing_in_a_csv_can_be_taken_for_a_formula(life: lived.Life) -> None:
    odd = lived.visit(1, FIRST_DAY, service='=HYPERLINK("http://x")')
    imported(life, [odd])
    with life.centre.reading() as db:
        _, line = history.csv_lines(db, CODE, *ALL)
    assert '"\'=HYPERLINK(""http://x"")"' in line
