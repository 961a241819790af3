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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread, local
from typing import Any, Protocol
from uuid import uuid4

from sportello.centre import Centre, Closed
from sportello.config import Config
from sportello.domain.codec import decode, encode
from sportello.domain.commands import Command
from sportello.domain.errors import Reason, Refused
from sportello.domain.printing import Errand, PrinterSetup, PrinterStatus
from sportello.domain.slips import Flight, Job, JobState, Mark
from sportello.ledger import access
from sportello.ledger.access import Person, Role, Token
from sportello.ledger.db import Broken
from sportello.print_verbs import VERBS
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
    **VERBS,
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
        with suppress(ConnectionError), connection, connection.makefile("rwb") as stream:  # who asked may be killed
            for line in stream:
                stream.write(json.dumps(self._answer(line)).encode() + b"\n")
                stream.flush()

    def _answer(self, line: bytes) -> Message:
        try:
            return perform(self._centre, json.loads(line))
        except Exception:
            LOG.exception("a request on the local line failed")
            return {"broken": "unexpected fault; see the log of «sportello serve»"}


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
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # a thread that waits for an answer stops waiting
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
            printers=config.printers,
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
    """The print jobs, as another process sees them (`sportello.domain.printing.Spool`). One connection a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mine = local()
        self._callers: set[Caller] = set()

    def close(self) -> None:
        """Let every connection go, of whichever thread."""
        for caller in tuple(self._callers):
            caller.close()
        self._callers.clear()

    def printers(self) -> Sequence[PrinterSetup]:
        return [decode(PrinterSetup, one) for one in self._ask("printers")]

    def peek(self, printer: str, wait_s: float) -> Job | None:
        found = self._ask("peek", printer=printer, wait_s=wait_s)
        return None if found is None else decode(Job, found)

    def begin(self, job: int, printer: str, mark: Mark) -> bool:
        begun: bool = self._ask("begin", job=job, printer=printer, mark=encode(mark))
        return begun

    def sent(self, job: int) -> None:
        self._ask("sent", job=job)

    def settle(self, job: int, *, state: JobState, detail: str = "", evidence: int = 0, mm: int = 0) -> None:
        self._ask("settle", job=job, state=state.value, detail=detail, evidence=int(evidence), mm=mm)

    def in_flight(self, printer: str) -> Sequence[Flight]:
        return [decode(Flight, one) for one in self._ask("in_flight", printer=printer)]

    def report(self, printer: str, status: PrinterStatus) -> None:
        self._ask("report", printer=printer, status=encode(status))

    def take_errand(self, wait_s: float) -> Errand | None:
        found = self._ask("take_errand", wait_s=wait_s)
        return None if found is None else decode(Errand, found)

    def errand_done(self, errand: int, result: Mapping[str, Any]) -> None:
        self._ask("errand_done", errand=errand, result=result)

    def _ask(self, verb: str, **more: object) -> Any:
        try:
            caller = getattr(self._mine, "caller", None)
            if caller is None:
                caller = self._mine.caller = Caller(self._path)
                self._callers.add(caller)
            return ok(caller({"do": verb, **more}))
        except (OSError, ValueError) as fault:  # a half-written answer of a process that was killed
            self._hang_up()
            raise fault if isinstance(fault, OSError) else OSError(str(fault)) from fault
        except Broken as fault:
            raise OSError(str(fault)) from fault

    def _hang_up(self) -> None:
        caller = self._mine.__dict__.pop("caller", None)
        if caller is not None:
            self._callers.discard(caller)
            with suppress(OSError):
                caller.close()
