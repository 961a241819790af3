"""What a report rests upon can be checked: its hash, its hours, and the first event that is not what was written."""

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from sportello.domain import commands as c
from sportello.domain.charter import Outcome
from sportello.domain.clock import wall_ms
from sportello.domain.tickets import ServiceDay
from sportello.ledger import projections, queries, sqlite, walk
from sportello.ledger.db import Db
from sportello.ledger.evidence import evidence
from sportello.ledger.recording import recording
from sportello.reports.compliance import Compliance, compliance
from sportello.reports.rendering import csv_lines, public_rows, table, to_data
from sportello.serving import resume_recording, sign_of_life
from tests.ledger import lived
from tests.ledger.lived import CODE, FIRST_DAY, SITE

WEEK = (FIRST_DAY, FIRST_DAY + timedelta(days=7))


@pytest.fixture
def copy(lived_file: Path, tmp_path: Path) -> Iterator[sqlite.Sqlite]:
    shutil.copy(lived_file, tmp_path / "centre.db")
    database = sqlite.connect(tmp_path / "centre.db", write=True)
    yield database
    database.close()


def report(db: Db, first: date = WEEK[0], last: date = WEEK[1], *, check: bool = False, **more: str) -> Compliance:
    adopted = queries.charters(db, CODE)
    return compliance(db, CODE, charters=adopted, site=SITE, first=first, last=last, check=check, **more)  # type: ignore[arg-type]


@pytest.fixture
def walkers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three processes, for a log of any length."""
    monkeypatch.setattr(walk, "LONG", 10)
    monkeypatch.setattr("os.cpu_count", lambda: 3)


@pytest.mark.usefixtures("walkers")
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_long_log_is_walked_by_several_that_find_what_one_finds(copy: sqlite.Sqlite, share: float) -> None:
    assert report(copy, check=True).fault is None
    events = copy.rows("SELECT epoch, seq FROM event WHERE day BETWEEN :first AND :last ORDER BY epoch, seq",
                       {"first": WEEK[0].isoformat(), "last": WEEK[1].isoformat()})  # fmt: skip
    for one in (events[round(share * len(events))], events[-1]):
        copy.run("UPDATE event SET actor = 'altri' WHERE epoch = :epoch AND seq = :seq", dict(one))
    *_, first_bad = walk.verify(copy, CODE)
    assert report(copy, check=True).fault == first_bad


@pytest.mark.usefixtures("walkers")
def test_the_stretch_of_a_walker_that_fails_is_walked_all_the_same(
    copy: sqlite.Sqlite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "false")
    copy.run("UPDATE event SET actor = 'altri' WHERE day = :last", {"last": WEEK[1].isoformat()})
    *_, first_bad = walk.verify(copy, CODE)
    assert report(copy, check=True).fault == first_bad


def test_a_report_that_was_checked_says_so(on_sqlite: Db) -> None:
    found = report(on_sqlite, check=True)
    assert (found.checked, found.fault) == (True, None)
    assert report(on_sqlite).checked is False


@pytest.mark.parametrize(
    "kind", ["TicketIssued", "TicketCalled", "VisitorTurnedAway", "CharterPublished", "PlanAdopted"]
)
def test_one_byte_changed_is_named_alike_by_verify_and_by_the_report(copy: sqlite.Sqlite, kind: str) -> None:
    place = copy.rows(
        "SELECT epoch, seq, data FROM event WHERE kind = :kind ORDER BY epoch DESC, seq DESC LIMIT 1 OFFSET 0",
        {"kind": kind},
    )[0]
    changed = place["data"].replace('"', "'", 1)
    copy.run("UPDATE event SET data = :data WHERE seq = :seq", {"data": changed, "seq": place["seq"]})
    *_, first_bad = walk.verify(copy, CODE)
    found = report(copy, last=WEEK[1] + timedelta(days=1), check=True)
    assert isinstance(first_bad, walk.Fault)
    assert found.fault == first_bad
    assert (first_bad.seq, first_bad.kind) == (place["seq"], kind)
    assert {line.verdict.outcome for line in found.lines} == {Outcome.NOT_ASSESSABLE}
    assert table(found)[0].startswith(f"REGISTRO ALTERATO: il primo evento non integro è l'evento 1/{place['seq']}")
    assert f"1/{place['seq']}" in list(csv_lines(found))[1]
    assert to_data(found)["fault"] == {"epoch": 1, "seq": place["seq"], "kind": kind, "why": first_bad.why}


def test_an_event_taken_out_is_named_by_the_one_after_it(copy: sqlite.Sqlite) -> None:
    seq = copy.rows("SELECT seq FROM event WHERE kind = 'TicketNoShow' ORDER BY seq LIMIT 1")[0]["seq"]
    copy.run("DELETE FROM event WHERE seq = :seq", {"seq": seq})
    fault = report(copy, check=True).fault
    assert fault is not None
    assert fault.seq == seq + 1


def test_a_day_that_was_not_touched_can_still_be_reported(copy: sqlite.Sqlite) -> None:
    seq = copy.rows("SELECT max(seq) AS seq FROM event WHERE kind = 'TicketCalled'")[0]["seq"]
    copy.run("UPDATE event SET actor = 'altro' WHERE seq = :seq", {"seq": seq})
    assert report(copy, FIRST_DAY, FIRST_DAY, check=True).fault is None
    assert report(copy, last=FIRST_DAY + timedelta(days=9), check=True).fault is not None


def test_the_same_events_give_the_same_bytes_whatever_comes_after(life: lived.Life) -> None:
    life.issue()
    life.clock.pass_by(60)
    life.do(c.CallNext(counter="1"))
    open_day = life.clock().local().date()
    life.do(c.CloseDay())
    with life.centre.reading() as db:
        before = to_data(report(db, open_day, open_day))
    life.clock.reach(lived.at(open_day + timedelta(days=1), 9))
    life.issue()
    with life.centre.reading() as db:
        after = to_data(report(db, open_day, open_day))
    assert after.pop("log") != before.pop("log")
    for found in (before, after):  # hours up to the log's end: the day was not over
        found.pop("coverage")
        for line in found["rows"]:  # type: ignore[attr-defined]
            line.pop("coverage")
    assert json.dumps(before) == json.dumps(after)


def test_another_event_of_the_day_gives_another_hash(life: lived.Life) -> None:
    day = life.clock().local().date()
    seen = set()
    for act in (c.OpenDay(), c.IssueTicket(service="A01"), c.CallNext(counter="1"), c.CloseDay()):
        life.do(act)
        with life.centre.reading() as db:
            seen.add(report(db, day, day).data_hash)
    assert len(seen) == 4


def test_a_sheet_of_paper_changes_no_hash(life: lived.Life) -> None:
    ticket = life.issue()
    day = life.clock().local().date()
    with life.centre.reading() as db:
        before = report(db, day, day).data_hash
    life.do(c.Reprint(ticket=ticket))
    with life.centre.reading() as db:
        assert report(db, day, day).data_hash == before


def test_the_hash_is_the_same_after_a_rebuild(copy: sqlite.Sqlite) -> None:
    before = report(copy).data_hash
    with copy.transaction():
        for _ in projections.rebuild(copy, CODE, ServiceDay(plan=lived.PLAN)):
            pass
    assert report(copy).data_hash == before


def test_a_service_that_starts_records_since_when_it_was_silent(life: lived.Life, tmp_path: Path) -> None:
    life.issue()
    alive = sign_of_life(tmp_path / "centre.db")
    resume_recording(life.centre, alive)  # at once: nothing was missed
    last = life.clock.wall_ms
    life.clock.pass_by(1800)
    resume_recording(life.centre, alive)
    day = life.clock().local().date()
    with life.centre.reading() as db:
        silences = recording(db, CODE, day, day).silences
    assert [(round(since / 1000), until) for since, until in silences] == [(round(last / 1000), last + 1_800_000)]


def test_a_log_that_should_have_gone_on_is_missing_its_end(life: lived.Life) -> None:
    life.issue()
    day = life.clock().local().date()
    life.clock.pass_by(60)
    life.do(c.CloseDay())
    with life.centre.reading() as db:
        until = wall_ms(lived.at(day, 23))
        adopted = queries.charters(db, CODE)
        found = compliance(db, CODE, charters=adopted, site=SITE, first=day, last=day, as_of_ms=until)
    (gap,) = found.missing
    assert (gap.centre, gap.until_ms) == (CODE, until)
    assert found.coverage.share is not None
    assert found.coverage.share < 1


def test_the_evidence_of_a_day_is_its_events_with_their_hashes(on_sqlite: Db) -> None:
    day = FIRST_DAY + timedelta(days=1)
    found = evidence(on_sqlite, CODE, day)
    rows = on_sqlite.rows("SELECT hash FROM event WHERE day = :day ORDER BY epoch, seq", {"day": day.isoformat()})
    assert [one.hash for one in found.events] == [row["hash"] for row in rows]
    assert found.fault is None


def test_the_evidence_for_a_service_has_its_tickets_whole_and_no_other(on_sqlite: Db) -> None:
    day = FIRST_DAY + timedelta(days=1)
    found = evidence(on_sqlite, CODE, day, "B01")
    whole = evidence(on_sqlite, CODE, day).events
    sent = {
        one.event.ticket  # type: ignore[union-attr]
        for one in whole
        if type(one.event).__name__ in ("TicketIssued", "TicketTransferred") and one.event.service == "B01"  # type: ignore[union-attr]
    }
    told = [one.event.ticket for one in found.events if hasattr(one.event, "ticket")]
    assert set(told) == sent
    assert len(told) == sum(getattr(one.event, "ticket", None) in sent for one in whole)
    assert {"DayOpened", "DayClosed"} <= {type(one.event).__name__ for one in found.events}


def test_nothing_about_fewer_than_five_people_is_public(on_sqlite: Db) -> None:
    rows = public_rows(report(on_sqlite, by="day"))
    small = [row for row in rows if row["n"] is None]
    assert small
    assert all(row["share"] is None and row["p90"] is None and row["outcome"] is None for row in small)
    told = [row[name] for row in rows for name in ("left", "no_show", "unserved")]
    assert not {1, 2, 3, 4} & set(told)
    assert None in told
