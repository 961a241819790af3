"""What the kiosk's first page weighs over the wire, with everything it names: styles, scripts, pictures, fonts."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from benchmarks import centres
from benchmarks.connections import Answer, Connection, request
from benchmarks.results import Result, say

GOAL_KB = 100.0
FETCHED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")]+)")
IN_SCRIPT = re.compile(r"^\s*(?:import|export)\b(?:[^'\";()=]*\bfrom)?\s*['\"]([^'\"]+)['\"]", re.MULTILINE)


class Named(HTMLParser):
    """The addresses a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        linked = tag == "link" and FETCHED & set((given.get("rel") or "").split())
        address = given.get("href") if linked else given.get("src") if tag in ("script", "img", "source") else None
        address = given.get("href") if tag == "use" else address
        if address:
            self.found.append(address)


def named(address: str, content: str) -> Iterator[str]:
    """What this resource makes a browser fetch, as paths."""
    if address.endswith(".css"):
        found = IN_STYLE.findall(content)
    elif address.endswith((".js", ".mjs")):
        found = IN_SCRIPT.findall(content)
    else:
        parser = Named()
        parser.feed(content)
        found = parser.found
    paths = (urlsplit(urljoin(address, one)) for one in found if not one.startswith("data:"))
    return (one.path + (f"?{one.query}" if one.query else "") for one in paths)


def weigh(port: int) -> dict[str, int]:
    """Bytes over the wire of each resource, fetched once as a fresh browser would."""
    sizes: dict[str, int] = {}
    wanted = ["/"]
    while wanted:
        address = wanted.pop()
        if address in sizes:
            continue
        with Connection(port) as connection:
            packed = connection.ask(request("GET", address, headers=("Accept-Encoding: gzip",)))
        with Connection(port) as connection:
            plain = connection.ask(request("GET", address))
        sizes[address] = packed.size
        wanted += named(urlsplit(address).path, text(plain))
    return sizes


def text(answer: Answer) -> str:
    """The content where it may name other resources, nothing otherwise."""
    kinds = (b"text/html", b"text/css", b"javascript")
    return answer.body.decode() if any(kind in answer.head for kind in kinds) else ""


def run(folder: Path, *, quick: bool) -> list[Result]:
    with centres.ours(centres.found(folder / "centre")) as ours:
        sizes = weigh(ours.port)
    for address, size in sorted(sizes.items(), key=lambda one: -one[1]):
        say(f"{size:>9,} bytes  {address}")
    total = sum(sizes.values()) / 1000
    return [
        Result(what="the kiosk's page with all it names", of="total", ours=total, unit="kB", goal=GOAL_KB, n=len(sizes))
    ]
