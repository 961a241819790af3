"""What is measured and how, in words: the same beside every figure, on paper, in CSV and in the API."""

from collections.abc import Mapping

from sportello.domain.charter import ENOUGH, Outcome, Text

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
        "it": f"Con meno di {ENOUGH} numeri validi, o senza uno standard a tempo, l'esito è NON VALUTABILE.",
        "en": f"With fewer than {ENOUGH} valid numbers, or without a timed standard, the outcome is NOT ASSESSABLE.",
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
