"""A printer at an address (TCP, port 9100 as a rule)."""

from typing import NoReturn

from printers import encode
from printers.base import Delivery, Evidence, Level, PrinterError
from printers.line import Broken, Line
from printers.replies import Kind

STATUS_S = 0.8
FENCE_S = 1.0
CONFIRM_S = 3.5  # the longest slip, 204 mm, at 80 mm/s, and some room

ONLINE, COVER, PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"  # DLE EOT 1, 2, 4
FENCE = b"\x1dr\x01"  # GS r 1: answered when everything before it has been worked through
PADDING = bytes(encode.STRIP_ROWS * 72)
WASTE = encode.START + encode.CUT

FAULTS = (  # question, bits, code: the plainest first
    (PAPER, 0x60, "paper_out"),
    (COVER, 0x04, "cover_open"),
    (COVER, 0x20, "paper_out"),
    (COVER, 0x40, "error"),
    (ONLINE, 0x08, "offline"),
)


class NetworkPrinter:
    """Sends a slip when the printer is ready, and says how far it can vouch for it.

    What a printer can answer is learnt by asking: one that is mute is still used, with evidence of level 0.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._line: Line | None = None
        self._speaks: bool | None = None  # answers DLE EOT
        self._fences: bool | None = None  # answers GS r
        self._in_step = False  # the process before us may have broken off inside a picture
        self._waste = False  # a piece of a slip hangs in the printer

    def print(self, data: bytes, *, label: str) -> Evidence:
        """Print one slip; a printer that does nothing is given up within five seconds."""
        line = self._ready()
        try:
            line.send(data)
        except Broken as broken:
            line.abort()
            self._line = None
            self._doubt(waste=broken.sent > 0)
            delivery = Delivery.TORN if broken.sent else Delivery.NOT_SENT
            raise self._error(broken.code, delivery, f"{broken.sent} of {len(data)} bytes taken") from broken
        try:
            return self._proof(line)
        except Broken as broken:
            self._lose(broken.code)

    def close(self) -> None:
        """Free the printer for others; harmless when it is free already."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _ready(self) -> Line:
        """A line to a printer that reports no fault and stands between two slips."""
        if self._line is not None and not self._line.alive():
            self.close()
        try:
            fresh = self._line is None
            line = self._line = self._line or Line(*self._address)
            self._refuse_faults(line)
            if fresh or not self._in_step:
                self._fall_in(line)
        except Broken as broken:
            self.close()
            raise self._error(broken.code, Delivery.NOT_SENT) from broken
        return line

    def _refuse_faults(self, line: Line) -> None:
        if self._answers(line) and (fault := _fault(line)):
            raise self._error(fault, Delivery.NOT_SENT)

    def _answers(self, line: Line) -> bool:
        if self._speaks is False:
            return False
        if line.ask(ONLINE, Kind.STATUS, STATUS_S) or line.ask(ONLINE, Kind.STATUS, STATUS_S):
            self._speaks = True
        elif self._speaks:
            self._speaks = None  # next time it may be another printer, and a mute one
            self.close()
            raise self._error("no_reply", Delivery.NOT_SENT)
        else:
            self._speaks = False
        return self._speaks

    def _fall_in(self, line: Line) -> None:
        """Bring the printer out of a picture that was broken off, lest it print the next slip as dots of that one.

        Zero bytes fill the picture up; between two slips a printer ignores them.
        """
        if self._speaks and self._fences is not False:
            self._pass_fence(line)
        elif not self._in_step:
            line.send(PADDING)
        if self._waste:
            line.send(WASTE)
        self._in_step, self._waste = True, False

    def _pass_fence(self, line: Line) -> None:
        if line.ask(FENCE, Kind.FENCE, FENCE_S):
            self._fences = True
            return
        line.send(PADDING)
        if line.ask(FENCE, Kind.FENCE, FENCE_S):
            self._fences = True
        elif self._fences:
            self._fences = None  # next time it may be another printer, and one without this command
            self.close()
            raise self._error("out_of_step", Delivery.NOT_SENT)
        else:
            self._fences = False

    def _proof(self, line: Line) -> Evidence:
        if self._fences:
            answer = line.ask(FENCE, Kind.FENCE, CONFIRM_S)
            if answer is None or answer[0] & 0x0C:
                self._lose(_fault(line) or ("paper_out" if answer else "no_confirmation"))
            return Evidence(level=Level.PARSED, detail="near_end" if answer[0] & 0x03 else "")
        line.settle()
        if not self._speaks:
            return Evidence(level=Level.ACCEPTED, detail="mute")
        if fault := _fault(line):
            self._lose(fault)
        return Evidence(level=Level.NO_FAULT)

    def _lose(self, code: str) -> NoReturn:
        """All bytes have left us and nobody vouches for the slip, which may still come out."""
        self.close()
        self._doubt(waste=True)
        raise self._error(code, Delivery.UNKNOWN)

    def _doubt(self, *, waste: bool) -> None:
        """After a fault: ask again what the printer did not answer before."""
        self._in_step, self._waste = False, self._waste or waste
        self._speaks, self._fences = self._speaks or None, self._fences or None

    def _error(self, code: str, delivery: Delivery, detail: str = "") -> PrinterError:
        host, port = self._address
        return PrinterError(code, f"{host}:{port} {detail}".rstrip(), delivery=delivery, retry=True)


def _fault(line: Line) -> str | None:
    """What the printer says is wrong; None also where it does not say."""
    answers: dict[bytes, int] = {}
    for question in (ONLINE, PAPER, COVER):
        answer = line.ask(question, Kind.STATUS, STATUS_S)
        if answer is None:
            break  # it does not know the question, or has stopped talking: further waits would teach nothing
        answers[question] = answer[0]
    return next((code for question, bits, code in FAULTS if answers.get(question, 0) & bits), None)
