"""Lines of text set one under the other on a strip of paper."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from printers import fonts
from printers.bidi import stretches
from sportello.i18n import direction, tag

QUIET = 4  # white modules around a code, as ISO/IEC 18004 wants them
MARGIN = 8  # dots on either side: some heads do not reach the edge

# one Chinese sign with the stops that may not begin a line and the brackets that may not end one; or another word
_HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3021-\u303f\u3400-\u9fff\uf900-\ufaff"
_CLOSING, _OPENING = "、。，．：；！？）」』》】〉％%.,:;!?)…”’", "（「『《【〈(“‘"
_SIGNS = re.compile(f"[{_OPENING}]*[{_HAN}][{_CLOSING}]*|[^{_HAN}]+?(?=[{_OPENING}]*[{_HAN}]|$)")

INK, PAPER = 255, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph; `px` dots to the em, `gap` white rows above it."""

    content: str
    px: int
    language: str = "it"
    bold: bool = False
    centred: bool = False
    gap: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One line of capitals and digits, made smaller until it fits."""

    content: str
    px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """White on a black bar, from edge to edge."""

    content: str
    px: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A square for a telephone's camera, as near to `side` dots as an even number of them to each module allows."""

    content: str
    side: int


Block = Text | Number | Bar | Rule | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line set: `rows` high, its letters standing on `base`."""

    content: str
    px: int
    rows: int
    base: int
    language: str = "it"
    bold: bool = True
    centred: bool = True
    bar: bool = False
    rule: bool = False
    modules: tuple[bytes, ...] = ()  # of a code, row by row; `px` dots each


def picture(blocks: Sequence[Block], width: int) -> Image.Image:
    """The blocks as a picture of mode "1", `width` dots wide and as long as they need. A set pixel is ink."""
    lines = [line for block in blocks for line in _lines(block, width)]
    paper = Image.new("1", (width, sum(line.rows for line in lines)), PAPER)
    pen = ImageDraw.Draw(paper)
    pen.fontmode = "1"
    top = 0
    for line in lines:
        _draw(pen, line, top, width)
        top += line.rows
    return paper


def _lines(block: Block, width: int) -> Iterator[_Line]:
    match block:
        case Rule():
            yield _Line(content="", px=0, rows=19, base=9, rule=True)
        case Bar(content=content, px=px):
            yield _Line(content=content, px=px, rows=px * 3 // 2, base=px * 11 // 10, bar=True)
        case Number(content=content):
            px = _fitting(block, width)
            yield _Line(content=content, px=px, rows=px * 9 // 10, base=px * 8 // 10)  # capitals are 0.71 em high
        case Code(content=content, side=side):
            modules = tuple(map(bytes, segno.make_qr(content, error="m").matrix))
            px = max(4, 2 * round(side / (len(modules) + 2 * QUIET) / 2))  # even: a printer doubles it (`encode`)
            yield _Line(content="", px=px, rows=px * (len(modules) + 2 * QUIET), base=0, modules=modules)
        case Text():
            yield from _paragraph(block, width)


def _paragraph(text: Text, width: int) -> Iterator[_Line]:
    weight = fonts.BOLD if text.bold else fonts.REGULAR
    for at, content in enumerate(wrapped(text.content, weight, text.px, width - 2 * MARGIN)):
        above = text.gap if at == 0 else 0
        yield _Line(
            content=content,
            px=text.px,
            rows=above + text.px * 5 // 4,
            base=above + text.px,
            language=text.language,
            bold=text.bold,
            centred=text.centred,
        )


def _fitting(number: Number, width: int) -> int:
    """The largest size, up to the one asked for, at which the number stands on one line."""
    length = _length(number.content, fonts.BOLD, number.px)
    room = width - 2 * MARGIN
    return number.px if length <= room else int(number.px * room / length)


def wrapped(content: str, weight: int, px: int, room: int) -> list[str]:
    """The words of a paragraph, as many on each line as `room` dots hold; a longer word is broken."""
    lines: list[str] = []
    used = float(room)
    for space, word in _words(content, weight, px, room):
        length, apart = _length(word, weight, px), _length(space, weight, px)
        if lines and used + apart + length <= room:
            lines[-1] += f"{space}{word}"
            used += apart + length
        else:
            lines.append(word)
            used = length
    return lines


def _words(content: str, weight: int, px: int, room: int) -> Iterator[tuple[str, str]]:
    """Each word and the space before it; Chinese goes on a new line between any two signs."""
    for whole in content.split(" "):  # a no-break space is part of its word
        space = " "
        for word in _SIGNS.findall(whole):
            for piece in _pieces(word, weight, px, room):
                yield space, piece
                space = ""


def _pieces(word: str, weight: int, px: int, room: int) -> Iterator[str]:
    while _length(word, weight, px) > room and len(word) > 1:
        fits = max(1, next(n for n in range(len(word), 0, -1) if n == 1 or _length(word[:n], weight, px) <= room))
        yield word[:fits]
        word = word[fits:]
    yield word


@lru_cache(maxsize=4096)  # the words of a service and of a sentence come again on every slip
def _length(content: str, weight: int, px: int) -> float:
    return sum(font.getlength(run) for run, font in fonts.runs(content, weight, px))


def _draw(pen: ImageDraw.ImageDraw, line: _Line, top: int, width: int) -> None:
    if line.bar:
        pen.rectangle((0, top, width - 1, top + line.rows - 5), fill=INK)
    if line.rule:
        pen.rectangle((0, top + line.base, width - 1, top + line.base + 1), fill=INK)
        return
    if line.modules:
        _draw_code(pen, line, top + QUIET * line.px, width)
        return
    weight = fonts.BOLD if line.bold else fonts.REGULAR
    rtl = direction(line.language) == "rtl"
    runs = list(_placed(line.content, weight, line.px, rtl=rtl))
    left = _left(line, sum(font.getlength(run) for run, font, _ in runs), width, rtl=rtl)
    for run, font, way in runs:
        pen.text(
            (left, top + line.base),
            run,
            fill=PAPER if line.bar else INK,
            font=font,
            anchor="ls",
            direction=way,
            language=tag(line.language),
        )
        left += font.getlength(run)


def _draw_code(pen: ImageDraw.ImageDraw, line: _Line, top: int, width: int) -> None:
    left = (width - len(line.modules) * line.px) // 4 * 2
    for y, modules in enumerate(line.modules):
        for x, dark in enumerate(modules):
            if dark:
                at = (left + x * line.px, top + y * line.px)
                pen.rectangle((*at, at[0] + line.px - 1, at[1] + line.px - 1), fill=INK)


def _placed(content: str, weight: int, px: int, *, rtl: bool) -> Iterator[tuple[str, FreeTypeFont, str]]:
    """The runs of a line from left to right, each with its font and its direction."""
    for stretch in stretches(content, rtl=rtl):
        runs = list(fonts.runs(stretch.text, weight, px))
        for run, font in reversed(runs) if stretch.rtl else runs:
            yield run, font, "rtl" if stretch.rtl else "ltr"


def _left(line: _Line, length: float, width: int, *, rtl: bool) -> float:
    if line.centred:
        return round((width - length) / 2)
    return width - MARGIN - length if rtl else MARGIN
