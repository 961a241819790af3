"""The dashboard's own questions on a centre that has lived: the same on both databases, and in step with the report."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from sportello.dashboard import dashboard
from sportello.domain.charter import Channel
from sportello.domain.statistics import Status
from sportello.ledger import moments, notes, postgres, queries, sqlite
from sportello.ledger.db import Db
from sportello.ledger.moments import Chosen
from sportello.ledger.notes import Note
from tests.ledger.lived import CODE, SITE

ALL = Chosen(first=date(2026, 1, 1), last=date(2026, 12, 31))
CHOSEN = (
    ALL,
    Chosen(first=ALL.first, last=ALL.last, service="A01"),
    Chosen(first=ALL.first, last=ALL.last, priority=True),
    Chosen(first=ALL.first, last=ALL.last, channel=Channel.APPOINTMENT),
    Chosen(first=ALL.first, last=ALL.last, language="it"),
    Chosen(first=ALL.first, last=ALL.last, services=frozenset({"B01"})),
)


@pytest.mark.parametrize("chosen", CHOSEN)
def test_both_databases_show_the_same_dashboard(
    on_sqlite: sqlite.Sqlite, on_postgres: postgres.Postgres, chosen: Chosen
) -> None:
    charters = queries.charters(on_sqlite, CODE)
    one, other = (dashboard(db, CODE, chosen, charters=charters, site=SITE) for db in (on_sqlite, on_postgres))
    assert one.standings == other.standings
    assert (one.focus is None) == (other.focus is None)
    if one.focus and other.focus:
        for part in (
            "points",
            "since",
            "worst",
            "unserved",
            "times",
            "short",
            "languages",
            "beyond_s",
            "bars",
            "hours",
        ):
            assert getattr(one.focus, part) == getattr(other.focus, part), part


def test_the_hours_and_the_weeks_count_whom_the_report_counts(ledger: Db) -> None:
    charters = queries.charters(ledger, CODE)
    focus = dashboard(ledger, CODE, ALL, charters=charters, site=SITE).focus
    assert focus is not None
    own = [one.line for one in dashboard(ledger, CODE, ALL, charters=charters, site=SITE).standings
           if one.line.service == focus.standing.line.service and one.line.standard]  # fmt: skip
    n, within = sum(line.verdict.n for line in own), sum(line.verdict.within for line in own)
    assert n
    assert (sum(cell.n for cell in focus.hours), sum(cell.within for cell in focus.hours)) == (n, within)
    assert focus.standing.status in set(Status)


def test_the_numbers_behind_a_cell_are_those_of_its_hour(ledger: Db) -> None:
    seen = moments.moments(ledger, CODE, ALL)
    places = Counter((date.fromisoformat(one.day).weekday(), one.hour) for one in seen)
    (weekday, hour), n = places.most_common(1)[0]
    found = list(moments.tickets(ledger, CODE, ALL.first, ALL.last, weekday=weekday, hour=hour))
    assert len(found) == n
    assert not {"language", "counter", "priority"} & set(found[0].keys())


@pytest.fixture(params=["sqlite", "postgres"])
def writable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """An empty ledger that may be written, in each database."""
    database: sqlite.Sqlite | postgres.Postgres
    if request.param == "sqlite":
        sqlite.migrate(tmp_path / "centre.db")
        database = sqlite.connect(tmp_path / "centre.db", write=True)
    else:
        database = postgres.connect(request.getfixturevalue("postgres_database"))
        postgres.migrate(database)
    yield database
    database.close()


def test_a_note_is_kept_once_found_on_its_days_and_taken_back(writable: Db) -> None:
    note = Note(id="note-0001", day=date(2026, 3, 2), service="A01", text="sciopero", restart=True)
    every = Note(id="note-0002", day=date(2026, 3, 3), service="", text="guasto", restart=False)
    with writable.transaction():
        for one in (note, note, every):
            notes.keep(writable, CODE, one, now_ms=1)
    assert notes.notes(writable, CODE, ALL.first, ALL.last) == (note, every)
    assert notes.notes(writable, CODE, ALL.first, ALL.last, service="B01") == (every,)
    assert notes.notes(writable, CODE, date(2026, 3, 3), ALL.last) == (every,)
    assert notes.notes(writable, "another", ALL.first, ALL.last) == ()
    with writable.transaction():
        notes.remove(writable, CODE, note.id)
    assert notes.notes(writable, CODE, ALL.first, ALL.last) == (every,)
