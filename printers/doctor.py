"""What could be in the way of paper on this machine, and what to do about each thing."""

import grp
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from printers import fonts
from printers.base import PrinterError
from sportello.config import Config
from sportello.domain.printing import PrinterSetup
from sportello.i18n import NAMES, translator
from sportello.timekeeping import system_clock

LEAST_FREE = 200 * 1024 * 1024  # bytes: a month of a busy centre
GROUPS = ("sportello-print", "lp", "dialout")
REACH_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `advice` says what to do; empty where all is well."""

    what: str
    told: str
    advice: str = ""


def examine(config: Config, setups: Sequence[PrinterSetup]) -> Iterator[Finding]:
    """Everything that can be looked at without a printer, in the order in which it is worth mending."""
    yield _letters()
    yield _languages()
    yield from _devices(setups)
    yield _cups(setups)
    yield _clock()
    yield _disk(config.folder)
    yield _phones(config.phones)


def _letters() -> Finding:
    try:
        fonts.check()
    except PrinterError as fault:
        return Finding(what="letters", told=fault.code, advice=fault.detail)
    return Finding(what="letters", told="fonts, Raqm and FriBiDi are there")


def _languages() -> Finding:
    """Whether every language can be written."""
    sentence = "Persone prima di Lei: %(count)s"
    lacking = [code for code in NAMES if not fonts.covers(translator(code)(sentence) % {"count": 7})]
    if lacking:
        return Finding(what="languages", told=f"no letters for {', '.join(lacking)}", advice="build again: make run")
    return Finding(what="languages", told=f"all {len(NAMES)} can be written")


def _devices(setups: Sequence[PrinterSetup]) -> Iterator[Finding]:
    """For each printer on a cable: is it there, may we use it."""
    for setup in setups:
        way, _, rest = setup.uri.partition(":")
        if way not in ("usblp", "serial", "file"):
            continue
        path = Path(rest.partition("?")[0])
        what = f"printer {setup.name}"
        if way == "usblp" and not Path("/sys/module/usblp").exists():
            yield Finding(what=what, told="the kernel's usblp is not loaded", advice="modprobe usblp")
        elif not path.exists() and way != "file":
            yield Finding(what=what, told=f"{path} is not there", advice="is it on, is the cable in?")
        elif path.exists() and not os.access(path, os.R_OK | os.W_OK):
            yield Finding(what=what, told=f"{path} may not be used", advice=f"usermod -aG {_group(path)} <user>")
        else:
            yield Finding(what=what, told=f"{path} may be used")


def _group(path: Path) -> str:
    """The group a device belongs to, where it is one that is meant for this."""
    try:
        name = grp.getgrgid(path.stat().st_gid).gr_name
    except (KeyError, OSError):
        return GROUPS[0]
    return name if name in GROUPS else GROUPS[0]


def _cups(
    setups: Sequence[PrinterSetup], run: Callable[..., "subprocess.CompletedProcess[str]"] = subprocess.run
) -> Finding:
    """Whether CUPS has a printer on USB too, and would take it away in the middle of a slip."""
    if shutil.which("lpstat") is None:
        return Finding(what="CUPS", told="not installed")
    try:
        told = run(["lpstat", "-v"], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return Finding(what="CUPS", told="does not answer")
    ours = any(setup.uri.startswith(("usb:", "usblp:")) for setup in setups)
    taken = [line for line in told.splitlines() if "usb://" in line]
    if ours and taken:
        return Finding(what="CUPS", told=taken[0], advice="remove that queue: lpadmin -x NAME")
    return Finding(what="CUPS", told="has no printer on USB")


def _clock() -> Finding:
    if not system_clock()().trusted:
        return Finding(what="clock", told="shows a time before this program", advice="set it: timedatectl set-time")
    return Finding(what="clock", told="shows a time that can be")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    told = f"{free // 1_048_576} MB free in {folder}"
    return Finding(what="disk", told=told, advice="" if free >= LEAST_FREE else "make room: slips need the disk")


def _phones(address: str) -> Finding:
    """Whether the code on the slip leads anywhere, as far as this machine can tell."""
    if not address:
        return Finding(what="code on the slip", told="none: no address for telephones is set")
    parts = urlsplit(address)
    try:
        socket.create_connection(
            (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)), REACH_S
        ).close()
    except OSError as fault:
        advice = "check [web] phones in centre.toml, or leave it out and no code is printed"
        return Finding(what="code on the slip", told=f"{address}: {fault}", advice=advice)
    return Finding(what="code on the slip", told=f"{address} answers here; try it with a telephone too")
