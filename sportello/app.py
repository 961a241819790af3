"""The web application of one centre: the faces, the API and the live connection, behind one guard."""

import logging
from datetime import timedelta

from apiflask import APIFlask
from flask import has_request_context, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException

import admin.views
import counter.views
import display.views
import kiosk.views
import phone.views
import printers.views
from sportello import __version__, door, enrolment, shell, web
from sportello.api import problems
from sportello.api.clients import PREFIX
from sportello.api.mounting import mount
from sportello.centre import Centre, Closed
from sportello.config import Config
from sportello.devices import Devices
from sportello.domain.errors import Refused
from sportello.ledger import access
from sportello.ledger.db import Broken
from sportello.ledger.devices import Face
from sportello.live import Cap, Live
from sportello.opinions import Opinions
from sportello.passwords import stamp
from sportello.pictures.studio import Studio
from sportello.voice import views as voice

LOG = logging.getLogger(__name__)
FACES = (kiosk.views, counter.views, display.views, admin.views, printers.views, phone.views, door, enrolment, shell)
FORM_BYTES = 2 * 1024 * 1024


def create_app(config: Config, centre: Centre) -> APIFlask:
    """Everything a browser or a program may ask of this centre. Nothing is started (`live(app).start()` does)."""
    app = APIFlask(
        "sportello", title="Sportello", version=__version__, spec_path=f"{PREFIX}/openapi.json", docs_path=None
    )
    app.config.update(settings(config))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["sportello"] = centre
    app.extensions["devices"] = Devices(centre)
    app.extensions["opinions"] = Opinions()
    app.extensions["studio"] = Studio()
    Babel(app, locale_selector=web.locale, default_translation_directories="locale")
    Compress(app)
    csrf = CSRFProtect(app)
    _login(app)
    for face in FACES:
        app.register_blueprint(face.blueprint)
    app.register_blueprint(voice.blueprint)
    csrf.exempt(phone.views.blueprint)  # it keeps no cookie on a telephone: there is no session to ride on
    for said_by_a_screen in (enrolment.beat, enrolment.measure):
        csrf.exempt(said_by_a_screen)  # its page stands for weeks; the guard asks whence it comes
    _screens(app)
    mount(app, csrf)
    _faults(app)
    app.after_request(web.headers)
    shown = app.extensions["live"] = Live(app, centre)
    app.wsgi_app = web.Guard(Cap(app.wsgi_app, config.screens, shown.welcome), config.names)  # type: ignore[method-assign]
    return app


def live(app: APIFlask) -> Live:
    """The broadcaster of this application."""
    found: Live = app.extensions["live"]
    return found


def settings(config: Config) -> dict[str, object]:
    return {
        "SPORTELLO": config,
        "SECRET_KEY": config.secret.read_bytes(),
        "SLIPS_FOLDER": config.slips,
        "VOICE_FOLDER": config.voice,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_SECURE": config.https,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # the guard checks the origin of every write
        "MAX_CONTENT_LENGTH": FORM_BYTES,
        # never pages: how well a secret in one compresses would tell it
        "COMPRESS_MIMETYPES": ["text/css", "text/javascript", "image/svg+xml"],
        "COMPRESS_ALGORITHM": ["gzip"],
        "COMPRESS_ALGORITHM_STREAMING": ["gzip"],
        "BABEL_DEFAULT_LOCALE": "it",
    }


def _screens(app: APIFlask) -> None:
    """What the pages of kiosk and board are told of their screen, and a manager's look at one that stays a look."""

    @app.context_processor
    def told() -> dict[str, object]:
        face = request.blueprint
        return {"device": web.shown(Face(face)), "version": __version__} if face in set(Face) else {}

    @app.url_defaults
    def keep_preview(endpoint: str, values: dict[str, object]) -> None:
        face, _, page = endpoint.partition(".")
        if has_request_context() and face in set(Face) and page != "static" and "preview" in request.args:
            values.setdefault("preview", request.args["preview"])


def _login(app: APIFlask) -> None:
    login = LoginManager(app)
    login.session_protection = "strong"

    @login.user_loader  # type: ignore[untyped-decorator]
    def who(kept: str) -> web.Visitor | None:
        mark, _, name = kept.partition(":")
        with web.reading() as db:
            person = access.person(db, name)
        if person is None or mark != stamp(person.password):
            return None
        return web.Visitor(person.name, person.role, mark)


def _faults(app: APIFlask) -> None:
    @app.errorhandler(Refused)
    def refused(fault: Refused) -> ResponseReturnValue:
        return problems.problem(fault) if problems.asked() else web.refused(fault)

    @app.errorhandler(Broken)
    @app.errorhandler(Closed)
    def unavailable(fault: Exception) -> ResponseReturnValue:
        LOG.error("%s", fault)
        return problems.unavailable(fault) if problems.asked() else web.fault_page(503)

    @app.errorhandler(HTTPException)
    def http(fault: HTTPException) -> ResponseReturnValue:
        if fault.code is not None and 300 <= fault.code < 400:
            return redirect(fault.get_response().headers.get("Location", request.path))
        return problems.http_problem(fault) if problems.asked() else web.fault_page(fault.code or 500)

    @app.errorhandler(Exception)
    def unexpected(fault: Exception) -> ResponseReturnValue:
        LOG.exception("unexpected fault at %s %s", request.method, request.path)
        return problems.unexpected() if problems.asked() else web.fault_page(500)
