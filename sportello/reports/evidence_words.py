"""One day of the log in Italian words: for the PDF, and as rows for a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sportello.domain.charter import Channel, Provenance
from sportello.domain.clock import Quality, local_time
from sportello.domain.events import Event, Recorded
from sportello.domain.tickets import Status
from sportello.ledger.db import Row
from sportello.ledger.log import NAMES
from sportello.reports.definition import OUTCOMES, definition
from sportello.reports.evidence import Dossier
from sportello.reports.italian import NOTHING, at, first_bad, lasting, on, percent
from sportello.reports.workbooks import Cell

HAPPENED: Mapping[str, str] = {
    "PlanAdopted": "adottata una configurazione del centro",
    "CharterPublished": "adottata una versione della Carta",
    "DayOpened": "aperta la giornata",
    "DayClosed": "chiusa la giornata",
    "CounterOpened": "aperto uno sportello",
    "CounterClosed": "chiuso uno sportello",
    "CounterPaused": "sportello in pausa",
    "CounterResumed": "sportello di nuovo attivo",
    "StaffCalled": "chiesto aiuto al totem",
    "StaffAnswered": "risposto alla richiesta di aiuto",
    "IssuingStopped": "sospeso il rilascio dei numeri",
    "IssuingResumed": "ripreso il rilascio dei numeri",
    "VisitorTurnedAway": "numero non rilasciato (quota o orario)",
    "TicketIssued": "rilasciato il numero",
    "TicketCalled": "chiamato",
    "TicketRecalled": "richiamato",
    "TicketStarted": "iniziato il servizio",
    "TicketFinished": "terminato il servizio",
    "TicketNoShow": "non presentato",
    "TicketHeld": "sospeso allo sportello",
    "TicketResumed": "ripreso allo sportello",
    "TicketRequeued": "rimesso in coda",
    "TicketTransferred": "trasferito a un altro servizio",
    "TicketLeft": "rinuncia",
    "TicketVoided": "annullato",
    "TicketUnserved": "mai chiamato entro la chiusura",
    "PriorityGiven": "cambiata la precedenza",
    "ActUndone": "annullata l'ultima azione allo sportello",
    "CopyAsked": "chiesta un'altra copia del biglietto",
    "SlipSettled": "esito della stampa",
    "VisitImported": "visita dal sistema usato prima",
    "BlockImported": "importazione dal sistema usato prima",
    "EpochBegun": "registro ripristinato da una copia",
    "RecordingResumed": "ripresa la registrazione dopo un'interruzione",
    "ForceMajeureRecorded": "registrato un atto di forza maggiore",
    "ForceMajeureWithdrawn": "ritirato un atto di forza maggiore",
}
FATES: Mapping[Status, str] = {
    Status.FINISHED: "servito",
    Status.NO_SHOW: "chiamato e non presentato",
    Status.LEFT: "rinuncia prima della chiamata",
    Status.UNSERVED: "mai chiamato entro la chiusura",
    Status.VOIDED: "annullato",
}
TICKETS = ("numero", "servizio", "modo", "precedenza", "rilasciato", "inizio dell'attesa", "prima chiamata", "attesa",
           "inizio del servizio", "fine", "soglia", "esito", "entro la soglia")  # fmt: skip
EVENTS = ("ora", "che cosa", "numero", "servizio", "epoca", "evento", "impronta")
LINKS = ("ora", "che cosa", "numero", "impronta_prima", *NAMES, "impronta")


def printed(found: Dossier) -> Mapping[str, Any]:
    """Everything that is printed, as texts and tables of texts."""
    charter = found.charter
    site = charter.site(found.plan.site) if charter else None
    about = f"{found.service} {found.title}" if found.service else found.title
    fault = found.happened.fault
    return {
        "title": f"Che cosa è accaduto il {on(found.day)}: {about}",
        "administration": charter.administration if charter else "",
        "office": found.plan.name,
        "address": site.address if site else "",
        "dated": [found.day.year, found.day.month, found.day.day],
        "day": on(found.day),
        "demonstrative": any(one.provenance is Provenance.DEMONSTRATIVE for one in found.standards),
        "fault": first_bad(fault) if fault else "",
        "hours": ", ".join(f"{_clock(since)}–{_clock(until)}" for since, until in found.hours) or "non registrato",
        "charter": _charter(found),
        "standards": [[one.code, one.title["it"], one.programmed, one.formula or NOTHING] for one in found.standards],
        "figures": list(_figures(found)),
        "ticket_heads": [head.capitalize() for head in TICKETS],
        "tickets": [list(map(_text, row)) for row in ticket_rows(found)],
        "event_heads": [head.capitalize() for head in EVENTS],
        "events": [[*row[:-1], f"{row[-1]}"[:16]] for row in event_rows(found)],
        "gaps": [[at(gap.since_ms), at(gap.until_ms), f"{gap.open_s // 60} min"] for gap in found.report.missing],
        "coverage": percent(found.report.coverage.share),
        "acts": [[act.act, act.why, at(act.since_ms), at(act.until_ms)] for act in found.happened.acts],
        "definition": list(definition()["it"]),
        "proof": list(_proof(found)),
    }


def _text(cell: Cell) -> str:
    return NOTHING if cell is None or cell == "" else str(cell)


def _charter(found: Dossier) -> str:
    if found.charter is None:
        return "nessuna Carta in vigore"
    act = found.charter.act
    by = f"{act.kind} n. {act.number} del {on(act.date)}" if act.kind or act.number else "atto di adozione non indicato"
    return f"{found.charter.title} ({found.charter.id}), {by}"


def _figures(found: Dossier) -> Iterator[Sequence[str]]:
    for service, standard, verdict in found.figures:
        yield [
            service or "tutto il centro",
            standard.code if standard else NOTHING,
            str(verdict.n),
            str(verdict.within) if standard else NOTHING,
            percent(verdict.share),
            lasting(verdict.p50),
            lasting(verdict.p90),
            lasting(verdict.longest),
            str(verdict.waits.unserved),
            str(verdict.waits.turned_away),
            OUTCOMES[verdict.outcome]["it"],
        ]


def ticket_rows(found: Dossier) -> Iterator[Sequence[Cell]]:
    """Each number of the day with its times; waits in minutes and seconds."""
    for one in found.tickets:
        wait, threshold = one["wait_s"], one["threshold_s"]
        yield (
            one["number"],
            one["service"],
            "con appuntamento" if one["channel"] == Channel.APPOINTMENT else "senza appuntamento",
            "sì" if one["priority"] else "no",
            _clock(one["arrival_ms"]),
            _clock(one["clock_start_ms"]),
            _clock(one["called_ms"]),
            lasting(wait) if one["called_ms"] is not None else None,
            _clock(one["started_ms"]),
            _clock(one["ended_ms"]),
            lasting(threshold) if threshold is not None else None,
            FATES.get(Status(one["status"]), "ancora presente"),
            _kept(one),
        )


def _kept(one: Row) -> str | None:
    """Whether this number was called in time; None where nothing was promised or it is outside the figures."""
    threshold, wait = one["threshold_s"], one["wait_s"]
    if threshold is None or one["status"] == Status.VOIDED or one["clock"] == Quality.SUSPECT:
        return None
    if one["status"] == Status.UNSERVED:
        return "no"
    if wait is None or (one["called_ms"] is None and wait <= threshold):
        return None
    return "sì" if wait <= threshold else "no"


def _clock(wall_ms: int | None) -> str | None:
    return None if wall_ms is None else f"{local_time(wall_ms):%H:%M:%S}"


def event_rows(found: Dossier) -> Iterator[Sequence[str]]:
    """What happened, in order, each with its place and hash in the log."""
    numbers = _numbers(found)
    for one in found.happened.events:
        yield (
            f"{one.at.local():%H:%M:%S}",
            HAPPENED[type(one.event).__name__],
            _number(one.event, numbers),
            getattr(one.event, "service", "") or "",
            str(one.epoch),
            str(one.seq),
            one.hash,
        )


def link_rows(found: Dossier) -> Iterator[Sequence[Cell]]:
    """The same as the log holds it: previous hash and columns give the hash."""
    numbers = _numbers(found)
    recorded: Mapping[tuple[int, int], Recorded] = {(one.epoch, one.seq): one for one in found.happened.events}
    for link in found.links:
        one = recorded[link.place]
        known: Mapping[str, Any] = link.columns or {"epoch": link.place[0], "seq": link.place[1]}
        yield (
            f"{one.at.local():%d/%m/%Y %H:%M:%S}",
            HAPPENED[type(one.event).__name__],
            _number(one.event, numbers),
            link.previous,
            *(known.get(name) for name in NAMES),
            link.hash,
        )


def _numbers(found: Dossier) -> Mapping[str, str]:
    return {one["id"]: one["number"] for one in found.tickets}


def _number(event: Event, numbers: Mapping[str, str]) -> str:
    return numbers.get(str(getattr(event, "ticket", "") or getattr(event, "key", "")), "")


def _proof(found: Dossier) -> Iterator[tuple[str, str]]:
    end, fault = found.happened.head, found.happened.fault
    yield "Versione della definizione", str(found.report.version)
    yield "Impronta dei dati del giorno (SHA-256)", found.report.data_hash
    yield "Ultimo evento del registro", f"epoca {end.epoch}, numero {end.seq}"
    yield "Impronta dell'ultimo evento", end.hash
    yield "Catena degli eventi del giorno", first_bad(fault) if fault else "verificata: intatta"
    yield "Eventi riportati", str(len(found.happened.events))
    yield "Centro e sede", f"{found.happened.centre}, {found.plan.site}"
