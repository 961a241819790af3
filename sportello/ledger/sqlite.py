"""The centre's own database: one SQLite file, WAL, every commit on disk before it is answered."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sportello.ledger.db import Broken, Row, Values
from sportello.ledger.schema import STEPS

if TYPE_CHECKING:
    from sqlite_utils import Database


def _driver() -> Any:
    """pysqlite3 where its wheel exists, else the standard library's: as sqlite-utils chooses."""
    try:
        return import_module("pysqlite3")
    except ImportError:
        return import_module("sqlite3")


sqlite3: Any = _driver()
VERSION: str = sqlite3.sqlite_version
SAFE = (3, 51, 3)  # the WAL-reset bug is mended from here on


class Sqlite:
    """One connection. `transaction()` nests: an inner one is a savepoint."""

    def __init__(self, connection: Any, path: Path) -> None:
        self.path: Path | None = path
        self._connection = connection
        self._depth = 0

    def rows(self, sql: str, values: Values | None = None) -> list[Row]:
        return list(self._connection.execute(sql, values or {}).fetchall())

    def stream(self, sql: str, values: Values | None = None) -> Iterator[Row]:
        return iter(self._connection.execute(sql, values or {}))

    def run(self, sql: str, values: Values | None = None) -> int:
        return int(self._connection.execute(sql, values or {}).rowcount)

    def many(self, sql: str, values: Iterable[Values]) -> None:
        self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        begin, commit, back = (
            ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
            if not self._depth
            else ("SAVEPOINT inner_step", "RELEASE inner_step", "ROLLBACK TO inner_step")
        )
        self._connection.execute(begin)
        self._depth += 1
        try:
            yield
            self._connection.execute(commit)
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself rolls back when the disk is full
                self._connection.execute(back)
            raise
        finally:
            self._depth -= 1

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Readers of a file in WAL see it as it was at their first question, and never wait for the writer."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def data_version(self) -> int:
        """Changes when another connection has committed."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        self._connection.close()


def connect(path: Path, *, write: bool = False) -> Sqlite:
    """Open the file; reading connections cannot write. `Broken` says what to do when it cannot be used."""
    if not path.exists():
        raise Broken(f"{path} does not exist: make a centre with «sportello init»")
    try:
        connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=5)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA cache_size=-8192")
        connection.execute("PRAGMA query_only=ON" if not write else "PRAGMA foreign_keys=ON")
        if write:
            durable(connection, path)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        raise Broken(said(fault, path)) from fault
    if not tables:
        connection.close()
        raise Broken(f"{path} is empty: keep it, and put the newest backup in its place")
    return Sqlite(connection, path)


def durable(connection: Any, path: Path) -> None:
    """Set what makes a commit survive a power cut, and read it back."""
    wanted = {"journal_mode": "wal", "synchronous": 2, "wal_autocheckpoint": 1000, "mmap_size": 0}
    for pragma, value in wanted.items():
        connection.execute(f"PRAGMA {pragma}={value}")
        got = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        if got != value:
            raise Broken(f"{path}: SQLite answers {pragma}={got}, {value} is needed; is the disk a local one?")
    connection.execute(f"PRAGMA journal_size_limit={64 * 1024 * 1024}")


def said(fault: Exception, path: Path) -> str:
    """A database fault in words that say what to do."""
    text = str(fault)
    if "readonly" in text or "read-only" in text:
        return f"{path} cannot be written: check who owns the folder and whether the disk is mounted read-only"
    if "not a database" in text or "malformed" in text:
        return f"{path} is damaged ({text}): keep the file, restore the newest backup, and run «sportello verify»"
    if "unable to open" in text:
        return f"{path} cannot be opened: check the folder and its permissions"
    if "disk is full" in text or "disk I/O" in text:
        return f"{path}: {text}. Free some space: nothing acknowledged is lost"
    return f"{path}: {text}"


def migrate(path: Path) -> list[str]:
    """Bring the schema up to date, making the file when there is none; the names of the steps applied."""
    from sqlite_utils import Database  # takes longer to load than a page to show, and few change a schema
    from sqlite_utils.migrations import Migrations

    steps = Migrations("sportello")
    for name, statements in STEPS.items():
        steps(name=name)(_step(name, statements))
    try:
        database = Database(path)
        database.conn.execute("PRAGMA journal_mode=wal")
        done = [step.name for step in steps.pending(database)]
        steps.apply(database)
        database.conn.close()
    except sqlite3.DatabaseError as fault:
        raise Broken(said(fault, path)) from fault
    return done


def _step(name: str, statements: tuple[str, ...]) -> Any:
    def apply(database: "Database") -> None:
        for statement in statements:
            database.execute(statement)

    apply.__name__ = name
    return apply


def pending(path: Path) -> list[str]:
    """Steps this program knows and the file does not have; `Broken` when the file is newer than the program."""
    database = connect(path)
    known = {"_sqlite_migrations"} & {
        row["name"] for row in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    rows = database.rows("SELECT name FROM _sqlite_migrations") if known else []
    database.close()
    applied = {row["name"] for row in rows}
    newer = sorted(applied - set(STEPS))
    if newer:
        raise Broken(f"{path} was made by a newer version of Sportello ({newer[-1]}): install that one")
    return [name for name in STEPS if name not in applied]


class Sole:
    """The right to write a centre's file: one process holds it. Released when the process ends."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_suffix(".lock")
        self._handle: int | None = None

    def __enter__(self) -> Self:
        folder = self._path.parent
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            raise Broken(f"{folder} does not exist: make a centre with «sportello init»") from None
        except OSError as fault:
            why = f"{fault.strerror}: check who owns it, and whether the disk is mounted read-only"
            raise Broken(f"{folder} cannot be written ({why})") from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise Broken(f"{self._path.with_suffix('.db')} is in use by another «sportello serve»") from None
        self._handle = handle
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
