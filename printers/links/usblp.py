"""A printer on a USB cable, by the kernel's own driver: no detaching, no reset, both directions."""

import errno
import fcntl
import os

from printers.links.base import Broken, Descriptor, code_of

LPGETSTATUS = 0x060B  # the printer class's port status, as one int
NO_PAPER, SELECTED, NO_ERROR = 0x20, 0x10, 0x08


class UsbLp(Descriptor):
    """`/dev/usb/lp0`, or the name that the shipped udev rule gives it."""

    def __init__(self, path: str) -> None:
        try:
            number = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as fault:
            code = "not_found" if fault.errno in (errno.ENODEV, errno.ENXIO) else code_of(fault)
            raise Broken(code, path) from fault
        super().__init__(number)

    def port_status(self) -> int | None:
        """The status byte of the USB printer class, for a printer that answers nothing else."""
        try:
            found = fcntl.ioctl(self._number, LPGETSTATUS, b"\0\0\0\0")
        except OSError:
            return None
        return found[0]
