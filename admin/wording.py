"""The managers' words for what the domain counts, in Italian; catalogues hold the other languages."""

from collections.abc import Mapping

from sportello.domain.charter import Channel, Dimension, Indicator, Mode, Outcome, Period, Provenance
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
    "admin.appointments": N_("Appuntamenti"),
    "admin.opinions": N_("Com'è andata"),
    "admin.people": N_("Persone"),
    "admin.programs": N_("Programmi"),
    "admin.prints": N_("Stampe in dubbio"),
    "admin.devices": N_("Schermi"),
}

WEEK: Mapping[str, str] = {
    "mon": N_("lunedì"),
    "tue": N_("martedì"),
    "wed": N_("mercoledì"),
    "thu": N_("giovedì"),
    "fri": N_("venerdì"),
    "sat": N_("sabato"),
    "sun": N_("domenica"),
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

DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.ACCESSIBILITY: N_("accessibilità"),
    Dimension.TIMELINESS: N_("tempestività"),
    Dimension.TRANSPARENCY: N_("trasparenza"),
    Dimension.EFFECTIVENESS: N_("efficacia"),
}

INDICATORS: Mapping[Indicator, str] = {
    Indicator.WAIT: N_("attesa fino alla prima chiamata"),
    Indicator.WAIT_START: N_("attesa fino all'inizio del servizio"),
    Indicator.SERVICE_TIME: N_("durata del servizio"),
    Indicator.OPEN_DAYS_SHARE: N_("giorni con uno sportello aperto"),
    Indicator.MANUAL: N_("rilevato a mano"),
}

PERIODS: Mapping[Period, str] = {
    Period.DAY: N_("ogni giorno"),
    Period.MONTH: N_("ogni mese"),
    Period.QUARTER: N_("ogni trimestre"),
    Period.YEAR: N_("ogni anno"),
}

MODES: Mapping[Mode, str] = {
    Mode.WALK_IN: N_("di persona"),
    Mode.APPOINTMENT: N_("su appuntamento"),
    Mode.EVENT: N_("evento"),
    Mode.ONLINE: N_("in rete"),
    Mode.OUT_OF_OFFICE: N_("fuori sede"),
}

PROVENANCES: Mapping[Provenance, str] = {
    Provenance.OFFICIAL: N_("ufficiale"),
    Provenance.DEMONSTRATIVE: N_("dimostrativo"),
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

PARTS: Mapping[str, str] = {
    "charter": N_("Carta"),
    "areas": N_("macro-area"),
    "sheets": N_("servizio"),
    "standards": N_("standard"),
    "sites": N_("sede"),
}

FIELDS: Mapping[str, str] = {
    "version": N_("versione"),
    "title": N_("titolo"),
    "administration": N_("amministrazione"),
    "act": N_("atto"),
    "valid_from": N_("in vigore dal"),
    "valid_to": N_("in vigore fino al"),
    "source": N_("fonte"),
    "provenance": N_("provenienza"),
    "area": N_("macro-area"),
    "label": N_("scritta sul pulsante"),
    "letter": N_("lettera"),
    "what": N_("che cosa"),
    "who_for": N_("per chi"),
    "how": N_("come"),
    "bring": N_("che cosa portare"),
    "modes": N_("modalità"),
    "lep": N_("livelli essenziali"),
    "expected_minutes": N_("minuti previsti"),
    "kiosk": N_("sul totem"),
    "sensitive": N_("riservato"),
    "role": N_("compito"),
    "icon": N_("figura"),
    "dimension": N_("dimensione"),
    "indicator": N_("indicatore"),
    "formula": N_("formula"),
    "programmed": N_("valore programmato"),
    "period": N_("periodo"),
    "threshold_s": N_("soglia in secondi"),
    "share": N_("quota"),
    "leg": N_("passaggio"),
    "channel": N_("canale"),
    "priority": N_("precedenza"),
    "services": N_("servizi"),
    "areas": N_("macro-aree"),
    "sites": N_("sedi"),
    "note": N_("nota"),
    "name": N_("nome"),
    "kind": N_("tipo"),
    "address": N_("indirizzo"),
    "counters": N_("sportelli"),
    "hours": N_("orari"),
    "patron": N_("patrono"),
}
