"""How often the wait told with a number was kept: the share of visits inside their quoted range."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sportello.domain.charter import Charter, Text
from sportello.domain.errors import Reason, Refused
from sportello.ledger import log, queries
from sportello.ledger.db import Db
from sportello.ledger.queries import By
from sportello.reports.compliance import title_of

DEFINITION: tuple[Text, ...] = (
    {
        "it": "L'attesa comunicata è l'intervallo calcolato e registrato quando il numero è rilasciato; "
        "l'attesa è quella degli standard: fino alla prima chiamata.",
        "en": "The quoted wait is the range computed and recorded when the number is issued; "
        "the wait is that of the standards: up to the first call.",
    },
    {
        "it": "Dentro = attese fra i due estremi, estremi compresi; più brevi = sotto il primo; più lunghe = oltre il "
        "secondo. Quota = dentro, su tutti i numeri con un'attesa comunicata che contano.",
        "en": "Inside = waits between the two ends, ends included; shorter = below the first; longer = beyond the "
        "second. Share = inside, over all counted numbers with a quote.",
    },
    {
        "it": "Chi non è mai stato chiamato entro la chiusura, o rinuncia dopo il secondo estremo, "
        "conta fra le più lunghe.",
        "en": "Who was never called before the day was closed, or gave up beyond the second end, counts as longer.",
    },
    {
        "it": "Sono esclusi, come negli standard, i numeri annullati, quelli con un orologio non affidabile e chi "
        "rinuncia prima: qui entro il secondo estremo. Chi non ha avuto un numero non ha un'attesa comunicata.",
        "en": "Left out, as for the standards, are voided numbers, those with a clock not to be trusted, and who gave "
        "up before: here within the second end. Who got no number has no quote.",
    },
    {
        "it": "Senza attesa comunicata: numeri validi ai quali non si è potuto dire nulla di credibile. "
        "Le visite importate da un altro sistema non sono contate.",
        "en": "Without a quote: valid numbers to which nothing credible could be told. "
        "Visits imported from another system are not counted.",
    },
    {
        "it": "L'obiettivo è che la quota stia fra 75 e 85 su 100.",
        "en": "The goal is a share between 75 and 85 in 100.",
    },
)

OUTSIDE: Mapping[str, Text] = {
    "voided": {"it": "annullati", "en": "voided"},
    "suspect": {"it": "orologio non affidabile", "en": "clock not to be trusted"},
    "left": {"it": "rinunce entro il secondo estremo", "en": "gave up within the second end"},
    "waiting": {"it": "ancora in attesa", "en": "still waiting"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The quotes of one service in one group of the report."""

    service: str
    title: Text
    group: str
    inside: int
    below: int  # called sooner than was told
    above: int  # called later, or never
    untold: int  # had no quote

    @property
    def n(self) -> int:
        return self.inside + self.below + self.above

    @property
    def share(self) -> Decimal | None:
        """Inside / n, 4 decimals, rounded down; None without quotes."""
        return Decimal(self.inside * 10_000 // self.n) / 10_000 if self.n else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """A report on the days `first` to `last`, and where the log it was made from ended."""

    first: date
    last: date
    by: By
    lines: tuple[Line, ...]
    outside: Mapping[str, int]
    log: log.Head

    @property
    def whole(self) -> Line:
        """All the lines as one."""
        return _line("", {"it": ""}, "", [_counts(line) for line in self.lines])


def accuracy(
    db: Db,
    centre: str,
    *,
    charters: Sequence[Charter],
    first: date,
    last: date,
    by: str = By.SERVICE,
    service: str | None = None,
) -> Accuracy:
    """How the quotes of a period were kept. `by`: a word of `By`, ValueError otherwise; `service`: that one alone."""
    division = By(by)
    with db.snapshot():
        found = queries.quotes(db, centre, first, last, by=division, service=service or "")
        end = log.head(db, centre)
    if service and not found and not any(charter.sheet(service) for charter in charters):
        raise Refused(Reason.UNKNOWN_SERVICE, service)
    return Accuracy(
        first=first,
        last=last,
        by=division,
        lines=tuple(
            _line(code, title_of(code, None, charters), group, [counts])
            for (code, group), counts in sorted(found.items())
        ),
        outside={name: sum(counts.get(name, 0) for counts in found.values()) for name in OUTSIDE},
        log=end,
    )


def _line(service: str, title: Text, group: str, found: Sequence[Mapping[str, int]]) -> Line:
    inside, below, above, untold = (sum(counts.get(name, 0) for counts in found) for name in COUNTS)
    return Line(service=service, title=title, group=group, inside=inside, below=below, above=above, untold=untold)


COUNTS = ("inside", "below", "above", "untold")


def _counts(line: Line) -> Mapping[str, int]:
    return {name: getattr(line, name) for name in COUNTS}


def definition() -> Mapping[str, tuple[str, ...]]:
    """What is counted and how, sentence by sentence; printed beside every figure."""
    return {language: tuple(text[language] for text in DEFINITION) for language in ("it", "en")}


# --- as data, as text ------------------------------------------------------------------------


def to_data(report: Accuracy) -> dict[str, object]:
    """The report as the API gives it; shares are decimal texts."""
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "by": report.by.value,
        "log": {"epoch": report.log.epoch, "seq": report.log.seq, "hash": report.log.hash},
        "definition": {language: list(sentences) for language, sentences in definition().items()},
        "outside": dict(report.outside),
        "rows": [_row(line) for line in report.lines],
    }


def _row(line: Line) -> dict[str, object]:
    return {
        "service": line.service,
        "title": dict(line.title),
        "group": line.group,
        "n": line.n,
        **_counts(line),
        "share": str(line.share) if line.share is not None else None,
    }


HEADS = ("scheda", "gruppo", "n", "dentro", "quota", "più brevi", "più lunghe", "senza")


def table(report: Accuracy) -> list[str]:
    """The report as lines of text for a terminal, in Italian: the figures, what is outside them, the definition."""
    cells = [HEADS, *(_texts(line, report.by) for line in report.lines)]
    if len(report.lines) > 1:
        cells.append(_texts(report.whole, By.SERVICE))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    body = [
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return [
        f"Attese comunicate dal {report.first:%d/%m/%Y} al {report.last:%d/%m/%Y}",
        "",
        *body,
        *([] if report.lines else ["Nessun numero in questo periodo."]),
        "",
        "Fuori dai conti:",
        *(f"  {OUTSIDE[name]['it']}: {n}" for name, n in report.outside.items()),
        "",
        "Come si misura:",
        *(f"- {sentence}" for sentence in definition()["it"]),
    ]


def _texts(line: Line, by: By) -> tuple[str, ...]:
    share = f"{line.share * 100:.2f} %".replace(".", ",") if line.share is not None else "–"
    group = "" if by is By.SERVICE else line.group
    counts = (line.below, line.above, line.untold)
    return (line.service or "tutte", group, str(line.n), str(line.inside), share, *map(str, counts))
