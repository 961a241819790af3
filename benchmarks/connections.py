"""Keep-alive HTTP connections that cost the machine little, so that what is measured is the server."""

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
PATIENCE_S = 30.0
END_OF_HEADERS = b"\r\n\r\n"


class Unexpected(Exception):
    """The server did not answer as it should: a benchmark of refusals would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Bytes over the wire."""
        return len(self.head) + len(self.body)


def request(method: str, path: str, *, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One keep-alive connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._socket.setsockopt(*NO_DELAY)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, asked: bytes) -> None:
        self._socket.sendall(asked)

    def receive(self) -> Answer:
        """The answer to the request sent before; `Unexpected` unless it is a success."""
        read = b""
        while END_OF_HEADERS not in read:
            read += self._more()
        head, _, body = read.partition(END_OF_HEADERS)
        length = int(_header(head, b"content-length") or 0)
        while len(body) < length:
            body += self._more()
        answer = Answer(status=int(head[9:12]), head=head + END_OF_HEADERS, body=body)
        if not 200 <= answer.status < 300:
            raise Unexpected(f"{head.decode()}\n{body.decode()}")
        return answer

    def ask(self, asked: bytes) -> Answer:
        self.send(asked)
        return self.receive()

    def _more(self) -> bytes:
        read = self._socket.recv(65_536)
        if not read:
            raise Unexpected("the server closed the connection")
        return read


def _header(head: bytes, name: bytes) -> bytes | None:
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return next((value.strip() for key, _, value in lines if key.lower() == name), None)


def latencies(port: int, asked: Callable[[], bytes], times: int, *, at_once: int = 1) -> list[float]:
    """Milliseconds of each of `times` requests over `at_once` connections, each asking again when answered."""
    connections = [Connection(port) for _ in range(at_once)]
    for connection in connections:
        connection.ask(asked())  # the first one of a connection pays for its thread
    taken = _alone(connections[0], asked, times) if at_once == 1 else _together(connections, asked, times)
    for connection in connections:
        connection.__exit__()
    return taken


def _alone(connection: Connection, asked: Callable[[], bytes], times: int) -> list[float]:
    taken = []
    for _ in range(times):
        wanted, began = asked(), time.perf_counter()
        connection.ask(wanted)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def _together(connections: Sequence[Connection], asked: Callable[[], bytes], times: int) -> list[float]:
    """One thread over all connections: many threads of ours would compete with the server's."""
    selector, began, taken = selectors.DefaultSelector(), dict[int, float](), list[float]()
    for connection in connections:
        selector.register(connection, selectors.EVENT_READ, connection)
        began[connection.fileno()] = time.perf_counter()
        connection.send(asked())
    left = times - len(connections)
    while selector.get_map():
        for key, _ in selector.select():
            connection = key.data
            connection.receive()
            taken.append((time.perf_counter() - began[key.fd]) * 1000)
            if left <= 0:
                selector.unregister(connection)
                continue
            left -= 1
            began[key.fd] = time.perf_counter()
            connection.send(asked())
    return taken
