"""A charter written by hand as TOML, read and checked whole; docs/charter.md says what each key means."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import combinations
from typing import Protocol, TypeVar

from sportello.domain.charter import (
    Act,
    Area,
    Channel,
    Charter,
    Dimension,
    Indicator,
    LegRule,
    Mode,
    Period,
    Provenance,
    Purpose,
    Sheet,
    Site,
    Standard,
    overlap,
)
from sportello.domain.codec import encode
from sportello.domain.plan import WEEKDAYS, opening
from sportello.i18n import NAMES
from sportello.tables import N_, Fault, Faults, Place, Report, Table
from sportello.toml_tables import table

LETTERS = "ABCDEFHLMPRT"  # none that is mistaken for another, or for a figure, when read or called out
LABEL_LENGTH = 32  # what a kiosk button holds in the largest text
ICONS = (
    "info",
    "document",
    "signature",
    "person",
    "people",
    "search",
    "bag",
    "school",
    "graduation",
    "certificate",
    "wheelchair",
    "globe",
    "star",
    "building",
    "calendar",
    "box",
    "speech",
    "question",
    "euro",
    "leaf",
)  # fmt: skip - the figures a kiosk can draw beside a service
HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
DAY_OF_YEAR = re.compile(r"\d\d-\d\d")

UNKNOWN_AREA = N_("la macro-area {code} non è in questa carta")
UNKNOWN_SERVICE = N_("il servizio {code} non è in questa carta")
UNKNOWN_SITE = N_("la sede {code} non è in questa carta")

Hours = Mapping[str, tuple[str, ...]]


class Coded(Protocol):
    """An area, sheet, standard or site: whatever has a code of its own."""

    @property
    def code(self) -> str: ...


Entry = TypeVar("Entry", bound=Coded)


def examples() -> Mapping[str, Traversable]:
    """The charters that come with the package, by name."""
    folder = files("sportello").joinpath("examples")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): file for file in found}


def read(source: bytes | Traversable, name: str, adopted: Sequence[Charter] = ()) -> Charter:
    """The charter in a TOML file, or `Faults` with everything wrong in it.

    `name` stands before each fault. `adopted`: the versions it has to live beside (see `conflicts`).
    """
    return charter_of(table(source if isinstance(source, bytes) else source.read_bytes(), name, NAMES), name, adopted)


def charter_of(top: Table, name: str, adopted: Sequence[Charter] = ()) -> Charter:
    """The charter in a tree of values, whatever file it came from, or `Faults` with everything wrong in it."""
    charter, faults = read_through(top, adopted)
    if faults:
        raise Faults(name, faults)
    return charter


def read_through(
    top: Table, adopted: Sequence[Charter] = (), lived: date | None = None
) -> tuple[Charter, tuple[Fault, ...]]:
    """The charter as far as it can be read, an empty value for each fault, and the faults."""
    charter = _charter(top)
    top.end()
    report = top.report
    clashes = (replace(fault, place=report.place((fault.where,))) for fault in conflicts(charter, adopted, lived))
    return charter, (*report.faults, *clashes)


def conflicts(new: Charter, adopted: Sequence[Charter], lived: date | None = None) -> tuple[Fault, ...]:
    """Why `new` cannot stand beside the versions already adopted. `lived`: the last day with tickets.

    A version without an end that began earlier is no conflict: it ends on the eve of the new one, unless tickets were
    given under it later than that.
    """
    clashes = [fault for one in adopted if (fault := _conflict(new, one))]
    ends = next((one for one in adopted if _gives_way(one, new)), None)
    if ends is not None and lived is not None and new.valid_from <= lived:
        text = N_("il {day} sono già stati dati numeri con la versione {id}: la nuova può cominciare solo dopo")
        clashes.append(Fault(where="valid_from", text=text, values={"id": ends.id, "day": f"{lived:%d/%m/%Y}"}))
    return tuple(clashes)


def _gives_way(one: Charter, new: Charter) -> bool:
    """Whether a version without an end is ended by a new one."""
    return one.valid_to is None and one.valid_from < new.valid_from


def _conflict(new: Charter, one: Charter) -> Fault | None:
    if one.id == new.id:
        text = N_("la versione {id} è già adottata: una versione corretta ha un nome nuovo")
        return Fault(where="version", text=text, values={"id": one.id})
    if _gives_way(one, new) or not overlap(one, new):
        return None
    text = N_("si sovrappone alla versione {id}, in vigore {days}")
    days = f"{one.valid_from:%d/%m/%Y}–" + (f"{one.valid_to:%d/%m/%Y}" if one.valid_to else "")
    return Fault(where="valid_from", text=text, values={"id": one.id, "days": days})


# --- reading --------------------------------------------------------------------------------------


def _charter(top: Table) -> Charter:
    areas = _entries(top, "areas", _area)
    sheets = _entries(top, "sheets", lambda entry: _sheet(entry, _codes(areas)))
    calendar = _hours(top)
    sites = _entries(top, "sites", lambda entry: _site(entry, areas, sheets, calendar))
    known = (_codes(sheets), _codes(areas), _codes(sites))
    standards = _entries(top, "standards", lambda entry: _standard(entry, *known))
    valid_from, valid_to = _validity(top)
    charter = Charter(
        code=top.code("code"),
        version=top.code("version"),
        title=top.text("title"),
        administration=top.text("administration"),
        act=_act(top.table("act")),
        valid_from=valid_from,
        valid_to=valid_to,
        areas=areas,
        sheets=sheets,
        standards=standards,
        sites=sites,
        source=top.text("source", needed=False),
        provenance=_provenance(top),
    )
    _ties(charter, top.report)
    return charter


def _entries(top: Table, key: str, read_one: Callable[[Table], Entry]) -> tuple[Entry, ...]:
    """The entries of `[[key]]`, each under a code of its own."""
    found: list[Entry] = []
    places: dict[str, Place] = {}
    for entry in top.tables(key):
        one = read_one(entry)
        if one.code in places:
            first = places[one.code]
            entry.fault("code", N_("il codice {code} è già alla riga {first}"), code=one.code, first=first.line)
        elif one.code:
            places[one.code] = top.report.place((*entry.path, "code"))
        found.append(one)
    return tuple(found)


def _codes(entries: Sequence[Coded]) -> Collection[str]:
    return {entry.code for entry in entries}


def _provenance(entry: Table) -> Provenance:
    """Demonstrative unless the file says who vouches for it."""
    return entry.choice("provenance", Provenance, needed=False) or Provenance.DEMONSTRATIVE


def _validity(top: Table) -> tuple[date, date | None]:
    first, last = top.day("valid_from"), top.day("valid_to", needed=False)
    if first and last and last < first:
        top.fault(
            "valid_to",
            N_("la fine della validità ({last}) viene prima dell'inizio ({first})"),
            first=first,
            last=last,
        )
    return first or date.max, last


def _act(entry: Table) -> Act:
    act = Act(
        kind=entry.text("kind", needed=False),
        number=entry.text("number", needed=False),
        date=entry.day("date", needed=False),
    )
    entry.end()
    return act


def _area(entry: Table) -> Area:
    return Area(code=entry.code("code"), title=entry.texts("title"))


def _sheet(entry: Table, areas: Collection[str]) -> Sheet:
    return Sheet(
        code=entry.code("code"),
        area=_area_of(entry, areas),
        title=entry.texts("title"),
        label=_label(entry),
        letter=_letter(entry),
        what=entry.texts("what"),
        who_for=entry.texts("who_for"),
        how=entry.texts("how"),
        bring=entry.texts("bring", needed=False),
        modes=entry.choices("modes", Mode),
        lep=entry.words("lep"),
        expected_minutes=entry.whole("expected_minutes"),
        kiosk=entry.flag("kiosk") is not False,
        sensitive=entry.flag("sensitive") is True,
        role=entry.choice("role", Purpose, needed=False),
        icon=_icon(entry),
        provenance=_provenance(entry),
        source=entry.text("source", needed=False),
    )


def _area_of(entry: Table, areas: Collection[str]) -> str:
    area = entry.text("area")
    if area.strip() and area not in areas:
        entry.fault("area", UNKNOWN_AREA, code=area)
    return area


def _label(entry: Table) -> Mapping[str, str]:
    label = entry.texts("label")
    if len(label["it"]) > LABEL_LENGTH:
        place = (*entry.path, "label", "it")
        text = N_("{length} caratteri: il pulsante ne tiene {most}")
        entry.report.add(place, text, length=len(label["it"]), most=LABEL_LENGTH)
    return label


def _icon(entry: Table) -> str:
    icon = entry.text("icon", needed=False)
    if icon and icon not in ICONS:
        entry.fault("icon", N_("non è tra le figure {known}"), known=", ".join(ICONS))
    return icon


def _letter(entry: Table) -> str:
    letter = entry.text("letter")
    if letter.strip() and letter not in tuple(LETTERS):
        entry.fault("letter", N_("deve essere una lettera sola fra {letters}"), letters=" ".join(LETTERS))
    return letter


def _standard(entry: Table, services: Collection[str], areas: Collection[str], sites: Collection[str]) -> Standard:
    indicator = entry.choice("indicator", Indicator)
    threshold_s, share = _threshold(entry), _share(entry)
    _measurable(entry, indicator)
    return Standard(
        code=entry.code("code"),
        dimension=entry.choice("dimension", Dimension) or Dimension.TIMELINESS,
        title=entry.texts("title"),
        indicator=indicator or Indicator.MANUAL,
        formula=entry.text("formula"),
        programmed=entry.text("programmed"),
        period=entry.choice("period", Period, needed=False) or Period.YEAR,
        threshold_s=threshold_s,
        share=share,
        leg=entry.choice("leg", LegRule, needed=False) or LegRule.FIRST,
        channel=entry.choice("channel", Channel, needed=False),
        priority=entry.flag("priority"),
        services=entry.among("services", services, UNKNOWN_SERVICE),
        areas=entry.among("areas", areas, UNKNOWN_AREA),
        sites=entry.among("sites", sites, UNKNOWN_SITE),
        provenance=_provenance(entry),
        note=entry.text("note", needed=False),
        page=entry.text("page", needed=False),
    )


def _threshold(entry: Table) -> int | None:
    """Written in minutes as charters do, kept in whole seconds."""
    minutes = entry.number("threshold_minutes")
    if minutes is None:
        return None
    if minutes <= 0:
        entry.fault("threshold_minutes", N_("deve essere maggiore di zero"))
    elif minutes * 60 % 1:
        entry.fault("threshold_minutes", N_("deve corrispondere a secondi interi"))
    return int(minutes * 60)


def _share(entry: Table) -> Decimal | None:
    share = entry.number("share")
    if share is None or not 0 < share <= 1:
        if share is not None:
            entry.fault("share", N_("deve essere maggiore di 0 e al massimo 1: il 90 % si scrive 0.90"))
        return None
    return share.normalize()  # 0.90 and 0.9 are one promise


def _measurable(entry: Table, indicator: Indicator | None) -> None:
    """A measured promise needs a threshold and a share; one verified by hand has no place for them."""
    for key in ("threshold_minutes", "share"):
        written = entry.has(key)
        if indicator is Indicator.MANUAL and written:
            entry.fault(key, N_("un indicatore rilevato a mano (manual) non ha soglia né quota"))
        elif indicator is Indicator.OPEN_DAYS_SHARE and key == "threshold_minutes":
            if written:
                entry.fault(key, N_("i giorni di apertura (open_days_share) hanno una quota e nessuna soglia"))
        elif indicator not in (None, Indicator.MANUAL) and not written:
            entry.fault(key, N_("manca: un indicatore misurato in tempo vuole una soglia e una quota"))


def _site(entry: Table, areas: Sequence[Area], sheets: Sequence[Sheet], calendar: Hours) -> Site:
    whole = entry.among("areas", _codes(areas), UNKNOWN_AREA)
    single = entry.among("services", _codes(sheets), UNKNOWN_SERVICE)
    return Site(
        code=entry.code("code"),
        name=entry.text("name"),
        kind=entry.text("kind"),
        address=entry.text("address"),
        services=tuple(sheet.code for sheet in sheets if sheet.area in whole or sheet.code in single),
        counters=entry.whole("counters") or 4,
        hours=_hours(entry) or calendar,
        patron=_patron(entry),
        provenance=_provenance(entry),
    )


def _patron(entry: Table) -> str:
    patron = entry.text("patron", needed=False)
    if patron and not _is_day_of_year(patron):
        entry.fault("patron", N_("deve essere mese e giorno: 08-31"))
    return patron


def _is_day_of_year(text: str) -> bool:
    try:
        date.fromisoformat(f"2024-{text}")  # a leap year: 29 February is somebody's feast too
    except ValueError:
        return False
    return DAY_OF_YEAR.fullmatch(text) is not None


def _hours(entry: Table) -> Hours:
    """`[hours]`: the opening sessions of each weekday, in order."""
    week = entry.table("hours", needed=False)
    found = {day: week.words(day) for day in WEEKDAYS if day in week.content}
    week.end()
    for day, sessions in found.items():
        _sessions(week, day, sessions)
    return found


def _sessions(week: Table, day: str, sessions: Sequence[str]) -> None:
    ends = 0
    for text in sessions:
        try:
            session = opening(text) if HOURS.fullmatch(text) else None
        except ValueError:
            session = None
        if session is None:
            week.fault(day, N_("«{text}» non è un orario come 09:00-13:00"), text=text)
        elif session.start < ends:
            week.fault(day, N_("«{text}» comincia prima che finisca l'orario precedente"), text=text)
        ends = session.end if session else ends


# --- ties -----------------------------------------------------------------------------------------


SCOPE = ("indicator", "services", "areas", "sites", "channel", "priority")


def _ties(charter: Charter, report: Report) -> None:
    """Two promises equally narrow for the same ticket would leave the verdict to chance."""
    for (_, one), (place, other) in combinations(_sound(charter, report), 2):
        if one.indicator is other.indicator and _shape(one) == _shape(other) and _meet(charter, one, other):
            text = N_("vale per gli stessi biglietti di {code} senza essere più specifico: quale applicare?")
            report.add(("standards", place, "code"), text, code=one.code)


def _sound(charter: Charter, report: Report) -> Iterator[tuple[int, Standard]]:
    """The measured standards whose scope was read without fault, each with its place in the file."""
    for place, standard in enumerate(charter.standards):
        path = ("standards", place)
        if standard.indicator is not Indicator.MANUAL and not any((*path, key) in report.faulty for key in SCOPE):
            yield place, standard


def _shape(standard: Standard) -> tuple[object, ...]:
    """Equal for two standards that are equally narrow and speak of the same channel and class."""
    narrow = (bool(standard.services), bool(standard.areas), bool(standard.sites))
    return (*narrow, standard.channel, standard.priority)


def _meet(charter: Charter, one: Standard, other: Standard) -> bool:
    """Whether some service at some site is in the scope of both."""
    sites = any(_in(site.code, one.sites) and _in(site.code, other.sites) for site in charter.sites)
    return sites and any(_speaks_of(one, sheet) and _speaks_of(other, sheet) for sheet in charter.sheets)


def _speaks_of(standard: Standard, sheet: Sheet) -> bool:
    return _in(sheet.code, standard.services) and _in(sheet.area, standard.areas)


def _in(code: str, scope: Collection[str]) -> bool:
    return not scope or code in scope


# --- differences ----------------------------------------------------------------------------------


class Change(StrEnum):
    """What became of an entry from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One change. `part`: charter, areas, sheets, standards or sites; values are plain, as in the log."""

    part: str
    code: str  # of the entry; of the charter for its own fields
    change: Change
    field: str = ""  # only when changed
    old: object = None
    new: object = None


PARTS = ("areas", "sheets", "standards", "sites")


def differences(old: Charter, new: Charter) -> tuple[Difference, ...]:
    """What changed from `old` to `new`: entries added and removed, and changed ones field by field."""
    before, after = encode(old), encode(new)
    own = {name: value for name, value in before.items() if name not in PARTS}
    found = list(_fields("charter", new.code, own, after))
    for part in PARTS:
        found += _entries_changed(part, _by_code(before[part]), _by_code(after[part]))
    return tuple(found)


def _by_code(entries: Sequence[Mapping[str, object]]) -> dict[str, Mapping[str, object]]:
    return {str(entry["code"]): entry for entry in entries}


def _entries_changed(
    part: str, old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]
) -> Iterator[Difference]:
    for code in sorted(old.keys() - new.keys()):
        yield Difference(part=part, code=code, change=Change.REMOVED)
    for code, entry in new.items():
        if code in old:
            yield from _fields(part, code, old[code], entry)
        else:
            yield Difference(part=part, code=code, change=Change.ADDED)


def _fields(part: str, code: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    for name, value in old.items():
        if value != new[name]:
            yield Difference(part=part, code=code, change=Change.CHANGED, field=name, old=value, new=new[name])
