"""The worker: every job ends in a word, and nothing stops the next."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from printers import worker
from printers.links.choice import connect
from printers.virtual import FAULT_FILE, newest
from sportello.domain.printing import Errand, PrinterSetup, PrinterStatus
from sportello.domain.slips import Flight, Job, JobState, Mark, Slip
from tests.paper.emulator import Emulator
from tests.paper.samples import a_slip


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What a service manager is told."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield line


def until_silent(told: socket.socket) -> int:
    """How many words were said before there was none for a while."""
    told.settimeout(0.4)
    for n in range(100):
        try:
            told.recv(64)
        except TimeoutError:
            return n
    return 100


def config(uri: str = "virtual:", name: str = "totem") -> PrinterSetup:
    return PrinterSetup(name=name, uri=uri)


@dataclass
class MemorySpool:
    """Jobs in memory, with the centre's rules: one claim, one settlement, and `queued` goes back."""

    jobs: dict[str, list[Job]] = field(default_factory=dict)
    errands: list[Errand] = field(default_factory=list)
    results: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    reports: list[tuple[str, PrinterStatus]] = field(default_factory=list)
    settled: list[tuple[int, JobState, str, int]] = field(default_factory=list)
    setups: Sequence[PrinterSetup] = ()
    deaf: int = 0  # how many times the centre does not hear an outcome
    away: threading.Event = field(default_factory=threading.Event)  # set while the centre is not running
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, number: int, printer: str = "totem", **facts: object) -> Job:
        made: Slip = a_slip(ticket=f"T{number}", number=f"A{number:03d}", **facts)
        job = Job(id=number, ticket=made.ticket, copy=made.copy, slip=made)
        with self._changed:
            self.jobs.setdefault(printer, []).append(job)
            self._changed.notify_all()
        return job

    def peek(self, printer: str, wait_s: float) -> Job | None:
        if self.away.is_set():
            raise ConnectionRefusedError("nobody listens")
        with self._changed:
            self._changed.wait_for(lambda: self.jobs.get(printer), wait_s)
            waiting = self.jobs.get(printer)
            return waiting[0] if waiting else None

    def begin(self, job: int, printer: str, mark: Mark) -> bool:
        with self._changed:
            assert self.jobs[printer].pop(0).id == job
            return True

    def in_flight(self, printer: str) -> Sequence[Flight]:
        if self.away.is_set():
            raise ConnectionRefusedError("nobody listens")
        return []

    def printers(self) -> Sequence[PrinterSetup]:
        if self.away.is_set():
            raise ConnectionRefusedError("nobody listens")
        return self.setups

    def sent(self, job: int) -> None: ...

    def report(self, printer: str, status: PrinterStatus) -> None:
        with self._changed:
            self.reports.append((printer, status))
            self._changed.notify_all()

    def take_errand(self, wait_s: float) -> Errand | None:
        with self._changed:
            self._changed.wait_for(lambda: self.errands, wait_s)
            return self.errands.pop(0) if self.errands else None

    def errand_done(self, errand: int, result: Mapping[str, Any]) -> None:
        with self._changed:
            self.results[errand] = result
            self._changed.notify_all()

    def errand(self, kind: str, about: Mapping[str, Any]) -> Mapping[str, Any]:
        """What comes of an errand."""
        with self._changed:
            self.errands.append(Errand(id=1, kind=kind, about=about))
            self._changed.notify_all()
            assert self._changed.wait_for(lambda: 1 in self.results, 15)
            return self.results.pop(1)

    def settle(self, job: int, *, state: JobState, detail: str = "", evidence: int = 0, mm: int = 0) -> None:
        with self._changed:
            if self.deaf:
                self.deaf -= 1
                raise ConnectionRefusedError("the centre is starting")
            for waiting in self.jobs.values():
                waiting[:] = [one for one in waiting if one.id != job]
            self.settled.append((job, state, detail, evidence))
            self._changed.notify_all()

    def wait_for(self, true: Callable[[], bool]) -> None:
        ends = time.monotonic() + 15
        while not true():
            assert time.monotonic() < ends, (self.settled, self.reports)
            time.sleep(0.01)

    def wait(self, count: int) -> list[JobState]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.settled) >= count, 15), self.settled
            return [state for _, state, _, _ in self.settled]


@contextmanager
def at_work(spool: MemorySpool, folder: Path, *configs: PrinterSetup) -> Iterator[threading.Event]:
    stop = threading.Event()
    spool.setups = configs
    thread = threading.Thread(target=worker.run, args=(spool, stop), kwargs={"folder": folder})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(5)
        assert not thread.is_alive()


def test_a_job_becomes_a_picture_named_for_its_ticket(tmp_path: Path) -> None:
    spool = MemorySpool()
    with at_work(spool, tmp_path, config()):
        spool.add(42)
        spool.add(43, copy=1)
        assert spool.wait(2) == [JobState.CONFIRMED, JobState.CONFIRMED]
    assert [path.name for path in newest(tmp_path)] == ["00000043-A043-T43-copy1.png", "00000042-A042-T42.png"]


def test_a_job_that_found_no_paper_is_not_begun_and_is_printed_later(tmp_path: Path) -> None:
    (tmp_path / FAULT_FILE).write_text("paper_out")
    spool = MemorySpool()
    with at_work(spool, tmp_path, config()):
        spool.add(1)
        spool.wait_for(lambda: any(status.code == "paper_out" for _, status in spool.reports))
        assert (spool.settled, len(spool.jobs["totem"])) == ([], 1)
        (tmp_path / FAULT_FILE).unlink()
        assert spool.wait(1) == [JobState.CONFIRMED]


@pytest.mark.parametrize(("fault", "states"), [("torn", {JobState.QUEUED}), ("silent", {JobState.CONFIRMED})])
def test_what_became_of_a_broken_job_is_asked_of_the_printer(tmp_path: Path, fault: str, states: set[JobState]) -> None:
    """Torn, its cut was not counted, and the job goes back; silent, it was: nobody waits for a slip that is out."""
    (tmp_path / FAULT_FILE).write_text(fault)
    spool = MemorySpool()
    with at_work(spool, tmp_path, config()):
        spool.add(1)
        spool.wait_for(lambda: bool(newest(tmp_path)))
        (tmp_path / FAULT_FILE).unlink()
        assert set(spool.wait(1)) == states


def test_a_mute_printer_is_told_as_sent_and_not_as_confirmed(tmp_path: Path) -> None:
    (tmp_path / FAULT_FILE).write_text("mute")
    spool = MemorySpool()
    with at_work(spool, tmp_path, config()):
        spool.add(1)
        assert spool.wait(1) == [JobState.SENT]
    assert spool.settled[0][3] == 0


def test_a_slip_that_cannot_be_drawn_fails_alone(tmp_path: Path) -> None:
    spool = MemorySpool()
    with at_work(spool, tmp_path, config()):
        spool.add(1, standard_share="nonsense")
        spool.add(2)
        assert spool.wait(2) == [JobState.FAILED, JobState.CONFIRMED]


def test_the_outcome_is_told_until_the_centre_hears_it(tmp_path: Path) -> None:
    spool = MemorySpool(deaf=3)
    with at_work(spool, tmp_path, config()):
        spool.add(1)
        spool.add(2)
        assert spool.wait(2) == [JobState.CONFIRMED, JobState.CONFIRMED]
    assert len(newest(tmp_path)) == 2


def test_a_centre_that_was_away_gets_its_slip_soon_after_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = MemorySpool()
    spool.away.set()
    with at_work(spool, tmp_path, config()):
        time.sleep(2.5)
        spool.add(1)
        spool.away.clear()
        begun = time.monotonic()
        assert spool.wait(1) == [JobState.CONFIRMED]
        assert time.monotonic() - begun < 2
    assert caplog.text.count("the centre does not answer") == 1


def test_a_printer_that_hangs_does_not_hold_up_the_other(tmp_path: Path) -> None:
    spool = MemorySpool()
    with Emulator(stall_after=0, mute=True) as hung:
        configs = (config(name="hung", uri=hung.uri), config())
        with at_work(spool, tmp_path, *configs):
            spool.add(1, printer="hung")
            spool.add(2)
            assert spool.wait(1) == [JobState.CONFIRMED]
            assert spool.settled[0][0] == 2


def test_the_worker_stops_soon_even_with_a_printer_that_hangs(tmp_path: Path) -> None:
    spool = MemorySpool()
    with Emulator(stall_after=0, mute=True) as hung:
        with at_work(spool, tmp_path, config(uri=hung.uri)) as stop:
            spool.add(1)
            time.sleep(0.3)
            begun = time.monotonic()
            stop.set()
        assert time.monotonic() - begun < 6


def test_a_printer_set_up_meanwhile_begins_to_print_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SETUPS_S", 0.2)
    spool = MemorySpool()
    with Emulator() as paper, at_work(spool, tmp_path, config()):
        spool.add(1, printer="banco")
        spool.setups = (config(), config(name="banco", uri=paper.uri))
        assert spool.wait(1) == [JobState.CONFIRMED]


def test_a_wrong_address_is_told_as_the_printers_fault_and_costs_no_job(tmp_path: Path) -> None:
    spool = MemorySpool()
    with at_work(spool, tmp_path, config(uri="lpt1:")):
        spool.add(1)
        spool.wait_for(lambda: any(status.code == "config" for _, status in spool.reports))
        assert spool.settled == []


def test_the_state_of_an_idle_printer_is_told_within_a_second_where_it_says_so_itself(tmp_path: Path) -> None:
    spool = MemorySpool()
    with Emulator() as paper, at_work(spool, tmp_path, config(uri=paper.uri)):
        spool.add(1)
        spool.wait(1)
        paper.end_paper()
        begun = time.monotonic()
        spool.wait_for(lambda: spool.reports[-1][1].code == "paper_out")
        assert time.monotonic() - begun < 4


def test_a_service_manager_hears_that_the_paper_is_ready_and_alive(tmp_path: Path, told: socket.socket) -> None:
    with at_work(MemorySpool(), tmp_path, config()):
        assert [told.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]


def test_a_service_manager_hears_no_more_when_a_call_to_a_printer_does_not_come_back(
    tmp_path: Path, told: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And again when it did: a slip that is held up for long is no such call."""
    comes_back = threading.Event()
    monkeypatch.setattr("printers.device.connect", lambda *about: comes_back.wait(30) and connect(*about))
    monkeypatch.setattr(worker, "SETUPS_S", 0.05)
    monkeypatch.setattr(worker, "HUNG_S", 0.5)
    with Emulator() as paper, at_work(MemorySpool(), tmp_path, config(uri=paper.uri)):
        assert until_silent(told) < 30  # some before it hung
        comes_back.set()
        told.settimeout(10)
        assert told.recv(64) == b"WATCHDOG=1"


def test_a_slip_held_up_by_an_empty_roll_is_no_hanging_call(
    tmp_path: Path, told: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SETUPS_S", 0.05)
    monkeypatch.setattr(worker, "HUNG_S", 1.0)
    spool = MemorySpool()
    with Emulator(paper_out_after_mm=40, refill_s=3) as paper, at_work(spool, tmp_path, config(uri=paper.uri)):
        spool.add(1)
        heard = []
        told.settimeout(0.5)
        while not any(state is not JobState.HELD for _, state, _, _ in spool.settled):
            heard.append(told.recv(64))
        assert JobState.HELD in spool.wait(1)
    assert set(heard) <= {b"READY=1", b"WATCHDOG=1"}
