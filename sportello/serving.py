"""The service: one gunicorn worker with many threads, its local line, its calendar and its print worker.

Threads serve the live connections, so there are always more of them than screens are let in
(docs/decisions/0002-server.md).
"""

import gc
import logging
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from gunicorn.app.base import BaseApplication

from sportello import spooling
from sportello.app import create_app, live
from sportello.centre import Centre
from sportello.config import Config
from sportello.domain.clock import Instant
from sportello.domain.commands import CloseDay, Occasion, OpenDay, ResumeRecording
from sportello.domain.errors import Refused
from sportello.domain.plan import business_day, is_open
from sportello.domain.queueing import behind
from sportello.ledger import access
from sportello.ledger.db import Broken
from sportello.ledger.sqlite import SAFE, VERSION
from sportello.local import Line, socket_path
from sportello.threads import Threads
from sportello.timekeeping import Clock, system_clock
from sportello.voice.ahead import Ahead

LOG = logging.getLogger(__name__)
SPARE_THREADS = 64
CALENDAR_S = 15.0
AGAIN_S = 1.0  # a print worker that ended is started again after this


class Service(BaseApplication):  # type: ignore[misc]
    """gunicorn with our settings. `started` runs in the worker once the centre is open."""

    def __init__(
        self,
        config: Config,
        settings: Path,
        clock: Clock,
        *,
        prints: bool,
        started: Callable[[Centre], None] | None = None,
    ) -> None:
        self._config, self._settings, self._clock = config, settings, clock
        self._prints, self._started = prints, started
        super().__init__()

    def load_config(self) -> None:
        threads = 2 * self._config.screens + SPARE_THREADS
        wanted = {
            "bind": f"{self._config.host}:{self._config.port}",
            "workers": 1,
            "worker_class": Threads,
            "threads": threads,
            "worker_connections": threads + 1000,
            "keepalive": 15,
            "timeout": 60,
            "graceful_timeout": 2,
            "proc_name": "sportello",
            "post_worker_init": self._open,
            "worker_exit": self._close,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in wanted.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """In the worker: the centre, and the application over it."""
        config = self._config
        self._centre = Centre(
            config.database,
            config.code,
            self._clock,
            printers=config.printers,
            demo=config.demo,
            phones=config.phones,
        )
        self._app = create_app(config, self._centre)
        self._app.config["SETUP_CODE"] = setup_code(self._centre)
        return self._app

    def _open(self, worker: Any) -> None:
        """Everything is there: start what runs beside the requests, and say so."""
        self._stop = Event()
        resume_recording(self._centre, sign_of_life(self._config.database))
        self._line = Line(socket_path(self._config), self._centre)
        live(self._app).start()
        calendar = self._centre, self._stop, sign_of_life(self._config.database)
        Thread(target=keep_calendar, args=calendar, name="calendar", daemon=True).start()
        self._ahead = Ahead(self._centre, self._app.extensions["voice"])
        self._ahead.start()
        self._printing = PrintWorker(self._settings) if self._prints else None
        if self._started:
            self._started(self._centre)
        settle()
        host, port = worker.sockets[0].sock.getsockname()[:2]
        print(f"ready http://{host}:{port}", flush=True)  # noqa: T201 - the contract of docs/cli.md

    def _close(self, server: Any, worker: Any) -> None:
        """Finish what was asked and let the file go. What was answered is on disk already."""
        if not hasattr(self, "_stop"):
            return
        self._stop.set()
        live(self._app).stop()
        self._ahead.stop()
        self._app.extensions["studio"].close()
        self._line.close()
        if self._printing:
            self._printing.stop()
        self._centre.close()
        os._exit(0)  # threads of open screens would be waited for


def settle() -> None:
    """Set aside what lives as long as the process, and look for rubbish less often: a day's tickets are no rubbish."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def setup_code(centre: Centre) -> str | None:
    """Where nobody may sign in yet: a code, told on the terminal only, that lets the first manager in."""
    with centre.reading() as db:
        if access.people(db):
            return None
    code = "-".join(secrets.token_hex(2).upper() for _ in range(3))
    LOG.warning("nobody may sign in yet: open /setup and give the code %s", code)
    return code


def sign_of_life(database: Path) -> Path:
    """The file whose time says when the service was last there to record."""
    return database.with_suffix(".alive")


def resume_recording(centre: Centre, alive: Path) -> None:
    """Record that nobody was recording since the last sign of life: the hours a report must not count as covered."""
    now, since_ms = centre.now(), centre.last_ms
    with suppress(FileNotFoundError):
        since_ms = round(alive.stat().st_mtime * 1000)
    if since_ms + 2000 * CALENDAR_S < now.wall_ms:
        with suppress(Refused, Broken):
            centre.handle(ResumeRecording(since_ms=since_ms), actor="service", command_id=uuid4().hex)
    live_on(alive, now)


def live_on(alive: Path, now: Instant) -> None:
    """Leave a sign of life; a disk that takes none stops nothing."""
    with suppress(OSError):
        alive.touch()
        os.utime(alive, (now.wall_ms / 1000, now.wall_ms / 1000))


def keep_calendar(centre: Centre, stop: Event, alive: Path) -> None:
    """Open the day at opening time, close one that was forgotten, let late slips go, and leave a sign of life."""
    while not stop.is_set():
        with suppress(Refused, Broken):
            turn_page(centre)
            spooling.expire(centre)
        live_on(alive, centre.now())
        stop.wait(CALENDAR_S)


def turn_page(centre: Centre) -> None:
    """What the calendar asks for now, if anything."""
    day, now = centre.day, centre.now()
    today = business_day(now.local())
    if behind(day, Occasion(at=now, actor="calendar", name="")):
        centre.handle(CloseDay(), actor="calendar", command_id=uuid4().hex)
    elif not day.open and day.label != today and is_open(day.plan, now.local()):
        centre.handle(OpenDay(), actor="calendar", command_id=uuid4().hex)


class PrintWorker:
    """The print worker as a process of its own, started again when it ends. It ends by itself when we do."""

    def __init__(self, settings: Path) -> None:
        self._command = [sys.executable, "-m", "sportello", "print", "--attached", "--config", str(settings)]
        self._stop = Event()
        self._process: subprocess.Popen[bytes] | None = None
        Thread(target=self._watch, name="print-watch", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        if self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE)
            code = self._process.wait()
            if not self._stop.wait(AGAIN_S):
                LOG.warning("the print worker ended (%s); starting it again", code)


def say_sqlite() -> None:
    """Which SQLite keeps the ledger, and whether it is one that still has the WAL-reset bug."""
    LOG.info("the ledger is kept by SQLite %s", VERSION)
    if tuple(map(int, VERSION.split("."))) < SAFE:
        LOG.warning("it should be %s or later: older ones can damage the file in rare cases", ".".join(map(str, SAFE)))


def check_ledger(config: Config) -> None:
    """Open the ledger once before the service starts, so that a fault is a sentence and not a restart loop."""
    Centre(config.database, config.code, system_clock()).close()


def check_port(host: str, port: int) -> None:
    """Say at once when somebody else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Broken(
                f"cannot listen at {host}:{port} ({fault.strerror}): choose another port with --port"
            ) from None
