"""Clips: what was said once is kept on disk, by its words, and said again from there."""

import hashlib
import logging
import os
import time
from collections.abc import Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from uuid import uuid4

from sportello.voice.speaker import SPEAK_S, WAIT_S, Speaker
from sportello.voice.words import Call, call_words

LOG = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024 * 1024
LONGEST_S = 30 * 24 * 3600  # a clip nobody asked for goes after this
TIDY_EVERY = 100  # new clips
MAKE = "1"  # another way of speaking or levelling: what was kept before is not used again


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A spoken text: a mono 16-bit WAV, and the name it is kept under."""

    name: str
    wav: bytes


class Voice:
    """Speaks a call or a text in a language; None where it cannot. Safe to use from many threads."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._speaker = Speaker()
        self._coming: dict[str, Future[Clip | None]] = {}
        self._lock = Lock()
        self._made = 0

    def start(self) -> None:
        """Have the engines loaded before anybody waits for them."""
        self._speaker.start()

    def speaks(self, language: str) -> bool:
        """Whether there is a voice for a language."""
        return self._speaker.speaks(language)

    def call(self, call: Call, language: str) -> Clip | None:
        """A number called."""
        return self.say(call_words(call, language), language, kept=True)

    def say(self, text: str, language: str, *, kept: bool = False) -> Clip | None:
        """A text read aloud, within three seconds. Who asks for one that is being made waits for it.

        `kept`: on disk, for who asks later; what a visitor's page says is not.
        """
        name = hashlib.sha256(f"{MAKE}\n{language}\n{text}".encode()).hexdigest()[:32]
        with self._lock:
            coming = self._coming.get(name)
            mine = self._coming[name] = Future() if coming is None else coming
        if coming is not None:
            with suppress(NotInTime):
                return coming.result(WAIT_S + SPEAK_S)
            return None
        clip = None
        try:
            clip = self._kept(name) or self._new(name, text, language, kept=kept)
        finally:
            with self._lock:
                del self._coming[name]
            mine.set_result(clip)
        return clip

    def close(self) -> None:
        self._speaker.close()

    def _kept(self, name: str) -> Clip | None:
        """The clip as it was made before; one that a power cut left in pieces counts as none."""
        path = self._folder / f"{name}.wav"
        try:
            wav = path.read_bytes()
            if wav[:4] != b"RIFF" or int.from_bytes(wav[4:8], "little") != len(wav) - 8:
                return None
            os.utime(path)
        except OSError:
            return None
        return Clip(name=name, wav=wav)

    def _new(self, name: str, text: str, language: str, *, kept: bool) -> Clip | None:
        wav = self._speaker.speak(text, language)
        if wav is None:
            return None
        try:
            if kept:
                self._keep(name, wav)
        except OSError as fault:  # a full disk silences nobody
            LOG.warning("a clip could not be kept: %s", fault)
        return Clip(name=name, wav=wav)

    def _keep(self, name: str, wav: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        part = self._folder / f"{uuid4().hex}.part"
        part.write_bytes(wav)
        part.replace(self._folder / f"{name}.wav")
        self._made += 1
        if self._made % TIDY_EVERY == 1:
            tidy(self._folder, self._most_bytes)


def tidy(folder: Path, most_bytes: int) -> None:
    """Remove clips that nobody asked for in a month, and the least asked for while there are too many."""
    now, total = time.time(), 0
    for path, used, size in sorted(_stated(folder), key=lambda one: one[1], reverse=True):
        half_made = path.suffix == ".part" and now - used > 60
        total += size
        if half_made or now - used > LONGEST_S or total > most_bytes:
            with suppress(OSError):
                path.unlink()


def _stated(folder: Path) -> Iterable[tuple[Path, float, int]]:
    """Each clip, when it was last asked for, and its size."""
    for path in folder.iterdir():
        with suppress(OSError):
            stat = path.stat()
            yield path, stat.st_mtime, stat.st_size
