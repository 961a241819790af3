"""The files of one day's evidence, and their sums."""

from collections.abc import Iterator

from sportello.reports import workbooks
from sportello.reports.evidence import Dossier
from sportello.reports.evidence_words import LINKS, TICKETS, link_rows, printed, ticket_rows
from sportello.reports.paper import pdf
from sportello.reports.sums import SUMS, digest, sums

NAMES = ("evidence.pdf", "tickets.csv", "events.csv", SUMS)


def files(found: Dossier) -> Iterator[tuple[str, bytes]]:
    """Each file, the sums of all at the end."""
    made = {
        "evidence.pdf": pdf("evidence", printed(found)),
        "tickets.csv": workbooks.csv((TICKETS, *ticket_rows(found))),
        "events.csv": workbooks.csv((LINKS, *link_rows(found))),
    }
    yield from made.items()
    yield SUMS, sums({name: digest(content) for name, content in made.items()})
