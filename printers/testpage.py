"""A page that shows what a printer can do, and what it said of itself."""

from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw

from printers import commands, encode
from printers.layout import Bar, Block, Code, Rule, Text, picture
from sportello.domain.printing import PrinterSetup
from sportello.i18n import NAMES, translator

MARKS = (384, 512, 576, 640)  # widths of heads, dots
STEP = 48  # dots, of the ruler
GREETING = "kiosk/greeting"  # a sentence that every catalogue has


def page(setup: PrinterSetup, says: Sequence[str]) -> bytes:
    """The bytes of the page. `says`: what the printer answered, a line each."""
    return encode.job(draw(setup, says)) if not _native(setup) else _with_native(setup, says)


def draw(setup: PrinterSetup, says: Sequence[str]) -> Image.Image:
    """Ruler, density, every language, a code, joins between strips, and the printer's own words."""
    parts = (
        picture(list(_head(setup)), setup.width),
        _ruler(setup.width),
        _density(setup.width),
        picture(list(_languages()), setup.width),
        _joins(setup.width),
        picture(list(_foot(says)), setup.width),
    )
    whole = Image.new("1", (setup.width, sum(part.height for part in parts)), 0)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def _head(setup: PrinterSetup) -> Iterator[Block]:
    yield Bar(content="PROVA DI STAMPA", px=40)
    yield Text(content=setup.name, px=40, bold=True, centred=True)
    yield Text(content=setup.uri, px=28, centred=True)
    yield Rule()


def _languages() -> Iterator[Block]:
    """One line in each language: boxes or question marks show at once."""
    for language, name in NAMES.items():
        sentence = translator(language)("Persone prima di Lei: %(count)s") % {"count": 7}
        yield Text(content=f"{name}: {sentence}", px=28, language=language)
    yield Code(content="HTTPS://SPORTELLO.TEST/T/0123ABCD", side=220)


def _foot(says: Sequence[str]) -> Iterator[Block]:
    yield Rule()
    for line in says:
        yield Text(content=line, px=28)
    yield Text(content="Fine della prova: sotto, il taglio.", px=28, bold=True)


def _ruler(width: int) -> Image.Image:
    """How wide the head is: a line that goes missing lies beyond it."""
    strip = Image.new("1", (max(width, *MARKS), 64), 0)
    pen = ImageDraw.Draw(strip)
    pen.line((0, 0, strip.width - 1, 0), fill=1, width=3)
    for at in range(0, strip.width, STEP):
        pen.line((at, 0, at, 24), fill=1, width=2)
    for mark in MARKS:
        pen.line((mark - 1, 0, mark - 1, 60), fill=1, width=4)
    return strip.crop((0, 0, width, 64))


def _density(width: int) -> Image.Image:
    """Six fields from a sixth of the dots to all of them: where they run together the printer prints too dark."""
    strip, field = Image.new("1", (width, 72), 0), width // 6
    for n in range(6):
        for y in range(64):
            for x in range(n * field, (n + 1) * field - 8):
                if (x + 5 * y) % 6 <= n:
                    strip.putpixel((x, y), 1)
    return strip


def _joins(width: int) -> Image.Image:
    """Slanted lines over four strips of dots: white gaps show where the strips do not meet."""
    strip = Image.new("1", (width, encode.STRIP_ROWS * 4), 0)
    pen = ImageDraw.Draw(strip)
    for at in range(-strip.height, width, 32):
        pen.line((at, strip.height, at + strip.height, 0), fill=1, width=6)
    return strip


def _native(setup: PrinterSetup) -> bool:
    """Whether a code drawn by the printer itself is worth trying: not on a printer that answers nothing."""
    return bool(setup.capabilities)


def _with_native(setup: PrinterSetup, says: Sequence[str]) -> bytes:
    body = encode.job(draw(setup, says))
    return body.removesuffix(encode.CUT) + commands.native_code("SPORTELLO") + encode.CUT
