"""Who may sign in: adding people, giving a new one-time password, closing the door to somebody."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin.pages import blueprint, page
from admin.wording import ROLES
from sportello import passwords, web
from sportello.door import unfit_name
from sportello.ledger import access
from sportello.ledger.access import Person, Role
from sportello.ledger.db import Db

MAY_BE = (Role.CLERK, Role.MANAGER)  # a kiosk is no person


@blueprint.get("/people")
@web.as_manager
def people() -> ResponseReturnValue:
    return _people()


def _people(status: int = 200, *, problem: str = "", **texts: object) -> ResponseReturnValue:
    with web.reading() as db:
        found = [access.person(db, name) for name, _role in access.people(db)]
    return page("people", status, people=[one for one in found if one], roles=ROLES, problem=problem, **texts)


@blueprint.post("/people/add")
@web.as_manager
def add_person() -> ResponseReturnValue:
    name, role = passwords.typed_name(request.form.get("name", "")), request.form.get("role", "")
    problem = unfit_name(name) or ("" if role in MAY_BE else _("Scelga il ruolo."))
    if problem:
        return _people(400, problem=problem, name=name, role=role)
    password, now_ms = passwords.one_time(), web.centre().now().wall_ms
    person = Person(name=name, role=Role(role), password=passwords.hash(password), once=True)
    if not web.centre().write(lambda db: _keep_new(db, person, now_ms)):
        return _people(409, problem=_("C'è già una persona con questo nome."), name=name, role=role)
    return page("password", name=name, password=password)


def _keep_new(db: Db, person: Person, now_ms: int) -> bool:
    """Adding never changes somebody who is there."""
    if access.person(db, person.name):
        return False
    access.keep_person(db, person, now_ms)
    return True


@blueprint.post("/people/reset")
@web.as_manager
def reset_password() -> ResponseReturnValue:
    """A new one-time password; whoever is signed in with the old one is out at once."""
    name = request.form.get("name", "")
    if name == current_user.id:
        return redirect(url_for("door.change_password", lang=web.language()), 303)
    password, now_ms = passwords.one_time(), web.centre().now().wall_ms
    kept = passwords.hash(password)
    if not web.centre().write(lambda db: _reset(db, name, kept, now_ms)):
        return _people(404, problem=_("Questa persona non c'è più."))
    return page("password", name=name, password=password)


def _reset(db: Db, name: str, kept: str, now_ms: int) -> bool:
    person = access.person(db, name)
    if person is None:
        return False
    access.keep_person(db, Person(name=name, role=person.role, password=kept, once=True), now_ms)
    return True


@blueprint.post("/people/disable")
@web.as_manager
def disable_person() -> ResponseReturnValue:
    name, by = request.form.get("name", ""), current_user.id
    if name == by:
        return _people(409, problem=_("Non può togliere l'accesso a sé: lo chieda a un'altra persona che dirige."))
    if web.centre().write(lambda db: _shut_out(db, name, by)):
        flash(_("%(name)s non può più entrare.", name=name))
    return redirect(url_for("admin.people"), 303)


def _shut_out(db: Db, name: str, by: str) -> bool:
    """Two managers who shut each other out at the same moment: the first prevails, so that one is left."""
    return access.person(db, by) is not None and access.disable_person(db, name)
