"""The names of the letters A to Z, written so that the engine of each language says them right."""

from collections.abc import Mapping

# Arabic and Chinese speakers read these letters by their English names; the engine does so with the bare letter.
_BARE = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"

_NAMES: Mapping[str, str] = {
    "it": "a bi ci di e effe gi acca i i-lunga kappa elle emme enne o pi cu erre esse ti u vu doppia-vu ics ipsilon "
    "zeta",
    "en": "ay bee see dee ee eff jee aitch eye jay kay ell em en oh pee cue are ess tee you vee double-you ex why zed",
    "ro": "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    "sq": "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    "ar": _BARE,
    "fr": "a bé cé dé e effe gé hache i ji ka elle emme enne o pé ku erre esse té u vé double-vé ixe i-grec zède",
    "zh": _BARE,
    "uk": "а бе це де е еф ґе аш і йот ка ель ем ен о пе ку ер ес те у ве дубль-ве ікс ігрек зет",
    "es": "a be ce de e efe ge hache i jota ka ele eme ene o pe cu erre ese te u uve uve-doble equis i-griega zeta",
    "ur": "اے بی سی ڈی ای ایف جی ایچ آئی جے کے ایل ایم این او پی کیو آر ایس ٹی یو وی ڈبلیو ایکس وائی زیڈ",
    "bn": "এ বি সি ডি ইই এফ জি এইচ আই জে কে এল এম এন ও পি কিউ আর এস টি ইউ ভি ডাব্লিউ এক্স ওয়াই জেড",
    "tr": "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
}


def letter(one: str, language: str) -> str:
    """The name of a letter; the letter itself where it has none."""
    names = _NAMES["it" if language == "it-facile" else language].split(" ")
    place = ord(one) - ord("A") if len(one) == 1 else -1
    return names[place].replace("-", " ") if 0 <= place < len(names) else one
