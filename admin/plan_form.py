"""The plan as a form: what is typed becomes a plan, or every fault at once, each beside its field."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import TypeVar

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from sportello.charters import LETTERS
from sportello.domain.plan import NOTICE, WEEKDAYS, Discipline, NextRule, Offer, Opening, Place, Plan
from sportello.i18n import DEFAULT, NAMES

Typed = MultiDict[str, str]
T = TypeVar("T")

SESSION = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4])[:.]([0-5]\d)")
COUNTER = re.compile(r"[A-Za-z0-9-]{1,8}")
LONGEST_NAME = 60
LONGEST_ROOM = 20  # it stands beside a number on the board
MARKS = ("%d/%m/%Y", "%Y-%m-%d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the form may speak of."""

    services: Sequence[str]  # codes in the charter's order
    busy: Mapping[str, str]  # counter -> the number it has in hand


class Reading:
    """What was typed, taken field by field; a fault leaves an empty value and the reading goes on."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.faults: dict[str, str] = {}

    def text(self, field: str) -> str:
        return self.typed.get(field, "").strip()

    def fault(self, field: str, sentence: str) -> None:
        """The first thing wrong with a field is the one told."""
        self.faults.setdefault(field, sentence)

    def take(self, field: str, read: Callable[[str], T], empty: T) -> T:
        """The field as `read` understands it; its ValueError is the fault."""
        try:
            return read(self.text(field))
        except ValueError as wrong:
            self.fault(field, str(wrong))
            return empty

    def whole(self, field: str, low: int, high: int) -> int:
        return self.take(field, lambda text: _whole(text, low, high), low)


# --- reading ---------------------------------------------------------------------------------------


def read(typed: Typed, before: Plan, known: Known) -> tuple[Plan, Mapping[str, str]]:
    """The plan that was typed, and what is wrong by field; what the form does not show stays as it was."""
    reading = Reading(typed)
    after = replace(
        before,
        name=_name(reading),
        offers=_offers(reading, known.services),
        places=_places(reading, known),
        hours=_week(reading),
        closures=reading.take("closures", _closures, {}),
        patron=reading.take("patron", _patron, ""),
        early_min=reading.whole("early_min", 0, 120),
        last_number_min=reading.whole("last_number_min", 0, 240),
        always_open="always_open" in typed,
        rule=_rule(reading, before.rule),
        languages=_languages(reading),
        notice=_notice(reading),
        second_voice="second_voice" in typed,
        feedback="feedback" in typed,
    )
    return after, reading.faults


def _name(reading: Reading) -> str:
    name = reading.text("name")
    if not 1 <= len(name) <= LONGEST_NAME:
        reading.fault("name", _("Scriva il nome del centro, al massimo %(most)d caratteri.", most=LONGEST_NAME))
    return name


def _notice(reading: Reading) -> str:
    notice = reading.text("notice")
    if len(notice) > NOTICE or not notice.isprintable():
        reading.fault("notice", _("Scriva al massimo %(most)d caratteri, su una riga.", most=NOTICE))
    return notice


def _languages(reading: Reading) -> tuple[str, ...]:
    """The languages that have a place, in the order of their places."""
    places = {code: reading.take(f"language_{code}", _place_in_order, None) for code in NAMES}
    if places[DEFAULT] is None:
        reading.fault(f"language_{DEFAULT}", _("L'italiano c'è sempre: scriva il suo posto."))
    return tuple(sorted((code for code, place in places.items() if place), key=lambda code: places[code] or 0))


def _place_in_order(text: str) -> int | None:
    return _whole(text, 1, 99) if text else None


def _whole(text: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(_("Scriva un numero da %(low)d a %(high)d.", low=low, high=high))
    return int(text)


def _session(text: str) -> Opening:
    found = SESSION.fullmatch(text)
    if found is None:
        raise ValueError(_("«%(text)s» non è un orario come 09:00-13:00.", text=text))
    hour, minute, last_hour, last_minute = map(int, found.groups())
    start, end = hour * 60 + minute, last_hour * 60 + last_minute
    if not start < end <= 24 * 60:
        raise ValueError(_("«%(text)s» finisce prima di cominciare.", text=text))
    return Opening(start=start, end=end)


def _week(reading: Reading) -> dict[str, tuple[Opening, ...]]:
    nothing: tuple[Opening, ...] = ()
    found = {day: reading.take(f"hours_{day}", _sessions, nothing) for day in WEEKDAYS}
    return {day: sessions for day, sessions in found.items() if sessions}


def _sessions(text: str) -> tuple[Opening, ...]:
    """The sessions of a weekday, in order; none when the line is empty."""
    found = tuple(_session(part.strip()) for part in re.split(r"[,;]", text) if part.strip())
    for one, following in pairwise(found):
        if following.start < one.end:
            raise ValueError(_("Un orario comincia prima che finisca quello precedente."))
    return found


def _date(text: str) -> date:
    for mark in MARKS:
        try:
            return datetime.strptime(text, mark).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise ValueError(_("«%(text)s» non è una data come 24/12/2026.", text=text))


def _closures(text: str) -> dict[str, str]:
    """One closure a line: the day, then why."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _space, why = line.partition(" ")
        found[_date(day).isoformat()] = why.strip() or _("chiuso")
    return dict(sorted(found.items()))


def _patron(text: str) -> str:
    """The patron's feast, typed as 31/08, kept as 08-31."""
    if not text:
        return ""
    try:
        return f"{_date(f'{text}/2024'):%m-%d}"  # a leap year: 29 February is somebody's feast too
    except ValueError:
        raise ValueError(_("Scriva giorno e mese, come 31/08.")) from None


def _places(reading: Reading, known: Known) -> tuple[Place, ...]:
    """The counters; a row without a code is a counter taken away, or never there."""
    found: dict[str, Place] = {}
    for row, code in enumerate(reading.typed.getlist("place_code")):
        if code.strip():
            place = _place(reading, row, code.strip(), known.services)
            if place.code in found:
                reading.fault(f"place_{row}", _("Lo sportello %(code)s c'è già.", code=place.code))
            found[place.code] = place
    for counter, number in known.busy.items():
        if counter not in found:
            sentence = _("Lo sportello %(code)s ha in mano il numero %(number)s: lo concluda prima di toglierlo.",
                         code=counter, number=number)  # fmt: skip
            reading.fault("places", sentence)
    if not found:
        reading.fault("places", _("Serve almeno uno sportello."))
    return tuple(found.values())


def _place(reading: Reading, row: int, code: str, services: Sequence[str]) -> Place:
    names = reading.typed.getlist("place_name")
    name = names[row].strip() if row < len(names) else ""
    if not COUNTER.fullmatch(code):
        reading.fault(f"place_{row}", _("Il codice ha da 1 a 8 lettere o cifre."))
    if not 1 <= len(name) <= LONGEST_NAME:
        reading.fault(f"place_{row}", _("Scriva il nome dello sportello, come appare sul tabellone."))
    rooms = reading.typed.getlist("place_room")
    room = rooms[row].strip() if row < len(rooms) else ""
    if len(room) > LONGEST_ROOM or not room.isprintable():
        reading.fault(f"place_{row}", _("La sala ha al massimo %(most)d caratteri.", most=LONGEST_ROOM))
    chosen = set(reading.typed.getlist(f"place_services_{row}"))
    served = tuple(service for service in services if service in chosen)
    return Place(code=code, name=name, services=served, room=room)


def _offers(reading: Reading, services: Sequence[str]) -> tuple[Offer, ...]:
    chosen = set(reading.typed.getlist("offered"))
    found = tuple(_offer(reading, service) for service in services if service in chosen)
    if not found:
        reading.fault("offers", _("Serve almeno un servizio."))
    return found


def _offer(reading: Reading, service: str) -> Offer:
    return Offer(
        service=service,
        letter=reading.take(f"letter_{service}", _letter, ""),
        quota=reading.take(f"quota_{service}", lambda text: _whole(text, 1, 999) if text else None, None),
        window=reading.take(f"window_{service}", lambda text: _session(text) if text else None, None),
    )


def _letter(text: str) -> str:
    letter = text.upper()
    if letter not in tuple(LETTERS):
        raise ValueError(_("Scelga una lettera fra %(letters)s.", letters=" ".join(LETTERS)))
    return letter


def _rule(reading: Reading, before: NextRule) -> NextRule:
    discipline = reading.text("discipline")
    if discipline not in set(Discipline):
        reading.fault("discipline", _("Scelga chi si chiama prima."))
    return replace(
        before,
        discipline=Discipline(discipline) if discipline in set(Discipline) else before.discipline,
        priority_every=reading.whole("priority_every", 1, 20),
        guard=reading.whole("guard", 1, 10),
        default_s=reading.whole("default_min", 1, 240) * 60,
    )


# --- showing ---------------------------------------------------------------------------------------


def typed_from(plan: Plan) -> Typed:
    """A plan as it would be typed: what the form shows at first."""
    typed = Typed(
        {
            "name": plan.name,
            "closures": "\n".join(f"{_said(day)} {why}" for day, why in sorted(plan.closures.items())),
            "patron": "/".join(reversed(plan.patron.split("-"))),
            "early_min": str(plan.early_min),
            "last_number_min": str(plan.last_number_min),
            "discipline": plan.rule.discipline.value,
            "priority_every": str(plan.rule.priority_every),
            "guard": str(plan.rule.guard),
            "default_min": str(plan.rule.default_s // 60),
            "notice": plan.notice,
        }
    )
    for day in WEEKDAYS:
        typed[f"hours_{day}"] = ", ".join(map(hours, plan.hours.get(day, ())))
    _add_places(typed, plan.places)
    _add_offers(typed, plan.offers)
    for place, code in enumerate(plan.languages, start=1):
        typed[f"language_{code}"] = str(place)
    switches = {"always_open": plan.always_open, "second_voice": plan.second_voice, "feedback": plan.feedback}
    typed.update({field: "on" for field, on in switches.items() if on})
    return typed


def _add_places(typed: Typed, places: Iterable[Place]) -> None:
    for row, place in enumerate(places):
        typed.add("place_code", place.code)
        typed.add("place_name", place.name)
        typed.add("place_room", place.room)
        typed.setlist(f"place_services_{row}", list(place.services))


def _add_offers(typed: Typed, offers: Iterable[Offer]) -> None:
    for offer in offers:
        typed.add("offered", offer.service)
        typed[f"letter_{offer.service}"] = offer.letter
        typed[f"quota_{offer.service}"] = str(offer.quota or "")
        typed[f"window_{offer.service}"] = hours(offer.window) if offer.window else ""


def hours(opening: Opening) -> str:
    """A session as people write it: 09:00-13:00."""
    return f"{opening.start // 60:02d}:{opening.start % 60:02d}-{opening.end // 60:02d}:{opening.end % 60:02d}"


def _said(day: str) -> str:
    return f"{date.fromisoformat(day):%d/%m/%Y}"
