"""Finding printers, asking them what they can do, a test page: done by the process that owns them."""

import socket
import threading
from pathlib import Path

import pytest
from zeroconf import IPVersion, ServiceInfo, Zeroconf

from printers import discovery, errands, testpage
from printers.machine import Machine
from printers.station import Station
from sportello.domain.printing import Capability, PrinterSetup
from sportello.i18n import NAMES
from tests.paper.emulator import Emulator
from tests.paper.fake_usb import FakeUsb
from tests.paper.printing import ALL
from tests.paper.test_worker import MemorySpool, at_work, config


def test_a_printer_on_usb_is_found_with_its_name_and_its_serial_number() -> None:
    (found,) = discovery.usb_printers(FakeUsb(Machine()))
    assert (found.uri, found.name, found.note) == ("usb:04b8:0e28?serial=ABC123", "EPSON TM-T20III", "")


def test_a_printer_of_the_kernels_driver_is_found_and_what_is_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "lp0").write_bytes(b"")
    (tmp_path / "lp1").symlink_to("nowhere")
    found = list(discovery.kernel_printers(tmp_path))
    assert [(one.uri.endswith(name), one.note) for one, name in zip(found, ("lp0", "lp1"), strict=True)] == [
        (True, ""),
        (True, "unplugged"),
    ]


def test_a_printer_that_announces_itself_is_found_by_a_real_announcement() -> None:
    with Emulator() as paper:
        network = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only, use_asyncio=False)
        told = ServiceInfo(
            discovery.SERVICES[0],
            f"Banco 2.{discovery.SERVICES[0]}",
            addresses=[socket.inet_aton("127.0.0.1")],
            port=paper.port,
            server="banco-2.local.",
        )
        network.register_service(told)
        try:
            found = discovery.announced(1.0, network)
        finally:
            network.unregister_service(told)
            network.close()
        assert [(one.uri, one.name) for one in found] == [(f"tcp://127.0.0.1:{paper.port}", "Banco 2")]


def test_nobody_is_knocked_at_who_did_not_announce_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def knocked(*_: object, **__: object) -> None:
        raise AssertionError("somebody's door was tried")

    monkeypatch.setattr(socket, "create_connection", knocked)
    discovery.discover(0.1)


def test_a_printer_nobody_has_set_up_yet_can_be_asked_and_tried(tmp_path: Path) -> None:
    with Emulator(mm_s=4000) as paper:
        about = {"uri": paper.uri}
        assert errands.do("probe", about, {}, tmp_path)["capabilities"] == sorted(ALL)
        assert errands.do("test_page", about, {}, tmp_path)["proof"]["level"] == 2
        assert errands.do("status", about, {}, tmp_path)["status"]["ready"] is True
        (sheet,) = paper.sheets
        assert sheet.height > 800


def test_a_printer_at_work_is_asked_between_two_of_its_slips(tmp_path: Path) -> None:
    spool = MemorySpool()
    with Emulator(mm_s=4000) as paper:
        station = Station(spool, PrinterSetup(name="totem", uri=paper.uri, capabilities=ALL), tmp_path)
        stop = threading.Event()
        thread = threading.Thread(target=station.serve, args=(stop,))
        thread.start()
        spool.add(1)
        proof = errands.do("test_page", {"uri": paper.uri}, {"totem": station}, tmp_path)
        spool.wait(1)
        stop.set()
        thread.join(5)
        assert proof["proof"]["level"] == 4
        assert len(paper.sheets) == 2


def test_what_went_wrong_is_an_answer_too(tmp_path: Path) -> None:
    with Emulator() as paper:
        uri = paper.uri
    assert errands.do("probe", {"uri": uri}, {}, tmp_path)["error"] == "refused"
    assert errands.do("probe", {"uri": "lpt1:"}, {}, tmp_path)["error"] == "config"
    assert errands.do("dance", {}, {}, tmp_path)["error"] == "unsupported"


def test_the_running_worker_does_the_errands_of_the_centre(tmp_path: Path) -> None:
    spool = MemorySpool()
    with Emulator(mm_s=4000) as paper, at_work(spool, tmp_path, config()):
        assert spool.errand("probe", {"uri": paper.uri})["capabilities"] == sorted(ALL)


@pytest.mark.parametrize("width", [384, 576])
def test_the_test_page_shows_every_language_and_is_as_wide_as_the_paper(width: int) -> None:
    setup = PrinterSetup(name="totem", uri="virtual:", width=width)
    page = testpage.draw(setup, ["Risponde a: fence"])
    assert page.width == width
    assert page.height > 64 + 72 + 256 + 28 * len(NAMES)
    native = testpage.page(PrinterSetup(name="x", uri="virtual:", capabilities=frozenset({Capability.STATUS})), [])
    assert b"\x1d(k" in native
    assert b"\x1d(k" not in testpage.page(setup, [])
