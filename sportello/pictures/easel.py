"""The process that draws: a line with a Vega-Lite picture in, a line and an SVG out, until its input ends.

`python -m sportello.pictures.easel FONTS` draws once to have everything loaded, then says `{"ready": true}`. Each line
it reads is a specification; it answers `{"bytes": N}` and N bytes, none where it could not draw. It ends by itself when
nobody asked for a while: what it holds in memory is needed elsewhere on a small box.
"""

import json
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from select import select
from typing import Any, BinaryIO

import vl_convert

IDLE_S = 600.0
VEGA_LITE = "6.4"
FIRST = {"data": {"values": [{}]}, "mark": "point"}
# A page's policy allows no style inside it, and a label is read from the figure around the picture
STYLE = re.compile(r' style="[^"]*"')


def main(fonts: str) -> None:
    """Draw until whoever asks is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the service, which closes our input
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not come between our lines
    vl_convert.register_font_directory(fonts)
    drawn(FIRST)
    _answer(out, {"ready": True})
    while select([sys.stdin.buffer], [], [], IDLE_S)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        svg = drawn(json.loads(line))
        _answer(out, {"bytes": len(svg)}, svg)


def drawn(spec: Mapping[str, Any]) -> bytes:
    """The SVG of a picture; nothing where it cannot be drawn."""
    try:
        svg = vl_convert.vegalite_to_svg(
            dict(spec), vl_version=VEGA_LITE, format_locale="it-IT", time_format_locale="it-IT", allowed_base_urls=[]
        )
    except Exception as fault:  # a library in another language: whatever it says, the table is shown instead
        print(f"a picture could not be drawn: {fault}", file=sys.stderr)  # noqa: T201 - goes to the service's log
        return b""
    return STYLE.sub("", svg).encode()


def _answer(out: BinaryIO, answer: Mapping[str, object], body: bytes = b"") -> None:
    out.write(json.dumps(answer).encode() + b"\n" + body)
    out.flush()


if __name__ == "__main__":
    with suppress(BrokenPipeError):  # the service was killed: nobody is there to look
        main(sys.argv[1])
