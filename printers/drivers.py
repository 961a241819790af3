"""Which driver a printer's address asks for."""

from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from printers.base import Delivery, Printer, PrinterError
from printers.network import NetworkPrinter
from printers.virtual import VirtualPrinter
from sportello.domain.printing import PrinterSetup


def open_printer(config: PrinterSetup, folder: Path) -> Printer:
    """The driver that the address asks for; nothing is connected yet. `folder` keeps the pictures of slips."""
    address = urlsplit(config.uri)
    match address.scheme:
        case "virtual":
            return VirtualPrinter(folder, width=config.width)
        case "tcp":
            host, port = _host_and_port(config, address)
            return NetworkPrinter(host, port)
        case _:
            raise _wrong(config, "begins with neither `virtual:` nor `tcp://`")


def _host_and_port(config: PrinterSetup, address: SplitResult) -> tuple[str, int]:
    try:
        port = address.port
    except ValueError:
        raise _wrong(config, "names no port between 1 and 65535") from None
    if not address.hostname:
        raise _wrong(config, "names no host; write it as `tcp://192.168.1.50:9100`")
    return address.hostname, port or 9100


def _wrong(config: PrinterSetup, fault: str) -> PrinterError:
    sentence = f'the setting `uri = "{config.uri}"` of the printer `{config.name}` in centre.toml {fault}'
    return PrinterError("config", sentence, delivery=Delivery.NOT_SENT, retry=False)
