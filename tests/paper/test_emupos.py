"""A printer that others wrote: it draws our bytes dot by dot as we meant them, and we understand what it says."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageOps

from printers import commands, encode, slip, testpage
from printers.base import Delivery, Level, PrinterError
from printers.device import Device
from printers.machine import Machine, pictures
from sportello.domain.printing import Capability, PrinterSetup
from sportello.domain.slips import JobState
from sportello.i18n import NAMES, translator
from tests.paper.emupos import Emupos, Fault, differing, emupos
from tests.paper.golden import PAGE, WIDTHS, drawn, kinds
from tests.paper.printing import ASKED, DATA, MM, PICTURE, device, mark, put
from tests.paper.reading import codes
from tests.paper.samples import a_slip
from tests.paper.test_worker import MemorySpool, at_work, config


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    with emupos(tmp_path_factory.mktemp("emupos")) as machine:
        yield machine


def single(width: int, rows: int, *boxes: tuple[int, int, int, int]) -> Image.Image:
    picture = Image.new("1", (width, rows))
    for box in boxes:
        ImageDraw.Draw(picture).rectangle(box, fill=255)
    return picture


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", NAMES)
def test_another_printer_draws_every_slip_as_we_meant_it(other: Emupos, language: str, width: int) -> None:
    meant = list(drawn(language, width).values())
    sheets = other.sheets(b"".join(encode.job(picture) for picture in meant), width=width)
    assert [differing(*pair) for pair in zip(meant, sheets, strict=True)] == [0, 0, 0]
    assert not other.not_known
    assert codes(sheets[0]) == codes(sheets[1]) == (PAGE, PAGE)


def test_a_slip_in_the_printers_own_letters_holds_nothing_but_commands_and_letters(other: Emupos) -> None:
    for width in WIDTHS:
        slow = PrinterSetup(
            name="totem",
            uri="serial:/dev/ttyS0?baud=9600",
            width=width,
            capabilities=frozenset({Capability.NATIVE_QR}),
        )
        for language in NAMES:
            sheet = slip.render(kinds(language)["original"], setup=slow, translator=translator)
            (out,) = other.sheets(sheet.data, width=width)
            assert codes(out)[0] == PAGE
    assert not other.not_known


@pytest.mark.parametrize("width", WIDTHS)
def test_the_edges_of_packing_are_drawn_as_meant(other: Emupos, width: int) -> None:
    strip, last = encode.STRIP_ROWS, width - 1
    meant = [
        single(width, 3 * strip),  # nothing but white
        single(width, 3 * strip + 1, (0, 0, last, 3 * strip)),  # nothing but ink, one row more than whole strips
        single(width, strip + 2, (last, strip + 1, last, strip + 1)),  # the last dot of all
        single(width, 2 * strip, (8, 8, 71, 71), (90, 8, 97, 9)),  # squares that the printer doubles
        single(width, 2 * strip, *((0, row, last, row) for row in range(0, 2 * strip, 2))),  # a border in every row
        Image.frombytes("1", (width, 200), random.Random(1).randbytes(width // 8 * 200).replace(b"\x10", b"\x18")),
    ]
    sheets = [sheet for picture in meant for sheet in other.sheets(encode.job(picture), width=width)]
    assert [differing(*pair) for pair in zip(meant, sheets, strict=True)] == [0] * len(meant)
    assert not other.not_known


def test_one_dot_more_would_be_noticed(other: Emupos) -> None:
    meant = slip.draw(a_slip(), width=576, translator=translator)
    spoilt = meant.copy()
    spoilt.putpixel((575, meant.height - 1), 255)
    (sheet,) = other.sheets(encode.job(spoilt), width=576)
    assert differing(meant, sheet) == 1
    assert codes(sheet) == ("", "")


def test_a_byte_that_is_no_command_would_be_noticed(other: Emupos) -> None:
    assert not other.sheets(b"\x1b@\x1d\xf0\x1dV\x42\x00", width=576)
    assert other.not_known.pop() == "1d f0"
    assert not other.not_known


def test_the_test_page_comes_out_whole_with_the_code_that_the_printer_draws_itself(other: Emupos) -> None:
    setup = PrinterSetup(name="totem", uri=other.uri(576), capabilities=ASKED)
    (sheet,) = other.sheets(testpage.page(setup, ["Risponde."]), width=576)
    ours = testpage.draw(setup, ["Risponde."])
    assert differing(ours, sheet.crop((0, 0, ours.width, ours.height))) == 0
    assert codes(sheet.crop((0, ours.height, 576, sheet.height))) == ("SPORTELLO", "SPORTELLO")
    assert not other.not_known


def test_our_own_machine_draws_what_the_other_draws(other: Emupos) -> None:
    """The virtual printer and the printer of the tests are this machine."""
    foreign = Dummy()
    foreign.image(ImageOps.invert(PICTURE.convert("L")), impl="bitImageRaster")
    foreign.cut()
    data = DATA + foreign.output + encode.job(testpage.draw(config(), []))
    ours, theirs = list(pictures(data, 576)), other.sheets(data, width=576)
    assert [differing(*pair) for pair in zip(ours, theirs, strict=True)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("fault", "ours"),
    [
        (None, Machine()),
        ("paper-near-end", Machine(near_end=True)),
        ("paper-out", Machine(paper_out=True)),
        ("cover-open", Machine(cover_open=True)),
    ],
)
def test_our_own_machine_says_of_itself_what_the_other_says(other: Emupos, fault: Fault | None, ours: Machine) -> None:
    asked = commands.ONLINE + commands.COVER + commands.PAPER
    with faulty(other, fault):
        theirs = other.answers(asked, width=576)
        other.drawn(576)
    assert theirs == ours.receive(asked)


# --- a slip on it ------------------------------------------------------------------------------------


@contextmanager
def faulty(other: Emupos, fault: Fault | None) -> Iterator[None]:
    if fault:
        other.set(fault, on=True)
    try:
        yield
    finally:
        if fault:
            other.set(fault, on=False)


@contextmanager
def at(other: Emupos) -> Iterator[Device]:
    """A device on its wire; when it is done `other.drawn` knows what came out."""
    printer = device(other.uri(576))
    try:
        yield printer
    finally:
        printer.close()


def test_a_slip_on_it_is_proven_by_the_fence_and_comes_out_as_meant(other: Emupos) -> None:
    with at(other) as printer:
        assert put(printer).level is Level.PARSED
    (sheet,) = other.drawn(576)
    assert differing(PICTURE, sheet) == 0
    assert not other.not_known  # nothing was asked of it that it might have printed as text


def test_no_more_is_found_in_it_than_there_is_and_probing_may_print_what_it_does_not_know(other: Emupos) -> None:
    with at(other) as printer:
        assert printer.probe() == ASKED
    (stray,) = other.drawn(576)
    assert stray.height == 24  # a line of text: why only who sets a printer up asks for so much
    assert [told[:5] for told in other.not_known] == ["1d 28", "1d 67", "00", "00", "10 14"]
    other.not_known.clear()


@pytest.mark.parametrize(("fault", "code"), [("paper-out", "paper_out"), ("cover-open", "cover_open")])
def test_its_faults_are_seen_before_the_first_byte(other: Emupos, fault: Fault, code: str) -> None:
    with at(other) as printer:
        with faulty(other, fault), pytest.raises(PrinterError) as caught:
            put(printer)
        assert (caught.value.code, caught.value.delivery) == (code, Delivery.NOT_SENT)
        assert put(printer).level is Level.PARSED
    assert len(other.drawn(576)) == 1


@pytest.mark.parametrize(("fault", "code"), [("paper-out", "paper_out"), ("cover-open", "cover_open")])
def test_a_slip_on_its_way_is_held_until_the_fault_is_mended_and_comes_out_once(
    other: Emupos, fault: Fault, code: str
) -> None:
    heard: list[str] = []

    def mend(told: str) -> None:
        heard.append(told)
        other.set(fault, on=False)

    with at(other) as printer:
        known = mark(printer.ready("T1"))
        other.set(fault, on=True)
        printer.send(DATA, "T1", known, mend)
        assert printer.confirm(known, MM, mend).level is Level.PARSED
    assert heard == [code]
    (sheet,) = other.drawn(576)
    assert differing(PICTURE, sheet) == 0


def test_what_it_tells_unasked_is_understood(other: Emupos) -> None:
    with at(other) as printer:
        put(printer)  # which asks it to tell
        told = []
        for on in (True, False):
            other.set("cover-open", on=on)
            told.append(printer.news())
    assert told == ["cover_open", ""]
    other.drawn(576)


def test_the_worker_prints_on_it(other: Emupos, tmp_path: Path) -> None:
    spool = MemorySpool()
    with at_work(spool, tmp_path, config(uri=other.uri(576))):
        spool.add(1)
        spool.add(2, copy=1)
        assert spool.wait(2) == [JobState.CONFIRMED, JobState.CONFIRMED]
    assert [evidence for _, _, _, evidence in spool.settled] == [Level.PARSED, Level.PARSED]
    assert len(other.drawn(576)) == 2
