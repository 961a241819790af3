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


def _xlsx(found: Verification) -> bytes:
    from sportello.reports.xlsx import xlsx  # the library behind it takes its time to load

    return xlsx(sheets(found))


def _ods(found: Verification) -> bytes:
    from sportello.reports.ods import ods

    return ods(sheets(found))


MAKERS: Mapping[str, Callable[[Verification], bytes]] = {
    "verification.pdf": lambda found: pdf("verification", printed(found)),
    "verification.xlsx": _xlsx,
    "verification.ods": _ods,
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
