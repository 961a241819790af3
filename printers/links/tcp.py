"""A printer at an address, port 9100 as a rule."""

import fcntl
import socket
import struct
import termios
import time

from printers.links.base import DRAIN_S, Broken, Descriptor, code_of

PORT = 9100
CONNECT_S = 2.0
SEND_BUFFER = 8192  # a stopped printer shows after some kB, not after megabytes waiting in the kernel
IDLE_S, EVERY_S, PROBES = 5, 2, 3  # keep-alive: a printer that lost its power is noticed in about ten seconds
UNACKNOWLEDGED_MS = 8000


class Tcp(Descriptor):
    """One TCP connection. Raises `Broken` when nobody answers within two seconds."""

    def __init__(self, host: str, port: int = PORT) -> None:
        try:
            self._socket = socket.create_connection((host, port), CONNECT_S)
        except OSError as fault:
            code = "connect_timeout" if isinstance(fault, TimeoutError) else code_of(fault)
            raise Broken(code, f"{host}:{port}") from fault
        for level, option, value in (
            (socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER),
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE_S),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, EVERY_S),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, PROBES),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS),
        ):
            self._socket.setsockopt(level, option, value)
        super().__init__(self._socket.fileno())

    def _ended(self) -> None:
        raise Broken("closed")

    def pending(self) -> int:
        queue = fcntl.ioctl(self._socket, termios.TIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", queue)[0])

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
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
