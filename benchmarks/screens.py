"""Many waiting-room screens in one cheap process: Socket.IO over WebSocket spoken by hand, nothing drawn.

Run as `python -m benchmarks.screens PORT COUNT`. Prints `connected` when every screen is; told on standard input how
many calls were made, waits until all are on every screen and prints as JSON when each screen first saw each call:
{n: [monotonic seconds, …]}.
"""

import argparse
import asyncio
import json
import re
import sys
import time
from collections import defaultdict
from functools import partial

UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: c3BvcnRlbGxvLXNjcmVlbg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
NEWEST = re.compile(rb'"calls":\[\{[^}]*?"n":(\d+)')
AT_ONCE = 20  # connecting
SETTLE_S = 0.5  # boards of what happened before, such as numbers taken, are over
PATIENCE_S = 10  # for the last call to be on every screen
TEXT = 0x81

Seen = defaultdict[int, list[float]]


def frame(text: bytes) -> bytes:
    """A short text frame; the mask of zeros changes nothing and is allowed."""
    return bytes((TEXT, 0x80 | len(text), 0, 0, 0, 0)) + text


class Screen(asyncio.Protocol):
    """One screen: upgrade, Engine.IO open, Socket.IO connect, then boards and pings."""

    def __init__(self, connected: asyncio.Future[None], seen: Seen) -> None:
        self._connected, self._seen = connected, seen
        self._read = bytearray()
        self._upgraded = False
        self._newest = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(UPGRADE)

    def connection_lost(self, fault: Exception | None) -> None:
        if not self._connected.done():
            self._connected.set_exception(ConnectionError(bytes(self._read[:200]).decode(errors="replace")))

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        self._read += data
        if not self._upgraded:
            head, found, rest = bytes(self._read).partition(b"\r\n\r\n")
            if not found:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self._transport.close()
                return
            self._upgraded, self._read = True, bytearray(rest)
        while (message := self._message()) is not None:
            self._hear(message, now)

    def _message(self) -> bytes | None:
        """The next whole frame's content. A server's frames bear no mask."""
        if len(self._read) < 2:
            return None
        start, size = 2, self._read[1] & 0x7F
        if size >= 126:
            start = 4 if size == 126 else 10
            size = int.from_bytes(self._read[2:start])
        if len(self._read) < start + size:
            return None
        content = bytes(self._read[start : start + size])
        del self._read[: start + size]
        return content

    def _hear(self, message: bytes, now: float) -> None:
        if message.startswith(b"0"):
            self._transport.write(frame(b"40"))
        elif message == b"2":
            self._transport.write(frame(b"3"))
        elif message.startswith(b"40") and not self._connected.done():
            self._connected.set_result(None)
        elif found := NEWEST.search(message):
            n = int(found[1])
            for k in range((self._newest or n - 1) + 1, n + 1):
                self._seen[k].append(now)  # a board holds the last calls: one overtaken is seen with the next
            self._newest = max(n, self._newest)


async def watch(port: int, count: int) -> Seen:
    loop, seen = asyncio.get_running_loop(), Seen(list)
    for first in range(0, count, AT_ONCE):
        waiting = [loop.create_future() for _ in range(min(AT_ONCE, count - first))]
        for connected in waiting:
            await loop.create_connection(partial(Screen, connected, seen), "127.0.0.1", port)
        await asyncio.gather(*waiting)
    await asyncio.sleep(SETTLE_S)
    seen.clear()
    print("connected", flush=True)
    calls = int(await loop.run_in_executor(None, sys.stdin.read))
    patience = time.monotonic() + PATIENCE_S
    while sum(len(times) == count for times in seen.values()) < calls and time.monotonic() < patience:
        await asyncio.sleep(0.05)
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(watch(asked.port, asked.count))))


if __name__ == "__main__":
    main()
