"""The API put into the application: its views, its document, its health."""

from apiflask import APIFlask
from flask import Flask, Request, jsonify
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf import CSRFProtect

from sportello.api import appointments, counters, figures, tickets
from sportello.api.clients import PREFIX, blueprint
from sportello.api.openapi import describe
from sportello.api.problems import invalid, unavailable
from sportello.centre import Closed
from sportello.web import centre

VIEWS = (tickets, counters, figures, appointments)  # each adds its own to the blueprint


def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    """Commands can be recorded: the writer answers, and what it wrote can be read."""
    here = centre()
    try:
        place = here.write(lambda db: here.place)
    except Closed as fault:
        return unavailable(fault)
    return jsonify(status="ready", epoch=place[0], seq=place[1])


class Sessions(SecureCookieSessionInterface):
    """Sessions for the pages alone: programs bring a token with each request, and no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(f"{PREFIX}/") else super().open_session(app, request)


def mount(app: APIFlask, csrf: CSRFProtect) -> None:
    """Put the API into the application. Tokens, not cookies, open it: no CSRF token is asked."""
    csrf.exempt(blueprint)
    app.session_interface = Sessions()
    describe(app)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # what matters most stands first
    app.register_blueprint(blueprint)
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)
    app.error_processor(invalid)
