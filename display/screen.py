"""What this screen is: its room, its size, from how far it is read, and how it sounds."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import request

from sportello import web
from sportello.ledger.devices import Face
from sportello.sight import letters

INCHES, METRES, VOLUME = (7, 200), (0.5, 30), (0, 100)


def screen() -> Mapping[str, object]:
    """The settings of this device as its manager set them; what the address says goes before, for a trial."""
    device = web.shown(Face.DISPLAY)
    voice = request.args.get("voice")
    return {
        "room": request.args.get("room", device["room"]),
        "inches": _number("inches", INCHES, device["diagonal_in"]),
        "letters": asdict(letters(_number("metres", METRES, device["distance_m"]))),
        "voice": device["voice"] if voice is None else voice == "1",
        "volume": _number("volume", VOLUME, device["volume"]),
        "preview": device["preview"],
    }


def _number(name: str, bounds: tuple[float, float], otherwise: object) -> float:
    """A number of the address within its bounds, or the device's own."""
    least, most = bounds
    asked = request.args.get(name, type=float)
    return asked if asked is not None and least <= asked <= most else float(str(otherwise))
