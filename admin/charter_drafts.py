"""Drafts of the charter: begun from a version or a file, changed, tried, looked at on the kiosk, adopted."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.charter_form import LAYOUTS, Typed, fields, read, typed_from
from admin.pages import ACTOR, blueprint, page
from admin.wording import OUTCOMES
from sportello import drafts as texts
from sportello import web
from sportello.charter_files.columns import Kind
from sportello.charter_files.tree import Tree, minutes
from sportello.charter_words import FIELDS, PARTS, PROVENANCES
from sportello.charters import ICONS, differences
from sportello.domain.charter import Charter, Indicator, Standard
from sportello.domain.commands import PublishCharter
from sportello.domain.errors import Refused
from sportello.drafts import Opened
from sportello.i18n import sentence
from sportello.ledger import drafts, queries
from sportello.ledger.drafts import Draft
from sportello.tables import Fault
from sportello.trial import Trial, tried

NEW = "new"  # the code of an entry that is not there yet


def begin(content: str) -> ResponseReturnValue:
    """Keep a new draft, and show it."""
    name = secrets.token_hex(6)
    now_ms = web.centre().now().wall_ms
    web.centre().write(lambda db: drafts.begin(db, name, content, now_ms))
    return redirect(url_for("admin.draft", id=name), 303)


@blueprint.post("/charter/draft")
@web.as_manager
def begin_draft() -> ResponseReturnValue:
    """A draft of the version after one that was adopted."""
    adopted = web.centre().day.charters
    found = next((one for one in adopted if one.id == request.form.get("version", "")), None)
    if found is None:
        abort(404)
    with web.reading() as db:
        others = [texts.opened(one.content).charter for one in drafts.drafts(db)]
    return begin(texts.begun_from(found, [*adopted, *others], web.centre().now().local().date()))


def _draft(id: str) -> tuple[Draft, Opened]:
    centre = web.centre()
    with web.reading() as db:
        found, lived = drafts.draft(db, id), queries.last_day(db, centre.code)
    if found is None:
        abort(404)
    return found, texts.opened(found.content, centre.day.charters, lived)


@blueprint.get("/charter/draft/<id>", endpoint="draft")
@web.as_manager
def show(id: str) -> ResponseReturnValue:
    return _shown(*_draft(id))


def _shown(found: Draft, opened: Opened, status: int = 200, **more: object) -> ResponseReturnValue:
    new, adopted = opened.charter, sorted(web.centre().day.charters, key=lambda one: one.valid_from)
    before = [one for one in adopted if one.code == new.code and one.valid_from < new.valid_from]
    old = before[-1] if before else None
    return page(
        "charter_draft",
        status,
        draft=found,
        new=new,
        old=old,
        ends=next((one for one in adopted if one.valid_to is None and one.valid_from < new.valid_from), None),
        differences=differences(old, new) if old else (),
        faults=[(one, _leads(found.id, one), one.told(_)) for one in opened.faults],
        missing=[offer.service for offer in web.centre().day.plan.offers if new.sheet(offer.service) is None],
        parts=PARTS,
        fields=FIELDS,
        provenances=PROVENANCES,
        told=told,
        typed=typed_from("charter", opened.tree),
        adoption=[field for field in fields("charter", opened.tree) if field.name in ADOPTION],
        wrong=more.pop("wrong", {}),
        **more,
    )


def _leads(id: str, fault: Fault) -> str:
    """The page on which a fault is put right."""
    found = re.match(r"(areas|sheets|standards)\[([^\]]+)\]", fault.where)
    if found:
        return url_for("admin.draft_entry", id=id, part=found[1], code=found[2])
    return url_for("admin.draft_entry", id=id, part="charter", code="-")


def told(value: object) -> str:
    """A value of the charter in words."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return str(_("sì") if value else _("no"))
    if isinstance(value, Mapping):
        if "it" in value:
            return str(value.get(web.language(), value["it"]))
        return "; ".join(f"{key}: {told(one)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(told, value))
    return str(value)


# --- one entry -------------------------------------------------------------------------------------


@blueprint.get("/charter/draft/<id>/<any(charter, areas, sheets, standards):part>/<code>", endpoint="draft_entry")
@web.as_manager
def entry(id: str, part: str, code: str) -> ResponseReturnValue:
    found, opened = _draft(id)
    before = _before(opened, part, code)
    return _form(found, opened, part, code, typed_from(part, before), before)


def _before(opened: Opened, part: str, code: str) -> Tree:
    """The entry as it is; empty for a new one."""
    if part == "charter":
        return opened.tree
    found = texts.entry_of(opened.tree, part, code)
    if found is None and code != NEW:
        abort(404)
    return found or {}


def _form(
    found: Draft, opened: Opened, part: str, code: str, typed: Typed, before: Tree, status: int = 200, **more: Any
) -> ResponseReturnValue:
    faults = dict(more.pop("faults", None) or _beside(opened, part, code))
    charter = opened.charter
    return page(
        "charter_entry",
        status,
        draft=found,
        charter=charter,
        part=part,
        code=code,
        typed=typed,
        inputs={field.name: field for field in fields(part, before)},
        faults=faults,
        kinds=Kind,
        icons=dict.fromkeys(ICONS),
        in_minutes=lambda seconds: str(minutes(seconds)).replace(".", ","),
        parts=PARTS,
        name=LAYOUTS[part].name,
        scope={"services": _names(charter.sheets), "areas": _names(charter.areas),
               "sites": {one.code: one.name for one in charter.sites}},
        trial=more.pop("trial", None) or _trial(charter, code if part == "standards" else ""),
        outcomes=OUTCOMES,
        **more,
    )  # fmt: skip


def _names(entries: Any) -> Mapping[str, str]:
    return {one.code: one.title.get(web.language(), one.title["it"]) for one in entries}


def _beside(opened: Opened, part: str, code: str) -> Mapping[str, str]:
    """What is wrong with an entry, by the field it stands beside."""
    if part == "charter":
        top = [one for one in opened.faults if "[" not in one.where]
        return {one.where: one.told(_) for one in top}
    found: dict[str, str] = {}
    for fault in opened.told(part, code):
        where = fault.where.partition("].")[2]
        name = re.sub(r"\[.*", "", where)
        name = name if name in LANGUAGELESS or "." in name else f"{name}.it" if name in TEXTS else name
        found.setdefault(name or "code", fault.told(_))
    return found


TEXTS = frozenset({"title", "label", "what", "who_for", "how", "bring"})
LANGUAGELESS = frozenset({"code"})


@blueprint.post("/charter/draft/<id>/<any(charter, areas, sheets, standards):part>/<code>")
@web.as_manager
def change_entry(id: str, part: str, code: str) -> ResponseReturnValue:
    """Try what was typed, take the entry away, or keep it; what is typed is never lost."""
    found, opened = _draft(id)
    before, step = _before(opened, part, code), request.form.get("step", "keep")
    if step == "remove" and part != "charter":
        return _keep(found, texts.removed(opened.tree, part, code), url_for("admin.draft", id=id))
    typed = Typed(request.form)
    after, faults = read(part, typed, before)
    if not faults and part != "charter":
        faults = _misnamed(opened, part, code, after)
    if faults:
        problem = _("Ci sono cose da correggere.")
        return _form(found, opened, part, code, typed, before, 422, faults=faults, problem=problem)
    if part == "charter":
        return _keep(found, after, url_for("admin.draft", id=id))
    tree = texts.replaced(opened.tree, part, code if code != NEW else after["code"], after)
    if step == "try":
        tentative = texts.opened(texts.written(tree))
        beside = _beside(tentative, part, after["code"])
        trial = _trial(tentative.charter, after["code"]) or NOTHING
        return _form(found, opened, part, code, typed, before, faults=beside, trial=trial)
    there = url_for("admin.draft_entry", id=id, part=part, code=after["code"])
    return _keep(found, tree, there)


NOTHING = "nothing"  # a trial that has nothing to say


def _misnamed(opened: Opened, part: str, code: str, after: Tree) -> Mapping[str, str]:
    """An entry needs a code, and one of its own."""
    name = after.get("code", "")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or name == NEW:
        return {"code": _("Un codice ha solo lettere senza accento, cifre, punto, trattino e trattino basso.")}
    if name != code and texts.entry_of(opened.tree, part, name) is not None:
        return {"code": _("Il codice %(code)s c'è già.", code=name)}
    return {}


def _keep(found: Draft, tree: Tree, there: str) -> ResponseReturnValue:
    """Write the draft, unless somebody else did since this page was made."""
    asked = request.form.get("revision", "")
    revision = int(asked) if asked.isascii() and asked.isdigit() else 0
    content, now_ms = texts.written(tree), web.centre().now().wall_ms
    if not web.centre().write(lambda db: drafts.change(db, found.id, content, revision, now_ms)):
        problem = _("Intanto un'altra persona ha cambiato la bozza: la guardi e riprovi.")
        return _shown(*_draft(found.id), 409, problem=problem)
    flash(_("La bozza è salvata."))
    return redirect(there, 303)


def _trial(charter: Charter, code: str) -> Trial | None:
    """What the last twelve months would have made of a standard of the draft."""
    standard = next((one for one in charter.standards if one.code == code), None)
    if standard is None or standard.indicator in (Indicator.MANUAL, Indicator.OPEN_DAYS_SHARE):
        return None
    return _tried(charter, standard)


def _tried(charter: Charter, standard: Standard) -> Trial | None:
    centre = web.centre()
    today = centre.now().local().date()
    with web.reading() as db:
        return tried(db, centre.code, charter, standard, site=centre.day.plan.site, today=today)


# --- the whole draft -------------------------------------------------------------------------------


@blueprint.get("/charter/draft/<id>/kiosk")
@web.as_manager
def draft_kiosk(id: str) -> ResponseReturnValue:
    """The kiosk as it would be; its pages can be walked through, and give no number."""
    found, opened = _draft(id)
    address = url_for("kiosk.start", preview=f"{web.DRAFT}{found.id}")
    return page("charter_kiosk", draft=found, new=opened.charter, address=address)


@blueprint.post("/charter/draft/<id>/drop")
@web.as_manager
def drop_draft(id: str) -> ResponseReturnValue:
    web.centre().write(lambda db: drafts.drop(db, id))
    flash(_("La bozza non c'è più. Le versioni adottate restano."))
    return redirect(url_for("admin.charters"), 303)


ADOPTION = ("act.kind", "act.number", "act.date", "valid_from")  # what is asked beside the button


def _under_act(opened: Opened) -> tuple[Opened, Mapping[str, str]]:
    """The draft with the act and the first day that were typed beside the button, and what is wrong with those."""
    typed = typed_from("charter", opened.tree)
    for name in ADOPTION:
        typed[name] = request.form.get(name, "")
    after, wrong = read("charter", typed, opened.tree)
    centre = web.centre()
    with web.reading() as db:
        lived = queries.last_day(db, centre.code)
    return texts.opened(texts.written(after), centre.day.charters, lived), wrong


@blueprint.post("/charter/draft/<id>/adopt")
@web.as_manager
def adopt_draft(id: str) -> ResponseReturnValue:
    """The draft that was looked at becomes a version for ever, under the act that adopts it."""
    with web.reading() as db:
        adopted = drafts.draft(db, id) is None
    if adopted:  # the button was pressed twice
        return redirect(url_for("admin.charters"), 303)
    found, opened = _draft(id)
    if str(found.revision) != request.form.get("revision"):
        problem = _("Intanto un'altra persona ha cambiato la bozza: la guardi e riprovi.")
        return _shown(found, opened, 409, problem=problem)
    opened, wrong = _under_act(opened)
    if wrong:
        return _shown(found, opened, 422, problem=_("Ci sono cose da correggere."), wrong=wrong)
    if opened.faults:
        return _shown(found, opened, 422, problem=_("Prima di adottarla corregga ciò che non va."))
    new = opened.charter
    if not new.act.number.strip() or new.act.date is None:
        return _shown(found, opened, 422, problem=_("Per adottarla servono il numero e la data dell'atto."))
    try:
        web.do(PublishCharter(charter=new), actor=ACTOR)
    except Refused as fault:
        return _shown(found, opened, 409, problem=sentence(fault, web.language()))
    web.centre().write(lambda db: drafts.drop(db, id))
    flash(_("La versione %(id)s è adottata.", id=new.id))
    return redirect(url_for("admin.charters"), 303)
