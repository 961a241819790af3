"""What is asked of the process that owns the printers: find some, ask one what it can do, print a test page."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from printers import discovery, testpage
from printers.base import PrinterError
from printers.device import Device
from printers.station import AWAY_S, Station, Stop, known
from sportello.domain.printing import PrinterSetup, Spool
from sportello.domain.slips import Mark

log = logging.getLogger(__name__)

WAIT_S = 2.0
BUSY_S = 20.0  # for a slip under way
MM = 300.0  # of a test page, at most
Stations = Callable[[], Mapping[str, Station]]


def serve(spool: Spool, stations: Stations, stop: Stop, folder: Path) -> None:
    """Do one errand after the other until told to stop."""
    while not stop.is_set():
        try:
            errand = spool.take_errand(WAIT_S)
            if errand is not None:
                spool.errand_done(errand.id, do(errand.kind, errand.about, stations(), folder))
        except OSError:
            stop.wait(AWAY_S)


def do(kind: str, about: Mapping[str, Any], stations: Mapping[str, Station], folder: Path) -> Mapping[str, Any]:
    """What came of it; a failure is `{"error": code, "detail": …}` and never an exception."""
    try:
        match kind:
            case "discover":
                return {"found": discovery.told(discovery.discover())}
            case "probe":
                return {"capabilities": sorted(_with(about, stations, folder, lambda device: device.probe()))}
            case "status":
                return {"status": _with(about, stations, folder, _status)}
            case "test_page":
                return {"proof": _with(about, stations, folder, test_page)}
            case _:
                return {"error": "unsupported", "detail": kind}
    except PrinterError as fault:
        return {"error": fault.code, "detail": fault.detail}
    except Exception as fault:
        log.exception("the errand %s failed", kind)
        return {"error": "unexpected", "detail": str(fault)}


def _with(
    about: Mapping[str, Any], stations: Mapping[str, Station], folder: Path, work: Callable[[Device], Any]
) -> Any:
    """Do something with a printer that a station has, between two of its slips; or with one nobody has."""
    station = next((one for one in stations.values() if about.get("uri") == one.setup.uri), None)
    if station is not None:
        if not station.lock.acquire(timeout=BUSY_S):
            raise OSError("the printer is busy with a slip")
        try:
            return work(station.device)
        finally:
            station.lock.release()
    setup = PrinterSetup(
        name=str(about.get("name") or "prova"),
        uri=str(about["uri"]),
        width=int(about.get("width") or 576),
        dialect=str(about.get("dialect") or "escpos"),
    )
    device = Device(known(setup), folder)
    try:
        return work(device)
    finally:
        device.close()


def _status(device: Device) -> Mapping[str, Any]:
    found = device.status()
    return {"ready": found.ready, "code": found.code, "cover_closed": found.cover_closed, "paper": found.paper}


def test_page(device: Device) -> Mapping[str, Any]:
    """Print the page, and say what proves that it came out."""
    mark = Mark(process_id="PROV", counter=device.ready("test-page"), attempt=1)
    says = [f"Risponde a: {', '.join(sorted(device.setup.capabilities)) or 'non ancora chiesto'}"]
    device.send(testpage.page(device.setup, says), "test-page", mark, lambda _: None, label="0-PROVA-pagina")
    evidence = device.confirm(mark, MM, lambda _: None)
    return {"level": int(evidence.level), "detail": evidence.detail}
