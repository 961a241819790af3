"""What the ledger asks of a database; two real ones answer (`sqlite`, `postgres`)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

Row = Any  # a row read by column name: row["seq"]
Values = Mapping[str, Any]


class Db(Protocol):
    """A connection. Statements use `:name` parameters and the subset of SQL both databases share."""

    path: Path | None  # the file, where the database is one: other processes may read it too

    def rows(self, sql: str, values: Values | None = None) -> list[Row]: ...

    def stream(self, sql: str, values: Values | None = None) -> Iterator[Row]: ...

    def run(self, sql: str, values: Values | None = None) -> int:
        """Execute; how many rows it changed."""
        ...

    def many(self, sql: str, values: Iterable[Values]) -> None: ...

    def transaction(self) -> AbstractContextManager[None]: ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Several questions about one moment; holds nobody up. Inside a transaction it adds nothing."""
        ...


class Broken(Exception):
    """The database cannot be used as it is; the message says what to do."""


def row(db: Db, sql: str, values: Values | None = None) -> Row | None:
    """The first row, or None."""
    found = db.rows(sql, values)
    return found[0] if found else None


def cells(found: Row) -> Iterable[Any]:
    """What a row holds, in the order asked for: a row of PostgreSQL is a dict, one of SQLite a sequence."""
    return found.values() if isinstance(found, dict) else found
