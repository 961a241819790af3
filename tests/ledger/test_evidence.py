"""One day of the log for a lawyer: whole, recomputable from its files, naming nobody."""

import csv
import hashlib
import io
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import page
import pytest

from sportello.domain import commands as c
from sportello.domain.errors import Refused
from sportello.domain.events import KINDS
from sportello.ledger import log, sqlite
from sportello.ledger.db import Db
from sportello.reports.evidence import Dossier, dossier
from sportello.reports.evidence_files import NAMES, files
from sportello.reports.evidence_words import FATES, HAPPENED, printed, ticket_rows
from sportello.reports.sums import SUMS
from tests.ledger.lived import CODE, FIRST_DAY, Life

WHOLE = ("epoch", "seq", "wall_ms", "mono_ms", "trusted")


@pytest.fixture(scope="module")
def found(lived_file: Path) -> Dossier:
    database = sqlite.connect(lived_file)
    value = dossier(database, CODE, FIRST_DAY)
    database.close()
    return value


@pytest.fixture(scope="module")
def made(found: Dossier) -> Mapping[str, bytes]:
    return dict(files(found))


def rows_of(content: bytes) -> list[dict[str, str]]:
    text = content.decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def recomputed(row: Mapping[str, str]) -> str:
    """What whoever has the file alone works out: as docs/events.md says."""
    columns = [int(row[name]) if name in WHOLE else row[name] or None for name in log.NAMES]
    body = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{row['impronta_prima']}\n{body}".encode()).hexdigest()


def test_whoever_has_the_file_works_out_the_same_hashes(made: Mapping[str, bytes]) -> None:
    rows = rows_of(made["events.csv"])
    told = [row for row in rows if row["data"]]
    assert len(told) > len(rows) * 0.8
    assert [recomputed(row) for row in told] == [row["impronta"] for row in told]


def test_each_event_is_tied_to_the_one_before_it(made: Mapping[str, bytes]) -> None:
    rows = rows_of(made["events.csv"])
    follow = [(one, other) for one, other in pairwise(rows) if int(one["seq"]) + 1 == int(other["seq"])]
    assert follow
    assert all(one["impronta"] == other["impronta_prima"] for one, other in follow)


def test_every_number_of_the_day_is_told_with_its_fate(found: Dossier, on_sqlite: Db) -> None:
    numbers = on_sqlite.rows(
        "SELECT number, status FROM ticket WHERE centre = :centre AND day = :day ORDER BY arrival_ms, id",
        {"centre": CODE, "day": FIRST_DAY.isoformat()},
    )
    assert [(row[0], row[11]) for row in ticket_rows(found)] == [
        (one["number"], FATES[one["status"]]) for one in numbers
    ]


def test_one_service_has_its_own_numbers_and_what_concerns_all(on_sqlite: Db, found: Dossier) -> None:
    narrow = dossier(on_sqlite, CODE, FIRST_DAY, "A01")
    kinds = {type(one.event).__name__ for one in narrow.happened.events}
    assert {"DayOpened", "TicketIssued"} <= kinds
    assert 0 < len(narrow.tickets) < len(found.tickets)
    assert {line.service for line in narrow.report.lines} == {"A01"}


def test_a_service_nobody_knows_is_refused(on_sqlite: Db) -> None:
    with pytest.raises(Refused):
        dossier(on_sqlite, CODE, FIRST_DAY, "Z99")


def test_who_worked_is_told_nowhere(life: Life) -> None:
    life.do(c.OpenCounter(counter="1", clerk="Ada Bianchi"))
    life.do(c.IssueTicket(service="A01"))
    life.do(c.CallNext(counter="1"))
    with life.centre.reading() as db:
        made = dict(files(dossier(db, CODE, life.clock().local().date())))
    rows = rows_of(made["events.csv"])
    opened = next(row for row in rows if row["che cosa"] == HAPPENED["CounterOpened"])
    assert (opened["data"], opened["impronta"] != "") == ("", True)
    assert not [name for name in NAMES if b"Bianchi" in made[name]]
    assert any(row["che cosa"] == HAPPENED["TicketCalled"] and row["data"] for row in rows)


@pytest.mark.parametrize("profile", ["2a", "ua1"])
def test_the_pdf_is_archivable_and_accessible(made: Mapping[str, bytes], profile: str) -> None:
    report = page.validate_pdf_bytes(made["evidence.pdf"], profile=profile)
    assert [(fault.rule_id, fault.message) for fault in report.failures] == []


def test_the_same_events_give_the_same_bytes(made: Mapping[str, bytes], on_postgres: Db) -> None:
    again = dict(files(dossier(on_postgres, CODE, FIRST_DAY)))
    assert {name for name in NAMES if again[name] != made[name]} == set()
    assert made[SUMS].decode().count("\n") == len(NAMES) - 1


def test_every_kind_of_event_has_its_words() -> None:
    assert set(HAPPENED) == set(KINDS)


def test_one_changed_byte_is_named(lived_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(lived_file, tmp_path / "centre.db"))
    with sqlite3.connect(path) as raw:
        (seq,) = raw.execute(
            "SELECT min(seq) FROM event WHERE kind = 'TicketCalled' AND day = ?", (FIRST_DAY.isoformat(),)
        ).fetchone()
        raw.execute("UPDATE event SET wall_ms = wall_ms - 60000 WHERE seq = ?", (seq,))
    raw.close()
    database = sqlite.connect(path)
    texts: Mapping[str, str | Sequence[object]] = printed(dossier(database, CODE, FIRST_DAY))
    database.close()
    assert texts["fault"] == f"primo evento alterato: epoca 1, numero {seq} (TicketCalled)"
