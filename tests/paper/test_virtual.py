"""The printer without paper keeps what a real one would have printed."""

import os
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps

from printers.base import Delivery, Evidence, Level, PrinterError
from printers.commands import NEWS_ON
from printers.device import Device
from printers.virtual import FAULT_FILE, KEPT, newest
from sportello.domain.printing import VIRTUALLY, PrinterSetup
from tests.paper.printing import DATA, MM, PICTURE, mark


def virtual(folder: Path, width: int = 576) -> Device:
    return Device(PrinterSetup(name="totem", uri="virtual:", width=width, capabilities=VIRTUALLY), folder)


def put(printer: Device, label: str = "1") -> Evidence:
    known = mark(printer.ready(label))
    printer.send(DATA, label, known, lambda _: None, label=label)
    return printer.confirm(known, MM, lambda _: None)


def test_the_picture_is_the_slip_black_on_white(tmp_path: Path) -> None:
    evidence = put(virtual(tmp_path / "slips", 576), "00000001-A042-T1")
    assert evidence.level is Level.CUT
    with Image.open(tmp_path / "slips" / "00000001-A042-T1.png") as kept:
        inside = kept.crop((24, 24, kept.width - 24, kept.height - 24)).convert("1")
    assert ImageChops.logical_xor(ImageOps.invert(inside), PICTURE).getbbox() is None


def test_a_head_too_narrow_loses_what_stands_beyond_it(tmp_path: Path) -> None:
    put(virtual(tmp_path, 384), "1")
    with Image.open(tmp_path / "1.png") as kept:
        assert kept.width == 384 + 48


def test_a_label_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    put(virtual(tmp_path / "slips", 576), "1-../../etc/passwd")
    assert [path.name for path in (tmp_path / "slips").glob("*.png")] == ["1--etc-passwd.png"]
    assert [path.name for path in tmp_path.iterdir()] == ["slips"]


def test_only_the_newest_pictures_are_kept(tmp_path: Path) -> None:
    for at in range(KEPT + 5):
        old = tmp_path / f"{at}.png"
        old.write_bytes(b"")
        os.utime(old, (at, at))
    put(virtual(tmp_path, 576), "new")
    kept = newest(tmp_path)
    assert len(kept) == KEPT
    assert kept[0].name == "new.png"
    assert kept[-1].name == "6.png"


@pytest.mark.parametrize(
    ("fault", "code", "delivery", "sheets"),
    [
        ("paper_out", "paper_out", Delivery.NOT_SENT, 0),
        ("torn", "reset", Delivery.TORN, 1),
        ("silent", "no_confirmation", Delivery.UNKNOWN, 1),
    ],
)
def test_it_can_misbehave(tmp_path: Path, fault: str, code: str, delivery: Delivery, sheets: int) -> None:
    (tmp_path / FAULT_FILE).write_text(f"{fault}\n")
    printer = virtual(tmp_path)
    with pytest.raises(PrinterError) as caught:
        put(printer)
    assert (caught.value.code, caught.value.delivery) == (code, delivery)
    assert len(newest(tmp_path)) == sheets
    assert printer.status().code == ("paper_out" if code == "paper_out" else "unreachable")
    (tmp_path / FAULT_FILE).unlink()
    assert put(printer, "2").level is Level.CUT


def test_mute_it_prints_and_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / FAULT_FILE).write_text("mute")
    printer = Device(PrinterSetup(name="totem", uri="virtual:"), tmp_path)
    assert put(printer).level is Level.ACCEPTED
    assert len(newest(tmp_path)) == 1


def test_a_line_that_breaks_right_after_the_cut_tears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the question after the slip was lost: the slip is out, and nobody may say that it is not."""
    whole = len(DATA) + len(NEWS_ON)
    monkeypatch.setattr("printers.virtual.CHUNK", whole)
    monkeypatch.setattr("printers.virtual.TORN_AT", whole)
    (tmp_path / FAULT_FILE).write_text("torn")
    with pytest.raises(PrinterError) as caught:
        put(virtual(tmp_path))
    assert (caught.value.code, caught.value.delivery) == ("reset", Delivery.UNKNOWN)
    assert len(newest(tmp_path)) == 1
