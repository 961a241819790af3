"""What kiosk and board keep for while the centre is away: their files, and one page that says to wait."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from sportello import __version__
from sportello.i18n import DEFAULT, NAMES, Say, direction, tag, translator
from sportello.ledger.devices import Face

KEPT = {".css", ".js", ".svg", ".woff2"}
LARGEST = 40 * 1024  # letters in a file above this are kept when they are met
SHARED = ("base.css", "device.js", "offline.css", "offline.js", "vendor/socket.io", "vendor/fonts")
FACES = (Face.DISPLAY, Face.KIOSK)

blueprint = Blueprint("shell", __name__, template_folder="templates")


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """The service worker, with what it keeps."""
    script = Path(current_app.static_folder or "") / "sw.js"
    told = f"self.SHELL = {json.dumps(_shell())};\n{script.read_text(encoding='utf-8')}"
    return Response(told, mimetype="text/javascript", headers={"Cache-Control": "no-cache"})


@blueprint.get("/offline/<face>")
def offline(face: str) -> ResponseReturnValue:
    """The page for while the centre is away, in every language at once."""
    if face not in set(Face):
        abort(404)
    return Response(_offline(face), headers={"Cache-Control": "no-cache"})


def _offline(face: str) -> str:
    return render_template(f"{face}/offline.html", spoken=[(tag(code), direction(code), say) for code, say in _said()])


def _said() -> Iterator[tuple[str, Say]]:
    """Each language that says it in its own words."""
    yield DEFAULT, translator(DEFAULT)
    test = "Chieda a un operatore."
    met = {test}
    for code in NAMES:
        if translator(code)(test) not in met:
            met.add(translator(code)(test))
            yield code, translator(code)


def _shell() -> Mapping[str, object]:
    files = dict(_files())
    pages = [url_for("shell.offline", face=face.value) for face in FACES]
    seen = hashlib.sha256()
    for url, path in files.items():
        seen.update(url.encode() + _digest(path, path.stat().st_mtime_ns))
    for face in FACES:
        seen.update(_offline(face.value).encode())
    return {
        "name": f"sportello-{__version__}-{seen.hexdigest()[:12]}",
        "files": [*files, *pages],
        "faces": [
            {"prefixes": _prefixes(face), "offline": page, "start": _start(face)}
            for face, page in zip(FACES, pages, strict=True)
        ],
    }


def _start(face: Face) -> str:
    return url_for("kiosk.start" if face is Face.KIOSK else "display.board")


def _prefixes(face: Face) -> Sequence[str]:
    """The beginnings of the addresses of a face's pages."""
    rules = [rule.rule for rule in current_app.url_map.iter_rules() if rule.endpoint.startswith(f"{face.value}.")]
    return sorted({f"/{rule.split('/')[1]}" for rule in rules if "/static/" not in rule} | {f"/enrol/{face.value}"})


def _files() -> Iterator[tuple[str, Path]]:
    """What both faces load, by address."""
    static = Path(current_app.static_folder or "")
    for part in SHARED:
        for path in _below(static / part):
            yield url_for("static", filename=path.relative_to(static).as_posix()), path
    for face in FACES:
        folder = Path(current_app.blueprints[face.value].static_folder or "")
        for path in _below(folder):
            yield url_for(f"{face.value}.static", filename=path.relative_to(folder).as_posix()), path


def _below(part: Path) -> Sequence[Path]:
    found = sorted(part.rglob("*")) if part.is_dir() else [part]
    return [path for path in found if path.suffix in KEPT and not _rare(path)]


def _rare(path: Path) -> bool:
    """The letters of a whole script, for words that no sentence of ours holds."""
    return path.suffix == ".woff2" and path.stat().st_size > LARGEST


@cache
def _digest(path: Path, changed_ns: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
