"""Our end of the speaking process: asks it, waits no longer than allowed, and starts it again when it fell over."""

import logging
import sys
import time
from collections.abc import Mapping
from threading import Lock
from typing import Any

from sportello.companion import Companion

LOG = logging.getLogger(__name__)
START_S = 10.0  # a slow disk, when the service starts
WAIT_S = 1.0  # for those who asked before
SPEAK_S = 2.0  # for one text, with the start of a process where there is none; or it is stuck
AGAIN_S = 5.0  # a process that could not be started is not tried again before this


class Speaker:
    """One process that speaks for everybody, one text at a time. Safe to use from many threads."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._process: Companion | None = None
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
        if self._process is not None and self._process.running:
            return True
        if self._closed or time.monotonic() < self._not_before:
            return False
        self._stop()
        self._process = Companion([sys.executable, "-m", "sportello.voice.mouth"])
        try:
            hello = self._process.line(time.monotonic() + patience_s)
        except (OSError, ValueError) as fault:
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
        try:
            return self._process.ask({"text": text, "language": language}, deadline)[1] or None
        except (OSError, ValueError) as fault:  # TimeoutError is an OSError
            if not self._closed:
                LOG.warning("the voice was stopped: %s", fault)
            self._stop()
            return None

    def _stop(self) -> None:
        """End the process, if there is one; the next text starts another."""
        process, self._process = self._process, None
        if process:
            process.stop()
