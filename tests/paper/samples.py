"""A slip as the centre makes it, and English as the catalogue will say it."""

from collections.abc import Callable
from typing import Any

from sportello.domain.slips import Slip

ENGLISH = {
    "Persone prima di Lei: %(count)s": "People before you: %(count)s",
    "nessuna": "none",
    "Attesa stimata: da %(low)s a %(high)s minuti": "Likely wait: %(low)s to %(high)s minutes",
    "Il nostro impegno: entro %(minutes)s minuti nel %(share)s dei casi": (
        "Our commitment: within %(minutes)s minutes in %(share)s of cases"
    ),
    "(dato dimostrativo)": "(demonstration figure)",
    "%(date)s, ore %(time)s": "%(date)s, %(time)s",
    "Codice: %(code)s": "Code: %(code)s",
    "COPIA %(copy)s": "COPY %(copy)s",
}


def translator(language: str) -> Callable[[str], str]:
    return (lambda text: ENGLISH.get(text, text)) if language == "en" else str


def a_slip(**facts: Any) -> Slip:
    usual: dict[str, Any] = {
        "centre": "Centro per l’impiego di Como",
        "number": "A042",
        "service": {
            "it": "Dichiarazione di immediata disponibilità (DID)",
            "en": "Declaration of immediate availability (DID)",
        },
        "language": "it",
        "ahead": 7,
        "estimate_s": (1300, 1700),
        "standard_s": 1800,
        "standard_share": "0.90",
        "demonstrative": True,
        "issued_ms": 1_795_519_200_000,  # 24 November 2026, 12:20 in Rome
        "ticket": "01JD9Z7QK3M5",
    }
    return Slip(**{**usual, **facts})
