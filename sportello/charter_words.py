"""The words of a charter in Italian, as its pages and spreadsheets say them; catalogues hold the other languages."""

from collections.abc import Mapping

from sportello.domain.charter import Channel, Dimension, Indicator, LegRule, Mode, Period, Provenance, Purpose
from sportello.i18n import N_

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
    "page": N_("pagina della Carta"),
    "name": N_("nome"),
    "kind": N_("tipo"),
    "address": N_("indirizzo"),
    "counters": N_("sportelli"),
    "hours": N_("orari"),
    "patron": N_("patrono"),
}

CHANNELS: Mapping[Channel, str] = {
    Channel.WALK_IN: N_("senza appuntamento"),
    Channel.APPOINTMENT: N_("con appuntamento"),
}

LEGS: Mapping[LegRule, str] = {
    LegRule.FIRST: N_("il primo passaggio"),
    LegRule.ANY: N_("ogni passaggio"),
    LegRule.SUM: N_("la somma dei passaggi"),
}

PURPOSES: Mapping[Purpose, str] = {
    Purpose.WELCOME: N_("accoglie chi non sa che cosa chiedere"),
    Purpose.APPOINTMENT: N_("accoglie chi ha un appuntamento senza codice"),
}

CLASSES: Mapping[bool, str] = {
    False: N_("senza precedenza"),
    True: N_("con precedenza"),
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
