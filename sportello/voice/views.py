"""The addresses of the voice: a call for the displays, a text for the kiosk's audio guide."""

import re
from typing import cast

from flask import Blueprint, Response, abort, current_app, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from sportello import web
from sportello.domain.tickets import ServiceDay
from sportello.i18n import NAMES
from sportello.voice.clips import Clip, Voice
from sportello.voice.words import Call

LONGEST_TEXT = 400
PER_KIOSK = RateLimitItemPerMinute(120)  # a finger that runs over a screen makes it speak twice a second
KEPT_S = 3600

blueprint = Blueprint("voice", __name__, url_prefix="/voice")


@blueprint.record_once
def _with_voice(state: BlueprintSetupState) -> None:
    state.app.extensions["voice"] = Voice(state.app.config["VOICE_FOLDER"])
    state.app.extensions["voice_throttle"] = MovingWindowRateLimiter(MemoryStorage())


def voice() -> Voice:
    """The voice of this centre."""
    return cast(Voice, current_app.extensions["voice"])


@blueprint.get("/call/<language>/<number>/<counter>.wav")
@web.at_display
def call(language: str, number: str, counter: str) -> ResponseReturnValue:
    """A number called to a counter; `again=1` for the last call. Only what this centre may call today."""
    place = called_place(web.centre().day, number, counter)
    if language not in NAMES or place is None:
        abort(404)
    return _heard(voice().call(Call(number=number, place=place, again=request.args.get("again") == "1"), language))


def called_place(day: ServiceDay, number: str, counter: str) -> str | None:
    """The name of a counter to which this number may be called today; None for anything else."""
    announced = any((one.code, one.counter) == (number, counter) for one in day.announcements)
    place = day.plan.place(counter)
    if place is None:
        return counter if announced else None
    return place.name if announced or _given(day, number) else None


def _given(day: ServiceDay, number: str) -> bool:
    """Whether this number was given today."""
    plain = re.fullmatch(r"([A-Z])(\d{3,6})", number, re.ASCII)
    return plain is not None and 1 <= int(plain[2]) <= day.last_number(plain[1])


@blueprint.get("/say/<language>.wav")
@web.at_kiosk
def say(language: str) -> ResponseReturnValue:
    """A sentence of the kiosk's pages, read aloud at the kiosk alone."""
    text = " ".join(request.args.get("text", "").split())
    if language not in NAMES or not text:
        abort(404)
    if len(text) > LONGEST_TEXT:
        abort(413)
    throttle: MovingWindowRateLimiter = current_app.extensions["voice_throttle"]
    if not throttle.hit(PER_KIOSK, request.remote_addr or ""):
        abort(429)
    return _heard(voice().say(text, language), kept=False)


def _heard(clip: Clip | None, *, kept: bool = True) -> ResponseReturnValue:
    """The clip, to be `kept` for an hour or not at all; 204 where there is no voice, now or for this language."""
    if clip is None:
        return Response(status=204, headers={"Cache-Control": "no-store"})
    answer = Response(clip.wav, mimetype="audio/wav")
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_S}" if kept else "no-store"
    answer.set_etag(clip.name)
    return answer.make_conditional(request, accept_ranges=True, complete_length=len(clip.wav))
