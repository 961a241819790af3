"""A centre as it is really served: the `sportello` command in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from uuid import uuid4

from sportello import config as settings
from sportello import founding, local
from sportello.config import Config
from sportello.domain.commands import CallNext, Command, IssueTicket
from sportello.ledger.access import Role
from sportello.timekeeping import system_clock
from tests.conftest import como

MANAGER, PASSWORD = "dirige", "quattro parole da ricordare"
READY_S = 30
END_S = 10


class Service:
    """A centre's service as a technician runs it: started, stopped, killed, and started again at its address."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._port = 0
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, at the port it had before; returns once requests are taken."""
        asked = ["serve", "--config", str(self.config.folder / "centre.toml"), "--port", str(self._port)]
        log = self.config.folder / "service.log"
        with log.open("a") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sportello", *asked],
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        heard = select([self._process.stdout], [], [], READY_S)[0]
        told = self._process.stdout.readline() if heard else ""
        assert told.startswith("ready "), f"the service did not start:\n{log.read_text(errors='replace')}"
        self._port = int(told.rpartition(":")[2])

    def kill(self) -> None:
        """As a power cut ends it, if it runs."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._ended()

    def stop(self) -> int:
        """As systemd ends it; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._ended()

    def _ended(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        code = self._process.wait(END_S)
        self._process.stdout.close()
        self._process = None
        return code

    def do(self, command: Command) -> None:
        """What somebody else does, at a desk or at another kiosk."""
        with local.line(self.config) as ask:
            local.command(ask, command, actor="test", command_id=uuid4().hex)

    def take(self, service: str = "A02", *, times: int = 1) -> None:
        for _ in range(times):
            self.do(IssueTicket(service=service))

    def call(self, counter: str = "1") -> None:
        self.do(CallNext(counter=counter))


def founded(folder: Path, *, managed: bool = False) -> Config:
    """The settings of a new centre at Como, open day and night; `managed`: with somebody who may sign in."""
    config = settings.read(founding.init(folder, *como(), system_clock(), always_open=True))
    if managed:
        with local.line(config) as ask:
            founding.admit(ask, MANAGER, Role.MANAGER, PASSWORD, once=False)
    return config


@contextmanager
def served(config: Config) -> Iterator[Service]:
    service = Service(config)
    try:
        service.start()
        yield service
    finally:
        service.kill()
