"""The slip: the number giant and near the top, then what the visitor wants to know, then the same for the staff."""

from collections.abc import Callable, Iterator

from PIL import Image

from printers import encode, fonts, wording
from printers.layout import Bar, Block, Code, Number, Rule, Text, picture
from sportello import words
from sportello.domain.slips import Slip
from sportello.i18n import Say

STAFF = "it"  # whoever stands behind the counter must be able to read the slip too

# Dots at 203 dpi: 45 is 16 pt, 34 is 12 pt, 28 is 10 pt. Nothing is smaller, on narrow paper too.
KEY, SECOND, PLAIN, SMALL = 45, 36, 34, 28
WIDE = 512  # dots: from here on the paper is 80 mm wide
CODE = 220  # 27 mm with its white border
NUMBER_WIDE, NUMBER_NARROW = 190, 126  # capitals 17 mm and 11 mm high


def render(slip: Slip, *, width: int, translator: Callable[[str], Say]) -> bytes:
    """The bytes that put the slip on paper `width` dots wide; the same slip gives the same bytes."""
    return encode.job(draw(slip, width=width, translator=translator))


def draw(slip: Slip, *, width: int, translator: Callable[[str], Say]) -> Image.Image:
    """The slip as a picture of mode "1", a set pixel being ink.

    A language that the fonts cannot write gives way to Italian: better a foreign sentence than empty boxes.
    """
    language, first = slip.language, _told(slip, slip.language, translator(slip.language), KEY)
    if not all(fonts.covers(text.content) for text in first):
        language, first = STAFF, _told(slip, STAFF, translator(STAFF), KEY)
    say = translator(language)
    again = [] if language == STAFF else _again(slip, first, translator(STAFF))
    return picture(
        [*_head(slip, say, width), *first, *again, *_onward(slip, language, say), *_foot(slip, language, say)], width
    )


def _head(slip: Slip, _: Say, width: int) -> Iterator[Block]:
    yield Text(content=slip.centre, px=30, bold=True, centred=True)
    yield Rule()
    if slip.demo:
        yield Bar(content=_("DEMO"), px=PLAIN)
    if slip.copy:
        yield Bar(content=_("COPIA %(copy)s") % {"copy": slip.copy}, px=KEY)
    yield Number(content=slip.number, px=NUMBER_WIDE if width >= WIDE else NUMBER_NARROW)


def _told(slip: Slip, language: str, say: Say, key: int) -> list[Text]:
    """What the visitor wants to know, in one language; `key` is the size of the lines that matter most."""
    texts = []
    if slip.service is not None:
        title = wording.title(slip.service, language)
        texts.append(Text(content=title, px=key, language=language, bold=True, gap=8))
    texts.append(Text(content=words.ahead(slip.ahead, say), px=key, language=language, gap=8))
    if slip.estimate_s is not None:
        estimate = words.estimate(*slip.estimate_s, say)
        texts.append(Text(content=estimate, px=key, language=language, bold=True))
    if standard := wording.standard(slip, language, say):
        texts.append(Text(content=standard, px=PLAIN, language=language, gap=8))
    return texts


def _again(slip: Slip, first: list[Text], say: Say) -> list[Block]:
    """The same in Italian and smaller; nothing where Italian is what was said already."""
    second = _told(slip, STAFF, say, SECOND)
    if [text.content for text in second] == [text.content for text in first]:
        return []
    return [Rule(), *second]


def _onward(slip: Slip, language: str, say: Say) -> Iterator[Block]:
    """The way to the visitor's own page, where telephones can reach it."""
    if slip.page:
        yield Rule()
        yield Text(content=wording.phone(say), px=PLAIN, language=language, centred=True)
        yield Code(content=slip.page, side=CODE)


def _foot(slip: Slip, language: str, say: Say) -> Iterator[Block]:
    yield Rule()
    yield Text(content=wording.issued(slip, language, say), px=PLAIN, language=language)
    yield Text(content=wording.code(slip, say), px=SMALL, language=language)
