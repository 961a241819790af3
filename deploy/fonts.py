"""Fonts for pages and paper: of the large ones a small part with the letters in use, and the style sheet that says
which file has which letters.

The letters are those of the catalogues, the example charters, the pages and the calendar; any other letter is in
the whole file, which a browser fetches only when it meets one. The same sources make the same bytes.
"""

import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unicodedata import category

REGULAR, BOLD = 400, 700
SPEAKING = ("sportello", "kiosk", "counter", "display", "admin", "printers", "phone")

# Families of the pages. A family with one weight has its bold drawn by the browser: half the bytes for two scripts
LATIN, NOTO, NOTO_REGULAR = "Titillium Web", "Noto Sans", "Noto Sans Regular"
AUTONYMS = "Autonyms"  # the languages' own names, which stand on every page: no page fetches a whole script for them

# A letter changes its shape beside its neighbours, so that no word may be cut between two files: all of Arabic's
# and Urdu's letters, marks and figures
ARABIC_AND_URDU = (
    *range(0x0621, 0x0656), 0x060C, 0x061B, 0x061F, *range(0x0660, 0x066D), 0x0670, 0x0679, 0x067E, 0x0686, 0x0688,
    0x0691, 0x0698, 0x06A9, 0x06AF, 0x06BA, 0x06BE, 0x06C1, 0x06C2, 0x06C3, 0x06CC, 0x06D2, 0x06D3, 0x06D4,
    *range(0x06F0, 0x06FA), 0x200C, 0x200D, 0x200E, 0x200F,
)  # fmt: skip
HAN = (
    range(0x2E80, 0x2FE0),
    range(0x3000, 0xA000),
    range(0xF900, 0xFB00),
    range(0xFE30, 0xFE50),
    range(0xFF00, 0xFFF0),
)


SPACES = (0x20, 0xA0)  # every part has them: a word is drawn with the space after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The letters in use of one font: `source` is its file without the weight."""

    source: str
    name: str
    weights: Sequence[int] = (REGULAR, BOLD)
    always: Sequence[int] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A file as the pages know it. Where two have a letter the first one is taken."""

    family: str
    name: str
    weights: Sequence[int] = (REGULAR,)
    letters: Sequence[range] = ()  # where not said: those that the file has


PARTS = (
    Part(source="noto-sans-arabic/files/noto-sans-arabic-arabic", name="noto-sans-arabic-used", always=ARABIC_AND_URDU),
    Part(source="noto-sans-bengali/files/noto-sans-bengali-bengali", name="noto-sans-bengali-used"),
    Part(source="noto-sans-sc/files/noto-sans-sc-chinese-simplified", name="noto-sans-sc-used"),
    Part(source="noto-sans-math/files/noto-sans-math-latin", name="noto-sans-math-used", weights=(REGULAR,)),
)
OF_NAMES = (
    Part(source="titillium-web/files/titillium-web-latin-ext", name="autonyms-latin-ext", weights=(BOLD,)),
    Part(source="noto-sans/files/noto-sans-cyrillic", name="autonyms-cyrillic", weights=(BOLD,)),
    Part(source="noto-sans-arabic/files/noto-sans-arabic-arabic", name="autonyms-arabic", weights=(BOLD,)),
    Part(source="noto-sans-bengali/files/noto-sans-bengali-bengali", name="autonyms-bengali", weights=(BOLD,)),
    Part(source="noto-sans-sc/files/noto-sans-sc-chinese-simplified", name="autonyms-sc", weights=(BOLD,)),
)
# Pictures and PDF measure their labels with the letters of the page, in a form that their makers read
ON_PAPER: Mapping[str, str] = {  # their makers take one file for each family: every file is a family of its own
    "titillium-web/files/titillium-web-latin": "Titillium Web",
    "titillium-web/files/titillium-web-latin-ext": "Titillium Web Europe",
    "noto-sans/files/noto-sans-latin": "Noto Sans",
    "noto-sans/files/noto-sans-latin-ext": "Noto Sans Europe",
    "noto-sans/files/noto-sans-cyrillic": "Noto Sans Cyrillic",
}
SIGNS = "noto-sans-math/files/noto-sans-math-latin"  # of it the arrows, operators and shapes
ON_PAPER_SIGNS = (*range(0x2190, 0x2200), *range(0x2200, 0x2300), *range(0x25A0, 0x2600), 0x2713, 0x2717)
FACES = (
    Face(family=LATIN, name="titillium-web-latin", weights=(REGULAR, BOLD)),
    Face(family=LATIN, name="titillium-web-latin-ext", weights=(REGULAR, BOLD)),
    Face(family=NOTO, name="noto-sans-cyrillic", weights=(REGULAR, BOLD)),
    Face(family=NOTO, name="noto-sans-arabic-used", weights=(REGULAR, BOLD)),
    Face(family=NOTO_REGULAR, name="noto-sans-bengali-used"),
    Face(family=NOTO_REGULAR, name="noto-sans-sc-used"),
    Face(family=NOTO_REGULAR, name="noto-sans-math-used"),
    Face(family=NOTO_REGULAR, name="noto-sans-arabic-arabic"),
    Face(family=NOTO_REGULAR, name="noto-sans-bengali-bengali"),
    Face(family=NOTO_REGULAR, name="noto-sans-sc-chinese-simplified", letters=HAN),
)


def letters(root: Path) -> str:
    """Every letter that our own texts hold beyond the European ones, in order."""
    texts = (file.read_text(encoding="utf-8") for file in _texts(root))
    found = {letter for text in (*texts, *_calendar(root)) for letter in text}
    return "".join(sorted(letter for letter in found if ord(letter) >= 0x0590))


def names(root: Path) -> str:
    """The letters of the languages' own names beyond plain Latin: the module that names them has no others."""
    text = (root / "sportello" / "i18n.py").read_text(encoding="utf-8")
    return "".join(sorted({letter for letter in text if ord(letter) > 0xFF and category(letter)[0] in "LM"}))


def _texts(root: Path) -> Iterator[Path]:
    yield root / "sportello" / "i18n.py"
    yield from (root / "sportello" / "locale").glob("*/LC_MESSAGES/*.po")
    yield from (root / "sportello" / "examples").glob("*.toml")
    for package in SPEAKING:
        yield from (root / package / "templates").rglob("*.html")
        yield from (file for kind in ("*.js", "*.css") for file in (root / package / "static").glob(kind))


def _calendar(root: Path) -> Iterator[str]:
    """Every month and day of the week, as each language writes a date."""
    from babel.dates import format_date

    for catalogue in (root / "sportello" / "locale").glob("*/LC_MESSAGES"):
        for month in range(12):
            yield format_date(date(2026, 1, 1) + timedelta(31 * month), "full", locale=catalogue.parent.name)


def stamp_of(root: Path) -> str:
    """What the fonts are made from: these lines, the packages, the letters."""
    made_by = Path(__file__).read_bytes() + (root / "web" / "package-lock.json").read_bytes()
    return hashlib.sha256(made_by + letters(root).encode()).hexdigest()


def make(root: Path, folder: Path) -> None:
    """Writes the parts and the style sheet into `folder`, beside the whole files."""
    _cut_all(PARTS, letters(root), root, folder)
    _cut_all(OF_NAMES, names(root), root, folder)
    (folder / "fonts.css").write_text(style_sheet(folder), encoding="utf-8")
    _unwrap_all(root, folder / "ttf")


def _unwrap_all(root: Path, folder: Path) -> None:
    """The same fonts without the wrapping that only browsers undo."""
    from fontTools.ttLib import TTFont

    folder.mkdir(exist_ok=True)
    modules = root / "web" / "node_modules" / "@fontsource"
    for source, family in ON_PAPER.items():
        for weight in (REGULAR, BOLD):
            file = modules / _file(source, weight)
            with TTFont(file, recalcTimestamp=False) as font:
                _unwrapped(font, family).save((folder / file.name).with_suffix(".ttf"))
    file = modules / _file(SIGNS, REGULAR)
    with TTFont(io.BytesIO(cut(file, ON_PAPER_SIGNS)), recalcTimestamp=False) as font:
        _unwrapped(font, "Noto Sans Math").save((folder / file.name).with_suffix(".ttf"))


def _unwrapped(font: Any, family: str) -> Any:
    font.flavor = None
    for record in font["name"].names:
        if record.nameID in (1, 16):
            record.string = family
    return font


def _cut_all(parts: Sequence[Part], letters: str, root: Path, folder: Path) -> None:
    wanted = {ord(letter) for letter in letters}
    for part in parts:
        for weight in part.weights:
            source = root / "web" / "node_modules" / "@fontsource" / _file(part.source, weight)
            (folder / _file(part.name, weight)).write_bytes(cut(source, {*wanted, *part.always, *SPACES}))
        wanted -= _letters_in(folder / _file(part.name, part.weights[0]))


def _file(name: str, weight: int) -> str:
    return f"{name}-{weight}-normal.woff2"


def cut(source: Path, wanted: Collection[int]) -> bytes:
    """The font with the wanted letters alone, and whatever they are joined with."""
    from fontTools import subset

    options = subset.Options(flavor="woff2", hinting=False, notdef_outline=True, recalc_timestamp=False)
    written = io.BytesIO()
    with subset.load_font(source, options) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=sorted(wanted))
        cutter.subset(font)
        subset.save_font(font, written, options)
    return written.getvalue()


def style_sheet(folder: Path) -> str:
    """A rule for each file. Every letter is given to one file of a weight; the whole of Chinese comes first, as a
    browser asks the rules from the last."""
    taken: set[int] = set()
    rules: list[str] = []
    for face in FACES:
        own = _letters_in(folder / _file(face.name, REGULAR)) - taken
        taken |= own
        rules += [_rule(face, weight, face.letters or tuple(_spans(own))) for weight in face.weights]
    for part in OF_NAMES:
        own = _letters_in(folder / _file(part.name, BOLD)) - {*SPACES}
        rules.append(_rule(Face(family=AUTONYMS, name=part.name), BOLD, tuple(_spans(own))))
    return "/* Made when the package is built: which file has which letters. */\n" + "".join(reversed(rules))


def _rule(face: Face, weight: int, spans: Sequence[range]) -> str:
    ranges = ", ".join(f"U+{span[0]:04X}" + (f"-{span[-1]:04X}" if len(span) > 1 else "") for span in spans)
    return (
        f'@font-face {{ font-family: "{face.family}"; font-weight: {weight}; font-display: swap; '
        f'src: url("{_file(face.name, weight)}") format("woff2"); unicode-range: {ranges}; }}\n'
    )


def _letters_in(file: Path) -> set[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file) as font:
        return {code for code in font.getBestCmap() if code >= 0x20}


def _spans(letters: Collection[int]) -> Iterator[range]:
    """Neighbours together."""
    codes, start = sorted(letters), 0
    for at, code in enumerate(codes):
        if at + 1 == len(codes) or codes[at + 1] != code + 1:
            yield range(codes[start], code + 1)
            start = at + 1
