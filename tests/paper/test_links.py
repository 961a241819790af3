"""The ways to a printer that are no network: cables without a cable, a serial line, a file, CUPS."""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path

import pytest

from printers.base import Delivery, Level, PrinterError
from printers.device import Device
from printers.links import choice
from printers.links.base import Broken
from printers.links.other import Cups, File
from printers.links.usb import Usb
from printers.links.usblp import UsbLp
from printers.machine import Machine
from sportello.domain.printing import FORMS, Capability, PrinterSetup, understood
from tests.paper.emulator import Emulator
from tests.paper.fake_usb import PRODUCT, VENDOR, FakeUsb
from tests.paper.printing import ALL, ASKED, DATA, device, ends_with, put


@pytest.fixture
def usb(monkeypatch: pytest.MonkeyPatch) -> FakeUsb:
    """A printer on a cable, found where libusb would find it."""
    backend = FakeUsb(Machine())
    monkeypatch.setattr(choice, "Usb", lambda *ids, **more: Usb(*ids, **more, backend=backend))
    return backend


def on_cable(capabilities: frozenset[Capability] = ALL) -> Device:
    return device(f"usb:{VENDOR:04x}:{PRODUCT:04x}?serial=ABC123", capabilities)


# --- USB ---------------------------------------------------------------------------------------------


def test_a_slip_goes_over_usb_and_is_vouched_for(usb: FakeUsb) -> None:
    assert put(on_cable()).level is Level.CUT
    assert ends_with(usb.machine.sheets[0])


def test_transfers_that_take_only_a_part_lose_no_byte(usb: FakeUsb) -> None:
    usb.most = 61
    assert put(on_cable()).level is Level.CUT
    assert ends_with(usb.machine.sheets[0])


def test_a_cable_pulled_out_is_told_and_the_printer_found_again(usb: FakeUsb) -> None:
    printer = on_cable()
    put(printer)
    usb.unplugged = True
    with pytest.raises(PrinterError) as caught:
        put(printer, ticket="T2")
    assert caught.value.code in ("unplugged", "not_found")
    assert caught.value.delivery is Delivery.NOT_SENT
    usb.unplugged = False
    assert put(printer, ticket="T2").level is Level.CUT


def test_a_usb_printer_that_takes_no_byte_is_given_up_in_time(usb: FakeUsb) -> None:
    printer = on_cable(ASKED)
    put(printer)
    usb.deaf = True
    begun = time.monotonic()
    with pytest.raises(PrinterError, match="no_progress"):
        put(printer)
    assert time.monotonic() - begun < 5


def test_a_usb_printer_without_a_word_is_used_and_nothing_claimed(usb: FakeUsb) -> None:
    usb.mute = True
    assert put(on_cable(frozenset())).level is Level.ACCEPTED


def test_of_two_alike_the_one_with_the_serial_number_is_taken() -> None:
    backend = FakeUsb(Machine(), serials=("ABC123", "ABC123"))
    Usb(VENDOR, PRODUCT, serial="ABC123", backend=backend).close()
    with pytest.raises(Broken, match="not_found"):
        Usb(VENDOR, PRODUCT, serial="OTHER", backend=backend)


def test_a_usb_printer_says_who_made_it_and_how_its_port_is() -> None:
    link = Usb(VENDOR, PRODUCT, backend=FakeUsb(Machine()))
    assert "MDL:TM-T20III" in link.device_id()
    assert link.port_status() == 0x18


# --- the kernel's driver, a serial line --------------------------------------------------------------


def test_a_slip_goes_through_a_character_device_both_ways() -> None:
    with Emulator(serial=True, mm_s=4000) as paper:
        printer = device(paper.uri.replace("serial:", "usblp:").partition("?")[0], ALL)
        assert put(printer).level is Level.CUT
        printer.close()
        assert ends_with(paper.sheets[0])


def test_a_character_device_that_is_not_there_says_so() -> None:
    with pytest.raises(Broken, match="not_found"):
        UsbLp("/dev/usb/lp-none")


def test_a_slip_goes_over_a_serial_line_and_is_vouched_for() -> None:
    with Emulator(serial=True, mm_s=4000) as paper:
        printer = device(paper.uri, ALL)
        assert put(printer).level is Level.CUT
        printer.close()
        assert ends_with(paper.sheets[0])


def test_a_serial_printer_that_does_not_drain_is_given_up_in_five_seconds_and_blocks_nobody() -> None:
    with Emulator(serial=True, stall_after=2000, mute=True) as paper:
        printer = device(paper.uri)
        begun = time.monotonic()
        with pytest.raises(PrinterError) as caught:
            put(printer, data=DATA * 4)
        assert (caught.value.code, caught.value.delivery) == ("no_progress", Delivery.TORN)
        assert time.monotonic() - begun < 9  # two questions without an answer, then five seconds without a byte


# --- out only ----------------------------------------------------------------------------------------


def test_a_file_takes_every_byte_and_proves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    printer = device(f"file:{path}")
    assert put(printer).level is Level.ACCEPTED
    printer.close()
    assert path.read_bytes().endswith(DATA)
    with pytest.raises(Broken, match="not_found"):
        File(str(tmp_path / "none" / "slips.bin"))


def test_a_device_that_only_takes_and_takes_no_more_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "printer"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    begun = time.monotonic()
    with pytest.raises(PrinterError) as caught:
        put(device(f"file:{path}"), data=DATA * 4)
    os.close(reader)
    assert (caught.value.code, caught.value.delivery) == ("no_progress", Delivery.TORN)
    assert time.monotonic() - begun < 6


def stand_in(folder: Path, script: str) -> str:
    """A program in the place of `lp`."""
    path = folder / "lp"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def test_cups_gets_the_job_whole_and_is_never_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, f'echo "$@" > {tmp_path}/words; cat > {tmp_path}/job')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    printer = device("cups:BANCO; rm -rf x", frozenset())
    assert put(printer).level is Level.ACCEPTED
    assert (tmp_path / "words").read_text() == "-d BANCO; rm -rf x -o raw -s\n"  # one word, and no shell reads it
    assert (tmp_path / "job").read_bytes().endswith(DATA)


def test_a_queue_that_cups_refuses_means_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, 'cat > /dev/null; echo "no such queue" >&2; exit 1')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(PrinterError) as caught:
        put(device("cups:BANCO"))
    assert (caught.value.code, caught.value.delivery) == ("refused", Delivery.NOT_SENT)


def test_a_queue_that_does_not_say_whether_it_took_the_job_leaves_the_slip_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have: as an original it must not be sent again."""
    stand_in(tmp_path, "cat > /dev/null; exec sleep 30")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("printers.links.other.LP_S", 0.5)
    with pytest.raises(PrinterError) as caught:
        put(device("cups:BANCO"))
    assert (caught.value.code, caught.value.delivery) == ("no_progress", Delivery.UNKNOWN)


def test_without_cups_the_missing_program_is_named(tmp_path: Path) -> None:
    link = Cups("BANCO", lp=str(tmp_path / "lp-none"))
    link.write(b"x", 0)
    with pytest.raises(Broken, match="cups-client"):
        link.finish()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_address_that_is_told_is_understood(form: str, tmp_path: Path) -> None:
    """It is taken for an address; that nobody is there is another matter."""
    assert understood(form)
    setup = PrinterSetup(name="totem", uri=form.replace("192.168.1.50", "127.0.0.1").replace("/srv", str(tmp_path)))
    with suppress(Broken):
        choice.connect(setup, tmp_path).close()
