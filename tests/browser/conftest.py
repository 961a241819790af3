"""A real service for a real browser: `sportello serve` over a ledger of the test's own."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext

from sportello import config as settings
from sportello import founding, local
from sportello.config import Config
from sportello.domain.commands import CallNext, Command, IssueTicket
from sportello.timekeeping import system_clock

PATIENCE_S = 20


class Service:
    """A centre's service as a technician runs it: started, stopped, killed, and started again at its address."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._port = _free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Returns once requests are taken."""
        command = ["serve", "--config", str(self.config.folder / "centre.toml"), "--port", str(self._port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sportello", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("ready "), "the service did not start"

    def kill(self) -> None:
        """As a power cut ends it."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE_S)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def do(self, command: Command) -> None:
        """What somebody else does, at a desk or at another kiosk."""
        with local.line(self.config) as ask:
            local.command(ask, command, actor="test", command_id=uuid4().hex)

    def take(self, service: str = "A02", *, times: int = 1) -> None:
        for _ in range(times):
            self.do(IssueTicket(service=service))

    def call(self, counter: str = "1") -> None:
        self.do(CallNext(counter=counter))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def founded(folder: Path) -> Config:
    """The settings of a new centre at Como, open day and night."""
    charter = founding.charter_named("como")
    site = founding.site_of(charter, "cpi-como")
    return settings.read(founding.init(folder, charter, site, system_clock(), always_open=True))


@contextmanager
def served(config: Config) -> Iterator[Service]:
    running = Service(config)
    running.start()
    try:
        yield running
    finally:
        running.kill()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return founded(tmp_path / "centre")


@pytest.fixture
def service(config: Config) -> Iterator[Service]:
    with served(config) as running:
        yield running


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that the tests of one file share, for pages that are the same whatever was done before."""
    with served(founded(tmp_path_factory.mktemp("standing") / "centre")) as running:
        yield running


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one test's own; nothing it asks for may come from elsewhere."""
    opened = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="it-IT")
    yield opened
    opened.close()
