"""The managers' words for what the domain counts, in Italian; catalogues hold the other languages."""

from collections.abc import Mapping

from sportello.domain.charter import Channel, Outcome
from sportello.domain.lep import Delivered, Recipient
from sportello.domain.plan import Discipline
from sportello.domain.slips import JobState
from sportello.i18n import N_
from sportello.ledger.access import Role
from sportello.ledger.devices import Face
from sportello.ledger.queries import By

MENU: Mapping[str, str] = {
    "admin.home": N_("Oggi"),
    "admin.figures": N_("Conformità"),
    "admin.what_if": N_("E se…?"),
    "admin.radar": N_("Domande"),
    "admin.force_majeure": N_("Forza maggiore"),
    "admin.plan": N_("Configurazione"),
    "admin.charters": N_("Carta dei servizi"),
    "admin.lep": N_("Livelli essenziali"),
    "admin.appointments": N_("Appuntamenti"),
    "admin.opinions": N_("Com'è andata"),
    "admin.people": N_("Persone"),
    "admin.programs": N_("Programmi"),
    "admin.prints": N_("Stampe in dubbio"),
    "admin.printers": N_("Stampanti"),
    "admin.devices": N_("Schermi"),
}

DISCIPLINES: Mapping[Discipline, tuple[str, str]] = {
    Discipline.EARLIEST_DUE: (
        N_("Chi è più vicino al tempo promesso"),
        N_(
            "Chiama chi rischia prima di superare il tempo promesso dalla Carta. Chi ha già aspettato troppo "
            "passa avanti, così nessuno resta indietro. È la regola consigliata."
        ),
    ),
    Discipline.FIFO: (
        N_("Chi è arrivato prima"),
        N_("Chiama in ordine di arrivo, senza guardare al servizio né alla precedenza."),
    ),
    Discipline.RATIO: (
        N_("In ordine di arrivo, con un turno per la precedenza"),
        N_(
            "Due file in ordine di arrivo: una ordinaria e una con precedenza, "
            "che passa al massimo una volta ogni tante chiamate."
        ),
    ),
}

OUTCOMES: Mapping[Outcome, tuple[str, str]] = {  # a shape and a word: never a colour alone
    Outcome.KEPT: ("●", N_("RISPETTATO")),
    Outcome.BROKEN: ("▼", N_("NON RISPETTATO")),
    Outcome.NOT_ASSESSABLE: ("◇", N_("NON VALUTABILE")),
}

BY: Mapping[By, str] = {
    By.SERVICE: N_("servizio"),
    By.MONTH: N_("mese"),
    By.DAY: N_("giorno"),
    By.HOUR: N_("ora di arrivo"),
    By.CLASS: N_("precedenza"),
    By.CHANNEL: N_("con o senza appuntamento"),
    By.CHARTER: N_("versione della Carta"),
}

GROUPS: Mapping[str, str] = {
    "ordinary": N_("senza precedenza"),
    "priority": N_("con precedenza"),
    Channel.WALK_IN: N_("senza appuntamento"),
    Channel.APPOINTMENT: N_("con appuntamento"),
}

DELIVERED: Mapping[Delivered, str] = {
    Delivered.YES: N_("sì"),
    Delivered.PARTLY: N_("in parte"),
    Delivered.NO: N_("no"),
}

RECIPIENTS: Mapping[Recipient, str] = {
    Recipient.PERSON: N_("persone"),
    Recipient.FIRM: N_("imprese"),
}

ROLES: Mapping[Role, str] = {
    Role.CLERK: N_("operatore"),
    Role.MANAGER: N_("chi dirige"),
    Role.KIOSK: N_("totem"),
}

FACES: Mapping[Face, str] = {
    Face.KIOSK: N_("totem: dà i numeri"),
    Face.DISPLAY: N_("tabellone: mostra le chiamate"),
}

PAPER: Mapping[JobState, str] = {
    JobState.UNKNOWN: N_("non si sa se è uscita"),
    JobState.TORN: N_("può essere rimasta a metà nella stampante"),
    JobState.FAILED: N_("non è uscita"),
    JobState.EXPIRED: N_("non stampata in tempo: la stampante non rispondeva"),
    JobState.HELD: N_("la stampante si è fermata a metà, si aspetta che riparta"),
    JobState.SENDING: N_("la stampa è cominciata e nessuno ha detto com'è finita"),
    JobState.SENT: N_("tutto inviato, nessuno ha detto com'è finita"),
}

EVIDENCE: Mapping[int, str] = {
    0: N_("nessuna prova"),
    1: N_("la stampante non segnala guasti"),
    2: N_("la stampante ha letto tutto, taglio compreso"),
    3: N_("la stampante dice di aver finito"),
    4: N_("il contatore dei tagli è salito"),
    5: N_("il biglietto è stato preso dall'uscita"),
    6: N_("lo dice una persona"),
}

# the words of docs/printing.md, for who has to do something
FAULTS: Mapping[str, str] = {
    "paper_out": N_("carta finita"),
    "cover_open": N_("coperchio aperto"),
    "offline": N_("fuori linea"),
    "error": N_("guasto"),
    "cutter": N_("taglierina bloccata"),
    "head_hot": N_("testina troppo calda"),
    "jam": N_("carta inceppata"),
    "ticket_waiting": N_("un biglietto aspetta all'uscita"),
    "unrecoverable": N_("guasto: spegnere e riaccendere"),
    "refused": N_("la stampante rifiuta il collegamento"),
    "connect_timeout": N_("la stampante non si trova"),
    "unreachable": N_("la stampante non si trova"),
    "not_found": N_("la stampante non si trova"),
    "permission": N_("manca il permesso di usare la stampante"),
    "busy": N_("un altro programma usa la stampante"),
    "no_reply": N_("la stampante non risponde"),
    "out_of_step": N_("la stampante non risponde"),
    "reset": N_("collegamento interrotto"),
    "closed": N_("collegamento interrotto"),
    "eof": N_("collegamento interrotto"),
    "unplugged": N_("cavo staccato"),
    "no_progress": N_("la stampante si è bloccata"),
    "no_confirmation": N_("la stampante non ha confermato"),
    "silent": N_("nessuna notizia dalla stampante"),
    "mute": N_("la stampante non dà risposte"),
    "worker stopped": N_("il programma di stampa si è fermato"),
}


def fault(detail: str) -> str:
    """What was noted of a fault, in words where its code is known."""
    return FAULTS.get(detail.partition(":")[0].strip(), detail)
