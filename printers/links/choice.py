"""Which way a printer's address asks for."""

from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from printers.base import Delivery, PrinterError
from printers.links.base import Link
from printers.links.other import Cups, File
from printers.links.serial import BAUD, FLOWS, Serial
from printers.links.tcp import PORT, Tcp
from printers.links.usb import Usb
from printers.links.usblp import UsbLp
from printers.virtual import Virtual
from sportello.domain.printing import FORMS, PrinterSetup


def connect(setup: PrinterSetup, folder: Path) -> Link:
    """A way to the printer. Raises `Broken` when there is none now, `PrinterError` when the address is wrong.

    `folder` keeps the pictures of a virtual printer.
    """
    address = urlsplit(setup.uri)
    asked = _asked(address)
    try:
        match address.scheme:
            case "virtual":
                return Virtual(folder, width=setup.width)
            case "tcp" if address.hostname:
                return Tcp(address.hostname, address.port or PORT)
            case "usblp":
                return UsbLp(_path(address))
            case "usb":
                vendor, product = (int(part, 16) for part in address.path.split(":"))
                return Usb(vendor, product, serial=asked.get("serial", ""))
            case "serial":
                flow = asked.get("flow", "rtscts")
                if flow not in FLOWS:
                    raise ValueError(flow)
                return Serial(_path(address), baud=int(asked.get("baud", BAUD)), flow=flow)
            case "file":
                return File(_path(address))
            case "cups" if address.path:
                return Cups(unquote(address.path))
    except ValueError as fault:
        raise _wrong(setup) from fault
    raise _wrong(setup)


def baud(uri: str) -> int | None:
    """The speed of a serial line, bits a second; None for anything else. Raises nothing."""
    address = urlsplit(uri)
    rate = _asked(address).get("baud", str(BAUD))
    return int(rate) if address.scheme == "serial" and rate.isdigit() else None


def _asked(address: SplitResult) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(address.query).items()}


def _path(address: SplitResult) -> str:
    path = unquote(address.path)
    if not path.startswith("/"):
        raise ValueError(path)
    return path


def _wrong(setup: PrinterSetup) -> PrinterError:
    sentence = f'`uri = "{setup.uri}"` of the printer `{setup.name}` is none of {", ".join(FORMS)}'
    return PrinterError("config", sentence, delivery=Delivery.NOT_SENT, retry=False)
