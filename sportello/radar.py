"""The radar over a period: what there is to ask about the process, site by site and day by day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sportello.domain.charter import Text
from sportello.domain.signals import (
    AT_ONCE_S,
    LAST_S,
    LATE_S,
    LONG,
    STOPPED_S,
    DayCounts,
    Kind,
    Question,
    count_day,
    questions,
)
from sportello.ledger import log, scripts
from sportello.ledger.db import Db
from sportello.ledger.sqlite import connect


@dataclass(frozen=True, slots=True, kw_only=True)
class Radar:
    """`days`: how many days of this centre's own log were looked at."""

    first: date
    last: date
    days: int
    questions: tuple[Question, ...]


TOLD: Mapping[Kind, Text] = {
    Kind.LATE_START: {
        "it": f"Persone ricevute più di {LATE_S // 60} minuti dopo la chiamata: {{k}} su {{n}}. "
        "Come mai fra la chiamata e l'inizio passa tanto?",
        "en": f"People received more than {LATE_S // 60} minutes after the call: {{k}} of {{n}}. "
        "Why does it take so long from the call to the start?",
    },
    Kind.QUICK_ABSENCE: {
        "it": f"Numeri segnati assenti entro {AT_ONCE_S} secondi dalla chiamata, senza richiamo: {{k}} su {{n}}. "
        "C'era il tempo di arrivare allo sportello?",
        "en": f"Numbers marked absent within {AT_ONCE_S} seconds of the call, not called again: {{k}} of {{n}}. "
        "Was there time to reach the counter?",
    },
    Kind.JUST_IN_TIME: {
        "it": f"Chiamate nell'ultimo minuto ({LAST_S} secondi) prima della soglia fuori turno o a cui nessuno è stato "
        "ricevuto: {k} su {n}. A che cosa servivano?",
        "en": f"Calls in the last minute ({LAST_S} seconds) before the threshold, out of turn or with nobody received: "
        "{k} of {n}. What were they for?",
    },
    Kind.LONG_REQUEUED: {
        "it": f"Numeri chiamati dopo l'{LONG:.0%} della soglia e rimessi in coda o da parte senza essere ricevuti: "
        "{k} su {n}. Perché?",
        "en": f"Numbers called after {LONG:.0%} of the threshold and put back or set aside without being received: "
        "{k} of {n}. Why?",
    },
    Kind.LONG_VOIDED: {
        "it": f"Numeri annullati dopo l'{LONG:.0%} della soglia: {{k}} su {{n}}. Erano davvero prove o doppioni?",
        "en": f"Numbers voided after {LONG:.0%} of the threshold: {{k}} of {{n}}. Were they tests or duplicates?",
    },
    Kind.ISSUING_STOPPED: {
        "it": f"Numeri sospesi per più di {STOPPED_S // 60} minuti mentre gli sportelli chiamavano: {{k}} volte. "
        "Che cosa lo ha reso necessario?",
        "en": f"No numbers given for more than {STOPPED_S // 60} minutes while counters called: {{k}} times. "
        "What made it necessary?",
    },
}

METHOD: tuple[Text, ...] = (
    {
        "it": "Sono domande sul processo, per servizio e giorno: non dicono chi, e non lo sanno.",
        "en": "These are questions about the process, by service and day: they do not say who, and do not know.",
    },
    {
        "it": "Si domanda dove una cosa è accaduta più spesso di quanto il caso spieghi: "
        "meno di una volta su mille per periodo, se tutto è regolare.",
        "en": "A question is asked where something happened more often than chance explains: "
        "less than once in a thousand periods, where nothing is wrong.",
    },
    {
        "it": "Una domanda non è una colpa: una stampante guasta o una sala rumorosa bastano a spiegarla.",
        "en": "A question is no verdict: a broken printer or a noisy room is enough to explain one.",
    },
)


def radar(db: Db, centre: str, first: date, last: date, *, done: Callable[[], object] = lambda: None) -> Radar:
    """Look at every day of a period; `done` is called after each. Imported days say too little to be looked at."""
    counted: list[DayCounts] = []
    for day in scripts.days(db, centre, first, last):
        found = count_day(day, log.of_day(db, centre, day))
        if found.counts:
            counted.append(found)
        done()
    return Radar(first=first, last=last, days=len(counted), questions=questions(counted))


def of_database(path: Path, centre: str, first: date, last: date) -> Radar:
    """The radar of a centre's file; for a process of its own."""
    db = connect(path)
    try:
        return radar(db, centre, first, last)
    finally:
        db.close()


def sentence(question: Question, language: str) -> str:
    """The question as a person would ask it."""
    return TOLD[question.kind][language].format(k=question.k, n=question.n)


def told(found: Radar, language: str) -> Iterator[str]:
    """The radar as lines of text."""
    tongue = "en" if language == "en" else "it"
    head = {"it": "Giorni guardati: {n}. Domande: {q}.", "en": "Days looked at: {n}. Questions: {q}."}
    yield head[tongue].format(n=found.days, q=len(found.questions))
    for one in found.questions:
        yield ""
        yield f"{one.service or '*'}  {sentence(one, tongue)}"
        yield "   " + ", ".join(f"{day:%d/%m/%Y} ({k}/{n})" for day, k, n in one.days)
    yield ""
    yield from (f"- {text[tongue]}" for text in METHOD)
