"""The letters on the slip: the fonts shipped with the program, and no other."""

import io
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from unicodedata import combining

from PIL import ImageFont, features

from printers.base import Delivery, PrinterError

SUBSETS = ("latin", "latin-ext", "cyrillic")  # in the order in which a letter is looked for
REGULAR, BOLD = 400, 700

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
    for weight in (REGULAR, BOLD):
        faces(weight, _PROOF_PX)


@lru_cache(maxsize=64)
def faces(weight: int, px: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    """The same face for each subset, `px` dots to the em."""
    return tuple(
        ImageFont.truetype(
            io.BytesIO(_file(f"noto-sans-{subset}-{weight}-normal.woff2")), px, layout_engine=ImageFont.Layout.RAQM
        )
        for subset in SUBSETS
    )


@lru_cache(maxsize=16)
def _file(name: str) -> bytes:
    font = files("sportello") / "static" / "vendor" / "fonts" / name
    if not font.is_file():
        raise PrinterError(
            "font_missing",
            f"the font {name} is missing from this installation: install Sportello again",
            delivery=Delivery.NOT_SENT,
            retry=False,
        )
    return font.read_bytes()


def runs(text: str, weight: int, px: int) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
    """The text cut where the font changes; letters that no font has are left out."""
    owners: list[int] = []
    for letter in text:
        owners.append(owners[-1] if owners and _joins(letter) else _owner(letter, weight))
    for owner, pairs in groupby(zip(owners, text, strict=True), key=lambda pair: pair[0]):
        if owner >= 0:
            yield "".join(letter for _, letter in pairs), faces(weight, px)[owner]


def covers(text: str) -> bool:
    """Whether every letter can be drawn."""
    return all(_joins(letter) or _owner(letter, REGULAR) >= 0 for letter in text)


def _joins(letter: str) -> bool:
    return bool(combining(letter)) or letter == " "


@lru_cache(maxsize=4096)
def _owner(letter: str, weight: int) -> int:
    """The first subset that has the letter, -1 for none."""
    return next((at for at, face in enumerate(faces(weight, _PROOF_PX)) if _has(face, letter)), -1)


def _has(face: ImageFont.FreeTypeFont, letter: str) -> bool:
    drawn, box = (bytes(face.getmask(each, mode="1")) for each in (letter, _NO_LETTER))
    return drawn != box
