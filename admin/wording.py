"""The managers' words for what the domain counts, in Italian; catalogues hold the other languages."""

from collections.abc import Mapping

from sportello.domain.charter import Channel, Outcome
from sportello.domain.plan import Discipline
from sportello.domain.slips import JobState
from sportello.i18n import N_
from sportello.ledger.access import Role
from sportello.ledger.devices import Face
from sportello.ledger.queries import By

MENU: Mapping[str, str] = {
    "admin.home": N_("Oggi"),
    "admin.figures": N_("Conformità"),
    "admin.verifications": N_("Verifica annuale"),
    "admin.evidence": N_("Prove di un giorno"),
    "admin.what_if": N_("E se…?"),
    "admin.radar": N_("Domande"),
    "admin.force_majeure": N_("Forza maggiore"),
    "admin.plan": N_("Configurazione"),
    "admin.charters": N_("Carta dei servizi"),
    "admin.appointments": N_("Appuntamenti"),
    "admin.opinions": N_("Com'è andata"),
    "admin.people": N_("Persone"),
    "admin.programs": N_("Programmi"),
    "admin.prints": N_("Stampe in dubbio"),
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
}
