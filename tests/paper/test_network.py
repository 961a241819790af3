"""A printer at an address, good and bad, over real TCP."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import ImageChops

from printers import slip
from printers.base import Delivery, Level, PrinterError
from printers.network import NetworkPrinter
from tests.paper.fake_printer import FakePrinter
from tests.paper.samples import a_slip, translator

DATA = slip.render(a_slip(), width=576, translator=translator)
PICTURE = slip.draw(a_slip(), width=576, translator=translator)


@contextmanager
def at(paper: FakePrinter) -> Iterator[NetworkPrinter]:
    with paper:
        printer = NetworkPrinter("127.0.0.1", paper.port)
        try:
            yield printer
        finally:
            printer.close()


def wait_for_sheets(paper: FakePrinter, count: int) -> None:
    ends = time.monotonic() + 3
    while len(paper.sheets) < count and time.monotonic() < ends:
        time.sleep(0.01)
    assert len(paper.sheets) == count


def refusal(printer: NetworkPrinter) -> tuple[str, Delivery]:
    """How a print fails, and that it does so in time."""
    begun = time.monotonic()
    with pytest.raises(PrinterError) as caught:
        printer.print(DATA, label="1")
    assert time.monotonic() - begun < 5
    return caught.value.code, caught.value.delivery


def same(paper: FakePrinter, sheet: int) -> bool:
    return ImageChops.logical_xor(paper.sheets[sheet], PICTURE).getbbox() is None


def test_a_good_printer_vouches_for_the_slip_and_shows_it_dot_by_dot() -> None:
    paper = FakePrinter()
    with at(paper) as printer:
        assert printer.print(DATA, label="1").level is Level.PARSED
        assert len(paper.sheets) == 1
        assert same(paper, 0)


def test_slips_in_a_row_share_one_connection() -> None:
    paper = FakePrinter()
    with at(paper) as printer:
        for _ in range(3):
            printer.print(DATA, label="1")
        assert (paper.connections, len(paper.sheets)) == (1, 3)


def test_unasked_news_from_the_printer_confuses_nobody() -> None:
    paper = FakePrinter(chatters=True)
    with at(paper) as printer:
        assert printer.print(DATA, label="1").level is Level.PARSED


def test_a_slip_outlives_the_goodbye_even_with_news_left_unread() -> None:
    paper = FakePrinter(speaks=False, fences=False, chatters=True)
    with at(paper) as printer:
        for _ in range(5):
            printer.print(DATA, label="1")
            printer.close()
        wait_for_sheets(paper, 5)
        assert paper.resets_seen == 0


def test_a_mute_printer_is_used_and_nothing_is_claimed_for_it() -> None:
    paper = FakePrinter(speaks=False, fences=False)
    with at(paper) as printer:
        assert printer.print(DATA, label="1").level is Level.ACCEPTED
        wait_for_sheets(paper, 1)
        assert same(paper, 0)
        begun = time.monotonic()
        printer.print(DATA, label="2")
        assert time.monotonic() - begun < 0.5  # known as mute, it is not asked again


def test_a_printer_without_the_fence_says_at_least_that_it_has_no_fault() -> None:
    paper = FakePrinter(fences=False)
    with at(paper) as printer:
        assert printer.print(DATA, label="1").level is Level.NO_FAULT
        wait_for_sheets(paper, 1)


def test_the_paper_running_low_is_told() -> None:
    with at(FakePrinter(near_end=True)) as printer:
        assert printer.print(DATA, label="1").detail == "near_end"


@pytest.mark.parametrize(
    ("paper", "code"), [(FakePrinter(paper_out=True), "paper_out"), (FakePrinter(cover_open=True), "cover_open")]
)
def test_a_printer_that_is_not_ready_gets_not_a_byte(paper: FakePrinter, code: str) -> None:
    with at(paper) as printer:
        assert refusal(printer) == (code, Delivery.NOT_SENT)
        paper.paper_out = paper.cover_open = False
        assert printer.print(DATA, label="1").level is Level.PARSED
        assert len(paper.sheets) == 1


def test_nobody_at_the_address_means_not_sent() -> None:
    with FakePrinter() as paper:
        port = paper.port
    assert refusal(NetworkPrinter("127.0.0.1", port)) == ("refused", Delivery.NOT_SENT)


def test_paper_that_ends_inside_a_slip_is_never_called_printed() -> None:
    paper = FakePrinter(paper_out_after_rows=700)
    with at(paper) as printer:
        assert refusal(printer) == ("paper_out", Delivery.UNKNOWN)


def test_a_printer_that_stops_taking_bytes_is_given_up_and_the_slip_is_torn() -> None:
    big = slip.render(a_slip(centre="Centro per l’impiego " * 200), width=576, translator=translator)
    with at(FakePrinter(hang_after=2000, speaks=False)) as printer, pytest.raises(PrinterError) as caught:
        printer.print(big * 8, label="1")
    assert (caught.value.code, caught.value.delivery) == ("no_progress", Delivery.TORN)


def test_a_printer_that_takes_all_and_falls_silent_leaves_the_slip_unknown() -> None:
    with at(FakePrinter(quiet_after_cut=True)) as printer:
        assert refusal(printer) == ("no_confirmation", Delivery.UNKNOWN)


def test_a_connection_cut_off_is_never_called_printed() -> None:
    paper = FakePrinter(reset_after=15_000)
    with at(paper) as printer:
        code, delivery = refusal(printer)
        assert code in {"reset", "closed"}
        assert delivery in {Delivery.TORN, Delivery.UNKNOWN}


@pytest.mark.parametrize(
    ("cut_at", "speaks"),
    [(700, True), (5_003, True), (12_345, True), (20_000, True), (29_000, True), (5_003, False), (20_000, False)],
)
def test_the_slip_after_a_broken_one_comes_out_whole_and_alone(cut_at: int, speaks: bool) -> None:
    paper = FakePrinter(speaks=speaks, fences=speaks)
    with at(paper) as printer:
        printer.print(DATA, label="0")
        wait_for_sheets(paper, 1)
        paper.reset_after = paper.taken + cut_at
        refusal(printer)
        torn = len(paper.sheets)
        printer.print(DATA, label="1")
        wait_for_sheets(paper, torn + 2)  # the torn piece cut off, and the slip
        assert same(paper, -1)


def test_a_process_that_died_inside_a_picture_does_not_spoil_the_next_slip() -> None:
    paper = FakePrinter()
    paper._stream += DATA[:9_000]
    with at(paper) as printer:
        assert printer.print(DATA, label="1").level is Level.PARSED
        torn, whole = paper.sheets[0], PICTURE
        # What was left hanging is on the same sheet above the slip; every dot of the slip itself is right.
        tail = torn.crop((0, torn.height - whole.height, torn.width, torn.height))
        assert ImageChops.logical_xor(tail, whole).getbbox() is None
