"""One printer, good and bad, over real wires: what it proves, how it fails, and that no wait is without an end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from printers.base import Delivery, Level, PrinterError
from printers.device import Device
from printers.machine import EVERYTHING, Machine
from sportello.domain.printing import Capability
from tests.paper.emulator import Emulator
from tests.paper.printing import (
    ALL,
    ASKED,
    DATA,
    HEADS,
    PICTURE,
    broken,
    device,
    ends_with,
    mark,
    put,
    same,
    wait_for_sheets,
)

QUIET = EVERYTHING - {Capability.STATUS, Capability.FENCE}


@contextmanager
def at(paper: Emulator, capabilities: frozenset[Capability] = frozenset()) -> Iterator[Device]:
    with paper:
        printer = device(paper.uri, capabilities)
        try:
            yield printer
        finally:
            printer.close()


def fails(printer: Device, ticket: str = "T1") -> tuple[str, Delivery]:
    begun = time.monotonic()
    with pytest.raises(PrinterError) as caught:
        put(printer, ticket=ticket)
    assert time.monotonic() - begun < 8
    return caught.value.code, caught.value.delivery


# --- what proves a slip ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capabilities", "level"),
    [
        (ALL, Level.CUT),
        (ALL - {Capability.COUNTERS}, Level.PRINTED),
        (ASKED, Level.PARSED),
        (frozenset(), Level.PARSED),
    ],
)
def test_a_good_printer_vouches_as_far_as_it_can(capabilities: frozenset[Capability], level: Level) -> None:
    with at(Emulator(), capabilities) as printer:
        assert put(printer).level is level


def test_the_slip_is_on_paper_dot_by_dot_when_the_printer_has_vouched_for_it() -> None:
    paper = Emulator()
    with at(paper, ALL) as printer:
        put(printer)
        assert same(paper.sheets[0])


def test_a_printer_that_was_not_probed_is_never_sent_what_it_may_print_as_text() -> None:
    seen = bytearray()
    paper = Emulator()
    take = paper.machine.receive

    def listening(machine: Machine, arrived: bytes) -> bytes:
        seen.extend(arrived)
        return take(arrived)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Machine, "receive", listening)
        with at(paper) as printer:
            put(printer)
    for command in (b"\x1d(H", b"\x1dg2", b"\x10\x14"):
        assert command not in bytes(seen).replace(DATA[2:], b"")


def test_slips_in_a_row_share_one_connection() -> None:
    paper = Emulator()
    with at(paper, ALL) as printer:
        for _ in range(3):
            put(printer)
        assert (paper.connections, len(paper.sheets)) == (1, 3)


def test_unasked_news_from_the_printer_confuses_nobody() -> None:
    with at(Emulator(chatters=True), ALL) as printer:
        assert put(printer).level is Level.CUT


def test_a_mute_printer_is_used_and_nothing_is_claimed_for_it() -> None:
    paper = Emulator(mute=True)
    with at(paper) as printer:
        assert put(printer).level is Level.ACCEPTED
        wait_for_sheets(paper, 1)
        assert ends_with(paper.sheets[0])
        begun = time.monotonic()
        put(printer)
        assert time.monotonic() - begun < 1.0  # known as mute, it is not asked again


def test_a_printer_without_the_fence_says_at_least_that_it_has_no_fault() -> None:
    with at(Emulator(Machine(can=EVERYTHING - {Capability.FENCE}))) as printer:
        assert put(printer).level is Level.NO_FAULT


def test_the_paper_running_low_is_told() -> None:
    with at(Emulator(Machine(near_end=True))) as printer:
        assert printer.status().near_end is True
        assert put(printer).detail == "near_end"


def test_slips_outlive_a_goodbye_right_after_the_last_byte() -> None:
    paper = Emulator(mm_s=4000, chatters=True)
    with at(paper, ASKED) as printer:
        for n in range(25):
            known = mark(printer.ready(f"T{n}"))
            printer.send(DATA, f"T{n}", known, lambda _: None)
            printer.close()
        wait_for_sheets(paper, 25, patience_s=20)
        assert paper.resets_seen == 0
        assert all(ends_with(sheet) for sheet in paper.sheets)


# --- before the first byte ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("machine", "code"), [(Machine(paper_out=True), "paper_out"), (Machine(cover_open=True), "cover_open")]
)
def test_a_printer_that_is_not_ready_gets_not_a_byte(machine: Machine, code: str) -> None:
    paper = Emulator(machine)
    with at(paper, ALL) as printer:
        assert fails(printer) == (code, Delivery.NOT_SENT)
        assert printer.status().code == code
        paper.refill()
        assert put(printer).level is Level.CUT
        assert len(paper.sheets) == 1


def test_nobody_at_the_address_means_not_sent() -> None:
    with Emulator() as paper:
        uri = paper.uri
    assert fails(device(uri)) == ("refused", Delivery.NOT_SENT)
    assert device(uri).status().code == "refused"


def test_a_printer_that_stopped_talking_is_not_used() -> None:
    paper = Emulator()
    with at(paper, ALL) as printer:
        put(printer)
        paper.mute = True
        assert fails(printer) == ("no_reply", Delivery.NOT_SENT)
        paper.mute = False
        assert put(printer).level is Level.CUT


@pytest.mark.parametrize(
    ("uri", "form"), [("lpt1:", "tcp://"), ("tcp://", "tcp://"), ("serial:/dev/x?flow=odd", "serial:")]
)
def test_a_wrong_address_names_the_right_forms(uri: str, form: str) -> None:
    with pytest.raises(PrinterError, match="config") as caught:
        device(uri).ready("T1")
    assert form in caught.value.detail
    assert not caught.value.retry


# --- on the way --------------------------------------------------------------------------------------


@pytest.mark.parametrize("capabilities", [ALL, ASKED], ids=["all", "asked"])
@pytest.mark.parametrize("after_mm", [40, 100])
def test_paper_that_ends_in_a_slip_and_is_changed_soon_gives_one_whole_slip(
    capabilities: frozenset[Capability], after_mm: float
) -> None:
    heard: list[str] = []
    paper = Emulator(mm_s=600, paper_out_after_mm=after_mm, refill_s=0.5)
    with at(paper, capabilities) as printer:
        assert put(printer, faults=heard).level >= Level.PARSED
        assert heard[0] == "paper_out"
        assert same(paper.sheets[0])


def test_paper_that_is_not_changed_in_time_leaves_a_slip_that_never_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("printers.device.HOLD_S", 1.0)  # twenty seconds are long for a test
    paper = Emulator(mm_s=600, paper_out_after_mm=40)
    with at(paper, ALL) as printer:
        code, delivery = fails(printer)
        assert code == "paper_out"
        assert delivery in (Delivery.TORN, Delivery.UNKNOWN)  # the kernel may hold its last bytes, or not
        paper.refill()
        time.sleep(0.5)
        assert put(printer, ticket="T2").level is Level.CUT
        assert [ends_with(sheet) for sheet in paper.sheets] == [False, True]


def test_a_printer_that_stops_taking_bytes_is_given_up_and_the_slip_is_torn() -> None:
    with at(Emulator(stall_after=6000, mute=True)) as printer:
        assert fails(printer) == ("no_progress", Delivery.TORN)


def test_a_printer_that_takes_all_and_falls_silent_leaves_the_slip_unknown() -> None:
    with at(Emulator(quiet_after_cut=True), ASKED) as printer:
        assert fails(printer) == ("no_confirmation", Delivery.UNKNOWN)


def test_a_connection_cut_off_is_never_called_printed() -> None:
    paper = Emulator(reset_after=15_000)
    with at(paper, ASKED) as printer:
        code, delivery = fails(printer)
        assert code in {"reset", "closed"}
        assert delivery in {Delivery.TORN, Delivery.UNKNOWN}


# --- what became of one that was broken off ----------------------------------------------------------


def test_a_slip_whose_cut_was_counted_is_known_to_be_out_by_who_comes_after() -> None:
    with Emulator() as paper:
        first = device(paper.uri, ALL)
        known = mark(first.ready("T1"))
        first.send(DATA, "T1", known, lambda _: None)
        first.close()
        wait_for_sheets(paper, 1)
        second = device(paper.uri, ALL)
        proof = second.fate("T1", known)
        second.close()
    assert proof is not None
    assert proof.level is Level.CUT


def test_a_slip_lost_in_a_power_cut_is_proven_not_to_be_out_and_comes_out_once() -> None:
    paper = Emulator(mm_s=200, power_cut_after=12_000)
    with at(paper, ALL) as printer:
        known = broken(printer, "T1")
        time.sleep(0.5)
        assert printer.fate("T1", known) is None
        assert put(printer).level is Level.CUT
        assert len(paper.sheets) == 1  # the torn head and the whole slip are one sheet
        assert ends_with(paper.sheets[0])


def test_the_head_of_another_slip_is_cut_off_and_its_cut_confirms_nothing() -> None:
    """The counter trap: the baseline is taken after the waste was cut."""
    paper = Emulator(mm_s=2000, reset_after=9_000)
    with at(paper, ALL) as printer:
        known = broken(printer, "T1")
        assert printer.fate("T1", known) is None
        counter = printer.ready("T2")
        wait_for_sheets(paper, 1)
        assert counter == paper.machine.cuts
        assert put(printer, ticket="T2").level is Level.CUT
        wait_for_sheets(paper, 2)
        assert same(paper.sheets[1])


def test_without_a_counter_nobody_can_tell_what_became_of_it() -> None:
    with at(Emulator(), ASKED) as printer, pytest.raises(PrinterError) as caught:
        printer.fate("T1", mark(None))
    assert caught.value.delivery is Delivery.UNKNOWN


@pytest.mark.parametrize("capabilities", [ALL, ASKED, frozenset()], ids=["clear", "padding", "unprobed"])
@pytest.mark.parametrize("cut_at", range(500, len(DATA), 4500))
def test_the_slip_after_one_broken_anywhere_is_right_dot_by_dot(
    cut_at: int, capabilities: frozenset[Capability]
) -> None:
    paper = Emulator(mm_s=4000, reset_after=cut_at)
    with at(paper, capabilities) as printer:
        with pytest.raises(PrinterError):
            put(printer, ticket="T1")
        put(printer, ticket="T2")
        wait_for_sheets(paper, len(paper.sheets))
        assert ends_with(paper.sheets[-1])


@pytest.mark.parametrize("keeps_questions", [False, True])
@pytest.mark.parametrize("capabilities", [ALL, ASKED, frozenset()], ids=["clear", "padding", "unprobed"])
@pytest.mark.parametrize("of_head", range(1, 9))
def test_a_slip_broken_off_in_the_head_of_a_picture_does_not_swallow_the_next(
    of_head: int, capabilities: frozenset[Capability], keeps_questions: bool
) -> None:
    """What came next was taken for the size of that picture, and metres of white paper came out."""
    paper = Emulator(Machine(keeps_questions=keeps_questions), mm_s=4000)
    paper.machine.receive(DATA[: HEADS[len(HEADS) // 2] + of_head])
    with at(paper, capabilities) as printer:
        with suppress(PrinterError):
            printer.fate("T0", mark(None))  # what a station asks first of all
        put(printer)
        assert ends_with(paper.sheets[-1])
        assert paper.machine.rows_fed < 2.5 * PICTURE.height


def test_a_process_that_died_inside_a_picture_does_not_spoil_the_next_slip() -> None:
    paper = Emulator(mm_s=4000)
    paper.machine.receive(DATA[:9_000])
    with at(paper, ALL) as printer:
        assert put(printer).level is Level.CUT
        assert ends_with(paper.sheets[-1])


# --- what it can do ----------------------------------------------------------------------------------


def test_what_a_printer_can_do_is_found_step_by_step() -> None:
    with at(Emulator()) as printer:
        assert printer.probe() == ALL
    with at(Emulator(Machine(can=frozenset({Capability.STATUS, Capability.FENCE})))) as printer:
        assert printer.probe() == ASKED
    with at(Emulator(mute=True)) as printer:
        assert printer.probe() == frozenset()


def test_a_presenter_tells_of_a_slip_that_nobody_has_taken() -> None:
    machine = Machine(can=EVERYTHING | {Capability.PRESENTER})
    with Emulator(machine) as paper:
        printer = device(paper.uri, dialect="custom")
        assert printer.probe() == ALL | {Capability.PRESENTER}
        printer = device(paper.uri, ALL | {Capability.PRESENTER}, dialect="custom")
        assert printer.status().ticket_waiting is False
        put(printer)
        assert printer.status().ticket_waiting is True
        machine.at_exit = False
        status = printer.status()
        assert (status.ticket_waiting, status.ready) == (False, True)
        printer.close()


def test_what_others_print_as_text_is_asked_of_custom_printers_only() -> None:
    with at(Emulator(Machine(can=EVERYTHING | {Capability.PRESENTER}))) as printer:
        assert Capability.PRESENTER not in printer.probe()
        assert printer.status().ticket_waiting is None


def test_a_custom_printer_counts_its_cuts_in_words() -> None:
    with Emulator() as paper:
        printer = device(paper.uri, ASKED | {Capability.COUNTERS}, dialect="custom")
        assert put(printer).level is Level.CUT
        printer.close()
