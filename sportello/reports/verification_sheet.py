"""The yearly verification as rows for a spreadsheet: one for each standard, what it rests on in sheets of its own."""

from collections.abc import Iterator, Sequence

from sportello.reports.definition import INDICATORS, LEGS, OUTCOMES, OUTSIDE, definition
from sportello.reports.italian import DIMENSIONS, at
from sportello.reports.verification import Block, Row, Verification
from sportello.reports.verification_words import achieved, proof
from sportello.reports.workbooks import Cell, Sheet

COLUMNS = (
    "dal", "al", "carta", "servizio", "titolo", "standard", "provenienza", "dimensione", "indicatore", "misura",
    "passaggi", "formula", "programmato", "soglia (s)", "obiettivo (%)", "consuntivo", "consuntivo (%)",
    "scostamento (punti)", "esito", "numeri validi", "entro la soglia", "P50 (s)", "P90 (s)", "massimo (s)",
    "mai chiamati", "rinunce", "non presentati", "non accolti", "annullati", "orologio non affidabile",
    "ancora in attesa", "ore registrate (%)", "toccati da forza maggiore", "senza forza maggiore (%)",
    "esito senza forza maggiore", "anno precedente (%)", "causa", "azione", "nota",
)  # fmt: skip


def sheets(found: Verification) -> Sequence[Sheet]:
    """The form, and beside it definition, exclusions, gaps, acts and proof."""
    return (
        Sheet(name="Standard", rows=(COLUMNS, *rows(found))),
        Sheet(name="Fuori dai conti", rows=(("motivo", "numeri o persone"), *_outside(found))),
        Sheet(name="Registrazione", rows=(("dal", "al", "ad apertura (s)"), *_gaps(found))),
        Sheet(name="Forza maggiore", rows=(("atto", "motivo", "servizio", "dal", "al", "ritirato"), *_acts(found))),
        Sheet(name="Accessibilità", rows=_accessibility(found)),
        Sheet(name="Come si misura", rows=(("definizione",), *((one,) for one in definition()["it"]))),
        Sheet(name="Prove", rows=(("che cosa", "valore"), *proof(found))),
    )


def rows(found: Verification) -> Iterator[Sequence[Cell]]:
    """The rows of the form. A count of 1 to 4 is an empty cell."""
    for block in found.blocks:
        for row in block.rows:
            yield (*_standard(block, row), *_figures(row), *_beside(row))


def _standard(block: Block, row: Row) -> Sequence[Cell]:
    one = row.standard
    charter = block.charter.id if block.charter else ""
    begin: Sequence[Cell] = (block.first, block.last, charter, row.service, row.title["it"])
    if one is None:
        return (*begin, *(None,) * 10)
    return (
        *begin,
        one.code,
        "dimostrativo" if row.demonstrative else "ufficiale",
        DIMENSIONS[one.dimension],
        one.title["it"],
        INDICATORS[one.indicator]["it"],
        LEGS[one.leg]["it"],
        one.formula,
        one.programmed,
        one.threshold_s,
        None if one.share is None else one.share * 100,
    )


def _figures(row: Row) -> Sequence[Cell]:
    one = row.figures
    share = None if one is None or one.share is None else one.share * 100
    deviation = None if row.deviation is None else row.deviation * 100
    outcome = OUTCOMES[row.outcome]["it"] if row.standard else None
    begin: Sequence[Cell] = (achieved(row) if row.standard else None, share, deviation, outcome)
    if one is None:
        return (*begin, *(None,) * 13)
    covered = one.coverage.share
    return (
        *begin,
        one.n,
        one.within if row.standard else None,
        *(one.p50, one.p90, one.longest, one.unserved, one.left, one.no_show, one.turned_away, one.voided),
        one.suspect,
        one.waiting,
        None if covered is None else covered * 100,
    )


def _beside(row: Row) -> Sequence[Cell]:
    without, before = row.without, row.before
    known = before is not None and before.verdict.n >= 5 and before.verdict.share is not None
    return (
        row.excused if without else None,
        without.share * 100 if without and without.share is not None else None,
        OUTCOMES[without.outcome]["it"] if without else None,
        before.verdict.share * 100 if known and before and before.verdict.share is not None else None,
        row.remark.cause or None,
        row.remark.action or None,
        row.remark.note or (row.standard.note if row.standard else None) or None,
    )


def _outside(found: Verification) -> Iterator[Sequence[Cell]]:
    for name, n in found.outside.items():
        yield OUTSIDE[name]["it"], n


def _gaps(found: Verification) -> Iterator[Sequence[Cell]]:
    for gap in found.report.missing:
        yield at(gap.since_ms), at(gap.until_ms), gap.open_s


def _acts(found: Verification) -> Iterator[Sequence[Cell]]:
    for act in found.report.acts:
        yield act.act, act.why, act.service, at(act.since_ms), at(act.until_ms), act.withdrawn


def _accessibility(found: Verification) -> Sequence[Sequence[Cell]]:
    written = found.remarks
    return (
        ("D.Lgs. 222/2023, art. 7", "testo dell'amministrazione"),
        ("livelli di qualità dell'accessibilità effettiva", written.accessibility or None),
        ("diritti e come farli valere", written.remedies or None),
    )
