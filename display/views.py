"""The board's page and its state for when the live connection is refused."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from display.screen import screen
from sportello import __version__, web
from sportello.i18n import DEFAULT, N_, NAMES, direction, tag, translator

# what the board means, said in every language
HINTS = {
    "number": N_("Numero"),
    "counter": N_("Sportello"),
    "welcome": N_("Aspetti qui la chiamata del Suo numero"),
    "closed": N_("Il centro è chiuso"),
}

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
        hints=[*_hints()],
    )


def _hints() -> Iterator[Mapping[str, str]]:
    """The hints in Italian, and in each other language that has its own word for a number."""
    for code in NAMES:
        said = {name: translator(code)(sentence) for name, sentence in HINTS.items()}
        if code == DEFAULT or said["number"] != HINTS["number"]:
            yield {"code": code, "lang": tag(code), "dir": direction(code), **said}


@blueprint.get("/board.json")
@web.at_display
def board_json() -> ResponseReturnValue:
    """The same state as the live connection tells."""
    return jsonify(current_app.extensions["live"].state())
