"""The essential levels of service (LEP) of D.M. 4/2018, Allegato B, as a checklist.

Of the letters only J and S were found in a source; the others are working labels, to be put right by whoever has the
decree at hand. Nothing here measures anything: whether a level is delivered is declared, with its evidence.
"""

from dataclasses import dataclass
from enum import StrEnum

DECREE = "D.M. 11 gennaio 2018, n. 4, Allegato B"


class Recipient(StrEnum):
    """For whom a level is."""

    PERSON = "person"
    FIRM = "firm"


class Delivered(StrEnum):
    """Whether a centre delivers a level."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lep:
    """One level. `verified`: its letter was found in a source; `letter` is a working label otherwise."""

    code: str
    letter: str
    name: str
    recipient: Recipient
    verified: bool = False


def _lep(code: str, letter: str, name: str, recipient: Recipient = Recipient.PERSON, *, verified: bool = False) -> Lep:
    return Lep(code=code, letter=letter, name=name, recipient=recipient, verified=verified)


LEVELS = (
    _lep("accoglienza", "A", "Accoglienza e prima informazione"),
    _lep("did", "B", "DID, profilazione e aggiornamento della scheda anagrafico-professionale"),
    _lep("orientamento-base", "C", "Orientamento di base"),
    _lep("patto", "D", "Patto di servizio personalizzato"),
    _lep("orientamento-specialistico", "E", "Orientamento specialistico"),
    _lep("accompagnamento", "F1", "Accompagnamento al lavoro"),
    _lep("tirocinio", "F2", "Attivazione del tirocinio"),
    _lep("incontro", "F3", "Incontro tra domanda e offerta"),
    _lep("formazione-incentivi", "G/H", "Avviamento a formazione; incentivi al lavoro autonomo e all'occupazione"),
    _lep("mobilita", "I", "Incentivi alla mobilità territoriale"),
    _lep("conciliazione", "J", "Conciliazione dei tempi di lavoro con gli obblighi di cura", verified=True),
    _lep("selezione-pa", "K", "Graduatorie per l'avviamento a selezione nella pubblica amministrazione"),
    _lep("lavori-utili", "L", "Prestazioni di lavoro socialmente utile"),
    _lep("autoimpiego", "M/N", "Supporto all'autoimpiego"),
    _lep("collocamento-mirato", "N/O", "Collocamento mirato"),
    _lep("vulnerabilita", "O/P", "Presa in carico integrata di persone in condizione di vulnerabilità"),
    _lep("imprese-accoglienza", "P", "Accoglienza e informazione", Recipient.FIRM),
    _lep("imprese-incontro", "Q", "Incontro tra domanda e offerta", Recipient.FIRM),
    _lep("imprese-tirocini", "R", "Attivazione dei tirocini", Recipient.FIRM),
    _lep("imprese-collocamento-mirato", "S", "Collocamento mirato", Recipient.FIRM, verified=True),
)

CODES = frozenset(level.code for level in LEVELS)
