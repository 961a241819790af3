"""A centre that is killed keeps every answer it gave."""

import subprocess
import sys
from pathlib import Path

from sportello.centre import found
from sportello.domain.events import CharterPublished
from sportello.ledger import sqlite, walk
from sportello.timekeeping import system_clock
from tests.ledger import lived

ROUNDS = 55
SEED = 20260630
ROOT = Path(__file__).parents[2]
ISSUED = """SELECT command.id AS id, ticket.number AS number FROM command
    JOIN event ON event.centre = command.centre AND event.epoch = command.epoch AND event.seq = command.last_seq
    JOIN ticket ON ticket.centre = event.centre AND event.data LIKE '%' || ticket.id || '%'
    WHERE event.kind = 'TicketIssued'"""


def test_nothing_acknowledged_is_lost_when_the_centre_is_killed_in_mid_flight(tmp_path: Path) -> None:
    sqlite.migrate(tmp_path / "centre.db")
    founding = [CharterPublished(charter=lived.OLD)]
    found(tmp_path / "centre.db", lived.CODE, system_clock(), lived.PLAN, founding)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ledger.tapping", str(tmp_path), str(ROUNDS), str(SEED)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.split("\n")[:-1]
    answered = dict(line.split(" ") for line in lines if line.count(" ") == 1)
    assert lines.count("open") == ROUNDS  # the file was opened again after every kill
    assert len(answered) > ROUNDS
    check(sqlite.connect(tmp_path / "centre.db"), answered)


def check(database: sqlite.Sqlite, answered: dict[str, str]) -> None:
    """Every answer is in the file, the file is whole, and no number was given twice or left out."""
    assert [row[0] for row in database.rows("PRAGMA integrity_check")] == ["ok"]
    end = list(walk.verify(database, lived.CODE))[-1]
    assert isinstance(end, int), end
    kept = {row["id"]: int(row["number"][1:]) for row in database.rows(ISSUED)}
    lost = {name for name, number in answered.items() if kept.get(name) != int(number)}
    assert not lost
    for day in database.rows("SELECT DISTINCT day FROM ticket"):
        numbers = database.rows("SELECT number FROM ticket WHERE day = :day", {"day": day["day"]})
        assert sorted(int(row["number"][1:]) for row in numbers) == list(range(1, len(numbers) + 1))
    orphans = database.rows("SELECT id FROM ticket WHERE id NOT IN (SELECT ticket FROM print_job)")
    assert not orphans  # a number and its sheet of paper come together or not at all
    database.close()
