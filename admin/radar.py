"""Questions about how the figures came about: by service and day, never by person."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import periods
from admin.home import titles
from admin.pages import blueprint, page
from admin.replays import TooLong, apart
from admin.whatif import TOO_LONG
from sportello import radar as looking
from sportello import web


@blueprint.get("/radar")
@web.as_manager
def radar() -> ResponseReturnValue:
    today: date = web.centre().now().local().date()
    presets = periods.presets(today)
    chosen = {name: request.args.get(name, "") for name in ("from", "to")}
    frame: dict[str, Any] = {"presets": presets, "chosen": chosen, "titles": titles()}
    try:
        span = periods.asked(chosen["from"], chosen["to"], today)
        config = web.config()
        found = apart(looking.of_database, config.database, config.code, span.first, span.last)
    except ValueError as fault:
        return page("radar", 400, found=None, problem=_(str(fault)), **frame)
    except TooLong:
        return page("radar", 503, found=None, problem=_(TOO_LONG), **frame)
    chosen |= {"from": span.first.isoformat(), "to": span.last.isoformat()}
    language = web.language()
    return page(
        "radar",
        found=found,
        span=span,
        asked=[(one, looking.sentence(one, language)) for one in found.questions],
        method=[text[language] for text in looking.METHOD],
        problem="",
        **frame,
    )
