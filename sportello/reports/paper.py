"""PDF that anybody can read for as long as archives last: PDF/A-2a and PDF/UA-1, by Typst with the fonts of the wheel.

The same texts make the same bytes: no clock, no font and no picture of this machine comes in.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts" / "ttf"
# letters the fonts have: European ones, Cyrillic, and the signs of figures
SPANS = (
    *(range(0x20, 0x7F), range(0xA0, 0x180), range(0x218, 0x21C), range(0x400, 0x460), range(0x2190, 0x2300)),
    *(range(0x25A0, 0x2600), (0x0A, 0x490, 0x491, 0x2013, 0x2014, 0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E)),
    (0x2022, 0x2026, 0x2039, 0x203A, 0x20AC, 0x2212, 0x2713, 0x2717),
)
KNOWN = frozenset(letter for span in SPANS for letter in span)
STRANGE = "□"  # instead of a letter that no font here has: an archive takes no document with a hole in it


def pdf(template: str, texts: Mapping[str, Any]) -> bytes:
    """The template with these texts in it."""
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        format="pdf",
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"texts": json.dumps(printable(texts), ensure_ascii=False)},
        pdf_standards=["a-2a", "ua-1"],
    )


def printable(texts: Any) -> Any:
    """The same with every letter one that the fonts have."""
    if isinstance(texts, str):
        return "".join(letter if ord(letter) in KNOWN else STRANGE for letter in texts.replace("\t", " "))
    if isinstance(texts, Mapping):
        return {name: printable(one) for name, one in texts.items()}
    if isinstance(texts, (list, tuple)):
        return [printable(one) for one in texts]
    return texts
