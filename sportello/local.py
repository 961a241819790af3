"""The centre's local line: how other processes of the box ask the one that writes.

A Unix socket in the centre's folder, one JSON object a line, answered in order. Who may open the socket is
decided by the file system: it belongs to the user of the service.
"""

import hashlib
import json
import logging
import os
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from uuid import uuid4

from sportello.centre import Centre, Closed
from sportello.config import Config
from sportello.domain.codec import decode, encode
from sportello.domain.commands import Command, SettleSlip
from sportello.domain.errors import Reason, Refused
from sportello.domain.slips import Job, JobState, Slip
from sportello.ledger import access, spool
from sportello.ledger.access import Person, Role, Token
from sportello.ledger.db import Broken
from sportello.timekeeping import system_clock

LOG = logging.getLogger(__name__)
LONGEST_PATH = 100  # of a Unix socket's 107 bytes
COMMANDS: Mapping[str, type[Command]] = {kind.__name__: kind for kind in Command.__args__}
Message = dict[str, Any]


class Ask(Protocol):
    """Asks the writer something: over the socket while it runs, directly otherwise."""

    def __call__(self, message: Message) -> Message: ...


def socket_path(config: Config) -> Path:
    """Where the socket is: in the centre's folder, or in the temporary one when that path is too long."""
    path = config.folder / "centre.sock"
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    folder = Path(tempfile.gettempdir()) / f"sportello-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Broken(f"{folder} belongs to somebody else: set TMPDIR")
    return folder / f"{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}.sock"


# --- answering -----------------------------------------------------------------------------------


def perform(centre: Centre, message: Message) -> Message:
    """One request. Refusals and faults are answers too: `refused`, `broken`."""
    try:
        return {"ok": _VERBS[message["do"]](centre, message)}
    except Refused as fault:
        return {"refused": fault.code, "detail": fault.detail}
    except (Broken, Closed) as fault:
        return {"broken": str(fault)}


def _handle(centre: Centre, message: Message) -> object:
    command = decode(COMMANDS[message["kind"]], message["data"])
    recorded = centre.handle(command, actor=message["actor"], command_id=message["command_id"])
    return [{"seq": one.seq, "kind": type(one.event).__name__, "data": encode(one.event)} for one in recorded]


def _claim(centre: Centre, message: Message) -> object:
    """The next job of a printer, waiting up to `wait_s` seconds for one."""
    printer, place = message["printer"], centre.place
    with centre.reading() as db:
        waits = spool.queued(db, printer)
    if not waits:
        centre.wait_for_change(place, min(float(message["wait_s"]), 30.0))
    job = centre.write(lambda db: spool.claim(db, printer, centre.now().wall_ms))
    return None if job is None else {"id": job.id, "ticket": job.ticket, "copy": job.copy, "slip": job.slip.to_data()}


def _settle(centre: Centre, message: Message) -> object:
    """What became of a job. Back in the queue is no news; anything else is an event of the log."""
    job, state = message["job"], JobState(message["state"])
    detail, evidence = message["detail"], message["evidence"]
    with centre.reading() as db:
        found = spool.of_job(db, job)
    if found is None:
        LOG.warning("there is no print job %s: a worker's word about it is dropped", job)
        return None
    if state is JobState.QUEUED:
        now_ms = centre.now().wall_ms
        centre.write(lambda db: spool.settle(db, job, state, evidence=evidence, detail=detail, now_ms=now_ms))
        return None
    command = SettleSlip(
        job=job,
        ticket=found.job.ticket,
        copy=found.job.copy,
        printer=found.printer,
        state=state.value,
        detail=detail,
        evidence=evidence,
    )
    centre.handle(command, actor=f"printer:{found.printer}", command_id=uuid4().hex)
    return None


def _recover(centre: Centre, message: Message) -> object:
    """A worker starts: sheets that another left in its hands may be on paper or not."""
    with centre.reading() as db:
        left = [one for one in spool.orphans(db) if one.printer == message["printer"]]
    for one in left:
        _settle(centre, {"job": one.job.id, "state": "unknown", "detail": "worker stopped", "evidence": 0})
    return len(left)


def _keep_person(centre: Centre, message: Message) -> object:
    one = Person(name=message["name"], role=Role(message["role"]), password=message["password"], once=message["once"])
    return centre.write(lambda db: access.keep_person(db, one, centre.now().wall_ms))


def _disable_person(centre: Centre, message: Message) -> object:
    return centre.write(lambda db: access.disable_person(db, message["name"]))


def _keep_token(centre: Centre, message: Message) -> object:
    token = Token(digest=message["digest"], name=message["name"], role=Role(message["role"]))
    return centre.write(lambda db: access.keep_token(db, token, centre.now().wall_ms))


def _revoke_token(centre: Centre, message: Message) -> object:
    return centre.write(lambda db: access.revoke_token(db, message["name"], centre.now().wall_ms))


_VERBS = {
    "handle": _handle,
    "claim": _claim,
    "settle": _settle,
    "recover": _recover,
    "keep_person": _keep_person,
    "disable_person": _disable_person,
    "keep_token": _keep_token,
    "revoke_token": _revoke_token,
}


class Line:
    """The listening end, in the process that writes."""

    def __init__(self, path: Path, centre: Centre) -> None:
        self._path, self._centre = path, centre
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o077)
        try:
            self._listener.bind(str(path))
        finally:
            os.umask(before)
        self._listener.listen(16)
        Thread(target=self._accept, name="local-line", daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(connection,), name="local-client", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:
            for line in stream:
                try:
                    answer = perform(self._centre, json.loads(line))
                except Exception:
                    LOG.exception("a request on the local line failed")
                    answer = {"broken": "unexpected fault; see the log of «sportello serve»"}
                with suppress(BrokenPipeError):
                    stream.write(json.dumps(answer).encode() + b"\n")
                    stream.flush()


# --- asking --------------------------------------------------------------------------------------


class Caller:
    """One connection to the writer. `OSError` when it is not there."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(path))
        except OSError:
            self._socket.close()
            raise
        self._stream = self._socket.makefile("rwb")

    def __call__(self, message: Message) -> Message:
        self._stream.write(json.dumps(message).encode() + b"\n")
        self._stream.flush()
        line = self._stream.readline()
        if not line:
            raise ConnectionResetError("the centre went away")
        answer: Message = json.loads(line)
        return answer

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


def ok(answer: Message) -> Any:
    """The answer's content; a refusal or a fault is raised as it was on the other side."""
    if "refused" in answer:
        raise Refused(Reason(answer["refused"]), answer["detail"])
    if "broken" in answer:
        raise Broken(answer["broken"])
    return answer["ok"]


@contextmanager
def line(config: Config) -> Iterator[Ask]:
    """A way to the writer: the running service when there is one, else this process becomes it for a moment."""
    try:
        caller = Caller(socket_path(config))
    except OSError:
        centre = Centre(
            config.database,
            config.code,
            system_clock(),
            printer=first_printer(config),
            demo=config.demo,
            phones=config.phones,
        )
        try:
            yield lambda message: perform(centre, message)
        finally:
            centre.close()
        return
    try:
        yield caller
    finally:
        caller.close()


def first_printer(config: Config) -> str | None:
    """Where slips go: the first printer of the list."""
    return config.printers[0].name if config.printers else None


def command(ask: Ask, asked: Command, *, actor: str, command_id: str | None = None) -> Any:
    """Send a command along the line."""
    return ok(
        ask(
            {
                "do": "handle",
                "kind": type(asked).__name__,
                "data": encode(asked),
                "actor": actor,
                "command_id": command_id or uuid4().hex,
            }
        )
    )


class LocalSpool:
    """The print jobs, as a worker in another process sees them. One connection a printer; `OSError` when it fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._callers: dict[str, Caller] = {}
        self._claimed: dict[int, str] = {}

    def claim(self, printer: str, wait_s: float) -> Job | None:
        found = self._ask(printer, {"do": "claim", "printer": printer, "wait_s": wait_s})
        if found is None:
            return None
        self._claimed[found["id"]] = printer
        return Job(**{**found, "slip": Slip.from_data(found["slip"])})

    def settle(self, job: int, *, state: JobState, detail: str = "", evidence: int = 0) -> None:
        printer = self._claimed[job]
        message = {"do": "settle", "job": job, "state": state.value, "detail": detail, "evidence": int(evidence)}
        self._ask(printer, message)
        del self._claimed[job]

    def _ask(self, printer: str, message: Message) -> Any:
        try:
            caller = self._callers.get(printer)
            if caller is None:
                caller = self._callers[printer] = Caller(self._path)
                if printer not in self._claimed.values():
                    ok(caller({"do": "recover", "printer": printer}))
            return ok(caller(message))
        except OSError:
            self._callers.pop(printer, None)
            raise
        except Broken as fault:
            raise OSError(str(fault)) from fault
