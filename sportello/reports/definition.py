"""What is measured and how, in words: the same beside every figure, on paper, in CSV and in the API."""

from collections.abc import Mapping

from sportello.domain.charter import COVERED, ENOUGH, Indicator, LegRule, Outcome, Text

VERSION = 2  # of this definition: one more with each change that could change a figure (docs/figures.md)

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
        "it": f"Con meno di {ENOUGH} numeri validi, senza uno standard a tempo, o con meno del {COVERED * 100:.0f} % "
        "delle ore di apertura registrate, l'esito è NON VALUTABILE.",
        "en": f"With fewer than {ENOUGH} valid numbers, without a timed standard, or with less than "
        f"{COVERED * 100:.0f} % of the opening hours recorded, the outcome is NOT ASSESSABLE.",
    },
    {
        "it": "Una causa di forza maggiore conta solo se registrata con un atto: i numeri restano nel conto, e accanto "
        "sta la stessa quota senza quelli in attesa mentre durava.",
        "en": "Force majeure counts only if an act of it is recorded: the numbers stay in the figure, and beside it "
        "stands the same share without those that were waiting while it lasted.",
    },
    {
        "it": "Uno standard sul primo passaggio guarda l'attesa fino alla prima chiamata; su ogni passaggio, anche le "
        "attese dopo un trasferimento, ciascuna per sé; sulla somma, tutte le attese di una visita insieme.",
        "en": "A standard on the first passage is about the wait to the first call; on any passage, about the waits "
        "after a transfer too, each by itself; on the sum, about all the waits of a visit together.",
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

INDICATORS: Mapping[Indicator, Text] = {
    Indicator.WAIT: {"it": "attesa fino alla prima chiamata", "en": "wait to the first call"},
    Indicator.WAIT_START: {"it": "attesa fino all'inizio del servizio", "en": "wait to the beginning of service"},
    Indicator.SERVICE_TIME: {"it": "durata del servizio", "en": "length of the service"},
    Indicator.OPEN_DAYS_SHARE: {"it": "giorni con uno sportello aperto", "en": "days with a desk open"},
    Indicator.MANUAL: {"it": "rilevato a mano", "en": "verified by hand"},
}

LEGS: Mapping[LegRule, Text] = {
    LegRule.FIRST: {"it": "primo passaggio", "en": "first passage"},
    LegRule.ANY: {"it": "ogni passaggio", "en": "any passage"},
    LegRule.SUM: {"it": "somma dei passaggi", "en": "sum of the passages"},
}

OUTSIDE: Mapping[str, Text] = {
    "voided": {"it": "annullati", "en": "voided"},
    "suspect": {"it": "orologio non affidabile", "en": "clock not to be trusted"},
    "left_within": {"it": "rinunce entro la soglia", "en": "gave up within the threshold"},
    "waiting": {"it": "ancora in attesa", "en": "still waiting"},
    "turned_away": {"it": "non accolti (senza numero)", "en": "turned away (no number)"},
}


def definition() -> Mapping[str, tuple[str, ...]]:
    """What is measured and how, sentence by sentence, in each language; printed beside every figure."""
    return {language: tuple(text[language] for text in DEFINITION) for language in ("it", "en")}
