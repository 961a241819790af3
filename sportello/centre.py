"""The centre at work: the one way in for every command, and the one thread that writes."""

import hashlib
import logging
import secrets
from base64 import b32encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Signal
from threading import Lock, Thread, local
from typing import Any, TypeVar

from sportello import __version__
from sportello.domain import events as e
from sportello.domain.boards import slip
from sportello.domain.clock import Instant
from sportello.domain.commands import Command, Occasion
from sportello.domain.errors import Reason, Refused
from sportello.domain.events import Event, Recorded
from sportello.domain.plan import Plan
from sportello.domain.printing import PrinterSetup, main_printer, union
from sportello.domain.queueing import decide
from sportello.domain.tickets import ServiceDay
from sportello.ledger import access, appointments, log, printers, queries, spool
from sportello.ledger.access import Token
from sportello.ledger.db import Broken, Db
from sportello.ledger.marks import Mark
from sportello.ledger.projections import project
from sportello.ledger.sqlite import Sole, connect, pending, said, sqlite3
from sportello.stations import Stations
from sportello.timekeeping import Clock

LOG = logging.getLogger(__name__)
T = TypeVar("T")
GROUP = 64  # commands that share one commit, at most
CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
Work = Callable[[Db], Any]
TEACHES = (e.DayClosed, e.BlockImported, e.PlanAdopted)  # after these the last days are read anew


class Closed(Exception):
    """The centre is shutting down; ask again in a moment."""


def fresh_name() -> str:
    """An unguessable name for a ticket: 80 bits as 16 characters of Crockford's base 32."""
    return b32encode(secrets.token_bytes(10)).decode().translate(CROCKFORD)


def fingerprint(command: Command) -> str:
    """What a command asks, in short: the same id may not be used for two different ones."""
    return hashlib.sha256(repr(command).encode()).hexdigest()[:32]


class Centre:
    """One job centre over its ledger. Safe to use from many threads; `close()` when done.

    Commands queue up for the writer thread, which commits those that wait together and answers after the
    commit: what was answered is on disk.
    """

    def __init__(
        self,
        path: Path,
        code: str,
        clock: Clock,
        *,
        printers: Sequence[PrinterSetup] = (),
        demo: bool = False,
        phones: str = "",
    ) -> None:
        self.code = code
        self.clock = clock
        self.stations = Stations(self._wake)
        self._configured = printers
        self._path, self._demo, self._phones = path, demo, phones
        self._sole = Sole(path).__enter__()
        try:
            if pending(path):
                raise Broken(f"{path} is of an older version: run «sportello migrate»")
            self._writer = connect(path, write=True)
            self._mark = Mark(path.with_suffix(".mark"))
            self._load()
        except sqlite3.DatabaseError as fault:
            self._sole.__exit__()
            raise Broken(said(fault, path)) from fault
        except BaseException:
            self._sole.__exit__()
            raise
        self._readers = local()
        self._tokens: dict[str, Token] = {}
        self._kept: list[Sequence[PrinterSetup]] = []  # the printers as last read: one entry, or none
        self._asked: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._closing, self._closed = Lock(), False
        self._waiting: dict[Signal, Callable[[], bool]] = {}
        self._watching = Lock()
        self._thread = Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()
        if self._mark.ahead_of(self._head):
            self.write(self._begin_epoch)

    # --- the way in ----------------------------------------------------------------------------

    def handle(self, command: Command, *, actor: str, command_id: str) -> Sequence[Recorded]:
        """Do a command once. The same id again gives the same answer; `Refused` says why it cannot be done."""
        recorded: Sequence[Recorded] = self._do(lambda db: self._command(db, command, actor, command_id))
        for record in recorded:
            if isinstance(record.event, e.VisitorTurnedAway):
                raise Refused(Reason(record.event.why), record.event.service)
        return recorded

    def write(self, work: Callable[[Db], T]) -> T:
        """Have the writer thread do something in the next commit; returns after it is on disk."""
        try:
            return self._do(work)
        finally:
            self._tokens, self._kept = {}, []  # others: what a reader finds meanwhile ends in the old ones

    def _do(self, work: Callable[[Db], T]) -> T:
        future: Future[T] = Future()
        with self._closing:  # nothing is asked after the last thing the writer will do
            if self._closed or not self._thread.is_alive():
                raise Closed
            self._asked.put((work, future))
        return future.result()

    # --- reading -------------------------------------------------------------------------------

    @property
    def day(self) -> ServiceDay:
        """Today as it is after the last commit."""
        return self._committed[1]

    @property
    def head(self) -> log.Head:
        return self._committed[0]

    @property
    def committed(self) -> tuple[log.Head, ServiceDay]:
        """Where the log ends and the day at that place, both of one commit."""
        return self._committed

    @property
    def last_ms(self) -> int:
        """Wall time of the last event, in UTC milliseconds."""
        return self._last_ms

    def now(self) -> Instant:
        """The clocks; not trusted while they are behind what the log already knows."""
        at = self.clock()
        return at if at.wall_ms >= self._last_ms - 1000 else replace(at, trusted=False)

    @contextmanager
    def reading(self) -> Iterator[Db]:
        """A connection of this thread that cannot write."""
        if getattr(self._readers, "db", None) is None:
            self._readers.db = connect(self._path)
        yield self._readers.db

    def token(self, digest: str) -> Token | None:
        """The token of this digest, if it is in force. Remembered until the next `write`, which may revoke it."""
        known = self._tokens
        if digest not in known:
            with self.reading() as db:
                found = access.token(db, digest)
            if found is None:
                return None
            known[digest] = found
        return known[digest]

    def printers(self) -> Sequence[PrinterSetup]:
        """Every printer, as it is set up now. Remembered until the next `write`, which may change one."""
        kept = self._kept
        if not kept:
            with self.reading() as db:
                kept.append(union(self._configured, printers.printers(db)))
        return kept[0]

    @property
    def printer(self) -> str | None:
        """Where slips go, if anywhere."""
        main = main_printer(self.printers())
        return main.name if main else None

    def wait_for_change(self, after: tuple[int, int], timeout_s: float) -> tuple[int, int]:
        """Sleep until something was recorded after (epoch, seq), or the time is over; where the log ends now."""
        self.wait_until(lambda: self.place != after, timeout_s)
        return self.place

    def wait_until(self, wanted: Callable[[], bool], timeout_s: float) -> bool:
        """Sleep until `wanted()` is true after a commit, or the time is over; whether it was true.

        The writer asks it after each commit and wakes nobody in vain: to wake a thread costs more than to ask.
        """
        signal = Signal()
        with self._watching:
            self._waiting[signal] = wanted
        try:
            return wanted() or signal.wait(max(0.0, timeout_s))
        finally:
            with self._watching:
                del self._waiting[signal]

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and seq of the last event on disk."""
        return self.head.epoch, self.head.seq

    def close(self) -> None:
        """Finish what was asked, and let the file go."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._asked.put(None)
        self._thread.join()
        self._keep_mark(at_once=True)
        self._writer.close()
        self._sole.__exit__()

    # --- the writer thread -----------------------------------------------------------------------

    def _load(self) -> None:
        self._head = log.head(self._writer, self.code)
        self._day, self._last_ms = queries.service_day(self._writer, self.code)
        self._learn()

    def _learn(self) -> None:
        """Read what the last days teach about waits. Done between two groups of commands: nobody waits for it."""
        day, self._unlearnt = self._day, False
        before = day.label if day.open else None
        past = queries.past(self._writer, self.code, day.plan, before=before)
        self._day = replace(day, past=past)
        self._committed = self._head, self._day

    def _write(self) -> None:
        while (first := self._asked.get()) is not None:
            group = [first]
            while len(group) < GROUP and not self._asked.empty():
                more = self._asked.get()
                if more is None:
                    self._asked.put(None)
                    break
                group.append(more)
            self._commit(group)

    def _commit(self, group: Sequence[tuple[Work, "Future[Any]"]]) -> None:
        """Do each piece of work in one transaction; answer when it is on disk.

        A savepoint copies every page that changes after it: only those who share a transaction need one.
        """
        before = self._head, self._day, self._last_ms
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with self._writer.transaction() if len(group) > 1 else nullcontext():
                for work, future in group:
                    answers.append((future, *self._one(work)))
        except sqlite3.DatabaseError as fault:
            self._head, self._day, self._last_ms = before
            LOG.exception("nothing of this group was recorded")
            broken = Broken(said(fault, self._path))
            answers = [(future, None, broken) for _, future in group]
        self._committed = self._head, self._day  # one assignment: no reader sees half a commit, or one not on disk
        self._wake()
        for future, answer, refused in answers:
            if refused is None:
                future.set_result(answer)
            else:
                future.set_exception(refused)
        if self._head is not before[0]:
            self._keep_mark()
        if self._unlearnt:
            self._learn_or_go_on()

    def _learn_or_go_on(self) -> None:
        """What cannot be learnt now leaves the estimates as they were; the next close-out tries again."""
        try:
            self._learn()
        except Exception:
            LOG.exception("the waits of the last days could not be read")

    def _wake(self) -> None:
        """Wake who waits for what has just happened."""
        with self._watching:
            for signal, wanted in self._waiting.items():
                if wanted():
                    signal.set()

    def _keep_mark(self, *, at_once: bool = False) -> None:
        """Note how far the log reaches. What was answered is on disk without it, so that a full disk stops nothing."""
        try:
            day = self._day
            fenced = day.fence_until is not None and (day.label is None or day.label <= day.fence_until)
            highest = max(day.fence if fenced else 0, *day.numbers.values(), 0)
            self._mark.keep(self._head, day.label, highest, at_once=at_once)
        except OSError:
            LOG.exception("the mark beside the database could not be written")

    def _one(self, work: Work) -> tuple[Any, BaseException | None]:
        """One piece of work: alone in a transaction, or in a savepoint of the group's; its failure is its sender's."""
        before = self._head, self._day, self._last_ms
        try:
            with self._writer.transaction():
                return work(self._writer), None
        except sqlite3.DatabaseError:
            raise
        except Exception as refused:
            self._head, self._day, self._last_ms = before
            return None, refused

    def _command(self, db: Db, command: Command, actor: str, command_id: str) -> Sequence[Recorded]:
        asked = fingerprint(command)
        seen = log.by_command(db, self.code, command_id)
        if seen is not None:
            if seen[0] != asked:
                raise Refused(Reason.COMMAND_REUSED, command_id)
            return seen[1]
        occasion = Occasion(at=self.now(), actor=actor, name=fresh_name())
        happened = decide(self._day, command, occasion)
        if not happened:
            return ()
        recorded = self._record(db, happened, occasion.at, actor, command_id)
        log.remember(db, asked, recorded)
        return recorded

    def _record(
        self, db: Db, happened: Sequence[Event], at: Instant, actor: str, command_id: str
    ) -> Sequence[Recorded]:
        """Append, project and spool, in the transaction that is open."""
        recorded, self._head = log.append(
            db, self._head, self._dated(happened), at=at, actor=actor, command_id=command_id
        )
        self._day = project(db, recorded, self._day)
        self._last_ms = max(self._last_ms, at.wall_ms)
        for event in happened:
            self._spool(db, event, at)
            if isinstance(event, e.DayOpened):
                log.forget_commands(db, self.code, at.wall_ms)
                appointments.forget(db, event.label)
        self._unlearnt = self._unlearnt or any(isinstance(event, TEACHES) for event in happened)
        return recorded

    def _dated(self, happened: Sequence[Event]) -> list[tuple[Event, date | None]]:
        """Each event with its service day: the open one, or the one it opens."""
        label, dated = self._day.label, []
        for event in happened:
            label = event.label if isinstance(event, e.DayOpened) else label
            dated.append((event, event.day if isinstance(event, e.VisitImported) else label))
        return dated

    def _spool(self, db: Db, event: Event, at: Instant) -> None:
        """A new number, or a copy asked for, is a sheet to print; what became of one is kept with it."""
        if isinstance(event, e.SlipSettled):
            self._settle(db, event, at)
        elif (isinstance(event, e.CopyAsked) or (isinstance(event, e.TicketIssued) and event.paper)) and (
            printer := self.printer
        ):
            copy = event.copy if isinstance(event, e.CopyAsked) else 0
            ticket = self._day.tickets[event.ticket]
            facts = slip(self._day, ticket, copy=copy, demo=self._demo, phones=self._phones)
            spool.add(db, facts, printer, at.wall_ms)

    def _settle(self, db: Db, event: e.SlipSettled, at: Instant) -> None:
        known = spool.settle(
            db,
            event.job,
            event.state,
            evidence=event.evidence,
            detail=event.detail,
            mm=event.mm,
            now_ms=at.wall_ms,
        )
        if not known:
            raise Refused(Reason.SLIP_SETTLED, self._day.tickets[event.ticket].code)
        if event.mm:
            printers.use_paper(db, event.printer, event.mm)

    def _begin_epoch(self, db: Db) -> None:
        """The file is older than what was once acknowledged: it was restored, or its tail is lost."""
        mark = self._mark.read()
        epoch = max(mark.epoch, self._head.epoch) + 1
        fence = self._mark.next_fence()
        LOG.warning("log ends at %s, %s was known: beginning epoch %d", self.place, (mark.epoch, mark.seq), epoch)
        self._head = replace(self._head, epoch=epoch, seq=0)
        at = self.now()
        until = mark.day or at.local().date()
        begun = e.EpochBegun(why="restored", version=__version__, fence=fence, until=until)
        self._record(db, (begun,), at, "centre", f"epoch-{epoch}")


def found(path: Path, code: str, clock: Clock, plan: Plan, charter_events: Sequence[Event]) -> None:
    """Write the first events of a new centre: its epoch, its charters and its plan."""
    database = connect(path, write=True)
    begun = e.EpochBegun(why="founded", version=__version__, fence=0, until=None)
    happened = [(event, None) for event in (begun, *charter_events, e.PlanAdopted(plan=plan))]
    with suppress(Closed), database.transaction():
        end = log.head(database, code)
        if end.seq:
            raise Broken(f"{path} already holds a centre")
        recorded, _ = log.append(database, replace(end, epoch=1), happened, at=clock(), actor="init", command_id="init")
        project(database, recorded, ServiceDay(plan=plan))
    database.close()
