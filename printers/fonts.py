"""The letters on the slip: the fonts shipped with the program, and no other."""

import io
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from unicodedata import category

from PIL import ImageFont, features

from printers.base import Delivery, PrinterError

REGULAR, BOLD = 400, 700

# In the order in which a letter is looked for: the letters in use first, then the whole of the large fonts
FILES = (
    "noto-sans-latin",
    "noto-sans-latin-ext",
    "noto-sans-cyrillic",
    "noto-sans-arabic-used",
    "noto-sans-bengali-used",
    "noto-sans-sc-used",
    "noto-sans-math-used",
    "noto-sans-arabic-arabic",
    "noto-sans-bengali-bengali",
    "noto-sans-sc-chinese-simplified",
)
REGULAR_ONLY = frozenset(FILES[6:])

_PROOF_PX = 40  # any size will do to ask whether a letter exists
_NO_LETTER = "\uffff"  # never assigned, so every font draws its empty box


def check() -> None:
    """Refuse to start where letters could not be drawn or joined; a box on paper helps nobody."""
    if not (features.check("raqm") and features.check("fribidi")):
        raise PrinterError(
            "no_raqm",
            "slips cannot be drawn, letters would not be joined: install libfribidi0, and Pillow as a wheel",
            delivery=Delivery.NOT_SENT,
            retry=False,
        )
    for name in FILES:
        for weight in (REGULAR, BOLD):
            _file(name, weight)


@lru_cache(maxsize=128)
def face(name: str, weight: int, px: int) -> ImageFont.FreeTypeFont:
    """One font, `px` dots to the em."""
    return ImageFont.truetype(io.BytesIO(_file(name, weight)), px, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=32)
def _file(name: str, weight: int) -> bytes:
    file = f"{name}-{REGULAR if name in REGULAR_ONLY else weight}-normal.woff2"
    font = files("sportello") / "static" / "vendor" / "fonts" / file
    if not font.is_file():
        raise PrinterError(
            "font_missing",
            f"the font {file} is missing from this installation: install Sportello again",
            delivery=Delivery.NOT_SENT,
            retry=False,
        )
    return font.read_bytes()


def runs(text: str, weight: int, px: int) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """The text cut where the font changes; letters that no font has are left out."""
    owners: list[str] = []
    for letter in text:
        owners.append(owners[-1] if owners and _joins(letter) and _owns(owners[-1], letter) else _owner(letter))
    for owner, pairs in groupby(zip(owners, text, strict=True), key=lambda pair: pair[0]):
        if owner:
            yield "".join(letter for _, letter in pairs), face(owner, weight, px)


def covers(text: str) -> bool:
    """Whether every letter can be drawn."""
    return all(_joins(letter) or _owner(letter) for letter in text)


def _joins(letter: str) -> bool:
    """Marks, and signs that are not seen, stay with the letter before them."""
    return letter == " " or category(letter) in ("Mn", "Mc", "Cf")


@lru_cache(maxsize=4096)
def _owner(letter: str) -> str:
    """The first font that has the letter; empty for none."""
    return next((name for name in FILES if _owns(name, letter)), "")


@lru_cache(maxsize=8192)
def _owns(name: str, letter: str) -> bool:
    font = face(name, REGULAR, _PROOF_PX) if name else None
    return font is not None and bytes(font.getmask(letter, mode="1")) != bytes(font.getmask(_NO_LETTER, mode="1"))
