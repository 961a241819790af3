"""Languages: their names, catalogues and ways of writing, and sentences for refusals.

The sentences in the code are Italian; a catalogue holds each other language.
"""

from collections.abc import Callable, Mapping
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

from sportello.domain.disciplines import Why
from sportello.domain.errors import Reason, Refused

LOCALE = Path(__file__).parent / "locale"
DEFAULT = "it"

# What visitors may choose, each by its own name, in the order in which they are offered
NAMES: Mapping[str, str] = {
    "it": "Italiano",
    "it-facile": "Italiano facile",
    "en": "English",
    "ro": "Română",
    "sq": "Shqip",
    "ar": "العربية",
    "fr": "Français",
    "zh": "中文",
    "uk": "Українська",
    "es": "Español",
    "ur": "اردو",
    "bn": "বাংলা",
    "tr": "Türkçe",
}
STAFF = ("it", "en")  # what those who work at the centre may choose: only these say every sentence
STAFF_NAMES: Mapping[str, str] = {code: NAMES[code] for code in STAFF}

_RIGHT_TO_LEFT = frozenset({"ar", "ur"})
_TAGS: Mapping[str, str] = {"it-facile": "it", "zh": "zh-Hans"}
_LOCALES: Mapping[str, str] = {"it-facile": "it@facile", "en": "en_GB", "zh": "zh_Hans"}  # English as Europe writes it

Say = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    return text


def V_(text: str) -> str:  # noqa: N802
    """The same, for a sentence that visitors meet beside those of the staff: each of their languages says it."""
    return text


def direction(language: str) -> str:
    """The way a language is written, as `dir` wants it."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def tag(language: str) -> str:
    """The language as `lang` wants it: easy Italian is Italian to a browser and to a voice."""
    return _TAGS.get(language, language)


def locale(language: str) -> str:
    """Whose dates, figures and catalogue a language uses, as Babel names it; Italian's where nobody knows it."""
    return _LOCALES.get(language, language) if language in NAMES else DEFAULT


@cache
def _catalogue(locale: str) -> NullTranslations:
    return translation("messages", LOCALE, [locale], fallback=True)


def translator(language: str) -> Say:
    """Italian sentences into `language`; a language without a catalogue speaks Italian."""
    return _catalogue(locale(language)).gettext


REFUSALS: Mapping[Reason, str] = {
    Reason.UNKNOWN_SERVICE: V_("Questo servizio non è tra quelli del centro. Scelga un servizio dall'elenco."),
    Reason.UNKNOWN_TICKET: V_("Questo numero oggi non c'è. Controlli il numero."),
    Reason.UNKNOWN_COUNTER: N_("Lo sportello {detail} non è previsto nella configurazione del centro."),
    Reason.CLOSED: V_("Ora non si danno numeri per questo servizio. Guardi gli orari di apertura."),
    Reason.QUOTA_FULL: V_("I numeri di oggi per questo servizio sono finiti. Chieda all'operatore quando tornare."),
    Reason.ISSUING_STOPPED: V_("I numeri sono sospesi per un guasto. Chieda a un operatore."),
    Reason.NO_CHARTER: V_("Nessuna Carta dei servizi è in vigore oggi. Chi dirige deve adottarne una."),
    Reason.DAY_CLOSED: V_("La giornata è chiusa."),
    Reason.DAY_OPEN: N_("La giornata è già aperta."),
    Reason.COUNTER_BUSY: N_("Allo sportello c'è già il numero {detail}: lo concluda prima."),
    Reason.ALREADY_CALLED: N_("Il numero è già stato chiamato dallo sportello {detail}."),
    Reason.WRONG_STATUS: N_("Per il numero {detail} questo ora non si può fare. Guardi a che punto è."),
    Reason.ELSEWHERE: N_("Il numero è allo sportello {detail}."),
    Reason.HAND_CHANGED: N_("Intanto allo sportello è cambiato il numero. Guardi lo schermo e riprovi."),
    Reason.BAD_SPAN: N_("La fine deve venire dopo l'inizio, entro 31 giorni."),
    Reason.REASON_REQUIRED: N_("Scriva il motivo."),
    Reason.NOT_SERVED_HERE: N_("Questo sportello non serve quel servizio."),
    Reason.TOO_LATE_TO_UNDO: N_("Non si può più annullare: sono passati più di 5 secondi."),
    Reason.COMMAND_REUSED: V_("La richiesta è già stata usata per un'altra cosa. Ricarichi la pagina."),
    Reason.CHARTER_OVERLAP: N_("La Carta si sovrappone alla versione {detail}. Cambi le date di validità."),
    Reason.UNKNOWN_STANDARD: N_("Lo standard {detail} non è fra quelli che questa Carta rileva a mano."),
    Reason.UNKNOWN_LEP: N_("Il livello essenziale {detail} non è nell'elenco."),
    Reason.INCOMPLETE: N_("Manca qualcosa: servono che cosa, dove è scritto e l'ufficio che ne risponde."),
    Reason.BAD_TIME: V_("L'appuntamento delle {detail} non è di oggi. Chieda a un operatore."),
    Reason.NOTHING_TO_PRINT: V_("Il numero {detail} è già concluso: non si ristampa."),
    Reason.SLIP_SETTLED: N_("Del foglio del numero {detail} si sa già com'è finita."),
}

WHYS: Mapping[str, str] = {
    Why.FIRST_IN_LINE: N_("è il primo arrivato"),
    Why.PRIORITY_TURN: N_("è il turno della precedenza"),
    Why.LEAST_SLACK: N_("è il più vicino al tempo promesso"),
    Why.WAITED_LONG: N_("aspetta da molto più del tempo promesso"),
    Why.CHOSEN: N_("scelto dall'operatore"),
}


def sentence(refused: Refused, language: str = DEFAULT) -> str:
    """A refusal in the words of whoever meets it."""
    return translator(language)(REFUSALS[refused.reason]).format(detail=refused.detail)
