"""The yearly verification in Italian words and figures, once for the PDF and the page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sportello.domain.charter import Act, Charter, Indicator, Outcome, Standard
from sportello.ledger import acts
from sportello.reports.definition import OUTCOMES, OUTSIDE, definition
from sportello.reports.italian import DIMENSIONS, HIDDEN, NOTHING, at, first_bad, lasting, on, percent, points, whole
from sportello.reports.verification import Block, Row, Verification

UNTOLD = "non ancora compilato dall'amministrazione"
SPOKEN = {
    Outcome.KEPT: "rispettati",
    Outcome.BROKEN: "non rispettati",
    Outcome.NOT_ASSESSABLE: "non valutabili",
}


def printed(found: Verification) -> Mapping[str, Any]:
    """Everything that is printed, as texts and tables of texts."""
    return {
        "title": f"Verifica degli standard di qualità dal {on(found.first)} al {on(found.last)}",
        "administration": found.administration,
        "office": found.name,
        "address": found.address,
        "period": f"dal {on(found.first)} al {on(found.last)}",
        "demonstrative": found.demonstrative,
        "dated": [found.last.year, found.last.month, found.last.day],  # the file's own date: no clock comes in
        "fault": first_bad(found.report.fault) if found.report.fault else "",
        "data_hash": found.report.data_hash,
        "form_heads": FORM,
        "wait_heads": WAITS,
        "notes": [],
        "lep": [],
        "summary": summary(found),
        "blocks": [block(one) for one in found.blocks],
        "reasons": [reason for one in found.blocks for reason in reasons(one)],
        "outside": [[OUTSIDE[name]["it"], whole(n)] for name, n in found.outside.items()],
        "gaps": [[at(gap.since_ms), at(gap.until_ms), f"{gap.open_s // 60} min"] for gap in found.report.missing],
        "coverage": percent(found.report.coverage.share),
        "acts": [_act(act) for act in found.report.acts],
        "accessibility": found.remarks.accessibility or UNTOLD,
        "remedies": found.remarks.remedies or UNTOLD,
        "note": found.remarks.note,
        "contact": found.remarks.contact or UNTOLD,
        "definition": list(definition()["it"]),
        "proof": proof(found),
    }


def summary(found: Verification) -> str:
    """The outcomes in one sentence."""
    counts = {outcome: found.counted(outcome) for outcome in Outcome}
    total = sum(counts.values())
    told = ", ".join(f"{n} {SPOKEN[outcome]}" for outcome, n in counts.items())
    return f"Standard verificati: {total}. {told[:1].upper()}{told[1:]}."


def block(one: Block) -> Mapping[str, Any]:
    return {
        "title": _headline(one.charter),
        "charter": one.charter.title if one.charter else "Numeri rilasciati senza una Carta in vigore",
        "period": f"dal {on(one.first)} al {on(one.last)}",
        "act": _adopted(one.charter.act) if one.charter else NOTHING,
        "form": [_form(row) for row in one.rows if row.standard],
        "waits": [_waits(row) for row in one.rows if row.figures],
        "undeclared": any(row.standard is None for row in one.rows),
    }


def _headline(charter: Charter | None) -> str:
    return f"Carta {charter.id}" if charter else "Senza Carta"


def _adopted(act: Act) -> str:
    if not act.kind and not act.number:
        return "atto di adozione non indicato"
    return f"{act.kind} n. {act.number} del {on(act.date)}".strip()


def named(row: Row) -> str:
    """What a line is about: a service, or all that its standard speaks of."""
    if row.service:
        return f"{row.service} {row.title['it']}"
    spoken_of = (*row.standard.services, *row.standard.areas) if row.standard else ()
    return ", ".join(spoken_of) or "Tutto il centro"


def achieved(row: Row) -> str:
    """The *consuntivo*: what was measured, or what was found by hand."""
    if row.remark.achieved:
        return row.remark.achieved
    if row.figures is None:
        by_hand = row.standard is not None and row.standard.indicator is Indicator.MANUAL
        return "da rilevare con evidenze" if by_hand else "nessun numero rilasciato"
    return HIDDEN + " numeri" if row.figures.few else percent(row.figures.share)


FORM = ("Dimensione", "Indicatore", "Formula", "Programmato", "Consuntivo", "Scostamento", "Esito", "Note")


def _form(row: Row) -> list[str]:
    """A line in the columns of the Ministry's form."""
    standard = row.standard
    if standard is None:
        raise ValueError("a line of the form is on a standard")
    return [
        DIMENSIONS[standard.dimension],
        f"{standard.title['it']} ({standard.code})\n{named(row)}",
        standard.formula or NOTHING,
        standard.programmed + (" (dimostrativo)" if row.demonstrative else ""),
        achieved(row),
        points(row.deviation),
        OUTCOMES[row.outcome]["it"],
        "\n".join(filter(None, (standard.note, row.remark.note, _forced(row), _last_year(row)))) or NOTHING,
    ]


def _forced(row: Row) -> str:
    """The other figure, where an act of force majeure touches this one."""
    if row.without is None or row.excused == 0:
        return ""
    outcome = OUTCOMES[row.without.outcome]["it"]
    return f"Senza i numeri toccati da forza maggiore ({whole(row.excused)}): {percent(row.without.share)}, {outcome}."


def _last_year(row: Row) -> str:
    """The year before, with what was promised then where that was something else."""
    before = row.before
    if before is None or before.standard is None or before.verdict.share is None:
        return ""
    if before.verdict.n < 5:
        return ""
    other = _differs(before.standard, row.standard)
    return f"Anno precedente: {percent(before.verdict.share)}{other}."


def _differs(before: Standard, now: Standard | None) -> str:
    return "" if now and before.programmed == now.programmed else f" (programmato: {before.programmed})"


WAITS = (
    "Servizio",
    "Standard",
    "Numeri validi",
    "Entro la soglia",
    "P50",
    "P90",
    "Massimo",
    "Mai chiamati",
    "Rinunce",
    "Non presentati",
    "Non accolti",
    "Ore registrate",
)


def _waits(row: Row) -> list[str]:
    """What lies behind a line: how many, how long, and who is not in the mean."""
    found = row.figures
    if found is None:
        raise ValueError("nothing was measured for this line")
    return [
        named(row),
        row.standard.code if row.standard else "nessuno",
        whole(found.n),
        NOTHING if row.standard is None or found.few else whole(found.within),
        lasting(found.p50),
        lasting(found.p90),
        lasting(found.longest),
        whole(found.unserved),
        whole(found.left),
        whole(found.no_show),
        whole(found.turned_away),
        percent(found.coverage.share),
    ]


def reasons(one: Block) -> Iterator[Sequence[str]]:
    """Causes and actions: of every standard that was not kept, and wherever somebody wrote one."""
    for row in one.rows:
        written = row.remark.cause or row.remark.action
        if row.standard and (written or row.outcome is Outcome.BROKEN):
            yield (
                f"{row.standard.code}. {named(row)} ({_headline(one.charter)})",
                OUTCOMES[row.outcome]["it"],
                row.remark.cause or UNTOLD,
                row.remark.action or UNTOLD,
            )


def _act(act: acts.Act) -> list[str]:
    held = "ritirato: " + act.withdrawn if act.withdrawn is not None else "valido"
    return [act.act, act.why, act.service or "tutti i servizi", at(act.since_ms), at(act.until_ms), held]


def proof(found: Verification) -> Sequence[tuple[str, str]]:
    """What lets anybody recompute: definition, data, log and its chain."""
    report = found.report
    end = f"epoca {report.log.epoch}, numero {report.log.seq}"
    whole_chain = f"verificata: intatta fino all'evento {end}"
    return (
        ("Versione della definizione", str(report.version)),
        ("Impronta dei dati (SHA-256)", report.data_hash),
        ("Ultimo evento del registro", end),
        ("Impronta dell'ultimo evento", report.log.hash),
        ("Catena degli eventi del periodo", first_bad(report.fault) if report.fault else whole_chain),
        ("Ore di apertura registrate", percent(report.coverage.share)),
        ("Centro e sede", f"{found.centre}, {found.site}"),
    )
