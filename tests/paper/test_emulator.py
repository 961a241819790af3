"""The printer of the tests is no quicker than paper: what happens in the middle of a slip must be able to happen."""

import time

import pytest

from tests.paper.emulator import Emulator
from tests.paper.printing import ALL, DATA, PICTURE, device, mark, same, wait_for_sheets

MM_S = 400.0


@pytest.mark.parametrize("rest_s", [0.0, 0.6])
def test_paper_takes_its_time_after_a_rest_too(rest_s: float) -> None:
    with Emulator(mm_s=MM_S) as paper:
        printer = device(paper.uri, ALL)
        known = mark(printer.ready("T1"))
        time.sleep(rest_s)
        begun = time.monotonic()
        printer.send(DATA, "T1", known, lambda _: None)
        wait_for_sheets(paper, 1)
        took = time.monotonic() - begun
        printer.close()
    assert took > 0.95 * PICTURE.height / 8 / MM_S


def test_a_power_cut_in_mid_print_leaves_a_piece_as_long_as_there_was_time_for() -> None:
    with Emulator(mm_s=MM_S, off_s=0.1) as paper:
        printer = device(paper.uri, ALL)
        printer.send(DATA, "T1", mark(printer.ready("T1")), lambda _: None)
        time.sleep(0.1)
        paper.cut_power()
        printer.close()
        time.sleep(0.3)
        hanging = paper.machine.hanging
    assert 0 < hanging < PICTURE.height
    assert not any(same(sheet) for sheet in paper.sheets)
