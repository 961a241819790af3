"""A report as data for the API, as CSV for a spreadsheet, as text for a terminal."""

from collections.abc import Iterator, Sequence

from sportello.domain.charter import Provenance, Standard
from sportello.ledger.queries import By
from sportello.reports.compliance import Compliance, Line
from sportello.reports.definition import OUTCOMES, OUTSIDE, definition
from sportello.spreadsheet import lines


def to_data(report: Compliance) -> dict[str, object]:
    """The report as the API gives it. Shares are decimal texts; waits are whole seconds."""
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "by": report.by.value,
        "log": {"epoch": report.log.epoch, "seq": report.log.seq, "hash": report.log.hash},
        "definition": {language: list(sentences) for language, sentences in definition().items()},
        "outside": dict(report.outside()),
        "rows": [_row(line) for line in report.lines],
    }


def _row(line: Line) -> dict[str, object]:
    verdict, waits = line.verdict, line.verdict.waits
    return {
        "service": line.service,
        "title": dict(line.title),
        "standard": _standard(line.standard),
        "charter": line.charter or None,
        "group": line.group,
        "n": verdict.n,
        "within": verdict.within,
        "share": str(verdict.share) if verdict.share is not None else None,
        "p50": verdict.p50,
        "p90": verdict.p90,
        "max": verdict.longest,
        "unserved": waits.unserved,
        "left": line.left,
        "no_show": waits.no_show,
        "voided": waits.voided,
        "suspect": waits.suspect,
        "turned_away": waits.turned_away,
        "waiting": waits.waiting,
        "outcome": verdict.outcome.value,
    }


def _standard(standard: Standard | None) -> dict[str, object] | None:
    if standard is None:
        return None
    return {
        "code": standard.code,
        "threshold_s": standard.threshold_s,
        "share": str(standard.share) if standard.share is not None else None,
        "programmed": standard.programmed,
        "demonstrative": standard.provenance is Provenance.DEMONSTRATIVE,
    }


STANDARD_COLUMNS = ("standard", "threshold_s", "target", "programmed", "demonstrative")
FIGURES = ("n", "within", "share", "p50", "p90", "max", "unserved", "left", "no_show", "voided", "suspect",
           "turned_away", "waiting", "outcome")  # fmt: skip
CSV_COLUMNS = ("from", "to", "service", "title", "charter", *STANDARD_COLUMNS, "group", *FIGURES)


def csv_lines(report: Compliance) -> Iterator[str]:
    """The report as lines of CSV, its columns first."""
    return lines(_cells(report))


def _cells(report: Compliance) -> Iterator[Sequence[object]]:
    yield CSV_COLUMNS
    for line in report.lines:
        row, standard = _row(line), _standard(line.standard)
        promised = tuple(standard.values()) if standard else (None,) * len(STANDARD_COLUMNS)
        yield (
            report.first.isoformat(),
            report.last.isoformat(),
            line.service,
            line.title["it"],
            line.charter,
            *promised,
            line.group,
            *(row[name] for name in FIGURES),
        )


HEADS = ("scheda", "standard", "gruppo", "n", "entro", "quota", "P50", "P90", "max", "non serviti", "rinunce",
         "assenti", "non accolti", "esito")  # fmt: skip
TEXTS = (0, 1, 2, 13)  # columns aligned to the left


def table(report: Compliance) -> list[str]:
    """The report as lines of text for a terminal, in Italian: the figures, what is outside them, the definition."""
    cells = [HEADS, *(_texts(line, report.by) for line in report.lines)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    head, *body = ("  ".join(_aligned(row, widths)).rstrip() for row in cells)
    outside = [f"  {OUTSIDE[name]['it']}: {n}" for name, n in report.outside().items()]
    constructed = any(line.demonstrative for line in report.lines)
    return [
        f"Attese dal {report.first:%d/%m/%Y} al {report.last:%d/%m/%Y}",
        "",
        head,
        *body,
        *([] if body else ["Nessun numero in questo periodo."]),
        *(["", "* valore dimostrativo, non adottato con un atto"] if constructed else []),
        "",
        "Fuori dai conti:",
        *outside,
        "",
        "Come si misura:",
        *(f"- {sentence}" for sentence in definition()["it"]),
    ]


def _texts(line: Line, by: By) -> tuple[str, ...]:
    verdict, waits = line.verdict, line.verdict.waits
    code = line.standard.code if line.standard else "–"
    counts = (waits.unserved, line.left, waits.no_show, waits.turned_away)
    return (
        line.service,
        f"{code}{'*' if line.demonstrative else ''}",
        "" if by is By.SERVICE else line.group,
        str(verdict.n),
        str(verdict.within) if line.standard else "–",
        f"{verdict.share * 100:.2f} %".replace(".", ",") if verdict.share is not None else "–",
        *(minutes(wait) for wait in (verdict.p50, verdict.p90, verdict.longest)),
        *map(str, counts),
        OUTCOMES[verdict.outcome]["it"],
    )


def minutes(seconds: int | None) -> str:
    """Whole seconds as 12:05 (minutes and seconds); a dash where nothing was measured."""
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02d}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for place, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.ljust(width) if place in TEXTS else cell.rjust(width)
