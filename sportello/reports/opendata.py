"""What anybody may take and use again: waits by service and month, outcomes, site and hours, and their columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sportello.domain.publication import guarded, guarded_table
from sportello.reports.compliance import Compliance, Line
from sportello.reports.definition import INDICATORS, OUTCOMES
from sportello.reports.italian import DIMENSIONS
from sportello.reports.verification import Row, Verification, figures
from sportello.reports.workbooks import Cell

WEEK = {"mon": "lunedì", "tue": "martedì", "wed": "mercoledì", "thu": "giovedì", "fri": "venerdì", "sat": "sabato",
        "sun": "domenica"}  # fmt: skip


Month = tuple[str, int | None, float | None]
"""Month, people whose wait was promised something, per cent of them who waited no longer than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file of open data. `columns`: name, what it means, kind of value."""

    file: str
    title: str
    about: str
    columns: Sequence[tuple[str, str, str]]
    rows: Sequence[Sequence[Cell]]

    def lines(self) -> Iterator[Sequence[Cell]]:
        yield [name for name, _, _ in self.columns]
        yield from self.rows


def tables(found: Verification, monthly: Compliance) -> Sequence[Table]:
    """The three tables. A count of 1 to 4 people, and what it could be worked out from, is an empty cell."""
    return (_waits(monthly), _outcomes(found), _hours(found))


def _waits(monthly: Compliance) -> Table:
    return Table(
        file="attese-mensili.csv",
        title="Attese allo sportello per servizio e mese",
        about="Numeri validi, quota entro la soglia e attese, per servizio, standard e mese.",
        columns=(
            ("mese", "anno e mese", "AAAA-MM"),
            ("servizio", "codice della scheda nella Carta; vuoto: tutto il centro", "testo"),
            ("titolo", "nome del servizio", "testo"),
            ("carta", "versione della Carta in vigore al rilascio", "testo"),
            ("standard", "codice dello standard dichiarato; vuoto: nessuno", "testo"),
            ("provenienza", "ufficiale, o dimostrativo se non adottato con un atto", "testo"),
            ("misura", "che cosa si misura", "testo"),
            ("numeri_validi", "numeri nel conto (giorni, per i giorni con uno sportello aperto)", "intero"),
            ("entro_soglia_percento", "numeri entro la soglia su numeri validi", "percentuale"),
            ("p50_secondi", "metà delle persone chiamate ha atteso al massimo tanto", "secondi"),
            ("p90_secondi", "nove persone chiamate su dieci hanno atteso al massimo tanto", "secondi"),
            ("massimo_secondi", "l'attesa più lunga di una persona chiamata", "secondi"),
            ("mai_chiamati", "numeri mai chiamati entro la chiusura", "intero"),
            ("non_accolti", "persone rimaste senza numero, per quota o orario", "intero"),
            ("ore_registrate_percento", "ore di apertura registrate su ore di apertura", "percentuale"),
        ),
        rows=tuple(_monthly(monthly)),
    )


def _monthly(monthly: Compliance) -> Iterator[Sequence[Cell]]:
    """The months of each service and standard. What was promised stands beside a total of the month, too."""
    kept: dict[tuple[str, str, str], dict[str, Line]] = {}
    for line in monthly.lines:
        code = line.standard.code if line.standard else ""
        kept.setdefault((line.service, line.charter, code), {})[line.group] = line
    beside = guarded_table(
        {(row, month): one.verdict.n for row, months in kept.items() for month, one in months.items() if _promised(one)}
    )
    for row, months in kept.items():
        alone = guarded({month: line.verdict.n for month, line in months.items()})
        for month, line in months.items():
            hidden = beside.get((row, month), alone[month]) is None
            service, charter, code = row
            yield (month, service, line.title["it"], charter, code, *_measured(line, hidden=hidden))


def _promised(line: Line) -> bool:
    """Whether a line is of one service, to which the charter promised something."""
    return bool(line.standard and line.service)


def _measured(line: Line, *, hidden: bool) -> Sequence[Cell]:
    one = figures(line.verdict, line.left, line.coverage)
    origin = "" if line.standard is None else "dimostrativo" if line.demonstrative else "ufficiale"
    covered = None if one.coverage.share is None else one.coverage.share * 100
    begin: Sequence[Cell] = (origin, INDICATORS[line.indicator]["it"])
    if hidden:
        return (*begin, *(None,) * 7, covered)
    share = None if one.share is None else one.share * 100
    return (*begin, one.n, share, one.p50, one.p90, one.longest, one.unserved, one.turned_away, covered)


def _outcomes(found: Verification) -> Table:
    return Table(
        file="standard.csv",
        title="Esito degli standard di qualità",
        about="Che cosa era programmato, che cosa è stato rilevato e di quanto differisce, per standard e servizio.",
        columns=(
            ("dal", "primo giorno", "GG/MM/AAAA"),
            ("al", "ultimo giorno", "GG/MM/AAAA"),
            ("carta", "versione della Carta", "testo"),
            ("dimensione", "dimensione della qualità (delibera CiVIT 88/2010)", "testo"),
            ("standard", "codice dello standard", "testo"),
            ("indicatore", "che cosa è promesso", "testo"),
            ("servizio", "codice della scheda; vuoto: tutto ciò di cui lo standard parla", "testo"),
            ("formula", "come si calcola", "testo"),
            ("programmato", "valore programmato, come nella Carta", "testo"),
            ("provenienza", "ufficiale, o dimostrativo se non adottato con un atto", "testo"),
            ("consuntivo_percento", "quota rilevata", "percentuale"),
            ("scostamento_punti", "consuntivo meno programmato", "punti percentuali"),
            ("esito", "RISPETTATO, NON RISPETTATO o NON VALUTABILE", "testo"),
            ("numeri_validi", "numeri nel conto", "intero"),
        ),
        rows=tuple(_outcome(row, found) for block in found.blocks for row in block.rows if row.standard),
    )


def _outcome(row: Row, found: Verification) -> Sequence[Cell]:
    one, measured = row.standard, row.figures
    block = next(block for block in found.blocks if row in block.rows)
    if one is None:
        raise ValueError("an outcome is of a standard")
    return (
        block.first,
        block.last,
        block.charter.id if block.charter else None,
        DIMENSIONS[one.dimension],
        one.code,
        one.title["it"],
        row.service,
        one.formula,
        one.programmed,
        "dimostrativo" if row.demonstrative else "ufficiale",
        measured.share * 100 if measured and measured.share is not None else None,
        row.deviation * 100 if row.deviation is not None else None,
        OUTCOMES[row.outcome]["it"],
        measured.n if measured else None,
    )


def _hours(found: Verification) -> Table:
    plan = found.plan
    rows = [
        (found.site, found.name, found.address, WEEK[day], f"{_clock(one.start)}-{_clock(one.end)}")
        for day in WEEK
        for one in plan.hours.get(day, ())
    ]
    return Table(
        file="sede.csv",
        title="Sede e orari di apertura",
        about="Dove si viene ricevuti e quando, una riga per ogni apertura della settimana.",
        columns=(
            ("sede", "codice della sede", "testo"),
            ("nome", "nome del centro", "testo"),
            ("indirizzo", "indirizzo", "testo"),
            ("giorno", "giorno della settimana", "testo"),
            ("orario", "apertura e chiusura, ora locale", "OO:MM-OO:MM"),
        ),
        rows=tuple(rows),
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def described(found: Sequence[Table]) -> Iterator[Sequence[Cell]]:
    """What each column of each file means."""
    yield "file", "colonna", "significato", "valore"
    for table in found:
        for name, about, kind in table.columns:
            yield table.file, name, about, kind


def monthly_summary(monthly: Compliance) -> Sequence[Month]:
    """The months in which somebody came, in order."""
    sums: dict[str, list[int]] = {}
    for line in monthly.lines:
        if _promised(line):
            n, within = sums.setdefault(line.group, [0, 0])
            sums[line.group] = [n + line.verdict.n, within + line.verdict.within]
    shown = guarded({month: n for month, (n, _) in sums.items()})
    return [
        (month, shown[month], None if shown[month] is None else within * 100 / n)
        for month, (n, within) in sorted(sums.items())
        if n
    ]
