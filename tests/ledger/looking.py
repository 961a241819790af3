"""A reader in a process of its own: looks at a ledger until it is told enough, and finds log and tables agreeing."""

import sys
from pathlib import Path
from select import select

from sportello.ledger import log, sqlite
from tests.ledger.lived import CODE


def look(database: sqlite.Sqlite) -> int:
    """How many tickets there are; the same in the log and in its tables, at any one moment."""
    with database.snapshot():
        issued = database.rows("SELECT count(*) AS n FROM event WHERE kind = 'TicketIssued'")[0]["n"]
        tickets = database.rows("SELECT count(*) AS n FROM ticket")[0]["n"]
        last = log.head(database, CODE).seq
        events = database.rows("SELECT count(*) AS n FROM event")[0]["n"]
    assert (issued, last) == (tickets, events)
    return int(tickets)


def main(folder: Path) -> None:
    database = sqlite.connect(folder / "centre.db")
    print("looking", flush=True)  # noqa: T201 - to the test
    looks, seen = 0, 0
    while not select([sys.stdin], [], [], 0.01)[0]:
        now = look(database)
        assert now >= seen
        looks, seen = looks + 1, now
    print(looks, seen)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
