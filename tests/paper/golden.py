"""Slips as they were approved: `python -m tests.paper.golden` approves them as they are drawn now.

Kept are digests of their dots, and one picture of them all to look at before it is committed.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from PIL import Image, ImageOps, features
from PIL import __version__ as pillow

from printers import slip
from sportello.domain.slips import Slip
from sportello.i18n import NAMES, translator
from tests.paper.samples import a_slip

APPROVED = Path(__file__).parent / "golden" / "slips.json"
TO_LOOK_AT = Path(__file__).parent / "golden" / "slips.png"
WIDTHS = (576, 384)
PAGE = "HTTPS://CODA.CPI-COMO.EXAMPLE/T/01JD9Z7QK3M5"
SERVICE = {
    "it": "Collocamento mirato: primo passo",
    "it-facile": "Lavoro e disabilità: primo passo",
    "en": "Targeted placement: first step",
    "fr": "Emploi et handicap\xa0: premier pas",
    "es": "Empleo y discapacidad: primer paso",
    "ro": "Muncă și dizabilitate: primul pas",
    "sq": "Aftësi e kufizuar: hapi i parë",
    "tr": "Engellilik ve iş: ilk adım",
    "uk": "Робота й інвалідність: початок",
    "ar": "العمل والإعاقة: الخطوة الأولى",
    "ur": "کام اور معذوری: پہلا قدم",
    "bn": "কাজ ও প্রতিবন্ধিতা: প্রথম ধাপ",
    "zh": "残障人士就业：第一步",
}
SHRUNK = 3


def kinds(language: str) -> Mapping[str, Slip]:
    """An original, a copy, and a slip where no telephone reaches the centre."""
    return {
        "original": a_slip(language=language, service=SERVICE, page=PAGE),
        "copy": a_slip(language=language, service=SERVICE, page=PAGE, copy=2),
        "no-code": a_slip(language=language, service=SERVICE),
    }


def drawn(language: str, width: int) -> dict[str, Image.Image]:
    """Each kind as a picture, a set pixel being ink."""
    return {kind: slip.draw(each, width=width, translator=translator) for kind, each in kinds(language).items()}


def digest(picture: Image.Image) -> str:
    return hashlib.sha256(f"{picture.size}".encode() + picture.tobytes()).hexdigest()[:32]


def drawn_with() -> dict[str, str]:
    """What other versions of draw other dots."""
    return {"pillow": pillow} | {part: features.version(part) or "" for part in ("freetype2", "raqm", "harfbuzz")}


def _all() -> Iterator[tuple[str, Image.Image]]:
    for width in WIDTHS:
        for language in NAMES:
            for kind, picture in drawn(language, width).items():
                yield f"{language}-{width}-{kind}", picture


def main() -> None:
    found = dict(_all())
    approved = {"drawn_with": drawn_with(), "slips": {name: digest(picture) for name, picture in found.items()}}
    APPROVED.write_text(json.dumps(approved, indent=1) + "\n", encoding="utf-8")
    _to_look_at([found[f"{language}-{width}-original"] for width in WIDTHS for language in NAMES])


def _to_look_at(pictures: list[Image.Image]) -> None:
    """Every original beside the others, a row for each width."""
    small = [ImageOps.invert(each.convert("L")).reduce(SHRUNK) for each in pictures]
    rows = [small[: len(NAMES)], small[len(NAMES) :]]
    heights = [max(each.height for each in row) + 8 for row in rows]
    board = Image.new("L", (max(sum(each.width + 8 for each in row) for row in rows), sum(heights)), 128)
    for row, top in zip(rows, (0, heights[0]), strict=True):
        left = 0
        for each in row:
            board.paste(each, (left, top))
            left += each.width + 8
    board.quantize(8).save(TO_LOOK_AT, optimize=True)


if __name__ == "__main__":
    main()
