"""The print jobs: who may become what, once, in both databases, and over every crash."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest

from sportello import spooling
from sportello.centre import Centre
from sportello.domain.commands import IssueTicket, Reprint, SettleSlip
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import SlipSettled
from sportello.domain.printing import Capability, PrinterSetup, PrinterStatus, Role
from sportello.domain.slips import IN_FLIGHT, MAY, JobState, Mark
from sportello.ledger import log, postgres, printers, schema, spool, sqlite
from sportello.ledger.db import Db
from sportello.local import Line, LocalSpool
from sportello.timekeeping import system_clock
from tests.ledger import lived
from tests.paper.jobs import TOTEM, become, begun, mark
from tests.paper.samples import a_slip

DESK = PrinterSetup(name="banco", uri="virtual:", role=Role.BACKUP)
WATCHED = PrinterSetup(name="totem", uri="virtual:", backup="banco", capabilities=frozenset({Capability.STATUS}))
READY = PrinterStatus(online=True, paper=True, cover_closed=True, source="asb")
OUT = PrinterStatus(online=False, paper=False, code="paper_out", source="asb")


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Db]:
    """A database with its tables and nothing in them."""
    if request.param == "sqlite":
        sqlite.migrate(tmp_path / "empty.db")
        database: sqlite.Sqlite | postgres.Postgres = sqlite.connect(tmp_path / "empty.db", write=True)
    else:
        database = postgres.connect(request.getfixturevalue("postgres_database"))
        postgres.migrate(database)
    yield database
    database.close()


@pytest.fixture
def centre(tmp_path: Path, clock: lived.Ticking) -> Iterator[Centre]:
    """A centre with a printer and a backup for it."""
    made = lived.new_centre(tmp_path, clock, printers=(WATCHED, DESK))
    yield made
    made.close()


def take(centre: Centre, name: str = "number-1") -> str:
    """Give a number; its ticket."""
    centre.handle(IssueTicket(service="A01"), actor="kiosk", command_id=name)
    return list(centre.day.tickets)[-1]


def newest(centre: Centre, ticket: str) -> spool.Printing:
    with centre.reading() as db:
        found = spool.of_ticket(db, ticket)
    assert found is not None
    return found


def outcomes(centre: Centre) -> list[SlipSettled]:
    with centre.reading() as db:
        return [one.event for one in log.since(db, centre.code) if isinstance(one.event, SlipSettled)]


# --- who may become what -----------------------------------------------------------------------------


def test_every_state_says_where_it_may_go_and_nothing_settled_goes_back() -> None:
    assert set(MAY) == set(JobState)
    for state in JobState:
        if JobState.SENDING in MAY[state]:
            assert state is JobState.QUEUED, "only a queued job may be sent"
        if JobState.QUEUED in MAY[state]:
            assert state in IN_FLIGHT, "only what is under way can be proven not out"
    for state in (JobState.TORN, JobState.UNKNOWN):
        assert MAY[state] == {JobState.CONFIRMED}


@pytest.mark.parametrize(("before", "after"), list(product(JobState, JobState)))
def test_the_rows_obey_the_table_of_states(tmp_path: Path, before: JobState, after: JobState) -> None:
    sqlite.migrate(tmp_path / "empty.db")
    with closing(sqlite.connect(tmp_path / "empty.db", write=True)) as db:
        obey(db, before, after)


def test_they_obey_it_in_postgresql(postgres_database: str) -> None:
    database = postgres.connect(postgres_database)
    postgres.migrate(database)
    for before, after in product(JobState, JobState):
        obey(database, before, after)
        database.run("DELETE FROM print_job")
    database.close()


def obey(db: Db, before: JobState, after: JobState) -> None:
    spool.add(db, a_slip(ticket="T1"), "totem", 1000)
    db.run("UPDATE print_job SET state = :state", {"state": before.value})
    moved = spool.move(db, 1, after, now_ms=2000, detail="why", evidence=3)
    found = spool.of_job(db, 1)
    assert found is not None
    assert moved == (after in MAY[before])
    assert (found.state, found.detail) == ((after, "why") if moved else (before, ""))


def test_an_outcome_that_the_table_forbids_leaves_no_event(centre: Centre) -> None:
    ticket = take(centre)
    job = become(centre, JobState.CONFIRMED)
    late = SettleSlip(job=job.id, ticket=ticket, copy=0, printer="totem", state="unknown")
    with pytest.raises(Refused) as refused:
        centre.handle(late, actor="printer:totem", command_id="too-late-1")
    assert refused.value.reason is Reason.SLIP_SETTLED
    assert not spooling.settle(centre, job.id, JobState.TORN)
    assert [one.state for one in outcomes(centre)] == [JobState.CONFIRMED]


def test_what_a_person_said_stands(centre: Centre) -> None:
    ticket = take(centre)
    job = become(centre, JobState.HELD)
    assert spooling.settle(centre, job.id, JobState.CONFIRMED, actor="kiosk", evidence=6)
    assert not spooling.settle(centre, job.id, JobState.TORN, detail="hold time over")
    found = newest(centre, ticket)
    assert (found.state, found.evidence, found.done) == (JobState.CONFIRMED, 6, True)


def test_a_settlement_told_twice_is_one_event(centre: Centre) -> None:
    take(centre)
    job = become(centre, JobState.SENT)
    assert not spooling.settle(centre, job.id, JobState.SENT)
    assert len(outcomes(centre)) == 1


# --- one original ------------------------------------------------------------------------------------


def test_a_ticket_has_one_original_and_one_of_each_copy(empty: Db) -> None:
    spool.add(empty, a_slip(ticket="T1"), "totem", 1000)
    spool.add(empty, a_slip(ticket="T1", copy=1), "totem", 1000)
    for copy in (0, 1):
        with pytest.raises(Exception, match=r"(?i)unique"), empty.transaction():
            spool.add(empty, a_slip(ticket="T1", copy=copy), "banco", 2000)
    assert len(empty.rows("SELECT id FROM print_job")) == 2


def test_of_two_workers_one_begins_each_job(tmp_path: Path) -> None:
    """Over the real line, from two threads that want the same jobs at the same moment."""
    centre = lived.new_centre(tmp_path, system_clock(), printers=(WATCHED, DESK))
    line = Line(tmp_path / "line.sock", centre)
    for n in range(40):
        take(centre, f"number-{n}")
    begun_by: list[list[int]] = [[], []]
    together = threading.Barrier(2)

    def work(mine: list[int]) -> None:
        worker = LocalSpool(tmp_path / "line.sock")
        together.wait()
        while job := worker.peek("totem", 0):
            if worker.begin(job.id, "totem", mark(job)):
                mine.append(job.id)
        worker.close()

    threads = [threading.Thread(target=work, args=(mine,)) for mine in begun_by]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    line.close()
    centre.close()
    assert sorted(begun_by[0] + begun_by[1]) == list(range(1, 41))


def test_the_mark_of_each_attempt_is_kept_before_the_first_byte(centre: Centre) -> None:
    take(centre)
    job = begun(centre)
    again = spooling.in_flight(centre, "totem")
    assert [(one.state, one.mark) for one in again] == [(JobState.SENDING, mark(job))]
    assert spooling.settle(centre, job.id, JobState.QUEUED, detail="buffer cleared, counter unchanged", mm=20)
    second = spooling.peek(centre, "totem", 0)
    assert second is not None
    assert (second.id, second.attempt) == (job.id, 1)
    assert spooling.begin(centre, job.id, "totem", Mark(process_id="0002", counter=7, attempt=2))
    assert spooling.in_flight(centre, "totem")[0].mark == Mark(process_id="0002", counter=7, attempt=2)
    assert outcomes(centre) == []
    with centre.reading() as db:
        assert printers.roll(db, "totem") == printers.Roll(mm=20)


def test_a_slip_for_which_nothing_vouches_is_settled_and_not_under_way(centre: Centre) -> None:
    take(centre)
    job = begun(centre)
    assert spooling.sent(centre, job.id)
    assert len(spooling.in_flight(centre, "totem")) == 1
    assert spooling.settle(centre, job.id, JobState.SENT, detail="mute")
    assert spooling.in_flight(centre, "totem") == []
    assert spooling.settle(centre, job.id, JobState.CONFIRMED, actor="kiosk", evidence=6)


# --- too late ----------------------------------------------------------------------------------------


def test_an_original_nobody_waits_for_expires_and_the_log_says_so(centre: Centre, clock: lived.Ticking) -> None:
    ticket = take(centre)
    clock.pass_by(59)
    assert spooling.peek(centre, "totem", 0) is not None
    clock.pass_by(2)
    assert spooling.peek(centre, "totem", 0) is None
    assert newest(centre, ticket).state is JobState.EXPIRED
    assert [(one.ticket, one.state) for one in outcomes(centre)] == [(ticket, JobState.EXPIRED)]


def test_a_job_that_grew_too_old_in_a_workers_hands_is_not_begun(centre: Centre, clock: lived.Ticking) -> None:
    ticket = take(centre)
    job = spooling.peek(centre, "totem", 0)
    assert job is not None
    clock.pass_by(61)
    assert not spooling.begin(centre, job.id, "totem", mark(job))
    spooling.expire(centre)
    assert newest(centre, ticket).state is JobState.EXPIRED
    assert not spooling.begin(centre, job.id, "totem", mark(job))


def test_what_was_begun_in_time_does_not_expire_and_a_copy_never_does(centre: Centre, clock: lived.Ticking) -> None:
    ticket = take(centre)
    begun(centre)
    centre.handle(Reprint(ticket=ticket), actor="kiosk", command_id="one-copy")
    clock.pass_by(600)
    copy = spooling.peek(centre, "totem", 0)
    assert copy is not None
    assert (copy.copy, copy.slip.copy) == (1, 1)
    assert len(spooling.in_flight(centre, "totem")) == 1


# --- the backup --------------------------------------------------------------------------------------


def test_a_queued_job_goes_to_the_backup_after_two_seconds(centre: Centre, clock: lived.Ticking) -> None:
    ticket = take(centre)
    spooling.report(centre, "totem", OUT)
    clock.pass_by(1.9)
    assert spooling.peek(centre, "banco", 0) is None
    clock.pass_by(0.1)
    job = spooling.peek(centre, "banco", 0)
    assert job is not None
    assert spooling.begin(centre, job.id, "banco", mark(job))
    found = newest(centre, ticket)
    assert (found.printer, found.diverted_from) == ("banco", "totem")
    assert spooling.peek(centre, "totem", 0) is None
    assert spooling.in_flight(centre, "totem") == []


@pytest.mark.parametrize("state", [JobState.SENDING, JobState.HELD, JobState.SENT, JobState.TORN, JobState.UNKNOWN])
def test_what_may_be_on_paper_never_goes_to_the_backup(centre: Centre, clock: lived.Ticking, state: JobState) -> None:
    take(centre)
    become(centre, state)
    spooling.report(centre, "totem", OUT)
    clock.pass_by(10)
    assert spooling.peek(centre, "banco", 0) is None


def test_a_printer_that_is_ready_again_keeps_its_jobs(centre: Centre, clock: lived.Ticking) -> None:
    take(centre)
    spooling.report(centre, "totem", OUT)
    clock.pass_by(3)
    spooling.report(centre, "totem", READY)
    assert spooling.peek(centre, "banco", 0) is None


def test_a_station_that_has_fallen_silent_gives_way_too(centre: Centre, clock: lived.Ticking) -> None:
    spooling.report(centre, "totem", READY)
    clock.pass_by(14)
    take(centre)
    assert spooling.peek(centre, "banco", 0) is None
    clock.pass_by(2)
    assert spooling.peek(centre, "banco", 0) is not None


def test_a_backup_that_waits_is_woken_in_time(tmp_path: Path) -> None:
    """With a real clock: it has waited for long when the other printer fails and a number is taken."""
    centre = lived.new_centre(tmp_path, system_clock(), printers=(WATCHED, DESK))
    spooling.report(centre, "totem", READY)
    found: list[int] = []

    def wait() -> None:
        job = spooling.peek(centre, "banco", 20)
        found.append(centre.now().mono_ms if job else 0)

    thread = threading.Thread(target=wait)
    thread.start()
    take(centre)
    begins = centre.now().mono_ms
    spooling.report(centre, "totem", OUT)
    thread.join(10)
    centre.close()
    assert 2000 <= found[0] - begins < 3000


# --- crashes -----------------------------------------------------------------------------------------

AFTER = {
    "queued": (JobState.QUEUED, False),
    "sending": (JobState.SENDING, True),
    "sent": (JobState.SENT, True),
    "held": (JobState.HELD, True),
    "confirmed": (JobState.CONFIRMED, False),
}


@pytest.mark.parametrize("step", list(AFTER))
def test_a_centre_that_is_killed_knows_afterwards_what_may_be_in_the_printer(tmp_path: Path, step: str) -> None:
    lived.new_centre(tmp_path, system_clock()).close()
    command = [sys.executable, "-m", "tests.paper.holding", str(tmp_path), step]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == step
        os.kill(process.pid, signal.SIGKILL)
    state, under_way = AFTER[step]
    with closing(Centre(tmp_path / "centre.db", lived.CODE, system_clock(), printers=(TOTEM,))) as centre:
        ticket = next(iter(centre.day.tickets))
        assert newest(centre, ticket).state is state
        flying = spooling.in_flight(centre, "totem")
        assert [one.mark.counter for one in flying] == ([41] if under_way else [])
        assert (spooling.peek(centre, "totem", 0) is not None) == (step == "queued")
        if under_way:
            assert spooling.settle(centre, flying[0].job.id, JobState.UNKNOWN, detail="no counter, no answer")
        settled = {"queued": [], "confirmed": [JobState.CONFIRMED]}.get(step, [JobState.UNKNOWN])
        assert [one.state for one in outcomes(centre)] == settled


def test_a_file_of_the_first_schema_opens_once_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as old:
        old.setattr(sqlite, "STEPS", {"0001_first": schema.FIRST})
        path = tmp_path / "centre.db"
        lived.new_centre(tmp_path, system_clock()).close()
        with closing(sqlite.connect(path, write=True)) as database:
            database.run(
                """INSERT INTO print_job (id, ticket, copy, printer, state, slip, created_ms, changed_ms, evidence,
                   detail) VALUES (1, 'T1', 0, 'totem', 'sent', :slip, 5, 6, 0, 'mute')""",
                {"slip": json.dumps(a_slip(ticket="T1").to_data())},
            )
    later = [name for name in schema.STEPS if name != "0001_first"]
    assert sqlite.pending(path) == later
    assert sqlite.migrate(path) == later
    with closing(Centre(path, lived.CODE, system_clock(), printers=(TOTEM,))) as centre:
        assert spooling.in_flight(centre, "totem") == []
        assert newest(centre, "T1").done


# --- printers and their rolls ------------------------------------------------------------------------


def test_what_was_learnt_of_a_printer_is_kept(empty: Db) -> None:
    learnt = PrinterSetup(
        name="banco",
        uri="usb:04b8:0202",
        width=384,
        dialect="custom",
        capabilities=frozenset({Capability.STATUS, Capability.COUNTERS}),
        role=Role.BACKUP,
        roll_mm=30_000,
        speed_mm_s=60,
    )
    printers.keep_printer(empty, DESK, 1000)
    printers.keep_printer(empty, learnt, 2000)
    assert printers.printers(empty) == [learnt]
    assert printers.drop_printer(empty, "banco")
    assert not printers.drop_printer(empty, "banco")
    assert printers.printers(empty) == []


def test_a_roll_is_measured_from_its_change(empty: Db) -> None:
    assert printers.roll(empty, "totem") == printers.Roll()
    printers.use_paper(empty, "totem", 103)
    printers.use_paper(empty, "totem", 127)
    assert printers.roll(empty, "totem") == printers.Roll(mm=230, slips=2)
    printers.change_roll(empty, "totem", 5000)
    printers.use_paper(empty, "totem", 103)
    assert printers.roll(empty, "totem") == printers.Roll(mm=103, slips=1, changed_ms=5000)


def test_a_printer_from_the_page_prints_without_a_restart(tmp_path: Path, clock: lived.Ticking) -> None:
    with closing(lived.new_centre(tmp_path, clock)) as centre:
        assert not centre.printers()
        take(centre)
        centre.write(lambda db: printers.keep_printer(db, TOTEM, 1000))
        assert centre.printer == "totem"
        ticket = take(centre, "number-2")
        assert newest(centre, ticket).printer == "totem"


def test_what_the_file_says_of_a_printer_stands_and_what_was_learnt_is_added(
    tmp_path: Path, clock: lived.Ticking
) -> None:
    named = PrinterSetup(name="totem", uri="tcp://10.0.0.5", width=576)
    with closing(lived.new_centre(tmp_path, clock, printers=(named,))) as centre:
        kept = PrinterSetup(name="totem", uri="tcp://10.0.0.9", width=384, backup="banco")
        centre.write(lambda db: printers.keep_printer(db, DESK, 1000))
        centre.write(lambda db: printers.keep_printer(db, kept, 1000))
        first, second = centre.printers()
    assert (first.uri, first.width, first.backup) == ("tcp://10.0.0.5", 576, "banco")
    assert second == DESK


def test_an_errand_is_done_by_who_owns_the_printers(centre: Centre) -> None:
    def own() -> None:
        errand = centre.stations.take(5)
        assert errand is not None
        centre.stations.done(errand.id, {"seen": [errand.about["uri"]]})

    owner = threading.Thread(target=own)
    owner.start()
    assert centre.stations.ask("probe", {"uri": "usb:1"}, 5) == {"seen": ["usb:1"]}
    owner.join()
    assert centre.stations.ask("probe", {"uri": "usb:1"}, 0) is None  # nobody is there
    assert centre.stations.take(0) is None  # and who came later finds nothing stale
