"""Numbers in words, from 1 to 999, as they are counted aloud in each language of the kiosk.

An engine reads figures well in one language and badly in another; words it reads alike in all. Arabic is written with
its vowels, and Bengali with whole letters, since the ear is all they are for.
"""

from collections.abc import Callable, Mapping, Sequence

HIGHEST = 999


def _row(words: str) -> Sequence[str]:
    return words.split()


_IT = _row(
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove"
)
_IT_TENS = _row("venti trenta quaranta cinquanta sessanta settanta ottanta novanta")


def _italian(n: int) -> str:
    if n < 20:
        return _IT[n]
    if n < 100:
        tens, unit = _IT_TENS[n // 10 - 2], n % 10
        if unit in (1, 8):
            return tens[:-1] + _IT[unit]
        return tens + ("tré" if unit == 3 else _IT[unit] if unit else "")
    hundreds = ("" if n < 200 else _IT[n // 100]) + "cento"
    rest = _italian(n % 100) if n % 100 else ""
    if rest.startswith("ottant"):
        hundreds = hundreds[:-1]
    return hundreds + ("tré" if rest == "tre" else rest)


_EN = _row(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_EN_TENS = _row("twenty thirty forty fifty sixty seventy eighty ninety")


def _english(n: int) -> str:
    if n < 20:
        return _EN[n]
    if n < 100:
        return _EN_TENS[n // 10 - 2] + (f"-{_EN[n % 10]}" if n % 10 else "")
    return f"{_EN[n // 100]} hundred" + (f" and {_english(n % 100)}" if n % 100 else "")


_FR = _row(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
)
_FR_TENS = _row("vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")


def _french(n: int) -> str:
    if n < 20:
        return _FR[n]
    if n < 100:
        tens = _FR_TENS[n // 10 - 2]
        rest = n % 20 if n >= 60 else n % 10
        if n == 80:
            return "quatre-vingts"
        if rest in (1, 11) and n < 80:
            return f"{tens} et {_FR[rest]}"
        return f"{tens}-{_FR[rest]}" if rest else tens
    rest, hundred = n % 100, "cent"
    if n >= 200:
        hundred = f"{_FR[n // 100]} cent" + ("" if rest else "s")
    return f"{hundred} {_french(rest)}" if rest else hundred


_ES = _row(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete "
    "dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve"
)
_ES_TENS = _row("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = _row(
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)


def _spanish(n: int) -> str:
    if n < 30:
        return _ES[n]
    if n < 100:
        return _ES_TENS[n // 10 - 3] + (f" y {_ES[n % 10]}" if n % 10 else "")
    if n == 100:
        return "cien"
    return _ES_HUNDREDS[n // 100 - 1] + (f" {_spanish(n % 100)}" if n % 100 else "")


_RO = _row(
    "zero unu doi trei patru cinci șase șapte opt nouă zece unsprezece doisprezece treisprezece paisprezece "
    "cincisprezece șaisprezece șaptesprezece optsprezece nouăsprezece"
)
_RO_TENS = _row("douăzeci treizeci patruzeci cincizeci șaizeci șaptezeci optzeci nouăzeci")
_RO_HUNDREDS = (
    "o sută",
    "două sute",
    "trei sute",
    "patru sute",
    "cinci sute",
    "șase sute",
    "șapte sute",
    "opt sute",
    "nouă sute",
)


def _romanian(n: int) -> str:
    if n < 20:
        return _RO[n]
    if n < 100:
        return _RO_TENS[n // 10 - 2] + (f" și {_RO[n % 10]}" if n % 10 else "")
    return _RO_HUNDREDS[n // 100 - 1] + (f" {_romanian(n % 100)}" if n % 100 else "")


_SQ = _row("zero një dy tre katër pesë gjashtë shtatë tetë nëntë dhjetë")
_SQ_TENS = _row("njëzet tridhjetë dyzet pesëdhjetë gjashtëdhjetë shtatëdhjetë tetëdhjetë nëntëdhjetë")


def _albanian(n: int) -> str:
    if n <= 10:
        return _SQ[n]
    if n < 20:
        return f"{_SQ[n - 10]}mbëdhjetë"
    if n < 100:
        return _SQ_TENS[n // 10 - 2] + (f" e {_SQ[n % 10]}" if n % 10 else "")
    return f"{_SQ[n // 100]}qind" + (f" e {_albanian(n % 100)}" if n % 100 else "")


_TR = _row("sıfır bir iki üç dört beş altı yedi sekiz dokuz")
_TR_TENS = _row("on yirmi otuz kırk elli altmış yetmiş seksen doksan")


def _turkish(n: int) -> str:
    said = [] if n < 100 else ["yüz"] if n < 200 else [_TR[n // 100], "yüz"]
    if n % 100 >= 10:
        said.append(_TR_TENS[n % 100 // 10 - 1])
    if n % 10:
        said.append(_TR[n % 10])
    return " ".join(said)


_UK = _row(
    "нуль один два три чотири п’ять шість сім вісім дев’ять десять одинадцять дванадцять тринадцять чотирнадцять "
    "п’ятнадцять шістнадцять сімнадцять вісімнадцять дев’ятнадцять"
)
_UK_TENS = _row("двадцять тридцять сорок п’ятдесят шістдесят сімдесят вісімдесят дев’яносто")
_UK_HUNDREDS = _row("сто двісті триста чотириста п’ятсот шістсот сімсот вісімсот дев’ятсот")


def _ukrainian(n: int) -> str:
    said = [_UK_HUNDREDS[n // 100 - 1]] if n >= 100 else []
    if n % 100 >= 20:
        said.append(_UK_TENS[n % 100 // 10 - 2])
        n %= 10
    if n % 100:
        said.append(_UK[n % 100])
    return " ".join(said)


_AR = _row("صِفْر وَاحِد اِثْنَان ثَلَاثَة أَرْبَعَة خَمْسَة سِتَّة سَبْعَة ثَمَانِيَة تِسْعَة عَشَرَة")
_AR_TEENS = _row("أَحَدَ اِثْنَا ثَلَاثَةَ أَرْبَعَةَ خَمْسَةَ سِتَّةَ سَبْعَةَ ثَمَانِيَةَ تِسْعَةَ")
_AR_TENS = _row("عِشْرُون ثَلَاثُون أَرْبَعُون خَمْسُون سِتُّون سَبْعُون ثَمَانُون تِسْعُون")
_AR_HUNDREDS = _row("مِئَة مِئَتَان ثَلَاثُمِئَة أَرْبَعُمِئَة خَمْسُمِئَة سِتُّمِئَة سَبْعُمِئَة ثَمَانِمِئَة تِسْعُمِئَة")
_AR_AND = " وَ "  # apart from what follows, or the engine drops the vowel between


def _arabic(n: int) -> str:
    """As one counts: the unit before the ten."""
    said = [_AR_HUNDREDS[n // 100 - 1]] if n >= 100 else []
    rest = n % 100
    if 10 < rest < 20:
        said.append(f"{_AR_TEENS[rest - 11]} عَشَر")
    elif rest:
        said += [_AR[rest]] if rest <= 10 else [_AR[rest % 10]] * bool(rest % 10) + [_AR_TENS[rest // 10 - 2]]
    return _AR_AND.join(said)


_ZH = "零一二三四五六七八九"


def _chinese(n: int) -> str:
    hundreds, tens, unit = n // 100, n // 10 % 10, n % 10
    said = f"{_ZH[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else _ZH[tens]) + "十"
    elif hundreds and unit:
        said += "零"
    return said + (_ZH[unit] if unit else "")


# below a hundred each number of Urdu and Bengali is a word of its own
_UR = _row(
    "صفر ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ اٹھارہ انیس بیس اکیس بائیس تئیس "
    "چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس تیس اکتیس بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس چالیس "
    "اکتالیس بیالیس تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس پچاس اکیاون باون ترپن چون پچپن چھپن ستاون "
    "اٹھاون انسٹھ ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ سڑسٹھ اڑسٹھ انہتر ستر اکہتر بہتر تہتر چوہتر پچھتر "
    "چھہتر ستتر اٹھہتر اناسی اسی اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی نوے اکانوے بانوے ترانوے "
    "چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے"
)
_BN = _row(
    "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয় দশ এগারো বারো তেরো চৌদ্দ পনেরো ষোলো সতেরো আঠারো উনিশ বিশ একুশ বাইশ তেইশ "
    "চব্বিশ পঁচিশ ছাব্বিশ সাতাশ আটাশ ঊনত্রিশ ত্রিশ একত্রিশ বত্রিশ তেত্রিশ চৌত্রিশ পঁয়ত্রিশ ছত্রিশ সাঁইত্রিশ আটত্রিশ "
    "ঊনচল্লিশ চল্লিশ একচল্লিশ বিয়াল্লিশ তেতাল্লিশ চুয়াল্লিশ পঁয়তাল্লিশ ছেচল্লিশ সাতচল্লিশ আটচল্লিশ ঊনপঞ্চাশ পঞ্চাশ "
    "একান্ন বায়ান্ন তিপ্পান্ন চুয়ান্ন পঞ্চান্ন ছাপ্পান্ন সাতান্ন আটান্ন ঊনষাট ষাট একষট্টি বাষট্টি তেষট্টি চৌষট্টি "
    "পঁয়ষট্টি ছেষট্টি সাতষট্টি আটষট্টি ঊনসত্তর সত্তর একাত্তর বাহাত্তর তিয়াত্তর চুয়াত্তর পঁচাত্তর ছিয়াত্তর "
    "সাতাত্তর আটাত্তর ঊনআশি আশি একাশি বিরাশি তিরাশি চুরাশি পঁচাশি ছিয়াশি সাতাশি আটাশি ঊননব্বই নব্বই একানব্বই "
    "বিরানব্বই তিরানব্বই চুরানব্বই পঁচানব্বই ছিয়ানব্বই সাতানব্বই আটানব্বই নিরানব্বই"
)


def _listed(below: Sequence[str], hundred: str) -> Callable[[int], str]:
    """A language with a list up to 99: how many hundreds, then the rest."""

    def say(n: int) -> str:
        if n < 100:
            return below[n]
        return below[n // 100] + hundred + (f" {below[n % 100]}" if n % 100 else "")

    return say


SAID: Mapping[str, Callable[[int], str]] = {
    "it": _italian,
    "it-facile": _italian,
    "en": _english,
    "ro": _romanian,
    "sq": _albanian,
    "ar": _arabic,
    "fr": _french,
    "zh": _chinese,
    "uk": _ukrainian,
    "es": _spanish,
    "ur": _listed(_UR, " سو"),
    "bn": _listed(_BN, " শো"),  # apart, or the engine adds a vowel between
    "tr": _turkish,
}


def words(n: int, language: str) -> str:
    """A number as it is said; in figures, for the engine to read, where it is beyond the words we have."""
    return SAID[language](n) if 1 <= n <= HIGHEST else str(n)
