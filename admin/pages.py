"""What the managers' pages share: the blueprint, its frame, and how each remembers the language."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin.wording import MENU
from sportello import web
from sportello.i18n import DEFAULT, STAFF_NAMES

ACTOR = "manager"  # who gives a command, in the log: a role, never a person

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")


@blueprint.url_defaults
def keep_language(endpoint: str, values: dict[str, Any]) -> None:
    """Links stay in the language of the page they are on."""
    if endpoint != "admin.static" and web.language() != DEFAULT:
        values.setdefault("lang", web.language())


@blueprint.after_request
def allow_icon_font_and_preview(response: Response) -> Response:
    """Bootstrap Italia carries its icon font inside the style sheet; a screen is looked at in a frame."""
    policy = web.CSP.replace("font-src 'self'", "font-src 'self' data:") + "; frame-src 'self'"
    response.headers["Content-Security-Policy"] = policy
    return response


def page(template: str, status: int = 200, **texts: object) -> ResponseReturnValue:
    """A page in the managers' frame."""
    frame = {"lang": web.language(), "names": STAFF_NAMES, "menu": MENU, "plan": web.centre().day.plan, "here": _here()}
    demo = web.config().demo
    html = render_template(f"admin/{template}.html", demo=demo, command_id=web.new_command_id(), **frame, **texts)
    return html, status


def _here() -> dict[str, object]:
    """Where the language links lead: this page again, or the start when it answers a form."""
    endpoint = (request.endpoint or "admin.home") if request.method == "GET" else "admin.home"
    arguments = request.view_args or {} if request.method == "GET" else {}
    asked = request.args.to_dict() if request.method == "GET" else {}
    return {"endpoint": endpoint, "values": {**asked, **arguments}}
