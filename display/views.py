"""The board's page and its state for when the live connection is refused."""

from collections.abc import Iterator

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from display.screen import screen
from sportello import __version__, web
from sportello.i18n import DEFAULT, NAMES, Say, direction, tag, translator

blueprint = Blueprint("display", __name__, url_prefix="/display", template_folder="templates", static_folder="static")


@blueprint.get("/")
@web.at_display
def board() -> ResponseReturnValue:
    return render_template(
        "display/board.html",
        lang=web.language(),
        dir=direction(web.language()),
        centre=web.centre().day.plan.name,
        demo=web.config().demo,
        version=__version__,
        screen=screen(),
        spoken=[*_spoken()],
    )


def _spoken() -> Iterator[tuple[str, str, str, Say]]:
    """The languages of the hints: Italian, and each other one that has its own words."""
    for code in NAMES:
        say = translator(code)
        if code == DEFAULT or say("Aspetti qui la chiamata del Suo numero") != "Aspetti qui la chiamata del Suo numero":
            yield code, tag(code), direction(code), say


@blueprint.get("/board.json")
@web.at_display
def board_json() -> ResponseReturnValue:
    """The same state as the live connection tells."""
    return jsonify(current_app.extensions["live"].state())
