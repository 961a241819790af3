"""The process that speaks: a line with words in, a line and a WAV out, until its input ends.

`python -m sportello.voice.mouth` first says which engines it has and which languages they speak. Each line it reads
is `{"text": …, "language": …}`; it answers `{"bytes": N, "engine": …}` and N bytes, none where no engine made a sound.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import BinaryIO

from sportello.voice.engines import ENGINES, Engine
from sportello.voice.sound import ready


def main() -> None:
    """Speak until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which closes our input
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between our lines
    found = engines()
    speaks = sorted({language for name in found for language in ENGINES[name][1]})
    _line(out, {"engines": list(found), "speaks": speaks})
    for line in sys.stdin.buffer:
        asked = json.loads(line)
        wav, engine = spoken(asked["text"], asked["language"], found)
        _line(out, {"bytes": len(wav), "engine": engine}, wav)


def engines() -> Mapping[str, Engine]:
    """The engines of this machine, best first."""
    found: dict[str, Engine] = {}
    for name, (load, _) in ENGINES.items():
        try:
            found[name] = load()
        except (ImportError, OSError) as fault:
            print(f"no {name}: {fault}", file=sys.stderr)  # noqa: T201 - goes to the service's log
    return found


def spoken(text: str, language: str, found: Mapping[str, Engine]) -> tuple[bytes, str]:
    """The WAV of the first engine that makes a sound of it, and which one that was."""
    for name, engine in found.items():
        if language in ENGINES[name][1]:
            try:
                wav = ready(*engine(text, language))
            except Exception as fault:  # native code: the next engine may do
                print(f"{name} could not say it: {fault}", file=sys.stderr)  # noqa: T201
                continue
            if wav:
                return wav, name
    return b"", ""


def _line(out: BinaryIO, answer: Mapping[str, object], body: bytes = b"") -> None:
    out.write(json.dumps(answer).encode() + b"\n" + body)
    out.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # the service was killed: nobody is there to hear the end
        main()
