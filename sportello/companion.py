"""A process of ours that works beside us: lines of JSON and bytes over pipes, and never a wait without an end.

What it runs is native code that may crash or hang; that must end the companion, and nothing else.
"""

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any


class Companion:
    """One process, talked to by one thread at a time. TimeoutError when it is silent, OSError when it is gone."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._unread = b""

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def ask(self, question: Mapping[str, Any], deadline: float) -> tuple[Mapping[str, Any], bytes]:
        """Its answer, and as many bytes as the answer says (`bytes`); `deadline` on the monotonic clock, seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.line(deadline)
        return answer, self._read(int(answer.get("bytes", 0)), deadline)

    def line(self, deadline: float) -> Mapping[str, Any]:
        """What it says next, a line."""
        while b"\n" not in self._unread:
            self._more(deadline)
        line, _, self._unread = self._unread.partition(b"\n")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def kill(self) -> None:
        """End it from any thread: whoever listens to it hears the end."""
        self.process.kill()

    def stop(self) -> None:
        """End it, and leave nothing behind."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _read(self, count: int, deadline: float) -> bytes:
        while len(self._unread) < count:
            self._more(deadline)
        body, self._unread = self._unread[:count], self._unread[count:]
        return body

    def _more(self, deadline: float) -> None:
        assert self.process.stdout is not None
        ears = select.poll()
        ears.register(self.process.stdout, select.POLLIN)
        if not ears.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError("it took too long")
        heard = os.read(self.process.stdout.fileno(), 1 << 20)
        if not heard:
            raise BrokenPipeError("it ended")
        self._unread += heard
