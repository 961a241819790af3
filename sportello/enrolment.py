"""How a screen comes in and stays in: its code until a manager says yes, then its token and its beats."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import segno
from flask import Blueprint, Response, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sportello import __version__, web
from sportello.devices import VALID_S, Beat
from sportello.ledger.devices import Device, Face

YEAR_S = 365 * 24 * 3600
ENOUGH = 1024  # bytes of a beat
LEAST_MM, MOST_MM = 1.5, 12.0  # pixels: from an old television to a telephone
WORD = re.compile(r"[a-z][a-z-]{0,19}")
SOUNDS = ("on", "off", "blocked", "none")

blueprint = Blueprint("enrolment", __name__, template_folder="templates")


def home(face: Face) -> str:
    """Where a screen of this kind begins."""
    return url_for("kiosk.start" if face is Face.KIOSK else "display.board")


def _token() -> str:
    return request.cookies.get(web.COOKIE, "")


def _with_token(answer: Response, token: str, *, lasting: bool) -> Response:
    """A token nobody's script can read. One that waits for a manager ends with the browser."""
    answer.set_cookie(
        web.COOKIE,
        token,
        max_age=YEAR_S if lasting else None,
        httponly=True,
        samesite="Strict",
        secure=web.config().https,
    )
    return answer


# --- the code ----------------------------------------------------------------------------------------


@blueprint.get("/enrol/<face>")
def enrol(face: str) -> ResponseReturnValue:
    """The page of a screen that nobody let in yet."""
    if face not in set(Face):
        abort(404)
    known = web.devices().of_token(_token())
    if known is not None:
        return redirect(home(known.face))
    token, one = _token(), web.devices().waits(_token(), Face(face))
    if one is None:
        knocked = web.devices().knock(Face(face), request.remote_addr or "")
        if knocked is None:
            return _page(face), 429, {"Retry-After": "60"}
        token, one = knocked
    return _with_token(make_response(_page(face, one.code)), token, lasting=False)


def _page(face: str, code: str = "") -> str:
    approve = url_for("admin.devices", code=code, _external=True)
    beyond = urlsplit(approve).hostname not in ("127.0.0.1", "localhost", "::1")
    return render_template(
        "enrolment/enrol.html",
        face=face,
        code=code,
        approve=url_for("admin.devices", _external=True),
        qr=segno.make(approve, error="m").svg_data_uri(border=2, light="#fff") if code and beyond else "",
        minutes=VALID_S // 60,
        lang=web.language(),
        centre=web.centre().day.plan.name,
    )


@blueprint.get("/enrol/state.json")
def state() -> ResponseReturnValue:
    """How it stands: the code that is good now, or where to go once a manager said yes."""
    known = web.devices().of_token(_token())
    if known is not None:
        return _with_token(jsonify(go=home(known.face)), _token(), lasting=True)
    one = web.devices().waits(_token())
    return jsonify(code=one.code if one else "")


# --- beats -------------------------------------------------------------------------------------------


@blueprint.post("/devices/beat")
def beat() -> ResponseReturnValue:
    """A page says that it is well, and hears whether it is still let in, how it is set and what version is served."""
    face, said = _said()
    device = web.screen(face)
    if device is None:
        known = web.devices().of_token(_token())
        if known is None and face is Face.DISPLAY and web.may_watch():
            return jsonify(admitted=True, version=__version__)  # somebody who works here looks at the board
        return jsonify(admitted=False, go=home(known.face) if known else url_for("enrolment.enrol", face=face.value))
    web.devices().heard(device, said)
    answer = jsonify(admitted=True, version=__version__, device=web.settings(device))
    return _with_token(answer, _token(), lasting=True) if web.devices().of_token(_token()) else answer


def _said() -> tuple[Face, Beat]:
    """A beat as it should be; 400 otherwise."""
    if (request.content_length or 0) > ENOUGH:
        abort(413)
    body = request.get_json(silent=True)
    if not isinstance(body, dict) or body.get("face") not in set(Face):
        abort(400)
    page, version, sound = body.get("page"), body.get("version"), body.get("sound")
    if not (isinstance(page, str) and WORD.fullmatch(page) and isinstance(version, str) and sound in SOUNDS):
        abort(400)
    width, height = _size(body.get("width")), _size(body.get("height"))
    beat = Beat(
        at_s=web.devices().now_s(), version=version[:40], page=page, sound=str(sound), width=width, height=height
    )
    return Face(body["face"]), beat


def _size(pixels: object) -> int:
    if not isinstance(pixels, int) or isinstance(pixels, bool) or not 0 < pixels <= 20_000:
        abort(400)
    return pixels


@blueprint.post("/devices/measure")
def measure() -> ResponseReturnValue:
    """How large a millimetre is on the kiosk that asks: kept with it."""
    device = web.screen(Face.KIOSK)
    if device is None:
        abort(403)
    body = request.get_json(silent=True)
    pixels = body.get("px_per_mm") if isinstance(body, dict) else None
    if isinstance(pixels, bool) or not isinstance(pixels, int | float) or not LEAST_MM <= pixels <= MOST_MM:
        abort(400)
    _set(replace(device, px_per_mm=float(pixels)))
    return jsonify(px_per_mm=round(float(pixels), 2))


def _set(device: Device) -> None:
    if not web.devices().change(device):
        abort(403)  # shut out meanwhile
