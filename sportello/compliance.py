"""How each declared standard was kept: the charter's promises against the ledger's waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sportello.domain.charter import (
    ENOUGH,
    Charter,
    LegRule,
    Outcome,
    Provenance,
    Standard,
    Text,
    Verdict,
    Waits,
    judge,
    standard_for,
)
from sportello.domain.errors import Reason, Refused
from sportello.ledger import log, queries, tallies
from sportello.ledger.db import Db
from sportello.ledger.queries import By, Cell
from sportello.spreadsheet import lines

DEFINITION: tuple[Text, ...] = (
    {
        "it": "L'attesa comincia quando il numero è rilasciato, o all'apertura se il numero è rilasciato prima; "
        "per un appuntamento, all'ora fissata se la persona arriva prima.",
        "en": "A wait starts when the number is issued, or at opening time if it was issued earlier; "
        "for an appointment, at the booked time if the visitor came earlier.",
    },
    {
        "it": "L'attesa finisce alla prima chiamata. "
        "Sospensioni, rimessa in coda, trasferimenti e guasti non la accorciano.",
        "en": "A wait ends at the first call. Holds, requeues, transfers and outages never shorten it.",
    },
    {
        "it": "Chi non è mai stato chiamato entro la chiusura della giornata conta come standard non rispettato.",
        "en": "Who was never called before the day was closed counts as a breach.",
    },
    {
        "it": "Chi è stato chiamato e non si è presentato conta, perché è stato chiamato; è indicato anche a parte.",
        "en": "Who was called and did not come counts, having been called, and is also shown apart.",
    },
    {
        "it": "Chi rinuncia prima della chiamata è escluso se ha atteso fino alla soglia, "
        "conta come non rispettato se ha atteso di più.",
        "en": "Who gives up before the call is left out after waiting up to the threshold, "
        "and counts as a breach after waiting longer.",
    },
    {
        "it": "Sono esclusi, e contati a parte, i numeri annullati (prove, errori di stampa, doppioni) "
        "e quelli con un orologio non affidabile.",
        "en": "Voided numbers (tests, misprints, duplicates) and those with a clock not to be trusted are left out, "
        "and counted as left out.",
    },
    {
        "it": "Chi non ha avuto un numero, per quota o orario, è contato accanto come non accolto.",
        "en": "Who got no number, because of quota or hours, is counted beside the figures as turned away.",
    },
    {
        "it": "Quota = numeri chiamati entro la soglia, soglia compresa, in secondi interi, su tutti i numeri validi. "
        "P50, P90 e massimo sono attese dei chiamati, per rango più vicino.",
        "en": "Share = numbers called within the threshold, inclusive, in whole seconds, over all valid numbers. "
        "P50, P90 and maximum are waits of the called, by nearest rank.",
    },
    {
        "it": f"Con meno di {ENOUGH} numeri validi, o senza uno standard a tempo, l'esito è NON VALUTABILE.",
        "en": f"With fewer than {ENOUGH} valid numbers, or without a timed standard, the outcome is NOT ASSESSABLE.",
    },
    {
        "it": "Ogni numero è giudicato con la versione della Carta in vigore quando è stato rilasciato.",
        "en": "Each number is judged by the charter version in force when it was issued.",
    },
)

OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.KEPT: {"it": "RISPETTATO", "en": "KEPT"},
    Outcome.BROKEN: {"it": "NON RISPETTATO", "en": "NOT KEPT"},
    Outcome.NOT_ASSESSABLE: {"it": "NON VALUTABILE", "en": "NOT ASSESSABLE"},
}

OUTSIDE: Mapping[str, Text] = {
    "voided": {"it": "annullati", "en": "voided"},
    "suspect": {"it": "orologio non affidabile", "en": "clock not to be trusted"},
    "left_within": {"it": "rinunce entro la soglia", "en": "gave up within the threshold"},
    "waiting": {"it": "ancora in attesa", "en": "still waiting"},
    "turned_away": {"it": "non accolti (senza numero)", "en": "turned away (no number)"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One standard for one service, in one group of the report. `standard` None: nothing timed was promised."""

    service: str
    title: Text
    charter: str  # id of the version in force, "" where there was none
    standard: Standard | None
    group: str
    verdict: Verdict

    @property
    def demonstrative(self) -> bool:
        return self.standard is not None and self.standard.provenance is Provenance.DEMONSTRATIVE

    @property
    def left(self) -> int:
        """Everybody who gave up before the call."""
        return sum(self.verdict.waits.left)

    @property
    def left_within(self) -> int:
        """Who gave up before the threshold: outside the figure."""
        limit = self.standard.threshold_s if self.standard else None
        return self.left if limit is None else sum(self.verdict.waits.left[: limit + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """A report on the days `first` to `last`, and where the log it was made from ended."""

    first: date
    last: date
    by: By
    lines: tuple[Line, ...]
    log: log.Head

    def outside(self) -> Mapping[str, int]:
        """How many people are outside the figures, by the names of OUTSIDE."""
        waits = [line.verdict.waits for line in self.lines]
        return {
            "voided": sum(one.voided for one in waits),
            "suspect": sum(one.suspect for one in waits),
            "left_within": sum(line.left_within for line in self.lines),
            "waiting": sum(one.waiting for one in waits),
            "turned_away": sum(one.turned_away for one in waits),
        }


def definition() -> Mapping[str, tuple[str, ...]]:
    """What is measured and how, sentence by sentence, in each language; printed beside every figure."""
    return {language: tuple(text[language] for text in DEFINITION) for language in ("it", "en")}


def compliance(
    db: Db,
    centre: str,
    *,
    charters: Sequence[Charter],
    site: str,
    first: date,
    last: date,
    by: str = By.SERVICE,
    service: str | None = None,
) -> Compliance:
    """Every standard that the tickets of a period were issued under, judged.

    `by`: a word of `By`, ValueError otherwise; `service`: that one alone, `Refused` when nothing knows it.
    Two charter versions in the period give two lines: a change of the charter never rewrites the past.
    """
    division = By(by)
    with db.snapshot():
        waits = queries.waits(db, centre, first, last, by=division, service=service or "")
        end = log.head(db, centre)
    if service and not waits and not any(charter.sheet(service) for charter in charters):
        raise Refused(Reason.UNKNOWN_SERVICE, service)
    return Compliance(first=first, last=last, by=division, lines=judged(waits, charters, site), log=end)


def judged(waits: Mapping[Cell, Waits], charters: Sequence[Charter], site: str) -> tuple[Line, ...]:
    """These waits as lines: one for each service, charter version, standard and group."""
    versions = {charter.id: charter for charter in charters}
    found: dict[tuple[str, str, str, str], list[Cell]] = {}
    for cell in waits:
        standard = promise(versions.get(cell.charter), cell, site)
        key = (cell.service, cell.charter, standard.code if standard else "", cell.group)
        found.setdefault(key, []).append(cell)
    return tuple(_line(cells, waits, versions, charters, site) for _, cells in sorted(found.items()))


def promise(charter: Charter | None, cell: Cell, site: str) -> Standard | None:
    """The standard on the wait that held for these tickets when they were issued."""
    if charter is None:
        return None
    return standard_for(charter, service=cell.service, site=site, channel=cell.channel, priority=cell.priority)


def _line(
    cells: Sequence[Cell],
    waits: Mapping[Cell, Waits],
    versions: Mapping[str, Charter],
    charters: Sequence[Charter],
    site: str,
) -> Line:
    one = cells[0]
    standard = promise(versions.get(one.charter), one, site)
    return Line(
        service=one.service,
        title=title_of(one.service, versions.get(one.charter), charters),
        charter=one.charter,
        standard=standard,
        group=one.group,
        verdict=_verdict(together([waits[cell] for cell in cells]), standard),
    )


def _verdict(waits: Waits, standard: Standard | None) -> Verdict:
    """The verdict; a standard on other passages than the first is shown with the first's waits, and not judged."""
    verdict = judge(
        waits,
        threshold_s=standard.threshold_s if standard else None,
        share=standard.share if standard else None,
    )
    measured = standard is None or standard.leg is LegRule.FIRST
    return verdict if measured else replace(verdict, outcome=Outcome.NOT_ASSESSABLE)


def title_of(service: str, charter: Charter | None, charters: Sequence[Charter]) -> Text:
    """The service's name in the version in force, else in the newest that knows it, else its code."""
    sheets = (version.sheet(service) for version in (charter, *reversed(charters)) if version)
    titles = (sheet.title for sheet in sheets if sheet)
    return next(titles, {"it": service})


def together(found: Sequence[Waits]) -> Waits:
    """Several groups of tickets as one."""
    if len(found) == 1:
        return found[0]
    return Waits(
        called=tallies.added(one.called for one in found),
        left=tallies.added(one.left for one in found),
        unserved=sum(one.unserved for one in found),
        waiting=sum(one.waiting for one in found),
        no_show=sum(one.no_show for one in found),
        voided=sum(one.voided for one in found),
        suspect=sum(one.suspect for one in found),
        turned_away=sum(one.turned_away for one in found),
    )


# --- as data, as CSV, as text ------------------------------------------------------------------------


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
