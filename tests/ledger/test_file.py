"""The file: who may use it, what is said when it cannot be used, and what a restore may never do."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils

from sportello.centre import Centre
from sportello.domain import commands as c
from sportello.domain.events import TicketIssued
from sportello.ledger import log, sqlite, walk
from sportello.ledger.db import Broken
from sportello.ledger.marks import Mark
from tests.ledger import lived
from tests.ledger.lived import CODE

ROOT = Path(__file__).parents[2]
NOBODY = 65534
OPEN = """
import sys
from pathlib import Path
from sportello.centre import Centre
from tests.ledger import lived
Centre(Path(sys.argv[1]), lived.CODE, lived.Ticking(lived.at(lived.FIRST_DAY, 9)))
"""


def take(centre: Centre, n: int, name: str) -> list[str]:
    """Take `n` numbers; they as they are printed."""
    taken = []
    for turn in range(n):
        issued = centre.handle(c.IssueTicket(service="A01"), actor="totem", command_id=f"{name}-{turn}")[-1].event
        assert isinstance(issued, TicketIssued)
        taken.append(f"{issued.letter}{issued.number:03d}")
    return taken


# --- one writer, many readers ------------------------------------------------------------------------


def test_a_second_process_may_not_write_and_a_third_reads_meanwhile(life: lived.Life, tmp_path: Path) -> None:
    with process("-m", "tests.ledger.looking", str(tmp_path)) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "looking\n"
        n = 0
        with process("-c", OPEN, str(tmp_path / "centre.db")) as second:
            while second.poll() is None:
                take(life.centre, 10, f"tap-{(n := n + 1)}")
            assert "is in use by another «sportello serve»" in second.communicate()[1]
        looks, seen = map(int, reader.communicate("enough\n", timeout=20)[0].split())
    assert looks > 3
    assert 0 < seen <= n * 10
    assert len(life.centre.day.tickets) == n * 10


def process(*arguments: str) -> "subprocess.Popen[str]":
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_the_right_to_write_ends_with_its_holder(tmp_path: Path, clock: lived.Ticking) -> None:
    lived.new_centre(tmp_path, clock).close()
    Centre(tmp_path / "centre.db", CODE, clock).close()


def test_a_reading_connection_cannot_write(life: lived.Life) -> None:
    with life.centre.reading() as db, pytest.raises(sqlite.sqlite3.OperationalError, match="readonly"):
        db.run("DELETE FROM event")


# --- a file that cannot be used ----------------------------------------------------------------------


def broken(path: Path, clock: lived.Ticking) -> str:
    """What a centre says that cannot start."""
    with pytest.raises(Broken) as fault:
        Centre(path, CODE, clock)
    return str(fault.value)


@pytest.fixture
def path(tmp_path: Path, clock: lived.Ticking) -> Path:
    """The file of a small centre that is closed."""
    centre = lived.new_centre(tmp_path, clock)
    take(centre, 60, "tap")
    centre.close()
    return tmp_path / "centre.db"


def test_a_missing_file_or_folder_says_how_to_make_one(tmp_path: Path, clock: lived.Ticking) -> None:
    assert "sportello init" in broken(tmp_path / "centre.db", clock)
    assert "sportello init" in broken(tmp_path / "nowhere" / "centre.db", clock)


def test_a_file_that_is_no_database_says_to_keep_it_and_restore(path: Path, clock: lived.Ticking) -> None:
    path.write_bytes(b"not a database at all" * 500)
    assert "restore the newest backup" in broken(path, clock)


def test_an_emptied_file_is_not_taken_for_a_new_one(path: Path, clock: lived.Ticking) -> None:
    path.write_bytes(b"")
    with pytest.raises(Broken, match="newest backup"):
        Centre(path, CODE, clock)
    with pytest.raises(Broken, match="newest backup"):
        sqlite.pending(path)
    assert path.read_bytes() == b""


def test_a_file_damaged_inside_says_to_keep_it_and_restore(path: Path, clock: lived.Ticking) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    assert "restore the newest backup" in broken(path, clock)


def test_a_file_of_an_older_version_says_to_migrate(path: Path, clock: lived.Ticking) -> None:
    database = sqlite.connect(path, write=True)
    database.run("DELETE FROM _sqlite_migrations")
    database.close()
    assert "sportello migrate" in broken(path, clock)


def test_a_file_of_a_newer_version_says_to_install_that_one(path: Path, clock: lived.Ticking) -> None:
    database = sqlite.connect(path, write=True)
    database.run(
        "UPDATE _sqlite_migrations SET name = '9999_later' WHERE name = (SELECT max(name) FROM _sqlite_migrations)"
    )
    database.close()
    assert "newer version" in broken(path, clock)


@contextmanager
def unprivileged() -> Iterator[None]:
    """As somebody whom permissions stop, which they do not do with root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_file_that_may_only_be_read_says_so(path: Path, clock: lived.Ticking) -> None:
    with tempfile.TemporaryDirectory() as folder:
        there = Path(folder) / "centre.db"
        shutil.copy(path, there)
        there.chmod(0o444)
        Path(folder).chmod(0o555)
        with unprivileged():
            said = broken(there, clock)
        Path(folder).chmod(0o755)
    assert "cannot be written" in said
    assert "who owns" in said


def test_a_full_disk_loses_nothing_acknowledged_and_the_centre_goes_on_afterwards(life: lived.Life) -> None:
    taken = take(life.centre, 5, "before")
    pages = life.centre.write(lambda db: db.rows("PRAGMA page_count")[0][0])
    life.centre.write(lambda db: db.rows(f"PRAGMA max_page_count = {pages + 4}"))
    with pytest.raises(Broken, match="full"):  # noqa: PT012 - whichever of them is the first without room
        for n in range(500):
            taken += take(life.centre, 1, f"full-{n}")
    assert len(taken) == len(life.centre.day.tickets)
    life.centre.write(lambda db: db.rows("PRAGMA max_page_count = 100000"))
    taken += take(life.centre, 5, "after")
    assert taken == [f"A{n:03d}" for n in range(1, len(taken) + 1)]
    with life.centre.reading() as db:
        assert list(walk.verify(db, CODE))[-1] == life.centre.head.seq


def test_a_mark_that_cannot_be_written_stops_nobody(life: lived.Life, tmp_path: Path) -> None:
    (tmp_path / "centre.mark-new").mkdir()  # stands where the mark is made
    assert take(life.centre, 3, "tap") == ["A001", "A002", "A003"]
    life.centre.close()


# --- a backup put back -------------------------------------------------------------------------------


def restored(path: Path, backup: Path) -> None:
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copy(backup, path)


def test_a_restored_backup_begins_an_epoch_and_no_number_is_given_twice(
    path: Path, tmp_path: Path, clock: lived.Ticking
) -> None:
    backup = tmp_path / "backup.db"
    shutil.copy(path, backup)
    given: set[str] = {f"A{n:03d}" for n in range(1, 61)}
    for epoch, n in ((1, 700), (2, 3), (3, 0), (4, 5)):
        centre = Centre(path, CODE, clock)
        assert centre.head.epoch == epoch
        numbers = take(centre, n, f"epoch-{epoch}")
        assert not given & set(numbers)
        given |= set(numbers)
        centre.close()
        database = sqlite.connect(path)
        assert isinstance(list(walk.verify(database, CODE))[-1], int)
        database.close()
        restored(path, backup)


def test_a_backup_from_before_the_day_was_opened_is_fenced_too(tmp_path: Path, clock: lived.Ticking) -> None:
    path, backup = tmp_path / "centre.db", tmp_path / "backup.db"
    lived.new_centre(tmp_path, clock).close()
    shutil.copy(path, backup)
    centre = Centre(path, CODE, clock)
    lost = take(centre, 40, "lost")
    centre.close()
    restored(path, backup)
    centre = Centre(path, CODE, clock)
    assert not set(lost) & set(take(centre, 40, "found"))
    clock.reach(lived.at(lived.FIRST_DAY + timedelta(days=1), 9))
    assert take(centre, 1, "tomorrow") == ["A001"]  # the fence is for the days of the lost tail only
    centre.close()


def test_a_centre_stopped_and_started_again_goes_on_in_its_epoch(path: Path, clock: lived.Ticking) -> None:
    centre = Centre(path, CODE, clock)
    assert centre.head.epoch == 1
    assert take(centre, 1, "on") == ["A061"]
    centre.close()


def test_a_mark_a_second_old_still_fences_the_numbers_given_since(tmp_path: Path) -> None:
    mark = Mark(tmp_path / "centre.mark")
    mark.keep(log.Head(centre=CODE, epoch=1, seq=5000, hash=""), lived.FIRST_DAY, 998, at_once=True)
    assert Mark(tmp_path / "centre.mark").next_fence() >= 998 + 500


def test_a_mark_that_cannot_be_read_is_begun_anew(tmp_path: Path) -> None:
    for spoiled in ("", "{", "[]", '{"epoch": 1}'):
        (tmp_path / "centre.mark").write_text(spoiled, encoding="utf-8")
        assert Mark(tmp_path / "centre.mark").read().epoch == 0


def test_the_schema_is_changed_by_the_driver_that_reads_and_writes() -> None:
    assert sqlite_utils.utils.sqlite3 is sqlite.sqlite3  # type: ignore[attr-defined]
