"""Our end of the speaking process: asks it, waits no longer than allowed, and starts it again when it fell over."""

import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

LOG = logging.getLogger(__name__)
START_S = 10.0  # a slow disk, when the service starts
WAIT_S = 1.0  # for those who asked before
SPEAK_S = 2.0  # for one text, with the start of a process where there is none; or it is stuck
AGAIN_S = 5.0  # a process that could not be started is not tried again before this


class Speaker:
    """One process that speaks for everybody, one text at a time. Safe to use from many threads."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._unread = b""
        self._speaks: frozenset[str] | None = None
        self._not_before = 0.0
        self._closed = False

    def start(self) -> None:
        """Have the process ready, and say in the log which voices there are."""
        with self._turn:
            self._running(START_S)

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for a language."""
        if self._speaks is None and self._turn.acquire(timeout=WAIT_S):
            try:
                self._running(SPEAK_S)
            finally:
                self._turn.release()
        return language in (self._speaks or ())

    def speak(self, text: str, language: str) -> bytes | None:
        """The WAV of a text; None where there is no voice, or none in time."""
        if not self._turn.acquire(timeout=WAIT_S):
            return None
        try:
            deadline = time.monotonic() + SPEAK_S
            if not self._running(SPEAK_S) or language not in (self._speaks or ()):
                return None
            return self._ask(text, language, deadline)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Let the process go; whoever still waits for it gets nothing."""
        self._closed = True
        if process := self._process:
            process.kill()  # whoever is listening to it hears the end, and leaves the turn to us
        with self._turn:
            self._stop()

    def _running(self, patience_s: float) -> bool:
        """Whether there is a process to ask, now that one was started where there was none."""
        if self._process is not None and self._process.poll() is None:
            return True
        if self._closed or time.monotonic() < self._not_before:
            return False
        self._stop()
        command = [sys.executable, "-m", "sportello.voice.mouth"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            hello = self._line(time.monotonic() + patience_s)
        except (OSError, ValueError, TimeoutError) as fault:
            LOG.warning("the voice could not be started: %s", fault)
            self._not_before = time.monotonic() + AGAIN_S
            self._stop()
            return False
        self._greeted(hello)
        return True

    def _greeted(self, hello: Mapping[str, Any]) -> None:
        if self._speaks is None:
            LOG.info("the voice speaks %s (%s)", ", ".join(hello["speaks"]) or "nothing", ", ".join(hello["engines"]))
            for engine, wheel in (("pico", "py-nanotts"), ("espeak", "espeakng-loader")):
                if engine not in hello["engines"]:
                    LOG.warning("the voice lacks %s: install %s, or calls ring without words", engine, wheel)
        self._speaks = frozenset(hello["speaks"])

    def _ask(self, text: str, language: str, deadline: float) -> bytes | None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"text": text, "language": language}).encode() + b"\n")
            self._process.stdin.flush()
            return self._read(self._line(deadline)["bytes"], deadline) or None
        except (OSError, ValueError, TimeoutError) as fault:
            if not self._closed:
                LOG.warning("the voice was stopped: %s", fault)
            self._stop()
            return None

    def _line(self, deadline: float) -> Mapping[str, Any]:
        while b"\n" not in self._unread:
            self._more(deadline)
        line, _, self._unread = self._unread.partition(b"\n")
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def _read(self, count: int, deadline: float) -> bytes:
        while len(self._unread) < count:
            self._more(deadline)
        body, self._unread = self._unread[:count], self._unread[count:]
        return body

    def _more(self, deadline: float) -> None:
        """What the process says next; TimeoutError when it is silent, BrokenPipeError when it is gone."""
        assert self._process is not None
        assert self._process.stdout is not None
        ears = select.poll()
        ears.register(self._process.stdout, select.POLLIN)
        if not ears.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError("it took too long")
        heard = os.read(self._process.stdout.fileno(), 1 << 20)
        if not heard:
            raise BrokenPipeError("it ended")
        self._unread += heard

    def _stop(self) -> None:
        """End the process, if there is one; the next text starts another."""
        process, self._process, self._unread = self._process, None, b""
        if process:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]
