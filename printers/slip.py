"""The slip: the number giant and near the top, then what the visitor wants to know, then the same for the staff."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PIL import Image

from printers import encode, fonts, text, wording
from printers.base import Sheet
from printers.layout import Bar, Block, Code, Number, Rule, Text, picture
from printers.links.choice import baud
from printers.machine import DOTS_MM
from sportello import words
from sportello.domain.printing import Capability, PrinterSetup
from sportello.domain.slips import Slip
from sportello.i18n import Say, tag

STAFF = "it"  # whoever stands behind the counter must be able to read the slip too

# Dots at 203 dpi: 46 is 16 pt, 34 is 12 pt, 29 is 10 pt. Nothing is smaller, on narrow paper too.
KEY, PLAIN, SMALL = 46, 34, 29
WIDE = 512  # dots: from here on the paper is 80 mm wide
PICTURE_BAUD = 115_200
CODE = 220  # 27 mm with its white border
NUMBER_WIDE, NUMBER_NARROW = 190, 126  # capitals 17 mm and 11 mm high


def render(slip: Slip, *, setup: PrinterSetup, translator: Callable[[str], Say]) -> Sheet:
    """The slip for one printer; the same slip gives the same bytes.

    A picture, or letters of the printer's own where the line is too slow for pictures. Raises `PrinterError` when it
    can be neither.
    """
    if not slow(setup.uri):
        picture = draw(slip, width=setup.width, translator=translator)
        return Sheet(data=encode.job(picture), mm=picture.height // DOTS_MM)
    if Capability.NATIVE_QR not in setup.capabilities:
        slip = replace(slip, page="")
    return text.sheet(blocks(slip, setup.width, translator, text.covers), width=setup.width)


def slow(uri: str) -> bool:
    """Whether a picture would keep the visitor waiting: 50 kB take 4 s at 115200 baud, 50 s at 9600."""
    rate = baud(uri)
    return rate is not None and rate < PICTURE_BAUD


def draw(slip: Slip, *, width: int, translator: Callable[[str], Say]) -> Image.Image:
    """The slip as a picture of mode "1", a set pixel being ink."""
    return picture(blocks(slip, width, translator, fonts.covers), width)


def blocks(slip: Slip, width: int, translator: Callable[[str], Say], covers: Callable[[str], bool]) -> Sequence[Block]:
    """What stands on the slip, from the top.

    A language of which a letter cannot be written gives way to Italian: better a foreign sentence than empty boxes.
    """
    language, first = slip.language, _told(slip, slip.language, translator(slip.language), KEY)
    if not all(covers(part.content) for part in first):
        language, first = STAFF, _told(slip, STAFF, translator(STAFF), KEY)
    say = translator(language)
    again = [] if tag(language) == STAFF else _again(slip, first, translator(STAFF))
    return [*_head(slip, say, width), *first, *again, *_onward(slip, language, say), *_foot(slip, language, say)]


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
    texts = list(_facts(slip, language, say, key))
    if standard := wording.standard(slip, language, say):
        texts.append(Text(content=standard, px=PLAIN, language=language, gap=8))
    return texts


def _facts(slip: Slip, language: str, say: Say, key: int) -> Iterator[Text]:
    """For what, after how many others, after how long."""
    if slip.service is not None:
        title = wording.title(slip.service, language)
        yield Text(content=title, px=key, language=language, bold=True, gap=8)
    yield Text(content=words.ahead(slip.ahead, say), px=key, language=language, gap=8)
    if slip.estimate_s is not None:
        estimate = words.estimate(*slip.estimate_s, say)
        yield Text(content=estimate, px=key, language=language, bold=True)


def _again(slip: Slip, first: list[Text], say: Say) -> Iterator[Block]:
    """The facts in Italian and smaller, for the staff, who know the charter; nothing that was said already."""
    second = list(_facts(slip, STAFF, say, PLAIN))
    if [part.content for part in second] != [part.content for part in first[: len(second)]]:
        yield Rule()
        yield from second


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
