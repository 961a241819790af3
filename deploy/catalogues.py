"""Sentences from the code into the catalogues (`make messages`). The msgids are the Italian sentences themselves."""

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
CATALOGUES = ROOT / "sportello" / "locale"
SPEAKING = ("sportello", "kiosk", "counter", "display", "admin", "printers")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
LASTING = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")


def sentences() -> Catalog:
    """Every sentence that the code may say, with the files that say it."""
    found = Catalog()
    for package in SPEAKING:
        for file, _, said, comments, context in extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS):
            found.add(said, None, [(f"{package}/{file}", 0)], auto_comments=comments, context=context)
    return found


def updated(po: Path) -> bytes:
    """The catalogue with the sentences of today: new ones empty, translations kept, those no longer said gone."""
    with po.open("rb") as text:
        catalogue = read_po(text, locale=po.parent.parent.name)
    catalogue.update(sentences(), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=0, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return _lasting(written.getvalue().decode()).encode()


def _lasting(text: str) -> str:
    """The head without dates and addresses, so that a catalogue changes only when a sentence does."""
    head, blank, body = text.partition("\n\n")
    kept = [line for line in head.splitlines() if not re.match(r'"[\w-]+:', line) or line.startswith(_QUOTED)]
    return "\n".join(kept) + blank + body


_QUOTED = tuple(f'"{name}' for name in LASTING)


if __name__ == "__main__":
    for po in sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po")):
        po.write_bytes(updated(po))
        with po.open("rb") as text:
            empty = [message.id for message in read_po(text) if message.id and not message.string]
        print(f"{po.relative_to(ROOT)}: {len(empty)} sentences to translate")
        sys.stdout.writelines(f"  {sentence}\n" for sentence in empty)
