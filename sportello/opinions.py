"""How it went, if the centre asks: one tap from 1 to 5, kept as a count and nothing else."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock

from sportello.domain.plan import Plan
from sportello.domain.tickets import ServiceDay, Status, Ticket
from sportello.i18n import Say
from sportello.ledger.db import Db
from sportello.ledger.opinions import count

SCORES = range(1, 6)


def scores(_: Say) -> Mapping[int, str]:
    """What each tap says, the best last."""
    return {1: _("Molto male"), 2: _("Male"), 3: _("Così così"), 4: _("Bene"), 5: _("Molto bene")}


class Opinions:
    """Who was already heard, known to this process only and until the day ends: no file says who said what."""

    def __init__(self) -> None:
        self._heard: set[str] = set()
        self._day = 0
        self._lock = Lock()

    def wanted(self, plan: Plan, ticket: Ticket) -> bool:
        """Whether to ask the visitor of a ticket."""
        return plan.feedback and ticket.status is Status.FINISHED and ticket.id not in self._heard

    def given(self, ticket: Ticket, day: ServiceDay, score: int) -> Callable[[Db], None]:
        """What the ledger keeps of an opinion; nothing of a second one from the same visitor."""
        with self._lock:
            if self._day != day.number:
                self._day, self._heard = day.number, set()
            again = ticket.id in self._heard
            self._heard.add(ticket.id)
        if again or day.label is None:
            return lambda db: None
        return partial(count, day=day.label, service=ticket.legs[0].service, score=score)
