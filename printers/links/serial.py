"""A printer on a serial line."""

import contextlib
from collections.abc import Mapping
from typing import Any

import serial

from printers.links.base import Broken, Descriptor, code_of

BAUD = 115_200
FLOWS: Mapping[str, Mapping[str, Any]] = {
    "none": {},
    "rtscts": {"rtscts": True},
    "dsrdtr": {"dsrdtr": True},
    "xonxoff": {"xonxoff": True},
}


class Serial(Descriptor):
    """`flow`: none, rtscts, dsrdtr or xonxoff, as the printer is set."""

    def __init__(self, path: str, *, baud: int = BAUD, flow: str = "rtscts") -> None:
        try:
            self._port = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True, **FLOWS[flow])
        except serial.SerialException as fault:
            raise Broken(code_of(fault) if fault.errno else "not_found", path) from fault
        super().__init__(self._port.fileno())

    def pending(self) -> int:
        """Bytes the kernel has not put on the line yet."""
        try:
            return int(self._port.out_waiting)
        except OSError as fault:
            raise Broken("unplugged") from fault

    def abort(self) -> None:
        with contextlib.suppress(OSError, serial.SerialException):  # the port may be gone already
            self._port.reset_output_buffer()
        self._port.close()
