"""The sheets of a charter's workbook: which columns each has, what stands in them, and an example of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Any

from sportello.charter_words import (
    CHANNELS,
    CLASSES,
    DIMENSIONS,
    INDICATORS,
    LEGS,
    MODES,
    PERIODS,
    PROVENANCES,
    PURPOSES,
    WEEK,
)
from sportello.charters import ICONS, LETTERS


class Kind(StrEnum):
    """What a cell holds."""

    TEXT = auto()
    TEXTS = auto()  # one column for each language
    WORDS = auto()  # several texts, between semicolons
    DAY = auto()
    FEAST = auto()  # a day of every year
    WHOLE = auto()
    NUMBER = auto()
    SHARE = auto()
    FLAG = auto()
    CHOICE = auto()  # one of `choices`
    CHOICES = auto()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """One column. `path`: the keys of the value in an entry; `choices`: the value of each word."""

    head: str
    path: tuple[str, ...]
    kind: Kind
    needed: bool = False
    choices: Mapping[str, object]
    note: str
    example: str


def _column(
    head: str,
    path: str,
    kind: Kind = Kind.TEXT,
    *,
    needed: bool = False,
    choices: Mapping[Any, str] | None = None,
    note: str = "",
    example: str = "",
) -> Column:
    words = {word: getattr(value, "value", value) for value, word in (choices or {}).items()}
    return Column(
        head=head, path=tuple(path.split(".")), kind=kind, needed=needed, choices=words, note=note, example=example
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One sheet: an entry a row, or (`upright`) a value a row, for what there is only one of."""

    name: str
    key: str  # of the entries in the tree; "" is the charter itself
    columns: tuple[Column, ...]

    @property
    def upright(self) -> bool:
        return not self.key


_PROVENANCE = _column(
    "provenienza", "provenance", Kind.CHOICE, choices=PROVENANCES,
    note="«ufficiale» solo se è nell'atto che adotta la Carta; vuoto vuol dire «dimostrativo»", example="dimostrativo",
)  # fmt: skip


def _hours(note: str) -> tuple[Column, ...]:
    return tuple(
        _column(
            f"orario {day}",
            f"hours.{code}",
            Kind.WORDS,
            note=note,
            example="" if code in ("sat", "sun") else "09:00-13:00; 15:00-17:00",
        )
        for code, day in WEEK.items()
    )


CHARTER = Layout(
    name="Carta",
    key="",
    columns=(
        _column("codice", "code", needed=True, note="lo stesso in tutte le versioni della Carta", example="esempio"),
        _column("versione", "version", needed=True, note="il nome di questa versione, mai usato", example="2027-1"),
        _column("titolo", "title", needed=True, example="Carta dei servizi per il lavoro"),
        _column("amministrazione", "administration", needed=True, example="Provincia di Esempio"),
        _column("tipo di atto", "act.kind", note="delibera, determina, decreto…"),
        _column("numero dell'atto", "act.number"),
        _column("data dell'atto", "act.date", Kind.DAY, note="giorno/mese/anno"),
        _column("in vigore dal", "valid_from", Kind.DAY, needed=True, note="giorno/mese/anno", example="01/01/2027"),
        _column("in vigore fino al", "valid_to", Kind.DAY, note="vuoto: fino alla versione successiva"),
        _column("fonte", "source", note="da dove viene il testo"),
        _PROVENANCE,
        *_hours("l'orario delle sedi che non ne hanno uno proprio; vuoto vuol dire chiuso"),
    ),
)

AREAS = Layout(
    name="Macro-aree",
    key="areas",
    columns=(
        _column("codice", "code", needed=True, example="A"),
        _column("titolo", "title", Kind.TEXTS, needed=True, example="Cittadini"),
    ),
)

SHEETS = Layout(
    name="Schede",
    key="sheets",
    columns=(
        _column("codice", "code", needed=True, example="A01"),
        _column("macro-area", "area", needed=True, note="il codice di una macro-area", example="A"),
        _column("lettera", "letter", needed=True, note=f"neutra, una fra {' '.join(LETTERS)}", example="H"),
        _column("titolo", "title", Kind.TEXTS, needed=True, example="Accoglienza e informazione"),
        _column("scritta sul pulsante", "label", Kind.TEXTS, needed=True, note="al massimo 32 caratteri",
                example="Informazioni e accoglienza"),
        _column("che cosa", "what", Kind.TEXTS, needed=True, note="che cosa si offre", example="Un primo ascolto."),
        _column("per chi", "who_for", Kind.TEXTS, needed=True, example="Tutte le persone."),
        _column("come", "how", Kind.TEXTS, needed=True, note="come funziona", example="Ritiri il numero al totem."),
        _column("che cosa portare", "bring", Kind.TEXTS, example="Un documento."),
        _column("modalità", "modes", Kind.CHOICES, needed=True, choices=MODES, example="di persona"),
        _column("livelli essenziali", "lep", Kind.WORDS, note="i nomi, con un punto e virgola fra l'uno e l'altro",
                example="Accoglienza e prima informazione"),
        _column("minuti previsti", "expected_minutes", Kind.WHOLE, example="8"),
        _column("sul totem", "kiosk", Kind.FLAG, note="sì o no; vuoto vuol dire sì", example="sì"),
        _column("riservato", "sensitive", Kind.FLAG, note="sì o no; vuoto vuol dire no. Un servizio riservato non si "
                "nomina su carta, tabellone e voce", example="no"),
        _column("compito", "role", Kind.CHOICE, choices=PURPOSES),
        _column("figura", "icon", note=f"una fra {', '.join(ICONS)}", example="info"),
        _PROVENANCE,
        _column("fonte", "source", note="da dove viene il testo"),
    ),
)  # fmt: skip

SITES = Layout(
    name="Sedi",
    key="sites",
    columns=(
        _column("codice", "code", needed=True, example="cpi-esempio"),
        _column("nome", "name", needed=True, example="Centro per l'impiego di Esempio"),
        _column("tipo", "kind", needed=True, note="una parola vostra", example="sede_principale"),
        _column("indirizzo", "address", needed=True, example="via Roma 1, Esempio"),
        _column("macro-aree", "areas", Kind.WORDS, note="codici delle macro-aree offerte per intero", example="A"),
        _column("servizi", "services", Kind.WORDS, note="codici dei servizi offerti in più"),
        _column("sportelli", "counters", Kind.WHOLE, note="vuoto vuol dire 4", example="4"),
        _column("patrono", "patron", Kind.FEAST, note="giorno/mese: quel giorno è chiuso", example="31/08"),
        *_hours("vuoto in tutti i giorni: l'orario comune del foglio Carta"),
        _PROVENANCE,
    ),
)

STANDARDS = Layout(
    name="Standard",
    key="standards",
    columns=(
        _column("codice", "code", needed=True, example="TEMP-A01"),
        _column("dimensione", "dimension", Kind.CHOICE, needed=True, choices=DIMENSIONS, example="tempestività"),
        _column("titolo", "title", Kind.TEXTS, needed=True, example="Attesa allo sportello"),
        _column("indicatore", "indicator", Kind.CHOICE, needed=True, choices=INDICATORS,
                note="«rilevato a mano» per ciò che non si misura dai numeri del totem",
                example="attesa fino alla prima chiamata"),
        _column("soglia in minuti", "threshold_minutes", Kind.NUMBER, note="non per «rilevato a mano»", example="15"),
        _column("quota", "share", Kind.SHARE, note="90 % oppure 0,9; non per «rilevato a mano»", example="90 %"),
        _column("formula", "formula", needed=True, note="numeratore e denominatore, con le parole della Carta",
                example="numeri chiamati entro 15 minuti / numeri validi"),
        _column("valore programmato", "programmed", needed=True, example="90 % entro 15 minuti"),
        _column("periodo", "period", Kind.CHOICE, choices=PERIODS, note="vuoto: ogni anno", example="ogni anno"),
        _column("passaggio", "leg", Kind.CHOICE, choices=LEGS, note="vuoto: il primo", example="il primo passaggio"),
        _column("canale", "channel", Kind.CHOICE, choices=CHANNELS, note="vuoto: entrambi"),
        _column("precedenza", "priority", Kind.CHOICE, choices=CLASSES, note="vuoto: tutti"),
        _column("servizi", "services", Kind.WORDS, note="codici; vuoto: tutti", example="A01"),
        _column("macro-aree", "areas", Kind.WORDS, note="codici; vuoto: tutte"),
        _column("sedi", "sites", Kind.WORDS, note="codici; vuoto: tutte"),
        _PROVENANCE,
        _column("nota", "note"),
        _column("pagina della Carta", "page", example="7"),
    ),
)  # fmt: skip

LAYOUTS = (CHARTER, AREAS, SHEETS, SITES, STANDARDS)
INSTRUCTIONS = "Istruzioni"  # a sheet that is for people and never read
COMMENT = "#"  # a row that begins with it is never read
