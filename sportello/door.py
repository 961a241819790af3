"""The door: signing in and out, changing a password, and the first manager of a new centre."""

import hmac
import math
import time
import unicodedata
from collections.abc import Iterable
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, login_user, logout_user
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sportello import passwords, web
from sportello.i18n import STAFF_NAMES
from sportello.ledger import access
from sportello.ledger.access import Person, Role
from sportello.ledger.db import Db

PER_NAME = RateLimitItemPerMinute(5, 5)  # tries of one name from one address, in five minutes
PER_ADDRESS = RateLimitItemPerMinute(40, 5)  # a whole office may come from one address
Limit = tuple[RateLimitItem, str, str, str]  # how often; what, from where, by whom

blueprint = Blueprint("door", __name__, template_folder="templates")


class Throttle:
    """How often somebody may try, counted in this process: the one that serves."""

    def __init__(self) -> None:
        self._tries = MovingWindowRateLimiter(MemoryStorage())

    def wait_s(self, what: str, address: str, name: str) -> int:
        """Count one try; 0, or after how many seconds the next one is allowed."""
        limits = _limits(what, address, name)
        full = [limit for limit in limits if not self._tries.test(*limit)]
        if not full and self._count(limits):
            return 0
        resets = [self._tries.get_window_stats(*limit).reset_time for limit in full or limits]
        return max(1, math.ceil(max(resets) - time.time()))

    def _count(self, limits: Iterable[Limit]) -> bool:
        """Count in each; whether none was full, also where several try at the same moment."""
        counted = [self._tries.hit(*limit) for limit in limits]
        return all(counted)

    def forgive(self, what: str, address: str, name: str) -> None:
        """Somebody who proved who they are starts afresh."""
        self._tries.clear(*_limits(what, address, name)[0])


def _limits(what: str, address: str, name: str) -> tuple[Limit, ...]:
    return (PER_NAME, what, address, name), (PER_ADDRESS, what, address, "")


@blueprint.record_once
def _with_throttle(state: BlueprintSetupState) -> None:
    state.app.extensions["throttle"] = Throttle()


def _throttle() -> Throttle:
    return cast(Throttle, current_app.extensions["throttle"])


def _address() -> str:
    return request.remote_addr or ""


# --- pages ---------------------------------------------------------------------------------------


def _page(template: str, status: int = 200, *, problem: str = "", **texts: object) -> ResponseReturnValue:
    page = render_template(f"door/{template}.html", lang=web.language(), names=STAFF_NAMES, problem=problem, **texts)
    return page, status


def _too_often(template: str, wait_s: int, **texts: object) -> ResponseReturnValue:
    """429, with the time to wait in words and in the header programs read."""
    if wait_s < 60:
        wait = ngettext("%(num)d secondo", "%(num)d secondi", wait_s)
    else:
        wait = ngettext("%(num)d minuto", "%(num)d minuti", math.ceil(wait_s / 60))
    problem = _("Troppi tentativi. Riprovi tra %(wait)s.", wait=wait)
    page = render_template(f"door/{template}.html", lang=web.language(), names=STAFF_NAMES, problem=problem, **texts)
    return page, 429, {"Retry-After": str(wait_s)}


def _at(endpoint: str, onward: str = "") -> str:
    """The address of another page of the door, in the language of this one."""
    return url_for(endpoint, lang=request.values.get("lang") and web.language(), next=onward or None)


def local_path(wanted: str) -> str:
    """The address to go on to after the door, if it is a page of ours; "" otherwise."""
    split = urlsplit(wanted)
    strange = any(unicodedata.category(character).startswith("C") for character in wanted)
    ours = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if ours and not (strange or split.scheme or split.netloc) else ""


def _onward(role: Role) -> ResponseReturnValue:
    """To the page that was asked for, or to the face of this role."""
    home = "/admin/" if role is Role.MANAGER else "/counter/"
    return redirect(local_path(request.form.get("next", "")) or home, 303)


# --- signing in and out --------------------------------------------------------------------------


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    if nobody():
        return redirect(_at("door.setup"))
    if current_user.is_authenticated and not request.args.get("next"):
        return _onward(current_user.role)
    return _page("sign_in", next=local_path(request.args.get("next", "")), name="")


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    name, password = passwords.typed_name(request.form.get("name", "")), request.form.get("password", "")
    texts = {"next": local_path(request.form.get("next", "")), "name": name}
    wait_s = _throttle().wait_s("sign-in", _address(), name)
    if wait_s:
        return _too_often("sign_in", wait_s, **texts)
    person = known(name, password)
    if person is None:
        return _page("sign_in", 401, problem=_("Nome o password non giusti. Controlli e riprovi."), **texts)
    _throttle().forgive("sign-in", _address(), name)
    if person.once:
        session.clear()
        session["changing"] = [person.name, passwords.stamp(person.password)]
        return redirect(_at("door.change_password", onward=texts["next"]), 303)
    _let_in(person)
    return _onward(person.role)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(_at("door.sign_in"), 303)


def known(name: str, password: str) -> Person | None:
    """Who this is. An unknown name takes as long to refuse as a wrong password."""
    with web.reading() as db:
        person = access.person(db, name)
    right = passwords.matches(password, person.password if person else None)
    return person if right else None


def _let_in(person: Person) -> None:
    """Begin a session of its own: nothing of the one before is kept."""
    session.clear()
    session.permanent = True
    login_user(web.Visitor(person.name, person.role, passwords.stamp(person.password)))


# --- changing a password ---------------------------------------------------------------------------


@blueprint.get("/change-password")
def change_password() -> ResponseReturnValue:
    person = _changing()
    if person is None:
        return redirect(_at("door.sign_in"))
    return _page("change_password", name=person.name, once=person.once, next=local_path(request.args.get("next", "")))


@blueprint.post("/change-password")
def keep_password() -> ResponseReturnValue:
    person = _changing()
    if person is None:
        return redirect(_at("door.sign_in"), 303)
    texts = {"name": person.name, "once": person.once, "next": local_path(request.form.get("next", ""))}
    wait_s = 0 if person.once else _throttle().wait_s("change", _address(), person.name)
    if wait_s:
        return _too_often("change_password", wait_s, **texts)
    problem = _wrong_old(person) or _unfit(person)
    if problem:
        return _page("change_password", 400, problem=problem, **texts)
    changed, now_ms = _changed(person, request.form["password"]), web.centre().now().wall_ms
    web.centre().write(lambda db: access.keep_person(db, changed, now_ms))
    _let_in(changed)
    return _onward(changed.role)


def _changing() -> Person | None:
    """Whose password is being changed: who signed in, or who has just proved a one-time password."""
    pending = session.get("changing")
    name = current_user.id if current_user.is_authenticated else pending[0] if pending else ""
    with web.reading() as db:
        person = access.person(db, name)
    if person and pending and not current_user.is_authenticated and pending[1] != passwords.stamp(person.password):
        return None
    return person


def _wrong_old(person: Person) -> str:
    """Whoever sits down at a screen left open does not know the password in use; a one-time one was just proved."""
    if not person.once and not passwords.matches(request.form.get("old", ""), person.password):
        return str(_("La password di ora non è giusta."))
    _throttle().forgive("change", _address(), person.name)
    return ""


def _unfit(person: Person) -> str:
    """Why the new password is not taken; "" when it is."""
    new = request.form.get("password", "")
    if passwords.matches(new, person.password):
        return str(_("La nuova password è uguale a quella di ora."))
    return _poor(new, person.name)


def _poor(password: str, name: str) -> str:
    """Why a password just typed twice is not good enough; "" when it is."""
    weak = passwords.weakness(password, name)
    if weak:
        return str(_(weak))
    if password != request.form.get("again", ""):
        return str(_("Le due password sono diverse."))
    return ""


def _changed(person: Person, password: str) -> Person:
    return Person(name=person.name, role=person.role, password=passwords.hash(password), once=False)


# --- the first manager -----------------------------------------------------------------------------


def nobody() -> bool:
    """Whether the centre is new: there is no one who could sign in."""
    with web.reading() as db:
        return not access.people(db)


@blueprint.get("/setup")
def setup() -> ResponseReturnValue:
    return _page("setup", name="") if nobody() else redirect(_at("door.sign_in"))


@blueprint.post("/setup")
def found() -> ResponseReturnValue:
    """Take in the first manager, who can read the terminal of the service and so is who installed it."""
    if not nobody():
        return redirect(_at("door.sign_in"), 303)
    name, password = passwords.typed_name(request.form.get("name", "")), request.form.get("password", "")
    wait_s = _throttle().wait_s("setup", _address(), "")
    if wait_s:
        return _too_often("setup", wait_s, name=name)
    problem = _wrong_code() or unfit_name(name) or _poor(password, name)
    if problem:
        return _page("setup", 400, problem=problem, name=name)
    first = Person(name=name, role=Role.MANAGER, password=passwords.hash(password), once=False)
    now_ms = web.centre().now().wall_ms
    if not web.centre().write(lambda db: _keep_first(db, first, now_ms)):
        abort(403)
    _let_in(first)
    return _onward(first.role)


def _keep_first(db: Db, first: Person, now_ms: int) -> bool:
    """Of two who set up at the same moment one is first."""
    if access.people(db):
        return False
    access.keep_person(db, first, now_ms)
    return True


def _wrong_code() -> str:
    code, typed = current_app.config.get("SETUP_CODE") or "", request.form.get("code", "").strip().upper()
    if code and hmac.compare_digest(code.encode(), typed.encode()):
        _throttle().forgive("setup", _address(), "")
        return ""
    return str(_("Il codice non è quello scritto sul terminale. Lo legga dove ha avviato «sportello serve»."))


def unfit_name(name: str) -> str:
    """Why somebody cannot be called so; "" when they can."""
    unfit = passwords.unfit_name(name)
    return str(_(unfit)) if unfit else ""
