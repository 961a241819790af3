"""The box's settings: one TOML file, read once, all its faults told at once."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sportello.domain.printing import FORMS, PrinterSetup, understood

KNOWN = {
    "centre": {"code", "database", "demo"},
    "web": {"host", "port", "names", "screens", "https", "phones"},
    "printers": {"name", "uri", "width"},
}
WIDTHS = (384, 512, 576, 640)


class Unreadable(Exception):
    """centre.toml has faults; the message lists them all, one a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What one box is told about itself (docs/configuration.md)."""

    folder: Path
    code: str
    database: Path
    demo: bool
    host: str
    port: int
    names: tuple[str, ...]  # Host names under which the pages may be asked for
    screens: int  # live connections accepted at once
    https: bool
    phones: str  # the address under which visitors' telephones reach this box; empty: they do not
    printers: tuple[PrinterSetup, ...]

    @property
    def slips(self) -> Path:
        """Where the virtual printer keeps its pictures."""
        return self.folder / "slips"

    @property
    def voice(self) -> Path:
        """Where what was spoken is kept."""
        return self.folder / "voice"

    @property
    def secret(self) -> Path:
        return self.folder / "secret.key"


def read(path: Path) -> Config:
    """Read `centre.toml`; `Unreadable` names every fault in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Unreadable(f"{path} does not exist: make a centre with «sportello init»") from None
    except PermissionError:
        raise Unreadable(f"{path} cannot be read: check its permissions") from None
    except UnicodeDecodeError:
        raise Unreadable(f"{path} is not a text in UTF-8: save it as one") from None
    except tomllib.TOMLDecodeError as fault:
        raise Unreadable(f"{path}: {fault}") from None
    faults = [*_unknown(data), *_wrong(data)]
    if faults:
        raise Unreadable("\n".join(f"{path}: {fault}" for fault in faults))
    return _config(path.resolve().parent, data)


def _unknown(data: Mapping[str, Any]) -> list[str]:
    """Keys that mean nothing: most often a slip of the pen."""
    found = [f"[{section}] is not known; known are {', '.join(KNOWN)}" for section in data if section not in KNOWN]
    for section, keys in KNOWN.items():
        entries = data.get(section, {})
        for entry in entries if isinstance(entries, list) else [entries]:
            strange = sorted(entry.keys() - keys) if isinstance(entry, dict) else []
            found += [f"[{section}] {key} is not known; known are {', '.join(sorted(keys))}" for key in strange]
    return found


def _wrong(data: Mapping[str, Any]) -> list[str]:
    """Values of the wrong kind or out of range."""
    centre, web, printers = data.get("centre", {}), data.get("web", {}), data.get("printers", [])
    if not (isinstance(centre, dict) and isinstance(web, dict) and isinstance(printers, list)):
        return ["[centre] and [web] are tables, [[printers]] is a list of tables"]
    checks = (
        (
            "[centre] code is missing: a short name such as cpi-como",
            bool(centre.get("code")) and isinstance(centre["code"], str),
        ),
        ("[centre] database is a file name", isinstance(centre.get("database", "centre.db"), str)),
        ("[centre] demo is true or false", isinstance(centre.get("demo", False), bool)),
        ("[web] host is an address such as 127.0.0.1", isinstance(web.get("host", ""), str)),
        ("[web] port is a number from 0 to 65535", _whole(web.get("port", 8080), 0, 65_535)),
        ("[web] names is a list of host names", _texts(web.get("names", []))),
        ("[web] screens is a number from 1 to 2000", _whole(web.get("screens", 64), 1, 2000)),
        ("[web] https is true or false", isinstance(web.get("https", False), bool)),
        ("[web] phones is an address such as http://192.168.1.10:8080", _site(web.get("phones", ""))),
    )
    faults = [text for text, good in checks if not good]
    for place, printer in enumerate(printers, start=1):
        faults += [f"[[printers]] number {place}: {fault}" for fault in _printer_faults(printer)]
    names = [str(printer.get("name")) for printer in printers if isinstance(printer, dict)]
    faults += [f"[[printers]] two are called «{name}»" for name in sorted({n for n in names if names.count(n) > 1})]
    return faults


def _printer_faults(printer: object) -> list[str]:
    if not isinstance(printer, dict):
        return ["it is not a table"]
    name, uri = printer.get("name"), printer.get("uri")
    faults = [] if isinstance(name, str) and name else ["name is missing"]
    if not (isinstance(uri, str) and understood(uri)):
        faults.append(f"uri is one of {', '.join(f'«{form}»' for form in FORMS)}")
    if printer.get("width", 576) not in WIDTHS:
        faults.append(f"width is one of {', '.join(map(str, WIDTHS))} dots")
    return faults


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _site(value: object) -> bool:
    """Whether a text is the address of a site, without a page; or nothing."""
    if not isinstance(value, str):
        return False
    try:
        address = urlsplit(value)
        whole = address.scheme in ("http", "https") and address.hostname and not (address.query or address.fragment)
        return not value or bool(whole and address.path in ("", "/"))
    except ValueError:
        return False


def _host(site: str) -> str:
    """The name in an address, as browsers say it: an IPv6 address stands in brackets."""
    name = urlsplit(site).hostname or ""
    return f"[{name}]" if ":" in name else name


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _config(folder: Path, data: Mapping[str, Any]) -> Config:
    centre, web = data["centre"], data.get("web", {})
    phones = web.get("phones", "").rstrip("/")
    return Config(
        folder=folder,
        code=centre["code"],
        database=folder / centre.get("database", "centre.db"),
        demo=centre.get("demo", False),
        host=web.get("host", "127.0.0.1"),
        port=web.get("port", 8080),
        names=("127.0.0.1", "localhost", "[::1]", *web.get("names", []), *([_host(phones)] if phones else [])),
        screens=web.get("screens", 64),
        https=web.get("https", False),
        phones=phones,
        printers=tuple(PrinterSetup(**printer) for printer in data.get("printers", [])),
    )
