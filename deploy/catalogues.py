"""Sentences from the code into the catalogues (`make messages`). The msgids are the Italian sentences themselves.

A language of the staff says everything; a language of visitors alone says what visitors meet.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from sportello.i18n import DEFAULT, NAMES, STAFF, locale

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "sportello" / "locale"
SPEAKING = ("sportello", "kiosk", "counter", "display", "admin", "printers", "phone")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
Keywords = Mapping[str, Any]
KEYWORDS: Keywords = {**DEFAULT_KEYWORDS, "N_": None, "V_": None}
# Where everything that is said is said to visitors; elsewhere a sentence for them is marked with V_
TO_VISITORS = (
    "kiosk/",
    "display/",
    "phone/",
    "sportello/voice/",
    "sportello/web.py",
    "sportello/words.py",
    "sportello/opinions.py",
    "sportello/templates/refused.html",
    "printers/slip.py",
    "printers/wording.py",
)
TO_TECHNICIANS = ("kiosk/templates/kiosk/measure.html",)
NOTE = "# {name} sentences of Sportello, under the EUPL-1.2. The msgids are the Italian sentences in the code.\n#"
LASTING = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence at a place in the code."""

    text: str | tuple[str, ...]
    file: str
    comments: tuple[str, ...]
    context: str | None
    to_visitors: bool


def sentences(language: str = STAFF[-1]) -> Catalog:
    """Every sentence that may be said in a language, with the files that say it."""
    found = Catalog()
    for said in _said():
        if said.to_visitors or language in STAFF:
            found.add(said.text, None, [(said.file, 0)], auto_comments=said.comments, context=said.context)
    return found


@cache
def _said() -> tuple[Said, ...]:
    everything = _look(KEYWORDS, lambda file: file.startswith(TO_VISITORS) and not file.startswith(TO_TECHNICIANS))
    return (*everything, *_look({"V_": None}, lambda file: True))


def _look(keywords: Keywords, to_visitors: Callable[[str], bool]) -> Iterator[Said]:
    for package in SPEAKING:
        for place, _, text, comments, context in extract_from_dir(ROOT / package, METHODS, keywords=keywords):
            file = f"{package}/{place}"
            visitors = to_visitors(file)
            yield Said(text=text, file=file, comments=tuple(comments), context=context, to_visitors=visitors)


def catalogue(language: str) -> Path:
    """Where the sentences of a language are kept: under the name that gettext knows it by."""
    return CATALOGUES / locale(language).partition("_")[0] / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """What is translated so far; nothing where nobody has begun."""
    po = catalogue(language)
    if not po.exists():
        name = Locale.parse(locale(language)).get_language_name("en")
        return Catalog(locale=po.parent.parent.name, header_comment=NOTE.format(name=name))
    with po.open("rb") as text:
        return read_po(text, locale=po.parent.parent.name)


def updated(language: str) -> bytes:
    """The catalogue with the sentences of today: new ones empty, translations kept, those no longer said gone."""
    known = read(language)
    known.update(sentences(language), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, known, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return _lasting(written.getvalue().decode()).encode()


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a sentence with its translation, which is empty where it is missing."""
    said = [message.id] if isinstance(message.id, str) else list(message.id)
    translated = [message.string] if isinstance(message.string, str) else list(message.string or ())
    for place, text in enumerate(translated):
        yield said[min(place, len(said) - 1)], text


def missing(language: str) -> list[str]:
    """The sentences of today that a language does not say, or says in some of its plural forms only."""
    known = read(language)
    return [
        first
        for message in sentences(language)
        if (first := message.id if isinstance(message.id, str) else message.id[0])
        if (found := known.get(first)) is None or not _whole(found, known.num_plurals)
    ]


def _whole(message: Message, plurals: int) -> bool:
    translated = [text for _, text in forms(message)]
    return all(translated) and len(translated) == (1 if isinstance(message.id, str) else plurals)


def _lasting(text: str) -> str:
    """The head without dates and addresses, so that a catalogue changes only when a sentence does."""
    head, blank, body = text.partition("\n\n")
    kept = [line for line in head.splitlines() if not re.match(r'"[\w-]+:', line) or line.startswith(_QUOTED)]
    return "\n".join(line for line in kept if line != "#, fuzzy") + blank + body


_QUOTED = tuple(f'"{name}' for name in LASTING)


if __name__ == "__main__":
    for language in NAMES:
        if language == DEFAULT:
            continue
        po = catalogue(language)
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_bytes(updated(language))
        empty = missing(language)
        print(f"{po.relative_to(ROOT)}: {len(empty)} of {len(sentences(language))} sentences to translate")
        sys.stdout.writelines(f"  {sentence}\n" for sentence in empty)
