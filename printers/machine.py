"""What an ESC/POS printer makes of the bytes it is given: rows of dots, sheets, answers. Without time or wire.

The virtual printer is one of these with its pictures kept; the tests' printer one with a wire, a speed and bad habits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image

from sportello.domain.printing import Capability

DOTS_MM = 8  # 203 dpi
EVERYTHING = frozenset(Capability) - {Capability.PRESENTER, Capability.NATIVE_QR}

_REAL_TIME = re.compile(
    rb"\x10\x04[\x01-\x04\x14]|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08|\x10\x05[\x00-\x02]"
)  # DLE EOT, DLE DC4 8, DLE ENQ
_BEGUN = re.compile(rb"\x10(?:\x04|\x05|\x14(?:\x08(?:\x01(?:\x03(?:\x14(?:\x01(?:\x06(?:\x02)?)?)?)?)?)?)?)?\Z")
_LENGTHS = {b"\x1b@": 2, b"\x1dr": 3, b"\x1da": 3, b"\x1dV": 4, b"\x1dv": 8, b"\x1dg": 6, b"\x1d(": 5, b"\x1d\xe2": 2}


@dataclass(slots=True)
class Machine:
    """`can`: what it answers. Bytes it has not worked through outlive a connection, as in a real one."""

    width: int = 576
    can: frozenset[Capability] = EVERYTHING
    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    keeps_questions: bool = False  # what it answers in real time stays where it stands, and is worked through again
    at_exit: bool = False  # the presenter holds a slip that nobody has taken
    cuts: int = 0  # since it was made: outlives a power cut
    rows_fed: int = 0
    sheets: list[Image.Image] = field(default_factory=list)
    news: bool = False  # tells a change of its state unasked
    _stream: bytearray = field(default_factory=bytearray)
    _held_back: bytearray = field(default_factory=bytearray)  # may be the beginning of a real-time command
    _rows: bytearray = field(default_factory=bytearray)  # printed, and not cut yet
    _across: int = 0  # bytes in a row of the picture it is in
    _left: int = 0  # rows of that picture still to come
    _doubled: bool = False  # each dot of it is printed two by two
    _told: bytes = b""

    @property
    def waiting(self) -> int:
        """Bytes received and not worked through."""
        return len(self._stream)

    @property
    def idle(self) -> bool:
        return not self._stream and not self._left

    @property
    def hanging(self) -> int:
        """Rows of dots printed and not cut."""
        return len(self._rows) // self._row

    @property
    def _row(self) -> int:
        return (self.width + 7) // 8

    def receive(self, arrived: bytes) -> bytes:
        """Take bytes in. What is asked in real time is answered now, wherever it stands."""
        stream = bytes(self._held_back + arrived)
        begun = _BEGUN.search(stream)
        self._held_back = bytearray(begun[0] if begun else b"")
        stream = stream[: len(stream) - len(self._held_back)]
        answers = bytearray()
        rest = 0
        for found in _REAL_TIME.finditer(stream):
            self._stream += stream[rest : found.end() if self.keeps_questions else found.start()]
            rest = found.end()
            answers += self._at_once(found[0])
        self._stream += stream[rest:]
        return bytes(answers)

    def work(self, rows: int = 1 << 30) -> bytes:
        """Carry out what was received, printing at most so many rows; stops where paper or cover stop it."""
        answers = bytearray()
        while rows > 0 and self.able:
            if self._left:
                if len(self._stream) < self._across:
                    break
                self._print_row(bytes(self._stream[: self._across]))
                del self._stream[: self._across]
                self._left, rows = self._left - 1, rows - 1
            elif (length := self._length()) is not None and length <= len(self._stream):
                command = bytes(self._stream[:length])
                del self._stream[:length]
                answers += self._obey(command)
            else:
                break
        return bytes(answers)

    @property
    def able(self) -> bool:
        return not (self.paper_out or self.cover_open)

    def news_now(self) -> bytes:
        """The state as four bytes, where it has changed since it was last told and was asked to be."""
        state = self._state()
        if not self.news or state == self._told or Capability.ASB not in self.can:
            return b""
        self._told = state
        return state

    def lose_power(self) -> None:
        """Everything in memory is gone; what hangs at the exit is paper."""
        self.clear()
        self.news, self._told = False, b""
        self._held_back.clear()

    def clear(self) -> None:
        """Throw away what was received and not printed."""
        self._stream.clear()
        self._left = 0

    # --- answers -------------------------------------------------------------------------------------

    def _at_once(self, command: bytes) -> bytes:
        if command[:2] == b"\x10\x04":
            if command[2] == 0x14:
                return self._full() if Capability.PRESENTER in self.can else b""
            return bytes((self._status(command[2]),)) if Capability.STATUS in self.can else b""
        if command[:2] == b"\x10\x14" and Capability.CLEAR in self.can:
            self.clear()
            return b"\x37\x25\x00"
        return b""

    def _status(self, question: int) -> int:
        match question:
            case 1:
                return 0x12 | (0 if self.able else 0x08)
            case 2:
                return 0x12 | (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
            case 4:
                low = self.near_end or self.paper_out  # no paper lies under the one sensor nor under the other
                return 0x12 | (0x60 if self.paper_out else 0) | (0x0C if low else 0)
            case _:
                return 0x12

    def _state(self) -> bytes:
        first = 0x10 | (0 if self.able else 0x08) | (0x20 if self.cover_open else 0)
        paper = 0x0F if self.paper_out else 0x03 if self.near_end else 0
        return bytes((first, 0, paper, 0x0F))

    def _full(self) -> bytes:
        paper = (0x01 if self.paper_out else 0) | (0x04 if self.near_end else 0) | (0x20 if self.at_exit else 0)
        return bytes((0x10, 0x0F, paper, 0x01 if self.cover_open else 0, 0, 0))

    # --- commands ------------------------------------------------------------------------------------

    def _length(self) -> int | None:
        """How long the next command is, without the dots of a picture; None while that cannot be told."""
        head = bytes(self._stream[:5])
        if not head:
            return None
        length = _LENGTHS.get(head[:2], 1)
        if head[:1] in b"\x1b\x1d" and len(head) < 2:
            return None
        if head[:2] == b"\x1d(":
            return 5 + head[3] + 256 * head[4] if len(head) == 5 else None
        return length

    def _obey(self, command: bytes) -> bytes:
        match command[:2]:
            case b"\x1b@":
                self.news, self._told = False, b""
            case b"\x1dv":
                self._across = command[4] + 256 * command[5]
                self._doubled = command[3] & 3 == 3
                self._left = command[6] + 256 * command[7]
            case b"\x1dV":
                self._cut()
            case b"\x1da":
                self.news = Capability.ASB in self.can and command[2] != 0
                self._told = b""
            case b"\x1dr" if Capability.FENCE in self.can:
                return bytes((0x03 if self.near_end else 0,))
            case b"\x1d(" if command[2:3] == b"H" and Capability.PROCESS_ID in self.can:
                return b"\x37\x22" + command[7:11] + b"\x00"
            case b"\x1dg" if Capability.COUNTERS in self.can:
                return b"\x5f" + str(self.cuts).encode() + b"\x00"
            case b"\x1d\xe2" if Capability.COUNTERS in self.can:
                return f"{self.cuts} cuts".encode()
        return b""

    def _print_row(self, dots: bytes) -> None:
        for row in (_twice(dots),) * 2 if self._doubled else (dots,):
            self._rows += row[: self._row].ljust(self._row, b"\0")
            self.rows_fed += 1

    def _cut(self) -> None:
        self.cuts += 1
        self.at_exit = Capability.PRESENTER in self.can
        self.tear_off()

    def tear_off(self) -> None:
        """What hangs at the exit becomes a sheet, the blade not having moved."""
        if self._rows:
            self.sheets.append(Image.frombytes("1", (self._row * 8, self.hanging), bytes(self._rows)))
        self._rows.clear()


def _twice(dots: bytes) -> bytes:
    """Each dot of a row beside itself once more."""
    row = Image.frombytes("1", (len(dots) * 8, 1), dots)
    return row.resize((row.width * 2, 1), Image.Resampling.NEAREST).tobytes()


def pictures(data: bytes, width: int) -> Iterator[Image.Image]:
    """The sheets in a job, cut where the job cuts; what follows the last cut is a torn sheet."""
    machine = Machine(width=width)
    machine.receive(data)
    machine.work()
    machine.tear_off()
    yield from machine.sheets
