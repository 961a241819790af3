"""Setting up a printer in five steps: choose it, ask it, look at its test page, answer, and pull its paper."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, current_app, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from admin.pages import blueprint, page
from admin.printers import best_evidence
from admin.wording import fault
from sportello import web
from sportello.config import WIDTHS
from sportello.domain.codec import decode, encode
from sportello.domain.printing import Capability, PrinterSetup, Role, understood
from sportello.i18n import N_
from sportello.ledger import printers as kept

ERRAND_S = 40.0
LOOK_S = 5.0
NAME_LENGTH = 24
NOBODY = N_("Il programma di stampa non risponde: avvii «sportello print» e riprovi.")
BAD_ADDRESS = N_("Scriva l'indirizzo come tcp://192.168.1.50:9100, oppure soltanto 192.168.1.50.")
BAD_NAME = N_("Dia alla stampante un nome breve, che nessun'altra ha.")

# what the test page shows; a «no» says what to do, the last two also what the printer can do
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "dark": (
        N_("Il testo è nero e si legge bene?"),
        N_("Il testo chiaro viene da una testina sporca o da carta girata: la carta termica scrive da un lato solo."),
    ),
    "letters": (
        N_("Ogni lingua ha le sue lettere, senza quadratini né punti interrogativi?"),
        N_("Quadratini vogliono dire che mancano i caratteri: chieda a chi segue il computer."),
    ),
    "joined": (
        N_("Le righe oblique sono continue, senza fili bianchi?"),
        N_("Fili bianchi: la stampante si ferma fra una striscia e l'altra. Si può usare; aggiorni il suo programma."),
    ),
    "whole": (
        N_("Il codice quadrato si legge con un telefono?"),
        N_("Se non si legge, pulisca la testina e riprovi."),
    ),
    "native": (N_("Sotto ne compare un secondo, disegnato dalla stampante?"), ""),
    "cut": (
        N_("Alla fine la carta è stata tagliata?"),
        N_("Senza taglio il biglietto va strappato a mano, e la stampante non può contare i tagli."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A printer on its way through the steps. Signed by the box, so that nobody else writes what it can do."""

    setup: PrinterSetup
    cover_seen: bool = False


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), "printer-wizard")


def _signed(draft: Draft) -> str:
    return str(_signer().dumps(encode(draft)))


def _draft() -> Draft:
    try:
        draft: Draft = decode(Draft, _signer().loads(request.values.get("draft", "")))
    except BadSignature:
        abort(400)
    return draft


def _errand(kind: str, draft: Draft | None = None, timeout_s: float = ERRAND_S) -> Mapping[str, Any]:
    """What came of an errand; a failure is a sentence under `problem`."""
    setup = draft.setup if draft else None
    about = {"name": setup.name, "uri": setup.uri, "width": setup.width, "dialect": setup.dialect} if setup else {}
    found = web.centre().stations.ask(kind, about, timeout_s)
    if found is None:
        return {"problem": _(NOBODY)}
    if "error" in found:
        return {"problem": str(_(fault(str(found["error"]))))}
    return found


# --- 1: which one ------------------------------------------------------------------------------------


@blueprint.get("/printers/new")
@web.as_manager
def printer_new() -> ResponseReturnValue:
    found = _errand("discover")
    return page("printer_choose", found=found.get("found", []), problem=found.get("problem", ""), address="")


@blueprint.post("/printers/new")
@web.as_manager
def printer_chosen() -> ResponseReturnValue:
    """Step 2: what it can do. It is asked one question after the other."""
    typed = request.form.get("address", "").strip()
    uri = _address(typed) if typed else request.form.get("uri", "")
    if not uri:
        found = _errand("discover").get("found", [])
        return page("printer_choose", 400, found=found, problem=_(BAD_ADDRESS), address=typed)
    draft = Draft(setup=PrinterSetup(name="", uri=uri, dialect=request.form.get("dialect", "escpos")))
    answer = _errand("probe", draft)
    if "problem" in answer:
        found = _errand("discover").get("found", [])
        return page("printer_choose", 409, found=found, problem=answer["problem"], address=typed)
    able = frozenset(Capability(word) for word in answer["capabilities"])
    draft = replace(draft, setup=replace(draft.setup, capabilities=able))
    return page("printer_asked", draft=_signed(draft), setup=draft.setup, evidence=_(best_evidence(draft.setup)))


def _address(typed: str) -> str:
    """An address as people write it; empty where it is none."""
    uri = typed if ":" in typed and not typed[0].isdigit() else f"tcp://{typed}"
    return uri if understood(uri) and " " not in uri else ""


# --- 3 and 4: the test page, and what is seen on it --------------------------------------------------


@blueprint.post("/printers/new/page")
@web.as_manager
def printer_tried() -> ResponseReturnValue:
    draft = _draft()
    proof = _errand("test_page", draft)
    return page(
        "printer_tried",
        draft=_signed(draft),
        setup=draft.setup,
        widths=WIDTHS,
        questions=[(name, _(text)) for name, (text, _hint) in QUESTIONS.items()],
        problem=proof.get("problem", ""),
    )


@blueprint.post("/printers/new/seen")
@web.as_manager
def printer_seen() -> ResponseReturnValue:
    """Step 5: the answers become what the printer can do; then its name, its part, and its cover."""
    draft, answers = _draft(), {name: request.form.get(name) == "yes" for name in QUESTIONS}
    able = set(draft.setup.capabilities)
    if answers["native"]:
        able.add(Capability.NATIVE_QR)
    if not answers["cut"]:
        able.discard(Capability.COUNTERS)
    width = request.form.get("width", "")
    width_dots = int(width) if width.isdigit() and int(width) in WIDTHS else draft.setup.width
    draft = replace(draft, setup=replace(draft.setup, capabilities=frozenset(able), width=width_dots))
    return _last(draft, hints=[_(hint) for name, (_text, hint) in QUESTIONS.items() if hint and not answers[name]])


def _last(draft: Draft, status: int = 200, **more: Any) -> ResponseReturnValue:
    mains = [one.name for one in web.centre().printers() if one.role is Role.MAIN]
    feels = Capability.STATUS in draft.setup.capabilities
    frame: dict[str, Any] = {"problem": "", "hints": [], "name": draft.setup.name, **more}
    return page("printer_last", status, draft=_signed(draft), setup=draft.setup, mains=mains, feels=feels, **frame)


@blueprint.get("/printers/new/cover")
@web.as_manager
def printer_cover() -> ResponseReturnValue:
    """How it is at this moment, for the page that watches somebody open and close its cover."""
    found = _errand("status", _draft(), LOOK_S)
    status = found.get("status", {})
    answer = jsonify(cover=status.get("cover_closed"), paper=status.get("paper"), ready=status.get("ready"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/printers/new/keep")
@web.as_manager
def printer_keep() -> ResponseReturnValue:
    draft, centre = _draft(), web.centre()
    name, stands_in = request.form.get("name", "").strip(), request.form.get("backs", "")
    known = {one.name: one for one in centre.printers()}
    if not name or len(name) > NAME_LENGTH or name in known:
        return _last(draft, 400, problem=_(BAD_NAME), name=name)
    main = known.get(stands_in)
    setup = replace(draft.setup, name=name, role=Role.BACKUP if main else Role.MAIN)
    now_ms = centre.now().wall_ms
    centre.write(lambda db: kept.keep_printer(db, setup, now_ms))
    if main:
        centre.write(lambda db: kept.keep_printer(db, replace(main, backup=name), now_ms))
    flash(_("La stampante %(name)s è pronta.", name=name))
    return redirect(url_for("admin.printers"), 303)
