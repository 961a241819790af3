"""The board's page and its state for when the live connection is refused."""

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from sportello import __version__, web

blueprint = Blueprint("display", __name__, url_prefix="/display", template_folder="templates", static_folder="static")


@blueprint.get("/")
@web.at_display
def board() -> ResponseReturnValue:
    return render_template(
        "display/board.html",
        lang=web.language(),
        centre=web.centre().day.plan.name,
        demo=web.config().demo,
        version=__version__,
    )


@blueprint.get("/board.json")
@web.at_display
def board_json() -> ResponseReturnValue:
    """The same state as the live connection tells."""
    return jsonify(current_app.extensions["live"].state())
