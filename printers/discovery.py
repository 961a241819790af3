"""Printers that can be found without knocking at every door: on USB, on serial ports, by their own announcement.

No range of addresses is tried. An address that somebody typed from a printer's own self-test slip is asked alone.
"""

import errno
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import usb.core
import usb.util
from serial.tools import list_ports
from zeroconf import ServiceBrowser, ServiceListener, Zeroconf

from printers.links.base import Broken
from printers.links.usb import PRINTER_CLASS, Usb

SERVICES = ("_pdl-datastream._tcp.local.", "_printer._tcp.local.")
LISTEN_S = 3.0
KNOWN = {0x04B8: "Epson", 0x0519: "Star", 0x0DD4: "Custom", 0x1504: "Bixolon", 0x1D90: "Citizen"}  # by USB vendor
DEVICES = Path("/dev/usb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A printer that may be set up. `note` says what stands in the way, in a word of docs/printing.md."""

    uri: str
    name: str
    way: str  # usb, usblp, serial, network
    note: str = ""


def discover(wait_s: float = LISTEN_S, *, backend: Any = None, zeroconf: Zeroconf | None = None) -> list[Candidate]:
    """Everything that can be found here within `wait_s` seconds; on a cable first."""
    return [*kernel_printers(), *usb_printers(backend), *serial_ports(), *announced(wait_s, zeroconf)]


def kernel_printers(folder: Path = DEVICES) -> Iterator[Candidate]:
    """Printers on USB that the kernel's own driver has: the best way to them."""
    for path in sorted(folder.glob("lp*")):
        try:
            path.open("rb").close()
            note = ""
        except PermissionError:
            note = "permission"
        except OSError as fault:
            note = "busy" if fault.errno == errno.EBUSY else "unplugged"
        yield Candidate(uri=f"usblp:{path}", name=_product(path.name) or path.name, way="usblp", note=note)


def _product(name: str) -> str:
    """What the kernel knows of the maker and product behind a device file."""
    words = []
    for part in ("manufacturer", "product"):
        try:
            words.append((Path("/sys/class/usbmisc") / name / "device" / ".." / part).read_text().strip())
        except OSError:
            continue
    return " ".join(words)


def usb_printers(backend: Any = None) -> Iterator[Candidate]:
    """Printers on USB that libusb sees, by interface class or by a maker we know."""
    try:
        found = list(usb.core.find(find_all=True, backend=backend))
    except (usb.core.NoBackendError, usb.core.USBError):
        return
    for device in found:
        if not _prints(device):
            continue
        try:
            serial = str(device.serial_number or "")
        except (usb.core.USBError, ValueError):
            serial = ""
        uri = f"usb:{device.idVendor:04x}:{device.idProduct:04x}" + (f"?serial={serial}" if serial else "")
        name, note = _named(device.idVendor, device.idProduct, serial, backend)
        yield Candidate(uri=uri, name=name, way="usb", note=note)


def _prints(device: Any) -> bool:
    try:
        return any(interface.bInterfaceClass == PRINTER_CLASS for one in device for interface in one)
    except usb.core.USBError:
        return device.idVendor in KNOWN


def _named(vendor: int, product: int, serial: str, backend: Any) -> tuple[str, str]:
    """Maker and model as the printer itself gives them; else what is known, and why it could not be asked."""
    maker = KNOWN.get(vendor, "USB")
    try:
        link = Usb(vendor, product, serial=serial, backend=backend)
    except Broken as broken:
        return f"{maker} {product:04x}", broken.code
    try:
        parts = dict(part.split(":", 1) for part in link.device_id().split(";") if ":" in part)
    finally:
        link.close()
    words = (parts.get("MFG") or parts.get("MANUFACTURER") or maker, parts.get("MDL") or parts.get("MODEL") or "")
    return " ".join(words).strip(), ""


def serial_ports() -> Iterator[Candidate]:
    """Serial ports that a device is plugged into, or that the board has."""
    for port in sorted(list_ports.comports()):
        if port.hwid != "n/a":
            yield Candidate(uri=f"serial:{port.device}?baud=115200&flow=rtscts", name=port.description, way="serial")


class _Heard(ServiceListener):
    """Who announced a printer's port."""

    def __init__(self) -> None:
        self.found: dict[str, Candidate] = {}

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        info = zc.get_service_info(type_, name, timeout=1000)
        if info is None or not info.port:
            return
        for address in info.parsed_addresses():
            host = f"[{address}]" if ":" in address else address
            uri = f"tcp://{host}:{info.port if type_ == SERVICES[0] else 9100}"
            self.found.setdefault(uri, Candidate(uri=uri, name=name.removesuffix(f".{type_}"), way="network"))

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """Who went away before the list is shown is tried in vain, and says so."""


def announced(wait_s: float, zeroconf: Zeroconf | None = None) -> list[Candidate]:
    """Printers on the network that announce themselves within `wait_s` seconds (mDNS)."""
    try:
        network = zeroconf or Zeroconf(use_asyncio=False)  # on a thread of its own, whatever loop runs here
    except OSError:
        return []  # no network at all
    try:
        heard = _Heard()
        browser = ServiceBrowser(network, list(SERVICES), heard)
        time.sleep(wait_s)
        browser.cancel()
        return sorted(heard.found.values(), key=lambda one: one.uri)
    finally:
        if zeroconf is None:
            network.close()


def told(found: list[Candidate]) -> list[dict[str, str]]:
    """The list as plain words."""
    return [asdict(one) for one in found]
