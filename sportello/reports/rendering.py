"""A report as data for the API, as CSV for a spreadsheet, as text for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal

from sportello.domain.charter import LegRule, Provenance, Standard, Verdict
from sportello.domain.clock import local_time
from sportello.domain.coverage import Coverage
from sportello.domain.publication import told
from sportello.ledger.queries import By
from sportello.ledger.walk import Fault
from sportello.reports.by_hand import ByHand
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
        "data_hash": report.data_hash,
        "definition_version": report.version,
        "checked": report.checked,
        "fault": asdict(report.fault) if report.fault else None,
        "coverage": _coverage(report.coverage),
        "missing": [asdict(gap) for gap in report.missing],
        "force_majeure": [asdict(act) for act in report.acts],
        "definition": {language: list(sentences) for language, sentences in definition().items()},
        "outside": dict(report.outside()),
        "rows": [_row(line) for line in report.lines],
        "by_hand": [_by_hand(promise) for promise in report.by_hand],
    }


def _by_hand(promise: ByHand) -> dict[str, object]:
    """A promise that no ticket can prove, as declared: nothing of it is worked out."""
    return {
        "charter": promise.charter,
        "standard": _standard(promise.standard),
        "title": dict(promise.standard.title),
        "outcome": promise.outcome.value,
        "declared": [
            {
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "value": one.value,
                "outcome": one.outcome.value,
                "document": one.document,
                "dated": one.dated.isoformat(),
                "office": one.office,
            }
            for one in promise.evidence
        ],
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    share = coverage.share
    return {
        "expected_s": coverage.expected_s,
        "recorded_s": coverage.recorded_s,
        "share": str(share) if share is not None else None,
    }


def public_rows(report: Compliance) -> list[dict[str, object]]:
    """The lines as they may be told to everybody: figures on fewer than five people, and small counts, are None."""
    return [_public(_row(line)) for line in report.lines]


def _public(row: dict[str, object]) -> dict[str, object]:
    counts = {name: told(n) for name in COUNTS if isinstance(n := row[name], int)}
    if counts["n"] is None:
        counts = {**counts, **dict.fromkeys(JUDGED)}
    return {**row, **counts}


def _row(line: Line) -> dict[str, object]:
    verdict, waits = line.verdict, line.verdict.waits
    return {
        "service": line.service,
        "title": dict(line.title),
        "standard": _standard(line.standard),
        "charter": line.charter or None,
        "group": line.group,
        "indicator": line.indicator.value,
        "leg": line.standard.leg.value if line.standard else LegRule.FIRST.value,
        "n": verdict.n,
        "within": verdict.within,
        "share": _share(verdict),
        "excused": line.excused,
        "without_share": _share(line.without) if line.without else None,
        "without_outcome": line.without.outcome.value if line.without else None,
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
        "unmeasured": waits.unmeasured,
        "coverage": str(line.coverage.share) if line.coverage.share is not None else None,
        "outcome": verdict.outcome.value,
    }


def _share(verdict: Verdict) -> str | None:
    return str(verdict.share) if verdict.share is not None else None


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
FIGURES = ("indicator", "leg", "n", "within", "share", "excused", "without_share", "without_outcome", "p50", "p90",
           "max", "unserved", "left", "no_show", "voided", "suspect", "turned_away", "waiting", "unmeasured",
           "coverage", "outcome")  # fmt: skip
JUDGED = ("within", "share", "excused", "without_share", "without_outcome", "p50", "p90", "max", "outcome")
COUNTS = ("n", "excused", "unserved", "left", "no_show", "voided", "suspect", "turned_away", "waiting",
          "unmeasured")  # fmt: skip
SEAL = ("definition_version", "data_hash", "first_bad_event")
CSV_COLUMNS = ("from", "to", "service", "title", "charter", *STANDARD_COLUMNS, "group", *FIGURES, *SEAL)


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
            report.version,
            report.data_hash,
            f"{report.fault.epoch}/{report.fault.seq}" if report.fault else None,
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
    constructed = any(line.demonstrative for line in report.lines) or any(one.demonstrative for one in report.by_hand)
    return [
        *_alarm(report.fault),
        f"Attese dal {report.first:%d/%m/%Y} al {report.last:%d/%m/%Y}",
        "",
        head,
        *body,
        *([] if body else ["Nessun numero in questo periodo."]),
        *(["", "* valore dimostrativo, non adottato con un atto"] if constructed else []),
        "",
        "Fuori dai conti:",
        *outside,
        *_declared(report.by_hand),
        "",
        *_seal(report),
        "",
        f"Come si misura (definizione {report.version}):",
        *(f"- {sentence}" for sentence in definition()["it"]),
    ]


def _declared(promises: Sequence[ByHand]) -> Iterator[str]:
    """What an office declared of the promises that no ticket can prove."""
    if promises:
        yield from ("", "Rilevati a mano, con il documento di un ufficio:")
    for promise in promises:
        code = f"{promise.standard.code}{'*' if promise.demonstrative else ''}"
        yield f"  {code} {promise.standard.programmed}: {OUTCOMES[promise.outcome]['it']}"
        for one in promise.evidence:
            written = f"{one.document}, {one.dated:%d/%m/%Y}, {one.office}"
            yield f"    {one.first:%d/%m/%Y}–{one.last:%d/%m/%Y} {one.value} ({written})"


def _alarm(fault: Fault | None) -> list[str]:
    """What stands above a report on a log that is not what was written."""
    if fault is None:
        return []
    place = f"evento {fault.epoch}/{fault.seq} ({fault.kind})"
    return [f"REGISTRO ALTERATO: il primo evento non integro è l'{place}. Nessun esito è valutabile.", ""]


def _seal(report: Compliance) -> Iterator[str]:
    """What the figures rest upon: hours recorded and missing, acts of force majeure, the hash of the data."""
    share = report.coverage.share
    yield f"Ore di apertura registrate: {percent(share) if share is not None else '–'}"
    for gap in report.missing:
        yield (
            f"  nulla di registrato a {gap.centre} dal {_moment(gap.since_ms)} al {_moment(gap.until_ms)} "
            f"({gap.open_s // 60} minuti di apertura)"
        )
    for act in report.acts:
        taken_back = f", ritirato: {act.withdrawn}" if act.withdrawn else ""
        spans = f"dal {_moment(act.since_ms)} al {_moment(act.until_ms)}"
        yield f"Forza maggiore {spans}: {act.why} ({act.act}){taken_back}"
    for line in report.lines:
        if line.without and line.excused:
            code = line.standard.code if line.standard else "–"
            yield (
                f"  {line.service} {code} senza forza maggiore ({line.excused} numeri): "
                f"{percent(line.without.share) if line.without.share is not None else '–'}, "
                f"{OUTCOMES[line.without.outcome]['it']}"
            )
    yield f"Impronta dei dati (SHA-256): {report.data_hash}"


def _moment(ms: int) -> str:
    return f"{local_time(ms):%d/%m/%Y %H:%M}"


def percent(share: Decimal) -> str:
    """A share as Italians write it: 91,67 %."""
    return f"{share * 100:.2f} %".replace(".", ",")


def _texts(line: Line, by: By) -> tuple[str, ...]:
    verdict, waits = line.verdict, line.verdict.waits
    code = line.standard.code if line.standard else "–"
    counts = (waits.unserved, line.left, waits.no_show, waits.turned_away)
    return (
        line.service or "(centro)",
        f"{code}{'*' if line.demonstrative else ''}",
        "" if by is By.SERVICE else line.group,
        str(verdict.n),
        str(verdict.within) if line.standard else "–",
        percent(verdict.share) if verdict.share is not None else "–",
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
