"""What the printers say of themselves, and errands for the process that owns them. Lives as long as this process."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from threading import Condition, Lock
from typing import Any

from sportello.domain.clock import Instant
from sportello.domain.printing import Capability, Errand, PrinterSetup, PrinterStatus

SILENT_MS = 15_000  # a printer is reported on at least every ten seconds
UNREADY_MS = 2_000  # after so long its jobs go to its backup
ERRANDS = 16  # that wait at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last report on a printer."""

    status: PrinterStatus
    since_ms: int  # wall clock: since when it says this
    unready_ms: int | None  # steady clock: since when it has not been ready; None while it is
    heard_ms: int  # steady clock
    ran_out: bool = False  # of paper, and nobody has seen any since
    refilled_ms: int = 0  # wall clock: when paper was there again after it had run out; 0: not since this process runs


class Stations:
    """The printers of one centre at work. Safe to use from many threads."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed  # called when a printer became ready, or ceased to be
        self._heard: dict[str, Heard] = {}
        self._lock = Lock()
        self._errands: deque[Errand] = deque()
        self._asked: set[int] = set()
        self._results: dict[int, Mapping[str, Any]] = {}
        self._moved = Condition(self._lock)
        self._ids = count(1)
        self.version = 0  # grows when a printer became ready, or ceased to be

    # --- what they say -----------------------------------------------------------------------------

    def report(self, setup: PrinterSetup, status: PrinterStatus, at: Instant) -> None:
        """A station's word about its printer."""
        with self._lock:
            before = self._heard.get(setup.name)
            same = before is not None and before.status == status
            unready = None if _ready(setup, status) else at.mono_ms
            if before is not None and before.unready_ms is not None and unready is not None:
                unready = before.unready_ms
            turned = before is None or (before.unready_ms is None) != (unready is None)
            self.version += turned
            ran_out = before is not None and before.ran_out
            self._heard[setup.name] = Heard(
                status=status,
                since_ms=before.since_ms if before is not None and same else at.wall_ms,
                unready_ms=unready,
                heard_ms=at.mono_ms,
                ran_out=status.paper is False or (ran_out and status.paper is None),
                refilled_ms=at.wall_ms if ran_out and status.paper else before.refilled_ms if before else 0,
            )
        if turned:
            self._changed()

    def heard(self, printer: str, at: Instant) -> Heard | None:
        """The last report; one that is too old says that nothing is known. None where there never was one."""
        with self._lock:
            found = self._heard.get(printer)
        if found is None or at.mono_ms - found.heard_ms <= SILENT_MS:
            return found
        silence = found.heard_ms if found.unready_ms is None else found.unready_ms
        gone_ms = at.mono_ms - found.heard_ms
        return replace(found, status=PrinterStatus(code="silent"), since_ms=at.wall_ms - gone_ms, unready_ms=silence)

    def unready_for_ms(self, printer: str, at: Instant) -> int | None:
        """How long a printer has not been ready; None while it is, or nobody ever heard of it."""
        found = self.heard(printer, at)
        return None if found is None or found.unready_ms is None else at.mono_ms - found.unready_ms

    def gives_way(self, setups: Sequence[PrinterSetup], backup: str, at: Instant) -> tuple[Sequence[str], int | None]:
        """The printers whose jobs this one prints now, and in how many ms the next may join them."""
        away = {one.name: self.unready_for_ms(one.name, at) for one in setups if one.backup == backup}
        given = [name for name, ms in away.items() if ms is not None and ms >= UNREADY_MS]
        soon = [UNREADY_MS - ms for ms in away.values() if ms is not None and ms < UNREADY_MS]
        return given, min(soon, default=None)

    # --- errands -----------------------------------------------------------------------------------

    def ask(self, kind: str, about: Mapping[str, Any], timeout_s: float) -> Mapping[str, Any] | None:
        """Have something done by the process that owns the printers; None when it did not answer in time."""
        with self._moved:
            if len(self._errands) >= ERRANDS:
                return None
            errand = Errand(id=next(self._ids), kind=kind, about=about)
            self._errands.append(errand)
            self._asked.add(errand.id)
            self._moved.notify_all()
            try:
                self._moved.wait_for(lambda: errand.id in self._results, timeout_s)
                return self._results.pop(errand.id, None)
            finally:
                self._asked.discard(errand.id)
                if errand in self._errands:
                    self._errands.remove(errand)

    def take(self, wait_s: float) -> Errand | None:
        """The next errand, for whoever owns the printers."""
        with self._moved:
            self._moved.wait_for(lambda: self._errands, wait_s)
            return self._errands.popleft() if self._errands else None

    def done(self, errand: int, result: Mapping[str, Any]) -> None:
        """What came of one; of no use when nobody waits for it any more."""
        with self._moved:
            if errand in self._asked:
                self._results[errand] = result
                self._moved.notify_all()


def _ready(setup: PrinterSetup, status: PrinterStatus) -> bool:
    """Whether it is worth waiting for; one that cannot say anything is, one that has stopped talking is not."""
    return status.ready or (status.ready is None and Capability.STATUS not in setup.capabilities)
