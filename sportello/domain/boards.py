"""What the waiting room and the visitor are told: pure views of a day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sportello.domain.charter import Charter, Provenance, Sheet, Standard, standard_for
from sportello.domain.clock import Instant
from sportello.domain.commands import Occasion
from sportello.domain.disciplines import age_s
from sportello.domain.errors import Reason
from sportello.domain.estimates import Range, estimate, together
from sportello.domain.plan import Offer, gives_numbers, plan_for
from sportello.domain.queueing import refusal
from sportello.domain.slips import Slip, page_of
from sportello.domain.tickets import ServiceDay, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A service as a visitor sees it before choosing."""

    offer: Offer
    sheet: Sheet
    standard: Standard | None
    closed: Reason | None  # why it gives no number now
    waiting: int
    estimate: Range | None
    left: int | None  # numbers left today, where there is a quota

    @property
    def demonstrative(self) -> bool:
        return self.standard is not None and self.standard.provenance is Provenance.DEMONSTRATIVE


def with_charter(day: ServiceDay, charter: Charter) -> ServiceDay:
    """The day as if a charter were in force: its services here, old and new, with the doors open."""
    site = charter.site(day.plan.site)
    planned = {offer.service: offer for offer in day.plan.offers}
    known = {sheet.code for version in day.charters for sheet in version.sheets}
    offered = plan_for(charter, site).offers if site else ()
    new = {offer.service: offer for offer in offered if offer.service not in known}
    offers = [planned.get(sheet.code) or new.get(sheet.code) for sheet in charter.sheets]
    plan = replace(day.plan, offers=tuple(offer for offer in offers if offer), always_open=True)
    return replace(day, plan=plan, charters=(replace(charter, valid_from=date.min, valid_to=None),))


def choices(day: ServiceDay, now: Instant) -> tuple[Choice, ...]:
    """Every service offered here, in the charter's order, open or not."""
    charter = day.charter(now.local().date()) or day.charter()
    if charter is None:
        return ()
    offers = {offer.service: offer for offer in day.plan.offers}
    return tuple(choice(day, offers[sheet.code], sheet, now) for sheet in charter.sheets if sheet.code in offers)


def choice(day: ServiceDay, offer: Offer, sheet: Sheet, now: Instant) -> Choice:
    charter = day.charter(now.local().date()) or day.charter()
    given = day.issued.get(offer.service, 0)
    return Choice(
        offer=offer,
        sheet=sheet,
        standard=standard_for(charter, service=offer.service, site=day.plan.site) if charter else None,
        closed=refusal(day, offer.service, Occasion(at=now, actor="", name="")),
        waiting=sum(1 for ticket in day.queue.values() if ticket.service == offer.service),
        estimate=estimate(day, offer.service, now),
        left=None if offer.quota is None else max(0, offer.quota - given),
    )


def ahead(day: ServiceDay, ticket: Ticket) -> int:
    """How many who wait for the same service arrived before this ticket."""
    service, start_ms = ticket.service, ticket.clock_start_ms
    return sum(
        other.clock_start_ms <= start_ms and other.service == service and other.id != ticket.id
        for other in day.queue.values()
    )


def slip(day: ServiceDay, ticket: Ticket, *, copy: int = 0, demo: bool = False, phones: str = "") -> Slip:
    """The facts for a ticket's paper."""
    charter = day.charter()
    sheet = charter.sheet(ticket.service) if charter else None
    standards = charter.standards if charter else ()
    promise = next((one for one in standards if one.code == ticket.standard), None)
    return Slip(
        centre=day.plan.name,
        number=ticket.code,
        service=sheet.label if sheet and not sheet.sensitive else None,
        language=ticket.language,
        ahead=ahead(day, ticket),
        estimate_s=ticket.quote_s,
        standard_s=ticket.threshold_s,
        standard_share=str(promise.share) if promise and promise.share is not None else None,
        demonstrative=promise is not None and promise.provenance is Provenance.DEMONSTRATIVE,
        issued_ms=ticket.issued.wall_ms,
        ticket=ticket.id,
        copy=copy,
        demo=demo,
        page=page_of(ticket.id, phones),
    )


def board(day: ServiceDay, now: Instant) -> dict[str, object]:
    """The whole state of the waiting room's screen. Numbers, counters and letters only: no service is named."""
    places = {place.code: place for place in day.plan.places}
    return {
        "centre": day.plan.name,
        "day": day.label.isoformat() if day.label else None,
        "open": day.open,
        "now_ms": now.wall_ms,
        "calls": [
            {
                "n": one.n,
                "number": one.code,
                "counter": one.counter,
                "place": places[one.counter].name if one.counter in places else one.counter,
                "room": places[one.counter].room if one.counter in places else "",
                "language": one.language if day.plan.second_voice else "",
                "again": one.again,
                "at_ms": one.at.wall_ms,
            }
            for one in reversed(day.announcements)
        ],
        "queues": queues(day, now),
        "notice": day.plan.notice,
    }


def queues(day: ServiceDay, now: Instant) -> Sequence[dict[str, object]]:
    """By letter: how many wait, the longest wait so far in whole seconds, and the likely one of who comes now."""
    letters = sorted({offer.letter for offer in day.plan.offers})
    by_letter: dict[str, list[Ticket]] = {letter: [] for letter in letters}
    for ticket in day.queue.values():
        by_letter.setdefault(ticket.letter, []).append(ticket)
    likely: dict[str, list[Range | None]] = {}
    for offer in day.plan.offers:
        if gives_numbers(day.plan, offer, now.local()):
            likely.setdefault(offer.letter, []).append(estimate(day, offer.service, now))
    return [
        {
            "letter": letter,
            "waiting": len(found),
            "longest_s": max((age_s(ticket, now) for ticket in found), default=0),
            "estimate": _ends(together(likely.get(letter, ()))),
        }
        for letter, found in by_letter.items()
    ]


def _ends(found: Range | None) -> dict[str, int] | None:
    return None if found is None else {"low_s": found[0], "high_s": found[1]}
