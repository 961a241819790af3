"""The region's database. The same statements as on the box; only parameters and column types are spelled anew."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from sportello.ledger.db import Row, Values
from sportello.ledger.schema import STEPS

_PARAMETER = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)")
_TYPES = (("INTEGER", "BIGINT"), ("BLOB", "BYTEA"))


def spelled(sql: str) -> str:
    """`:name` parameters as psycopg wants them."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%"))


class Postgres:
    """One connection."""

    path: Path | None = None

    def __init__(self, connection: "psycopg.Connection[dict[str, Any]]") -> None:
        self._connection = connection

    def rows(self, sql: str, values: Values | None = None) -> list[Row]:
        return list(self._connection.execute(spelled(sql), values or {}).fetchall())

    def stream(self, sql: str, values: Values | None = None) -> Iterator[Row]:
        with self._connection.transaction(), self._connection.cursor(name="stream") as cursor:
            yield from cursor.execute(spelled(sql), values or {})

    def run(self, sql: str, values: Values | None = None) -> int:
        return self._connection.execute(spelled(sql), values or {}).rowcount

    def many(self, sql: str, values: Iterable[Values]) -> None:
        with self._connection.cursor() as cursor:
            cursor.executemany(spelled(sql), values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        if self._connection.info.transaction_status is not TransactionStatus.IDLE:
            yield
            return
        with self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def close(self) -> None:
        self._connection.close()


def connect(dsn: str) -> Postgres:
    return Postgres(psycopg.connect(dsn, row_factory=dict_row, autocommit=True))


def migrate(database: Postgres) -> list[str]:
    """Bring the schema up to date; the names of the steps applied."""
    with database.transaction():
        database.run("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)")
        applied = {row["name"] for row in database.rows("SELECT name FROM migration")}
        done = [name for name in STEPS if name not in applied]
        for name in done:
            for statement in STEPS[name]:
                database.run(typed(statement))
            database.run("INSERT INTO migration (name) VALUES (:name)", {"name": name})
    return done


def typed(statement: str) -> str:
    """A statement of the schema with PostgreSQL's names of types."""
    for ours, theirs in _TYPES:
        statement = re.sub(rf"\b{ours}\b", theirs, statement)
    return statement
