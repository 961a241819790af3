"""Letters on paper in every language: joined, in the right order, on lines that end where they may."""

import pytest
from PIL import Image, ImageChops
from PIL.ImageFont import FreeTypeFont

from deploy.catalogues import catalogue, forms, read
from printers import fonts, slip, wording
from printers.bidi import stretches
from printers.layout import Text, picture, wrapped
from sportello.founding import charter_named
from sportello.i18n import DEFAULT, NAMES, translator
from tests.paper.samples import a_slip

EXAMPLES = ("como", "toscana")


def drawn(text: str, language: str) -> Image.Image:
    return picture([Text(content=text, px=45, language=language)], 576)


def order(line: str, *, rtl: bool) -> list[str]:
    return [stretch.text for stretch in stretches(line, rtl=rtl)]


def ink(image: Image.Image) -> bytes:
    """The letters without the white around them."""
    return image.crop(image.getbbox()).tobytes()


def boxed(font: FreeTypeFont, letter: str) -> bool:
    """Whether a font draws its empty box for a letter, a space too."""
    return bytes(font.getmask(letter, mode="1")) == bytes(font.getmask("\uffff", mode="1"))


@pytest.mark.parametrize("language", NAMES)
def test_no_slip_lacks_a_letter(language: str) -> None:
    """Neither the sentences on the paper nor the names of the services that ship with us."""
    say, texts = translator(language), set[str]()
    for sheet in (sheet for name in EXAMPLES for sheet in charter_named(name).sheets):
        made = a_slip(language=language, service=sheet.label, copy=1, demo=True)
        texts |= {text.content for text in slip._told(made, language, say, 45)}
        texts |= {wording.issued(made, language, say), wording.code(made, say)}
    runs = [list(fonts.runs(text, fonts.BOLD, 34)) for text in sorted(texts)]
    assert ["".join(run for run, _ in each) for each in runs] == sorted(texts)
    drawn = {(font, letter) for each in runs for run, font in each for letter in run}
    assert not [letter for font, letter in drawn if boxed(font, letter)]


@pytest.mark.parametrize("language", [language for language in NAMES if language != DEFAULT])
def test_no_sentence_on_paper_lacks_a_letter(language: str) -> None:
    assert catalogue(language).exists()
    for message in read(language):
        if any(place.startswith("printers/") for place, _ in message.locations):
            assert all(fonts.covers(translated) for _, translated in forms(message))


def test_arabic_letters_join() -> None:
    joined, apart = drawn("رقم", "ar"), drawn("ر\u200cق\u200cم", "ar")
    assert ink(joined) != ink(apart)


def test_bengali_letters_grow_together() -> None:
    assert ink(drawn("ক্ষ", "bn")) != ink(drawn("ক\u200c্\u200cষ", "bn"))


def test_a_range_of_figures_is_read_from_the_left_on_a_line_read_from_the_right() -> None:
    assert order("10–15 دقيقة", rtl=True) == [" دقيقة", "10–15"]
    line, right, wrong = drawn("10–15 دقيقة", "ar"), drawn("10–15", "ar"), drawn("15–10", "ar")
    left = (right.getbbox() or (0,))[0]
    ends = line.crop((left, 0, line.width, line.height))
    unlike = [
        sum(ImageChops.logical_xor(ends, each.crop((left, 0, each.width, each.height))).histogram()[1:])
        for each in (right, wrong)
    ]
    assert unlike[0] * 4 < unlike[1]


def test_a_foreign_word_stands_whole_where_it_is_read() -> None:
    assert order("سجّل في (DID) اليوم", rtl=True) == [") اليوم", "DID", "سجّل في ("]
    assert order("انتظر 20 دقيقة", rtl=True) == [" دقيقة", "20", "انتظر "]
    assert order("عند GOL 2026 فقط", rtl=True) == [" فقط", "GOL 2026", "عند "]


def test_a_line_read_from_the_left_keeps_its_order() -> None:
    assert order("Attesa: 10–15 minuti (DID)", rtl=False) == ["Attesa: 10–15 minuti (DID)"]
    assert order("Lingua: عربي, 20%", rtl=False) == ["Lingua: ", "20%", "عربي, "]


def test_a_line_read_from_the_right_begins_at_the_right_edge() -> None:
    left, _, right, _ = drawn("الرقم", "ar").getbbox() or (0, 0, 0, 0)
    assert right > 560
    assert left > 288


def test_chinese_breaks_between_signs_and_no_line_begins_with_a_stop() -> None:
    text = "您的号码：请在此等候，屏幕会显示窗口。等候时间大约10–15分钟（估计）。"
    lines = wrapped(text, fonts.REGULAR, 45, 300)
    assert len(lines) > 3
    assert "".join(lines) == text
    assert not [line for line in lines if line[0] in "，。：）" or line[-1] == "（"]
    assert any("10–15" in line for line in lines)
