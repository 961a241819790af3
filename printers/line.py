"""One TCP connection to a printer: every wait ends, and no byte is taken for delivered that is not."""

import fcntl
import socket
import struct
import termios
import time

from printers.replies import Kind, Replies, Reply

CONNECT_S = 2.0
STALL_S = 2.0  # without one more byte being taken
DRAIN_S = 0.5
SEND_BUFFER = 8192  # a stopped printer shows after some kB, not after megabytes waiting in the kernel
CHUNK = 2048


class Broken(Exception):
    """The connection is of no more use. `sent` counts the bytes of the last `send()` that left us."""

    def __init__(self, code: str, sent: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.sent = sent


class Line:
    """Bytes out, answers in."""

    def __init__(self, host: str, port: int) -> None:
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
        except OSError as fault:
            code = "connect_timeout" if isinstance(fault, TimeoutError) else _code(fault)
            raise Broken(code) from fault
        self._replies = Replies()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        """Hand over all the bytes; waits for a printer that still takes some, gives up on one that takes none."""
        self._socket.settimeout(STALL_S)
        sent = 0
        while sent < len(data):
            try:
                sent += self._socket.send(data[sent : sent + CHUNK])
            except OSError as fault:
                raise Broken(_code(fault), sent) from fault

    def ask(self, question: bytes, kind: Kind, timeout_s: float) -> bytes | None:
        """The answer of that kind, None if none comes in time. Answers to older questions are thrown away."""
        self._hear(0)
        self.send(question)
        ends = time.monotonic() + timeout_s
        while (left := ends - time.monotonic()) > 0:
            for reply in self._hear(left):
                if reply.kind is kind:
                    return reply.content
        return None

    def settle(self) -> None:
        """Wait until the other end has acknowledged every byte."""
        waiting, since = self._unacknowledged(), time.monotonic()
        while waiting:
            self._peek()  # a reset leaves the bytes counted as waiting, and shows only here
            time.sleep(0.01)
            left = self._unacknowledged()
            if left < waiting:
                waiting, since = left, time.monotonic()
            elif time.monotonic() - since > STALL_S:
                raise Broken("no_progress")
        self._peek()

    def alive(self) -> bool:
        """Whether the other end still holds the connection, as far as we were told."""
        try:
            return self._peek() != b""
        except Broken:
            return False

    def close(self) -> None:
        """Say goodbye and read what is left: closing on an unread answer would make the kernel reset the
        connection, and many printers then throw away what they have not printed yet."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            ends = time.monotonic() + DRAIN_S
            while (left := ends - time.monotonic()) > 0:
                self._socket.settimeout(left)
                if not self._socket.recv(4096):
                    break
        except OSError:
            pass  # already gone, or silent: nothing more can be read
        finally:
            self._socket.close()

    def abort(self) -> None:
        """Throw away what the printer has not taken, so that it does not come out beside the next number."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def _hear(self, timeout_s: float) -> list[Reply]:
        self._socket.settimeout(max(timeout_s, 0.0))
        try:
            arrived = self._socket.recv(4096)
        except (BlockingIOError, TimeoutError):
            return []
        except OSError as fault:
            raise Broken(_code(fault)) from fault
        if not arrived:
            raise Broken("closed")
        return self._replies.feed(arrived)

    def _peek(self) -> bytes | None:
        """What could be read at once, left unread: None for nothing yet, no bytes for a goodbye."""
        self._socket.settimeout(0)
        try:
            return self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return None
        except OSError as fault:
            raise Broken(_code(fault)) from fault

    def _unacknowledged(self) -> int:
        queue = fcntl.ioctl(self._socket, termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", queue)[0])


def _code(fault: OSError) -> str:
    match fault:
        case ConnectionRefusedError():
            return "refused"
        case TimeoutError():
            return "no_progress"
        case ConnectionError():
            return "reset"
        case _:
            return "unreachable"
