"""A printer on a USB cable without the kernel's driver: those that only speak to libusb."""

import errno
import time
from typing import Any

import usb.core
import usb.util

from printers.links.base import Broken

PRINTER_CLASS = 7
PIECE = 1024
WAIT_MS = 250  # of one transfer; a transfer that ends early says how much went out
LISTEN_MS = 10
GET_DEVICE_ID, GET_PORT_STATUS = 0, 1


class Usb:
    """The printer with this vendor and product, and this serial number where one is named."""

    def __init__(self, vendor: int, product: int, *, serial: str = "", backend: Any = None) -> None:
        try:
            found = usb.core.find(find_all=True, idVendor=vendor, idProduct=product, backend=backend)
        except usb.core.NoBackendError as fault:
            raise Broken("unsupported", "install libusb-1.0-0") from fault
        device = next((one for one in found if not serial or _serial(one) == serial), None)
        if device is None:
            raise Broken("not_found", f"{vendor:04x}:{product:04x} {serial}".rstrip())
        self._device = device
        try:
            self._interface = _printer_interface(device)
            usb.util.claim_interface(device, self._interface.bInterfaceNumber)
        except usb.core.USBError as fault:
            raise _broken(fault) from fault
        out, into = usb.util.ENDPOINT_OUT, usb.util.ENDPOINT_IN
        self._out, self._in = (self._endpoint(direction) for direction in (out, into))

    def _endpoint(self, direction: int) -> Any:
        return usb.util.find_descriptor(
            self._interface, custom_match=lambda one: usb.util.endpoint_direction(one.bEndpointAddress) == direction
        )

    def write(self, data: bytes, wait_s: float) -> int:
        """pyusb gives the short count of a transfer that timed out, and raises when not a byte was taken."""
        try:
            return int(self._out.write(data[:PIECE], timeout=max(LISTEN_MS, round(wait_s * 1000))))
        except usb.core.USBTimeoutError:
            return 0
        except usb.core.USBError as fault:
            raise _broken(fault) from fault

    def read(self, wait_s: float) -> bytes:
        if self._in is None:
            time.sleep(max(wait_s, 0.0))
            return b""
        try:
            return bytes(self._in.read(512, timeout=max(LISTEN_MS, round(wait_s * 1000))))
        except usb.core.USBTimeoutError:
            return b""
        except usb.core.USBError as fault:
            raise _broken(fault) from fault

    def pending(self) -> int:
        return 0  # a finished transfer is in the printer

    def begin(self, label: str) -> None:
        """The cable knows no jobs."""

    def finish(self) -> None:
        """Every byte was handed over as it was written."""

    def close(self) -> None:
        usb.util.dispose_resources(self._device)

    abort = close

    def port_status(self) -> int | None:
        """The status byte of the USB printer class."""
        return self._ask(GET_PORT_STATUS, 1)[0] if self._ask(GET_PORT_STATUS, 1) else None

    def device_id(self) -> str:
        """The IEEE 1284 text: who made it and what it understands."""
        answer = self._ask(GET_DEVICE_ID, 1024)
        return answer[2:].decode("latin-1") if len(answer) > 2 else ""

    def _ask(self, request: int, length: int) -> bytes:
        try:
            number = self._interface.bInterfaceNumber
            return bytes(self._device.ctrl_transfer(0xA1, request, 0, number << 8 if request == 0 else number, length))
        except usb.core.USBError:
            return b""


def _printer_interface(device: Any) -> Any:
    """The printer interface of the active configuration; a configuration is set only where none is."""
    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    found = usb.util.find_descriptor(configuration, bInterfaceClass=PRINTER_CLASS)
    if found is None:
        found = next(iter(configuration), None)  # printers switched to their vendor's own class
    if found is None:
        raise Broken("unsupported", "no interface")
    return found


def _serial(device: Any) -> str:
    try:
        return str(device.serial_number or "")
    except (usb.core.USBError, ValueError):
        return ""


def _broken(fault: Any) -> Broken:
    codes = {errno.EACCES: "permission", errno.EPERM: "permission", errno.EBUSY: "busy", errno.ENODEV: "unplugged"}
    return Broken(codes.get(fault.errno, "unplugged"), str(fault))
