"""The same ledger in a SQLite file and in PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sportello.domain.tickets import ServiceDay
from sportello.ledger import log, postgres, projections, sqlite
from sportello.ledger.db import Db
from tests.ledger import lived

EVENT = f"""INSERT INTO event ({log.COLUMNS}) VALUES (:centre, :epoch, :seq, :day, :wall_ms, :mono_ms, :boot,
    :trusted, :actor, :command_id, :kind, :data, :hash)"""


@pytest.fixture
def clock() -> lived.Ticking:
    return lived.Ticking(lived.at(lived.FIRST_DAY, 9))


@pytest.fixture
def life(tmp_path: Path, clock: lived.Ticking) -> Iterator[lived.Life]:
    """A new centre, to send commands to."""
    centre = lived.new_centre(tmp_path, clock)
    yield lived.Life(centre, clock)
    centre.close()


@pytest.fixture(scope="session")
def lived_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a centre that has lived; not to be changed: copy it."""
    folder = tmp_path_factory.mktemp("lived")
    lived.a_life(folder).close()
    return folder / "centre.db"


@pytest.fixture
def on_sqlite(lived_file: Path) -> Iterator[sqlite.Sqlite]:
    database = sqlite.connect(lived_file)
    yield database
    database.close()


@pytest.fixture(scope="session")
def on_postgres(lived_file: Path, postgres_dsn: str) -> Iterator[postgres.Postgres]:
    """The same events in PostgreSQL, projected there; for reading only."""
    with psycopg.connect(postgres_dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE lived")
    database = postgres.connect(psycopg.conninfo.make_conninfo(postgres_dsn, dbname="lived"))
    postgres.migrate(database)
    source = sqlite.connect(lived_file)
    with database.transaction():
        database.many(EVENT, [dict(row) for row in source.rows(f"SELECT {log.COLUMNS} FROM event")])
        for _ in projections.rebuild(database, lived.CODE, ServiceDay(plan=lived.PLAN)):
            pass
    source.close()
    yield database
    database.close()


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def ledger(request: pytest.FixtureRequest) -> Db:
    """The lived ledger as each database holds it."""
    database: Db = request.getfixturevalue(request.param)
    return database
