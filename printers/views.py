"""The virtual printer's page: the slips as they would have come out."""

import re
from pathlib import Path

from flask import Blueprint, abort, current_app, jsonify, render_template, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from printers.virtual import newest
from sportello import web

SHOWN = 24

NAME = re.compile(r"\d+-(?P<number>[A-Za-z0-9]+)-[A-Za-z0-9_-]+\.png")

blueprint = Blueprint("printers", __name__, url_prefix="/printers", template_folder="templates", static_folder="static")


@blueprint.get("/")
@web.at_box_or_manager
def page() -> ResponseReturnValue:
    """The page itself; its script brings the slips."""
    return render_template("printers/virtual.html", language=web.language())


@blueprint.get("/slips.json")
@web.at_box_or_manager
def slips() -> ResponseReturnValue:
    """The newest slips, the latest first."""
    named = ((path.name, NAME.fullmatch(path.name)) for path in newest(_folder()))
    told = [{"url": url_for("printers.slip", name=name), "number": match["number"]} for name, match in named if match]
    answer = jsonify(told[:SHOWN])
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/slips/<name>")
@web.at_box_or_manager
def slip(name: str) -> ResponseReturnValue:
    """One picture. A name is used once, so that the browser may keep it."""
    if not NAME.fullmatch(name):
        abort(404)
    return send_from_directory(_folder().absolute(), name, mimetype="image/png", max_age=3600)


def _folder() -> Path:
    return Path(current_app.config["SLIPS_FOLDER"])
