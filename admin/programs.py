"""Programs that may use the API: their tokens are shown once and kept as digests."""

import re
import secrets

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.pages import blueprint, page
from admin.wording import ROLES
from sportello import web
from sportello.ledger import access
from sportello.ledger.access import Role, Token
from sportello.ledger.db import Db

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,39}")  # it stands in the log as api:NAME


@blueprint.get("/programs")
@web.as_manager
def programs() -> ResponseReturnValue:
    return _programs()


def _programs(status: int = 200, *, problem: str = "", **texts: object) -> ResponseReturnValue:
    with web.reading() as db:
        found = list(access.tokens(db).values())
    return page("programs", status, programs=found, roles=ROLES, problem=problem, **texts)


@blueprint.post("/programs/add")
@web.as_manager
def add_program() -> ResponseReturnValue:
    name, role = request.form.get("name", "").strip(), request.form.get("role", "")
    problem = _unfit(name, role)
    if problem:
        return _programs(400, problem=problem, name=name, role=role)
    made, now_ms = secrets.token_urlsafe(32), web.centre().now().wall_ms
    token = Token(digest=access.digest(made), name=name, role=Role(role))
    if not web.centre().write(lambda db: _keep_new(db, token, now_ms)):
        problem = _("C'è già un programma con questo nome: lo revochi prima, o scelga un altro nome.")
        return _programs(409, problem=problem, name=name, role=role)
    return page("token", name=name, token=made)


def _unfit(name: str, role: str) -> str:
    if not NAME.fullmatch(name):
        return str(_("Il nome ha da 2 a 40 caratteri: lettere senza accento, cifre e i segni . - _"))
    return "" if role in set(Role) else str(_("Scelga che cosa può fare."))


def _keep_new(db: Db, token: Token, now_ms: int) -> bool:
    """A token in force is never replaced in silence."""
    if any(one.name == token.name for one in access.tokens(db).values()):
        return False
    access.keep_token(db, token, now_ms)
    return True


@blueprint.post("/programs/revoke")
@web.as_manager
def revoke_program() -> ResponseReturnValue:
    name, now_ms = request.form.get("name", ""), web.centre().now().wall_ms
    if web.centre().write(lambda db: access.revoke_token(db, name, now_ms)):
        flash(_("Il programma %(name)s non può più usare il sistema.", name=name))
    return redirect(url_for("admin.programs"), 303)
