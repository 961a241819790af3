"""From which day to which: what managers ask for in words, and in an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sportello.i18n import N_

BAD_DAY = N_("Scriva il giorno come 31/12/2026.")
BACKWARDS = N_("Il periodo finisce prima di cominciare: scambi le due date.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days `first` to `last`, both included."""

    first: date
    last: date


def presets(today: date) -> Mapping[str, Span]:
    """The periods asked for most often, by their Italian name."""
    month = today.replace(day=1)
    eve = month - timedelta(days=1)
    year_ago = today.replace(year=today.year - 1, day=min(today.day, 28)) + timedelta(days=1)
    return {
        N_("oggi"): Span(first=today, last=today),
        N_("questo mese"): Span(first=month, last=today),
        N_("mese scorso"): Span(first=eve.replace(day=1), last=eve),
        N_("quest'anno"): Span(first=today.replace(month=1, day=1), last=today),
        N_("ultimi 12 mesi"): Span(first=year_ago, last=today),
    }


def asked(first: str, last: str, today: date) -> Span:
    """The period in an address, this month by default; ValueError with an Italian sentence otherwise."""
    if not first and not last:
        return Span(first=today.replace(day=1), last=today)
    try:
        span = Span(first=date.fromisoformat(first or last), last=date.fromisoformat(last or first))
    except ValueError:
        raise ValueError(BAD_DAY) from None
    if span.last < span.first:
        raise ValueError(BACKWARDS)
    return span


def year_of(asked: str, today: date) -> int:
    """The year a page is asked for; the current one otherwise."""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else today.year
