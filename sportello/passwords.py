"""Names and passwords: what they may be, how they are made, and what is kept of them."""

import hashlib
import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from sportello.i18n import N_

SHORTEST, LONGEST = 12, 256  # characters
LONGEST_NAME = 40
MARKS = " .-_'"  # that a name may have beside letters and digits
FEWEST = 5  # different characters
LETTERS = "abcdefghjkmnpqrstvwxyz23456789"  # none that is taken for another when read from a sheet

# argon2id with OWASP's smallest memory (19 MiB): a small box must survive several sign-ins at once
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# the digest of a random password nobody kept: checking an unknown name costs the same work as a known one
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$mNQ4tDefRmOIzX9ZvE66LA$2xO/db1mmO78pqQC+2SeKd4lkt8zOqgVuDqypY0oZuc"

SHORT = N_("La password ha meno di 12 caratteri: ne scelga una più lunga, per esempio quattro parole.")
LONG = N_("La password supera i 256 caratteri.")
NAMED = N_("La password contiene il nome: ne scelga una senza.")
PLAIN = N_("La password usa troppo pochi caratteri diversi.")

NAME_LENGTH = N_("Il nome ha da 2 a 40 caratteri.")
NAME_LETTERS = N_("Nel nome vanno lettere, cifre, spazi e i segni . - _ '")


def typed_name(typed: str) -> str:
    """The same name however the keyboard composed it, without spaces around it, no longer than names may be."""
    return _normal(typed).strip()[:LONGEST_NAME]


def unfit_name(name: str) -> str | None:
    """Why somebody cannot be called so, as an Italian sentence to translate; None when they can."""
    if not 2 <= len(name) <= LONGEST_NAME:
        return NAME_LENGTH
    return None if "".join(letter for letter in name if letter not in MARKS).isalnum() else NAME_LETTERS


def hash(password: str) -> str:
    """What is kept of a password: an argon2id digest with its own salt."""
    return _HASHER.hash(_normal(password))


def matches(password: str, digest: str | None) -> bool:
    """Whether this is the password; None (nobody of that name) costs the same work and is False."""
    try:
        _HASHER.verify(digest or NOBODY, _normal(password))
    except VerificationError:
        return False
    return digest is not None


def weakness(password: str, name: str) -> str | None:
    """Why a password is not good enough for this person, as an Italian sentence to translate; None when it is."""
    text, called = _normal(password).casefold(), _normal(name).casefold()
    faults = (
        (len(text) < SHORTEST, SHORT),
        (len(text) > LONGEST, LONG),
        (len(called) >= 3 and called in text, NAMED),
        (len(set(text)) < FEWEST, PLAIN),
    )
    return next((sentence for found, sentence in faults if found), None)


def one_time() -> str:
    """A password to be used once, easy to read out: 20 characters in groups of five, 98 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def stamp(digest: str) -> str:
    """A short mark of a digest: a session or a pending change ends when the password is another."""
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def _normal(text: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFC", text)
