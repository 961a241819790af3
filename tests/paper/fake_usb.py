"""A USB printer without a cable: a backend that pyusb takes for libusb, with an emulated machine behind it."""

import errno
from array import array
from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

from printers.machine import Machine

ID = b"\x00\x2eMFG:EPSON;CMD:ESC/POS;MDL:TM-T20III;CLS:PRINTER"
VENDOR, PRODUCT = 0x04B8, 0x0E28


class FakeUsb(IBackend):  # type: ignore[misc]
    """`most`: bytes taken in one transfer; `unplugged`: the cable is out; `deaf`: no room for another byte."""

    def __init__(self, machine: Machine, serials: tuple[str, ...] = ("ABC123",)) -> None:
        super().__init__()
        self.machine, self.serials = machine, serials
        self.said = bytearray()
        self.most, self.unplugged, self.deaf, self.mute = 1 << 20, False, False, False
        self.port = 0x18

    def _there(self) -> None:
        if self.unplugged:
            raise usb.core.USBError("No such device", errno=errno.ENODEV)

    def enumerate_devices(self) -> range:
        return range(len(self.serials))

    def get_parent(self, dev: int) -> None:
        return None

    def get_device_descriptor(self, dev: int) -> Any:
        fields = {"bLength": 18, "bDescriptorType": 1, "bcdUSB": 0x200, "bDeviceClass": 0, "bDeviceSubClass": 0}
        more = {"bDeviceProtocol": 0, "bMaxPacketSize0": 64, "idVendor": VENDOR, "idProduct": PRODUCT, "bcdDevice": 1}
        rest = {"iManufacturer": 1, "iProduct": 2, "iSerialNumber": 3, "bNumConfigurations": 1}
        where = {"address": dev + 1, "bus": 1, "port_number": dev + 1, "port_numbers": (dev + 1,), "speed": 3}
        return SimpleNamespace(**fields, **more, **rest, **where)

    def get_configuration_descriptor(self, dev: int, config: int) -> Any:
        if config:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: int, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2, bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: int, ep: int, intf: int, alt: int, config: int) -> Any:
        address = (0x01, 0x82)[ep]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=2, wMaxPacketSize=64, bInterval=0,
            bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: int) -> int:
        self._there()
        return dev

    def close_device(self, dev_handle: int) -> None: ...

    def get_configuration(self, dev_handle: int) -> int:
        return 1

    def claim_interface(self, dev_handle: int, intf: int) -> None:
        self._there()

    def release_interface(self, dev_handle: int, intf: int) -> None: ...

    def bulk_write(self, dev_handle: int, ep: int, intf: int, data: Any, timeout: int) -> int:
        self._there()
        if self.deaf:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        taken = bytes(data)[: self.most]
        answers = self.machine.receive(taken) + self.machine.work()
        if not self.mute:
            self.said += answers
        return len(taken)

    def bulk_read(self, dev_handle: int, ep: int, intf: int, buff: Any, timeout: int) -> int:
        self._there()
        if not self.mute:
            self.said += self.machine.work() + self.machine.news_now()
        if not self.said:
            raise usb.core.USBTimeoutError("timed out", errno=errno.ETIMEDOUT)
        said = self.said[: len(buff)]
        del self.said[: len(said)]
        buff[: len(said)] = array("B", said)
        return len(said)

    def ctrl_transfer(
        self, dev_handle: int, bm_request: int, b_request: int, w_value: int, w_index: int, data: Any, timeout: int
    ) -> int:
        self._there()
        answer = self._string(w_value & 0xFF) if b_request == 6 else ID if b_request == 0 else bytes((self.port,))
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def _string(self, index: int) -> bytes:
        if index == 0:
            return bytes((4, 3, 0x09, 0x04))
        text = ("EPSON", "TM-T20III", self.serials[0])[index - 1].encode("utf-16-le")
        return bytes((len(text) + 2, 3)) + text
