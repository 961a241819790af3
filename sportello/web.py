"""What the faces share: the centre at hand, who is asking, refusals, and the headers every answer carries."""

import ipaddress
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, ParamSpec, cast
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import UserMixin, current_user
from werkzeug.datastructures import Headers

from sportello.centre import Centre
from sportello.config import Config
from sportello.devices import Devices
from sportello.domain.boards import with_charter
from sportello.domain.charter import Charter
from sportello.domain.commands import Command
from sportello.domain.errors import Refused
from sportello.domain.slips import page_of
from sportello.drafts import opened
from sportello.i18n import DEFAULT, NAMES, STAFF, direction, sentence, tag
from sportello.i18n import locale as locale_of
from sportello.ledger import drafts
from sportello.ledger.access import Role
from sportello.ledger.db import Db
from sportello.ledger.devices import Device, Face

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
# they speak the languages of the staff
STAFF_FACES = frozenset({"admin", "counter", "door", "enrolment", "printers", "kiosk.measure"})
HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Visitor(UserMixin):  # type: ignore[misc]
    """Who signed in: a name, a role and a mark of the password they came in with."""

    def __init__(self, name: str, role: Role, stamp: str = "") -> None:
        self.id = name
        self.role = role
        self.stamp = stamp

    def get_id(self) -> str:
        """What the session keeps; it ends when the password is another."""
        return f"{self.stamp}:{self.id}"


def config() -> Config:
    return cast(Config, current_app.config["SPORTELLO"])


def centre() -> Centre:
    """The one centre of this process; as a draft of the charter would make it, where a manager looks at one."""
    return cast(Centre, g.get("drafted") or current_app.extensions["sportello"])


def reading() -> AbstractContextManager[Db]:
    """A connection that cannot write."""
    return centre().reading()


def language() -> str:
    """The language of this request: `lang` in the address or the form; Italian where that is none of this face's."""
    asked = request.values.get("lang", "")
    offered = NAMES if STAFF_FACES.isdisjoint({request.blueprint, request.endpoint}) else STAFF
    return asked if asked in offered else DEFAULT


def locale() -> str:
    """The same for dates, figures and catalogues."""
    return locale_of(language())


def phone_address(ticket: str) -> str:
    """Where a telephone finds the page of a ticket; empty where none reaches this box."""
    return page_of(ticket, config().phones)


def new_command_id() -> str:
    """A fresh command id for a form: pressing its button twice happens once."""
    return uuid4().hex


def do(command: Command, *, actor: str) -> Any:
    """Hand a form's command to the centre under the command id the form carries."""
    command_id = request.form.get("command_id", "")
    if not 8 <= len(command_id) <= 64:
        abort(400)
    return centre().handle(command, actor=actor, command_id=command_id)


def _signed_in(role: Role, view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            return redirect(url_for("door.sign_in", next=request.full_path.rstrip("?")))
        if current_user.role not in (role, Role.MANAGER):
            abort(403)
        return view(*args, **kwargs)

    return guarded


def as_clerk(view: View[P]) -> View[P]:
    """Only for clerks and managers who signed in."""
    return _signed_in(Role.CLERK, view)


def as_manager(view: View[P]) -> View[P]:
    """Only for managers who signed in."""
    return _signed_in(Role.MANAGER, view)


COOKIE = "sportello_device"
PROXIED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def devices() -> Devices:
    """The screens of this centre."""
    return cast(Devices, current_app.extensions["devices"])


def at_box() -> bool:
    """Whether the browser runs on the box itself. What came through a proxy did not begin here, whoever it names."""
    address = ipaddress.ip_address(request.remote_addr or "0.0.0.0")
    address = getattr(address, "ipv4_mapped", None) or address
    direct = not any(name in request.headers for name in PROXIED)
    return address.is_loopback and direct and _name(request.host) in LOOPBACK


def screen(face: Face) -> Device | None:
    """The screen that asks, if it may show this face: one let in by a manager, or the box's own."""
    found = devices().of_token(request.cookies.get(COOKIE, ""))
    if found is not None and found.face is face:
        return found
    return devices().here(face) if at_box() else None


def previewed(face: Face) -> Device | None:
    """The screen whose page a manager looks at: to see it, never to act on it."""
    wanted = request.args.get("preview", "") if request.method == "GET" else ""
    if not wanted or not current_user.is_authenticated or current_user.role is not Role.MANAGER:
        return None
    found = _of_draft(wanted) if face is Face.KIOSK and wanted.startswith(DRAFT) else devices().device(wanted)
    if found is None or found.face is not face:
        return None
    g.preview = found.id  # this answer may stand in a frame of our own
    return found


DRAFT = "draft-"  # before the id of a draft of the charter that is looked at


class Drafted:
    """The centre with another charter in force, to be looked at: no command goes through it."""

    def __init__(self, of: Centre, charter: Charter) -> None:
        self._of = of
        self.day = with_charter(of.day, charter)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)


def _of_draft(wanted: str) -> Device | None:
    """The kiosk's own screen, showing a draft of the charter."""
    with reading() as db:
        found = drafts.draft(db, wanted.removeprefix(DRAFT))
    if found is None:
        return None
    g.drafted = Drafted(centre(), opened(found.content).charter)
    return devices().here(Face.KIOSK)


def shown(face: Face) -> Mapping[str, object]:
    """What a page is told of its screen (docs/devices.md)."""
    found = previewed(face)
    device = found or screen(face) or devices().here(face)
    return {**settings(device), "preview": found is not None}


def settings(device: Device) -> Mapping[str, object]:
    """How a screen is set, as its page is told."""
    return {
        "face": device.face.value,
        "room": device.room,
        "diagonal_in": device.diagonal_in,
        "distance_m": device.distance_m,
        "voice": device.voice,
        "volume": device.volume,
        "px_per_mm": device.px_per_mm,
    }


def _turned_away(face: Face) -> ResponseReturnValue:
    """A browser is shown how to be let in; whatever else asks is refused."""
    opened = request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return redirect(url_for("enrolment.enrol", face=face.value)) if opened else abort(403)


def at_kiosk(view: View[P]) -> View[P]:
    """Only at a kiosk: on the box itself, or on a screen that was let in as one. A manager may look."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if previewed(Face.KIOSK) or screen(Face.KIOSK):
            return view(*args, **kwargs)
        return _turned_away(Face.KIOSK)

    return guarded


def may_watch() -> bool:
    """Whether the board may be told to who asks: a display, the box itself, or somebody who works here."""
    return screen(Face.DISPLAY) is not None or bool(current_user.is_authenticated)


def at_display(view: View[P]) -> View[P]:
    """Only on a display, on the box itself, or for those who work here."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if may_watch() else _turned_away(Face.DISPLAY)

    return guarded


def at_box_or_manager(view: View[P]) -> View[P]:
    """Only on the box itself, or for managers who signed in."""
    managed = as_manager(view)

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        return view(*args, **kwargs) if at_box() else managed(*args, **kwargs)

    return guarded


def refused(fault: Refused) -> ResponseReturnValue:
    """A refusal as a page in the words of whoever meets it. Faces may show it in their own way instead."""
    return _plain(sentence(fault, language()), fault.code), 409


def fault_page(code: int) -> ResponseReturnValue:
    """Something went wrong, in plain words; nothing technical reaches a visitor."""
    texts = {
        400: _("La richiesta non è completa. Torni indietro e riprovi."),
        403: _("Da qui non si può entrare."),
        404: _("Questa pagina non c'è."),
        503: _("Il servizio riparte tra un momento. Riprovi."),
    }
    return _plain(texts.get(code, _("Qualcosa non ha funzionato. Riprovi.")), code), code


def _plain(text: str, code: object) -> str:
    return render_template("refused.html", text=text, code=code, lang=tag(language()), dir=direction(language()))


def headers(response: Response) -> Response:
    """Security headers on every answer, and a page may have a policy of its own; pages are never kept by a cache."""
    policy = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'") if g.get("preview") else CSP
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.extend(HEADERS)
    if response.mimetype in ("text/html", "application/json"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


class Guard:
    """The outermost door: only known Host names, only our own pages as Origin. Covers Socket.IO too.

    A name rebound to this address, or another site's page, gets 403 before anything else runs.
    """

    def __init__(self, app: Any, names: tuple[str, ...]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if self._welcome(environ):
            return self._app(environ, start_response)
        body = b"403: this host name or origin is not one of ours ([web] names in centre.toml)\n"
        headers = Headers({"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))})
        start_response("403 FORBIDDEN", headers.to_wsgi_list())
        return [body]

    def _welcome(self, environ: Mapping[str, Any]) -> bool:
        host = environ.get("HTTP_HOST", "").lower()
        origin = environ.get("HTTP_ORIGIN")
        site = environ.get("HTTP_SEC_FETCH_SITE", "none")
        writes = environ.get("REQUEST_METHOD") not in ("GET", "HEAD", "OPTIONS")
        return (
            _name(host) in self._names
            and (origin is None or _netloc(origin.lower()) == host)
            and not (writes and site in ("cross-site", "same-site"))
        )


def _netloc(origin: str) -> str:
    """The Host that an Origin header names; nobody's where it makes no sense."""
    try:
        return urlsplit(origin).netloc or " "
    except ValueError:
        return " "


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
