"""An ESC/POS printer on a loopback port: small buffer, sheets of paper, and every bad habit on demand."""

import contextlib
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Self

from PIL import Image

BUFFER = 4096
HEAD = 72  # bytes in a row


@dataclass
class FakePrinter:
    """Counts everything it is given; its half-read commands outlive a connection, as in a real one."""

    speaks: bool = True  # answers DLE EOT
    fences: bool = True  # answers GS r
    paper_out: bool = False
    paper_out_after_rows: int | None = None
    cover_open: bool = False
    near_end: bool = False
    hang_after: int | None = None  # bytes after which it reads no more
    reset_after: int | None = None  # bytes after which it resets the connection, once
    quiet_after_cut: bool = False  # never answers after a cut
    chatters: bool = False  # says four bytes nobody asked for with every answer
    sheets: list[Image.Image] = field(default_factory=list)
    connections: int = 0
    resets_seen: int = 0
    taken: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1460)  # as on Ethernet
        self._listener.settimeout(0.05)
        self._stop = threading.Event()
        self._stream = bytearray()
        self._waiting = bytearray()  # the tail that may be the beginning of a real-time command
        self._rows = bytearray()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def uri(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError, OSError):
                line, _ = self._listener.accept()
                self.connections += 1
                with line:
                    self._listen(line)

    def _listen(self, line: socket.socket) -> None:
        line.settimeout(0.05)
        while not self._stop.is_set():
            self._work(line)
            if self._stuck():
                time.sleep(0.01)
                continue
            try:
                arrived = line.recv(512)
            except TimeoutError:
                continue
            except ConnectionResetError:
                self.resets_seen += 1
                return
            if not arrived:
                return
            self.taken += len(arrived)
            self._stream += self._without_real_time(arrived, line)
            if self.reset_after is not None and self.taken >= self.reset_after:
                self.reset_after = None
                self._work(line)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return

    def _stuck(self) -> bool:
        hung = self.hang_after is not None and self.taken >= self.hang_after
        return hung or len(self._stream) >= BUFFER + HEAD * 64

    def _without_real_time(self, arrived: bytes, line: socket.socket) -> bytes:
        """DLE EOT n is obeyed wherever it stands, in the middle of a picture too."""
        stream = bytes(self._waiting + arrived)
        tail = re.search(rb"\x10\x04?\Z", stream)
        self._waiting = bytearray(tail[0] if tail else b"")
        stream = stream[: len(stream) - len(self._waiting)]
        for question in re.findall(rb"\x10\x04([\x01-\x04])", stream):
            if self.speaks:
                self._say(line, bytes((self._status(question[0]),)))
        return re.sub(rb"\x10\x04[\x01-\x04]", b"", stream)

    def _status(self, question: int) -> int:
        bad = self.paper_out or self.cover_open
        match question:
            case 1:
                return 0x12 | (0x08 if bad else 0)
            case 2:
                return 0x12 | (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0)
            case 4:
                return 0x12 | (0x60 if self.paper_out else 0) | (0x0C if self.near_end else 0)
            case _:
                return 0x12

    def _say(self, line: socket.socket, answer: bytes) -> None:
        news = b"\x14\x00\x00\x0f" if self.chatters else b""
        with contextlib.suppress(OSError):
            line.sendall(news + answer + news)

    def _work(self, line: socket.socket) -> None:
        """Carry out every whole command; stop at paper end."""
        while self._stream and not (self.paper_out or self.cover_open):
            length = self._length()
            if length > len(self._stream):
                return
            command = bytes(self._stream[:length])
            del self._stream[:length]
            self._obey(command, line)

    def _length(self) -> int:
        head = bytes(self._stream[:8])
        if head[:3] == b"\x1dv0":
            return 8 + head[4] * head[6] + 256 * head[4] * head[7] if len(head) == 8 else 8
        return {b"\x1b@": 2, b"\x1dr": 3, b"\x1dV": 4, b"\x1dv": 8}.get(head[:2], 1)

    def _obey(self, command: bytes, line: socket.socket) -> None:
        if command[:2] == b"\x1dv":
            across = command[4]
            for start in range(8, len(command), across):
                self._rows += command[start : start + across].ljust(HEAD, b"\0")
                self._feel_paper()
        elif command[:2] == b"\x1dV":
            self._cut()
        elif command[:2] == b"\x1dr" and self.fences and not (self.quiet_after_cut and self.sheets):
            self._say(line, bytes((0x03 if self.near_end else 0,)))

    def _feel_paper(self) -> None:
        if self.paper_out_after_rows is not None and len(self._rows) // HEAD >= self.paper_out_after_rows:
            self.paper_out, self.paper_out_after_rows = True, None

    def _cut(self) -> None:
        if self._rows:
            self.sheets.append(Image.frombytes("1", (HEAD * 8, len(self._rows) // HEAD), bytes(self._rows)))
        self._rows.clear()
