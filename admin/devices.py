"""Kiosks and boards: letting one in, setting it, shutting it out, and how each of them is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from admin.pages import blueprint, page
from admin.wording import FACES
from sportello import __version__, passwords, web
from sportello.devices import BEAT_S, KEPT, LATE_S, Beat, marks, own, typed_code
from sportello.ledger.devices import Device, Face
from sportello.sight import reach_m

NAME = 40
USUAL = (1920, 1080)  # the screen of a board nobody heard yet


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One screen as its manager reads it."""

    device: Device
    name: str
    own: bool  # the box's own: it is let in anyway
    marks: Sequence[bool]
    heard: str  # when, in words
    last: Beat | None
    faults: Sequence[str]
    reach: str  # how far it can be read, in words; for a board


def state(device: Device) -> State:
    beats, now_s = web.devices().beats(device.id), web.devices().now_s()
    last = beats[-1] if beats else None
    silent_s = now_s - last.at_s if last else None
    return State(
        device=device,
        name=called(device),
        own=own(device),
        marks=marks(beats, now_s),
        heard=_ago(silent_s),
        last=last,
        faults=faults(device, last, silent_s),
        reach=_reach(device, last) if device.face is Face.DISPLAY else "",
    )


def called(device: Device) -> str:
    """What a screen is called; the box's own have a name before anybody gave them one."""
    if device.name:
        return device.name
    kiosk = device.face is Face.KIOSK
    return str(_("Totem di questo computer")) if kiosk else str(_("Tabellone di questo computer"))


def _ago(silent_s: float | None) -> str:
    if silent_s is None:
        return str(_("mai, da quando il servizio è partito"))
    if silent_s < 60:
        return str(ngettext("%(num)d secondo fa", "%(num)d secondi fa", round(silent_s)))
    return str(ngettext("%(num)d minuto fa", "%(num)d minuti fa", round(silent_s / 60)))


def far_m(device: Device, last: Beat | None) -> float:
    """From how many metres a board can be read, standing or lying as it is."""
    width, height = (last.width, last.height) if last else USUAL
    return reach_m(device.diagonal_in, width, height)


def _reach(device: Device, last: Beat | None) -> str:
    return str(_("Questo schermo si legge fino a %(metres)s m.", metres=_decimal(far_m(device, last))))


def _decimal(number: float) -> str:
    """A length as it is typed: 5.5, or 5,5 in Italian."""
    text = f"{number:g}"
    return text.replace(".", ",") if web.language() == "it" else text


def faults(device: Device, last: Beat | None, silent_s: float | None) -> Sequence[str]:
    """What is to be put right, each with what to do."""
    found = []
    if last is None or silent_s is None:
        found.append(_("Non si è ancora sentito: lo accenda e controlli la rete."))
    elif silent_s > 3 * BEAT_S:
        found.append(_("Non si sente da %(time)s: controlli che sia acceso e in rete.", time=_for(silent_s)))
    if last and last.version != __version__:
        found.append(_("Mostra una versione vecchia: si aggiorna da solo quando nessuno lo usa."))
    if device.face is Face.KIOSK:
        if device.px_per_mm is None:
            found.append(_("Lo schermo non è stato misurato: apra l'indirizzo /measure su quel totem."))
        return found
    if last and device.voice and last.sound == "blocked":
        found.append(_("Il browser non lascia sentire la voce: tocchi lo schermo una volta."))
    if device.room and device.room not in web.centre().day.plan.rooms:
        found.append(_("La sala «%(room)s» non è più nella configurazione: ne scelga un'altra.", room=device.room))
    far = far_m(device, last)
    if far < device.distance_m:
        found.append(
            _(
                "Si legge fino a %(far)s m, ma chi legge è a %(distance)s m: serve uno schermo più grande.",
                far=_decimal(far),
                distance=_decimal(device.distance_m),
            )
        )
    return found


def _for(silent_s: float) -> str:
    if silent_s < 60:
        return str(ngettext("%(num)d secondo", "%(num)d secondi", round(silent_s)))
    return str(ngettext("%(num)d minuto", "%(num)d minuti", round(silent_s / 60)))


# --- the list, and letting one in ----------------------------------------------------------------------


@blueprint.get("/devices")
@web.as_manager
def devices() -> ResponseReturnValue:
    code = typed_code(request.args.get("code", ""))
    return _approve(code) if code else _devices()


def _devices(status: int = 200, *, problem: str = "", code: str = "") -> ResponseReturnValue:
    states = [state(one) for one in web.devices().all()]
    waiting = web.devices().waiting()
    return page("devices", status, states=states, waiting=waiting, faces=FACES, kept=KEPT, problem=problem, code=code)


def _approve(code: str, status: int = 200, *, wrong: Mapping[str, str] | None = None) -> ResponseReturnValue:
    """The form that lets in the screen that shows this code."""
    pending = web.devices().behind(code)
    if pending is None:
        problem = _("Nessuno schermo mostra questo codice. Legga quello che si vede ora.")
        return _devices(404, problem=problem, code=code)
    return page("device_new", status, code=code, faces=FACES, rooms=_rooms(), **_form(_new(pending.face), wrong or {}))


def _new(face: Face) -> Device:
    return Device(id="", name="", face=face)


def _rooms() -> Sequence[str]:
    return web.centre().day.plan.rooms


def _form(device: Device, wrong: Mapping[str, str]) -> Mapping[str, object]:
    """What the form shows: as it is, or as it was typed."""
    shown = {
        "name": device.name,
        "face": device.face.value,
        "room": device.room,
        "diagonal": _decimal(device.diagonal_in),
        "distance": _decimal(device.distance_m),
        "voice": "1" if device.voice else "",
        "volume": str(device.volume),
    }
    if request.method == "POST":
        shown = {field: request.form.get(field, "") for field in shown}
    return {"values": shown, "faults": wrong}


@blueprint.post("/devices/approve")
@web.as_manager
def approve_device() -> ResponseReturnValue:
    code = typed_code(request.form.get("code", ""))
    pending = web.devices().behind(code)
    if pending is None:
        return _approve(code)
    wanted, wrong = _typed(_new(pending.face))
    if wrong:
        return _approve(code, 400, wrong=wrong)
    if web.devices().approve(code, wanted) is None:
        return _approve(code)
    flash(_("«%(name)s» è collegato: parte da solo tra un momento.", name=wanted.name))
    return redirect(url_for("admin.devices"), 303)


def _typed(device: Device) -> tuple[Device, Mapping[str, str]]:
    """A screen as the form says it, and what is wrong with the form."""
    form: Mapping[str, str] = request.form
    wrong: dict[str, str] = {}
    name, face, room = passwords.typed_name(form.get("name", "")), form.get("face", ""), form.get("room", device.room)
    if not 2 <= len(name) <= NAME or not name.isprintable():
        wrong["name"] = str(_("Scriva un nome, da 2 a 40 caratteri."))
    if face not in set(Face):
        wrong["face"] = str(_("Scelga che cosa mostra."))
    if room and room not in (*_rooms(), device.room):
        wrong["room"] = str(_("Scelga una sala dall'elenco."))
    diagonal_in = _number("diagonal", device.diagonal_in, (7, 200), wrong)
    distance_m = _number("distance", device.distance_m, (0.5, 30), wrong)
    volume = _number("volume", device.volume, (0, 100), wrong)
    if wrong:
        return device, wrong
    device = replace(device, diagonal_in=diagonal_in, distance_m=distance_m, volume=round(volume))
    voice = bool(form.get("voice")) if "volume" in form else device.voice  # a box that is not ticked is not sent
    return replace(device, name=name, face=Face(face), room=room, voice=voice), wrong


def _number(field: str, now: float, bounds: tuple[float, float], wrong: dict[str, str]) -> float:
    """A number as typed, as it is now where the form has no such field."""
    least, most = bounds
    try:
        value = float(request.form.get(field, str(now)).replace(",", "."))
        if least <= value <= most:
            return round(value, 1)
    except ValueError:
        pass
    wrong[field] = str(_("Scriva un numero da %(least)s a %(most)s.", least=_decimal(least), most=_decimal(most)))
    return now


# --- one screen ------------------------------------------------------------------------------------------


def _found(id: str) -> Device:
    return web.devices().device(id) or abort(404)


@blueprint.get("/devices/<id>")
@web.as_manager
def device(id: str) -> ResponseReturnValue:
    return _device(_found(id))


def _device(found: Device, status: int = 200, *, wrong: Mapping[str, str] | None = None) -> ResponseReturnValue:
    now = state(found)
    width, height = (now.last.width, now.last.height) if now.last else USUAL
    home = url_for("kiosk.start" if found.face is Face.KIOSK else "display.board", preview=found.id)
    answer = page(
        "device",
        status,
        one=now,
        faces=FACES,
        rooms=_rooms(),
        kept=KEPT,
        late_s=LATE_S,
        home=home,
        width=width,
        height=height,
        **_form(found, wrong or {}),
    )
    return answer


@blueprint.post("/devices/<id>")
@web.as_manager
def change_device(id: str) -> ResponseReturnValue:
    found = _found(id)
    wanted, wrong = _typed(found)
    if wrong:
        return _device(found, 400, wrong=wrong)
    if own(found) and wanted.face is not found.face:
        abort(400)
    if not web.devices().change(wanted):
        abort(404)
    if wanted.face is not found.face:
        current_app.extensions["live"].drop(id)
    flash(_("«%(name)s» è cambiato: lo schermo lo sa tra pochi secondi.", name=wanted.name))
    return redirect(url_for("admin.device", id=id), 303)


@blueprint.post("/devices/<id>/revoke")
@web.as_manager
def revoke_device(id: str) -> ResponseReturnValue:
    found = _found(id)
    if own(found):
        abort(400)
    if web.devices().revoke(id):
        current_app.extensions["live"].drop(id)
        flash(_("«%(name)s» è scollegato: mostra di nuovo un codice.", name=found.name))
    return redirect(url_for("admin.devices"), 303)
