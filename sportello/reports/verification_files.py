"""The files of a yearly verification, and the sums that prove each of them."""

from collections.abc import Callable, Iterator, Mapping

from sportello.reports import workbooks
from sportello.reports.pages import page, style_sheet
from sportello.reports.paper import pdf
from sportello.reports.sums import SUMS, digest, sums
from sportello.reports.verification import Verification
from sportello.reports.verification_sheet import sheets
from sportello.reports.verification_words import printed

STYLE = "stile.css"

MAKERS: Mapping[str, Callable[[Verification], bytes]] = {
    "verification.pdf": lambda found: pdf("verification", printed(found)),
    "verification.xlsx": lambda found: workbooks.xlsx(sheets(found)),
    "verification.ods": lambda found: workbooks.ods(sheets(found)),
    "verification.csv": lambda found: workbooks.csv(sheets(found)[0].rows),
    "verification.html": lambda found: page("verification", {**printed(found), "style": STYLE}),
    STYLE: lambda found: style_sheet(),
}


def files(found: Verification) -> Iterator[tuple[str, bytes]]:
    """Each file as it is made, the sums of all at the end."""
    digests: dict[str, str] = {}
    for name, make in MAKERS.items():
        content = make(found)
        digests[name] = digest(content)
        yield name, content
    yield SUMS, sums(digests)
